//! What the demo asks of other libraries: the C allocator's count, and OpenSSL's connections, from the system's libssl
//! loaded at run time. All unsafe code of the command is here; what it offers is safe.
#![allow(unsafe_code, reason = "other libraries are called through their C interfaces")]

use std::ffi::{CStr, c_char, c_int, c_long, c_uchar, c_void};
use std::ptr;

use libloading::Library;
use tidegate::modes::Modes;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate_std::openssl::ErrorCode;

// The names and values of OpenSSL's headers.
const SSL_CTRL_MODE: c_int = 33;
const SSL_CTRL_SET_MIN_PROTO_VERSION: c_int = 123;
const TLS1_3_VERSION: c_long = 0x0304;
const EVP_PKEY_EC: c_int = 408;

/// mallinfo2(3): ten counts, of which `uordblks` is the eighth.
#[repr(C)]
struct Mallinfo2([usize; 10]);

/// Bytes of heap in use, as the allocator of the GNU C library counts them, which Rust's allocations come from too; or
/// why there is no count.
pub(super) fn heap_in_use() -> Result<usize, String> {
    let missing = |_| "this C library has no mallinfo2 (glibc 2.33 has)".to_owned();
    let process = this_process()?;
    // SAFETY: the type is that of glibc's header; no other library has this name.
    let mallinfo2 =
        unsafe { process.get::<unsafe extern "C" fn() -> Mallinfo2>("mallinfo2") }.map_err(missing)?;
    // SAFETY: it only counts.
    let Mallinfo2(counts) = unsafe { mallinfo2() };
    Ok(counts[7])
}

#[cfg(unix)]
fn this_process() -> Result<Library, String> {
    Ok(libloading::os::unix::Library::this().into())
}

#[cfg(not(unix))]
fn this_process() -> Result<Library, String> {
    Err("this system has no glibc".to_owned())
}

