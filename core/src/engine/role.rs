//! What the engine needs of a role's state machine.

use core::fmt;

use super::step::Ask;
use super::{Context, Message, Peer, Sent};
use crate::config::Common;
#[cfg(feature = "post-handshake-auth")]
use crate::config::Identities;
use crate::crypto::Provider;
use crate::error::Error;
#[cfg(feature = "tls12")]
use crate::record::incoming::{RecordBoundary, Rules};
use crate::wire::enums::{HandshakeType, KeyUpdateRequest};

/// Client or server. Sealed: there are no others.
pub trait Role: Machine + fmt::Debug {}

/// Whose turn it is in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The peer's: a handshake message must come.
    Peer,
    /// Ours: something is to be sent, where there is room.
    Own,
    /// The application's: an ask must be answered.
    Application(Ask),
    /// Nobody's: the handshake is done.
    Done,
    /// Nobody's: the connection failed.
    Failed,
}

/// Room for what is needed after a handshake, at the end that needs it.
#[cfg(feature = "post-handshake-auth")]
#[allow(unreachable_pub, reason = "Rust before 1.90 does not see that a public trait names it")]
pub trait LatePlace<T>: Default {
    /// It, if this end has it.
    fn place(&mut self) -> Option<&mut Option<T>>;
}

#[cfg(feature = "post-handshake-auth")]
impl<T> LatePlace<T> for Option<T> {
    fn place(&mut self) -> Option<&mut Self> {
        Some(self)
    }
}

#[cfg(feature = "post-handshake-auth")]
impl<T> LatePlace<T> for () {
    fn place(&mut self) -> Option<&mut Option<T>> {
        None
    }
}

/// A role's state machine. The state is taken by value and comes back as the next, or not at all.
pub trait Machine: Sized {
    /// The configuration of this role.
    type Config: ?Sized;
    /// Every state of this role.
    type State: fmt::Debug;
    /// Where the transcript stays for an authentication that may follow the handshake.
    #[cfg(feature = "post-handshake-auth")]
    type Late<T>: LatePlace<T>;

    /// What this end is called.
    #[cfg(any(feature = "defmt", feature = "log"))]
    const NAME: &'static str;

    /// The name of a state.
    #[cfg(any(feature = "defmt", feature = "log"))]
    fn name(state: &Self::State) -> &'static str;

    /// The first state.
    fn start() -> Self::State;

    /// The state of a connection that failed.
    fn failed() -> Self::State;

    /// The certificates that this end may show.
    #[cfg(feature = "post-handshake-auth")]
    fn identities(config: &Self::Config) -> &dyn Identities;

    /// Whose turn it is.
    fn turn(state: &Self::State) -> Turn;

    /// The part of the configuration that both roles have.
    fn common(config: &Self::Config) -> &Common;

    /// The one table of legal pairs: whether a message of this type is allowed in this state.
    fn accepts(state: &Self::State, message: HandshakeType) -> bool;

    /// Whether a change_cipher_spec is passed over in this state (RFC 8446, section 5).
    fn ignores_change_cipher_spec(state: &Self::State) -> bool;

    /// Whether the peer may still be without keys.
    fn takes_clear_alerts(state: &Self::State) -> bool;

    /// Handles a message that the table allows.
    ///
    /// # Errors
    /// The error of the connection.
    fn on_message<P: Provider>(
        state: Self::State,
        message: Message<'_>,
        config: &Self::Config,
        context: &mut Context<'_, P>,
    ) -> Result<Self::State, Error>;

    /// Sends as much as there is room for, and says whether room was what ended it.
    ///
    /// # Errors
    /// The error of the connection.
    fn send<P: Provider>(
        state: Self::State,
        config: &Self::Config,
        context: &mut Context<'_, P>,
    ) -> Result<(Self::State, Sent), Error>;

    /// Goes on after an ask was answered with yes. The message that led to the ask is still there.
    ///
    /// # Errors
    /// The error of the connection.
    fn on_answer<P: Provider>(
        state: Self::State,
        message: Message<'_>,
        config: &Self::Config,
        context: &mut Context<'_, P>,
    ) -> Result<Self::State, Error>;

    /// Which end this is.
    const OWN: Peer;

    /// By which version's rules records mix.
    #[cfg(feature = "tls12")]
    fn rules(state: &Self::State, config: &Self::Config) -> Rules;

    /// Whether application data of before may come in this state of a renegotiation.
    #[cfg(feature = "tls12")]
    fn takes_data(state: &Self::State) -> bool;

    /// Whether the peer's keys change now.
    #[cfg(feature = "tls12")]
    fn takes_change_cipher_spec(state: &Self::State) -> bool;

    /// The peer's keys change.
    ///
    /// # Errors
    /// The error of the connection.
    #[cfg(feature = "tls12")]
    fn on_change_cipher_spec<P: Provider>(
        state: Self::State,
        boundary: RecordBoundary,
        context: &mut Context<'_, P>,
    ) -> Result<Self::State, Error>;

    /// Whether early data may come in this state.
    #[cfg(feature = "early-data")]
    fn takes_early_data(_: &Self::State) -> bool {
        false
    }

    /// Whether only the rest of the peer's flight is missing: our Finished has left.
    #[cfg(feature = "early-data")]
    fn waits_for_finished(_: &Self::State) -> bool {
        false
    }

    /// The first state of another handshake.
    #[cfg(feature = "tls12")]
    fn begin_again(state: Self::State) -> Self::State;

    /// Looks at a message that came after the handshake and that the table allows.
    ///
    /// # Errors
    /// The error of the connection.
    fn on_late_message(kind: HandshakeType, body: &[u8]) -> Result<LateMessage, Error>;
}

/// What a message after the handshake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateMessage {
    /// The peer has changed its sending key.
    KeyUpdate(KeyUpdateRequest),
    /// A ticket for the application.
    Ticket,
    /// A server wants a client's certificates.
    #[cfg(feature = "post-handshake-auth")]
    CertificateRequest,
    /// A server wants another handshake.
    #[cfg(feature = "tls12")]
    HelloRequest,
    /// A client begins another handshake.
    #[cfg(feature = "tls12")]
    ClientHello,
}
