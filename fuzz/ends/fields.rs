//! Numbers in messages, and what they enclose.

use std::ops::Range;

/// Where a length stands, and its bytes.
pub(crate) type Length = (usize, usize);

/// The length of a handshake message.
const OF_MESSAGE: Length = (1, 3);

pub(crate) fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Puts other bytes there, and sets right the length of the message and those that enclose the place.
pub(crate) fn splice(message: &mut Vec<u8>, range: Range<usize>, bytes: &[u8], enclosing: &[Length]) {
    let removed = range.len();
    message.splice(range, bytes.iter().copied());
    for (place, width) in [OF_MESSAGE].iter().chain(enclosing) {
        let field = &mut message[*place..place + width];
        let length = (number(field) + bytes.len()).wrapping_sub(removed);
        let low = length.to_le_bytes();
        field.iter_mut().rev().zip(low).for_each(|(to, from)| *to = from);
    }
}
