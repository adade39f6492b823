//! A connection over a transport of `embedded-io` or `embedded-io-async`: a UART, a modem, a socket of a small network stack.
//!
//! [`Stream`] waits in its calls, [`AsyncStream`] in its futures. Both read and write what the connection needs, answer its asks
//! ([`Answer`]), and are themselves `Read`, `BufRead` and `Write`. They add no buffer: bytes go from the transport to
//! the incoming buffer that the connection was lent, and from its outgoing buffer to the transport.
//!
//! ```
//! # use tidegate::embedded::{Answer, Stream, StreamError};
//! # use tidegate::{ClientConnection, crypto::Provider};
//! use embedded_io::{Read, Write};
//!
//! fn ask<P: Provider, T: Read + Write>(
//!     tls: ClientConnection<'_, P>,
//!     answers: impl Answer,
//!     uart: T,
//! ) -> Result<usize, StreamError<T::Error>> {
//!     let mut stream = Stream::new(tls, answers, uart);
//!     stream.write(b"temperature?")?; // shakes hands first
//!     stream.flush()?;
//!     let mut answer = [0; 64];
//!     let count = stream.read(&mut answer)?;
//!     stream.close()?;
//!     Ok(count)
//! }
//! ```
//!
//! # What a write means
//! A write returns how many bytes are sealed into records, and flushing sends them: as often as writes find the outgoing
//! buffer full, and with [`flush`](embedded_io::Write::flush). A read sends what waits before it waits itself; so two ends that
//! both write more than their transport holds, and then read, wait for each other, as over any pipe. Halves of a split
//! stream don't.
//!
//! # Futures that are dropped
//! No byte is lost or sent twice when a future of [`AsyncStream`], or of a half of it, is dropped, as long as the transport's
//! own reads and writes can be dropped so: a byte that the transport has given is in the connection before anything else is
//! waited for, and a write does not wait for anything once its bytes are sealed.

mod answer;
#[cfg(feature = "embedded-io-async")]
mod asynchronous;
mod blocking;
#[cfg(feature = "embedded-io-async")]
mod duplex;
mod error;
#[cfg(feature = "embedded-io-async")]
mod halves;
#[cfg(feature = "embedded-io-async")]
mod lock;
mod session;
mod tls;

pub use answer::{Answer, ClientAnswers, ServerAnswers, answering};
#[cfg(feature = "embedded-io-async")]
pub use asynchronous::AsyncStream;
pub use blocking::Stream;
#[cfg(feature = "embedded-io-async")]
pub use duplex::Duplex;
pub use error::StreamError;
#[cfg(feature = "embedded-io-async")]
pub use halves::{Halves, Reader, Split, Writer};
pub use tls::Tls;
