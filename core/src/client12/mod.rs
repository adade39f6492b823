//! The client of TLS 1.2 (RFC 5246, section 7.3).
//!
//! A first handshake comes from [`client`](crate::client), once the ServerHello has chosen TLS 1.2.
//!
//! ```text
//!        HelloRequest, or our own wish
//!                    |
//!             SendClientHello
//!                    |
//!             WaitServerHello          <--- ServerHello of a first handshake
//!                    | a new session; one that goes on: see below
//!             WaitCertificate
//!                    |
//!              AskVerifyPeer
//!                    |
//!          WaitServerKeyExchange
//!                    |
//!       WaitServerHelloDoneOrRequest --+
//!                    |                 | CertificateRequest
//!                    |            AskIdentity         (where there are any)
//!                    |                 |
//!                    |        WaitServerHelloDone
//!                    |                 |
//!                    |          SendCertificate       (empty, if none was chosen)
//!                    |<----------------+
//!          SendClientKeyExchange
//!                    |
//!                 AskSign                             (if certificates were shown)
//!                    |
//!          SendCertificateVerify
//!                    |
//!           SendChangeCipherSpec
//!                    | keys: writing
//!               SendFinished
//!                    |
//!          WaitNewSessionTicket   (if one was promised)
//!                    |
//!          WaitChangeCipherSpec
//!                    | keys: reading
//!               WaitFinished
//!                    |
//!                Connected  --- another handshake ---> SendClientHello
//! ```
//!
//! Where a session goes on, WaitNewSessionTicket or WaitChangeCipherSpec follow the ServerHello, and
//! SendChangeCipherSpec and SendFinished come after WaitFinished.

mod ask_identity;
mod ask_sign;
mod ask_verify_peer;
mod connected;
#[cfg(any(feature = "defmt", feature = "log"))]
mod name;
mod send_certificate;
mod send_certificate_verify;
mod send_change_cipher_spec;
mod send_client_hello;
mod send_client_key_exchange;
mod send_finished;
mod ticket;
mod wait_certificate;
mod wait_change_cipher_spec;
mod wait_finished;
mod wait_new_session_ticket;
mod wait_server_hello;
mod wait_server_hello_done;
mod wait_server_key_exchange;

use ask_identity::AskIdentity;
use ask_sign::AskSign;
use ask_verify_peer::AskVerifyPeer;
use connected::Connected;
use send_certificate::SendCertificate;
use send_certificate_verify::SendCertificateVerify;
use send_change_cipher_spec::SendChangeCipherSpec;
use send_client_hello::SendClientHello;
use send_client_key_exchange::SendClientKeyExchange;
use send_finished::SendFinished;
use wait_certificate::WaitCertificate;
use wait_change_cipher_spec::WaitChangeCipherSpec;
use wait_finished::WaitFinished;
use wait_new_session_ticket::WaitNewSessionTicket;
pub(crate) use wait_server_hello::WaitServerHello;
use wait_server_hello_done::{WaitServerHelloDone, WaitServerHelloDoneOrRequest};
use wait_server_key_exchange::WaitServerKeyExchange;

use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Ask, Context, Message, Sent, Turn};
use crate::error::{Error, Internal};
use crate::record::incoming::RecordBoundary;
use crate::wire::enums::HandshakeType;

/// Where a client's handshake is, in the order of the protocol.
#[derive(Debug)]
pub enum State {
    SendClientHello(SendClientHello),
    WaitServerHello(WaitServerHello),
    WaitCertificate(WaitCertificate),
    AskVerifyPeer(AskVerifyPeer),
    WaitServerKeyExchange(WaitServerKeyExchange),
    WaitServerHelloDoneOrRequest(WaitServerHelloDoneOrRequest),
    AskIdentity(AskIdentity),
    WaitServerHelloDone(WaitServerHelloDone),
    SendCertificate(SendCertificate),
    SendClientKeyExchange(SendClientKeyExchange),
    AskSign(AskSign),
    SendCertificateVerify(SendCertificateVerify),
    SendChangeCipherSpec(SendChangeCipherSpec),
    SendFinished(SendFinished),
    WaitNewSessionTicket(WaitNewSessionTicket),
    WaitChangeCipherSpec(WaitChangeCipherSpec),
    WaitFinished(WaitFinished),
    Connected(Connected),
}

impl State {
    #[inline]
    pub(crate) fn turn(&self) -> Turn {
        match self {
            Self::SendClientHello(_) | Self::SendCertificate(_) | Self::SendClientKeyExchange(_) => Turn::Own,
            Self::SendCertificateVerify(_) => Turn::Own,
            Self::SendChangeCipherSpec(_) | Self::SendFinished(_) => Turn::Own,
            Self::WaitServerHello(_) | Self::WaitCertificate(_) | Self::WaitServerKeyExchange(_) => {
                Turn::Peer
            }
            Self::WaitServerHelloDoneOrRequest(_) | Self::WaitServerHelloDone(_) => Turn::Peer,
            Self::WaitNewSessionTicket(_) => Turn::Peer,
            Self::WaitChangeCipherSpec(_) | Self::WaitFinished(_) => Turn::Peer,
            Self::AskVerifyPeer(_) => Turn::Application(Ask::VerifyPeer),
            Self::AskIdentity(_) => Turn::Application(Ask::ChooseOwnIdentity),
            Self::AskSign(_) => Turn::Application(Ask::SignDigest),
            Self::Connected(_) => Turn::Done,
        }
    }

