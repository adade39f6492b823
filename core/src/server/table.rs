//! What is legal in each state, what it sends, and what follows an answer.

use super::State;
use crate::config::ServerConfig;
use crate::crypto::Provider;
use crate::engine::{Ask, Context, Message, Sent, Turn};
use crate::error::{Error, Internal};
use crate::wire::enums::HandshakeType;

impl State {
    /// Whose turn it is.
    #[inline]
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
            #[cfg(feature = "early-data")]
            Self::WaitEndOfEarlyData(_) => Turn::Peer,
            #[cfg(feature = "cookies")]
            Self::AskCookie(state) => Turn::Application(state.ask()),
            #[cfg(feature = "psk")]
            Self::AskPsk(_) => Turn::Application(Ask::FindPsk),
            #[cfg(feature = "psk")]
            Self::AskKeepSession(_) => Turn::Application(Ask::KeepSession),
            #[cfg(feature = "psk")]
            Self::SendNewSessionTicket(_) => Turn::Own,
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
            #[cfg(feature = "early-data")]
            Self::WaitEndOfEarlyData(_) => message == HandshakeType::END_OF_EARLY_DATA,
            #[cfg(feature = "cookies")]
            Self::AskCookie(_) => false,
            #[cfg(feature = "psk")]
            Self::AskPsk(_) | Self::AskKeepSession(_) | Self::SendNewSessionTicket(_) => false,
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
            #[cfg(feature = "early-data")]
            Self::WaitEndOfEarlyData(_) => true,
            #[cfg(feature = "client-auth")]
            Self::WaitCertificate(_) | Self::WaitCertificateVerify(_) => true,
            #[cfg(feature = "client-auth")]
            Self::SendCertificateRequest(_) | Self::AskVerifyPeer(_) => false,
            #[cfg(feature = "cookies")]
            Self::AskCookie(_) => false,
            #[cfg(feature = "psk")]
            Self::AskPsk(_) | Self::AskKeepSession(_) | Self::SendNewSessionTicket(_) => false,
            #[cfg(feature = "tls12")]
            Self::Tls12(_) => false,
            Self::SendHelloRetryRequest(_) | Self::AskIdentity(_) | Self::SendServerHello(_) => false,
            Self::SendEncryptedExtensions(_) | Self::SendCertificate(_) | Self::AskSign(_) => false,
            Self::SendCertificateVerify(_) | Self::SendFinished(_) => false,
            Self::Connected(_) | Self::Failed => false,
        }
    }

    /// Sends as much as there is room for.
    pub(super) fn send<P: Provider>(
        self,
        config: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<(Self, Sent), Error> {
        match self {
            Self::SendHelloRetryRequest(state) => state.send_hello_retry_request(context),
            Self::SendServerHello(state) => state.send_server_hello(context),
            Self::SendEncryptedExtensions(state) => state.send_encrypted_extensions(config, context),
            #[cfg(feature = "client-auth")]
            Self::SendCertificateRequest(state) => state.send_certificate_request(config, context),
            Self::SendCertificate(state) => state.send_certificate(&config.identities, context),
            Self::SendCertificateVerify(state) => state.send_certificate_verify(context),
            Self::SendFinished(state) => state.send_finished(context),
            #[cfg(feature = "early-data")]
            Self::WaitEndOfEarlyData(_) => Err(Internal::State.into()),
            #[cfg(feature = "psk")]
            Self::SendNewSessionTicket(state) => state.send_new_session_ticket(context),
            #[cfg(feature = "cookies")]
            Self::AskCookie(_) => Err(Internal::State.into()),
            #[cfg(feature = "psk")]
            Self::AskPsk(_) | Self::AskKeepSession(_) => Err(Internal::State.into()),
            #[cfg(feature = "tls12")]
            Self::Tls12(state) => {
                let sent = state.send(config, context);
                sent.map(|(state, sent)| (Self::Tls12(state), sent))
            }
            Self::WaitClientHello(_) | Self::AskIdentity(_) | Self::AskSign(_) => Err(Internal::State.into()),
            #[cfg(feature = "client-auth")]
            Self::WaitCertificate(_) | Self::AskVerifyPeer(_) | Self::WaitCertificateVerify(_) => {
                Err(Internal::State.into())
            }
            Self::WaitFinished(_) | Self::Connected(_) | Self::Failed => Err(Internal::State.into()),
        }
    }

    /// Goes on after an ask was answered with yes.
    pub(super) fn on_answer<P: Provider>(
        self,
        _message: Message<'_>,
        config: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<Self, Error> {
        match self {
            Self::AskIdentity(state) => state.on_chosen(&config.identities, context),
            Self::AskSign(state) => Ok(state.on_signed()),
            #[cfg(feature = "client-auth")]
            Self::AskVerifyPeer(state) => Ok(state.on_verified()),
            #[cfg(feature = "client-auth")]
            Self::SendCertificateRequest(_) => Err(Internal::State.into()),
            #[cfg(feature = "client-auth")]
            Self::WaitCertificate(_) | Self::WaitCertificateVerify(_) => Err(Internal::State.into()),
            #[cfg(feature = "cookies")]
            Self::AskCookie(state) => state.on_answer(_message, context),
            #[cfg(feature = "psk")]
            Self::AskPsk(state) => state.on_found(
                _message,
                #[cfg(feature = "client-auth")]
                config.client_certificates,
                context,
            ),
            #[cfg(feature = "psk")]
            Self::AskKeepSession(state) => Ok(state.on_answered(context)),
            #[cfg(feature = "psk")]
            Self::SendNewSessionTicket(_) => Err(Internal::State.into()),
            #[cfg(feature = "early-data")]
            Self::WaitEndOfEarlyData(_) => Err(Internal::State.into()),
            #[cfg(feature = "tls12")]
            Self::Tls12(state) => state.on_answer(config, context).map(Self::Tls12),
            Self::WaitClientHello(_) | Self::SendHelloRetryRequest(_) => Err(Internal::State.into()),
            Self::SendServerHello(_) | Self::SendEncryptedExtensions(_) => Err(Internal::State.into()),
            Self::SendCertificate(_) | Self::SendCertificateVerify(_) => Err(Internal::State.into()),
            Self::SendFinished(_) | Self::WaitFinished(_) => Err(Internal::State.into()),
            Self::Connected(_) | Self::Failed => Err(Internal::State.into()),
        }
    }

    /// Whether the peer may still be without keys.
    pub(super) fn takes_clear_alerts(&self) -> bool {
        #[cfg(feature = "client-auth")]
        if matches!(self, Self::WaitCertificate(_)) {
            return true;
        }
        matches!(self, Self::WaitFinished(_))
    }
}
