//! Renegotiation of TLS 1.2 (RFC 5246, section 7.4.1; RFC 5746).

use core::ops::{Deref, DerefMut};

use super::Connection;
use super::outcome::RenegotiateError;
use crate::crypto::Provider;
use crate::engine::{HandshakeSpace, Peer, RenegotiateStop, Role, SessionKind};
use crate::storage::Storage;

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Wants another handshake on this connection: a client begins it, a server asks for it, with the next call that reads,
    /// writes or looks for events, as soon as no record of a pending write stands before it. Reading and writing go on
    /// through it.
    ///
    /// # Errors
    /// [`RenegotiateError`], which changes nothing but for `Failed`.
    pub fn renegotiate(&mut self) -> Result<(), RenegotiateError> {
        let (engine, lent) = self.parts();
        engine.renegotiate(&lent).map_err(|stop| match stop {
            RenegotiateStop::Version => RenegotiateError::Version,
            RenegotiateStop::Denied => RenegotiateError::Denied,
            RenegotiateStop::Handshaking => RenegotiateError::Handshaking,
            RenegotiateStop::Closed => RenegotiateError::Closed,
            RenegotiateStop::Failed(error) => RenegotiateError::Failed(error),
        })
    }

    /// Whether a renegotiation was asked for, by either end, that is not done (`SSL_renegotiate_pending`).
    #[must_use]
    pub fn is_renegotiation_pending(&self) -> bool {
        self.engine.awaits_renegotiation(R::common(&self.config))
    }

    /// Whether a HelloRequest was passed over ([`Unwanted::Ignore`](crate::config::Unwanted)) since the last handshake: the
    /// server would like a renegotiation, which [`Connection::renegotiate`] begins.
    #[must_use]
    pub const fn is_renegotiation_wished(&self) -> bool {
        self.engine.renegotiation.is_wished_by_peer()
    }

    /// The first Finished of the last handshake that is done, the channel binding "tls-unique" (RFC 5929, section 3); none in
    /// TLS 1.3 and while a handshake is in progress. It is unique, since no handshake of TLS 1.2 is done here without the
    /// extended master secret (RFC 7627, section 5.1); for new protocols there is the exporter.
    #[must_use]
    pub fn tls_unique(&self) -> Option<&[u8]> {
        let tls12 = self.engine.past.tls12().filter(|_| self.engine.is_connected())?;
        let resumed = self.engine.negotiated.session == SessionKind::Resumed;
        Some(tls12.verify_data(if resumed { Peer::Server } else { Peer::Client }))
    }

    /// A digest of the certificate that the peer showed in the last handshake that is done: who it is, also where a session
    /// went on and nobody showed any. What it shows in a renegotiation does not count before that has ended. The digest is
    /// by the hash of the provider's first suite, SHA-256 or SHA-384.
    #[must_use]
    pub fn peer_certificate_digest(&self) -> Option<&[u8]> {
        let digest = self.engine.past.tls12().map(|_| &self.engine.peer_certificate)?;
        (!digest.is_empty()).then(|| digest.as_bytes())
    }
}
