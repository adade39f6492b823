//! Our end of a connection over a socket, in a plain loop around the engine.

mod again;
mod careful;
mod mutual;

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;

use getrandom::SysRng;
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::sign::SoftwareSigner;
use tidegate::{
    Client, Connection, Error, Event, HandshakeSpace, Lent, Role, Server, ServerName, Want, WriteError,
};

pub use self::careful::Careful;
pub use self::mutual::{KnowingServer, KnownClient};
use super::program::PATIENCE;
use super::setup::{Answer, Fault, Setup, Trust};
use crate::pair::Software;
use crate::pki::{Chain, Pki};

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Waits(Want),
    Progress,
    Connected,
}

/// The engine of an end that owns what it works with.
pub type Engine<R, C> = Connection<R, Software, Arc<C>, Box<HandshakeSpace<Software>>, Box<[u8]>>;

/// One end of a connection over a socket.
pub struct End<R: Role, A> {
    /// The engine.
    pub connection: Engine<R, R::Config>,
    /// Data that came and was not taken yet.
    pub received: Vec<u8>,
    /// How many tickets came.
    pub tickets: usize,
    /// How many bytes were written to the socket.
    pub sent: usize,
    answers: A,
    stream: TcpStream,
    chunk: usize,
}

impl<'a> End<Client, Trust<'a>> {
    /// Connects to a server that is to be `localhost` by the root of `pki`. No handshake yet.
    ///
    /// # Panics
    /// If the server can't be reached, or the configuration can't work.
    #[must_use]
    pub fn connect(address: SocketAddr, config: ClientConfig, pki: &'a Pki, setup: Setup) -> Self {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let connection =
            Connection::<Client, _, _, _, _>::new(Arc::new(config), provider(), &name, lend(setup)).unwrap();
        Self::over(stream, connection, Trust(pki), setup)
    }
}

impl End<Server, SoftwareSigner> {
    /// A server on a socket that was accepted, with the chain and key of `pki`. No handshake yet.
    ///
    /// # Panics
    /// If the configuration can't work.
    #[must_use]
    pub fn accept(stream: TcpStream, config: ServerConfig<Chain>, pki: &Pki, setup: Setup) -> Self {
        let config: Arc<ServerConfig> = Arc::new(config);
        let connection = Engine::<Server, _>::new(config, provider(), lend(setup)).unwrap();
        Self::over(stream, connection, pki.signer(), setup)
    }
}

