//! BoringSSL, which chooses its suite of TLS 1.3 itself.
#![allow(unsafe_code, reason = "its sessions are set by an unsafe function")]

use std::sync::{Arc, Mutex};

use boring::pkey::PKey;
use boring::ssl::{
    ErrorCode, HandshakeError, MidHandshakeSslStream, ShutdownState, Ssl, SslContext, SslContextBuilder,
    SslMethod, SslOptions, SslRef, SslSession, SslSessionCacheMode, SslStream, SslStreamBuilder,
    SslVerifyMode, SslVersion,
};
use boring::x509::X509;
use boring::x509::store::X509StoreBuilder;
use tidegate::wire::enums::CipherSuite;

use super::pipe::{Keeps, Pipe};
use crate::stack::{Agreed, End, Failure, Form, Kind, Setup, Stack};

/// The last session that a server gave.
type Session = Arc<Mutex<Option<SslSession>>>;

/// A connection: during its handshake it is of another type.
enum Stage {
    Before(MidHandshakeSslStream<Pipe>),
    After(SslStream<Pipe>),
}

/// Both ends.
pub(crate) struct Boring {
    client_context: SslContext,
    server_context: SslContext,
    session: Session,
    client: Option<Stage>,
    server: Option<Stage>,
    out: Vec<u8>,
    kind: Kind,
}

/// TLS 1.3 with one group.
fn context(kind: Kind) -> Result<SslContextBuilder, Failure> {
    let mut context = SslContext::builder(SslMethod::tls())?;
    context.set_min_proto_version(Some(SslVersion::TLS1_3))?;
    context.set_max_proto_version(Some(SslVersion::TLS1_3))?;
    context.set_curves_list("X25519")?;
    if kind == Kind::Full {
        context.set_options(SslOptions::NO_TICKET);
    }
    Ok(context)
}

impl Boring {
    /// From its crate.
    ///
    /// # Errors
    /// If it can't be set up, or would choose another suite.
    pub(crate) fn new(setup: &Setup) -> Result<Self, Failure> {
        if setup.suite != CipherSuite::TLS_AES_128_GCM_SHA256 {
            return Err("it chooses AES-128-GCM".into());
        }
        let session = Session::default();
        let (client_context, server_context) = (client(setup, &session)?, server(setup)?);
        let out = vec![0; 1 << 14];
        let kind = setup.kind;
        Ok(Self { client_context, server_context, session, client: None, server: None, out, kind })
    }
}

fn client(setup: &Setup, session: &Session) -> Result<SslContext, Failure> {
    let mut context = context(setup.kind)?;
    let mut store = X509StoreBuilder::new()?;
    store.add_cert(&X509::from_der(&setup.trusted.root)?)?;
    context.set_cert_store(store.build());
    context.set_verify(SslVerifyMode::PEER);
    if setup.kind == Kind::Resumed {
        let session = session.clone();
        context.set_session_cache_mode(SslSessionCacheMode::CLIENT);
        context.set_new_session_callback(move |_, new| {
            *session.lock().expect("nobody panics") = Some(new);
        });
    }
    Ok(context.build())
}

fn server(setup: &Setup) -> Result<SslContext, Failure> {
    let mut context = context(setup.kind)?;
    context.set_session_id_context(b"speed")?;
    let [leaf, issuers @ ..] = &setup.pki.chain[..] else { return Err("no certificate".into()) };
    let (leaf, key) = (X509::from_der(leaf)?, PKey::private_key_from_pkcs8(&setup.pki.key)?);
    context.set_certificate(&leaf)?;
    for issuer in issuers {
        context.add_extra_chain_cert(X509::from_der(issuer)?)?;
    }
    context.set_private_key(&key)?;
    Ok(context.build())
}

impl Stage {
    fn pipe(&mut self) -> &mut Pipe {
        match self {
            Self::Before(stream) => stream.get_mut(),
            Self::After(stream) => stream.get_mut(),
        }
    }

    fn ssl(&self) -> &SslRef {
        match self {
            Self::Before(stream) => stream.ssl(),
            Self::After(stream) => stream.ssl(),
        }
    }

    fn stream(&mut self) -> &mut SslStream<Pipe> {
        let Self::After(stream) = self else { panic!("the handshake is done") };
        stream
    }