/// A struct of functions that are looked up by their names.
macro_rules! functions {
    ($($name:ident: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        #[allow(non_snake_case, reason = "the names are OpenSSL's")]
        struct Functions {
            $($name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
        }

        impl Functions {
            fn find_in(library: &Library) -> Result<Self, libloading::Error> {
                // SAFETY: the types are those of the headers of OpenSSL 3, whose library this is.
                Ok(unsafe { Self { $($name: *library.get(stringify!($name))?,)* } })
            }
        }
    };
}

// Every object of OpenSSL is behind a `*mut c_void`.
functions! {
    OpenSSL_version: fn(c_int) -> *const c_char;
    TLS_method: fn() -> *const c_void;
    SSL_CTX_new: fn(*const c_void) -> *mut c_void;
    SSL_CTX_free: fn(*mut c_void);
    SSL_CTX_ctrl: fn(*mut c_void, c_int, c_long, *mut c_void) -> c_long;
    SSL_CTX_use_certificate_ASN1: fn(*mut c_void, c_int, *const c_uchar) -> c_int;
    SSL_CTX_use_PrivateKey_ASN1: fn(c_int, *mut c_void, *const c_uchar, c_long) -> c_int;
    SSL_new: fn(*mut c_void) -> *mut c_void;
    SSL_free: fn(*mut c_void);
    SSL_set_bio: fn(*mut c_void, *mut c_void, *mut c_void);
    SSL_set_connect_state: fn(*mut c_void);
    SSL_set_accept_state: fn(*mut c_void);
    SSL_do_handshake: fn(*mut c_void) -> c_int;
    SSL_read: fn(*mut c_void, *mut c_void, c_int) -> c_int;
    SSL_write: fn(*mut c_void, *const c_void, c_int) -> c_int;
    SSL_get_error: fn(*const c_void, c_int) -> c_int;
    SSL_shutdown: fn(*mut c_void) -> c_int;
    SSL_key_update: fn(*mut c_void, c_int) -> c_int;
    ERR_clear_error: fn();
    BIO_new_bio_pair: fn(*mut *mut c_void, usize, *mut *mut c_void, usize) -> c_int;
    BIO_up_ref: fn(*mut c_void) -> c_int;
    BIO_free: fn(*mut c_void) -> c_int;
}

/// libssl of OpenSSL 3. It stays loaded, as what it leaves to be done at the end of the process wants it.
#[derive(Clone, Copy)]
pub(super) struct Libssl(&'static Functions);

impl Libssl {
    const NAME: &'static str = "libssl.so.3";

    /// The system's, or why there is none.
    pub(super) fn load() -> Result<Self, String> {
        // SAFETY: what runs when it is loaded is its own affair, as in any program linked with it.
        let library =
            unsafe { Library::new(Self::NAME) }.map_err(|_| format!("{} is not here", Self::NAME))?;
        let library: &'static Library = Box::leak(Box::new(library));
        let functions = Functions::find_in(library)
            .map_err(|_| format!("{} lacks functions of OpenSSL 3.0", Self::NAME))?;
        Ok(Self(Box::leak(Box::new(functions))))
    }

    /// Its name and version.
    pub(super) fn name(self) -> String {
        // SAFETY: 0 asks for name, version and date; the answer is a constant text.
        let text = unsafe { CStr::from_ptr((self.0.OpenSSL_version)(0)) }.to_string_lossy();
        text.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }
}

/// An `SSL_CTX` for TLS 1.3. Its clients verify nothing.
pub(super) struct Context(Libssl, *mut c_void);

impl Context {
    /// With a certificate and its key, an ECPrivateKey, both in DER.
    pub(super) fn new(libssl: Libssl, certificate: &[u8], key: &[u8]) -> Result<Self, String> {
        let functions = libssl.0;
        // SAFETY: both make what they return.
        let context = Self(libssl, unsafe { (functions.SSL_CTX_new)((functions.TLS_method)()) });
        if context.1.is_null() {
            return Err("SSL_CTX_new failed".to_owned());
        }
        let certificate_length = c_int::try_from(certificate.len()).map_err(|error| error.to_string())?;
        let key_length = c_long::try_from(key.len()).map_err(|error| error.to_string())?;
        // SAFETY: the context is alive, and what the pointers point to is copied.
        let results = unsafe {
            (functions.SSL_CTX_ctrl)(
                context.1,
                SSL_CTRL_SET_MIN_PROTO_VERSION,
                TLS1_3_VERSION,
                ptr::null_mut(),
            );
            [
                (functions.SSL_CTX_use_certificate_ASN1)(context.1, certificate_length, certificate.as_ptr()),
                (functions.SSL_CTX_use_PrivateKey_ASN1)(EVP_PKEY_EC, context.1, key.as_ptr(), key_length),
            ]
        };
        if results == [1, 1] { Ok(context) } else { Err("it refuses the demo's certificate".to_owned()) }
    }

    /// `SSL_CTX_set_mode`.
    pub(super) fn set_mode(&self, modes: Modes) {
        let bits = c_long::from(modes.bits().cast_signed());
        // SAFETY: the context is alive.
        unsafe { (self.0.0.SSL_CTX_ctrl)(self.1, SSL_CTRL_MODE, bits, ptr::null_mut()) };
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: it is ours; connections count their own references. Null does nothing.
        unsafe { (self.0.0.SSL_CTX_free)(self.1) };
    }
}

/// A BIO pair, which outlives the connections over it.
pub(super) struct Transport(Libssl, [*mut c_void; 2]);

impl Transport {
    /// So many bytes fit into each direction.
    pub(super) fn new(libssl: Libssl, size: usize) -> Result<Self, String> {
        let [mut here, mut there] = [ptr::null_mut(); 2];
        // SAFETY: both pointers are written, or neither.
        let made = unsafe { (libssl.0.BIO_new_bio_pair)(&raw mut here, size, &raw mut there, size) };
        if made == 1 { Ok(Self(libssl, [here, there])) } else { Err("BIO_new_bio_pair failed".to_owned()) }
    }

    pub(super) fn client(&self, context: &Context) -> Result<Connection, String> {
        Connection::new(context, self.1[0], context.0.0.SSL_set_connect_state)
    }

    pub(super) fn server(&self, context: &Context) -> Result<Connection, String> {
        Connection::new(context, self.1[1], context.0.0.SSL_set_accept_state)
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        for bio in self.1 {
            // SAFETY: this reference is ours; connections have their own.
            unsafe { (self.0.0.BIO_free)(bio) };
        }
    }
}

/// An `SSL`.
pub(super) struct Connection(Libssl, *mut c_void);

impl Connection {
    fn new(
        context: &Context,
        bio: *mut c_void,
        set_state: unsafe extern "C" fn(*mut c_void),
    ) -> Result<Self, String> {
        let functions = context.0.0;
        // SAFETY: the context is alive.
        let connection = Self(context.0, unsafe { (functions.SSL_new)(context.1) });
        if connection.1.is_null() {
            return Err("SSL_new failed".to_owned());
        }
        // SAFETY: both are alive; the connection takes the one reference that is added for it.
        unsafe {
            (functions.BIO_up_ref)(bio);
            (functions.SSL_set_bio)(connection.1, bio, bio);
            set_state(connection.1);
        }
        Ok(connection)
    }

    /// The functions, once this thread's queue of errors is empty, which SSL_get_error(3) looks at.
    fn begin(&self) -> &'static Functions {
        // SAFETY: it concerns this thread alone.
        unsafe { (self.0.0.ERR_clear_error)() };
        self.0.0
    }

    pub(super) fn do_handshake(&mut self) -> i32 {
        // SAFETY: the connection is alive, as in the calls below.
        unsafe { (self.begin().SSL_do_handshake)(self.1) }
    }

    pub(super) fn read(&mut self, out: &mut [u8]) -> i32 {
        let length = c_int::try_from(out.len()).unwrap_or(c_int::MAX);
        // SAFETY: no more than the length is written.
        unsafe { (self.begin().SSL_read)(self.1, out.as_mut_ptr().cast(), length) }
    }

    pub(super) fn write(&mut self, data: &[u8]) -> i32 {
        let length = c_int::try_from(data.len()).unwrap_or(c_int::MAX);
        // SAFETY: no more than the length is read, and nothing of it after the call: a retry brings it again.
        unsafe { (self.begin().SSL_write)(self.1, data.as_ptr().cast(), length) }
    }

    pub(super) fn shutdown(&mut self) -> i32 {
        // SAFETY: as above.
        unsafe { (self.begin().SSL_shutdown)(self.1) }
    }

    pub(super) fn key_update(&mut self, request: KeyUpdateRequest) -> i32 {
        // SAFETY: as above; the constants of the header are the values on the wire.
        unsafe { (self.begin().SSL_key_update)(self.1, c_int::from(request.0)) }
    }

    /// To be asked before another call.
    pub(super) fn get_error(&self, result: i32) -> ErrorCode {
        // SAFETY: it only looks.
        match unsafe { (self.0.0.SSL_get_error)(self.1, result) } {
            0 => ErrorCode::None,
            2 => ErrorCode::WantRead,
            3 => ErrorCode::WantWrite,
            5 => ErrorCode::Syscall,
            6 => ErrorCode::ZeroReturn,
            _ => ErrorCode::Ssl,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: it is ours. Null does nothing.
        unsafe { (self.0.0.SSL_free)(self.1) };
    }
}
