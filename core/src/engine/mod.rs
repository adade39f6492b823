//! The engine: what runs the state machines over lent bytes.
//!
//! It is generic over the role and the provider, never over the storage: there is one copy of its code. It works with
//! offsets into buffers that it is lent for each step ([`Loan`]); the shell around it turns them into slices.

mod alert;
mod authentication;
mod change_cipher_spec;
mod channel;
mod close;
mod context;
#[cfg(feature = "early-data")]
mod early;
mod handshake;
mod happening;
mod in_place;
mod key_update;
#[cfg(feature = "post-handshake-auth")]
mod late;
mod negotiated;
mod offer;
#[cfg(any(feature = "tls12", feature = "psk"))]
mod past;
#[cfg(feature = "psk")]
mod psk;
mod quiet;
mod read;
#[cfg(test)]
mod recorded;
mod role;
mod send;
mod settle;
mod shutdown;
mod space;
mod step;
#[cfg(feature = "tls12")]
mod tls12;
mod transcript;
mod write;

pub(crate) use authentication::signature_input;
pub(crate) use channel::{Channel, RecordSize};
pub(crate) use context::{Context, Message, Peer};
#[cfg(feature = "early-data")]
pub(crate) use early::{Early, EarlyPhase, EarlyStop};
pub(crate) use happening::Happening;
pub(crate) use key_update::{KeyUpdate, KeyUpdateStop};
#[cfg(any(feature = "tls12", feature = "psk"))]
pub use negotiated::SessionKind;
#[cfg(feature = "early-data")]
pub use negotiated::{EarlyData, EarlyDataRefusal};
pub use negotiated::{HelloRetry, Negotiated, ServerNameUse};
#[cfg(any(feature = "tls12", feature = "psk"))]
pub(crate) use past::Past;
#[cfg(feature = "early-data")]
pub(crate) use psk::{EarlyOffer, EarlyState};
#[cfg(feature = "psk")]
pub(crate) use psk::{MoreTickets, NewTicket, Origin, PskSlot, PskSpace, TicketStop, protocol};
#[cfg(feature = "psk")]
pub use psk::{Teller, Ticket};
pub(crate) use read::{Late, ReadStop};
#[cfg(feature = "post-handshake-auth")]
pub(crate) use role::LatePlace;
pub use role::Role;
pub(crate) use role::{LateMessage, Machine, Turn};
pub(crate) use send::{Hashing, Sent};
pub(crate) use shutdown::{Shut, ShutdownStop};
pub use space::HandshakeSpace;
#[cfg(feature = "tls12")]
pub(crate) use space::SIGNATURE_INPUT;
pub(crate) use space::{Middleboxes, SizeAnswer};
pub(crate) use step::{Answer, Ask, Step};
#[cfg(feature = "tls12")]
pub(crate) use tls12::Order;
#[cfg(feature = "tls12")]
pub(crate) use tls12::{
    MasterSecret, RenegotiateStop, Renegotiation, Renewal, SessionSlots, SignedHashes, Tls12, Tls12Space,
    VerifyData,
};
pub(crate) use write::{Retry, WriteStop};

use crate::config::Common;
#[cfg(any(feature = "tls12", feature = "psk"))]
use crate::crypto::CertificateDigest;
use crate::crypto::{MAX_DIGEST, Provider};
use crate::error::Error;
use crate::modes::read::ReadState;
use crate::modes::shutdown::ShutdownState;
use crate::modes::write::WriteState;
use crate::modes::{Modes, UnexpectedEnd};
use crate::record::incoming::{Incoming, IncomingPositions};
use crate::record::outgoing::{Outgoing, OutgoingPositions};
use crate::record::place::Position;
use crate::record::protection::KeySlot;
use crate::secret::Secret;

/// One end of a connection, all but what it is lent.
#[derive(Debug)]
pub(crate) struct Engine<R: Role> {
    pub(crate) state: R::State,
    /// The error of the connection; once there, for ever.
    pub(crate) failed: Option<Error>,
    pub(crate) channel: Channel,
    /// Bytes of the first incoming buffer: what the peer may send is fitted to it, and any later one takes as much.
    pub(crate) first_incoming: Position,
    pub(crate) incoming: IncomingPositions,
    pub(crate) outgoing: OutgoingPositions,
    pub(crate) negotiated: Negotiated,
    pub(crate) answer: Answer,
    pub(crate) exporter: Secret<MAX_DIGEST>,
    pub(crate) modes: Modes,
    /// Bytes of application data in a record of ours, at most.
    pub(crate) max_send_fragment: RecordSize,
    pub(crate) unexpected_end: UnexpectedEnd,
    pub(crate) write: WriteState,
    pub(crate) read: ReadState,
    pub(crate) shutdown: ShutdownState,
    pub(crate) retry: Retry,
    pub(crate) key_update: KeyUpdate,
    pub(crate) counters: Counters,
    pub(crate) tells: Tells,
    pub(crate) transport: Transport,
    #[cfg(feature = "post-handshake-auth")]
    pub(crate) late: late::Late,
    #[cfg(feature = "tls12")]
    pub(crate) renegotiation: Renegotiation,
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub(crate) past: Past,
    /// The certificate that the peer showed in the last handshake that is done, or had shown when its session began, if it
    /// did; of TLS 1.3 at a server alone.
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub(crate) peer_certificate: CertificateDigest,
    #[cfg(feature = "psk")]
    pub(crate) more_tickets: MoreTickets,
    #[cfg(feature = "early-data")]
    pub(crate) early: Early,
}

