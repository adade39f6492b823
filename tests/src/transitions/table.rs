//! What the table is made of.

use super::place::{Outcome, Place};
use super::stimulus::Stimulus as S;
use crate::insider::{Scenario, Version};
use crate::middle::End;

/// The alert where nothing else is said.
pub(super) const UNEXPECTED: Outcome = Outcome::Alert("unexpected_message");
const DECODE_ERROR: Outcome = Outcome::Alert("decode_error");
const BAD_MAC: Outcome = Outcome::Alert("bad_record_mac");

/// What becomes of something that does not end a connection with unexpected_message.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// What is said.
    pub stimulus: S,
    /// What becomes of it.
    pub once: Outcome,
    /// What becomes of it if it comes twice.
    pub twice: Outcome,
    /// What becomes of it in one record with what comes next.
    pub with_next: Outcome,
}

/// What is taken in clear where keys are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InClear {
    /// No keys are in force.
    NoKeys,
    /// TLS 1.3: nothing. Application data is what cannot be opened.
    Nothing,
    /// TLS 1.3: a change_cipher_spec, which says nothing (RFC 8446, section 5).
    ChangeCipherSpec,
    /// TLS 1.3: alerts as well, of a client that may have failed before it had keys.
    Alerts,
    /// TLS 1.2: nothing. Every record is one that can't be opened.
    Unopened,
}

/// A state, and what is taken in it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The state.
    pub place: Place,
    /// What is not refused with unexpected_message.
    pub cells: &'static [&'static [Cell]],
    /// What is taken in clear.
    pub in_clear: InClear,
}

impl Row {
    pub(super) const fn client(state: &'static str, scenario: Scenario, heard: usize) -> Self {
        let place = Place { end: End::Client, state, scenario, heard };
        Self { place, cells: &[], in_clear: InClear::NoKeys }
    }

    pub(super) const fn server(state: &'static str, scenario: Scenario, heard: usize) -> Self {
        let place = Place { end: End::Server, state, scenario, heard };
        Self { place, cells: &[], in_clear: InClear::NoKeys }
    }

    pub(super) const fn takes(self, cells: &'static [&'static [Cell]]) -> Self {
        Self { cells, ..self }
    }

    pub(super) const fn in_clear(self, in_clear: InClear) -> Self {
        Self { in_clear, ..self }
    }

    /// Whether its application is asked something here.
    #[must_use]
    pub fn is_ask(&self) -> bool {
        self.place.state.starts_with("Ask")
    }

    /// What is expected.
    #[must_use]
    pub fn cell(&self, stimulus: S) -> Cell {
        let found = self.cells.iter().copied().flatten().find(|cell| cell.stimulus == stimulus);
        let other = if self.is_ask() { Outcome::Unread } else { UNEXPECTED };
        found.copied().unwrap_or_else(|| cell(stimulus, other, [other; 2]))
    }

    /// What is expected in clear, where keys are in force.
    #[must_use]
    pub fn clear_cell(&self, stimulus: S) -> Outcome {
        let is_alert = stimulus.kind() == tidegate::wire::enums::ContentType::ALERT;
        match (self.in_clear, stimulus) {
            (InClear::Unopened, S::Heartbeat | S::UnknownRecord) => UNEXPECTED,
            (InClear::Unopened, _) | (_, S::Data | S::EmptyData) => BAD_MAC,
            (InClear::ChangeCipherSpec | InClear::Alerts, S::ChangeCipherSpec) => Outcome::Stays,
            (InClear::Alerts, _) if is_alert => self.cell(stimulus).once,
            _ => UNEXPECTED,
        }
    }

    /// The version of its handshake.
    #[must_use]
    pub fn version(&self) -> Version {
        self.place.version()
    }
}

pub(super) const fn cell(stimulus: S, once: Outcome, [twice, with_next]: [Outcome; 2]) -> Cell {
    Cell { stimulus, once, twice, with_next }
}

