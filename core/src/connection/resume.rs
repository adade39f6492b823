//! A client's offer to go on with a session of before.

use core::fmt;
use core::ops::{Deref, DerefMut};

use pki_types::UnixTime;

use super::Connection;
use crate::client::{self, Client};
#[cfg(feature = "psk")]
use crate::config::Common;
use crate::config::{ClientConfig, Identities, Resumption};
#[cfg(feature = "psk")]
use crate::crypto::HashAlgorithm;
use crate::crypto::Provider;
#[cfg(feature = "early-data")]
use crate::engine::EarlyState;
use crate::engine::HandshakeSpace;
#[cfg(feature = "tls12")]
use crate::engine::Renewal;
#[cfg(feature = "tls12")]
use crate::negotiation::selection12::is_usable;
#[cfg(feature = "psk")]
use crate::schedule::PskKind;
#[cfg(feature = "psk")]
use crate::session::KeptPsk;
#[cfg(feature = "tls12")]
use crate::session::KeptSession;
use crate::storage::Storage;
#[cfg(feature = "psk")]
use crate::wire::enums::CipherSuite;

/// Why a session can't be used. A full handshake does without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionRefused {
    /// The bytes are no session of this library's.
    Malformed,
    /// It was made for another name, or under another [`session_context`](crate::config::Common::session_context).
    OtherPeer,
    /// Its peer proved who it is by an external key where those do not count, or by anything else where nothing else does
    /// ([`Common::external_keys`](crate::config::Common)).
    #[cfg(feature = "psk")]
    OtherProof,
    /// Its time is over, or has not begun.
    Expired,
    /// This end does not resume sessions now: it is not configured to, or the handshake has begun.
    NotNow,
    /// The client does not offer the suite of the session any more, or this end does not have it.
    CipherSuite,
}

impl fmt::Display for SessionRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the bytes are no session",
            Self::OtherPeer => "the session belongs to another name or configuration",
            #[cfg(feature = "psk")]
            Self::OtherProof => "the session goes back to another kind of key",
            Self::Expired => "the session has expired",
            Self::NotNow => "no session can be resumed now",
            Self::CipherSuite => "the cipher suite of the session is not offered",
        })
    }
}

impl core::error::Error for SessionRefused {}

impl<T, P, C, H, I, O> Connection<Client<T>, P, C, H, I, O>
where
    T: Identities + fmt::Debug,
    P: Provider,
    C: Deref<Target = ClientConfig<T>>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Offers to go on with a session of this peer, before the handshake begins. The server decides;
    /// [`Negotiated::session`](crate::Negotiated) says what it decided. The bytes are those of `Session::encode` (TLS 1.2) or
    /// of [`Ticket::encode`](super::Ticket) (TLS 1.3), at most one of each. A session of TLS 1.3 is to be offered once: who
    /// sees a ticket twice knows that it is the same client's (RFC 8446, appendix C.4).
    ///
    /// # Errors
    /// [`SessionRefused`]; the handshake will be a full one.
    pub fn resume(&mut self, session: &[u8], now: UnixTime) -> Result<(), SessionRefused> {
        let begun = !matches!(self.engine.state, client::State::Start(_));
        if begun || self.config.common.resumption == Resumption::Off {
            return Err(SessionRefused::NotNow);
        }
        #[cfg(feature = "psk")]
        if let Ok(kept) = KeptPsk::parse(session) {
            return self.resume_tls13(&kept, now);
        }
        #[cfg(feature = "tls12")]
        return self.resume_tls12(session, now);
        #[cfg(not(feature = "tls12"))]
        Err(SessionRefused::Malformed)
    }

    #[cfg(feature = "tls12")]
    fn resume_tls12(&mut self, session: &[u8], now: UnixTime) -> Result<(), SessionRefused> {
        let kept = KeptSession::parse(session).map_err(|_| SessionRefused::Malformed)?;
        let common = &self.config.common;
        let by_ticket = !kept.ticket.is_empty();
        if !common.allowed_versions().has_tls12() || by_ticket && common.resumption != Resumption::ByTicket {
            return Err(SessionRefused::NotNow);
        }
        let space = self.space.as_deref_mut().ok_or(SessionRefused::NotNow)?;
        if kept.server_name != space.server_name.as_str() || *kept.context != *common.session_context {
            return Err(SessionRefused::OtherPeer);
        }
        if !kept.is_fresh(now) {
            return Err(SessionRefused::Expired);
        }
        if !is_usable(kept.cipher_suite, common, P::SUITES) {
            return Err(SessionRefused::CipherSuite);
        }
        space.tls12.session.keep(&kept, Renewal::None).ok_or(SessionRefused::Malformed)?;
        space.keep_session_id(kept.session_id).map_err(|_| SessionRefused::Malformed)
    }

    #[cfg(feature = "psk")]
    fn resume_tls13(&mut self, kept: &KeptPsk<'_>, now: UnixTime) -> Result<(), SessionRefused> {
        let Self { engine, provider, config, space, .. } = self;
        let common = &config.common;
        #[cfg(feature = "tls12")]
        if !common.allowed_versions().has_tls13() {
            return Err(SessionRefused::NotNow);
        }
        let space = space.as_deref_mut().ok_or(SessionRefused::NotNow)?;
        let origin = engine.past.origin_mut().ok_or(SessionRefused::NotNow)?;
        let bound = origin.bind(provider, &space.server_name, &common.session_context);
        if bound.is_err() || *kept.binding != origin.binding {
            return Err(SessionRefused::OtherPeer);
        }
        let algorithm = check_tls13(kept, common, P::SUITES, now)?;
        let offered = kept.key.len() == algorithm.len() && !kept.ticket.is_empty();
        let slot = space.psk.add(kept.ticket).filter(|_| offered).ok_or(SessionRefused::Malformed)?;
        slot.set_key(kept.key);
        (slot.kind, slot.algorithm) = (PskKind::Resumption, algorithm);
        slot.age = kept.obfuscated_age(now);
        (space.psk.authenticated, space.psk.proof) = (kept.authenticated, kept.proof);
        #[cfg(feature = "early-data")]
        {
            let place = common.protocols.position(kept.protocol);
            let first = space.psk.offered().count() == 1;
            let offered =
                common.cipher_suites.is_empty() || common.cipher_suites.contains(&kept.cipher_suite);
            let usable = offered && P::SUITES.contains(&kept.cipher_suite);
            if first && usable && (kept.protocol.is_empty() || place.is_some()) && kept.max_early_data > 0 {
                let early = &mut space.psk.early;
                (early.state, early.max) = (EarlyState::Possible, kept.max_early_data);
                (early.cipher_suite, early.protocol) = (Some(kept.cipher_suite), place);
            }
        }
        Ok(())
    }
}

/// Whether a session may be offered under this configuration; its hash.
#[cfg(feature = "psk")]
fn check_tls13(
    kept: &KeptPsk<'_>,
    common: &Common,
    provided: &[CipherSuite],
    now: UnixTime,
) -> Result<HashAlgorithm, SessionRefused> {
    if !kept.proof.does(common.external_keys) {
        return Err(SessionRefused::OtherProof);
    }
    if !kept.is_fresh(now) {
        return Err(SessionRefused::Expired);
    }
    let algorithm = HashAlgorithm::of(kept.cipher_suite);
    let mut usable = provided.iter().filter(|suite| HashAlgorithm::of(**suite) == algorithm);
    if !usable.any(|suite| common.cipher_suites.is_empty() || common.cipher_suites.contains(suite)) {
        return Err(SessionRefused::CipherSuite);
    }
    Ok(algorithm)
}
