//! Writes: nothing is reported that was not sealed, nothing is sealed twice or left out, and what is refused changes nothing.

use tidegate::modes::write::{
    Address, Close, Content, Memory, WriteEvent as Event, WriteOutcome as Outcome, WriteState,
};
use tidegate::modes::{Completion, Handshake, Modes, Terms, Writing};

use super::Script;

/// What was told so far.
#[derive(Default)]
struct Account {
    /// Of the write in progress, in records.
    sealed: usize,
    /// Of the record that is asked for, up to where it goes.
    asked: usize,
    /// Of the call that was taken last.
    offered: usize,
    has_failed: bool,
}

fn event(script: &mut Script<'_>) -> Event {
    match script.next() % 16 {
        0..4 => Event::Call {
            len: script.length(),
            content: script.one_of(&[Content::Same, Content::Same, Content::Same, Content::Different]),
            address: script.one_of(&[Address::Same, Address::Same, Address::Same, Address::Moved]),
        },
        4..7 => Event::Sealed,
        7..9 => Event::TakenAll,
        9 => Event::TakenPart,
        10 => Event::NoRoom,
        11 => Event::Ready,
        12 => Event::NotReady,
        13 => script.one_of(&[Event::Close, Event::CloseNotifySealed]),
        14 => Event::Abandon,
        _ => script.one_of(&[Event::Sealed, Event::TakenAll, Event::Ready, Event::Fail]),
    }
}

pub(crate) fn run(script: &mut Script<'_>) {
    let (mut state, mut account, completion) =
        (WriteState::default(), Account::default(), script.completion());
    while !script.is_empty() {
        let (event, terms) = (event(script), script.terms(completion));
        let (next, outcome) = state.step(event, &terms);
        let before = (state, event);
        account.follow(before, outcome, &terms);
        compare(before, (next, outcome), &account);
        state = next;
    }
}

impl Account {
    fn follow(&mut self, (state, event): (WriteState, Event), outcome: Outcome, terms: &Terms) {
        let is_taken = outcome != Outcome::OutOfTurn;
        match event {
            Event::Fail => self.has_failed = true,
            Event::Sealed if is_taken && !self.has_failed => self.sealed = self.asked,
            Event::Call { len, .. } if !is_refusal(outcome) && len > 0 => self.offered = len,
            _ => {}
        }
        match outcome {
            Outcome::Seal(span) => {
                assert_eq!(terms.handshake, Handshake::Done);
                assert_eq!(span.start, self.sealed, "without gap or repeat");
                assert!(!span.is_empty() && span.end <= self.offered && span.len() <= terms.split.max(1));
                assert_ne!(state.writing(), Writing::Over);
                self.asked = span.end;
            }
            Outcome::Return(count) => self.on_result(event, count, terms.modes),
            Outcome::Abandoned(count) => assert_eq!(count, std::mem::take(&mut self.sealed)),
            Outcome::Blocked { memory: Memory::Store(span), .. } => {
                assert!(span.end == self.sealed && !span.is_empty());
            }
            Outcome::Failed => self.sealed = 0,
            Outcome::Offer => assert_eq!(terms.completion, Completion::Drained),
            _ => {}
        }
    }

    /// All of it, or with the mode a part; and a write of nothing says so of itself alone.
    fn on_result(&mut self, event: Event, count: usize, modes: Modes) {
        if matches!(event, Event::Call { len: 0, .. }) && count == 0 {
            return;
        }
        assert_eq!(count, self.sealed);
        assert!(count == self.offered || count == 0 || modes.contains(Modes::ENABLE_PARTIAL_WRITE));
        self.sealed = 0;
    }
}

/// Whether a call ends as if it had not been.
const fn is_refusal(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Refused(_) | Outcome::NoRole | Outcome::Closed | Outcome::OutOfTurn | Outcome::Failed
    )
}

fn compare(before: (WriteState, Event), after: (WriteState, Outcome), account: &Account) {
    let ((state, event), (next, outcome)) = (before, after);
    if is_refusal(outcome) && event != Event::Fail {
        assert_eq!(next, state, "what is refused changes nothing");
    }
    assert_eq!(outcome == Outcome::Failed, account.has_failed, "failed is for ever");
    assert_eq!(next.retry_span().map_or(0, |span| span.end), account.sealed);
    let far = |close| [Close::Open, Close::Asked, Close::Sent].iter().position(|one| *one == close);
    assert!(far(next.close()) >= far(state.close()));
    assert!(next.close() != Close::Sent || next.writing() == Writing::Over);
    assert!(!account.has_failed || next.writing() == Writing::Over);
}