    /// Goes on with what came; waiting is no failure.
    fn turn(self, out: &mut [u8]) -> Result<Self, Failure> {
        match self {
            Self::Before(stream) => match stream.handshake() {
                Ok(stream) => Ok(Self::After(stream)),
                Err(HandshakeError::WouldBlock(stream)) => Ok(Self::Before(stream)),
                Err(error) => Err(error.to_string().into()),
            },
            Self::After(mut stream) => {
                if stream.get_ref().has_more() {
                    match stream.ssl_read(out) {
                        Err(error) if error.code() != ErrorCode::WANT_READ => return Err(error.into()),
                        _ => {}
                    }
                }
                Ok(Self::After(stream))
            }
        }
    }
}

impl Stack for Boring {
    fn start(&mut self, end: End) -> Result<(), Failure> {
        // The session of a connection that was not shut down would not go on.
        let before = if end == End::Client { &mut self.client } else { &mut self.server };
        if let Some(Stage::After(before)) = before {
            before.set_shutdown(ShutdownState::SENT | ShutdownState::RECEIVED);
        }
        if end == End::Server {
            let stream = SslStreamBuilder::new(Ssl::new(&self.server_context)?, Pipe::default());
            self.server = Some(Stage::Before(stream.setup_accept()));
            return Ok(());
        }
        let mut ssl = Ssl::new(&self.client_context)?;
        ssl.set_hostname("localhost")?;
        ssl.param_mut().set_host("localhost")?;
        if let Some(session) = self.session.lock().expect("nobody panics").take() {
            // SAFETY: the session comes from a connection of the same context.
            unsafe { ssl.set_session(&session)? };
        }
        self.client = Some(Stage::Before(SslStreamBuilder::new(ssl, Pipe::default()).setup_connect()));
        Ok(())
    }

    fn turn(&mut self, end: End) -> Result<(), Failure> {
        let (own, other) = match end {
            End::Client => (&mut self.client, &mut self.server),
            End::Server => (&mut self.server, &mut self.client),
        };
        let mut turning = own.take().ok_or("an end is missing")?;
        if let Some(other) = other {
            other.pipe().deliver(turning.pipe());
        }
        let was_done = matches!(turning, Stage::After(_));
        let own = own.insert(turning.turn(&mut self.out)?);
        if let (Kind::Resumed, End::Server, false, Stage::After(server)) = (self.kind, end, was_done, own) {
            // Tickets wait for the first data.
            server.ssl_write(&[0])?;
        }
        Ok(())
    }

    fn agreed(&self) -> Option<Agreed> {
        let (Stage::After(_), Stage::After(_)) = (self.client.as_ref()?, self.server.as_ref()?) else {
            return None;
        };
        let client = self.client.as_ref()?.ssl();
        let is_current = client.version2() == Some(SslVersion::TLS1_3);
        let chosen = client.current_cipher().and_then(|cipher| cipher.standard_name());
        let is_right = is_current && chosen == Some("TLS_AES_128_GCM_SHA256");
        Some(Agreed {
            suite: if is_right { CipherSuite::TLS_AES_128_GCM_SHA256.0 } else { 0 },
            x25519: client.curve_name().map(|name| name == "X25519"),
            resumed: client.session_reused(),
        })
    }

    fn send(&mut self, _: Form, data: &[u8], count: usize) {
        let client = self.client.as_mut().expect("a client").stream();
        client.get_mut().keep(Keeps::Nothing);
        for _ in 0..count {
            assert_eq!(client.ssl_write(data).expect("it is written"), data.len());
        }
    }

    fn prepare(&mut self, data: &[u8], count: usize) {
        let (client, server) = self.client.as_mut().zip(self.server.as_mut()).expect("both ends");
        let client = client.stream();
        for _ in 0..count {
            assert_eq!(client.ssl_write(data).expect("it is written"), data.len());
        }
        client.get_mut().deliver(server.pipe());
    }

    fn receive(&mut self, _: Form, length: usize, count: usize) {
        let server = self.server.as_mut().expect("a server").stream();
        for _ in 0..count {
            assert_eq!(server.ssl_read(&mut self.out[..length]).expect("data"), length);
        }
    }
}
