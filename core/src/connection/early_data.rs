//! Early data of a client, and what both ends export from it (RFC 8446, sections 2.3 and 7.5).

use core::fmt;
use core::ops::{Deref, DerefMut};

use super::Connection;
use super::event::Want;
use super::outcome::ExportError;
use crate::client::{self, Client};
use crate::config::{ClientConfig, Identities};
use crate::crypto::Provider;
use crate::engine::{EarlyPhase, EarlyStop, HandshakeSpace, Role};
use crate::error::Error;
use crate::schedule::export;
use crate::storage::Storage;

/// Why early data was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum EarlyDataError {
    /// No session that takes any is [offered](Connection::resume) first, or the handshake has begun without.
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
        let begins = matches!(self.engine.state, client::State::Start(_) | client::State::SendClientHello(_));
        if self.engine.early.phase == EarlyPhase::None && !begins && self.engine.failed.is_none() {
            return Err(EarlyDataError::NotOffered);
        }
        let (engine, mut lent) = self.parts();
        engine.write_early_data(data, &mut lent).map_err(|stop| match stop {
            EarlyStop::NotOffered => EarlyDataError::NotOffered,
            EarlyStop::Over => EarlyDataError::Over,
            EarlyStop::Blocked(step) => EarlyDataError::Blocked(Want::of(step)),
            EarlyStop::Failed(error) => EarlyDataError::Failed(error),
        })
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
        let algorithm = engine.early.algorithm().ok_or(ExportError::NotConnected)?;
        export(provider, algorithm, &engine.early.exporter, (label, context), out)
            .map_err(ExportError::Crypto)
    }
}
