//! The server of TLS 1.2 (RFC 5246, section 7.3).
//!
//! The ClientHello of a first handshake comes from [`server`](crate::server), once it has chosen TLS 1.2.
//!
//! ```text
//!             WaitClientHello          <--- ClientHello of a first handshake
//!                    | a session that may go on: AskSession, then as below
//!               AskIdentity
//!                    |
//!             SendServerHello
//!                    |
//!             SendCertificate
//!                    |
//!                 AskSign
//!                    |
//!          SendServerKeyExchange
//!                    |
//!          SendCertificateRequest     (if clients are asked for certificates)
//!                    |
//!           SendServerHelloDone
//!                    |
//!             WaitCertificate         (if they are)
//!                    |
//!              AskVerifyPeer          (if there are any)
//!                    |
//!          WaitClientKeyExchange
//!                    |
//!          WaitCertificateVerify      (if there were any)
//!                    |
//!          WaitChangeCipherSpec
//!                    | keys: reading
//!               WaitFinished
//!                    |
//!              AskKeepSession         (if sessions may go on)
//!                    |
//!          SendNewSessionTicket       (if one was promised)
//!                    |
//!          SendChangeCipherSpec
//!                    | keys: writing
//!               SendFinished
//!                    |
//!                Connected  --- another ClientHello ---> WaitClientHello
//! ```
//!
//! Where a session goes on, SendChangeCipherSpec and SendFinished follow the ServerHello, behind AskKeepSession and
//! SendNewSessionTicket if the client gets a new ticket, and WaitChangeCipherSpec and WaitFinished come after them.

mod ask_identity;
mod ask_keep_session;
mod ask_session;
mod ask_sign;
mod ask_verify_peer;
mod connected;
#[cfg(any(feature = "defmt", feature = "log"))]
mod name;
mod send_certificate;
mod send_certificate_request;
mod send_change_cipher_spec;
mod send_finished;
mod send_new_session_ticket;
mod send_server_hello;
mod send_server_hello_done;
mod send_server_key_exchange;
mod server_random;
mod wait_certificate;
mod wait_certificate_verify;
mod wait_change_cipher_spec;
mod wait_client_hello;
mod wait_client_key_exchange;
mod wait_finished;

use ask_identity::AskIdentity;
use ask_keep_session::AskKeepSession;
use ask_session::AskSession;
use ask_sign::AskSign;
use ask_verify_peer::AskVerifyPeer;
use connected::Connected;
use send_certificate::SendCertificate;
use send_certificate_request::SendCertificateRequest;
use send_change_cipher_spec::SendChangeCipherSpec;
use send_finished::SendFinished;
use send_new_session_ticket::SendNewSessionTicket;
use send_server_hello::SendServerHello;
use send_server_hello_done::SendServerHelloDone;
use send_server_key_exchange::SendServerKeyExchange;
use wait_certificate::WaitCertificate;
use wait_certificate_verify::WaitCertificateVerify;
use wait_change_cipher_spec::WaitChangeCipherSpec;
pub(crate) use wait_client_hello::WaitClientHello;
use wait_client_key_exchange::WaitClientKeyExchange;
use wait_finished::WaitFinished;

use crate::config::ServerConfig;
use crate::crypto::Provider;
use crate::engine::{Ask, Context, Message, Sent, Turn};
use crate::error::{Error, Internal};
use crate::record::incoming::RecordBoundary;
use crate::wire::enums::HandshakeType;

