//! A connection: the engine and what it is lent.

mod ask;
mod asked;
#[cfg(any(feature = "tls12", feature = "post-handshake-auth", feature = "psk"))]
mod attach;
#[cfg(feature = "_client-certificates")]
mod client_identity;
#[cfg(feature = "cookies")]
mod cookie;
mod create;
mod data;
#[cfg(feature = "early-data")]
mod early_data;
mod end;
mod event;
mod export;
#[cfg(feature = "psk")]
mod find_psk;
mod happened;
#[cfg(any(feature = "tls12", feature = "psk"))]
mod keep_session;
mod lend;
#[cfg(feature = "psk")]
mod more_tickets;
mod name;
#[cfg(feature = "psk")]
mod offer_psk;
mod outcome;
mod pipes;
#[cfg(feature = "tls12")]
mod renegotiation;
#[cfg(any(feature = "tls12", feature = "psk"))]
mod resume;
#[cfg(feature = "tls12")]
mod server_session;
#[cfg(feature = "tls12")]
mod session;
mod tell;
mod verify_peer;

pub use ask::{ChooseIdentity, IdentityRefused, Sign, SignatureTooLong};
#[cfg(feature = "tls12")]
pub use client_identity::SignDigest;
#[cfg(feature = "cookies")]
pub use cookie::{CookieTooLong, OpenCookie, SealCookie};
pub use create::{CreateError, Lent};
#[cfg(feature = "early-data")]
pub use early_data::{EarlyDataError, EarlyDataOffer};
pub use event::{Event, Want};
#[cfg(feature = "psk")]
pub use find_psk::{FindPsk, PskRefused};
#[cfg(any(feature = "tls12", feature = "psk"))]
pub use keep_session::{KeepSession, TicketTooLong};
pub use lend::AttachError;
#[cfg(feature = "psk")]
pub use more_tickets::NewTicketError;
#[cfg(feature = "psk")]
pub use offer_psk::ExternalPsk;
#[cfg(feature = "tls12")]
pub use outcome::RenegotiateError;
pub use outcome::{ExportError, ReadError, Shutdown, ShutdownError, UpdateKeysError, WriteError};
#[cfg(any(feature = "tls12", feature = "psk"))]
pub use resume::SessionRefused;
#[cfg(feature = "tls12")]
pub use server_session::FindSession;
#[cfg(feature = "tls12")]
pub use session::Session;
pub use tell::{AppData, Ticket};
#[cfg(feature = "_client-certificates")]
pub use verify_peer::Whose;
pub use verify_peer::{PublicKeyTooLong, VerifyPeer};

use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::crypto::Provider;
#[cfg(feature = "post-handshake-auth")]
use crate::engine::LatePlace as _;
use crate::engine::{self, Engine, HandshakeSpace, Negotiated, Role};
use crate::error::Error;
use crate::modes::Modes;
use crate::storage::Storage;

/// One end of a TLS connection.
///
/// `R` is [`Client`](crate::client::Client) or [`Server`](crate::server::Server), `P` the cryptography, `C` a pointer
/// to the configuration, `H` one to the handshake space, `I` and `O` the record buffers. [`ClientConnection`] and
/// [`ServerConnection`] are the common cases.
pub struct Connection<R, P, C, H, I, O = I>
where
    R: Role,
    P: Provider,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    engine: Engine<R>,
    provider: P,
    config: C,
    space: Option<H>,
    #[cfg(feature = "post-handshake-auth")]
    late_transcript: R::Late<P::KeptHash>,
    incoming: Option<I>,
    outgoing: Option<O>,
}

/// A client that is lent everything by reference.
pub type ClientConnection<'a, P> = Connection<
    crate::client::Client,
    P,
    &'a crate::config::ClientConfig,
    &'a mut HandshakeSpace<P>,
    &'a mut [u8],
>;

/// A server that is lent everything by reference.
pub type ServerConnection<'a, P> = Connection<
    crate::server::Server,
    P,
    &'a crate::config::ServerConfig,
    &'a mut HandshakeSpace<P>,
    &'a mut [u8],
