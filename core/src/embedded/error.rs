//! Why a call on a stream failed.

use core::fmt;

use embedded_io::ErrorKind;

use crate::connection::Want;
use crate::error::Error;
use crate::modes::write::WrongRetry;

/// Why a call on a stream failed; `E` is the transport's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum StreamError<E> {
    /// The connection failed; every later call says the same. The alert for the peer was sent, if the transport took it.
    Tls(Error),
    /// The transport failed. The call may be repeated where the transport can go on: one that fails has taken or given
    /// nothing, as `embedded-io` says.
    Transport(E),
    /// The transport takes no more bytes.
    TransportClosed,
    /// The stream can't do by itself what stands first: the answer to an ask that was deferred, a buffer that was handed
    /// back; for a writer whose reader's transport has failed, bytes of the peer ([`Want::Incoming`]); for a write in a
    /// renegotiation of TLS 1.2 ([`Want::Event`]), data that is to be read.
    Waits(Want),
    /// Our direction is closed.
    Closed,
    /// Without the mode `ENABLE_PARTIAL_WRITE`: this is no retry of the write that is pending.
    WrongRetry(WrongRetry),
}

impl<E> From<Error> for StreamError<E> {
    fn from(error: Error) -> Self {
        Self::Tls(error)
    }
}

impl<E: fmt::Display> fmt::Display for StreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls(error) => error.fmt(f),
            Self::Transport(error) => write!(f, "the transport: {error}"),
            Self::TransportClosed => f.write_str("the transport takes no more bytes"),
            Self::Waits(want) => write!(f, "the stream waits {want}"),
            Self::Closed => f.write_str("this direction is closed"),
            Self::WrongRetry(_) => f.write_str("another write is pending"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for StreamError<E> {}

impl<E: embedded_io::Error> embedded_io::Error for StreamError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Tls(_) => ErrorKind::InvalidData,
            Self::Transport(error) => error.kind(),
            Self::TransportClosed => ErrorKind::WriteZero,
            Self::Waits(_) => ErrorKind::Other,
            Self::Closed => ErrorKind::BrokenPipe,
            Self::WrongRetry(_) => ErrorKind::InvalidInput,
        }
    }
}
