//! Where things lie in the incoming buffer, and what of it is lent out.

use core::ops::Range;

use crate::error::{Error, PeerMisbehaved};
use crate::record::place::{Place, Position};
use crate::record::shift::shift_down;
use crate::wire::record_header::{RECORD_HEADER, RecordHeader};

/// Positions in the incoming buffer.
#[derive(Debug, Default)]
pub(crate) struct IncomingPositions {
    pub(super) messages: Place,
    pub(super) raw: Place,
    pub(super) held: Held,
    /// Records without content since the last with some.
    pub(super) empty_records: u8,
    /// Whether the first record was seen to be one.
    pub(super) is_tls: bool,
    /// Bytes of the buffer that were ever written to.
    used: Position,
}

/// What of the buffer is lent out, so that nothing may move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Held {
    #[default]
    Nothing,
    /// A handshake message of this many bytes, at the start of `messages`.
    Message { length: Position },
    /// Plaintext not taken yet, and where its record ends.
    Data { plaintext: Place, record_end: Position },
}

/// What the record that comes next lacks, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// So many of its header: how long it is is not known yet.
    Header(usize),
    /// So many of its body.
    Body(usize),
}

impl Missing {
    /// How many bytes, of whatever.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Header(bytes) | Self::Body(bytes) => bytes,
        }
    }
}

/// Says that no handshake bytes follow in the record of the message just handled. Only this layer makes it, and keys
/// change only where it is shown (RFC 8446, section 5.1).
#[derive(Debug)]
#[cfg_attr(not(feature = "tls12"), expect(unreachable_pub, reason = "only the machines of TLS 1.2 name it"))]
pub struct RecordBoundary(());

impl IncomingPositions {
    /// Whether the buffer holds nothing that is needed.
    pub(crate) fn is_idle(&self) -> bool {
        self.messages.is_empty() && self.raw.is_empty() && self.held == Held::Nothing
    }

    /// Whether raw bytes wait that were not looked at yet: those of a record whose plaintext is being taken were.
    pub(crate) fn has_raw(&self) -> bool {
        self.unopened().start < self.raw.end()
    }

    /// Where the raw bytes are of which no record was opened yet.
    fn unopened(&self) -> Range<usize> {
        let start = match self.held {
            Held::Data { record_end, .. } => record_end.get(),
            Held::Nothing | Held::Message { .. } => self.raw.start(),
        };
        start..self.raw.end()
    }

    /// The plaintext that waits to be taken; empty if there is none.
    pub(crate) fn plaintext(&self) -> Range<usize> {
        match self.held {
            Held::Data { plaintext, .. } => plaintext.range(),
            Held::Nothing | Held::Message { .. } => 0..0,
        }
    }

    /// The held message, header included; empty if there is none.
    pub(crate) fn message(&self) -> Range<usize> {
        let start = self.messages.start();
        match self.held {
            Held::Message { length } => start..start.saturating_add(length.get()),
            Held::Nothing | Held::Data { .. } => 0..0,
        }
    }

    /// Takes `count` bytes of plaintext; the record goes with its last byte.
    pub(crate) fn take_plaintext(&mut self, count: usize) {
        if let Held::Data { plaintext, record_end } = &mut self.held {
            plaintext.advance(count);
            if plaintext.is_empty() {
                self.raw.set_start(record_end.get());
                self.held = Held::Nothing;
            }
        }
    }

    /// Lets the held message go.
    pub(crate) fn release_message(&mut self) {
        if let Held::Message { length } = self.held {
            self.messages.advance(length.get());
            self.held = Held::Nothing;
        }
    }

    /// Lets the held message stay, to be met again.
    #[cfg(any(feature = "tls12", feature = "post-handshake-auth"))]
    pub(crate) fn put_message_back(&mut self) {
        if let Held::Message { .. } = self.held {
            self.held = Held::Nothing;
        }
    }

    /// Proof that no message has begun that is not whole.
    #[cfg(feature = "tls12")]
    pub(crate) fn message_boundary(&self) -> Result<RecordBoundary, Error> {
        if self.messages.is_empty() {
            Ok(RecordBoundary(()))
        } else {
            Err(PeerMisbehaved::UnexpectedMessage.into())
        }
    }

    /// Whether a message is held.
    #[cfg(feature = "tls12")]
    pub(crate) const fn has_message(&self) -> bool {
        matches!(self.held, Held::Message { .. })
    }

    /// Proof that the held message is the last of its record.
    pub(crate) fn record_boundary(&self) -> Result<RecordBoundary, Error> {
        if self.message().end == self.messages.end() {
            Ok(RecordBoundary(()))
        } else {
            Err(PeerMisbehaved::KeyChangeInsideRecord.into())
        }
    }

