//! The peer's application: how much of what was sent it has taken.

/// The peer, as far as delivery goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Onlooker {
    Handshaking,
    Open,
    /// It has sent close_notify, and still reads.
    ShutDown,
    Failed,
}

/// What the peer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Reads,
    /// Writes, after it has read if it is in its handshake.
    Writes,
    Handshakes,
    /// Sends close_notify; the second time waits for ours, and fails if data stands before it.
    ShutsDown,
    /// Reads all that there is, with a record behind it that can't be decrypted. Behind half a record of the tested
    /// end's it would be taken for the other half, and is left away.
    Fails,
    SendsOther,
}

/// What the wire towards the peer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OnWire {
    /// Records of data that were not delivered.
    pub(super) untaken: usize,
    pub(super) end: WireEnd,
    pub(super) handshake: HandshakeSent,
}

/// How what was sent ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WireEnd {
    Whole,
    /// With half a record.
    Half,
}

/// Whether all of the tested end's handshake was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HandshakeSent {
    Part,
    All,
}

impl Onlooker {
    /// Takes a turn: whether what is on the wire is delivered.
    pub(super) fn takes(&mut self, turn: Turn, wire: OnWire) -> bool {
        let shakes = matches!(turn, Turn::Reads | Turn::Writes | Turn::Handshakes | Turn::Fails);
        let reads = match turn {
            Turn::Reads | Turn::Fails => true,
            Turn::Writes => *self == Self::Handshaking,
            Turn::Handshakes | Turn::ShutsDown | Turn::SendsOther => false,
        };
        if *self == Self::Handshaking && shakes && wire.handshake == HandshakeSent::All {
            *self = Self::Open;
        }
        let takes = reads && matches!(self, Self::Open | Self::ShutDown);
        *self = match (turn, *self) {
            (Turn::Fails, _) if wire.end == WireEnd::Whole => Self::Failed,
            (Turn::ShutsDown, Self::Open) => Self::ShutDown,
            (Turn::ShutsDown, Self::ShutDown) if wire.untaken > 0 => Self::Failed,
            (_, state) => state,
        };
        takes
    }
}
