//! What random sequences are about, and which commands that means.

/// What a sequence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Writes and their retries.
    Writes,
    /// The same, some of them wrong.
    WrongWrites,
    /// With KeyUpdates and tickets.
    Mixed,
    /// With both ends' shutdowns, the transport's end and fatal alerts.
    Shutdown,
    /// From before the handshake, or from before there is a role.
    Implicit,
    /// Everything, with misuse and failures.
    Faults,
    /// With handshakes in mid-connection, of TLS 1.2.
    Renegotiation,
    /// The same, with shutdowns, misuse and failures.
    RenegotiationFaults,
}

impl Profile {
    /// That of a seed: they take turns.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        match seed % 6 {
            0 => Self::Writes,
            1 => Self::WrongWrites,
            2 => Self::Mixed,
            3 => Self::Shutdown,
            4 => Self::Implicit,
            _ => Self::Faults,
        }
    }

    /// That of a seed in TLS 1.2: half of them are about renegotiation.
    #[must_use]
    pub const fn of_12(seed: u64) -> Self {
        match seed % 12 {
            0 => Self::Writes,
            1 => Self::WrongWrites,
            2 => Self::Shutdown,
            3 => Self::Implicit,
            4 => Self::Faults,
            5..=9 => Self::Renegotiation,
            _ => Self::RenegotiationFaults,
        }
    }

    /// How often each kind of command comes.
    pub(super) fn weights(self) -> Vec<(usize, Kind)> {
        let more: &[&[(usize, Kind)]] = match self {
            Self::Writes | Self::WrongWrites => &[],
            Self::Mixed => &[MIXED],
            Self::Shutdown => &[SHUTDOWN],
            Self::Implicit => &[IMPLICIT],
            Self::Faults => &[MIXED, FAULTS],
            Self::Renegotiation => &[RENEGOTIATION],
            Self::RenegotiationFaults => &[RENEGOTIATION, SHUTDOWN, FAULTS],
        };
        [ALWAYS, &more.concat()].concat()
    }
}

const ALWAYS: &[(usize, Kind)] = &[
    (42, Kind::Write),
    (11, Kind::Read),
    (4, Kind::Ask),
    (5, Kind::Modes),
    (20, Kind::SendBudget),
    (3, Kind::ReceiveBudget),
    (7, Kind::Drain),
    (7, Kind::PeerWrite),
    (1, Kind::Fragment),
];

const MIXED: &[(usize, Kind)] = &[
    (1, Kind::Shutdown),
    (3, Kind::KeyUpdate),
    (6, Kind::PeerKeyUpdate),
    (4, Kind::Ticket),
    (3, Kind::Read),
];

const SHUTDOWN: &[(usize, Kind)] = &[
    (6, Kind::Shutdown),
    (5, Kind::PeerShutdown),
    (2, Kind::End),
    (1, Kind::Fatal),
    (2, Kind::PeerKeyUpdate),
    (1, Kind::KeyUpdate),
    (1, Kind::Ticket),
];

const IMPLICIT: &[(usize, Kind)] = &[(4, Kind::SetState), (6, Kind::Drain), (2, Kind::Ask)];

const FAULTS: &[(usize, Kind)] = &[
    (2, Kind::End),
    (1, Kind::Fatal),
    (1, Kind::SendError),
    (1, Kind::PeerShutdown),
    (1, Kind::Stale),
    (1, Kind::Negative),
];

const RENEGOTIATION: &[(usize, Kind)] = &[
    (3, Kind::Renegotiate),
    (7, Kind::PeerRenegotiate),
    (2, Kind::PeerHandshake),
    (8, Kind::Drain),
    (10, Kind::Read),
    (4, Kind::PeerWrite),
    (3, Kind::Ask),
];

/// Kinds of commands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Write,
    Read,
    Ask,
    Modes,
    SendBudget,
    ReceiveBudget,
    Drain,
    PeerWrite,
    KeyUpdate,
    PeerKeyUpdate,
    Ticket,
    Renegotiate,
    PeerRenegotiate,
    PeerHandshake,
    Shutdown,
    PeerShutdown,
    End,
    SendError,
    Fatal,
    SetState,
    Fragment,
    Stale,
    Negative,
}
