//! A client and a server that talk through memory, in any chunks.

use std::sync::Arc;

use getrandom::SysRng;
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{Webpki, answer_client, answer_server};
use tidegate::x509::WebpkiVerifier;
use tidegate::{Client, Connection, Error, Event, HandshakeSpace, Lent, Server, ServerName, UnixTime, Want};

use crate::pki::Pki;

/// The provider of both ends.
pub type Software = RustCrypto<SysRng>;
/// A client that owns what it works with.
pub type OwnedClient =
    Connection<Client, Software, Arc<ClientConfig>, Box<HandshakeSpace<Software>>, Box<[u8]>>;
/// A server that owns what it works with.
pub type OwnedServer =
    Connection<Server, Software, Arc<ServerConfig>, Box<HandshakeSpace<Software>>, Box<[u8]>>;

/// Bytes of the buffers of both ends.
#[derive(Clone, Copy, Debug)]
pub struct Buffers {
    /// Of each incoming buffer.
    pub incoming: usize,
    /// Of each outgoing buffer.
    pub outgoing: usize,
}

/// Two ends of a connection.
#[derive(Debug)]
pub struct Pair {
    /// The client.
    pub client: OwnedClient,
    /// The server.
    pub server: OwnedServer,
    /// The server's certificates and key.
    pub pki: Pki,
    /// At most so many bytes move at once.
    pub chunk: usize,
}

/// What an end did in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It waits for this.
    Waits(Want),
    /// Application data is there to be read.
    HasData,
}

impl Pair {
    /// Two fresh ends.
    ///
    /// # Panics
    /// If an end can't be made.
    #[must_use]
    pub fn new(
        pki: Pki,
        client: ClientConfig,
        server: ServerConfig<crate::pki::Chain>,
        buffers: Buffers,
    ) -> Self {
        let name = ServerName::try_from("localhost").unwrap();
        let rng = || RustCrypto::new(SysRng);
        let client = OwnedClient::new(Arc::new(client), rng(), &name, lend(buffers)).unwrap();
        let server = OwnedServer::new(Arc::new(server), rng(), lend(buffers)).unwrap();
        Self { client, server, pki, chunk: usize::MAX }
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
            match answer_server(self.server.next_event()?, &signer) {
                Some(Event::Want(want)) => return Ok(Turn::Waits(want)),
                Some(Event::AppData(_)) => return Ok(Turn::HasData),
                Some(_) | None => {}
            }
        }
    }

    /// Moves bytes both ways, a chunk each; how many moved.
    pub fn exchange(&mut self) -> usize {
        let up = transfer(self.client.outgoing(), self.chunk, |bytes| self.server.feed_incoming(bytes));
        self.client.outgoing_sent(up);
        let down = transfer(self.server.outgoing(), self.chunk, |bytes| self.client.feed_incoming(bytes));
        self.server.outgoing_sent(down);
        up + down
    }
}

fn transfer(pending: &[u8], chunk: usize, feed: impl FnOnce(&[u8]) -> usize) -> usize {
    feed(&pending[..chunk.min(pending.len())])
}

fn lend(buffers: Buffers) -> Lent<Box<HandshakeSpace<Software>>, Box<[u8]>> {
    let buffer = |length| vec![0; length].into_boxed_slice();
    Lent { space: Box::default(), incoming: buffer(buffers.incoming), outgoing: buffer(buffers.outgoing) }
}

/// The time of this machine.
#[must_use]
pub fn now() -> Option<UnixTime> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(UnixTime::since_unix_epoch(since))
}
