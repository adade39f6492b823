//! What leaves: a queue of records before a transport that takes whole ones, as many as its budget says.

use std::collections::VecDeque;

use super::super::trace::{Budget, Span};
use super::onlooker::WireEnd;

/// A record of the tested end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outbound {
    /// Application data: these bytes.
    Data(Span),
    KeyUpdate,
    Ticket,
    CloseNotify,
    Alert,
    Handshake,
}

/// The transport away from the tested end. Half a record more or less changes none of its results, only the peer's.
#[derive(Clone, Debug)]
pub(super) struct Sending {
    queue: VecDeque<Outbound>,
    budget: Budget,
    end: WireEnd,
    state: Transport,
    completed: Vec<usize>,
    /// What the peer has not taken yet.
    passed: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transport {
    Works,
    /// It takes nothing any more, which is not noticed yet.
    Fails,
    Broken,
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
        let budget = Budget { records: None, half: false };
        let (completed, passed) = (Vec::new(), Vec::new());
        Self {
            queue: VecDeque::new(),
            budget,
            end: WireEnd::Whole,
            state: Transport::Works,
            completed,
            passed,
        }
    }

    pub(super) fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    pub(super) fn fail(&mut self) {
        if self.state == Transport::Works {
            self.state = Transport::Fails;
        }
    }

    /// Whether it was noticed that nothing can be sent any more.
    pub(super) fn is_broken(&self) -> bool {
        self.state == Transport::Broken
    }

    pub(super) fn push(&mut self, record: Outbound) {
        self.queue.push_back(record);
    }

    /// Lets leave what the transport takes.
    pub(super) fn flush(&mut self) -> Flushed {
        if self.queue.is_empty() {
            return Flushed::Nothing;
        }
        if self.state != Transport::Works {
            self.state = Transport::Broken;
            return Flushed::Broken;
        }
        while let Some(record) = self.queue.front().copied() {
            if self.budget.records == Some(0) {
                self.end = if self.budget.half { WireEnd::Half } else { self.end };
                return Flushed::Part;
            }
            self.budget.records = self.budget.records.map(|left| left - 1);
            self.end = WireEnd::Whole;
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

    /// Data records that the peer has not taken yet.
    pub(super) fn untaken(&self) -> usize {
        self.passed.len()
    }

    pub(super) fn wire_end(&self) -> WireEnd {
        self.end
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
