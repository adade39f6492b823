//! What a retry is compared with, without bytes: where the last record's bytes lay and which bytes of the stream they
//! were.

use tidegate::modes::Span as Range;
use tidegate::modes::write::{Address, Content, WriteEvent};

use super::super::trace::{Fill, Span};
use super::row::Row;

/// Where the last record's first byte lay when the call that built it blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    buffer: usize,
    offset: usize,
    fill: Fill,
}

/// The bytes by which a retry is known: which of the sequence's, and where they were.
pub(super) type Known = (Range, Place);

impl Place {
    pub(super) fn of(call: Span, range: Range) -> Self {
        Self { buffer: call.buffer, offset: call.offset + range.start, fill: call.fill }
    }
}

/// The write machine's call: how it compares with what is known.
pub(super) fn call(call: Span, known: Option<Known>) -> WriteEvent {
    let len = call.length;
    match known {
        None => WriteEvent::Call { len, content: Content::Same, address: Address::Same },
        Some((range, _)) if len < range.end => {
            WriteEvent::Call { len, content: Content::Different, address: Address::Same }
        }
        Some((range, place)) => {
            let now = Place::of(call, range);
            WriteEvent::Call { len, content: content(now, place, range.len()), address: address(now, place) }
        }
    }
}

/// The row by which a retry is refused: what OpenSSL would have done with it.
pub(super) fn refused(call: Span, known: Known, moving: bool) -> Row {
    let (range, place) = known;
    let now = Place::of(call, range);
    let is_moved = address(now, place) == Address::Moved;
    if call.length < range.end || (is_moved && !moving) {
        return Row::V1;
    }
    match content(now, place, range.len()) {
        Content::Same => Row::V2,
        // Further on in the stream: OpenSSL leaves out what lies between.
        Content::Different if now.offset > place.offset && now.fill == place.fill => Row::V4,
        Content::Different => Row::V3,
    }
}

fn address(now: Place, known: Place) -> Address {
    if (now.buffer, now.offset) == (known.buffer, known.offset) { Address::Same } else { Address::Moved }
}

fn content(now: Place, known: Place, length: usize) -> Content {
    let same = (0..length).all(|i| byte(now.offset + i, now.fill) == byte(known.offset + i, known.fill));
    if same { Content::Same } else { Content::Different }
}

/// The byte of the stream at this offset.
fn byte(offset: usize, fill: Fill) -> usize {
    let byte = (131 * offset + 29 * (offset >> 8) + 7 * (offset >> 16) + 17) & 0xff;
    match fill {
        Fill::Right => byte,
        Fill::Altered => byte ^ 0x5a,
    }
}
