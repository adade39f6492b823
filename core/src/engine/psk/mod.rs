//! Pre-shared keys (RFC 8446, section 2.2): those of a handshake, and what a connection keeps to make more.

mod more;
mod origin;
mod received;
mod slots;
mod ticket;

pub(crate) use more::{MoreTickets, TicketStop};
pub(crate) use origin::Origin;
pub(crate) use received::protocol;
pub use received::{Teller, Ticket};
#[cfg(feature = "early-data")]
pub(crate) use slots::{EarlyOffer, EarlyState};
pub(crate) use slots::{NewTicket, PskSlot, PskSpace};
