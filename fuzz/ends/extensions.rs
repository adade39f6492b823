//! The extensions of a message, changed so that all lengths around them stay right.

use std::ops::Range;

use tidegate::wire::enums::{ExtensionType, HandshakeType};

use super::fields::{Length, number, splice};
use super::script::{next, some};

/// Extensions that an end may take for its own.
const EXTENSIONS: [ExtensionType; 22] = [
    ExtensionType::SERVER_NAME,
    ExtensionType::MAX_FRAGMENT_LENGTH,
    ExtensionType::STATUS_REQUEST,
    ExtensionType::SUPPORTED_GROUPS,
    ExtensionType::EC_POINT_FORMATS,
    ExtensionType::SIGNATURE_ALGORITHMS,
    ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION,
    ExtensionType::CLIENT_CERTIFICATE_TYPE,
    ExtensionType::SERVER_CERTIFICATE_TYPE,
    ExtensionType::EXTENDED_MASTER_SECRET,
    ExtensionType::RECORD_SIZE_LIMIT,
    ExtensionType::SESSION_TICKET,
    ExtensionType::PRE_SHARED_KEY,
    ExtensionType::EARLY_DATA,
    ExtensionType::SUPPORTED_VERSIONS,
    ExtensionType::COOKIE,
    ExtensionType::PSK_KEY_EXCHANGE_MODES,
    ExtensionType::CERTIFICATE_AUTHORITIES,
    ExtensionType::OID_FILTERS,
    ExtensionType::POST_HANDSHAKE_AUTH,
    ExtensionType::KEY_SHARE,
    ExtensionType::RENEGOTIATION_INFO,
];

/// The lengths that enclose the extensions of a message, the innermost last, if it may have any.
fn enclosing(message: &[u8]) -> Option<Vec<Length>> {
    let after = |at: usize, width: usize| Some(at + width + number(message.get(at..at + width)?));
    let block = match HandshakeType(message[0]) {
        HandshakeType::CLIENT_HELLO => after(after(after(38, 1)?, 2)?, 1)?,
        HandshakeType::SERVER_HELLO => after(38, 1)? + 3,
        HandshakeType::ENCRYPTED_EXTENSIONS => 4,
        HandshakeType::CERTIFICATE_REQUEST => after(4, 1)?,
        HandshakeType::NEW_SESSION_TICKET => after(after(12, 1)?, 2)?,
        HandshakeType::CERTIFICATE => {
            let list = after(4, 1)?;
            return Some(vec![(list, 3), (after(list + 3, 3)?, 2)]);
        }
        _ => return None,
    };
    Some(vec![(block, 2)])
}

/// Where each extension is, and where they end.
fn find(message: &[u8], (block, width): Length) -> (Vec<Range<usize>>, usize) {
    let (mut all, mut at) = (Vec::new(), block + width);
    while let Some(length) = message.get(at + 2..at + 4) {
        let end = at + 4 + number(length);
        if end > message.len() {
            break;
        }
        all.push(at..end);
        at = end;
    }
    (all, at)
}

fn kind(index: u8) -> [u8; 2] {
    EXTENSIONS.get(usize::from(index)).map_or(0x0a0a, |kind| kind.0).to_be_bytes()
}

fn encode(kind: &[u8], content: &[u8]) -> Vec<u8> {
    [kind, &(content.len() as u16).to_be_bytes(), content].concat()
}

/// Removes, repeats, moves, changes or adds one.
pub(crate) fn alter(message: &mut Vec<u8>, what: u8, index: usize, script: &mut &[u8]) {
    let Some(lengths) = enclosing(message) else { return };
    let Some(block) = lengths.last().copied().filter(|(place, width)| place + width <= message.len()) else {
        return;
    };
    let (all, end) = find(message, block);
    let Some(range) = all.get(index % all.len().max(1)).cloned() else {
        return splice(message, end..end, &encode(&kind(next(script)), some(script)), &lengths);
    };
    let (start, old) = (range.start, message[range.clone()].to_vec());
    let (old_kind, content) = (&old[..2], &old[4..]);
    let (place, new) = match what {
        8 => (range, Vec::new()),
        9 => (start..start, old),
        10 => (range, encode(old_kind, some(script))),
        11 => (range, encode(old_kind, &[content, some(script)].concat())),
        12 => (start..start + 2, kind(next(script)).to_vec()),
        13 => (range, encode(old_kind, &content[..content.len().saturating_sub(1)])),
        14 => (start..start, encode(&kind(next(script)), some(script))),
        _ => (end..end, encode(&kind(next(script)), some(script))),
    };
    splice(message, place, &new, &lengths);
}
