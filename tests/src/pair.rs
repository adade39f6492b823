//! A client and a server that talk through memory, in any chunks, past a man in the middle if need be.

use std::sync::Arc;

use getrandom::SysRng;
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{Webpki, answer_client, answer_server, answer_sessions};
use tidegate::x509::WebpkiVerifier;
use tidegate::{
    Client, Connection, CreateError, Error, Event, HandshakeSpace, Lent, ReadError, Server, ServerName, Want,
    WriteError,
};

pub use crate::buffers::Buffers;
use crate::cookies::answer_cookies;
use crate::middle::Way;
pub use crate::middle::{End, Middle};
use crate::pki::{Chain, Pki};
pub use crate::sessions::now;
use crate::sessions::{Kept, kept};

/// The provider of both ends.
pub type Software = RustCrypto<SysRng>;
/// A client that owns what it works with.
pub type OwnedClient =
    Connection<Client, Software, Arc<ClientConfig>, Box<HandshakeSpace<Software>>, Box<[u8]>>;
/// A server that owns what it works with.
pub type OwnedServer =
    Connection<Server, Software, Arc<ServerConfig>, Box<HandshakeSpace<Software>>, Box<[u8]>>;

/// Two ends of a connection.
pub struct Pair {
    /// The client.
    pub client: OwnedClient,
    /// The server.
    pub server: OwnedServer,
    /// The server's certificates and key.
    pub pki: Pki,
    /// The server's sessions, and its external keys.
    pub sessions: Kept,
    /// The sessions of TLS 1.3 that the client was given.
    pub tickets: Vec<Vec<u8>>,
    /// At most so many bytes move at once.
    pub chunk: usize,
    /// Who sees the records.
    pub middle: Option<Middle>,
    /// From the client and from the server, past the man in the middle.
    ways: [Way; 2],
}

/// What an end did in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It waits for this.
    Waits(Want),
    /// Application data is there to be read.
    HasData,
}

/// The same on either end.
#[macro_export]
macro_rules! at {
    ($pair:expr, $end:expr, $connection:ident => $body:expr) => {
        match $end {
            $crate::pair::End::Client => {
                let $connection = &mut $pair.client;
                $body
            }
            $crate::pair::End::Server => {
                let $connection = &mut $pair.server;
                $body
            }
        }
    };
}

impl Pair {
    /// Two fresh ends with buffers alike.
    ///
    /// # Panics
    /// If an end can't be made.
    #[must_use]
    pub fn new(pki: Pki, client: ClientConfig, server: ServerConfig<Chain>, buffers: Buffers) -> Self {
        Self::with_buffers(pki, client, server, [buffers; 2])
    }

    /// Two fresh ends; the client's buffers come first.
    ///
    /// # Panics
    /// If an end can't be made.
    #[must_use]
    pub fn with_buffers(
        pki: Pki,
        client: ClientConfig,
        server: ServerConfig<Chain>,
        buffers: [Buffers; 2],
    ) -> Self {
        let [client_buffers, server_buffers] = buffers;
        let client = Self::try_client(client, client_buffers).unwrap();
        let server =
            OwnedServer::new(Arc::new(server), RustCrypto::new(SysRng), lend(server_buffers)).unwrap();
        let sessions = Kept::new();
        Self {
            client,
            server,
            pki,
            sessions,
            tickets: Vec::new(),
            chunk: usize::MAX,
            middle: None,
            ways: Default::default(),
        }
    }

    /// A client alone.
    ///
    /// # Errors
    /// If it can't be made.
    ///
    /// # Panics
    /// Never: the name is one.
    pub fn try_client(client: ClientConfig, buffers: Buffers) -> Result<OwnedClient, CreateError> {
        let name = ServerName::try_from("localhost").unwrap();
        OwnedClient::new(Arc::new(client), RustCrypto::new(SysRng), &name, lend(buffers))
    }

    /// Two ends that have shaken hands, with defaults and a key on P-256.
    ///
    /// # Panics
    /// If they don't.
    #[must_use]
    pub fn connected() -> Self {
        let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
        let server = ServerConfig::new(pki.identities());
        let mut pair = Self::new(pki, ClientConfig::new(), server, Buffers::FULL);
        pair.handshake().unwrap();
        pair
    }

    /// Runs the handshake.
    ///
    /// # Errors
    /// The error of the end that failed first.
    pub fn handshake(&mut self) -> Result<(), Error> {
        loop {
            let client = self.client_turn()?;
            let server = self.server_turn()?;
            let moved = self.exchange();
            if moved == 0 && client == Turn::Waits(Want::Incoming) && server == Turn::Waits(Want::Incoming) {
                return Ok(());
            }
        }
    }

    /// Lets an end do what it can.
    ///
    /// # Errors
    /// The end's.
    pub fn turn(&mut self, end: End) -> Result<Turn, Error> {
        match end {
            End::Client => self.client_turn(),
            End::Server => self.server_turn(),
        }
    }

