//! The server (RFC 8446, appendix A.2).
//!
//! ```text
//!                          WaitClientHello <---------------+
//!                                 |       | no usable share |
//!                                 |       +--> SendHelloRetryRequest   (once)
//!                            AskIdentity
//!                                 |
//!                          SendServerHello
//!                                 | keys: handshake, both ways
//!                      SendEncryptedExtensions
//!                                 |
//!                          SendCertificate
//!                                 |
//!                              AskSign
//!                                 |
//!                       SendCertificateVerify
//!                                 |
//!                           SendFinished
//!                                 | keys: application, writing
//!                           WaitFinished
//!                                 | keys: application, reading
//!                             Connected
//! ```

mod ask_identity;
mod ask_sign;
mod connected;
mod selection;
mod send_certificate;
mod send_certificate_verify;
mod send_encrypted_extensions;
mod send_finished;
mod send_hello_retry_request;
mod send_server_hello;
mod wait_client_hello;
mod wait_finished;

use ask_identity::AskIdentity;
use ask_sign::AskSign;
use connected::Connected;
use send_certificate::SendCertificate;
use send_certificate_verify::SendCertificateVerify;
use send_encrypted_extensions::SendEncryptedExtensions;
use send_finished::SendFinished;
use send_hello_retry_request::SendHelloRetryRequest;
use send_server_hello::SendServerHello;
use wait_client_hello::WaitClientHello;
use wait_finished::WaitFinished;

use crate::config::{Common, ServerConfig};
use crate::crypto::Provider;
use crate::engine::{Ask, Context, LateMessage, Machine, Message, Role, Sent, Turn};
use crate::error::{Error, Internal};
use crate::wire::enums::HandshakeType;

/// The role of a server.
#[derive(Debug)]
pub struct Server(());

/// Where a server's handshake is, in the order of the protocol.
#[derive(Debug)]
pub enum State {
    WaitClientHello(WaitClientHello),
    SendHelloRetryRequest(SendHelloRetryRequest),
    AskIdentity(AskIdentity),
    SendServerHello(SendServerHello),
    SendEncryptedExtensions(SendEncryptedExtensions),
    SendCertificate(SendCertificate),
    AskSign(AskSign),
    SendCertificateVerify(SendCertificateVerify),
    SendFinished(SendFinished),
    WaitFinished(WaitFinished),
    Connected(Connected),
    Failed,
}

impl Role for Server {}

impl Machine for Server {
    type Config = ServerConfig;
    type State = State;

    fn start() -> State {
        State::WaitClientHello(WaitClientHello::first())
    }

    fn failed() -> State {
        State::Failed
    }

    fn common(config: &ServerConfig) -> &Common {
        &config.common
    }

    fn turn(state: &State) -> Turn {
        match state {
            State::WaitClientHello(_) | State::WaitFinished(_) => Turn::Peer,
            State::SendHelloRetryRequest(_) | State::SendServerHello(_) => Turn::Own,
            State::SendEncryptedExtensions(_) | State::SendCertificate(_) => Turn::Own,
            State::SendCertificateVerify(_) | State::SendFinished(_) => Turn::Own,
            State::AskIdentity(_) => Turn::Application(Ask::ChooseIdentity),
            State::AskSign(_) => Turn::Application(Ask::Sign),
            State::Connected(_) => Turn::Done,
            State::Failed => Turn::Failed,
        }
    }

    fn accepts(state: &State, message: HandshakeType) -> bool {
        match state {
            State::WaitClientHello(_) => message == HandshakeType::CLIENT_HELLO,
            State::WaitFinished(_) => message == HandshakeType::FINISHED,
            State::Connected(_) => message == HandshakeType::KEY_UPDATE,
            State::SendHelloRetryRequest(_) | State::AskIdentity(_) | State::SendServerHello(_) => false,
            State::SendEncryptedExtensions(_) | State::SendCertificate(_) | State::AskSign(_) => false,
            State::SendCertificateVerify(_) | State::SendFinished(_) | State::Failed => false,
        }
    }

    fn ignores_change_cipher_spec(state: &State) -> bool {
        match state {
            State::WaitClientHello(state) => state.is_second(),
            State::WaitFinished(_) => true,
            State::SendHelloRetryRequest(_) | State::AskIdentity(_) | State::SendServerHello(_) => false,
            State::SendEncryptedExtensions(_) | State::SendCertificate(_) | State::AskSign(_) => false,
            State::SendCertificateVerify(_) | State::SendFinished(_) => false,
            State::Connected(_) | State::Failed => false,
        }
    }

    fn takes_clear_alerts(state: &State) -> bool {
        matches!(state, State::WaitFinished(_))
    }

    fn on_message<P: Provider>(
        state: State,
        message: Message<'_>,
        _: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        match state {
            State::WaitClientHello(state) => state.on_client_hello(message, context),
            State::WaitFinished(state) => state.on_finished(message, context),
            State::SendHelloRetryRequest(_) | State::AskIdentity(_) => Err(Internal::State.into()),
            State::SendServerHello(_) | State::SendEncryptedExtensions(_) => Err(Internal::State.into()),
            State::SendCertificate(_) | State::AskSign(_) => Err(Internal::State.into()),
            State::SendCertificateVerify(_) | State::SendFinished(_) => Err(Internal::State.into()),
            State::Connected(_) | State::Failed => Err(Internal::State.into()),
        }
    }

    fn send<P: Provider>(
        state: State,
        config: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        match state {
            State::SendHelloRetryRequest(state) => state.send_hello_retry_request(context),
            State::SendServerHello(state) => state.send_server_hello(context),
            State::SendEncryptedExtensions(state) => state.send_encrypted_extensions(context),
            State::SendCertificate(state) => state.send_certificate(&config.identities, context),
            State::SendCertificateVerify(state) => state.send_certificate_verify(context),
            State::SendFinished(state) => state.send_finished(context),
            State::WaitClientHello(_) | State::AskIdentity(_) | State::AskSign(_) => {
                Err(Internal::State.into())
            }
            State::WaitFinished(_) | State::Connected(_) | State::Failed => Err(Internal::State.into()),
        }
    }

    fn on_answer<P: Provider>(
        state: State,
        config: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        match state {
            State::AskIdentity(state) => state.on_chosen(&config.identities, context),
            State::AskSign(state) => Ok(state.on_signed()),
            State::WaitClientHello(_) | State::SendHelloRetryRequest(_) => Err(Internal::State.into()),
            State::SendServerHello(_) | State::SendEncryptedExtensions(_) => Err(Internal::State.into()),
            State::SendCertificate(_) | State::SendCertificateVerify(_) => Err(Internal::State.into()),
            State::SendFinished(_) | State::WaitFinished(_) => Err(Internal::State.into()),
            State::Connected(_) | State::Failed => Err(Internal::State.into()),
        }
    }

    fn on_late_message(kind: HandshakeType, body: &[u8]) -> Result<LateMessage, Error> {
        connected::on_late_message(kind, body)
    }
}
