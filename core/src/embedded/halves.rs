//! Reading and writing at the same time, from two tasks of one executor.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::future::{Future, pending, poll_fn};
use core::pin::pin;
use core::task::Poll;

use embedded_io::ErrorType;
use embedded_io_async::{Read, Write};

use super::lock::{Lock, Notice};
use super::session::{Session, Step};
use super::{Answer, AsyncStream, Duplex, StreamError, Tls};
use crate::connection::Want;
use crate::error::Error;

/// Bytes that go between the transport and the connection at once: neither half may hold the connection while it waits, so
/// that each has a piece of its own.
const PIECE: usize = 128;

/// A stream in halves: see [`AsyncStream::into_split`].
pub struct Split<K, A, Rx, Tx> {
    shared: Shared<K, A, Tx>,
    rx: Rx,
}

/// The reading half of a stream: [`Read`].
pub struct Reader<'a, K, A, Rx, Tx> {
    shared: &'a Shared<K, A, Tx>,
    rx: &'a mut Rx,
}

/// The writing half of a stream: [`Write`].
pub struct Writer<'a, K, A, Tx> {
    shared: &'a Shared<K, A, Tx>,
}

/// Both halves of a stream.
pub type Halves<'a, K, A, Rx, Tx> = (Reader<'a, K, A, Rx, Tx>, Writer<'a, K, A, Tx>);

/// What both halves use, each between two waits.
struct Shared<K, A, Tx> {
    session: RefCell<Session<K, A>>,
    tx: Lock<Tx>,
    /// The reader has dealt with bytes of the peer's, or its transport has failed.
    progress: Notice,
    listening: Cell<Listening>,
}

/// Whether anybody listens to the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listening {
    /// The reader does, as often as it is polled.
    Goes,
    /// Its transport has failed, and it was not called again.
    Failed,
}

impl<K: Tls, A: Answer, Rx, Tx> AsyncStream<K, A, Duplex<Rx, Tx>> {
    /// Splits the stream, to read in one task and write in another: [`Split::halves`] lends both.
    ///
    /// The reader is what listens to the peer. A write that has to wait for the peer, in a handshake, goes on as the reader is
    /// polled, and, in a renegotiation of TLS 1.2, as it is given room for the data that stands first: so shake hands first, or
    /// read at the same time.
    ///
    /// While it waits, the reader sends what has not left, so that no two ends wait for each other with full pipes. When data
    /// comes it drops the transport's write that is under way, and, where a handshake needs room to go on, the transport's
    /// read: these must be ones that can be dropped. A future of a half that is kept but not polled may hold the transport,
    /// and the other half waits for it; dropped, it does not.
    pub fn into_split(self) -> Split<K, A, Rx, Tx> {
        let Self { session, transport: Duplex { rx, tx } } = self;
        let shared = Shared {
            session: RefCell::new(session),
            tx: Lock::new(tx),
            progress: Notice::new(),
            listening: Cell::new(Listening::Goes),
        };
        Split { shared, rx }
    }
}

impl<K, A, Rx, Tx> Split<K, A, Rx, Tx> {
    /// The halves.
    pub const fn halves(&mut self) -> Halves<'_, K, A, Rx, Tx> {
        let Self { shared, rx } = self;
        (Reader { shared, rx }, Writer { shared })
    }

    /// The stream as it was.
    pub fn join(self) -> AsyncStream<K, A, Duplex<Rx, Tx>> {
        let Self { shared, rx } = self;
        let Shared { session, tx, .. } = shared;
        let transport = Duplex { rx, tx: tx.into_inner() };
        AsyncStream { session: session.into_inner(), transport }
    }
}

impl<K: Tls, A: Answer, Tx: Write> Shared<K, A, Tx> {
    fn has_to_send(&self) -> bool {
        self.session.borrow().has_to_send()
    }

    /// Sends what the connection has to say, piece by piece; only one half at a time.
    async fn send(&self) -> Result<(), StreamError<Tx::Error>> {
        let mut tx = self.tx.lock().await;
        let mut piece = [0; PIECE];
        loop {
            let length = self.look_at_outgoing(&mut piece);
            let bytes = piece.get(..length).unwrap_or_default();
            if bytes.is_empty() {
                tx.flush().await.map_err(StreamError::Transport)?;
                self.session.borrow_mut().flushed();
                return Ok(());
            }
            match tx.write(bytes).await.map_err(StreamError::Transport)? {
                0 => return Err(StreamError::TransportClosed),
                count => self.session.borrow_mut().sent(count),
            }
        }
    }

    /// Copies the first of the outgoing bytes; how many.
    fn look_at_outgoing(&self, piece: &mut [u8]) -> usize {
        let session = self.session.borrow();
        piece.iter_mut().zip(session.connection.outgoing()).map(|(to, byte)| *to = *byte).count()
    }

    /// Sends whatever there is to send, until the transport fails, or the connection has, and its alert has left.
    async fn keep_sending(&self) -> StreamError<Tx::Error> {
        loop {
            // What a writer leaves behind that is dropped is found when it lets go.
            self.tx.freed_until(|| self.has_to_send() || self.error().is_some()).await;
            if let Err(error) = self.send().await {
                return error;
            }
            if let Some(error) = self.error() {
                return error.into();
            }
        }
    }

    fn error(&self) -> Option<Error> {
        self.session.borrow().connection.error()
    }