>;

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// The engine, and what it is lent for this step.
    fn parts(&mut self) -> (&mut Engine<R>, engine::Loan<'_, R, P>) {
        #[cfg(feature = "post-handshake-auth")]
        let late_transcript = self.late_transcript.place();
        let Self { engine, provider, config, space, incoming, outgoing, .. } = self;
        let (incoming, incoming_key) = incoming.as_mut().map(I::parts).unwrap_or_default();
        let (outgoing, outgoing_key) = outgoing.as_mut().map(O::parts).unwrap_or_default();
        let lent = engine::Loan {
            config: &**config,
            provider,
            space: space.as_deref_mut(),
            #[cfg(feature = "post-handshake-auth")]
            late_transcript,
            incoming: engine::Buffer { bytes: incoming, key: incoming_key },
            outgoing: engine::Buffer { bytes: outgoing, key: outgoing_key },
            taker: None,
            #[cfg(feature = "psk")]
            teller: None,
        };
        (engine, lent)
    }

    /// Whether the handshake is not done yet. Our own Finished may still be among the outgoing bytes when it is.
    #[must_use]
    pub fn is_handshaking(&self) -> bool {
        !self.engine.is_connected() && self.engine.failed.is_none()
    }

    /// The error of the connection, if it failed.
    #[must_use]
    pub const fn error(&self) -> Option<Error> {
        self.engine.failed
    }

    /// What both ends agreed on, as far as the handshake went.
    #[must_use]
    pub const fn negotiated(&self) -> &Negotiated {
        &self.engine.negotiated
    }

    /// The application protocol agreed on (RFC 7301).
    #[must_use]
    pub fn protocol(&self) -> Option<&[u8]> {
        let place = self.engine.negotiated.protocol.map(usize::from)?;
        R::common(&self.config).protocols.iter().nth(place)
    }

    /// The server name: what a client asks for, what a server was asked for. Known while the connection has its
    /// handshake space.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.space.as_deref().map(|space| space.server_name.as_str()).filter(|name| !name.is_empty())
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &R::Config {
        &self.config
    }

    /// The provider.
    #[must_use]
    pub const fn provider(&self) -> &P {
        &self.provider
    }

    /// The modes in force.
    #[must_use]
    pub const fn mode(&self) -> Modes {
        self.engine.modes
    }

    /// Bytes of data or of handshake messages in a record of ours, at most, from the next record on; 0 counts as 1, and a
    /// limit of the peer's stays in force (`SSL_set_max_send_fragment` of SSL_CTX_set_split_send_fragment(3)).
    pub fn set_max_send_fragment(&mut self, bytes: usize) {
        self.engine.max_send_fragment = bytes.max(1).into();
    }

    /// Adds modes and returns the new set; they act on the next call (`SSL_set_mode` of SSL_CTX_set_mode(3)).
    pub fn set_mode(&mut self, modes: Modes) -> Modes {
        self.engine.modes = self.engine.modes.set(modes);
        self.engine.modes
    }

    /// Removes modes and returns the new set (`SSL_clear_mode` of SSL_CTX_set_mode(3)).
    pub fn clear_mode(&mut self, modes: Modes) -> Modes {
        self.engine.modes = self.engine.modes.clear(modes);
        self.engine.modes
    }
}

/// What is still lent is wiped, as when it is detached.
impl<R, P, C, H, I, O> Drop for Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    fn drop(&mut self) {
        if let Some(incoming) = &mut self.incoming {
            lend::wipe(incoming, self.engine.incoming.used());
        }
        if let Some(outgoing) = &mut self.outgoing {
            lend::wipe(outgoing, self.engine.outgoing.used());
        }
        if let Some(space) = &mut self.space {
            space.wipe();
        }
    }
}

impl<R, P, C, H, I, O> fmt::Debug for Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("state", &self.engine.state)
            .field("failed", &self.engine.failed)
            .field("negotiated", &self.engine.negotiated)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
