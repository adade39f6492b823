//! What arrives: the records that the peer sent, a transport that gives as many of their bytes as its budget says, and
//! what was taken of them.

use std::collections::VecDeque;

use super::super::record::Content;
use super::super::trace::{Budget, Config};

/// Bytes that a connection reads ahead at most: one record of the largest size.
const CAPACITY: usize = 16384 + 320 + HEADER;
/// Bytes of a record's header.
const HEADER: usize = 5;
/// What protection adds to a record's content: header, content type and tag.
const OVERHEAD: usize = HEADER + 1 + 16;

/// The transport towards the tested end, and the bytes taken from it that are not a whole record yet or lie beyond the
/// current one.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    records: VecDeque<Arrived>,
    /// Bytes of the first records that were taken.
    taken: usize,
    budget: Budget,
    capacity: Option<usize>,
    end: Option<End>,
}

#[derive(Clone, Debug)]
struct Arrived {
    contents: Vec<Content>,
    size: usize,
}

/// The transport ends behind its last record.
#[derive(Clone, Copy, Debug)]
struct End;

/// What a look for the next record finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// None now.
    Nothing,
    /// None ever.
    End,
    /// One that was taken earlier.
    Held(Vec<Content>),
    /// One that the transport gave.
    Record(Vec<Content>),
}

impl Incoming {
    pub(super) fn new(config: &Config) -> Self {
        let budget = Budget { records: None, half: false };
        let capacity = config.read_ahead.then_some(CAPACITY);
        Self { records: VecDeque::new(), taken: 0, budget, capacity, end: None }
    }

    pub(super) fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    pub(super) fn end(&mut self) {
        self.end = Some(End);
    }

    pub(super) fn arrived(&mut self, contents: &[Content]) {
        let size = OVERHEAD + contents.iter().map(|content| length(*content)).sum::<usize>();
        self.records.push_back(Arrived { contents: contents.to_vec(), size });
    }

    /// Whether bytes beyond the current record were taken.
    pub(super) fn holds_raw(&self) -> bool {
        self.taken > 0
    }

    pub(super) fn next(&mut self) -> Next {
        if let Some(contents) = self.pop() {
            return Next::Held(contents);
        }
        self.take();
        match (self.pop(), self.end) {
            (Some(contents), _) => Next::Record(contents),
            (None, Some(End)) if self.records.is_empty() => Next::End,
            (None, _) => Next::Nothing,
        }
    }

    fn pop(&mut self) -> Option<Vec<Content>> {
        let size = self.records.front()?.size;
        if self.taken < size {
            return None;
        }
        self.taken -= size;
        self.records.pop_front().map(|record| record.contents)
    }

    /// Takes what the transport gives: of the first record, or with read-ahead of all. Once a record has begun to come
    /// only the rest of it is asked for.
    fn take(&mut self) {
        let capacity = if self.taken < HEADER { self.capacity } else { None };
        let mut start = 0;
        for record in &self.records {
            let end = start + record.size;
            if self.taken < end {
                let given = start + given(self.budget, record.size);
                self.taken = self.taken.max(given.min(capacity.unwrap_or(end)));
                if self.taken < end {
                    return;
                }
                self.budget.records = self.budget.records.map(|left| left - 1);
            }
            if capacity.is_none() {
                return;
            }
            start = end;
        }
    }
}

/// How many bytes of a record of this size the transport gives.
fn given(budget: Budget, size: usize) -> usize {
    match (budget.records, budget.half) {
        (Some(0), false) => 0,
        (Some(0), true) => (size / 2).max(HEADER),
        (Some(_) | None, _) => size,
    }
}

/// About how many bytes of plaintext a content has; what matters is whether records are small or large.
fn length(content: Content) -> usize {
    match content {
        Content::Data(length) | Content::Unreadable(length) => length,
        Content::KeyUpdate { .. } => 5,
        Content::Ticket => 217,
        Content::Handshake => 400,
        Content::ChangeCipherSpec => 1,
        Content::CloseNotify | Content::Alert(_) => 2,
        Content::HelloRequest => 4,
    }
}
