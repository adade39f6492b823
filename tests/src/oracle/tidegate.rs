//! Tidegate's face in OpenSSL's shape as an end of a trace.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rcgen::{CertificateParams, KeyPair};
use rustls_pki_types::PrivateKeyDer;
use tidegate::modes::Modes;
use tidegate::wire::enums::{KeyUpdateRequest, NamedGroup, ProtocolVersion};
use tidegate_std::openssl::{ErrorCode, Options, SessionCacheMode, Ssl, SslContext, SslWant};
use tidegate_std::{AcceptAnything, KeyLog, OwnedIdentity};

use super::endpoint::{Endpoint, tested_role};
use super::libssl::{Role, Transport};
use super::trace::{Config, ModeCall, Start, State};

/// Whether the face speaks TLS 1.2, so that its traces can be run.
pub const SPEAKS_TLS12: bool = true;

/// Two contexts that all traces share, for the tested ends and for their peers.
#[derive(Debug)]
pub struct Tidegate {
    tested: Shared,
    peer: Shared,
}

/// A context, and the key log of its latest connection.
#[derive(Debug)]
struct Shared {
    context: SslContext,
    key_log: Lines,
}

/// What was logged, as the connections and the harness share it.
#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Default for Tidegate {
    fn default() -> Self {
        Self::new()
    }
}

impl Tidegate {
    /// With a certificate made on the spot.
    ///
    /// # Panics
    /// If the certificate can't be made.
    #[must_use]
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".into()]).expect("a name");
        let certificate = params.self_signed(&key).expect("a certificate").der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key in DER");
        let shared = || {
            let (context, key_log) = (SslContext::new(), Lines::default());
            context.set_verifier(AcceptAnything);
            // Those of the libssl that was recorded: a share of another length is a flight of other records.
            let groups = [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];
            context.configure_client(|config| config.common.groups = groups.into_iter().collect());
            let identity = OwnedIdentity::new(vec![certificate.clone()], &key).expect("an identity");
            context.set_identities([identity]);
            context.set_key_log(KeyLog::new(key_log.clone()));
            Shared { context, key_log }
        };
        Self { tested: shared(), peer: shared() }
    }

    /// The tested end of a trace, its role set where the trace begins with one.
    #[must_use]
    pub fn tested(&self, config: &Config, transport: Box<dyn Transport>) -> TidegateEnd {
        let mut end = TidegateEnd::new(&self.tested, config, config.modes, transport);
        end.ssl.set_max_send_fragment(config.fragment);
        end.ssl.set_split_send_fragment(config.split);
        end.ssl.set_read_ahead(config.read_ahead);
        if config.ignore_unexpected_end {
            end.ssl.set_options(Options::IGNORE_UNEXPECTED_EOF);
        }
        if config.start != Start::NoRole {
            end.set_role(tested_role(config));
        }
        end
    }

    /// The peer of a trace, its role set.
    #[must_use]
    pub fn peer(&self, config: &Config, transport: Box<dyn Transport>) -> TidegateEnd {
        let mut end = TidegateEnd::new(&self.peer, config, Modes::AUTO_RETRY.bits(), transport);
        end.set_role(match tested_role(config) {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        });
        end
    }
}

/// A connection of the face.
#[derive(Debug)]
pub struct TidegateEnd {
    ssl: Ssl<Box<dyn Transport>>,
    key_log: Lines,
}

impl TidegateEnd {
    /// The context's modes become these, and its key log begins anew.
    fn new(shared: &Shared, config: &Config, modes: u32, transport: Box<dyn Transport>) -> Self {
        let Shared { context, key_log } = shared;
        context.clear_mode(Modes::from_bits(u32::MAX));
        context.set_mode(Modes::from_bits(modes));
        key_log.lock().clear();
        let version = if config.version == 12 { ProtocolVersion::TLS_1_2 } else { ProtocolVersion::TLS_1_3 };
        context.set_min_proto_version(version);
        context.set_max_proto_version(version);
        // As the library's contexts are set up.
        context.set_session_cache_mode(SessionCacheMode::Off);
        let mut ssl = Ssl::new(context, transport);
        if config.version == 12 && config.tickets == 0 {
            ssl.set_options(Options::NO_TICKET);
        }
        ssl.set_num_tickets(config.tickets);
        // OpenSSL's contexts start without it (V22).
        ssl.clear_options(Options::NO_RENEGOTIATION);
        if config.renegotiation {
            ssl.set_options(Options::ALLOW_CLIENT_RENEGOTIATION);
        }
        ssl.set_host_name("localhost");
        Self { ssl, key_log: key_log.clone() }
    }
}

