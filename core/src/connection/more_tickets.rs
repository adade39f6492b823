//! Tickets after the handshake (RFC 8446, section 4.6.1).

use core::fmt;
use core::ops::{Deref, DerefMut};

use super::Connection;
use crate::crypto::Provider;
use crate::engine::{HandshakeSpace, Role, TicketStop};
use crate::error::Error;
use crate::modes::Control;
use crate::modes::write::TicketRefused;
use crate::storage::Storage;

/// Why no other ticket is given. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum NewTicketError {
    /// The connection is one of TLS 1.2, whose tickets come with a handshake.
    #[cfg(feature = "tls12")]
    Version,
    /// The handshake is not done.
    Handshaking,
    /// A KeyUpdate of ours, or the ticket before, is built and has not left.
    Blocked,
    /// Our direction is closed or closing.
    Closed,
    /// Sessions do not go on in other connections, or the client knows no way to go on with one; and that of a client.
    Off,
    /// The connection failed.
    Failed(Error),
}

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// A server gives its client another ticket, whatever [`Common::tickets`](crate::config::Common::tickets) says, with the next
    /// call, or behind the write that is pending (`SSL_new_session_ticket`). It needs a handshake space
    /// ([`Want::HandshakeSpace`](super::Want)), and asks as in the handshake ([`Event::KeepSession`](super::Event)).
    ///
    /// # Errors
    /// [`NewTicketError`].
    pub fn new_session_ticket(&mut self) -> Result<(), NewTicketError> {
        let (engine, lent) = self.parts();
        engine.give_ticket(&lent).map_err(|stop| match stop {
            #[cfg(feature = "tls12")]
            TicketStop::Version => NewTicketError::Version,
            TicketStop::Off => NewTicketError::Off,
            TicketStop::Refused(TicketRefused::Handshaking) => NewTicketError::Handshaking,
            TicketStop::Refused(TicketRefused::Queued) => NewTicketError::Blocked,
            TicketStop::Refused(TicketRefused::Closed | TicketRefused::Failed) => NewTicketError::Closed,
            TicketStop::Failed(error) => NewTicketError::Failed(error),
        })
    }

    /// Whether a ticket is to leave with the next call.
    #[must_use]
    pub fn is_ticket_queued(&self) -> bool {
        let queued = self.engine.ticket_control(R::common(&self.config)) == Control::Queued;
        queued && self.engine.write.control_may_leave()
    }
}

impl fmt::Display for NewTicketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "tls12")]
            Self::Version => f.write_str("the tickets of TLS 1.2 come with a handshake"),
            Self::Handshaking => f.write_str("the handshake is not done"),
            Self::Blocked => f.write_str("a key update or another ticket is pending"),
            Self::Closed => f.write_str("this direction is closed"),
            Self::Off => f.write_str("no session of this connection goes on in another one"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for NewTicketError {}
