//! Two connections without sockets, the client's writes complete when they are drained.

use std::sync::Arc;

use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::driver::{answer_client, answer_server};
use tidegate::modes::{Completion, Modes};
use tidegate::{Client, Connection, Error, Event, Lent, Server, Want, WriteError};
use tidegate_std::{Buffers, IdentityList, OwnedConnection, RecordBuffer, Roots, Software};

use crate::failure::{Code, Failure};

/// Bytes that are under way at most: more than one record, less than two.
pub(super) const TRANSPORT: usize = 20_000;

/// A client, a server, and a transport that is full when nobody reads.
pub(super) struct Duo {
    pub(super) client: OwnedConnection<Client, ClientConfig>,
    pub(super) server: OwnedConnection<Server, ServerConfig>,
    roots: Arc<Roots>,
    identities: IdentityList,
    under_way: Vec<u8>,
}

impl Duo {
    /// A pair that has finished its handshake.
    pub(super) fn connected(
        roots: &Arc<Roots>,
        identities: &IdentityList,
        modes: Modes,
    ) -> Result<Self, Failure> {
        let impossible = |error| Failure::usage(format!("the demo's connections: {error}"));
        let mut config = ClientConfig::new();
        config.common.completion = Completion::Drained;
        config.common.modes = modes;
        let name = pki_types::ServerName::try_from("localhost")
            .map_err(|error| Failure::usage(error.to_string()))?;
        let client =
            Connection::<Client, _, _, _, _>::new(Arc::new(config), Software::default(), &name, lend());
        let config: Arc<ServerConfig> = Arc::new(ServerConfig::new(identities.clone()));
        let server = Connection::<Server, _, _, _, _>::new(config, Software::default(), lend());
        let mut duo = Self {
            client: client.map_err(impossible)?,
            server: server.map_err(impossible)?,
            roots: Arc::clone(roots),
            identities: identities.clone(),
            under_way: Vec::new(),
        };
        duo.handshake().map_err(|error| Failure {
            code: Code::Tls,
            message: format!("the demo's handshake in memory: {error}"),
            hint: None,
        })?;
        Ok(duo)
    }

    fn handshake(&mut self) -> Result<(), Error> {
        while self.client.is_handshaking() || self.server.is_handshaking() {
            while !matches!(answer_client(self.client.next_event()?, &*self.roots), Some(Event::Want(_))) {}
            self.send();
            self.peer_reads()?;
            self.server_sends();
        }
        Ok(())
    }

    /// Takes from the client what the transport has room for; how many bytes.
    pub(super) fn send(&mut self) -> usize {
        let room = TRANSPORT - self.under_way.len();
        let bytes = self.client.outgoing();
        let bytes = &bytes[..bytes.len().min(room)];
        self.under_way.extend_from_slice(bytes);
        let count = bytes.len();
        self.client.outgoing_sent(count);
        count
    }

    /// The server reads everything that is under way.
    pub(super) fn peer_reads(&mut self) -> Result<(), Error> {
        loop {
            match answer_server(self.server.next_event()?, &self.identities) {
                Some(Event::AppData(mut data)) => {
                    let count = data.bytes().len();
                    data.consume(count);
                }
                Some(Event::Want(Want::Incoming)) if self.under_way.is_empty() => return Ok(()),
                Some(Event::Want(Want::Incoming)) => {
                    let count = self.server.feed_incoming(&self.under_way);
                    self.under_way.drain(..count);
                }
                Some(Event::Want(_)) => return Ok(()),
                Some(_) | None => {}
            }
        }
    }

    /// What the server says goes to the client at once.
    pub(super) fn server_sends(&mut self) {
        let count = self.client.feed_incoming(self.server.outgoing());
        self.server.outgoing_sent(count);
    }

    /// A write as a program over a socket sees it: blocked only where the transport takes nothing more.
    pub(super) fn write(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        loop {
            match self.client.write_app_data(data) {
                Err(WriteError::Blocked(Want::Outgoing)) if self.send() > 0 => {}
                result => return result,
            }
        }
    }
}

fn lend<H: Default>() -> Lent<H, RecordBuffer> {
    let Buffers { incoming, outgoing } = Buffers::default();
    Lent { space: H::default(), incoming: RecordBuffer::new(incoming), outgoing: RecordBuffer::new(outgoing) }
}
