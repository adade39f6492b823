//! What may be done to a message on its way.

use std::ops::Range;

use tidegate::wire::enums::ContentType;

use super::By;
use super::layout::{Layout, Length};
use crate::insider::{CLEAR, Item, Version};

/// A change of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It does not arrive.
    Drop,
    /// It arrives twice.
    Repeat,
    /// It arrives after the next item of the same end.
    Swap,
    /// Its last byte does not arrive.
    Truncate,
    /// A byte follows it.
    Trail,
    /// Its last byte is gone, and its length says so.
    Shorten,
    /// It has a byte more at its end, and its length says so.
    Extend,
    /// A byte is another one: its place, what is added to it without carry.
    Flip(usize, u8),
    /// The extension that is there is gone.
    Remove(Range<usize>),
    /// The extension that is there comes twice.
    Duplicate(Range<usize>),
    /// A length says something else.
    Length(usize, Vec<u8>),
    /// The sealed record is damaged, by somebody without keys: its place from the end, what is added to it.
    Damage(usize, u8),
}

/// Every change of an item.
pub(super) fn changes(item: &Item, version: Version, by: By) -> Vec<Change> {
    let mut changes = vec![
        Change::Drop,
        Change::Repeat,
        Change::Swap,
        Change::Truncate,
        Change::Trail,
        Change::Shorten,
        Change::Extend,
    ];
    changes.extend((0..item.content.len()).map(|at| Change::Flip(at, 1 << (at % 8))));
    // To a peer one record is as good as another.
    if by == By::Insider && item.epoch == CLEAR {
        changes.extend((0..item.content.len()).map(|at| Change::Flip(at, 0x80 >> (at % 8))));
        changes.extend((0..item.content.len()).map(|at| Change::Flip(at, 0xff)));
    }
    if by == By::Insider && item.epoch != CLEAR {
        changes.extend((0..item.content.len() + 17).map(|at| Change::Damage(at, 1 << (at % 8))));
    }
    if item.message_type().is_some() {
        let layout = Layout::of(&item.content, version);
        changes.extend(layout.extensions.iter().cloned().map(Change::Remove));
        changes.extend(layout.extensions.iter().cloned().map(Change::Duplicate));
        changes.extend(layout.lengths.iter().flat_map(other_lengths));
    }
    changes
}

/// One more, one less, none, and as much as can be.
fn other_lengths(length: &Length) -> Vec<Change> {
    let now = length.body.len();
    let most = (1 << (8 * length.width)) - 1;
    let mut others = vec![(now + 1).min(most), now.saturating_sub(1), 0, most];
    others.retain(|other| *other != now);
    others.dedup();
    others.into_iter().map(|other| Change::Length(length.at, bytes_of(other, length.width))).collect()
}

fn bytes_of(length: usize, width: usize) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    bytes[bytes.len() - width..].to_vec()
}

impl Change {
    /// What an item's content becomes.
    pub(super) fn apply(&self, item: &Item, version: Version) -> Vec<u8> {
        let mut content = item.content.clone();
        match self {
            Self::Drop | Self::Repeat | Self::Swap | Self::Damage(..) => {}
            Self::Truncate => drop(content.pop()),
            Self::Trail => content.push(0),
            Self::Shorten => {
                content.pop();
                tell_length(item.kind, &mut content);
            }
            Self::Extend => {
                content.push(0);
                tell_length(item.kind, &mut content);
            }
            Self::Flip(at, by) => content[*at] ^= by,
            Self::Length(at, bytes) => content[*at..][..bytes.len()].copy_from_slice(bytes),
            Self::Remove(extension) => resize(&mut content, extension, version, &[]),
            Self::Duplicate(extension) => {
                let twice = content[extension.clone()].repeat(2);
                resize(&mut content, extension, version, &twice);
            }
        }
        content
    }
}

/// The length in the header of a message.
fn tell_length(kind: ContentType, content: &mut [u8]) {
    let length = bytes_of(content.len().saturating_sub(4), 3);
    if kind == ContentType::HANDSHAKE && content.len() >= 4 {
        content[1..4].copy_from_slice(&length);
    }
}

/// Puts other bytes in the place of an extension, and every length around it right.
fn resize(content: &mut Vec<u8>, extension: &Range<usize>, version: Version, by: &[u8]) {
    let around = |length: &Length| length.body.start <= extension.start && extension.end <= length.body.end;
    for length in Layout::of(content, version).lengths.iter().filter(|length| around(length)) {
        let told = bytes_of(length.body.len() + by.len() - extension.len(), length.width);
        content[length.at..][..length.width].copy_from_slice(&told);
    }
    content.splice(extension.clone(), by.iter().copied());
}