impl Endpoint for TidegateEnd {
    fn set_role(&mut self, role: Role) {
        match role {
            Role::Client => self.ssl.set_connect_state(),
            Role::Server => self.ssl.set_accept_state(),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> i64 {
        self.ssl.write(bytes).into()
    }

    fn write_negative(&mut self, length: i32) -> i64 {
        self.ssl.write_num(&[], length).into()
    }

    fn write_ex(&mut self, bytes: &[u8], written: &mut usize) -> i64 {
        self.ssl.write_ex(bytes, written).into()
    }

    fn read(&mut self, room: &mut [u8]) -> i64 {
        self.ssl.read(room).into()
    }

    fn read_negative(&mut self, length: i32) -> i64 {
        self.ssl.read_num(&mut [], length).into()
    }

    fn read_ex(&mut self, room: &mut [u8], count: &mut usize) -> i64 {
        self.ssl.read_ex(room, count).into()
    }

    fn peek(&mut self, room: &mut [u8]) -> i64 {
        self.ssl.peek(room).into()
    }

    /// The face's peek takes no number of its own: R1 is that of its read.
    fn peek_negative(&mut self, length: i32) -> i64 {
        self.read_negative(length)
    }

    fn handshake(&mut self) -> i64 {
        self.ssl.do_handshake().into()
    }

    fn shutdown(&mut self) -> i64 {
        self.ssl.shutdown().into()
    }

    fn key_update(&mut self, kind: u32) -> i64 {
        let request = match kind {
            1 => KeyUpdateRequest::UPDATE_REQUESTED,
            _ => KeyUpdateRequest::UPDATE_NOT_REQUESTED,
        };
        self.ssl.key_update(request).into()
    }

    fn new_ticket(&mut self) -> i64 {
        self.ssl.new_session_ticket().into()
    }

    fn renegotiate(&mut self) -> i64 {
        self.ssl.renegotiate().into()
    }

    fn mode(&mut self, call: ModeCall) -> i64 {
        let modes = match call {
            ModeCall::Set(mask) => self.ssl.set_mode(Modes::from_bits(mask)),
            ModeCall::Clear(mask) => self.ssl.clear_mode(Modes::from_bits(mask)),
            ModeCall::Get => self.ssl.get_mode(),
        };
        modes.bits().into()
    }

    fn context_mode(&mut self, call: ModeCall) -> i64 {
        let context = self.ssl.context();
        let modes = match call {
            ModeCall::Set(mask) => context.set_mode(Modes::from_bits(mask)),
            ModeCall::Clear(mask) => context.clear_mode(Modes::from_bits(mask)),
            ModeCall::Get => context.get_mode(),
        };
        modes.bits().into()
    }

    fn set_fragment(&mut self, length: usize) -> i64 {
        self.ssl.set_max_send_fragment(length).into()
    }

    /// There is no queue that an error of somebody else could be in (V15).
    fn leave_error(&mut self) {}

    fn error(&self, result: i64) -> &'static str {
        match self.ssl.get_error(i32::try_from(result).expect("a result of the face")) {
            ErrorCode::None => "NONE",
            ErrorCode::Ssl => "SSL",
            ErrorCode::WantRead => "WANT_READ",
            ErrorCode::WantWrite => "WANT_WRITE",
            ErrorCode::Syscall => "SYSCALL",
            ErrorCode::WantRenegotiate => "WANT_RENEGOTIATE",
            ErrorCode::EarlyDataRejected => "EARLY_DATA_REJECTED",
            ErrorCode::ZeroReturn => "ZERO_RETURN",
        }
    }

    fn want(&self) -> &'static str {
        match self.ssl.want() {
            SslWant::Nothing => "NOTHING",
            SslWant::Reading => "READING",
            SslWant::Writing => "WRITING",
        }
    }

    fn reason(&self) -> Option<String> {
        self.ssl.reason().map(|reason| reason.to_string())
    }

    fn state(&self) -> State {
        let pending = i64::try_from(self.ssl.pending()).unwrap_or(i64::MAX);
        State {
            shutdown: self.ssl.get_shutdown().into(),
            in_init: !self.ssl.is_init_finished(),
            fatal: self.ssl.error().is_some(),
            pending,
            has_pending: pending > 0,
            mode: self.ssl.get_mode().bits().into(),
        }
    }

    fn key_log(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.key_log.lock()).lines().map(str::to_owned).collect()
    }
}