/// Where a server's handshake is, in the order of the protocol.
#[derive(Debug)]
pub enum State {
    WaitClientHello(WaitClientHello),
    AskSession(AskSession),
    AskIdentity(AskIdentity),
    SendServerHello(SendServerHello),
    SendCertificate(SendCertificate),
    AskSign(AskSign),
    SendServerKeyExchange(SendServerKeyExchange),
    SendCertificateRequest(SendCertificateRequest),
    SendServerHelloDone(SendServerHelloDone),
    WaitCertificate(WaitCertificate),
    AskVerifyPeer(AskVerifyPeer),
    WaitClientKeyExchange(WaitClientKeyExchange),
    WaitCertificateVerify(WaitCertificateVerify),
    WaitChangeCipherSpec(WaitChangeCipherSpec),
    WaitFinished(WaitFinished),
    AskKeepSession(AskKeepSession),
    SendNewSessionTicket(SendNewSessionTicket),
    SendChangeCipherSpec(SendChangeCipherSpec),
    SendFinished(SendFinished),
    Connected(Connected),
}

impl State {
    #[inline]
    pub(crate) fn turn(&self) -> Turn {
        match self {
            Self::WaitClientHello(_) | Self::WaitClientKeyExchange(_) => Turn::Peer,
            Self::WaitChangeCipherSpec(_) | Self::WaitFinished(_) => Turn::Peer,
            Self::SendServerHello(_) | Self::SendCertificate(_) | Self::SendServerKeyExchange(_) => Turn::Own,
            Self::SendServerHelloDone(_) | Self::SendChangeCipherSpec(_) | Self::SendFinished(_) => Turn::Own,
            Self::WaitCertificate(_) | Self::WaitCertificateVerify(_) => Turn::Peer,
            Self::AskVerifyPeer(_) => Turn::Application(Ask::VerifyPeer),
            Self::SendNewSessionTicket(_) | Self::SendCertificateRequest(_) => Turn::Own,
            Self::AskSession(_) => Turn::Application(Ask::FindSession),
            Self::AskKeepSession(_) => Turn::Application(Ask::KeepSession),
            Self::AskIdentity(_) => Turn::Application(Ask::ChooseIdentity),
            Self::AskSign(_) => Turn::Application(Ask::Sign),
            Self::Connected(_) => Turn::Done,
        }
    }

    pub(crate) fn accepts(&self, message: HandshakeType) -> bool {
        match self {
            Self::WaitClientHello(_) | Self::Connected(_) => message == HandshakeType::CLIENT_HELLO,
            Self::WaitClientKeyExchange(_) => message == HandshakeType::CLIENT_KEY_EXCHANGE,
            Self::WaitCertificate(_) => message == HandshakeType::CERTIFICATE,
            Self::WaitCertificateVerify(_) => message == HandshakeType::CERTIFICATE_VERIFY,
            Self::WaitFinished(_) => message == HandshakeType::FINISHED,
            Self::SendCertificateRequest(_) | Self::AskVerifyPeer(_) => false,
            Self::AskSession(_) | Self::AskKeepSession(_) | Self::SendNewSessionTicket(_) => false,
            Self::AskIdentity(_) | Self::SendServerHello(_) | Self::SendCertificate(_) => false,
            Self::AskSign(_) | Self::SendServerKeyExchange(_) | Self::SendServerHelloDone(_) => false,
            Self::WaitChangeCipherSpec(_) | Self::SendChangeCipherSpec(_) | Self::SendFinished(_) => false,
        }
    }

    /// Up to the client's change_cipher_spec, which ends what was sent under the keys of before.
    pub(crate) const fn takes_data(&self) -> bool {
        !matches!(self, Self::WaitFinished(_))
    }

    pub(crate) const fn takes_change_cipher_spec(&self) -> bool {
        matches!(self, Self::WaitChangeCipherSpec(_))
    }

