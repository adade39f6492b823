//! What is legal in each state.

use super::State;
use crate::engine::{Ask, Turn};
use crate::wire::enums::HandshakeType;

impl State {
    /// Whose turn it is.
    pub(super) fn turn(&self) -> Turn {
        match self {
            Self::WaitClientHello(_) | Self::WaitFinished(_) => Turn::Peer,
            Self::SendHelloRetryRequest(_) | Self::SendServerHello(_) => Turn::Own,
            Self::SendEncryptedExtensions(_) | Self::SendCertificate(_) => Turn::Own,
            Self::SendCertificateVerify(_) | Self::SendFinished(_) => Turn::Own,
            #[cfg(feature = "client-auth")]
            Self::SendCertificateRequest(_) => Turn::Own,
            #[cfg(feature = "client-auth")]
            Self::WaitCertificate(_) | Self::WaitCertificateVerify(_) => Turn::Peer,
            #[cfg(feature = "client-auth")]
            Self::AskVerifyPeer(_) => Turn::Application(Ask::VerifyPeer),
            Self::AskIdentity(_) => Turn::Application(Ask::ChooseIdentity),
            Self::AskSign(_) => Turn::Application(Ask::Sign),
            Self::Connected(_) => Turn::Done,
            #[cfg(feature = "tls12")]
            Self::Tls12(state) => state.turn(),
            Self::Failed => Turn::Failed,
        }
    }

    /// The one table of legal pairs: whether a message of this type is allowed in this state.
    pub(super) fn accepts(&self, message: HandshakeType) -> bool {
        match self {
            Self::WaitClientHello(_) => message == HandshakeType::CLIENT_HELLO,
            #[cfg(feature = "client-auth")]
            Self::WaitCertificate(_) => message == HandshakeType::CERTIFICATE,
            #[cfg(feature = "client-auth")]
            Self::WaitCertificateVerify(_) => message == HandshakeType::CERTIFICATE_VERIFY,
            #[cfg(feature = "client-auth")]
            Self::SendCertificateRequest(_) | Self::AskVerifyPeer(_) => false,
            Self::WaitFinished(_) => message == HandshakeType::FINISHED,
            Self::Connected(_) => message == HandshakeType::KEY_UPDATE,
            #[cfg(feature = "tls12")]
            Self::Tls12(state) => state.accepts(message),
            Self::SendHelloRetryRequest(_) | Self::AskIdentity(_) | Self::SendServerHello(_) => false,
            Self::SendEncryptedExtensions(_) | Self::SendCertificate(_) | Self::AskSign(_) => false,
            Self::SendCertificateVerify(_) | Self::SendFinished(_) | Self::Failed => false,
        }
    }

    /// Whether a change_cipher_spec is passed over (RFC 8446, section 5).
    pub(super) fn ignores_change_cipher_spec(&self) -> bool {
        match self {
            Self::WaitClientHello(state) => state.is_second(),
            Self::WaitFinished(_) => true,
            #[cfg(feature = "client-auth")]
            Self::WaitCertificate(_) | Self::WaitCertificateVerify(_) => true,
            #[cfg(feature = "client-auth")]
            Self::SendCertificateRequest(_) | Self::AskVerifyPeer(_) => false,
            #[cfg(feature = "tls12")]
            Self::Tls12(_) => false,
            Self::SendHelloRetryRequest(_) | Self::AskIdentity(_) | Self::SendServerHello(_) => false,
            Self::SendEncryptedExtensions(_) | Self::SendCertificate(_) | Self::AskSign(_) => false,
            Self::SendCertificateVerify(_) | Self::SendFinished(_) => false,
            Self::Connected(_) | Self::Failed => false,
        }
    }
}
