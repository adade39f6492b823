//! s2n-tls, over AWS-LC.
#![allow(unsafe_code, reason = "its transport is given by pointers")]

use std::ffi::{c_int, c_void};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::SystemTime;

use s2n_tls::callbacks::{SessionTicket, SessionTicketCallback, VerifyHostNameCallback};
use s2n_tls::config::{Builder, Config};
use s2n_tls::connection::Connection;
use s2n_tls::enums::{Blinding, Mode, Version};
use s2n_tls::error::{Error, ErrorType};
use s2n_tls::security::Policy;
use tidegate::wire::enums::CipherSuite;

use super::pipe::{Keeps, Pipe};
use crate::stack::{Agreed, End, Failure, Form, Kind, Setup, Stack};

/// The last ticket that the server gave.
type Session = Arc<Mutex<Option<Vec<u8>>>>;

/// Keeps it.
struct Keeper(Session);

impl SessionTicketCallback for Keeper {
    fn on_session_ticket(&self, _: &mut Connection, ticket: &SessionTicket) {
        let mut bytes = vec![0; ticket.len().unwrap_or(0)];
        if ticket.data(&mut bytes).is_ok() {
            *self.0.lock().expect("nobody panics") = Some(bytes);
        }
    }
}

/// Whether a certificate's name is the one that was asked for.
struct Localhost;

impl VerifyHostNameCallback for Localhost {
    fn verify_host_name(&self, name: &str) -> bool {
        name == "localhost"
    }
}

/// An end and its transport, which lies where the end was told.
struct Linked {
    connection: Connection,
    pipe: Box<Pipe>,
}

/// Both ends.
pub(crate) struct S2n {
    client_config: Config,
    server_config: Config,
    session: Session,
    client: Option<Linked>,
    server: Option<Linked>,
    done: [bool; 2],
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

/// A policy that has the suite first.
fn builder(setup: &Setup) -> Result<Builder, Failure> {
    let policy = match setup.suite {
        CipherSuite::TLS_AES_128_GCM_SHA256 => "CloudFront-TLS-1-2-2021",
        CipherSuite::TLS_AES_256_GCM_SHA384 => "20190801",
        _ => return Err("no policy of it begins with this suite".into()),
    };
    let mut builder = Builder::new();
    builder.with_system_certs(false)?.set_security_policy(&Policy::from_version(policy)?)?;
    Ok(builder)
}

fn pem(tag: &str, der: &[u8]) -> String {
    pem::encode(&pem::Pem::new(tag, der))
}

impl S2n {
    /// From its crate.
    ///
    /// # Errors
    /// If it can't be set up, or chooses another suite.
    pub(crate) fn new(setup: &Setup) -> Result<Self, Failure> {
        let session = Session::default();
        let (mut client, mut server) = (builder(setup)?, builder(setup)?);
        client.trust_pem(pem("CERTIFICATE", &setup.trusted.root).as_bytes())?;
        client.set_verify_host_callback(Localhost)?;
        let chain: String = setup.pki.chain.iter().map(|der| pem("CERTIFICATE", der)).collect();
        server.load_pem(chain.as_bytes(), pem("PRIVATE KEY", &setup.pki.key).as_bytes())?;
        if setup.kind == Kind::Resumed {
            client.set_session_ticket_callback(Keeper(session.clone()))?;
            server.add_session_ticket_key(b"speed", &[7; 32], SystemTime::UNIX_EPOCH)?;
            let seconds = 100 * 365 * 24 * 3600;
            server.set_ticket_key_encrypt_decrypt_lifetime(std::time::Duration::from_secs(seconds))?;
        }
        Ok(Self {
            client_config: client.build()?,
            server_config: server.build()?,
            session,
            client: None,
            server: None,
            done: [false; 2],
            out: vec![0; 1 << 14],
            suite: setup.suite,
        })
    }
}

impl Linked {
    fn new(mode: Mode, config: &Config) -> Result<Self, Failure> {
        let (mut connection, mut pipe) = (Connection::new(mode), Box::<Pipe>::default());
        let at = std::ptr::from_mut(&mut *pipe).cast::<c_void>();
        connection.set_config(config.clone())?.set_blinding(Blinding::SelfService)?;
        connection.set_receive_callback(Some(receive))?.set_send_callback(Some(send))?;
        // SAFETY: the pipe is in a box beside the connection and outlives its calls.
        unsafe { connection.set_receive_context(at)?.set_send_context(at)? };
        Ok(Self { connection, pipe })
    }
}

/// What says to C that nothing came.
fn blocked() -> c_int {
    errno::set_errno(errno::Errno(11));
    -1
}

unsafe extern "C" fn receive(pipe: *mut c_void, buffer: *mut u8, length: u32) -> c_int {
    // SAFETY: s2n-tls hands back the pipe that it was given, and a buffer of this length.
    let (pipe, out) =
        unsafe { (&mut *pipe.cast::<Pipe>(), std::slice::from_raw_parts_mut(buffer, length as usize)) };
    pipe.read(out).map_or_else(|_| blocked(), |count| count as c_int)
}

unsafe extern "C" fn send(pipe: *mut c_void, buffer: *const u8, length: u32) -> c_int {
    // SAFETY: as above.
    let (pipe, bytes) =
        unsafe { (&mut *pipe.cast::<Pipe>(), std::slice::from_raw_parts(buffer, length as usize)) };
    pipe.write(bytes).map_or(-1, |count| count as c_int)
}

/// Whether it was done; waiting is no failure.
fn settle<T>(done: Poll<Result<T, Error>>) -> Result<bool, Failure> {
    match done {
        Poll::Ready(Err(error)) if error.kind() != ErrorType::Blocked => Err(error.into()),
        Poll::Ready(done) => Ok(done.is_ok()),
        Poll::Pending => Ok(false),
    }
}

impl Stack for S2n {
    fn start(&mut self, end: End) -> Result<(), Failure> {
        self.done[end as usize] = false;
        if end == End::Server {
            self.server = Some(Linked::new(Mode::Server, &self.server_config)?);
            return Ok(());
        }
        let mut client = Linked::new(Mode::Client, &self.client_config)?;
        client.connection.set_server_name("localhost")?;
        if let Some(session) = &*self.session.lock().expect("nobody panics") {
            client.connection.set_session_ticket(session)?;
        }
        self.client = Some(client);
        Ok(())
    }