    pub(crate) fn on_message<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<Self, Error> {
        match self {
            Self::WaitClientHello(state) => state.on_client_hello(message, context),
            Self::WaitClientKeyExchange(state) => state.on_client_key_exchange(message, context),
            Self::WaitCertificate(state) => state.on_certificate(message, context),
            Self::WaitCertificateVerify(state) => state.on_certificate_verify(message, context),
            Self::WaitFinished(state) => state.on_finished(message, context),
            Self::SendCertificateRequest(_) | Self::AskVerifyPeer(_) => Err(Internal::State.into()),
            Self::AskSession(_) | Self::AskKeepSession(_) | Self::SendNewSessionTicket(_) => {
                Err(Internal::State.into())
            }
            Self::AskIdentity(_) | Self::SendServerHello(_) | Self::SendCertificate(_) => {
                Err(Internal::State.into())
            }
            Self::AskSign(_) | Self::SendServerKeyExchange(_) => Err(Internal::State.into()),
            Self::SendServerHelloDone(_) | Self::WaitChangeCipherSpec(_) => Err(Internal::State.into()),
            Self::SendChangeCipherSpec(_) | Self::SendFinished(_) => Err(Internal::State.into()),
            Self::Connected(_) => Err(Internal::State.into()),
        }
    }

    pub(crate) fn on_change_cipher_spec<P: Provider>(
        self,
        boundary: RecordBoundary,
        context: &mut Context<'_, P>,
    ) -> Result<Self, Error> {
        let Self::WaitChangeCipherSpec(state) = self else { return Err(Internal::State.into()) };
        state.on_change_cipher_spec(boundary, context)
    }

    pub(crate) fn send<P: Provider>(
        self,
        config: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<(Self, Sent), Error> {
        match self {
            Self::SendServerHello(state) => state.send_server_hello(config.client_certificates, context),
            Self::SendCertificate(state) => state.send_certificate(&config.identities, context),
            Self::SendServerKeyExchange(state) => {
                state.send_server_key_exchange(config.client_certificates, context)
            }
            Self::SendCertificateRequest(state) => {
                state.send_certificate_request(&config.identities, context)
            }
            Self::SendServerHelloDone(state) => state.send_server_hello_done(context),
            Self::SendChangeCipherSpec(state) => state.send_change_cipher_spec(context),
            Self::SendFinished(state) => state.send_finished(context),
            Self::SendNewSessionTicket(state) => state.send_new_session_ticket(context),
            Self::AskSession(_) | Self::AskKeepSession(_) => Err(Internal::State.into()),
            Self::WaitCertificate(_) | Self::AskVerifyPeer(_) | Self::WaitCertificateVerify(_) => {
                Err(Internal::State.into())
            }
            Self::WaitClientHello(_) | Self::AskIdentity(_) | Self::AskSign(_) => Err(Internal::State.into()),
            Self::WaitClientKeyExchange(_) | Self::WaitChangeCipherSpec(_) => Err(Internal::State.into()),
            Self::WaitFinished(_) | Self::Connected(_) => Err(Internal::State.into()),
        }
    }

    pub(crate) fn on_answer<P: Provider>(
        self,
        config: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<Self, Error> {
        match self {
            Self::AskIdentity(state) => state.on_chosen(&config.identities, context),
            Self::AskSign(state) => Ok(state.on_signed()),
            Self::AskVerifyPeer(state) => Ok(state.on_verified()),
            Self::AskSession(state) => state.on_answered(config.client_certificates, context),
            Self::AskKeepSession(state) => Ok(state.on_answered(context)),
            Self::SendNewSessionTicket(_) | Self::SendCertificateRequest(_) => Err(Internal::State.into()),
            Self::WaitCertificate(_) | Self::WaitCertificateVerify(_) => Err(Internal::State.into()),
            Self::WaitClientHello(_) | Self::SendServerHello(_) => Err(Internal::State.into()),
            Self::SendCertificate(_) | Self::SendServerKeyExchange(_) => Err(Internal::State.into()),
            Self::SendServerHelloDone(_) | Self::WaitClientKeyExchange(_) => Err(Internal::State.into()),
            Self::WaitChangeCipherSpec(_) | Self::WaitFinished(_) => Err(Internal::State.into()),
            Self::SendChangeCipherSpec(_) | Self::SendFinished(_) => Err(Internal::State.into()),
            Self::Connected(_) => Err(Internal::State.into()),
        }
    }

    /// Another handshake begins.
    pub(crate) const fn begin_again() -> Self {
        Self::WaitClientHello(WaitClientHello)
    }
}
