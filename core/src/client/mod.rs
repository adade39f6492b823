//! The client (RFC 8446, appendix A.1).
//!
//! ```text
//!                                Start
//!                                  |
//!                           SendClientHello <--------+
//!                                  |                 | HelloRetryRequest
//!                           WaitServerHello ---------+
//!                                  | keys: handshake, both ways
//!                        WaitEncryptedExtensions -----------+
//!                                  |                        | a pre-shared key
//!                      WaitCertificateOrRequest --+         | stands for certificates
//!                                  |              | CertificateRequest
//!                                  |         AskIdentity    | (where there are any)
//!                                  |              |         |
//!                                  |       WaitCertificate  |
//!                                  |<-------------+         |
//!                            AskVerifyPeer                  |
//!                                  |                        |
//!                        WaitCertificateVerify              |
//!                                  |                        |
//!                             WaitFinished <----------------+
//!                                  | keys: application, reading
//!                          SendEndOfEarlyData       (if there was any)
//!                                  |
//!                           SendCertificate         (if one was requested)
//!                                  |
//!                               AskSign             (if one was chosen)
//!                                  |
//!                        SendCertificateVerify
//!                                  |
//!                             SendFinished
//!                                  | keys: application, writing
//!                              Connected
//! ```

#[cfg(feature = "client-auth")]
mod ask_identity;
#[cfg(feature = "client-auth")]
mod ask_sign;
mod ask_verify_peer;
mod connected;
#[cfg(any(feature = "defmt", feature = "log"))]
mod name;
mod send_certificate;
#[cfg(feature = "client-auth")]
mod send_certificate_verify;
mod send_client_hello;
#[cfg(feature = "early-data")]
mod send_end_of_early_data;
mod send_finished;
mod start;
mod table;
mod wait_certificate;
mod wait_certificate_or_request;
mod wait_certificate_verify;
mod wait_encrypted_extensions;
mod wait_finished;
mod wait_server_hello;

use core::fmt;
use core::marker::PhantomData;

#[cfg(feature = "client-auth")]
use ask_identity::AskIdentity;
#[cfg(feature = "client-auth")]
use ask_sign::AskSign;
use ask_verify_peer::AskVerifyPeer;
use connected::Connected;
use send_certificate::SendCertificate;
#[cfg(feature = "client-auth")]
use send_certificate_verify::SendCertificateVerify;
use send_client_hello::SendClientHello;
#[cfg(feature = "early-data")]
use send_end_of_early_data::SendEndOfEarlyData;
use send_finished::SendFinished;
use start::Start;
use wait_certificate::WaitCertificate;
use wait_certificate_or_request::WaitCertificateOrRequest;
use wait_certificate_verify::WaitCertificateVerify;
use wait_encrypted_extensions::WaitEncryptedExtensions;
use wait_finished::WaitFinished;
use wait_server_hello::WaitServerHello;

#[cfg(feature = "tls12")]
use crate::client12;
use crate::config::{ClientConfig, Common, Identities, NoIdentities};
use crate::crypto::Provider;
use crate::engine::{Context, LateMessage, Machine, Message, Peer, Role, Sent, Turn};
use crate::error::{Error, Internal};
#[cfg(feature = "tls12")]
use crate::record::incoming::{RecordBoundary, Rules};
use crate::wire::enums::HandshakeType;

/// The role of a client; `T` are the certificates that it may show.
#[derive(Debug)]
pub struct Client<T = NoIdentities>(PhantomData<T>);

/// Where a client's handshake is, in the order of the protocol.
#[derive(Debug)]
pub enum State {
    Start(Start),
    SendClientHello(SendClientHello),
    WaitServerHello(WaitServerHello),
    WaitEncryptedExtensions(WaitEncryptedExtensions),
    WaitCertificateOrRequest(WaitCertificateOrRequest),
    #[cfg(feature = "client-auth")]
    AskIdentity(AskIdentity),
    WaitCertificate(WaitCertificate),
    AskVerifyPeer(AskVerifyPeer),
    WaitCertificateVerify(WaitCertificateVerify),
    WaitFinished(WaitFinished),
    #[cfg(feature = "early-data")]
    SendEndOfEarlyData(SendEndOfEarlyData),
    SendCertificate(SendCertificate),
    #[cfg(feature = "client-auth")]
    AskSign(AskSign),
    #[cfg(feature = "client-auth")]
    SendCertificateVerify(SendCertificateVerify),
    SendFinished(SendFinished),
    Connected(Connected),
    /// The handshake goes on, or has ended, in TLS 1.2.
    #[cfg(feature = "tls12")]
    Tls12(client12::State),
    Failed,
}

impl<T: Identities + fmt::Debug> Role for Client<T> {}

impl<T: Identities> Machine for Client<T> {
    type Config = ClientConfig<T>;
    type State = State;
    #[cfg(feature = "post-handshake-auth")]
    type Late<L> = Option<L>;

    #[cfg(any(feature = "defmt", feature = "log"))]
    const NAME: &'static str = "client";

