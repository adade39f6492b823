//! Early data of a client, what a server answers it with, and what both ends export from it (RFC 8446, sections 2.3 and 7.5).

use core::fmt;
use core::ops::{Deref, DerefMut};

use super::Connection;
use super::event::Want;
use super::outcome::ExportError;
use crate::client::{self, Client};
use crate::config::{ClientConfig, Identities, ServerConfig};
use crate::crypto::{HashAlgorithm, Provider};
use crate::engine::{EarlyPhase, EarlyState, EarlyStop, HandshakeSpace, Peer, Role};
use crate::error::Error;
use crate::schedule::export;
use crate::server::Server;
use crate::storage::Storage;
use crate::wire::enums::CipherSuite;

/// Why early data, or what answers it, was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum EarlyDataError {
    /// No session that takes any is [offered](Connection::resume) first, or the handshake has begun without. A server has
    /// taken none.
    NotOffered,
    /// The server takes no more, or the time for it is over: it goes on as ordinary data, after the handshake.
    Over,
    /// Something else stands first; repeat the call after it.
    Blocked(Want),
    /// The connection failed.
    Failed(Error),
}

impl fmt::Display for EarlyDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOffered => f.write_str("no session that takes early data is offered"),
            Self::Over => f.write_str("no more early data can be sent"),
            Self::Blocked(want) => write!(f, "the early data waits: {want}"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for EarlyDataError {}

impl From<EarlyStop> for EarlyDataError {
    fn from(stop: EarlyStop) -> Self {
        match stop {
            EarlyStop::NotOffered => Self::NotOffered,
            EarlyStop::Over => Self::Over,
            EarlyStop::Blocked(step) => Self::Blocked(Want::of(step)),
            EarlyStop::Failed(error) => Self::Failed(error),
        }
    }
}

/// What early data of a client goes under: what the session was agreed on with (RFC 8446, section 4.2.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EarlyDataOffer<'a> {
    /// The cipher suite.
    pub cipher_suite: CipherSuite,
    /// The application protocol, if there was one.
    pub protocol: Option<&'a [u8]>,
    /// Bytes that the server says it takes.
    pub max: u32,
    /// Bytes of them that were not written yet.
    pub left: u32,
}

impl<T, P, C, H, I, O> Connection<Client<T>, P, C, H, I, O>
where
    T: Identities + fmt::Debug,
    P: Provider,
    C: Deref<Target = ClientConfig<T>>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Writes replayable early data, which leaves with the ClientHello; how much of it is sealed, one record's at most. Begins
    /// the handshake, with the session that was [offered](Connection::resume) before.
    ///
    /// **Whoever sees it can send it again, to any server that shares the ticket's key**, and who learns that key later can read
    /// it. It is for what may happen twice. The server may refuse it: [`Negotiated::early_data`](crate::Negotiated) says so after
    /// the handshake. It is never sent again by itself.
    ///
    /// # Errors
    /// [`EarlyDataError`]; all but `Failed` change nothing.
    pub fn write_early_data(&mut self, data: &[u8]) -> Result<usize, EarlyDataError> {
        if self.engine.early.phase == EarlyPhase::None && !self.may_offer() && self.engine.failed.is_none() {
            return Err(EarlyDataError::NotOffered);
        }
        let (engine, mut lent) = self.parts();
        Ok(engine.write_early_data(data, &mut lent)?)
    }

    /// Whether the hello can offer early data, or does. One that has begun to leave without it can't: its length is told already,
    /// or it is the second one (RFC 8446, section 4.2.10).
    fn may_offer(&self) -> bool {
        let offered = self.space.as_deref().is_some_and(|space| space.psk.early.state == EarlyState::Used);
        let state = &self.engine.state;
        matches!(state, client::State::Start(_))
            || offered && matches!(state, client::State::SendClientHello(_))
    }

    /// What early data would go under, where the session that is [offered](Connection::resume) first takes any; none once it is
    /// refused or ended, or the handshake has begun without.
    #[must_use]
    pub fn early_data_offer(&self) -> Option<EarlyDataOffer<'_>> {
        let early = &self.space.as_deref()?.psk.early;
        let cipher_suite = early.cipher_suite?;
        let may_go = match self.engine.early.phase {
            EarlyPhase::None => early.state != EarlyState::None && self.may_offer(),
            EarlyPhase::Open => true,
            EarlyPhase::Over => false,
        };
        if !may_go {
            return None;
        }
        let names = &self.config.common.protocols;
        let protocol = early.protocol.and_then(|place| names.iter().nth(usize::from(place)));
        let begun = self.engine.early.phase == EarlyPhase::Open;
        let left = if begun { self.engine.early.left } else { early.max };
        Some(EarlyDataOffer { cipher_suite, protocol, max: early.max, left })
    }
}

impl<P, C, H, I, O> Connection<Server, P, C, H, I, O>
where
    P: Provider,
    C: Deref<Target = ServerConfig>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Writes what answers early data before the handshake is done (0.5-RTT data; RFC 8446, section 2.3); how much of it is
    /// sealed, one record's at most. Early data that was taken and not read yet does not stand before it.
    ///
    /// **The client may be one who replays what another one sent.** It proves who it is with the end of the handshake: until
    /// then it is not to be told more than whoever saw the early data may know.
    ///
    /// # Errors
    /// [`EarlyDataError`]; all but `Failed` change nothing. After the handshake it is over, and
    /// [`write_app_data`](Connection::write_app_data) goes on.
    pub fn write_half_rtt_data(&mut self, data: &[u8]) -> Result<usize, EarlyDataError> {
        let (engine, mut lent) = self.parts();
        Ok(engine.write_half_rtt(data, &mut lent)?)
    }
}

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Whether early data flows: a client may write it, a server that has sent all of its own flight waits for more of it.
    #[must_use]
    pub fn is_in_early_data(&self) -> bool {
        match R::OWN {
            Peer::Client => self.engine.early.phase == EarlyPhase::Open,
            Peer::Server => R::takes_early_data(&self.engine.state),
        }
    }

    /// Bytes of early data that are there and were not consumed.
    #[must_use]
    pub fn pending_early_data(&self) -> usize {
        if self.engine.holds_early_data() { self.engine.incoming.plaintext().len() } else { 0 }
    }

    /// Keying material for what goes with early data (RFC 8446, section 7.5), as long as `out`. It is the same again when the
    /// early data is.
    ///
    /// # Errors
    /// [`ExportError`]; nothing of `out` may be used then.
    pub fn export_early_keying_material(
        &mut self,
        label: &[u8],
        context: &[u8],
        out: &mut [u8],
    ) -> Result<(), ExportError> {
        let Self { engine, provider, .. } = self;
        let exporter = engine.past.origin().map(|origin| &origin.early_exporter);
        let exporter = exporter.ok_or(ExportError::NotConnected)?;
        let hashes = [HashAlgorithm::Sha256, HashAlgorithm::Sha384];
        let algorithm = hashes.into_iter().find(|hash| hash.len() == exporter.as_bytes().len());
        let algorithm = algorithm.ok_or(ExportError::NotConnected)?;
        export(provider, algorithm, exporter, (label, context), out).map_err(ExportError::Crypto)
    }
}
