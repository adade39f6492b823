//! `SSL`.

use std::cell::RefCell;
use std::ffi::{c_int, c_long};
use std::ptr::{self, NonNull};
use std::rc::Rc;

use super::library::text;
use super::symbols::Ssl;
use super::transport::{Attached, KeyLog, attach};
use super::{Context, Library, Transport};

const SSL_CTRL_MODE: c_int = 33;
const SSL_CTRL_SET_MAX_SEND_FRAGMENT: c_int = 52;
const SSL_CTRL_CLEAR_MODE: c_int = 78;
const SSL_CTRL_SET_SPLIT_SEND_FRAGMENT: c_int = 125;
const SSL_OP_IGNORE_UNEXPECTED_EOF: u64 = 1 << 7;
const SSL_OP_ALLOW_CLIENT_RENEGOTIATION: u64 = 1 << 8;
const SSL_OP_NO_TICKET: u64 = 1 << 14;

/// Which end a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The client.
    Client,
    /// The server.
    Server,
}

/// How a connection is set up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `SSL_set_max_send_fragment`; 0 leaves it as it is.
    pub fragment: usize,
    /// `SSL_set_split_send_fragment`; 0 leaves it as it is.
    pub split: usize,
    /// `SSL_set_num_tickets`.
    pub tickets: usize,
    /// `SSL_set_read_ahead`.
    pub read_ahead: bool,
    /// `SSL_OP_IGNORE_UNEXPECTED_EOF`.
    pub ignore_unexpected_end: bool,
    /// `SSL_OP_ALLOW_CLIENT_RENEGOTIATION`.
    pub renegotiation: bool,
}

/// `SSL_get_error`, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode(pub i32);

/// `SSL_want`, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want(pub i32);

/// A connection over a transport.
#[derive(Debug)]
pub struct Connection {
    library: Library,
    connection: NonNull<Ssl>,
    key_log: KeyLog,
}

impl Connection {
    /// A new one, without a role.
    ///
    /// # Panics
    /// If there is no memory for it, or the library refuses the settings.
    #[must_use]
    pub fn new(context: &Context, transport: Box<dyn Transport>, settings: Settings) -> Self {
        let library = context.library;
        let key_log = Rc::new(RefCell::new(Vec::new()));
        let attached = Attached { transport, ended: false, key_log: Rc::clone(&key_log) };
        library.begin();
        // SAFETY: the context is alive; the connection takes over the one reference to the transport.
        let connection = unsafe {
            let connection =
                NonNull::new((library.0.SSL_new)(context.context.as_ptr())).expect("a connection");
            let bio = attach(library.0, attached).as_ptr();
            (library.0.SSL_set_bio)(connection.as_ptr(), bio, bio);
            connection
        };
        let mut connection = Self { library, connection, key_log };
        connection.set(settings);
        connection
    }

    fn set(&mut self, settings: Settings) {
        let (symbols, connection) = (self.library.0, self.connection.as_ptr());
        let mut options = SSL_OP_NO_TICKET * u64::from(settings.tickets == 0);
        options |= SSL_OP_IGNORE_UNEXPECTED_EOF * u64::from(settings.ignore_unexpected_end);
        options |= SSL_OP_ALLOW_CLIENT_RENEGOTIATION * u64::from(settings.renegotiation);
        // SAFETY: the connection is alive.
        unsafe {
            (symbols.SSL_set_options)(connection, options);
            (symbols.SSL_set_num_tickets)(connection, settings.tickets);
            (symbols.SSL_set_read_ahead)(connection, settings.read_ahead.into());
        }
        let fragment = settings.fragment == 0 || self.set_fragment(settings.fragment) == 1;
        let split = settings.split == 0 || self.set_split(settings.split) == 1;
        assert!(fragment && split, "{settings:?}");
    }

    /// `SSL_set_connect_state` or `SSL_set_accept_state`.
    pub fn set_role(&mut self, role: Role) {
        let symbols = self.library.0;
        let set = match role {
            Role::Client => symbols.SSL_set_connect_state,
            Role::Server => symbols.SSL_set_accept_state,
        };
        self.library.begin();
        // SAFETY: the connection is alive.
        unsafe { set(self.connection.as_ptr()) };
    }

    /// The lines of its key log so far.
    #[must_use]
    pub fn key_log(&self) -> Vec<String> {
        self.key_log.borrow().clone()
    }

    /// The library that it is of.
    #[must_use]
    pub const fn library(&self) -> Library {
        self.library
    }

