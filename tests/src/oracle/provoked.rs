//! Whether the peer was given a reason to fail.

use super::trace::{Command, Config, Results, TestedRole};

/// Whether the peer has a reason to fail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Provoked {
    No,
    /// It has shut down once: another time it fails over data that it did not read.
    Almost,
    Yes,
    /// It has failed of itself in the recording.
    Failed,
}

impl Provoked {
    /// Whether it has sent the alert for which it has a reason.
    pub(super) fn has_failed(self) -> bool {
        self == Self::Failed
    }

    /// Whether an alert of its has a reason.
    pub(super) fn may_complain(self) -> bool {
        matches!(self, Self::Yes | Self::Failed)
    }

    /// After an operation.
    pub(super) fn then(self, command: &Command, recorded: &Results, config: &Config) -> Self {
        let failed = recorded.peer_error.as_deref() == Some("SSL");
        match (self, command) {
            _ if failed || self == Self::Failed => Self::Failed,
            (_, Command::PeerFatal) | (Self::Almost, Command::PeerShutdown) => Self::Yes,
            _ if renegotiates(command, config) => Self::Yes,
            (Self::No, Command::PeerShutdown) => Self::Almost,
            (provoked, _) => provoked,
        }
    }
}

/// Whether it may end in an alert that a handshake in mid-connection is asked for: a refusal is one, a client fails over it,
/// and a peer fails over data that it meets in its own.
fn renegotiates(command: &Command, config: &Config) -> bool {
    let by_peer = matches!(command, Command::PeerRenegotiate | Command::PeerHandshake);
    let refused = *command == Command::Renegotiate && !config.renegotiation;
    config.version == 12 && (by_peer || refused && config.role == TestedRole::Client)
}