impl<R: Role, A: Answer> End<R, A> {
    fn over(stream: TcpStream, connection: Engine<R, R::Config>, answers: A, setup: Setup) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { connection, received: Vec::new(), tickets: 0, sent: 0, answers, stream, chunk: setup.chunk }
    }

    /// Runs the handshake to its end, with all that is to be sent for it.
    ///
    /// # Errors
    /// Why it failed; the alert has left.
    pub fn handshake(&mut self) -> Result<(), Fault> {
        while self.turn()? != Moment::Connected {}
        Ok(())
    }

    /// Writes all of `data`.
    ///
    /// # Errors
    /// Why the connection failed.
    ///
    /// # Panics
    /// If our direction is closed.
    pub fn write(&mut self, data: &[u8]) -> Result<(), Fault> {
        loop {
            let written = self.connection.write_app_data(data);
            self.flush()?;
            match written {
                Ok(count) => {
                    assert_eq!(count, data.len());
                    return Ok(());
                }
                Err(WriteError::Blocked(Want::Outgoing)) => {}
                // A handshake stands before it.
                Err(WriteError::Blocked(Want::Incoming)) => self.fill()?,
                Err(WriteError::Blocked(Want::Event)) => drop(self.look()?),
                Err(WriteError::Failed(error)) => return Err(error.into()),
                Err(error @ (WriteError::Blocked(_) | WriteError::Refused(_) | WriteError::Closed)) => {
                    panic!("{error}")
                }
            }
        }
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// Why they did not come.
    pub fn read(&mut self, count: usize) -> Result<Vec<u8>, Fault> {
        while self.received.len() < count {
            self.read_on()?;
        }
        let rest = self.received.split_off(count);
        Ok(std::mem::replace(&mut self.received, rest))
    }

    /// What comes up to `end`, and it.
    ///
    /// # Errors
    /// Why it did not come.
    pub fn read_until(&mut self, end: &str) -> Result<String, Fault> {
        loop {
            let text = String::from_utf8_lossy(&self.received);
            if let Some(place) = text.find(end) {
                let line = text[..place + end.len()].to_string();
                self.received.drain(..line.len());
                return Ok(line);
            }
            self.read_on()?;
        }
    }

    /// All that comes up to the peer's close_notify.
    ///
    /// # Errors
    /// Why the stream ended otherwise.
    pub fn read_to_end(&mut self) -> Result<Vec<u8>, Fault> {
        while self.turn()? != Moment::Waits(Want::Nothing) {}
        Ok(std::mem::take(&mut self.received))
    }

    /// Waits for a message of the peer that brings no data, beyond what was dealt with before; how many bytes were sent
    /// in answer to it.
    ///
    /// # Errors
    /// Why it did not come.
    pub fn answered(&mut self) -> Result<usize, Fault> {
        let before = self.sent;
        while self.turn()? != Moment::Waits(Want::Incoming) {}
        let moment = self.look();
        self.flush()?;
        assert!(matches!(moment?, Moment::Waits(Want::Incoming)), "the message was more than that");
        Ok(self.sent - before)
    }

    /// Sends close_notify.
    ///
    /// # Errors
    /// The socket's.
    pub fn close(&mut self) -> Result<(), Fault> {
        self.connection.close();
        Ok(self.flush()?)
    }

    /// Ends the socket without a close_notify.
    pub fn cut(self) {}

    /// Leaves the peer time to read what it was sent, an alert above all: closing a socket with unread bytes resets the
    /// connection, and what the peer has not read by then is lost to it.
    pub fn linger(&mut self) {
        let mut rest = [0; 4096];
        let _ = self.stream.shutdown(Shutdown::Write);
        while self.stream.read(&mut rest).is_ok_and(|count| count > 0) {}
    }

    fn read_on(&mut self) -> Result<(), Fault> {
        if self.turn()? == Moment::Waits(Want::Nothing) {
            return Err(io::Error::from(ErrorKind::UnexpectedEof).into());
        }
        Ok(())
    }

    /// One event, what it wants, and all that is to be sent.
    fn turn(&mut self) -> Result<Moment, Fault> {
        let looked = self.look();
        let flushed = self.flush();
        let moment = looked?;
        flushed?;
        if let Moment::Waits(want) = moment {
            match want {
                Want::Incoming => self.fill()?,
                Want::Outgoing | Want::Nothing => {}
                Want::HandshakeSpace
                | Want::Answer
                | Want::IncomingBuffer
                | Want::OutgoingBuffer
                | Want::Event => {
                    panic!("waits {want}")
                }
            }
        }
        Ok(moment)
    }

    fn look(&mut self) -> Result<Moment, Error> {
        let event = self.answers.answer(self.connection.next_event()?);
        Ok(match event {
            Some(Event::Want(want)) => Moment::Waits(want),
            Some(Event::Connected(_)) => Moment::Connected,
            Some(Event::AppData(mut data)) => {
                let count = data.bytes().len();
                self.received.extend_from_slice(data.bytes());
                data.consume(count);
                Moment::Progress
            }
            Some(Event::Ticket(_)) => {
                self.tickets += 1;
                Moment::Progress
            }
            Some(_) | None => Moment::Progress,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        loop {
            let pending = self.connection.outgoing();
            if pending.is_empty() {
                return Ok(());
            }
            let sent = self.stream.write(&pending[..self.chunk.min(pending.len())])?;
            self.connection.outgoing_sent(sent);
            self.sent += sent;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let space = self.connection.incoming_space();
        let room = self.chunk.min(space.len());
        match self.stream.read(&mut space[..room])? {
            0 => self.connection.incoming_ended(),
            count => self.connection.incoming_filled(count),
        }
        Ok(())
    }
}

impl<R: Role, A> fmt::Debug for End<R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.connection.fmt(f)
    }
}

fn provider() -> Software {
    RustCrypto::new(SysRng)
}

fn lend(setup: Setup) -> Lent<Box<HandshakeSpace<Software>>, Box<[u8]>> {
    let buffer = |length| vec![0; length].into_boxed_slice();
    Lent { space: Box::default(), incoming: buffer(setup.incoming), outgoing: buffer(setup.outgoing) }
}