/// Leads to another state, in which neither it nor what comes next is taken, or next keys change.
pub(super) const fn moves(stimulus: S, state: &'static str) -> Cell {
    cell(stimulus, Outcome::To(state), [UNEXPECTED; 2])
}

/// The same, and what comes next leads on.
pub(super) const fn moves_on(stimulus: S, state: &'static str, next: &'static str) -> Cell {
    cell(stimulus, Outcome::To(state), [UNEXPECTED, Outcome::To(next)])
}

/// The same where keys change: what is said twice is under the old ones, and what follows in the same record is none.
pub(super) const fn changes_keys(stimulus: S, state: &'static str) -> Cell {
    cell(stimulus, Outcome::To(state), [BAD_MAC, UNEXPECTED])
}

/// Ends the connection with another alert.
pub(super) const fn fails(stimulus: S, alert: &'static str) -> Cell {
    cell(stimulus, Outcome::Alert(alert), [Outcome::Alert(alert); 2])
}

/// Always does the same.
pub(super) const fn always(stimulus: S, outcome: Outcome) -> Cell {
    cell(stimulus, outcome, [outcome; 2])
}

/// Is answered by another ClientHello; there is no second one.
pub(super) const RETRIES: Cell = cell(S::HelloRetryRequest, Outcome::Answers, [UNEXPECTED; 2]);

/// A change_cipher_spec that says nothing. One with two bytes is none.
pub(super) const PASSES_CCS: &[Cell] =
    &[cell(S::ChangeCipherSpec, Outcome::Stays, [Outcome::Stays, UNEXPECTED])];

/// An alert that ends the connection without another one.
const fn ends(stimulus: S) -> Cell {
    cell(stimulus, Outcome::Failed, [Outcome::Failed, DECODE_ERROR])
}

/// An alert that the connection goes on after. Two in a record are none.
const fn goes_on(stimulus: S, outcome: Outcome) -> Cell {
    cell(stimulus, outcome, [outcome, DECODE_ERROR])
}

/// The other half in the same record makes it whole.
const HALF_AN_ALERT: Cell = cell(S::HalfAnAlert, DECODE_ERROR, [DECODE_ERROR, Outcome::Failed]);

/// Alerts in a handshake of TLS 1.3: levels say nothing (RFC 8446, section 6).
pub(super) const ALERTS13: &[Cell] = &[
    ends(S::FatalAlert),
    ends(S::Warning),
    ends(S::CloseNotify),
    goes_on(S::UserCanceled, Outcome::Stays),
    HALF_AN_ALERT,
];

/// Alerts in a handshake of TLS 1.2, or while the version is open.
pub(super) const ALERTS12: &[Cell] = &[
    ends(S::FatalAlert),
    goes_on(S::Warning, Outcome::Stays),
    ends(S::CloseNotify),
    goes_on(S::UserCanceled, Outcome::Stays),
    HALF_AN_ALERT,
];

/// Data, and the end of it.
pub(super) const DATA: &[Cell] = &[always(S::Data, Outcome::Data), always(S::EmptyData, Outcome::Stays)];

/// What a connection of TLS 1.3 takes in either role.
pub(super) const CONNECTED13: &[Cell] = &[
    cell(S::KeyUpdate, Outcome::Stays, [Outcome::Stays, UNEXPECTED]),
    cell(S::KeyUpdateRequested, Outcome::Answers, [Outcome::Answers, UNEXPECTED]),
    ends(S::FatalAlert),
    ends(S::Warning),
    goes_on(S::CloseNotify, Outcome::Closed),
    goes_on(S::UserCanceled, Outcome::Stays),
    HALF_AN_ALERT,
];

/// What a connection of TLS 1.2 takes in either role.
pub(super) const CONNECTED12: &[Cell] = &[
    ends(S::FatalAlert),
    goes_on(S::Warning, Outcome::Stays),
    goes_on(S::CloseNotify, Outcome::Closed),
    goes_on(S::UserCanceled, Outcome::Stays),
    HALF_AN_ALERT,
];