/// What a peer may do a limited number of times.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) change_cipher_specs: u8,
    pub(crate) warning_alerts: u8,
    /// Since the last application data.
    pub(crate) key_updates: u8,
    pub(crate) peer_update: PeerUpdate,
}

/// Whether the peer was asked to update a key that it has used much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PeerUpdate {
    #[default]
    NotAsked,
    Asked,
}

/// What the application has not been told yet.
#[derive(Debug, Default)]
pub(crate) struct Tells {
    pub(crate) connected: Tell,
    pub(crate) peer_closed: Tell,
}

/// One thing that is told once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tell {
    #[default]
    NotYet,
    Due,
    Told,
}

impl Tell {
    /// Whether to tell it now; afterwards it is told.
    pub(crate) fn take(&mut self) -> bool {
        let due = *self == Self::Due;
        if due {
            *self = Self::Told;
        }
        due
    }

    /// It has happened.
    pub(crate) fn happened(&mut self) {
        if *self == Self::NotYet {
            *self = Self::Due;
        }
    }
}

/// Whether more bytes can come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Transport {
    #[default]
    Open,
    Ended,
}

/// Takes bytes for the peer within a call, a socket's `write` for example: how many it took, 0 where it takes none now.
pub type Taker<'a> = &'a mut dyn FnMut(&[u8]) -> usize;

/// What the engine is lent for one step.
pub(crate) struct Loan<'a, R: Role, P: Provider> {
    pub(crate) config: &'a R::Config,
    pub(crate) provider: &'a mut P,
    pub(crate) space: Option<&'a mut HandshakeSpace<P>>,
    /// The transcript of the handshake, where authentication may follow it.
    #[cfg(feature = "post-handshake-auth")]
    pub(crate) late_transcript: Option<&'a mut Option<P::KeptHash>>,
    /// No bytes: no buffer is attached.
    pub(crate) incoming: Buffer<'a, P::AeadKey>,
    pub(crate) outgoing: Buffer<'a, P::AeadKey>,
    /// Who is offered the outgoing bytes within the call; none where they are fetched between calls.
    pub(crate) taker: Option<Taker<'a>>,
    /// Who is told tickets within the call; none where they are events or nothing.
    #[cfg(feature = "psk")]
    pub(crate) teller: Option<Teller<'a>>,
}

/// A lent buffer.
#[derive(Debug)]
pub(crate) struct Buffer<'a, K> {
    pub(crate) bytes: &'a mut [u8],
    pub(crate) key: KeySlot<'a, K>,
}

impl<R: Role, P: Provider> Loan<'_, R, P> {
    pub(crate) fn common(&self) -> &Common {
        R::common(self.config)
    }
}

impl<'a, K> Buffer<'a, K> {
    pub(crate) fn incoming<'b>(&'b mut self, at: &'b mut IncomingPositions) -> Incoming<'b, K> {
        Incoming { bytes: self.bytes, key: self.key.as_deref_mut(), at }
    }

    pub(crate) fn outgoing<'b>(&'b mut self, at: &'b mut OutgoingPositions) -> Outgoing<'b, K> {
        Outgoing { bytes: self.bytes, key: self.key.as_deref_mut(), at }
    }
}

impl<R: Role> Engine<R> {
    pub(crate) fn new(common: &Common, first_incoming: usize) -> Self {
        Self {
            state: R::start(),
            failed: None,
            channel: Channel::new(common),
            first_incoming: first_incoming.into(),
            incoming: IncomingPositions::default(),
            outgoing: OutgoingPositions::new(),
            negotiated: Negotiated::default(),
            answer: Answer::Waiting,
            exporter: Secret::empty(),
            modes: common.modes,
            max_send_fragment: common.max_send_fragment.into(),
            unexpected_end: common.unexpected_end,
            write: WriteState::default(),
            read: ReadState::default(),
            shutdown: ShutdownState::default(),
            retry: Retry::default(),
            key_update: KeyUpdate::None,
            counters: Counters::default(),
            tells: Tells::default(),
            transport: Transport::Open,
            #[cfg(feature = "post-handshake-auth")]
            late: late::Late::default(),
            #[cfg(feature = "tls12")]
            renegotiation: Renegotiation::default(),
            #[cfg(any(feature = "tls12", feature = "psk"))]
            past: Past::default(),
            #[cfg(any(feature = "tls12", feature = "psk"))]
            peer_certificate: CertificateDigest::NONE,
            #[cfg(feature = "psk")]
            more_tickets: MoreTickets::default(),
            #[cfg(feature = "early-data")]
            early: Early::default(),
        }
    }

    /// Whether the handshake is done.
    pub(crate) fn is_connected(&self) -> bool {
        matches!(R::turn(&self.state), Turn::Done)
    }
}