    /// Takes bytes from the transport to the connection, if it has room for any.
    async fn receive(&self, rx: &mut impl Read<Error = Tx::Error>) -> Result<(), StreamError<Tx::Error>> {
        let mut piece = [0; PIECE];
        let room = self.session.borrow_mut().connection.incoming_space().len().min(PIECE);
        let space = match piece.get_mut(..room) {
            Some(space) if room > 0 => space,
            _ => return pending().await,
        };
        let count = rx.read(space).await.map_err(StreamError::Transport)?;
        let mut session = self.session.borrow_mut();
        match space.get(..count).unwrap_or_default() {
            [] => session.connection.incoming_ended(),
            // There is room for all of them: nobody but us fills it.
            bytes => drop(session.connection.feed_incoming(bytes)),
        }
        Ok(())
    }

    /// Repeats a step of the writer's until it is done.
    async fn drive<U>(
        &self,
        mut step: impl FnMut(&mut Session<K, A>) -> Result<Step<U>, StreamError<Tx::Error>>,
    ) -> Result<U, StreamError<Tx::Error>> {
        loop {
            let outcome = step(&mut self.session.borrow_mut());
            match outcome {
                Ok(Step::Done(result)) => return Ok(result),
                Ok(Step::Send) => self.send().await?,
                // Data that stands first is the reader's, too.
                Ok(Step::Receive) | Err(StreamError::Waits(Want::Event)) => match self.has_to_send() {
                    true => self.send().await?,
                    false => self.reader_goes_on().await?,
                },
                Err(error) => {
                    if let StreamError::Tls(_) = error {
                        // The error counts, not whether the peer could be told.
                        let _ = self.send().await;
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Waits until the reader has dealt with bytes of the peer's. Where its transport has failed nobody will.
    async fn reader_goes_on(&self) -> Result<(), StreamError<Tx::Error>> {
        let mut is_told = false;
        poll_fn(|context| {
            if self.listening.get() == Listening::Failed {
                return Poll::Ready(Err(StreamError::Waits(Want::Incoming)));
            }
            if core::mem::replace(&mut is_told, true) {
                return Poll::Ready(Ok(()));
            }
            self.progress.wait(context);
            Poll::Pending
        })
        .await
    }

    /// Notes what came of listening, for the writer.
    fn listened<U>(&self, outcome: Result<U, StreamError<Tx::Error>>) -> Result<U, StreamError<Tx::Error>> {
        if outcome.is_err() {
            self.listening.set(Listening::Failed);
            self.progress.give();
        }
        outcome
    }
}

impl<K, A, Rx: ErrorType, Tx> ErrorType for Reader<'_, K, A, Rx, Tx> {
    type Error = StreamError<Rx::Error>;
}

impl<K: Tls, A: Answer, Rx: Read, Tx: Write<Error = Rx::Error>> Read for Reader<'_, K, A, Rx, Tx> {
    async fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        let Self { shared, rx } = self;
        shared.listening.set(Listening::Goes);
        let mut sending = pin!(shared.keep_sending());
        loop {
            let outcome = shared.session.borrow_mut().read(out);
            shared.progress.give();
            let step = match outcome {
                Ok(Step::Done(count)) => return Ok(count),
                Ok(step) => step,
                Err(error) => {
                    if let StreamError::Tls(_) = error {
                        sending.await;
                    }
                    return Err(error);
                }
            };
            let mut receiving = pin!(shared.receive(rx));
            // Both at once: a peer that sends may listen only when it is listened to.
            let outcome = poll_fn(|context| {
                if let Poll::Ready(outcome) = receiving.as_mut().poll(context) {
                    return Poll::Ready(outcome);
                }
                if let Poll::Ready(error) = sending.as_mut().poll(context) {
                    return Poll::Ready(Err(error));
                }
                let has_room = step == Step::Send && !shared.has_to_send();
                if has_room { Poll::Ready(Ok(())) } else { Poll::Pending }
            })
            .await;
            shared.listened(outcome)?;
        }
    }
}

impl<K: Tls, A: Answer, Tx: Write> Writer<'_, K, A, Tx> {
    /// Closes our direction with a close_notify (RFC 8446, section 6.1) that follows what was written.
    ///
    /// # Errors
    /// [`StreamError`].
    pub async fn close(&mut self) -> Result<(), StreamError<Tx::Error>> {
        self.shared.drive(|session| session.close()).await
    }
}

impl<K, A, Tx: ErrorType> ErrorType for Writer<'_, K, A, Tx> {
    type Error = StreamError<Tx::Error>;
}

impl<K: Tls, A: Answer, Tx: Write> Write for Writer<'_, K, A, Tx> {
    async fn write(&mut self, data: &[u8]) -> Result<usize, Self::Error> {
        self.shared.drive(|session| session.write(data)).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.shared.drive(|session| session.flush()).await
    }
}

/// The same for all: there is nothing to be seen while a half may hold the connection.
macro_rules! opaque {
    ($($name:ident<$($lifetime:lifetime,)? $($parameter:ident),*>)*) => {
        $(impl<$($parameter),*> fmt::Debug for $name<$($lifetime,)? $($parameter),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })*
    };
}

opaque! {
    Split<K, A, Rx, Tx>
    Reader<'_, K, A, Rx, Tx>
    Writer<'_, K, A, Tx>
}
