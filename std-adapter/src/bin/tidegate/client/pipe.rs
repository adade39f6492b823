//! From stdin to the server and from the server to stdout, both at once.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token, Waker};
use tidegate_std::ClientStream;

use crate::failure::Failure;
use crate::patient::Patient;

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

struct Pipe {
    stream: ClientStream<TcpStream>,
    stdin: Receiver<Vec<u8>>,
    pending: Vec<u8>,
    written: usize,
    input: Input,
}

/// Runs until the server closes its direction; the end of stdin closes ours.
pub(super) fn carry(stream: ClientStream<Patient>, target: &str) -> Result<(), Failure> {
    run(stream).map_err(|error| Failure::of_stream(&error, format!("connection to {target}")))
}

fn run(stream: ClientStream<Patient>) -> io::Result<()> {
    let mut poll = Poll::new()?;
    // Closed with its thread, the waker would take a call that was not heard yet with it.
    let waker = Arc::new(Waker::new(poll.registry(), STDIN)?);
    let stdin = read_stdin(Arc::clone(&waker))?;
    let mut stream = stream.map_transport(|patient| {
        let socket = patient.into_socket();
        (socket.set_nonblocking(true), TcpStream::from_std(socket))
    });
    std::mem::replace(&mut stream.get_mut().0, Ok(()))?;
    let mut stream = stream.map_transport(|(_, socket)| socket);
    poll.registry().register(stream.get_mut(), SOCKET, Interest::READABLE | Interest::WRITABLE)?;
    let mut pipe = Pipe { stream, stdin, pending: Vec::new(), written: 0, input: Input::Open };
    let mut events = Events::with_capacity(8);
    while pipe.turn()? == Output::Open {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
    }
    pipe.finish()
}

/// A thread that reads stdin, a chunk ahead at most.
fn read_stdin(waker: Arc<Waker>) -> io::Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = sync_channel(1);
    std::thread::Builder::new().name("stdin".into()).spawn(move || {
        let mut chunk = [0; CHUNK];
        while let Ok(count @ 1..) = io::stdin().lock().read(&mut chunk) {
            if sender.send(chunk[..count].to_vec()).is_err() {
                return;
            }
            let _ = waker.wake();
        }
        drop(sender);
        let _ = waker.wake();
    })?;
    Ok(receiver)
}

impl Pipe {
    /// Does what can be done without waiting.
    fn turn(&mut self) -> io::Result<Output> {
        // The order matters: what the server said before it hung up is shown before a write finds out that it did.
        if self.print()? == Output::Ended {
            return Ok(Output::Ended);
        }
        match self.send() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            result => result?,
        }
        self.print()
    }

    fn print(&mut self) -> io::Result<Output> {
        let mut chunk = [0; CHUNK];
        let mut out = io::stdout().lock();
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => return Ok(Output::Ended),
                Ok(count) => match out.write_all(&chunk[..count]).and_then(|()| out.flush()) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Output::Ended),
                    result => result?,
                },
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Output::Open),
                Err(error) => return Err(error),
            }
        }
    }

    fn send(&mut self) -> io::Result<()> {
        while self.input == Input::Open {
            if self.written == self.pending.len() {
                match self.stdin.try_recv() {
                    Ok(chunk) => (self.pending, self.written) = (chunk, 0),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => {
                        self.input = Input::Closed;
                        return self.stream.close();
                    }
                }
            }
            self.written += self.stream.write(&self.pending[self.written..])?;
        }
        self.stream.flush()
    }

    /// Answers the server's end with ours. It may be gone already.
    fn finish(&mut self) -> io::Result<()> {
        if self.input == Input::Open {
            let _ = self.stream.close();
        }
        Ok(())
    }
}
