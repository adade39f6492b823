//! The pre-shared keys of a handshake.

use core::ops::Range;

use heapless::Vec;

use crate::copy::copy;
use crate::crypto::{CertificateDigest, HashAlgorithm, MAX_DIGEST};
use crate::limits;
use crate::schedule::PskKind;
use crate::secret::{Secret, wipe_bytes};
use crate::session::Proof;
#[cfg(feature = "early-data")]
use crate::wire::enums::CipherSuite;

/// A key, and what is said of it. An empty key is none.
#[derive(Debug)]
pub(crate) struct PskSlot {
    pub(crate) key: Secret<{ limits::PSK }>,
    pub(crate) kind: PskKind,
    /// The hash that the key is used with, or that an external one belongs to.
    pub(crate) algorithm: HashAlgorithm,
    /// Milliseconds, with what hides them; of a session alone.
    pub(crate) age: u32,
    pub(crate) binder: Secret<MAX_DIGEST>,
    identity: Range<usize>,
}

/// The slots of a handshake space that are for pre-shared keys.
#[derive(Debug)]
pub(crate) struct PskSpace {
    /// What a client offers, in this order; at a server the first is the one found.
    slots: [PskSlot; limits::PSKS],
    /// The place, among the client's, of the key that a server found.
    pub(crate) selected: u16,
    /// The hashes of the suites that a server may choose.
    pub(crate) fitting: Vec<HashAlgorithm, 2>,
    /// When the peer proved who it is, as the session that may go on says.
    pub(crate) authenticated: u64,
    /// By what it did.
    pub(crate) proof: Proof,
    /// The certificate that the client showed in the handshake that the session goes back to.
    pub(crate) peer_certificate: CertificateDigest,
    /// The identities that a client offers, one behind the other; the ticket that a server gives.
    pub(crate) identities: Vec<u8, { limits::TICKET }>,
    pub(crate) new_ticket: NewTicket,
    #[cfg(feature = "early-data")]
    pub(crate) early: EarlyOffer,
}

/// The early data of a session: what a client offers, what a server's application lets it take.
#[cfg(feature = "early-data")]
#[derive(Debug, Default)]
pub(crate) struct EarlyOffer {
    pub(crate) state: EarlyState,
    /// The suite that the session was made under.
    pub(crate) cipher_suite: Option<CipherSuite>,
    /// The place of the session's application protocol in our list.
    pub(crate) protocol: Option<u8>,
    pub(crate) max: u32,
    /// Seconds by which the ticket is older by the client's clock than by ours; at a server.
    pub(crate) skew: i32,
    /// The secret that the client's early data is protected with, until it is in force.
    pub(crate) traffic: Secret<MAX_DIGEST>,
}

/// Whether there is early data.
#[cfg(feature = "early-data")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EarlyState {
    #[default]
    None,
    /// The session takes it; a server's application lets it in.
    Possible,
    /// A client offers it.
    Used,
}

/// The ticket that a server gives.
#[derive(Debug, Default)]
pub(crate) struct NewTicket {
    /// How many more are given.
    pub(crate) left: u8,
    /// Whether the client can use them.
    pub(crate) usable: Option<()>,
    pub(crate) lifetime: u32,
    pub(crate) age_add: u32,
    pub(crate) nonce: [u8; 2],
    /// The key that goes with it.
    pub(crate) key: Secret<MAX_DIGEST>,
    /// Under which the server keeps the session; empty where it seals it.
    pub(crate) id: Vec<u8, 32>,
}

impl PskSlot {
    const fn empty() -> Self {
        Self {
            key: Secret::empty(),
            kind: PskKind::Resumption,
            algorithm: HashAlgorithm::Sha256,
            age: 0,
            binder: Secret::empty(),
            identity: 0..0,
        }
    }

    pub(crate) const fn is_there(&self) -> bool {
        !self.key.is_empty()
    }

    /// Takes this key.
    pub(crate) fn set_key(&mut self, key: &[u8]) {
        copy(self.key.fill(key.len()), key);
    }

    pub(crate) fn wipe(&mut self) {
        self.key.wipe();
        self.binder.wipe();
    }
}

impl PskSpace {
    pub(crate) const fn new() -> Self {
        Self {
            slots: [const { PskSlot::empty() }; limits::PSKS],
            selected: 0,
            fitting: Vec::new(),
            authenticated: 0,
            proof: Proof::Certificate,
            peer_certificate: CertificateDigest::NONE,
            identities: Vec::new(),
            new_ticket: NewTicket {
                left: 0,
                usable: None,
                lifetime: 0,
                age_add: 0,
                nonce: [0; 2],
                key: Secret::empty(),
                id: Vec::new(),
            },
            #[cfg(feature = "early-data")]
            early: EarlyOffer {
                state: EarlyState::None,
                cipher_suite: None,
                protocol: None,
                max: 0,
                skew: 0,
                traffic: Secret::empty(),
            },
        }
    }

    /// Offers early data, where the session that is offered first takes it; whether it does.
    #[cfg(feature = "early-data")]
    pub(crate) fn offer_early_data(&mut self) -> bool {
        if self.early.state == EarlyState::None {
            return false;
        }
        self.early.state = EarlyState::Used;
        true
    }

    /// The slot for one more key with this identity; none where the one or the other has no room.
    pub(crate) fn add(&mut self, identity: &[u8]) -> Option<&mut PskSlot> {
        let slot = self.slots.iter_mut().find(|slot| !slot.is_there())?;
        let start = self.identities.len();
        self.identities.extend_from_slice(identity).ok()?;
        slot.identity = start..self.identities.len();
        Some(slot)
    }

    /// The keys that are offered, in order.
    pub(crate) fn offered(&self) -> impl Iterator<Item = &PskSlot> {
        self.slots.iter().filter(|slot| slot.is_there())
    }

    /// As [`PskSpace::offered`], to be changed.
    pub(crate) fn offered_mut(&mut self) -> impl Iterator<Item = &mut PskSlot> {
        self.slots.iter_mut().filter(|slot| slot.is_there())
    }

    /// The identity of a key.
    pub(crate) fn identity(&self, slot: &PskSlot) -> &[u8] {
        self.identities.get(slot.identity.clone()).unwrap_or_default()
    }

    /// The key that a server found, if it did.
    pub(crate) fn found(&self) -> Option<&PskSlot> {
        self.slots.first().filter(|slot| slot.is_there())
    }

    /// The slot for the key that a server finds.
    pub(crate) fn found_slot(&mut self) -> &mut PskSlot {
        let [first, ..] = &mut self.slots;
        first
    }

    /// The keys are not needed any more.
    pub(crate) fn forget_keys(&mut self) {
        self.slots.iter_mut().for_each(PskSlot::wipe);
    }

    /// Nothing is offered or found any more.
    pub(crate) fn forget(&mut self) {
        self.forget_offer();
        #[cfg(feature = "early-data")]
        {
            self.early = EarlyOffer::default();
        }
    }

    /// As [`PskSpace::forget`], but for early data.
    pub(crate) fn forget_offer(&mut self) {
        self.forget_keys();
        wipe_bytes(&mut self.identities);
        self.identities.clear();
        (self.authenticated, self.proof) = (0, Proof::Certificate);
        self.peer_certificate = CertificateDigest::NONE;
    }

    pub(crate) fn wipe(&mut self) {
        self.forget();
        self.new_ticket.key.wipe();
        (self.new_ticket.left, self.new_ticket.usable) = (0, None);
        self.new_ticket.id.clear();
    }
}
