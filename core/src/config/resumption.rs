//! Sessions that go on in other connections.

/// Whether sessions go on in other connections (RFC 8446, section 2.2; RFC 5246, section 7.3; RFC 5077).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resumption {
    /// Every handshake is a full one.
    #[default]
    Off,
    /// The server keeps sessions under their ids: it asks the application for those that were kept, and to keep new ones. A
    /// client may keep what it is told of them.
    ById,
    /// The client keeps them, with a ticket that the server sealed. In TLS 1.2 as long as both know tickets (RFC 5077), else as
    /// [`Resumption::ById`].
    ByTicket,
}
