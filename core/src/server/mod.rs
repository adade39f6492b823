//! The server (RFC 8446, appendix A.2).
//!
//! ```text
//!                          WaitClientHello <---------------+
//!   (if cookies are)    AskCookie |       | no usable share |
//!   (if keys are offered)  AskPsk |       +--> SendHelloRetryRequest   (once, or for a cookie)
//!                            AskIdentity -----------+
//!                                 |                 | a pre-shared key was found
//!                          SendServerHello <--------+
//!                                 | keys: handshake, both ways
//!                      SendEncryptedExtensions -----+
//!                                 |                 |
//!                      SendCertificateRequest       | (if certificates are wanted)
//!                                 |                 |
//!                          SendCertificate          | a pre-shared key stands for it
//!                                 |                 |
//!                              AskSign              |
//!                                 |                 |
//!                       SendCertificateVerify       |
//!                                 |                 |
//!                           SendFinished <----------+
//!                                 | keys: application, writing
//!                        WaitEndOfEarlyData     (if some is taken)
//!                                 |
//!                          WaitCertificate      (if they are) -----+
//!                                 |                                |
//!                           AskVerifyPeer                          | none
//!                                 |                                |
//!                       WaitCertificateVerify                      |
//!                                 |<-------------------------------+
//!                           WaitFinished
//!                                 | keys: application, reading
//!   (for each ticket)      AskKeepSession <---------+
//!                                 |                 |
//!                                 +--> SendNewSessionTicket
//!                                 |
//!                             Connected
//! ```

#[cfg(feature = "cookies")]
mod ask_cookie;
mod ask_identity;
#[cfg(feature = "psk")]
mod ask_keep_session;
#[cfg(feature = "psk")]
mod ask_psk;
mod ask_sign;
#[cfg(feature = "client-auth")]
mod ask_verify_peer;
mod connected;
#[cfg(any(feature = "defmt", feature = "log"))]
mod name;
mod send_certificate;
#[cfg(feature = "client-auth")]
mod send_certificate_request;
mod send_certificate_verify;
mod send_encrypted_extensions;
mod send_finished;
mod send_hello_retry_request;
#[cfg(feature = "psk")]
mod send_new_session_ticket;
mod send_server_hello;
mod table;
#[cfg(feature = "client-auth")]
mod wait_certificate;
#[cfg(feature = "client-auth")]
mod wait_certificate_verify;
mod wait_client_hello;
#[cfg(feature = "early-data")]
mod wait_end_of_early_data;
mod wait_finished;

#[cfg(feature = "cookies")]
use ask_cookie::AskCookie;
use ask_identity::AskIdentity;
use ask_sign::AskSign;
#[cfg(feature = "client-auth")]
use ask_verify_peer::AskVerifyPeer;
use connected::Connected;
use send_certificate::SendCertificate;
#[cfg(feature = "client-auth")]
use send_certificate_request::SendCertificateRequest;
use send_certificate_verify::SendCertificateVerify;
use send_encrypted_extensions::SendEncryptedExtensions;
use send_finished::SendFinished;
use send_hello_retry_request::SendHelloRetryRequest;
use send_server_hello::SendServerHello;
use wait_client_hello::WaitClientHello;
#[cfg(feature = "early-data")]
use wait_end_of_early_data::WaitEndOfEarlyData;
use wait_finished::WaitFinished;
#[cfg(feature = "psk")]
use {ask_keep_session::AskKeepSession, ask_psk::AskPsk, send_new_session_ticket::SendNewSessionTicket};
#[cfg(feature = "client-auth")]
use {wait_certificate::WaitCertificate, wait_certificate_verify::WaitCertificateVerify};

#[cfg(feature = "post-handshake-auth")]
use crate::config::Identities;
use crate::config::{Common, ServerConfig};
use crate::crypto::Provider;
use crate::engine::{Context, LateMessage, Machine, Message, Peer, Role, Sent, Turn};
use crate::error::{Error, Internal};
#[cfg(feature = "tls12")]
use crate::record::incoming::{RecordBoundary, Rules};
#[cfg(feature = "tls12")]
use crate::server12;
use crate::wire::enums::HandshakeType;

/// The role of a server.
#[derive(Debug)]
pub struct Server(());