    /// Lets both ends do what they can until nothing moves any more; the error of each.
    pub fn settle(&mut self) -> [Option<Error>; 2] {
        loop {
            let errors = [self.client_turn().err(), self.server_turn().err()];
            if self.exchange() == 0 {
                return errors;
            }
        }
    }

    /// Lets the client do what it can.
    ///
    /// # Errors
    /// The client's.
    pub fn client_turn(&mut self) -> Result<Turn, Error> {
        let anchors = [self.pki.anchor()];
        let algorithms = tidegate::crypto::SIGNATURE_ALGORITHMS;
        let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, algorithms), clock: now };
        loop {
            match answer_client(self.client.next_event()?, &verifier) {
                Some(Event::Want(want)) => return Ok(Turn::Waits(want)),
                Some(Event::AppData(_)) => return Ok(Turn::HasData),
                Some(Event::Ticket(mut ticket)) => self.tickets.extend(kept(&mut ticket)),
                Some(_) | None => {}
            }
        }
    }

    /// Lets the server do what it can.
    ///
    /// # Errors
    /// The server's.
    pub fn server_turn(&mut self) -> Result<Turn, Error> {
        let signer = self.pki.signer();
        loop {
            let event = answer_server(self.server.next_event()?, &signer);
            let event = event.and_then(answer_cookies).and_then(|event| self.sessions.answer_external(event));
            match event.and_then(|event| answer_sessions(event, &self.sessions)) {
                Some(Event::EarlyData(mut data)) => {
                    self.sessions.early_data.borrow_mut().extend_from_slice(data.bytes());
                    data.consume(usize::MAX);
                }
                Some(Event::Want(want)) => return Ok(Turn::Waits(want)),
                Some(Event::AppData(_)) => return Ok(Turn::HasData),
                Some(_) | None => {}
            }
        }
    }

    /// Writes at one end as often as it takes, and reads at the other: what arrives, until it is as much.
    ///
    /// # Errors
    /// What a write says that is not merely blocked.
    ///
    /// # Panics
    /// If nothing moves any more.
    pub fn carry(&mut self, from: End, data: &[u8]) -> Result<Vec<u8>, WriteError> {
        let (mut written, mut arrived) = (0, Vec::new());
        while written < data.len() || arrived.len() < data.len() {
            let before = (written, arrived.len());
            if written < data.len() {
                written += self.write(from, &data[written..])?;
            }
            let moved = self.exchange();
            arrived.extend(self.read(from.peer()));
            assert!(moved > 0 || before != (written, arrived.len()), "nothing moves at {before:?}");
        }
        Ok(arrived)
    }

    /// Writes once; nothing where that is blocked.
    ///
    /// # Errors
    /// What the write says else.
    pub fn write(&mut self, end: End, data: &[u8]) -> Result<usize, WriteError> {
        match at!(self, end, connection => connection.write_app_data(data)) {
            Err(WriteError::Blocked(_)) => Ok(0),
            result => result,
        }
    }

    /// Reads all that is there.
    pub fn read(&mut self, end: End) -> Vec<u8> {
        let (mut all, mut some) = (Vec::new(), vec![0; 1 << 14]);
        loop {
            match at!(self, end, connection => connection.read_app_data(&mut some)) {
                Ok(count) => all.extend_from_slice(&some[..count]),
                Err(ReadError::Progress) => {}
                Err(ReadError::Blocked(_) | ReadError::Closed | ReadError::Failed(_)) => return all,
            }
        }
    }

    /// Moves bytes both ways, a chunk each; how many moved.
    pub fn exchange(&mut self) -> usize {
        End::BOTH.into_iter().map(|from| self.deliver(from)).sum()
    }

    fn deliver(&mut self, from: End) -> usize {
        let chunk = self.chunk;
        let mut out = at!(self, from, connection => first(connection.outgoing(), chunk).to_vec());
        let sent = out.len();
        if let Some(middle) = &mut self.middle {
            let way = &mut self.ways[from as usize];
            way.pass(&mut out, &mut |record| middle(from, record));
            out = first(&way.seen, chunk).to_vec();
        }
        let arrived = at!(self, from.peer(), connection => connection.feed_incoming(&out));
        if self.middle.is_none() {
            at!(self, from, connection => connection.outgoing_sent(arrived));
            return arrived;
        }
        at!(self, from, connection => connection.outgoing_sent(sent));
        self.ways[from as usize].seen.drain(..arrived);
        sent + arrived
    }
}

fn first(bytes: &[u8], count: usize) -> &[u8] {
    &bytes[..count.min(bytes.len())]
}

fn lend(buffers: Buffers) -> Lent<Box<HandshakeSpace<Software>>, Box<[u8]>> {
    let buffer = |length| vec![0; length].into_boxed_slice();
    Lent { space: Box::default(), incoming: buffer(buffers.incoming), outgoing: buffer(buffers.outgoing) }
}
