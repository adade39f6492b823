//! From stdin to the server and from the server to stdout, both at once.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token, Waker};
use tidegate_std::ClientStream;

use crate::failure::Failure;
use crate::patient::Patient;
use crate::show::{self, BAD, DIM, GOOD};

const SOCKET: Token = Token(0);
const STDIN: Token = Token(1);
const CHUNK: usize = 16 << 10;

/// What is left of our own direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Open,
    /// Everything was written and our close_notify queued.
    Closed,
}

/// The peer's direction after a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    Open,
    Ended,
}

/// Who types what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Typist {
    /// Somebody at a terminal, who may also tell this program something.
    Person,
    Program,
}

/// Another handshake that was asked for at the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    None,
    Renegotiate,
}

struct Pipe {
    stream: ClientStream<TcpStream>,
    stdin: Receiver<io::Result<Vec<u8>>>,
    pending: Vec<u8>,
    written: usize,
    input: Input,
    typist: Typist,
    wish: Wish,
}

/// What ends a pipe before its end.
enum Stop {
    /// The connection.
    Peer(io::Error),
    /// Our own stdin or stdout, while this was done.
    Own(&'static str, io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Peer(error)
    }
}

/// Runs until the server closes its direction; the end of stdin closes ours. A limit is for each wait.
pub(super) fn carry(
    stream: ClientStream<Patient>,
    target: &str,
    limit: Option<Duration>,
) -> Result<(), Failure> {
    run(stream, limit).map_err(|stop| match stop {
        Stop::Peer(error) => Failure::of_stream(&error, format!("connection to {target}")),
        Stop::Own(doing, error) => Failure::of_own(doing, &error),
    })
}

fn run(stream: ClientStream<Patient>, limit: Option<Duration>) -> Result<(), Stop> {
    let mut poll = Poll::new()?;
    // Kept until the end: a waker that goes with its thread takes its last call along.
    let waker = Arc::new(Waker::new(poll.registry(), STDIN)?);
    let stdin = read_stdin(Arc::clone(&waker))?;
    let mut stream = stream.map_transport(|patient| {
        let socket = patient.into_socket();
        (socket.set_nonblocking(true), TcpStream::from_std(socket))
    });
    std::mem::replace(&mut stream.get_mut().0, Ok(()))?;
    let mut stream = stream.map_transport(|(_, socket)| socket);
    poll.registry().register(stream.get_mut(), SOCKET, Interest::READABLE | Interest::WRITABLE)?;
    let typist = if io::stdin().is_terminal() { Typist::Person } else { Typist::Program };
    let (pending, written, input, wish) = (Vec::new(), 0, Input::Open, Wish::None);
    let mut pipe = Pipe { stream, stdin, pending, written, input, typist, wish };
    let mut events = Events::with_capacity(8);
    while pipe.turn()? == Output::Open {
        match poll.poll(&mut events, limit) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(()) if events.is_empty() && limit.is_some() => {
                return Err(Stop::Peer(io::ErrorKind::TimedOut.into()));
            }
            result => result?,
        }
    }
    pipe.finish();
    Ok(())
}

/// A thread that reads stdin, a chunk ahead at most.
fn read_stdin(waker: Arc<Waker>) -> io::Result<Receiver<io::Result<Vec<u8>>>> {
    let (sender, receiver) = sync_channel(1);
    std::thread::Builder::new().name("stdin".into()).spawn(move || {
        let mut chunk = [0; CHUNK];
        loop {
            let message = match io::stdin().lock().read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => Ok(chunk[..count].to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = message.is_err();
            if sender.send(message).is_err() {
                return;
            }
            let _ = waker.wake();
            if failed {
                return;
            }
        }
        drop(sender);
        let _ = waker.wake();
    })?;
    Ok(receiver)
}

impl Pipe {
    /// Does what can be done without waiting.
    fn turn(&mut self) -> Result<Output, Stop> {
        // The order matters: what the server said before it hung up is shown before a write finds out that it did.
        if self.print()? == Output::Ended {
            return Ok(Output::Ended);
        }
        match self.send() {
            Err(Stop::Peer(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
            result => result?,
        }
        let output = self.print()?;
        self.tell_renegotiation();
        Ok(output)
    }

    fn print(&mut self) -> Result<Output, Stop> {
        let mut chunk = [0; CHUNK];
        let mut out = io::stdout().lock();
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => return Ok(Output::Ended),
                Ok(count) => match out.write_all(&chunk[..count]).and_then(|()| out.flush()) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Output::Ended),
                    result => result.map_err(|error| Stop::Own("writing to stdout", error))?,
                },
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Output::Open),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn send(&mut self) -> Result<(), Stop> {
        while self.input == Input::Open {
            if self.written == self.pending.len() {
                match self.stdin.try_recv() {
                    Ok(Ok(chunk)) if self.is_order(&chunk) => {
                        self.renegotiate();
                        break;
                    }
                    Ok(Ok(chunk)) => (self.pending, self.written) = (chunk, 0),
                    Ok(Err(error)) => return Err(Stop::Own("reading stdin", error)),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => {
                        self.input = Input::Closed;
                        return Ok(self.stream.close()?);
                    }
                }
            }
            self.written += self.stream.write(&self.pending[self.written..])?;
        }
        Ok(self.stream.flush()?)
    }

    /// Whether a line is for this program, as the R of `openssl s_client`.
    fn is_order(&self, line: &[u8]) -> bool {
        self.typist == Typist::Person && line == b"R\n"
    }

    /// The next read begins it.
    fn renegotiate(&mut self) {
        match self.stream.renegotiate() {
            Ok(()) => {
                self.wish = Wish::Renegotiate;
                anstream::eprintln!("{DIM}renegotiating{DIM:#}");
            }
            Err(error) => anstream::eprintln!("{BAD}no renegotiation:{BAD:#} {error}"),
        }
    }

    fn tell_renegotiation(&mut self) {
        if self.wish == Wish::Renegotiate && !self.stream.connection().is_renegotiation_pending() {
            self.wish = Wish::None;
            anstream::eprintln!("{GOOD}renegotiated{GOOD:#} {}", show::summary(&self.stream));
        }
    }

    /// Answers the server's end with ours. It may be gone already.
    fn finish(&mut self) {
        if self.input == Input::Open {
            let _ = self.stream.close();
        }
    }
}