/// Where a server's handshake is, in the order of the protocol.
#[derive(Debug)]
pub enum State {
    WaitClientHello(WaitClientHello),
    #[cfg(feature = "cookies")]
    AskCookie(AskCookie),
    #[cfg(feature = "psk")]
    AskPsk(AskPsk),
    SendHelloRetryRequest(SendHelloRetryRequest),
    AskIdentity(AskIdentity),
    SendServerHello(SendServerHello),
    SendEncryptedExtensions(SendEncryptedExtensions),
    #[cfg(feature = "client-auth")]
    SendCertificateRequest(SendCertificateRequest),
    SendCertificate(SendCertificate),
    AskSign(AskSign),
    SendCertificateVerify(SendCertificateVerify),
    SendFinished(SendFinished),
    #[cfg(feature = "early-data")]
    WaitEndOfEarlyData(WaitEndOfEarlyData),
    #[cfg(feature = "client-auth")]
    WaitCertificate(WaitCertificate),
    #[cfg(feature = "client-auth")]
    AskVerifyPeer(AskVerifyPeer),
    #[cfg(feature = "client-auth")]
    WaitCertificateVerify(WaitCertificateVerify),
    WaitFinished(WaitFinished),
    #[cfg(feature = "psk")]
    AskKeepSession(AskKeepSession),
    #[cfg(feature = "psk")]
    SendNewSessionTicket(SendNewSessionTicket),
    Connected(Connected),
    /// The handshake goes on, or has ended, in TLS 1.2.
    #[cfg(feature = "tls12")]
    Tls12(server12::State),
    Failed,
}

impl Role for Server {}

impl Machine for Server {
    type Config = ServerConfig;
    type State = State;
    /// Nothing: it asks for no certificates after the handshake.
    #[cfg(feature = "post-handshake-auth")]
    type Late<L> = ();

    #[cfg(any(feature = "defmt", feature = "log"))]
    const NAME: &'static str = "server";

    #[cfg(any(feature = "defmt", feature = "log"))]
    fn name(state: &State) -> &'static str {
        state.name()
    }

    fn start() -> State {
        State::WaitClientHello(WaitClientHello::first())
    }

    fn failed() -> State {
        State::Failed
    }

    fn common(config: &ServerConfig) -> &Common {
        &config.common
    }

    #[cfg(feature = "post-handshake-auth")]
    fn identities(config: &ServerConfig) -> &dyn Identities {
        &config.identities
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

    fn takes_clear_alerts(state: &State) -> bool {
        state.takes_clear_alerts()
    }

    fn on_message<P: Provider>(
        state: State,
        message: Message<'_>,
        _: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        match state {
            State::WaitClientHello(state) => state.on_client_hello(message, context),
            #[cfg(feature = "client-auth")]
            State::WaitCertificate(state) => state.on_certificate(message, context),
            #[cfg(feature = "client-auth")]
            State::WaitCertificateVerify(state) => state.on_certificate_verify(message, context),
            State::WaitFinished(state) => state.on_finished(message, context),
            #[cfg(feature = "early-data")]
            State::WaitEndOfEarlyData(state) => state.on_end_of_early_data(message, context),
            #[cfg(feature = "tls12")]
            State::Tls12(state) => state.on_message(message, context).map(State::Tls12),
            #[cfg(feature = "client-auth")]
            State::SendCertificateRequest(_) | State::AskVerifyPeer(_) => Err(Internal::State.into()),
            #[cfg(feature = "cookies")]
            State::AskCookie(_) => Err(Internal::State.into()),
            #[cfg(feature = "psk")]
            State::AskPsk(_) | State::AskKeepSession(_) | State::SendNewSessionTicket(_) => {
                Err(Internal::State.into())
            }
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
        state.send(config, context)
    }

    fn on_answer<P: Provider>(
        state: State,
        message: Message<'_>,
        config: &ServerConfig,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        state.on_answer(message, config, context)
    }

    const OWN: Peer = Peer::Server;

    #[cfg(feature = "early-data")]
    fn takes_early_data(state: &State) -> bool {
        matches!(state, State::WaitEndOfEarlyData(_))
    }

    #[cfg(feature = "early-data")]
    fn waits_for_finished(state: &State) -> bool {
        matches!(state, State::WaitEndOfEarlyData(_) | State::WaitFinished(_))
    }

    /// Warnings may come before the ClientHello says that it is not TLS 1.2.
    #[cfg(feature = "tls12")]
    fn rules(state: &State, config: &ServerConfig) -> Rules {
        let open = matches!(state, State::WaitClientHello(state) if !state.is_second())
            && config.common.allowed_versions().has_tls12();
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
        State::Tls12(server12::State::begin_again())
    }

    fn on_late_message(kind: HandshakeType, body: &[u8]) -> Result<LateMessage, Error> {
        connected::on_late_message(kind, body)
    }
}
