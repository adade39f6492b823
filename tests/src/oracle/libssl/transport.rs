//! A Rust transport under a libssl connection.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::io::{ErrorKind, Read, Write};
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::OnceLock;

use super::symbols::{Bio, BioMethod, Ssl, Symbols, load};

/// The kind of our transports: "source and sink", with a number that OpenSSL leaves to others.
const BIO_TYPE: c_int = 0x0400 | 100;
const BIO_FLAGS_READ: c_int = 1;
const BIO_FLAGS_WRITE: c_int = 2;
const BIO_FLAGS_SHOULD_RETRY: c_int = 8;
/// All flags that say how to retry.
const BIO_FLAGS_RETRY: c_int = 0x0f;
const BIO_CTRL_EOF: c_int = 2;
const BIO_CTRL_FLUSH: c_int = 11;

/// What a connection sends to and receives from: anything that reads and writes.
/// [`ErrorKind::WouldBlock`] is a retry, an empty read the end.
pub trait Transport: Read + Write {}

impl<T: Read + Write> Transport for T {}

/// Lines of a key log, as the connection that makes them and its user share them.
pub(super) type KeyLog = Rc<RefCell<Vec<String>>>;

/// What lies behind a transport of ours.
pub(super) struct Attached {
    pub(super) transport: Box<dyn Transport>,
    /// Whether the transport has said that it ends.
    pub(super) ended: bool,
    pub(super) key_log: KeyLog,
}

/// A new transport of OpenSSL's, which owns ours.
pub(super) fn attach(symbols: &Symbols, attached: Attached) -> NonNull<Bio> {
    // SAFETY: the method lives for ever; the data is a box that `destroy` takes back, once.
    unsafe {
        let bio = NonNull::new((symbols.BIO_new)(method(symbols))).expect("memory for a transport");
        (symbols.BIO_set_data)(bio.as_ptr(), Box::into_raw(Box::new(attached)).cast());
        (symbols.BIO_set_init)(bio.as_ptr(), 1);
        bio
    }
}

struct Method(*mut BioMethod);

// SAFETY: it is written before it is shared, and only read afterwards.
unsafe impl Send for Method {}
// SAFETY: as above.
unsafe impl Sync for Method {}

/// The kind of our transports, made once.
fn method(symbols: &Symbols) -> *const BioMethod {
    static METHOD: OnceLock<Method> = OnceLock::new();
    let make = || {
        // SAFETY: the name is a constant; a method that was made takes these four functions.
        unsafe {
            let method = (symbols.BIO_meth_new)(BIO_TYPE, c"tidegate".as_ptr());
            assert!(!method.is_null(), "memory for a kind of transport");
            (symbols.BIO_meth_set_write)(method, write);
            (symbols.BIO_meth_set_read)(method, read);
            (symbols.BIO_meth_set_ctrl)(method, control);
            (symbols.BIO_meth_set_destroy)(method, destroy);
            Method(method)
        }
    };
    METHOD.get_or_init(make).0
}

/// Runs `step` with what lies behind a transport.
///
/// # Safety
/// `bio` is a transport of ours, and nothing else uses what lies behind it meanwhile.
unsafe fn with<R>(bio: *mut Bio, step: impl FnOnce(&Symbols, &mut Attached) -> R) -> Option<R> {
    let symbols = load().ok()?;
    // SAFETY: the data was set by `attach`, and stays until `destroy`.
    let attached = unsafe { (symbols.BIO_get_data)(bio).cast::<Attached>().as_mut() }?;
    Some(step(symbols, attached))
}

/// What a call of the transport came to, as OpenSSL counts it.
fn answer(symbols: &Symbols, bio: *mut Bio, result: &std::io::Result<usize>, retry: c_int) -> c_int {
    // SAFETY: the transport is the one that is being called.
    unsafe { (symbols.BIO_clear_flags)(bio, BIO_FLAGS_RETRY) };
    match result {
        Ok(count) => c_int::try_from(*count).expect("no more than was asked for"),
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            // SAFETY: as above.
            unsafe { (symbols.BIO_set_flags)(bio, retry | BIO_FLAGS_SHOULD_RETRY) };
            -1
        }
        Err(_) => -1,
    }
}

unsafe extern "C" fn write(bio: *mut Bio, bytes: *const c_char, length: c_int) -> c_int {
    let length = usize::try_from(length).unwrap_or_default();
    // SAFETY: OpenSSL lends `length` bytes for this call; it calls a transport of a connection once at a time.
    let sent = unsafe {
        let bytes = std::slice::from_raw_parts(bytes.cast::<u8>(), length);
        with(bio, |symbols, to| answer(symbols, bio, &to.transport.write(bytes), BIO_FLAGS_WRITE))
    };
    sent.unwrap_or(-1)
}

unsafe extern "C" fn read(bio: *mut Bio, room: *mut c_char, length: c_int) -> c_int {
    let length = usize::try_from(length).unwrap_or_default();
    // SAFETY: OpenSSL lends room for `length` bytes for this call, which were written at least once by `write_bytes`.
    let received = unsafe {
        std::ptr::write_bytes(room, 0, length);
        let room = std::slice::from_raw_parts_mut(room.cast::<u8>(), length);
        with(bio, |symbols, from| {
            let result = from.transport.read(room);
            from.ended = matches!(result, Ok(0));
            answer(symbols, bio, &result, BIO_FLAGS_READ)
        })
    };
    received.unwrap_or(-1)
}

unsafe extern "C" fn control(bio: *mut Bio, what: c_int, _: c_long, _: *mut c_void) -> c_long {
    match what {
        BIO_CTRL_FLUSH => 1,
        // SAFETY: OpenSSL asks between its reads and writes, never inside of one.
        BIO_CTRL_EOF => unsafe { with(bio, |_, attached| c_long::from(attached.ended)) }.unwrap_or(1),
        _ => 0,
    }
}

unsafe extern "C" fn destroy(bio: *mut Bio) -> c_int {
    let Ok(symbols) = load() else { return 0 };
    // SAFETY: the data is the box that `attach` gave away; it is taken back once.
    unsafe {
        let data = (symbols.BIO_get_data)(bio).cast::<Attached>();
        (symbols.BIO_set_data)(bio, std::ptr::null_mut());
        if !data.is_null() {
            drop(Box::from_raw(data));
        }
    }
    1
}

/// Hears a line of the key log of a connection over a transport of ours.
pub(super) unsafe extern "C" fn log_key(connection: *const Ssl, line: *const c_char) {
    let Ok(symbols) = load() else { return };
    // SAFETY: every connection here reads from a transport of ours, which is not in a call while keys change; the line
    // ends with a zero.
    unsafe {
        let line = CStr::from_ptr(line).to_string_lossy().into_owned();
        with((symbols.SSL_get_rbio)(connection), |_, attached| attached.key_log.borrow_mut().push(line));
    }
}