    /// Forgets everything: nothing that may still come is of interest.
    pub(crate) fn clear(&mut self) {
        *self = Self { is_tls: self.is_tls, used: self.used, ..Self::default() };
    }

    /// Begins anew with another buffer. Only where nothing is held in this one.
    pub(crate) fn forget_buffer(&mut self) {
        (self.messages, self.raw, self.used) = (Place::NONE, Place::NONE, Position::ZERO);
    }

    /// Bytes of the buffer that were ever written to, for wiping.
    pub(crate) fn used(&self) -> usize {
        self.used.get()
    }

    /// What the first raw record lacks; nothing of its body where it is whole.
    pub(crate) fn missing(&self, buffer: &[u8]) -> Missing {
        let raw = buffer.get(self.unopened()).unwrap_or_default();
        match raw.first_chunk::<RECORD_HEADER>() {
            Some(header) => {
                let total = usize::from(RecordHeader::parse(*header).length).saturating_add(RECORD_HEADER);
                Missing::Body(total.saturating_sub(raw.len()))
            }
            None => Missing::Header(RECORD_HEADER.saturating_sub(raw.len())),
        }
    }

    /// Where there is room for more bytes: none only while a whole record waits.
    pub(crate) fn make_space(&mut self, buffer: &mut [u8]) -> usize {
        if self.held == Held::Nothing && self.is_worth_compacting(buffer) {
            self.compact(buffer);
        }
        self.raw.end()
    }

    /// Whether no more bytes would be moved than have gone since, or the next record can't be had otherwise. To move all that
    /// waits for each short record that goes would cost quadratic work.
    fn is_worth_compacting(&self, buffer: &[u8]) -> bool {
        let moved = self.messages.len().saturating_add(self.raw.len());
        let gone = self.raw.end().saturating_sub(moved);
        let room = buffer.len().saturating_sub(self.raw.end());
        gone >= moved || self.missing(buffer).bytes() > room
    }

    /// Says that `count` bytes were put there, in a buffer of this length.
    pub(crate) fn filled(&mut self, count: usize, length: usize) {
        self.raw.set_end(self.raw.end().saturating_add(count).min(length));
        self.used = self.used.max(self.raw.end().into());
    }

    /// Moves what is there to the front. Only where nothing is held.
    fn compact(&mut self, buffer: &mut [u8]) {
        if self.messages.is_empty() {
            self.messages = Place::NONE;
        }
        let (messages, raw) = (self.messages.range(), self.raw.range());
        if messages.start > 0 && messages.end <= buffer.len() {
            shift_down(buffer, messages.clone(), 0);
        }
        self.messages = (0..messages.len()).into();
        if raw.is_empty() {
            self.raw = (messages.len()..messages.len()).into();
        } else if raw.start > messages.len() && raw.end <= buffer.len() {
            shift_down(buffer, raw.clone(), messages.len());
            self.raw = (messages.len()..messages.len().saturating_add(raw.len())).into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::IncomingPositions;

    /// Makes room in a buffer of 100 bytes that ends with these, of which so many are messages; where the rest begins then.
    fn moved(messages: usize, raw: &[u8]) -> usize {
        let mut buffer = [0; 100];
        let start = buffer.len() - raw.len();
        buffer[start..].copy_from_slice(raw);
        let mut at = IncomingPositions {
            messages: (10..10 + messages).into(),
            raw: (start..100).into(),
            ..Default::default()
        };
        assert_eq!(at.make_space(&mut buffer), at.raw.end());
        assert_eq!(&buffer[at.raw.range()], raw);
        at.raw.start()
    }

    #[test]
    fn what_waits_is_moved_once_as_much_has_gone() {
        let record = |body: u8| [&[23, 3, 3, 0, body][..], &[7; 95][..body.into()]].concat();
        assert_eq!(moved(0, &record(45)), 0);
        assert_eq!(moved(0, &record(46)), 49, "49 bytes have gone");
        assert_eq!(moved(1, &record(44)), 1);
        assert_eq!(moved(1, &record(45)), 50);
    }

    #[test]
    fn what_waits_is_moved_where_the_rest_of_it_has_no_room() {
        assert_eq!(moved(0, &[&[23, 3, 3, 0, 89][..], &[7; 88]].concat()), 0);
        assert_eq!(moved(0, &[&[23, 3, 3, 0, 88][..], &[7; 88]].concat()), 7, "it is whole");
        let two = [&[23, 3, 3, 0, 60][..], &[7; 60], &[23, 3, 3, 0]].concat();
        assert_eq!(moved(0, &two), 31, "the first is whole");
    }
}
