//! What is used of libssl and libcrypto, by name.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_ulong, c_void};
use std::sync::OnceLock;

/// A type of OpenSSL that is only ever pointed at.
macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $($(#[$doc])* #[repr(C)] pub(super) struct $name([u8; 0]);)* };
}

opaque!(
    /// A connection.
    Ssl,
    /// What connections have in common.
    SslCtx,
    /// A family of protocol versions.
    SslMethod,
    /// A transport.
    Bio,
    /// A kind of transport.
    BioMethod,
);

/// Sends through a transport of ours.
pub(super) type BioWrite = unsafe extern "C" fn(*mut Bio, *const c_char, c_int) -> c_int;
/// Receives through a transport of ours.
pub(super) type BioRead = unsafe extern "C" fn(*mut Bio, *mut c_char, c_int) -> c_int;
/// Anything else that is asked of a transport of ours.
pub(super) type BioCtrl = unsafe extern "C" fn(*mut Bio, c_int, c_long, *mut c_void) -> c_long;
/// The end of a transport of ours.
pub(super) type BioDestroy = unsafe extern "C" fn(*mut Bio) -> c_int;
/// Hears a line of the key log.
pub(super) type KeyLogCallback = unsafe extern "C" fn(*const Ssl, *const c_char);
/// Both libraries.
struct Libraries {
    libssl: libloading::Library,
    libcrypto: libloading::Library,
}

/// Declares the functions of both libraries, and how they are found.
macro_rules! symbols {
    ($($library:ident $name:ident: fn($($argument:ty),* $(; $more:tt)?) $(-> $result:ty)?;)*) => {
        /// The functions, found once in a process. The libraries are never unloaded.
        #[allow(non_snake_case, reason = "the names are OpenSSL's")]
        pub(super) struct Symbols {
            $(pub(super) $name: unsafe extern "C" fn($($argument),* $(, $more)?) $(-> $result)?,)*
        }

        fn find(libraries: &Libraries) -> Result<Symbols, String> {
            Ok(Symbols { $($name: {
                // SAFETY: the type is the function's in OpenSSL's headers of version 3.
                unsafe { libraries.$library.get(concat!(stringify!($name), "\0").as_bytes()) }
                    .map(|found| *found)
                    .map_err(|error| error.to_string())?
            },)* })
        }
    };
}

symbols! {
    libcrypto BIO_meth_new: fn(c_int, *const c_char) -> *mut BioMethod;
    libcrypto BIO_meth_set_write: fn(*mut BioMethod, BioWrite) -> c_int;
    libcrypto BIO_meth_set_read: fn(*mut BioMethod, BioRead) -> c_int;
    libcrypto BIO_meth_set_ctrl: fn(*mut BioMethod, BioCtrl) -> c_int;
    libcrypto BIO_meth_set_destroy: fn(*mut BioMethod, BioDestroy) -> c_int;
    libcrypto BIO_new: fn(*const BioMethod) -> *mut Bio;
    libcrypto BIO_set_data: fn(*mut Bio, *mut c_void);
    libcrypto BIO_get_data: fn(*mut Bio) -> *mut c_void;
    libcrypto BIO_set_init: fn(*mut Bio, c_int);
    libcrypto BIO_set_flags: fn(*mut Bio, c_int);
    libcrypto BIO_clear_flags: fn(*mut Bio, c_int);
    libcrypto ERR_clear_error: fn();
    libcrypto ERR_peek_error: fn() -> c_ulong;
    libcrypto ERR_reason_error_string: fn(c_ulong) -> *const c_char;
    libcrypto ERR_new: fn();
    libcrypto ERR_set_error: fn(c_int, c_int, *const c_char; ...);
    libcrypto OpenSSL_version: fn(c_int) -> *const c_char;
    libssl TLS_method: fn() -> *const SslMethod;
    libssl SSL_CTX_new: fn(*const SslMethod) -> *mut SslCtx;
    libssl SSL_CTX_free: fn(*mut SslCtx);
    libssl SSL_CTX_ctrl: fn(*mut SslCtx, c_int, c_long, *mut c_void) -> c_long;
    libssl SSL_CTX_set_ciphersuites: fn(*mut SslCtx, *const c_char) -> c_int;
    libssl SSL_CTX_set_cipher_list: fn(*mut SslCtx, *const c_char) -> c_int;
    libssl SSL_CTX_use_certificate_ASN1: fn(*mut SslCtx, c_int, *const c_uchar) -> c_int;
    libssl SSL_CTX_use_PrivateKey_ASN1: fn(c_int, *mut SslCtx, *const c_uchar, c_long) -> c_int;
    libssl SSL_CTX_set_keylog_callback: fn(*mut SslCtx, KeyLogCallback);
    libssl SSL_new: fn(*mut SslCtx) -> *mut Ssl;
    libssl SSL_free: fn(*mut Ssl);
    libssl SSL_ctrl: fn(*mut Ssl, c_int, c_long, *mut c_void) -> c_long;
    libssl SSL_set_bio: fn(*mut Ssl, *mut Bio, *mut Bio);
    libssl SSL_get_rbio: fn(*const Ssl) -> *mut Bio;
    libssl SSL_set_connect_state: fn(*mut Ssl);
    libssl SSL_set_accept_state: fn(*mut Ssl);
    libssl SSL_set_num_tickets: fn(*mut Ssl, usize) -> c_int;
    libssl SSL_set_options: fn(*mut Ssl, u64) -> u64;
    libssl SSL_set_read_ahead: fn(*mut Ssl, c_int);
    libssl SSL_do_handshake: fn(*mut Ssl) -> c_int;
    libssl SSL_write: fn(*mut Ssl, *const c_void, c_int) -> c_int;
    libssl SSL_write_ex: fn(*mut Ssl, *const c_void, usize, *mut usize) -> c_int;
    libssl SSL_read: fn(*mut Ssl, *mut c_void, c_int) -> c_int;
    libssl SSL_read_ex: fn(*mut Ssl, *mut c_void, usize, *mut usize) -> c_int;
    libssl SSL_peek: fn(*mut Ssl, *mut c_void, c_int) -> c_int;
    libssl SSL_pending: fn(*const Ssl) -> c_int;
    libssl SSL_has_pending: fn(*const Ssl) -> c_int;
    libssl SSL_shutdown: fn(*mut Ssl) -> c_int;
    libssl SSL_key_update: fn(*mut Ssl, c_int) -> c_int;
    libssl SSL_new_session_ticket: fn(*mut Ssl) -> c_int;
    libssl SSL_renegotiate: fn(*mut Ssl) -> c_int;
    libssl SSL_get_error: fn(*const Ssl, c_int) -> c_int;
    libssl SSL_want: fn(*const Ssl) -> c_int;
    libssl SSL_get_shutdown: fn(*const Ssl) -> c_int;
    libssl SSL_in_init: fn(*const Ssl) -> c_int;
    libssl SSL_state_string: fn(*const Ssl) -> *const c_char;
}

/// The functions of the system's libraries of version 3.
///
/// # Errors
/// What is missing.
pub(super) fn load() -> Result<&'static Symbols, String> {
    static LOADED: OnceLock<Result<Symbols, String>> = OnceLock::new();
    LOADED.get_or_init(open).as_ref().map_err(Clone::clone)
}

fn open() -> Result<Symbols, String> {
    // libcrypto first: libssl needs it, and finds the same one.
    let libcrypto = open_one("libcrypto.so.3")?;
    let libraries = Libraries { libssl: open_one("libssl.so.3")?, libcrypto };
    let symbols = find(&libraries);
    // Unloading them would leave their functions in `Symbols` without a body.
    std::mem::forget(libraries);
    symbols
}

fn open_one(name: &str) -> Result<libloading::Library, String> {
    // SAFETY: OpenSSL's libraries may be loaded at any time; their initialisation runs at their first use.
    unsafe { libloading::Library::new(name) }.map_err(|error| error.to_string())
}