    /// `SSL_set_mode`: the new mask.
    pub fn set_mode(&mut self, mask: u32) -> i64 {
        self.control(SSL_CTRL_MODE, mask.into())
    }

    /// `SSL_clear_mode`: the new mask.
    pub fn clear_mode(&mut self, mask: u32) -> i64 {
        self.control(SSL_CTRL_CLEAR_MODE, mask.into())
    }

    /// `SSL_get_mode`.
    #[must_use]
    pub fn mode(&self) -> i64 {
        self.control(SSL_CTRL_MODE, 0)
    }

    /// `SSL_set_max_send_fragment`.
    pub fn set_fragment(&mut self, length: usize) -> i64 {
        self.control(SSL_CTRL_SET_MAX_SEND_FRAGMENT, c_long::try_from(length).unwrap_or(c_long::MAX))
    }

    /// `SSL_set_split_send_fragment`.
    pub fn set_split(&mut self, length: usize) -> i64 {
        self.control(SSL_CTRL_SET_SPLIT_SEND_FRAGMENT, c_long::try_from(length).unwrap_or(c_long::MAX))
    }

    fn control(&self, what: c_int, value: c_long) -> i64 {
        // SAFETY: the connection is alive; none of these takes a pointer.
        unsafe { (self.library.0.SSL_ctrl)(self.connection.as_ptr(), what, value, ptr::null_mut()) }
    }

    /// `SSL_do_handshake`.
    pub fn do_handshake(&mut self) -> i32 {
        self.call(self.library.0.SSL_do_handshake)
    }

    /// `SSL_shutdown`.
    pub fn shutdown(&mut self) -> i32 {
        self.call(self.library.0.SSL_shutdown)
    }

    /// `SSL_new_session_ticket`.
    pub fn new_session_ticket(&mut self) -> i32 {
        self.call(self.library.0.SSL_new_session_ticket)
    }

    /// `SSL_renegotiate`.
    pub fn renegotiate(&mut self) -> i32 {
        self.call(self.library.0.SSL_renegotiate)
    }

    /// `SSL_key_update`: 1 asks the peer for one in return, 0 does not.
    pub fn key_update(&mut self, kind: i32) -> i32 {
        self.library.begin();
        // SAFETY: the connection is alive.
        unsafe { (self.library.0.SSL_key_update)(self.connection.as_ptr(), kind) }
    }

    fn call(&mut self, function: unsafe extern "C" fn(*mut Ssl) -> c_int) -> i32 {
        self.library.begin();
        // SAFETY: the connection is alive, and this is one of the functions that take nothing else.
        unsafe { function(self.connection.as_ptr()) }
    }

    /// `SSL_get_error` of the last call's result.
    #[must_use]
    pub fn error(&self, result: i32) -> ErrorCode {
        // SAFETY: the connection is alive.
        ErrorCode(unsafe { (self.library.0.SSL_get_error)(self.connection.as_ptr(), result) })
    }

    /// `SSL_want`.
    #[must_use]
    pub fn want(&self) -> Want {
        Want(self.ask(self.library.0.SSL_want))
    }

    /// `SSL_get_shutdown`.
    #[must_use]
    pub fn shutdown_flags(&self) -> i32 {
        self.ask(self.library.0.SSL_get_shutdown)
    }

    /// `SSL_in_init`.
    #[must_use]
    pub fn in_init(&self) -> bool {
        self.ask(self.library.0.SSL_in_init) != 0
    }

    /// `SSL_pending`.
    #[must_use]
    pub fn pending(&self) -> i32 {
        self.ask(self.library.0.SSL_pending)
    }

    /// `SSL_has_pending`.
    #[must_use]
    pub fn has_pending(&self) -> bool {
        self.ask(self.library.0.SSL_has_pending) != 0
    }

    /// Whether the state machine has failed, which `SSL_state_string` tells.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        // SAFETY: the connection is alive; the text is a constant.
        text(unsafe { (self.library.0.SSL_state_string)(self.connection.as_ptr()) }) == "SSLERR"
    }

    fn ask(&self, function: unsafe extern "C" fn(*const Ssl) -> c_int) -> i32 {
        // SAFETY: the connection is alive, and this is one of the functions that only look.
        unsafe { function(self.connection.as_ptr()) }
    }

    /// The pointer, and the library made ready, for a call that moves bytes.
    pub(super) fn begin(&mut self) -> (*mut Ssl, Library) {
        self.library.begin();
        (self.connection.as_ptr(), self.library)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: its one reference; the transport goes with it.
        unsafe { (self.library.0.SSL_free)(self.connection.as_ptr()) };
    }
}
