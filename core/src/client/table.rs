//! What is legal in each state.

use super::State;
use crate::engine::{Ask, Turn};
use crate::wire::enums::HandshakeType;

impl State {
    /// Whose turn it is.
    #[inline]
    pub(super) fn turn(&self) -> Turn {
        match self {
            Self::Start(_) | Self::SendClientHello(_) => Turn::Own,
            Self::SendCertificate(_) | Self::SendFinished(_) => Turn::Own,
            #[cfg(feature = "early-data")]
            Self::SendEndOfEarlyData(_) => Turn::Own,
            Self::WaitServerHello(_) | Self::WaitEncryptedExtensions(_) => Turn::Peer,
            Self::WaitCertificateOrRequest(_) | Self::WaitCertificate(_) => Turn::Peer,
            Self::WaitCertificateVerify(_) | Self::WaitFinished(_) => Turn::Peer,
            Self::AskVerifyPeer(_) => Turn::Application(Ask::VerifyPeer),
            #[cfg(feature = "client-auth")]
            Self::AskIdentity(_) => Turn::Application(Ask::ChooseOwnIdentity),
            #[cfg(feature = "client-auth")]
            Self::AskSign(_) => Turn::Application(Ask::Sign),
            #[cfg(feature = "client-auth")]
            Self::SendCertificateVerify(_) => Turn::Own,
            Self::Connected(_) => Turn::Done,
            #[cfg(feature = "tls12")]
            Self::Tls12(state) => state.turn(),
            Self::Failed => Turn::Failed,
        }
    }

    /// The one table of legal pairs: whether a message of this type is allowed in this state.
    pub(super) fn accepts(&self, message: HandshakeType) -> bool {
        match self {
            // A HelloRequest says nothing in a handshake of TLS 1.2; TLS 1.3 knows none.
            #[cfg(feature = "tls12")]
            Self::WaitServerHello(state) if state.may_lead_to_tls12() => {
                [HandshakeType::SERVER_HELLO, HandshakeType::HELLO_REQUEST].contains(&message)
            }
            Self::WaitServerHello(_) => message == HandshakeType::SERVER_HELLO,
            Self::WaitEncryptedExtensions(_) => message == HandshakeType::ENCRYPTED_EXTENSIONS,
            Self::WaitCertificateOrRequest(_) => {
                [HandshakeType::CERTIFICATE, HandshakeType::CERTIFICATE_REQUEST].contains(&message)
            }
            Self::WaitCertificate(_) => message == HandshakeType::CERTIFICATE,
            Self::WaitCertificateVerify(_) => message == HandshakeType::CERTIFICATE_VERIFY,
            Self::WaitFinished(_) => message == HandshakeType::FINISHED,
            Self::Connected(state) => state.accepts(message),
            #[cfg(feature = "tls12")]
            Self::Tls12(state) => state.accepts(message),
            Self::Start(_) | Self::SendClientHello(_) | Self::AskVerifyPeer(_) => false,
            Self::SendCertificate(_) | Self::SendFinished(_) | Self::Failed => false,
            #[cfg(feature = "client-auth")]
            Self::AskIdentity(_) | Self::AskSign(_) | Self::SendCertificateVerify(_) => false,
            #[cfg(feature = "early-data")]
            Self::SendEndOfEarlyData(_) => false,
        }
    }

    /// Whether a change_cipher_spec is passed over (RFC 8446, section 5).
    pub(super) fn ignores_change_cipher_spec(&self) -> bool {
        #[cfg(feature = "tls12")]
        if let Self::Tls12(_) = self {
            return false;
        }
        self.turn() == Turn::Peer
    }
}
