//! What lies between the two ends in one direction, record by record.

use std::collections::VecDeque;

use tidegate::crypto::TAG;
use tidegate::wire::enums::{AlertLevel, ContentType};

use super::messages::Opened;
use super::provider::{SEALED, SEALED_EARLY};
use super::script::next;

/// Bytes of a record's header.
pub(super) const HEADER: usize = 5;

/// One direction.
#[derive(Default)]
pub(crate) struct Wire {
    /// Of a record that has not left as a whole.
    part: Vec<u8>,
    records: VecDeque<Vec<u8>>,
    /// Bytes that move before the records.
    moving: Vec<u8>,
    /// Fatal alerts that its end has sent.
    fatal: usize,
}

impl Wire {
    /// Takes what the end has sent.
    pub(crate) fn sent(&mut self, bytes: &[u8]) {
        self.part.extend_from_slice(bytes);
        while let Some(length) = whole(&self.part) {
            let rest = self.part.split_off(length);
            let record = std::mem::replace(&mut self.part, rest);
            self.fatal += usize::from(is_fatal_alert(&record));
            self.records.push_back(record);
        }
    }

    /// What can move now, at most so many bytes.
    pub(crate) fn ready(&mut self, count: usize) -> &[u8] {
        while self.moving.len() < count.min(1 << 16) {
            let Some(record) = self.records.pop_front() else { break };
            self.moving.extend(record);
        }
        &self.moving[..count.min(self.moving.len())]
    }

    /// So much of it moved.
    pub(crate) fn moved(&mut self, count: usize) {
        self.moving.drain(..count);
    }

    /// Changes a byte of the next record, so that it is still authentic.
    pub(crate) fn change(&mut self, place: u8, with: u8) {
        let Some(record) = self.records.front_mut() else { return };
        let body = record.len() - HEADER;
        let end = if body > TAG && is_sealed(record) { body - TAG } else { body };
        if end > 0 {
            // The beginnings are most telling, and all places can be reached.
            record[HEADER + usize::from(place) * usize::from(place) / 16 % end] ^= with;
        }
    }

    pub(crate) fn drop_one(&mut self) {
        self.records.pop_front();
    }

    pub(crate) fn repeat(&mut self) {
        let Some(record) = self.records.front().cloned() else { return };
        self.records.push_front(record);
    }

    pub(crate) fn swap(&mut self) {
        if self.records.len() > 1 {
            self.records.swap(0, 1);
        }
    }

    /// Makes two records of the next one; one that was sealed is authentic no more.
    pub(crate) fn cut(&mut self, place: u8) {
        let Some(record) = self.records.pop_front() else { return };
        let body = &record[HEADER..];
        let (first, second) = body.split_at(usize::from(place).min(body.len()));
        for part in [second, first] {
            self.records.push_front(framed(record[0], part));
        }
    }

    pub(crate) fn add_clear(&mut self, kind: u8, content: &[u8]) {
        self.records.push_front(framed(kind, content));
    }

    /// As TLS 1.3 seals.
    pub(crate) fn add_sealed(&mut self, kind: u8, content: &[u8]) {
        let inner = [content, &[kind], &SEALED].concat();
        self.records.push_front(framed(ContentType::APPLICATION_DATA.0, &inner));
    }

    pub(crate) fn add_message(&mut self, kind: u8, body: &[u8], is_sealed: bool) {
        let message = [&[kind, 0, 0, body.len() as u8], body].concat();
        let handshake = ContentType::HANDSHAKE.0;
        if is_sealed { self.add_sealed(handshake, &message) } else { self.add_clear(handshake, &message) }
    }

    pub(crate) fn add_anything(&mut self, bytes: &[u8]) {
        self.moving.extend_from_slice(bytes);
    }

    /// Puts what the next two records hold into one.
    pub(crate) fn join(&mut self) {
        let (Some(first), Some(second)) = (self.records.pop_front(), self.records.pop_front()) else {
            return;
        };
        let mut joined = Opened::new(&first);
        joined.join(&Opened::new(&second));
        self.records.push_front(joined.close());
    }

    /// Makes two records of what the next one holds, each authentic.
    pub(crate) fn split(&mut self, place: u8) {
        let Some(record) = self.records.pop_front() else { return };
        let mut first = Opened::new(&record);
        let second = first.split(place.into());
        self.records.push_front(second.close());
        self.records.push_front(first.close());
    }

    /// Changes a byte of the header of the next record; the last ones are its length.
    pub(crate) fn put_header(&mut self, place: u8, with: u8) {
        let Some(record) = self.records.front_mut() else { return };
        record[usize::from(place) % HEADER] ^= with;
    }

    /// As many of the next record.
    pub(crate) fn flood(&mut self, count: u8) {
        let Some(record) = self.records.front().cloned().filter(|record| record.len() < 100) else { return };
        (0..count).for_each(|_| self.records.push_front(record.clone()));
    }

    /// Adds zeros to what the next record holds.
    pub(crate) fn lengthen(&mut self, count: usize) {
        let Some(record) = self.records.pop_front() else { return };
        let (start, end) = record.split_at(record.len().saturating_sub(TAG).max(HEADER));
        let body = [&start[HEADER..], &vec![0; count], end].concat();
        self.records.push_front(framed(record[0], &body));
    }

    /// Changes a message of the next record, or of one behind it.
    pub(crate) fn alter(&mut self, script: &mut &[u8]) {
        let at = usize::from(next(script)) % 4 % self.records.len().max(1);
        let Some(record) = self.records.get_mut(at) else { return };
        let mut opened = Opened::new(record);
        opened.alter(script);
        *record = opened.close();
    }

    /// An end says once that it has failed, if it says it, and nothing else is wrong with what it says.
    pub(crate) fn check(&self, has_failed: bool) {
        assert!(self.fatal <= usize::from(has_failed), "{} fatal alerts", self.fatal);
    }
}

fn is_sealed(record: &[u8]) -> bool {
    [SEALED, SEALED_EARLY].iter().any(|tag| record.ends_with(tag))
}

/// Mostly those that there are.
pub(super) fn content_type(kind: u8) -> u8 {
    if kind < 0xe0 { 20 + kind % 6 } else { kind }
}

pub(super) fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &(body.len() as u16).to_be_bytes(), body].concat()
}

/// How long the first record is, if all of it is there.
fn whole(bytes: &[u8]) -> Option<usize> {
    let length = HEADER + usize::from(u16::from_be_bytes(*bytes.get(3..HEADER)?.first_chunk()?));
    (bytes.len() >= length).then_some(length)
}

/// In clear, or as either version seals.
fn is_fatal_alert(record: &[u8]) -> bool {
    const CLOSE_NOTIFY: u8 = 0;
    let body = &record[HEADER..];
    let alert = match ContentType(record[0]) {
        ContentType::ALERT => match body.len() {
            2 => body,
            _ => body.get(8..).unwrap_or_default(),
        },
        ContentType::APPLICATION_DATA if body.len() == 2 + 1 + TAG && body[2] == ContentType::ALERT.0 => body,
        _ => return false,
    };
    matches!(alert, [level, description, ..] if *level == AlertLevel::FATAL.0 && *description != CLOSE_NOTIFY)
}
