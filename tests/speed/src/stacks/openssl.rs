//! OpenSSL, as the system has it.
#![allow(unsafe_code, reason = "its sessions are set by an unsafe function")]

use std::sync::{Arc, Mutex};

use openssl::pkey::{Id, PKey};
use openssl::ssl::{
    ErrorCode, ShutdownState, Ssl, SslContext, SslContextBuilder, SslMethod, SslSession, SslSessionCacheMode,
    SslStream, SslVerifyMode, SslVersion,
};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use tidegate::wire::enums::CipherSuite;

use super::pipe::{Keeps, Pipe};
use crate::stack::{Agreed, End, Failure, Form, Kind, Setup, Stack};

/// The last session that a server gave.
type Session = Arc<Mutex<Option<SslSession>>>;

/// Both ends.
pub(crate) struct OpenSsl {
    client_context: SslContext,
    server_context: SslContext,
    session: Session,
    client: Option<SslStream<Pipe>>,
    server: Option<SslStream<Pipe>>,
    out: Vec<u8>,
    suite: CipherSuite,
}

/// The name of a suite.
fn name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        _ => "TLS_CHACHA20_POLY1305_SHA256",
    }
}

/// TLS 1.3 with one suite and one group.
fn context(setup: &Setup) -> Result<SslContextBuilder, Failure> {
    let mut context = SslContext::builder(SslMethod::tls())?;
    context.set_min_proto_version(Some(SslVersion::TLS1_3))?;
    context.set_ciphersuites(name(setup.suite))?;
    context.set_groups_list("X25519")?;
    context.set_read_ahead(true);
    Ok(context)
}

impl OpenSsl {
    /// From the system.
    ///
    /// # Errors
    /// If it can't be set up.
    pub(crate) fn new(setup: &Setup) -> Result<Self, Failure> {
        let session = Session::default();
        let (client_context, server_context) = (client(setup, &session)?, server(setup)?);
        let out = vec![0; 1 << 14];
        let suite = setup.suite;
        Ok(Self { client_context, server_context, session, client: None, server: None, out, suite })
    }
}

fn client(setup: &Setup, session: &Session) -> Result<SslContext, Failure> {
    let mut context = context(setup)?;
    let mut store = X509StoreBuilder::new()?;
    store.add_cert(X509::from_der(&setup.trusted.root)?)?;
    context.set_cert_store(store.build());
    context.set_verify(SslVerifyMode::PEER);
    if setup.kind == Kind::Resumed {
        let session = session.clone();
        context.set_session_cache_mode(SslSessionCacheMode::CLIENT | SslSessionCacheMode::NO_INTERNAL);
        context.set_new_session_callback(move |_, new| {
            *session.lock().expect("nobody panics") = Some(new);
        });
    }
    Ok(context.build())
}

fn server(setup: &Setup) -> Result<SslContext, Failure> {
    let mut context = context(setup)?;
    context.set_session_cache_mode(SslSessionCacheMode::SERVER | SslSessionCacheMode::NO_INTERNAL);
    context.set_session_id_context(b"speed")?;
    context.set_num_tickets(usize::from(setup.kind == Kind::Resumed))?;
    let [leaf, issuers @ ..] = &setup.pki.chain[..] else { return Err("no certificate".into()) };
    let (leaf, key) = (X509::from_der(leaf)?, PKey::private_key_from_pkcs8(&setup.pki.key)?);
    context.set_certificate(&leaf)?;
    for issuer in issuers {
        context.add_extra_chain_cert(X509::from_der(issuer)?)?;
    }
    context.set_private_key(&key)?;
    Ok(context.build())
}

/// Waiting is no failure.
fn settle<T>(done: Result<T, openssl::ssl::Error>) -> Result<(), Failure> {
    match done {
        Err(error) if error.code() != ErrorCode::WANT_READ => Err(error.into()),
        _ => Ok(()),
    }
}

impl Stack for OpenSsl {
    fn start(&mut self, end: End) -> Result<(), Failure> {
        // The session of a connection that was not shut down would not go on.
        let before = if end == End::Client { &mut self.client } else { &mut self.server };
        if let Some(before) = before {
            before.set_shutdown(ShutdownState::SENT | ShutdownState::RECEIVED);
        }
        if end == End::Server {
            let mut ssl = Ssl::new(&self.server_context)?;
            ssl.set_accept_state();
            self.server = Some(SslStream::new(ssl, Pipe::default())?);
            return Ok(());
        }
        let mut ssl = Ssl::new(&self.client_context)?;
        ssl.set_connect_state();
        ssl.set_hostname("localhost")?;
        ssl.param_mut().set_host("localhost")?;
        if let Some(session) = self.session.lock().expect("nobody panics").take() {
            // SAFETY: the session comes from a connection of the same context.
            unsafe { ssl.set_session(&session)? };
        }
        self.client = Some(SslStream::new(ssl, Pipe::default())?);
        Ok(())
    }

    fn turn(&mut self, end: End) -> Result<(), Failure> {
        let (own, other) = match end {
            End::Client => (&mut self.client, &mut self.server),
            End::Server => (&mut self.server, &mut self.client),
        };
        let own = own.as_mut().ok_or("an end is missing")?;
        if let Some(other) = other {
            other.get_mut().deliver(own.get_mut());
        }
        settle(own.do_handshake())?;
        if own.ssl().is_init_finished() && own.get_ref().has_more() {
            settle(own.ssl_read(&mut self.out))?;
        }
        Ok(())
    }

    fn agreed(&self) -> Option<Agreed> {
        let (client, server) = self.client.as_ref().zip(self.server.as_ref())?;
        let (client, server) = (client.ssl(), server.ssl());
        let is_current = client.version2() == Some(SslVersion::TLS1_3);
        let chosen = client.current_cipher().and_then(|cipher| cipher.standard_name());
        (client.is_init_finished() && server.is_init_finished()).then(|| Agreed {
            suite: if is_current && chosen == Some(name(self.suite)) { self.suite.0 } else { 0 },
            x25519: client.peer_tmp_key().ok().map(|key| key.id() == Id::X25519),
            resumed: client.session_reused(),
        })
    }

    fn send(&mut self, _: Form, data: &[u8], count: usize) {
        let client = self.client.as_mut().expect("a client");
        client.get_mut().keep(Keeps::Nothing);
        for _ in 0..count {
            assert_eq!(client.ssl_write(data).expect("it is written"), data.len());
        }
    }

    fn prepare(&mut self, data: &[u8], count: usize) {
        let (client, server) = self.client.as_mut().zip(self.server.as_mut()).expect("both ends");
        for _ in 0..count {
            assert_eq!(client.ssl_write(data).expect("it is written"), data.len());
        }
        client.get_mut().deliver(server.get_mut());
    }

    fn receive(&mut self, _: Form, length: usize, count: usize) {
        let server = self.server.as_mut().expect("a server");
        for _ in 0..count {
            assert_eq!(server.ssl_read(&mut self.out[..length]).expect("data"), length);
        }
    }
}
