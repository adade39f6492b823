//! What leaves: a queue of records before a transport that takes whole ones, as many as its budget says.

use std::collections::VecDeque;

use super::super::trace::{Budget, Span};

/// A record of the tested end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outbound {
    /// Application data: these bytes.
    Data(Span),
    KeyUpdate,
    CloseNotify,
    Alert,
    Handshake,
}

/// The transport away from the tested end. Half a record more or less changes no result, so that the model forgets
/// that halves leave.
#[derive(Clone, Debug)]
pub(super) struct Sending {
    queue: VecDeque<Outbound>,
    budget: Option<usize>,
    state: Transport,
    completed: Vec<usize>,
    /// What the peer has not taken yet.
    passed: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transport {
    Works,
    Fails,
}

/// What came of letting records leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flushed {
    /// Nothing waited.
    Nothing,
    All,
    Part,
    Broken,
}

impl Sending {
    pub(super) fn new() -> Self {
        let (completed, passed) = (Vec::new(), Vec::new());
        Self { queue: VecDeque::new(), budget: None, state: Transport::Works, completed, passed }
    }

    pub(super) fn set_budget(&mut self, budget: Budget) {
        self.budget = budget.records;
    }

    pub(super) fn fail(&mut self) {
        self.state = Transport::Fails;
    }

    pub(super) fn push(&mut self, record: Outbound) {
        self.queue.push_back(record);
    }

    /// Lets leave what the transport takes.
    pub(super) fn flush(&mut self) -> Flushed {
        if self.queue.is_empty() {
            return Flushed::Nothing;
        }
        if self.state == Transport::Fails {
            return Flushed::Broken;
        }
        while let Some(record) = self.queue.front().copied() {
            match &mut self.budget {
                Some(0) => return Flushed::Part,
                Some(left) => *left -= 1,
                None => {}
            }
            self.queue.pop_front();
            if let Outbound::Data(span) = record {
                self.completed.push(span.length);
                self.passed.push(span);
            }
        }
        Flushed::All
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn holds(&self, record: Outbound) -> bool {
        self.queue.contains(&record)
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.queue.clear();
    }

    /// The lengths of the data records completed since this was asked last.
    pub(super) fn take_completed(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.completed)
    }

    /// The data of the completed records that the peer has not taken yet: it takes them.
    pub(super) fn take_passed(&mut self) -> Vec<Span> {
        std::mem::take(&mut self.passed)
    }
}
