//! What Tidegate's OpenSSL-shaped face returns, command by command: the pure machines of [`tidegate::modes`] in drained
//! completion, under a transport that takes and gives records as its budgets say. No keys and no bytes.
//!
//! The machines decide; the model only answers their questions, from counters. Where a result is not OpenSSL 3.0's, it
//! names the deviation that made it so.

mod control;
mod handshake;
mod incoming;
mod onlooker;
mod read;
mod renegotiation;
mod retry;
mod row;
mod sending;
mod shutdown;
mod status;
mod step;
mod write;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use tidegate::modes::read::ReadState;
use tidegate::modes::shutdown::ShutdownState;
use tidegate::modes::write::WriteState;
use tidegate::modes::{Modes, UnexpectedEnd};

use super::record::Content;
use super::trace::{Config, Span, Start, TestedRole};
use control::{KeyUpdate, Tickets};
use handshake::Progress;
use incoming::Incoming;
use onlooker::Onlooker;
use renegotiation::Renegotiation;
use retry::Place;
pub use row::Row;
use sending::Sending;
use status::{Peer, Status};

/// The tested end, as far as its results need it.
#[derive(Clone, Debug)]
pub struct Model {
    config: Config,
    role: TestedRole,
    modes: Modes,
    context_modes: Modes,
    split: usize,
    fragment: Fragment,
    unexpected_end: UnexpectedEnd,
    progress: Progress,
    renegotiation: Renegotiation,
    write: WriteState,
    read: ReadState,
    shutdown: ShutdownState,
    sending: Sending,
    incoming: Incoming,
    /// Contents of the current record that were not looked at.
    contents: VecDeque<Content>,
    /// Unread bytes of the current content.
    rest: usize,
    /// Bytes that a write or a handshake met in a renegotiation: the next reads get them.
    ahead: usize,
    /// The message that was met and not processed.
    message: Option<Content>,
    key_update: KeyUpdate,
    tickets: Tickets,
    place: Option<Place>,
    status: Status,
    says_shutdown: Said,
    told_shutdown: Said,
    peer: Peer,
    life: Life,
    stale: Stale,
    accepted: usize,
    taken: usize,
    onlooker: Onlooker,
    delivery: Delivery,
    delivered: usize,
    rows: Vec<Row>,
}

/// What the model predicts of an operation; what is not recorded of it is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predicted {
    /// What the call returns.
    pub ret: Option<i64>,
    /// Bytes that `SSL_write_ex` or `SSL_read_ex` reports.
    pub count: Option<usize>,
    /// A mask, or the result of `SSL_pending`.
    pub value: Option<i64>,
    /// `SSL_get_error` right after the call.
    pub error: Option<&'static str>,
    /// `SSL_want` after the call.
    pub want: Option<&'static str>,
    /// Bytes that the tested end has reported written so far.
    pub accepted: usize,
    /// Plaintext lengths of the application records completed on the wire in this operation.
    pub wire: Vec<usize>,
    /// Bytes that the tested end has read so far.
    pub read: usize,
    /// The shutdown flags: 1 own, 2 the peer's.
    pub shutdown: u8,
    /// Whether the connection failed. A transport that failed is none of its errors.
    pub fatal: bool,
    /// The modes of the connection.
    pub mode: u32,
    /// After a command of the peer: bytes delivered to its application so far.
    pub delivered: Option<usize>,
    /// Which bytes that command delivered, or let it be delivered.
    pub delivered_data: Vec<Span>,
    /// Whether that is what it delivered.
    pub delivery: Delivery,
    /// The deviations that this operation used.
    pub rows: Vec<Row>,
}

/// Whether it is known what a command of the peer's delivers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// It is.
    #[default]
    Known,
    /// A renegotiation was begun: what the peer's application takes depends on how far it is in that, which is no matter
    /// of the tested end. It takes, in order, of what was sent.
    AsSeen,
}

/// Whether the application has called `SSL_shutdown`, and whether it was told that our close_notify has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    No,
    Yes,
}

/// Whether a foreign error is in the thread's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stale {
    No,
    Yes,
}

/// Whether OpenSSL's buffer for writing has the size that was set last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fragment {
    Settled,
    Changed,
}

/// Whether the connection has failed: then every call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Alive,
    Failed,
}

/// The two forms of a call: bytes as the result, or success as the result and bytes beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Ex,
}

impl Model {
    /// The tested end of a trace with this configuration, before its first command.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let modes = Modes::from_bits(config.modes);
        let split = if config.split == 0 { config.fragment } else { config.split };
        let unexpected_end =
            if config.ignore_unexpected_end { UnexpectedEnd::Ignore } else { UnexpectedEnd::Fatal };
        let onlooker = if config.start == Start::Done { Onlooker::Open } else { Onlooker::Handshaking };
        Self {
            role: config.role,
            config: *config,
            modes,
            context_modes: modes,
            split: split.min(config.fragment),
            fragment: Fragment::Settled,
            unexpected_end,
            progress: Progress::new(config),
            renegotiation: Renegotiation::new(config),
            write: WriteState::default(),
            read: ReadState::default(),
            shutdown: ShutdownState::default(),
            sending: Sending::new(),
            incoming: Incoming::new(config),
            contents: VecDeque::new(),
            rest: 0,
            ahead: 0,
            message: None,
            key_update: KeyUpdate::None,
            tickets: Tickets::default(),
            place: None,
            status: Status::QUIET,
            says_shutdown: Said::No,
            told_shutdown: Said::No,
            peer: Peer::Open,
            life: Life::Alive,
            stale: Stale::No,
            accepted: 0,
            taken: 0,
            onlooker,
            delivery: Delivery::Known,
            delivered: 0,
            rows: Vec::new(),
        }
    }

    /// Records that the peer put into the inbound queue since the last call, each with its contents, as seen on the
    /// wire.
    pub fn arrived(&mut self, records: &[Vec<Content>]) {
        records.iter().for_each(|record| self.incoming.arrived(record));
    }

    fn used(&mut self, row: Row) {
        if !self.rows.contains(&row) {
            self.rows.push(row);
        }
    }
}