    fn turn(&mut self, end: End) -> Result<(), Failure> {
        let (own, other) = match end {
            End::Client => (&mut self.client, &mut self.server),
            End::Server => (&mut self.server, &mut self.client),
        };
        let own = own.as_mut().ok_or("an end is missing")?;
        if let Some(other) = other {
            other.pipe.deliver(&mut own.pipe);
        }
        if !self.done[end as usize] {
            self.done[end as usize] = settle(own.connection.poll_negotiate())?;
        } else if own.pipe.has_more() {
            settle(own.connection.poll_recv(&mut self.out))?;
        }
        Ok(())
    }

    fn agreed(&self) -> Option<Agreed> {
        let client = &self.client.as_ref().filter(|_| self.done == [true; 2])?.connection;
        let is_current = client.actual_protocol_version().ok() == Some(Version::TLS13);
        let is_right = is_current && client.cipher_suite().ok() == Some(name(self.suite));
        Some(Agreed {
            suite: if is_right { self.suite.0 } else { 0 },
            x25519: client.selected_key_exchange_group().map(|group| group == "x25519"),
            resumed: client.resumed(),
        })
    }

    fn send(&mut self, _: Form, data: &[u8], count: usize) {
        let client = self.client.as_mut().expect("a client");
        client.pipe.keep(Keeps::Nothing);
        for _ in 0..count {
            assert!(matches!(client.connection.poll_send(data), Poll::Ready(Ok(sent)) if sent == data.len()));
        }
    }

    fn prepare(&mut self, data: &[u8], count: usize) {
        let (client, server) = self.client.as_mut().zip(self.server.as_mut()).expect("both ends");
        for _ in 0..count {
            assert!(matches!(client.connection.poll_send(data), Poll::Ready(Ok(sent)) if sent == data.len()));
        }
        client.pipe.deliver(&mut server.pipe);
    }

    fn receive(&mut self, _: Form, length: usize, count: usize) {
        let server = &mut self.server.as_mut().expect("a server").connection;
        for _ in 0..count {
            let came = server.poll_recv(&mut self.out[..length]);
            assert!(matches!(came, Poll::Ready(Ok(came)) if came == length));
        }
    }
}
