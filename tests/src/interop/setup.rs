//! What an end is made of beside the engine: its buffers, its answers, its faults.

use std::io;

use tidegate::driver::{Webpki, answer_client, answer_server};
use tidegate::sign::SoftwareSigner;
use tidegate::x509::WebpkiVerifier;
use tidegate::{Error, Event};

use crate::pair::now;
use crate::pki::Pki;

/// How an end is set up beside its configuration.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// At most so many bytes are read or written at once.
    pub chunk: usize,
    /// Bytes of the incoming buffer.
    pub incoming: usize,
    /// Bytes of the outgoing buffer.
    pub outgoing: usize,
}

impl Setup {
    /// Buffers for full records.
    pub const ROOMY: Self = Self { chunk: usize::MAX, incoming: 24 << 10, outgoing: 24 << 10 };
    /// The buffers of a small device.
    pub const SMALL: Self = Self { chunk: usize::MAX, incoming: 6 << 10, outgoing: 1 << 10 };
}

/// Why an end can't go on.
#[derive(Debug)]
pub enum Fault {
    /// The connection failed.
    Tls(Error),
    /// The socket did.
    Io(io::Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Tls(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Fault {
    /// The error of the connection.
    ///
    /// # Panics
    /// If it was the socket that failed.
    #[must_use]
    pub fn tls(&self) -> Error {
        match self {
            Self::Tls(error) => *error,
            Self::Io(error) => panic!("the socket failed: {error}"),
        }
    }
}

/// Answers the asks of a role; other events come back.
pub trait Answer {
    /// Answers an ask.
    fn answer<'e>(&self, event: Event<'e>) -> Option<Event<'e>>;
}

/// Trusts the root of a [`Pki`].
#[derive(Debug)]
pub struct Trust<'a>(pub &'a Pki);

impl Answer for Trust<'_> {
    fn answer<'e>(&self, event: Event<'e>) -> Option<Event<'e>> {
        let anchors = [self.0.anchor()];
        let algorithms = tidegate::crypto::SIGNATURE_ALGORITHMS;
        answer_client(event, &Webpki { verifier: WebpkiVerifier::new(&anchors, algorithms), clock: now })
    }
}

impl Answer for SoftwareSigner {
    fn answer<'e>(&self, event: Event<'e>) -> Option<Event<'e>> {
        answer_server(event, self)
    }
}
