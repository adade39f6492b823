//! change_cipher_spec, which says nothing in TLS 1.3 (RFC 8446, section 5 and appendix D.4).

use super::{Engine, Loan, Role};
use crate::config::Common;
#[cfg(feature = "cookies")]
use crate::config::Cookies;
use crate::crypto::Provider;
#[cfg(feature = "cookies")]
use crate::engine::Peer;
use crate::error::{Error, LimitExceeded, PeerMisbehaved};
use crate::limits;
#[cfg(feature = "cookies")]
use crate::wire::enums::HandshakeType;

impl<R: Role> Engine<R> {
    /// RFC 8446, section 5: passed over while the handshake lasts, a limited number of times.
    pub(crate) fn on_change_cipher_spec<P: Provider>(
        &mut self,
        _lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        #[cfg(feature = "tls12")]
        if R::takes_change_cipher_spec(&self.state) {
            return self.on_key_change(_lent);
        }
        if !self.ignores_change_cipher_spec(_lent.common()) {
            return Err(PeerMisbehaved::UnexpectedMessage.into());
        }
        self.counters.change_cipher_specs = self.counters.change_cipher_specs.saturating_add(1);
        if self.counters.change_cipher_specs > limits::CHANGE_CIPHER_SPECS {
            return Err(LimitExceeded::ChangeCipherSpecs.into());
        }
        Ok(())
    }

    fn ignores_change_cipher_spec(&self, _common: &Common) -> bool {
        let ignored = R::ignores_change_cipher_spec(&self.state);
        #[cfg(feature = "cookies")]
        let ignored = ignored || self.may_be_answered(_common);
        // It is TLS 1.3 that lets them pass.
        #[cfg(feature = "tls12")]
        let ignored = ignored && _common.allowed_versions().has_tls13();
        ignored
    }

    /// Whether a first hello may be the second of a client whose first was answered and forgotten: a server that keeps nothing
    /// can't tell (RFC 8446, section 5).
    #[cfg(feature = "cookies")]
    fn may_be_answered(&self, common: &Common) -> bool {
        R::OWN == Peer::Server
            && common.cookies == Cookies::Required
            && self.negotiated.cipher_suite.is_none()
            && R::accepts(&self.state, HandshakeType::CLIENT_HELLO)
    }
}
