//! What a connection does with its channel.

use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{Verify, answer_client};
use tidegate::{ClientConnection, CreateError, Event, Lent, Pool, ServerName, Side, Want};
use tidegate_firmware::NAME;
use tidegate_firmware::board::InsecureEmulatorRng;

use super::{CONFIG, Client, DATA, Failure, LINE, ROOM, Shared};

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It waits for buffers and a handshake space.
    New,
    Handshaking,
    /// It holds nothing.
    Parked,
    /// It has said its line and hears the answer.
    Listening {
        heard: usize,
    },
    /// It has closed and hears the other direction close.
    Closing,
    Done,
}

/// A connection and its channel.
pub(crate) struct Channel {
    number: u8,
    pub(crate) stage: Stage,
    pub(crate) connection: Option<Client>,
    /// The host has bytes for it that it was given no room for.
    pub(crate) is_awaited: bool,
    /// Bytes that the host was given room for and has not sent.
    pub(crate) room: usize,
}

impl Channel {
    /// One that has not begun.
    pub(crate) const fn new(number: u8) -> Self {
        Self { number, stage: Stage::New, connection: None, is_awaited: false, room: 0 }
    }

    /// Does what can be done now; whether that was anything.
    pub(crate) fn turn(&mut self, shared: &mut Shared, verifier: &impl Verify) -> Result<bool, Failure> {
        if self.stage == Stage::New {
            return self.begin(shared);
        }
        let Some(connection) = &mut self.connection else { return Ok(false) };
        let mut has_moved = false;
        if connection.is_handshaking() || connection.has_incoming() {
            has_moved = self.drive(shared, verifier)?;
        }
        Ok(self.make_room(shared)? || has_moved)
    }

    /// Makes the connection, if there is enough to lend.
    fn begin(&mut self, shared: &mut Shared) -> Result<bool, Failure> {
        let Some(space) = shared.spaces.pop() else { return Ok(false) };
        let (incoming, outgoing) =
            match (shared.buffers.take(Side::Incoming), shared.buffers.take(Side::Outgoing)) {
                (Some(incoming), Some(outgoing)) => (incoming, outgoing),
                (incoming, outgoing) => {
                    // All of it or nothing; there is room for what was just taken.
                    let _ = shared.spaces.push(space);
                    incoming.map(|buffer| shared.buffers.put(Side::Incoming, buffer));
                    outgoing.map(|buffer| shared.buffers.put(Side::Outgoing, buffer));
                    return Ok(false);
                }
            };
        let name = ServerName::try_from(NAME).map_err(|_| Failure::Connection(CreateError::ServerName))?;
        let provider = RustCrypto::new(InsecureEmulatorRng::new());
        let made = ClientConnection::new(&CONFIG, provider, &name, Lent { space, incoming, outgoing });
        self.connection = Some(made.map_err(Failure::Connection)?);
        self.stage = Stage::Handshaking;
        Ok(true)
    }

    /// Deals with what has come and sends what is to leave; whether anything was more than waiting.
    fn drive(&mut self, shared: &mut Shared, verifier: &impl Verify) -> Result<bool, Failure> {
        let Some(connection) = &mut self.connection else { return Ok(false) };
        let mut has_moved = false;
        loop {
            match answer_client(connection.next_event().map_err(Failure::Tls)?, verifier) {
                Some(Event::Want(Want::OutgoingBuffer)) => {
                    if !connection.acquire_one(Side::Outgoing, &mut shared.buffers) {
                        break;
                    }
                }
                Some(Event::Want(_)) => break,
                Some(Event::Connected(_)) => self.stage = Stage::Parked,
                Some(Event::AppData(mut data)) => {
                    let count = data.bytes().len();
                    data.consume(count);
                    if let Stage::Listening { heard } = &mut self.stage {
                        *heard += count;
                    }
                }
                Some(Event::PeerClosed) if self.stage == Stage::Closing => self.stage = Stage::Done,
                Some(_) | None => {}
            }
            has_moved = true;
        }
        if matches!(self.stage, Stage::Listening { heard } if heard >= LINE) {
            connection.close();
            self.stage = Stage::Closing;
        }
        Ok(self.rest(shared)? || has_moved)
    }

    /// Says the line.
    pub(crate) fn say(&mut self, shared: &mut Shared) -> Result<(), Failure> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        // What was sealed has left with the call that sealed it: there is always a buffer to send from.
        connection.acquire_one(Side::Outgoing, &mut shared.buffers);
        let mut line = [b'0' + self.number; LINE];
        line[LINE - 1] = b'\n';
        connection.write_app_data(&line).map_err(Failure::Write)?;
        self.rest(shared).map(drop)
    }

    /// Tells the host how much more it may send: what the next record lacks. Only where it has something, so that no
    /// connection holds a buffer for nothing.
    fn make_room(&mut self, shared: &mut Shared) -> Result<bool, Failure> {
        let Some(connection) = self.connection.as_mut().filter(|_| self.is_awaited) else { return Ok(false) };
        if !connection.acquire_one(Side::Incoming, &mut shared.buffers) {
            return Ok(false);
        }
        let room = connection.incoming_missing().bytes().saturating_sub(self.room).min(255);
        self.is_awaited = false;
        self.room += room;
        shared.send(ROOM, self.number, room as u8, &[])?;
        Ok(true)
    }

    /// Sends what is to leave and gives back what is not needed; whether anything left.
    fn rest(&mut self, shared: &mut Shared) -> Result<bool, Failure> {
        let Some(connection) = &mut self.connection else { return Ok(false) };
        let has_outgoing = !connection.outgoing().is_empty();
        while !connection.outgoing().is_empty() {
            let length = connection.outgoing().len().min(255);
            let bytes = connection.outgoing().get(..length).unwrap_or_default();
            shared.send(DATA, self.number, length as u8, bytes)?;
            connection.outgoing_sent(length);
        }
        if let Some(space) = connection.detach_handshake() {
            // There is room for all that were taken out.
            let _ = shared.spaces.push(space);
        }
        if self.room == 0 {
            connection.release_into(&mut shared.buffers);
        }
        Ok(has_outgoing)
    }
}
