//! libssl as an end of a trace.

use std::cell::RefCell;
use std::rc::Rc;

use rcgen::{CertificateParams, KeyPair};

use super::endpoint::{Endpoint, Ends, tested_role};
use super::libssl::{
    Connection, Context, ErrorCode, Identity, Library, Role, Settings, Transport, Version, Want,
};
use super::trace::{Config, ModeCall, Start, State};
use super::wire::{PeerSide, TestedSide, Wire};

/// Contexts that all traces share, since making one costs more than a handshake.
#[derive(Debug)]
pub struct Reference {
    library: Library,
    tested: [Rc<RefCell<Context>>; 2],
    peer: [Rc<RefCell<Context>>; 2],
}

impl Reference {
    /// With a certificate made on the spot.
    ///
    /// # Panics
    /// If the certificate or a context can't be made.
    #[must_use]
    pub fn new(library: Library) -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".into()]).expect("a name");
        let certificate = params.self_signed(&key).expect("a certificate");
        let key = key.serialize_der();
        let identity = Identity { certificate: certificate.der(), key: &key };
        let context = |version| Rc::new(RefCell::new(Context::new(library, version, identity)));
        let both = || [context(Version::Tls12), context(Version::Tls13)];
        Self { library, tested: both(), peer: both() }
    }

    /// The library.
    #[must_use]
    pub const fn library(&self) -> Library {
        self.library
    }

    /// Two ends of libssl's.
    #[must_use]
    pub fn ends(&self, config: &Config) -> Ends<LibsslEnd, LibsslEnd> {
        let wire = Wire::new();
        let tested = self.tested(config, Box::new(TestedSide(wire.clone())));
        let peer = self.peer(config, Box::new(PeerSide(wire.clone())));
        Ends { tested, peer, wire }
    }

    /// The tested end of a trace, its role set where the trace begins with one.
    #[must_use]
    pub fn tested(&self, config: &Config, transport: Box<dyn Transport>) -> LibsslEnd {
        let context = Rc::clone(&self.tested[usize::from(config.version == 13)]);
        let clear = context.borrow().mode().try_into().unwrap_or(u32::MAX);
        context.borrow_mut().clear_mode(clear);
        context.borrow_mut().set_mode(config.modes);
        let settings = Settings {
            fragment: config.fragment,
            split: config.split,
            tickets: config.tickets,
            read_ahead: config.read_ahead,
            ignore_unexpected_end: config.ignore_unexpected_end,
            renegotiation: config.renegotiation,
        };
        let mut end = LibsslEnd::new(context, transport, settings);
        if config.start != Start::NoRole {
            end.set_role(tested_role(config));
        }
        end
    }

    /// The peer of a trace, its role set.
    #[must_use]
    pub fn peer(&self, config: &Config, transport: Box<dyn Transport>) -> LibsslEnd {
        let context = Rc::clone(&self.peer[usize::from(config.version == 13)]);
        let settings =
            Settings { tickets: config.tickets, renegotiation: config.renegotiation, ..Settings::default() };
        let mut end = LibsslEnd::new(context, transport, settings);
        end.set_role(match tested_role(config) {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        });
        end
    }
}

/// A connection of libssl and its context.
#[derive(Debug)]
pub struct LibsslEnd {
    context: Rc<RefCell<Context>>,
    connection: Connection,
}

impl LibsslEnd {
    /// A new connection of a context, without a role.
    #[must_use]
    pub fn new(context: Rc<RefCell<Context>>, transport: Box<dyn Transport>, settings: Settings) -> Self {
        let connection = Connection::new(&context.borrow(), transport, settings);
        Self { context, connection }
    }
}

impl Endpoint for LibsslEnd {
    fn set_role(&mut self, role: Role) {
        self.connection.set_role(role);
    }

    fn write(&mut self, bytes: &[u8]) -> i64 {
        self.connection.write(bytes).into()
    }

    fn write_negative(&mut self, length: i32) -> i64 {
        self.connection.write_negative(length).into()
    }

    fn write_ex(&mut self, bytes: &[u8], written: &mut usize) -> i64 {
        self.connection.write_ex(bytes, written).into()
    }

    fn read(&mut self, room: &mut [u8]) -> i64 {
        self.connection.read(room).into()
    }

    fn read_negative(&mut self, length: i32) -> i64 {
        self.connection.read_negative(length).into()
    }

    fn read_ex(&mut self, room: &mut [u8], count: &mut usize) -> i64 {
        self.connection.read_ex(room, count).into()
    }

    fn peek(&mut self, room: &mut [u8]) -> i64 {
        self.connection.peek(room).into()
    }

    fn peek_negative(&mut self, length: i32) -> i64 {
        self.connection.peek_negative(length).into()
    }

    fn handshake(&mut self) -> i64 {
        self.connection.do_handshake().into()
    }

    fn shutdown(&mut self) -> i64 {
        self.connection.shutdown().into()
    }

    fn key_update(&mut self, kind: u32) -> i64 {
        self.connection.key_update(kind.try_into().unwrap_or(i32::MAX)).into()
    }

    fn new_ticket(&mut self) -> i64 {
        self.connection.new_session_ticket().into()
    }

    fn renegotiate(&mut self) -> i64 {
        self.connection.renegotiate().into()
    }

    fn mode(&mut self, call: ModeCall) -> i64 {
        match call {
            ModeCall::Set(mask) => self.connection.set_mode(mask),
            ModeCall::Clear(mask) => self.connection.clear_mode(mask),
            ModeCall::Get => self.connection.mode(),
        }
    }

    fn context_mode(&mut self, call: ModeCall) -> i64 {
        let mut context = self.context.borrow_mut();
        match call {
            ModeCall::Set(mask) => context.set_mode(mask),
            ModeCall::Clear(mask) => context.clear_mode(mask),
            ModeCall::Get => context.mode(),
        }
    }

    fn set_fragment(&mut self, length: usize) -> i64 {
        self.connection.set_fragment(length)
    }

    fn leave_error(&mut self) {
        self.connection.library().leave_error();
    }

    fn error(&self, result: i64) -> &'static str {
        let result = result.try_into().expect("a result of the library");
        match self.connection.error(result) {
            ErrorCode(0) => "NONE",
            ErrorCode(1) => "SSL",
            ErrorCode(2) => "WANT_READ",
            ErrorCode(3) => "WANT_WRITE",
            ErrorCode(5) => "SYSCALL",
            ErrorCode(6) => "ZERO_RETURN",
            ErrorCode(_) => "OTHER",
        }
    }

    fn want(&self) -> &'static str {
        match self.connection.want() {
            Want(1) => "NOTHING",
            Want(2) => "WRITING",
            Want(3) => "READING",
            Want(_) => "OTHER",
        }
    }

    fn reason(&self) -> Option<String> {
        self.connection.library().reason()
    }

    fn state(&self) -> State {
        State {
            shutdown: self.connection.shutdown_flags().into(),
            in_init: self.connection.in_init(),
            fatal: self.connection.is_fatal(),
            pending: self.connection.pending().into(),
            has_pending: self.connection.has_pending(),
            mode: self.connection.mode(),
        }
    }

    fn key_log(&self) -> Vec<String> {
        self.connection.key_log()
    }
}
