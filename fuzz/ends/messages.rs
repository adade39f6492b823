//! Records opened, their messages changed, and sealed again: what an insider does who knows the keys.

use tidegate::crypto::TAG;
use tidegate::wire::enums::ContentType;

use super::extensions;
use super::fields::{number, splice};
use super::provider::{SEALED, SEALED_EARLY};
use super::script::{next, some};
use super::wire::{HEADER, framed};

/// Bytes of a nonce that stands in a record of TLS 1.2.
const EXPLICIT: usize = 8;

/// How a record is sealed.
#[derive(Clone, Copy)]
enum Seal {
    Clear,
    Tls12([u8; EXPLICIT]),
    Tls13([u8; TAG]),
}

/// What is in a record.
pub(crate) struct Opened {
    kind: u8,
    seal: Seal,
    content: Vec<u8>,
}

impl Opened {
    /// Opens a record; it needs no key.
    pub(crate) fn new(record: &[u8]) -> Self {
        let (kind, body) = (record[0], &record[HEADER..]);
        let sealed = [SEALED, SEALED_EARLY].into_iter().find_map(|tag| Some((body.strip_suffix(&tag)?, tag)));
        match (sealed, ContentType(kind)) {
            (Some((inner, tag)), ContentType::APPLICATION_DATA) => {
                let end = inner.iter().rposition(|byte| *byte != 0).unwrap_or_default();
                let kind = inner.get(end).copied().unwrap_or_default();
                Self { kind, seal: Seal::Tls13(tag), content: inner[..end].to_vec() }
            }
            (Some((inner, _)), _) if inner.len() >= EXPLICIT => {
                let (nonce, content) = inner.split_first_chunk().unwrap();
                Self { kind, seal: Seal::Tls12(*nonce), content: content.to_vec() }
            }
            _ => Self { kind, seal: Seal::Clear, content: body.to_vec() },
        }
    }

    /// The record of it.
    pub(crate) fn close(&self) -> Vec<u8> {
        let content = &self.content[..];
        match &self.seal {
            Seal::Clear => framed(self.kind, content),
            Seal::Tls12(nonce) => framed(self.kind, &[nonce, content, &SEALED].concat()),
            Seal::Tls13(tag) => {
                framed(ContentType::APPLICATION_DATA.0, &[content, &[self.kind], tag].concat())
            }
        }
    }

    /// Takes the content of another record in, if it is of the same kind.
    pub(crate) fn join(&mut self, other: &Self) {
        if self.kind == other.kind {
            self.content.extend_from_slice(&other.content);
        }
    }

    /// Leaves so many bytes; the rest is another record's.
    pub(crate) fn split(&mut self, place: usize) -> Self {
        let content = self.content.split_off(place.min(self.content.len()));
        Self { kind: self.kind, seal: self.seal, content }
    }

    /// Does to one of the messages what the script says.
    pub(crate) fn alter(&mut self, script: &mut &[u8]) {
        let (what, place) = (next(script), usize::from(next(script)));
        let mut messages = split(&self.content);
        let at = place % 4 % messages.len().max(1);
        let Some(message) = messages.get_mut(at) else { return };
        match what % 16 {
            0 => _ = messages.remove(at),
            1 => messages.insert(at, messages[at].clone()),
            2 => messages.rotate_left(1),
            3 => message[0] = next(script),
            4 => {
                let end = message.len();
                let count = usize::from(next(script)).min(end - 4);
                splice(message, end - count..end, &[], &[]);
            }
            5 => {
                let end = message.len();
                splice(message, end..end, some(script), &[]);
            }
            6 => {
                let start = 4 + usize::from(next(script)) % (message.len() - 3);
                let end = (start + usize::from(next(script))).min(message.len());
                splice(message, start..end, some(script), &[]);
            }
            7 => message[3] = message[3].wrapping_add(next(script)),
            _ => extensions::alter(message, what % 16, place / 4, script),
        }
        self.content = messages.concat();
    }
}

/// Whole messages; what is left is the last one's, or left out if it is less than a header.
fn split(mut content: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while content.len() >= 4 {
        let length = (4 + number(&content[1..4])).min(content.len());
        messages.push(content[..length].to_vec());
        content = &content[length..];
    }
    messages
}
