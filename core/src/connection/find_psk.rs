//! The ask for a pre-shared key that a client offers (RFC 8446, section 4.2.11).

use core::fmt;

use pki_types::UnixTime;

use super::asked::Asked;
use super::event::{Event, Want};
use super::resume::SessionRefused;
use crate::config::{Common, Resumption};
use crate::crypto::{CertificateDigest, HashAlgorithm};
use crate::engine::{Answer, PskSpace};
#[cfg(feature = "early-data")]
use crate::engine::{EarlyOffer, EarlyState};
use crate::limits;
use crate::schedule::PskKind;
use crate::session::{BINDING, KeptPsk};
use crate::wire::client_hello::ClientHello;
use crate::wire::lists::U16List;
use crate::wire::pre_shared_key::{ImportedIdentity, OfferedPsks, PskIdentity};

/// Asks a server for the pre-shared key to go on with, if it knows one that the client offers.
///
/// What is found here the client must prove to have: one that can't ends the connection. So a ticket that does not open, or is
/// of another key, is answered with [none](FindPsk::none), as if it had not been offered.
#[must_use = "an ask that is dropped is offered again"]
pub struct FindPsk<'a> {
    offered: OfferedPsks<'a>,
    server_name: &'a str,
    cipher_suites: Option<U16List<'a>>,
    binding: &'a [u8; BINDING],
    #[cfg(feature = "early-data")]
    early_data: Option<()>,
    common: Option<&'a Common>,
    psk: &'a mut PskSpace,
    answer: &'a mut Answer,
}

/// The identity is not offered, or the key is empty or longer than [`limits::PSK`](crate::limits::PSK); the ask was answered
/// with none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PskRefused;

impl fmt::Display for PskRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pre-shared key can't be used")
    }
}

impl core::error::Error for PskRefused {}

impl fmt::Debug for FindPsk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FindPsk").field("server_name", &self.server_name).finish_non_exhaustive()
    }
}

impl<'a> FindPsk<'a> {
    /// The event of the ask about this ClientHello, which was parsed before.
    pub(super) fn offer(hello: &'a [u8], answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        let hello = ClientHello::parse(hello).ok();
        let content = hello.and_then(|hello| hello.extensions.pre_shared_key);
        let offered = content.and_then(|content| OfferedPsks::parse(content).ok());
        let (Some(offered), Some(origin)) = (offered, asked.origin) else {
            return Event::Want(Want::Nothing);
        };
        Event::FindPsk(Self {
            offered,
            server_name: asked.server_name,
            cipher_suites: hello.map(|hello| hello.cipher_suites),
            binding: &origin.binding,
            #[cfg(feature = "early-data")]
            early_data: hello.and_then(|hello| hello.extensions.early_data),
            common: asked.common,
            psk: asked.psk,
            answer,
        })
    }

    /// The identities that the client offers, in its order of preference: tickets, names of keys,
    /// [imported](ImportedIdentity) ones. Those that were imported for a hash that no suite fits are left out.
    pub fn identities(&self) -> impl Iterator<Item = PskIdentity<'a>> + use<'a> {
        let fitting = self.psk.fitting.clone();
        self.offered.iter().filter(move |psk| match ImportedIdentity::parse(psk.identity) {
            Ok(imported) => {
                HashAlgorithm::of_kdf(imported.target_kdf).is_some_and(|hash| fitting.contains(&hash))
            }
            Err(_) => true,
        })
    }

    /// Whether sessions go on that were sealed into their tickets; else those alone that are kept under them
    /// ([`Resumption::ById`]).
    #[must_use]
    pub fn takes_tickets(&self) -> bool {
        self.common.is_some_and(|common| common.resumption == Resumption::ByTicket)
    }

    /// Whether a suite with this hash may be chosen: a key of another is of no use.
    #[must_use]
    pub fn fits(&self, hash: HashAlgorithm) -> bool {
        self.psk.fitting.contains(&hash)
    }