    #[cfg(any(feature = "defmt", feature = "log"))]
    fn name(state: &State) -> &'static str {
        state.name()
    }

    fn start() -> State {
        State::Start(Start)
    }

    fn failed() -> State {
        State::Failed
    }

    fn common(config: &ClientConfig<T>) -> &Common {
        &config.common
    }

    #[cfg(feature = "post-handshake-auth")]
    fn identities(config: &ClientConfig<T>) -> &dyn Identities {
        config.identities()
    }

    #[inline]
    fn turn(state: &State) -> Turn {
        state.turn()
    }

    fn accepts(state: &State, message: HandshakeType) -> bool {
        state.accepts(message)
    }

    fn ignores_change_cipher_spec(state: &State) -> bool {
        state.ignores_change_cipher_spec()
    }

    fn takes_clear_alerts(_: &State) -> bool {
        false
    }

    fn on_message<P: Provider>(
        state: State,
        message: Message<'_>,
        config: &ClientConfig<T>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        match state {
            State::WaitServerHello(state) => state.on_server_hello(message, context),
            State::WaitEncryptedExtensions(state) => state.on_encrypted_extensions(message, context),
            State::WaitCertificateOrRequest(state) => state.on_either(message, config.identities(), context),
            State::WaitCertificate(state) => state.on_certificate(message, context),
            State::WaitCertificateVerify(state) => state.on_certificate_verify(message, context),
            State::WaitFinished(state) => state.on_finished(message, context),
            #[cfg(feature = "tls12")]
            State::Tls12(state) => state.on_message(message, &config.identities, context).map(State::Tls12),
            State::Start(_) | State::SendClientHello(_) | State::AskVerifyPeer(_) => {
                Err(Internal::State.into())
            }
            State::SendCertificate(_) | State::SendFinished(_) => Err(Internal::State.into()),
            #[cfg(feature = "client-auth")]
            State::AskIdentity(_) | State::AskSign(_) | State::SendCertificateVerify(_) => {
                Err(Internal::State.into())
            }
            #[cfg(feature = "early-data")]
            State::SendEndOfEarlyData(_) => Err(Internal::State.into()),
            State::Connected(_) | State::Failed => Err(Internal::State.into()),
        }
    }

    fn send<P: Provider>(
        state: State,
        config: &ClientConfig<T>,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        match state {
            State::Start(state) => state.begin(config.identities(), context),
            State::SendClientHello(state) => state.send_client_hello(context),
            State::SendCertificate(state) => state.send_certificate(config.identities(), context),
            #[cfg(feature = "client-auth")]
            State::SendCertificateVerify(state) => state.send_certificate_verify(context),
            State::SendFinished(state) => state.send_finished(context),
            #[cfg(feature = "early-data")]
            State::SendEndOfEarlyData(state) => state.send_end_of_early_data(context),
            #[cfg(feature = "tls12")]
            State::Tls12(state) => {
                let sent = state.send(&config.identities, context);
                sent.map(|(state, sent)| (State::Tls12(state), sent))
            }
            State::WaitServerHello(_) | State::WaitEncryptedExtensions(_) => Err(Internal::State.into()),
            State::WaitCertificateOrRequest(_) | State::WaitCertificate(_) => Err(Internal::State.into()),
            State::WaitCertificateVerify(_) | State::WaitFinished(_) => Err(Internal::State.into()),
            #[cfg(feature = "client-auth")]
            State::AskIdentity(_) | State::AskSign(_) => Err(Internal::State.into()),
            State::AskVerifyPeer(_) | State::Connected(_) | State::Failed => Err(Internal::State.into()),
        }
    }

    fn on_answer<P: Provider>(
        state: State,
        _: Message<'_>,
        _config: &ClientConfig<T>,
        _context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        match state {
            #[cfg(feature = "client-auth")]
            State::AskIdentity(state) => Ok(state.on_chosen(_config.identities(), _context)),
            State::AskVerifyPeer(state) => Ok(state.on_verified()),
            #[cfg(feature = "early-data")]
            State::SendEndOfEarlyData(_) => Err(Internal::State.into()),
            #[cfg(feature = "client-auth")]
            State::AskSign(state) => Ok(state.on_signed()),
            #[cfg(feature = "client-auth")]
            State::SendCertificateVerify(_) => Err(Internal::State.into()),
            #[cfg(feature = "tls12")]
            State::Tls12(state) => state.on_answer(&_config.identities, _context).map(State::Tls12),
            State::Start(_) | State::SendClientHello(_) => Err(Internal::State.into()),
            State::WaitServerHello(_) | State::WaitEncryptedExtensions(_) => Err(Internal::State.into()),
            State::WaitCertificateOrRequest(_) | State::WaitCertificate(_) => Err(Internal::State.into()),
            State::WaitCertificateVerify(_) | State::WaitFinished(_) => Err(Internal::State.into()),
            State::SendCertificate(_) | State::SendFinished(_) => Err(Internal::State.into()),
            State::Connected(_) | State::Failed => Err(Internal::State.into()),
        }
    }

    const OWN: Peer = Peer::Client;

    /// Warnings may come before the ServerHello says that it is not TLS 1.2.
    #[cfg(feature = "tls12")]
    fn rules(state: &State, _: &ClientConfig<T>) -> Rules {
        let open = matches!(state, State::WaitServerHello(state) if state.may_lead_to_tls12());
        if open || matches!(state, State::Tls12(_)) { Rules::Tls12 } else { Rules::Tls13 }
    }

    #[cfg(feature = "tls12")]
    fn takes_data(state: &State) -> bool {
        matches!(state, State::Tls12(state) if state.takes_data())
    }

    #[cfg(feature = "tls12")]
    fn takes_change_cipher_spec(state: &State) -> bool {
        matches!(state, State::Tls12(state) if state.takes_change_cipher_spec())
    }

    #[cfg(feature = "tls12")]
    fn on_change_cipher_spec<P: Provider>(
        state: State,
        boundary: RecordBoundary,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let State::Tls12(state) = state else { return Err(Internal::State.into()) };
        state.on_change_cipher_spec(boundary, context).map(State::Tls12)
    }

    #[cfg(feature = "tls12")]
    fn begin_again(_: State) -> State {
        State::Tls12(client12::State::begin_again())
    }

    fn on_late_message(kind: HandshakeType, body: &[u8]) -> Result<LateMessage, Error> {
        connected::on_late_message(kind, body)
    }
}
