//! What is measured of an implementation: two ends in memory, on one core.

use std::error::Error;

use tidegate::wire::enums::CipherSuite;
use tidegate_tests::pki::Pki;

/// Why an end can't go on.
pub(crate) type Failure = Box<dyn Error>;

/// One of the ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It sends in what is measured of records.
    Client,
    /// It receives.
    Server,
}

/// How a handshake begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With certificates; the server gives no ticket.
    Full,
    /// With the ticket of the handshake before, and a key share; the server gives one ticket.
    Resumed,
}

/// Where application data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// In the caller's memory: it is copied to where it is sealed, and from where it was opened.
    Copied,
    /// Where it is sealed and opened.
    InPlace,
}

/// What both ends agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agreed {
    /// Whether it is TLS 1.3 with this suite.
    pub(crate) suite: u16,
    /// Whether keys were exchanged on X25519; none where the implementation does not say.
    pub(crate) x25519: Option<bool>,
    /// Whether a session goes on.
    pub(crate) resumed: bool,
}

/// What all implementations are set up with.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// The server's certificates and key.
    pub(crate) pki: Pki,
    /// The root that the client trusts: that of `pki`, unless a check wants a failure.
    pub(crate) trusted: Pki,
    /// The one suite.
    pub(crate) suite: CipherSuite,
    /// How handshakes begin.
    pub(crate) kind: Kind,
}

/// An implementation, with a client and a server and the bytes on their way.
pub(crate) trait Stack {
    /// Makes an end anew.
    ///
    /// # Errors
    /// If it can't be made.
    fn start(&mut self, end: End) -> Result<(), Failure>;

    /// Lets an end do what it can with what has come, and puts its answer on the way.
    ///
    /// # Errors
    /// If the handshake fails.
    fn turn(&mut self, end: End) -> Result<(), Failure>;

    /// What was agreed on, when both ends are done.
    fn agreed(&self) -> Option<Agreed>;

    /// Where application data may be.
    fn forms(&self) -> &'static [Form] {
        &[Form::Copied]
    }

    /// Sends records of this data from the client, to a transport that takes all at once.
    fn send(&mut self, form: Form, data: &[u8], count: usize);

    /// The same, and keeps them on the way.
    fn prepare(&mut self, data: &[u8], count: usize);

    /// The transport copies what is on the way to where the implementation wants it, as a system call would. One that calls its
    /// transport when it wants bytes does nothing here.
    fn arrive(&mut self) {}

    /// Receives at the server what arrived: so many records with so many bytes of data.
    fn receive(&mut self, form: Form, length: usize, count: usize);
}

/// What an end has to do.
pub(crate) type Work<'a> = &'a mut dyn FnMut() -> Result<(), Failure>;

/// Runs a handshake; `spent` is called with what each end does.
pub(crate) fn handshake(
    stack: &mut dyn Stack,
    spent: &mut dyn FnMut(End, Work<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for end in [End::Client, End::Server] {
        spent(end, &mut || {
            stack.start(end)?;
            stack.turn(end)
        })?;
    }
    // The client's Finished, and the ticket.
    for end in [End::Client, End::Server, End::Client] {
        spent(end, &mut || stack.turn(end))?;
    }
    if stack.agreed().is_some() { Ok(()) } else { Err("the handshake does not end".into()) }
}

/// A handshake of which nobody takes the time.
///
/// # Errors
/// As [`handshake`].
pub(crate) fn connect(stack: &mut dyn Stack) -> Result<(), Failure> {
    handshake(stack, &mut |_, work| work())
}