    /// HelloRequest is let in wherever a handshake's keys have not changed: there it says nothing.
    pub(crate) fn accepts(&self, message: HandshakeType) -> bool {
        let own = match self {
            Self::WaitServerHello(_) => message == HandshakeType::SERVER_HELLO,
            Self::WaitCertificate(_) => message == HandshakeType::CERTIFICATE,
            Self::WaitServerKeyExchange(_) => message == HandshakeType::SERVER_KEY_EXCHANGE,
            Self::WaitServerHelloDoneOrRequest(_) => {
                [HandshakeType::CERTIFICATE_REQUEST, HandshakeType::SERVER_HELLO_DONE].contains(&message)
            }
            Self::WaitServerHelloDone(_) => message == HandshakeType::SERVER_HELLO_DONE,
            Self::WaitNewSessionTicket(_) => message == HandshakeType::NEW_SESSION_TICKET,
            Self::WaitFinished(_) => return message == HandshakeType::FINISHED,
            Self::Connected(_) | Self::WaitChangeCipherSpec(_) => false,
            Self::SendClientHello(_) | Self::AskVerifyPeer(_) | Self::SendCertificate(_) => return false,
            Self::SendClientKeyExchange(_) | Self::SendChangeCipherSpec(_) => return false,
            Self::AskIdentity(_) | Self::AskSign(_) | Self::SendCertificateVerify(_) => return false,
            Self::SendFinished(_) => return false,
        };
        own || message == HandshakeType::HELLO_REQUEST
    }

    /// Up to the server's change_cipher_spec, which ends what was sent under the keys of before.
    pub(crate) const fn takes_data(&self) -> bool {
        !matches!(self, Self::WaitFinished(_))
    }

    pub(crate) const fn takes_change_cipher_spec(&self) -> bool {
        matches!(self, Self::WaitChangeCipherSpec(_))
    }

    pub(crate) fn on_message<P: Provider>(
        self,
        message: Message<'_>,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<Self, Error> {
        match self {
            Self::WaitServerHello(state) => state.on_server_hello(message, context),
            Self::WaitCertificate(state) => state.on_certificate(message, context),
            Self::WaitServerKeyExchange(state) => state.on_server_key_exchange(message, context),
            Self::WaitServerHelloDoneOrRequest(state) => state.on_either(message, identities, context),
            Self::WaitServerHelloDone(state) => state.on_server_hello_done(message, context),
            Self::WaitNewSessionTicket(state) => state.on_new_session_ticket(message, context),
            Self::WaitFinished(state) => state.on_finished(message, context),
            Self::SendClientHello(_) | Self::AskVerifyPeer(_) | Self::SendCertificate(_) => {
                Err(Internal::State.into())
            }
            Self::SendClientKeyExchange(_) | Self::SendChangeCipherSpec(_) => Err(Internal::State.into()),
            Self::AskIdentity(_) | Self::AskSign(_) | Self::SendCertificateVerify(_) => {
                Err(Internal::State.into())
            }
            Self::SendFinished(_) | Self::WaitChangeCipherSpec(_) => Err(Internal::State.into()),
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
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<(Self, Sent), Error> {
        match self {
            Self::SendClientHello(state) => state.send_client_hello(identities, context),
            Self::SendCertificate(state) => state.send_certificate(identities, context),
            Self::SendClientKeyExchange(state) => state.send_client_key_exchange(context),
            Self::SendCertificateVerify(state) => state.send_certificate_verify(context),
            Self::SendChangeCipherSpec(state) => state.send_change_cipher_spec(context),
            Self::SendFinished(state) => state.send_finished(context),
            Self::WaitServerHello(_) | Self::WaitCertificate(_) => Err(Internal::State.into()),
            Self::WaitServerKeyExchange(_) | Self::WaitServerHelloDoneOrRequest(_) => {
                Err(Internal::State.into())
            }
            Self::WaitServerHelloDone(_) | Self::AskVerifyPeer(_) => Err(Internal::State.into()),
            Self::WaitNewSessionTicket(_) | Self::AskIdentity(_) | Self::AskSign(_) => {
                Err(Internal::State.into())
            }
            Self::WaitChangeCipherSpec(_) | Self::WaitFinished(_) => Err(Internal::State.into()),
            Self::Connected(_) => Err(Internal::State.into()),
        }
    }

    pub(crate) fn on_answer<P: Provider>(
        self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<Self, Error> {
        match self {
            Self::AskVerifyPeer(state) => state.on_verified(context),
            Self::AskIdentity(state) => Ok(state.on_chosen(identities, context)),
            Self::AskSign(state) => Ok(state.on_signed()),
            Self::SendClientHello(_) | Self::WaitServerHello(_) | Self::WaitCertificate(_) => {
                Err(Internal::State.into())
            }
            Self::WaitServerKeyExchange(_) | Self::WaitServerHelloDoneOrRequest(_) => {
                Err(Internal::State.into())
            }
            Self::WaitServerHelloDone(_) | Self::SendCertificate(_) => Err(Internal::State.into()),
            Self::SendClientKeyExchange(_) | Self::SendCertificateVerify(_) => Err(Internal::State.into()),
            Self::SendChangeCipherSpec(_) | Self::SendFinished(_) => Err(Internal::State.into()),
            Self::WaitNewSessionTicket(_) | Self::WaitChangeCipherSpec(_) => Err(Internal::State.into()),
            Self::WaitFinished(_) | Self::Connected(_) => Err(Internal::State.into()),
        }
    }

    /// Another handshake begins.
    pub(crate) const fn begin_again() -> Self {
        Self::SendClientHello(SendClientHello::new())
    }
}
