//! How a connection ends: closing, and what an end of the transport means.

use core::ops::{Deref, DerefMut};

use super::Connection;
use super::event::Want;
use super::outcome::{Shutdown, ShutdownError};
use crate::crypto::Provider;
use crate::engine::{HandshakeSpace, Loan, Role, Shut, ShutdownStop, Taker, Transport};
use crate::error::{CertificateError, Refused};
use crate::modes::UnexpectedEnd;
use crate::modes::write::Close;
use crate::storage::Storage;
use crate::wire::enums::AlertDescription;

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Closes our direction: close_notify follows what is pending (RFC 8446, section 6.1). The peer's direction stays
    /// open. During the first handshake the connection ends here, with a close_notify. A renegotiation ends with it: what the
    /// peer has sent can be read, but it can't answer any more. Where its answer counts, [`shutdown`](Self::shutdown) says
    /// when the renegotiation is over.
    pub fn close(&mut self) {
        let (engine, mut lent) = self.parts();
        engine.close(&mut lent);
    }

    /// Refuses the peer without being asked: the application knows from elsewhere who it is, such as from the session that
    /// goes on, in which nobody shows a certificate. The connection fails, also one whose handshake is done.
    pub fn refuse_peer(&mut self, error: CertificateError) {
        let (engine, mut lent) = self.parts();
        engine.fail(Refused::Certificate(error).into(), &mut lent);
    }

    /// Ends the connection with this alert, which is fatal, for a reason of the application's own. It fails, also once its
    /// handshake is done.
    pub fn send_fatal_alert(&mut self, alert: AlertDescription) {
        let (engine, mut lent) = self.parts();
        engine.fail(Refused::Application(alert).into(), &mut lent);
    }

    /// Whether the close that was asked for waits: its close_notify follows the write that is pending, once that was
    /// repeated or given up.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.engine.write.close() == Close::Asked
    }

    /// Closes our direction as [`Connection::close`] does, then, called again, waits for the peer's close_notify: what
    /// SSL_shutdown(3) describes. Data that comes before it stays readable; the call does not drop it.
    ///
    /// # Errors
    /// [`ShutdownError`]; all but `Failed` change nothing that the repeated call would not go on with.
    pub fn shutdown(&mut self) -> Result<Shutdown, ShutdownError> {
        let (engine, mut lent) = self.parts();
        into_shutdown(engine.shut_down(&mut lent))
    }

    /// As [`Connection::shutdown`], with a transport at hand: see
    /// [`Connection::write_app_data_over`](Connection::write_app_data_over).
    ///
    /// # Errors
    /// As [`Connection::shutdown`].
    pub fn shutdown_over(&mut self, taker: Taker<'_>) -> Result<Shutdown, ShutdownError> {
        let (engine, lent) = self.parts();
        into_shutdown(engine.shut_down(&mut Loan { taker: Some(taker), ..lent }))
    }

    /// Whether a write is pending: it returned blocked after a record of it was built, and only its retry is taken.
    #[must_use]
    pub fn is_write_pending(&self) -> bool {
        self.engine.write.retry_span().is_some()
    }

    /// Whether our direction is closed, or will be behind what is pending: no new write is taken.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.engine.write.close() != Close::Open
    }

    /// Whether the peer has closed its direction with a close_notify, and it was met.
    #[must_use]
    pub fn is_peer_closed(&self) -> bool {
        self.engine.read.is_closed()
    }

    /// What the end of the transport without a close_notify means from now on.
    pub const fn set_unexpected_end(&mut self, meaning: UnexpectedEnd) {
        self.engine.unexpected_end = meaning;
    }

    /// Says that the transport has ended: what comes no more is no longer waited for. Without a close_notify before it
    /// that is an error, since what was read may be cut short, unless
    /// [`Connection::set_unexpected_end`] says otherwise.
    pub fn incoming_ended(&mut self) {
        self.engine.transport = Transport::Ended;
    }
}

fn into_shutdown(result: Result<Shut, ShutdownStop>) -> Result<Shutdown, ShutdownError> {
    match result {
        Ok(Shut::Sent) => Ok(Shutdown::Sent),
        Ok(Shut::Both) => Ok(Shutdown::Both),
        Err(ShutdownStop::Blocked(step)) => Err(ShutdownError::Blocked(Want::of(step))),
        Err(ShutdownStop::Progress) => Err(ShutdownError::Progress),
        Err(ShutdownStop::Unread) => Err(ShutdownError::Unread),
        Err(ShutdownStop::Handshaking) => Err(ShutdownError::Handshaking),
        Err(ShutdownStop::Failed(error)) => Err(ShutdownError::Failed(error)),
    }
}
