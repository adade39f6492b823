//! What can be asked of a connection.

use tidegate::Error;
use tidegate::wire::enums::ProtocolVersion;

use super::ssl::{HandshakeProgress, Ssl};
use super::verdict::{ErrorCode, PeerDirection, Reason, SslWant, Verdict, error_code};
use super::versions;

impl<T> Ssl<T> {
    /// What the result of the call before means (`SSL_get_error`).
    #[must_use]
    pub fn get_error(&self, result: i32) -> ErrorCode {
        if result > 0 {
            return ErrorCode::None;
        }
        let closed = self.error().is_none() && self.tls.as_ref().is_some_and(|tls| tls.is_peer_closed());
        let peer = if closed { PeerDirection::Closed } else { PeerDirection::Open };
        error_code(self.verdict, self.line.want, self.line.retry, peer)
    }

    /// Why the call before was refused or failed; none where it was not.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self.verdict {
            Verdict::Because(reason) => Some(reason),
            Verdict::Open | Verdict::Fine | Verdict::Asked | Verdict::EarlyDataRejected => None,
        }
    }

    /// What the last call that touched the transport waited for (`SSL_want`).
    #[must_use]
    pub const fn want(&self) -> SslWant {
        self.line.want
    }

    /// 1 where our close_notify was asked for, 2 where the peer's direction has ended, 3 where both
    /// (`SSL_get_shutdown`).
    #[must_use]
    pub fn get_shutdown(&self) -> i32 {
        let Some(tls) = &self.tls else { return 0 };
        let received = tls.is_peer_closed() || matches!(tls.error(), Some(Error::AlertReceived(_)));
        // A renegotiation in which the peer closes ends our direction, too, and nobody has asked for that.
        i32::from(tls.is_closed() && !tls.is_handshaking()) + 2 * i32::from(received)
    }

    /// Whether the handshake is done and has left, and no other is in progress (`SSL_is_init_finished`).
    #[must_use]
    pub fn is_init_finished(&self) -> bool {
        let handshaking = self.tls.as_ref().is_none_or(|tls| tls.is_handshaking());
        self.handshake == HandshakeProgress::Done && !handshaking && self.error().is_none()
    }

    /// The error of the connection, if it failed: it stays.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        self.tls.as_ref().and_then(|tls| tls.error())
    }

    /// Bytes of the current record that can be read at once (`SSL_pending`).
    #[must_use]
    pub fn pending(&self) -> usize {
        match self.ahead.len() {
            0 => self.tls.as_ref().map_or(0, |tls| tls.pending()),
            ahead => ahead,
        }
    }

    /// Whether bytes from the peer wait in the connection, opened or not (`SSL_has_pending`): with read-ahead a read may
    /// find data although the transport has none.
    #[must_use]
    pub fn has_pending(&self) -> bool {
        !self.ahead.is_empty() || self.tls.as_ref().is_some_and(|tls| tls.has_incoming())
    }

    /// Bytes of record buffers that the connection holds now: none while it is idle with the mode `RELEASE_BUFFERS`.
    #[must_use]
    pub fn buffer_bytes(&self) -> usize {
        self.tls.as_ref().map_or(0, |tls| tls.buffer_bytes())
    }

    /// What both ends agreed on, once there is a connection.
    #[must_use]
    pub fn negotiated(&self) -> Option<&tidegate::Negotiated> {
        self.tls.as_ref().map(|tls| tls.negotiated())
    }

    /// The version: the one that both ends agreed on, TLS 1.3 before they have (`SSL_version`).
    #[must_use]
    pub fn version(&self) -> ProtocolVersion {
        let agreed = self.negotiated().and_then(tidegate::Negotiated::version);
        agreed.unwrap_or(ProtocolVersion::TLS_1_3)
    }

    /// The name of [`Ssl::version`]: "TLSv1.2", "TLSv1.3" (`SSL_get_version`).
    #[must_use]
    pub fn get_version(&self) -> &'static str {
        versions::name(self.version())
    }

    /// 1 where a renegotiation was asked for, by either end, that is not done; else 0 (`SSL_renegotiate_pending`).
    #[must_use]
    pub fn renegotiate_pending(&self) -> i32 {
        i32::from(self.tls.as_ref().is_some_and(|tls| tls.is_renegotiation_pending()))
    }

    /// The application protocol that both ends agreed on; while a client sends early data, that of its session
    /// (`SSL_get0_alpn_selected`).
    #[must_use]
    pub fn alpn_selected(&self) -> Option<&[u8]> {
        if let Some(terms) = self.early.terms() {
            return terms.protocol.as_deref();
        }
        self.tls.as_ref().and_then(|tls| tls.protocol())
    }

    /// The server name: what a client asked for, what a server was asked for (`SSL_get_servername`).
    #[must_use]
    pub fn servername(&self) -> Option<&str> {
        self.tls.as_ref().and_then(|tls| tls.server_name())
    }

    /// Keying material for other protocols, as long as `out`: 1; 0, and nothing of `out` may be used
    /// (`SSL_export_keying_material`, its `use_context` 0 for none; RFC 8446, section 7.5; RFC 5705).
    pub fn export_keying_material(&mut self, out: &mut [u8], label: &[u8], context: Option<&[u8]>) -> i32 {
        self.verdict = Verdict::Open;
        let done = self.tls.as_mut().is_some_and(|tls| tls.export(label, context, out).is_ok());
        if !done {
            self.verdict = Verdict::Because(self.error().map_or(Reason::InHandshake, Reason::Failed));
        }
        i32::from(done)
    }

    /// The channel binding "tls-unique" of TLS 1.2 (RFC 5929, section 3); none in TLS 1.3 and before the handshake is done
    /// (BoringSSL's `SSL_get_tls_unique`).
    #[must_use]
    pub fn tls_unique(&self) -> Option<&[u8]> {
        self.tls.as_ref().and_then(|tls| tls.tls_unique())
    }

    /// Gives up what was not sealed of a write that is pending; how many of its bytes were and leave all the same, none of which
    /// are told of after a failure. For a program that closes in the middle of a write: its shutdown would wait for the retry for
    /// ever.
    pub fn abandon_write(&mut self) -> usize {
        self.tls.as_mut().map_or(0, |tls| tls.abandon_write())
    }
}
