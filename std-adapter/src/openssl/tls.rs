//! What a connection does, whichever its role.

use pki_types::CertificateDer;
use tidegate::error::CertificateError;
use tidegate::modes::{Modes, UnexpectedEnd};
use tidegate::wire::enums::{AlertDescription, KeyUpdateRequest};
use tidegate::{
    EarlyDataError, EarlyDataOffer, Error, ExportError, Missing, NewTicketError, ReadError, RenegotiateError,
    Shutdown, ShutdownError, Side, Taker, UpdateKeysError, Want, WriteError,
};
use zeroize::Zeroizing;

use crate::buffer::FreeList;
use crate::sessions::NewSession;

/// What a connection with a role does; the role itself makes no difference to its callers.
pub(super) trait Tls: Send {
    fn write(&mut self, data: &[u8], line: Taker<'_>) -> Result<usize, WriteError>;
    fn read(&mut self, out: &mut [u8], line: Taker<'_>) -> Result<usize, ReadError>;
    fn peek(&mut self, out: &mut [u8], line: Taker<'_>) -> Result<usize, ReadError>;
    /// Writes early data of a client, or what answers it at a server before the handshake is done.
    fn write_early(&mut self, data: &[u8]) -> Result<usize, EarlyDataError>;
    /// Takes early data that has come, for as long as it is to be taken; how much.
    fn read_early(&mut self, out: &mut [u8]) -> Result<usize, Error>;
    /// Lets early data in that the client sends, before the handshake begins.
    fn let_early_data_in(&mut self);
    /// What early data of a client would go under.
    fn early_data_offer(&self) -> Option<EarlyDataOffer<'_>>;
    fn is_in_early_data(&self) -> bool;
    fn pending_early(&self) -> usize;
    fn shutdown(&mut self, line: Taker<'_>) -> Result<Shutdown, ShutdownError>;
    fn update_keys(&mut self, request: KeyUpdateRequest) -> Result<(), UpdateKeysError>;
    /// Offers to go on with a session, before the handshake begins.
    fn resume(&mut self, session: &[u8]);
    /// Goes on with the handshake; what it waits for, nothing where it only went on.
    fn turn(&mut self) -> Result<Option<Want>, Error>;

    fn receive_space(&mut self) -> &mut [u8];
    fn received(&mut self, count: usize);
    fn missing(&self) -> Missing;
    fn ended(&mut self);
    fn outgoing(&self) -> &[u8];
    fn sent(&mut self, count: usize);
    fn acquire(&mut self, side: Side, free: &mut FreeList) -> bool;
    /// Lends a handshake space for a renegotiation.
    fn lend_space(&mut self);
    fn renegotiate(&mut self) -> Result<(), RenegotiateError>;
    fn is_renegotiation_pending(&self) -> bool;
    fn is_renegotiation_wished(&self) -> bool;
    fn tls_unique(&self) -> Option<&[u8]>;
    fn refuse_peer(&mut self, error: CertificateError);
    fn send_fatal_alert(&mut self, alert: AlertDescription);
    /// Hands back what is not needed: the handshake's space, and idle buffers where the mode says so.
    fn rest(&mut self, free: &mut FreeList);

    fn put_modes(&mut self, modes: Modes);
    fn set_max_send_fragment(&mut self, bytes: usize);
    fn set_unexpected_end(&mut self, meaning: UnexpectedEnd);

    fn pending(&self) -> usize;
    fn has_incoming(&self) -> bool;
    fn abandon_write(&mut self) -> usize;
    fn protocol(&self) -> Option<&[u8]>;
    fn server_name(&self) -> Option<&str>;
    fn export(&mut self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<(), ExportError>;
    fn is_handshaking(&self) -> bool;
    fn is_closed(&self) -> bool;
    fn is_write_pending(&self) -> bool;
    fn is_peer_closed(&self) -> bool;
    fn error(&self) -> Option<Error>;
    fn buffer_bytes(&self) -> usize;
    fn certificates(&self) -> &[CertificateDer<'static>];
    /// The session of a client of TLS 1.2, when its handshake is done and until [`Tls::rest`].
    fn session(&self) -> Option<Zeroizing<Vec<u8>>>;
    /// The session that goes on with the latest ticket (TLS 1.3), once.
    fn take_ticket(&mut self) -> Option<NewSession>;
    /// Gives a client another ticket (TLS 1.3).
    fn give_ticket(&mut self) -> Result<(), NewTicketError>;
    /// Whether one is to leave with the next call.
    fn is_ticket_queued(&self) -> bool;
    /// Forgets the session of a server: the connection has failed.
    fn forget_session(&self);
    fn negotiated(&self) -> &tidegate::Negotiated;
}
