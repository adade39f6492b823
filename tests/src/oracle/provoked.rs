//! Whether the peer was given a reason to fail.

use super::trace::{Command, Config, Results, TestedRole};

/// Whether the peer has a reason to fail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Provoked {
    No,
    /// It has shut down once: another time it fails over data that it did not read.
    Almost,
    /// It may fail, or it has failed of itself in the recording.
    Yes,
}

impl Provoked {
    /// Whether an alert of its has a reason.
    pub(super) fn may_complain(self) -> bool {
        self == Self::Yes
    }

    /// After an operation.
    pub(super) fn then(self, command: &Command, recorded: &Results, config: &Config) -> Self {
        let failed = recorded.peer_error.as_deref() == Some("SSL");
        match (self, command) {
            _ if failed => Self::Yes,
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