    /// The name that the client asks for (RFC 6066, section 3).
    #[must_use]
    pub fn server_name(&self) -> Option<&'a str> {
        Some(self.server_name).filter(|name| !name.is_empty())
    }

    /// Whether this session, as [`KeepSession::encode`](super::KeepSession::encode) wrote it, may go on here.
    ///
    /// # Errors
    /// [`SessionRefused`]: why not.
    pub fn check(&self, session: &[u8], now: UnixTime) -> Result<(), SessionRefused> {
        self.parse(session, now).map(|_| ())
    }

    /// Goes on with the session of the identity with this index, as [`KeepSession::encode`](super::KeepSession::encode) wrote
    /// it. Where no suite fits, the handshake is a full one.
    ///
    /// # Errors
    /// [`SessionRefused`]: the ask was answered with none.
    pub fn resume(self, index: u16, session: &[u8], now: UnixTime) -> Result<(), SessionRefused> {
        let kept = match self.parse(session, now) {
            Ok(kept) => kept,
            Err(refused) => {
                self.none();
                return Err(refused);
            }
        };
        #[cfg(feature = "early-data")]
        if let Some(psk) = self.offered.iter().nth(usize::from(index)) {
            let place = self.common.and_then(|common| common.protocols.position(kept.protocol));
            note_early_data(&mut self.psk.early, (&kept, place), (psk.obfuscated_age, now));
        }
        let algorithm = HashAlgorithm::of(kept.cipher_suite);
        (self.psk.authenticated, self.psk.proof) = (kept.authenticated, kept.proof);
        self.psk.peer_certificate = CertificateDigest::new(kept.peer_certificate);
        self.found(index, kept.key, (PskKind::Resumption, algorithm))
            .map_err(|PskRefused| SessionRefused::Malformed)
    }

    fn parse<'s>(&self, session: &'s [u8], now: UnixTime) -> Result<KeptPsk<'s>, SessionRefused> {
        let kept = KeptPsk::parse(session).map_err(|_| SessionRefused::Malformed)?;
        if kept.binding != self.binding {
            return Err(SessionRefused::OtherPeer);
        }
        if !self.common.is_some_and(|common| kept.proof.does(common.external_keys)) {
            return Err(SessionRefused::OtherProof);
        }
        if !kept.is_fresh(now) {
            return Err(SessionRefused::Expired);
        }
        if !self.cipher_suites.is_some_and(|suites| suites.contains(kept.cipher_suite.0)) {
            return Err(SessionRefused::CipherSuite);
        }
        Ok(kept)
    }

    /// Whether the client sends early data, under the first identity.
    #[cfg(feature = "early-data")]
    #[must_use]
    pub const fn has_early_data(&self) -> bool {
        self.early_data.is_some()
    }

    /// As [`FindPsk::resume`], and takes the client's early data as [`Event::EarlyData`], as far as the configuration, the
    /// session and the age of its ticket allow it.
    ///
    /// **Early data can be replayed.** With this call the application says that nobody has used this ticket before, at any server
    /// that takes it (RFC 8446, section 8.1): who has early data of the same ticket is refused it. A ticket whose age is not what
    /// it should be, by more than [`limits::TICKET_AGE`](crate::limits::TICKET_AGE) seconds, counts as used; so a memory of
    /// [`limits::TICKET_MEMORY`](crate::limits::TICKET_MEMORY) seconds is enough, by the clock that says how old tickets are.
    ///
    /// # Errors
    /// [`SessionRefused`]: the ask was answered with none.
    #[cfg(feature = "early-data")]
    pub fn resume_with_replayable_early_data(
        self,
        index: u16,
        session: &[u8],
        now: UnixTime,
    ) -> Result<(), SessionRefused> {
        self.psk.early.state = EarlyState::Possible;
        self.resume(index, session, now)
    }

    /// Goes on with this external key, which belongs to this hash alone; SHA-256 where nothing else was agreed on.
    ///
    /// # Errors
    /// [`PskRefused`].
    pub fn external(self, index: u16, key: &[u8], hash: HashAlgorithm) -> Result<(), PskRefused> {
        self.found(index, key, (PskKind::External, hash))
    }

    /// Goes on with the key that is made of this external one for the [`ImportedIdentity`] with this index (RFC 9258). `hash`
    /// is the one that the external key belongs to.
    ///
    /// # Errors
    /// [`PskRefused`], also for an identity that is not imported for TLS 1.3.
    pub fn imported(self, index: u16, key: &[u8], hash: HashAlgorithm) -> Result<(), PskRefused> {
        let identity = self.offered.iter().nth(usize::from(index)).map_or(&[][..], |psk| psk.identity);
        if ImportedIdentity::parse(identity).is_err() {
            self.none();
            return Err(PskRefused);
        }
        self.found(index, key, (PskKind::Imported, hash))
    }

    fn found(self, index: u16, key: &[u8], kind: (PskKind, HashAlgorithm)) -> Result<(), PskRefused> {
        let offered = self.offered.binder(index).is_some();
        if !offered || !(1..=limits::PSK).contains(&key.len()) || !kind.1.is_of_a_suite() {
            self.none();
            return Err(PskRefused);
        }
        let slot = self.psk.found_slot();
        slot.set_key(key);
        (slot.kind, slot.algorithm) = kind;
        self.psk.selected = index;
        *self.answer = Answer::Accepted;
        Ok(())
    }

    /// There is none: the handshake goes on as if none had been offered.
    pub fn none(self) {
        self.psk.forget();
        *self.answer = Answer::Accepted;
    }

    /// Later: the ask comes again after [`resume_ask`](super::Connection::resume_ask).
    pub fn defer(self) {
        *self.answer = Answer::Deferred;
    }
}

/// Notes what a session with this application protocol says of early data, and the age of its ticket.
#[cfg(feature = "early-data")]
fn note_early_data(
    early: &mut EarlyOffer,
    (kept, place): (&KeptPsk<'_>, Option<u8>),
    (told, now): (u32, UnixTime),
) {
    let own = i64::try_from(kept.age(now)).unwrap_or(i64::MAX);
    let skew = i64::from(told.wrapping_sub(kept.age_add) / 1000).saturating_sub(own);
    early.max = kept.max_early_data;
    early.skew = i32::try_from(skew).unwrap_or(i32::MIN);
    // With a protocol that we don't know any more no suite is the right one.
    let known = kept.protocol.is_empty() || place.is_some();
    (early.cipher_suite, early.protocol) = (known.then_some(kept.cipher_suite), place);
}
