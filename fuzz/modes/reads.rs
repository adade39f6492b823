//! Reads: no more is delivered than is there or wanted, and an end stays one.

use tidegate::modes::read::{ReadEvent as Event, ReadKind, ReadOutcome as Outcome, ReadState};
use tidegate::modes::{Completion, Control, Handshake, Modes, Terms, Writing};

use super::Script;

fn event(script: &mut Script<'_>) -> Event {
    match script.next() % 16 {
        0..4 => Event::Call { len: script.length(), kind: script.one_of(&[ReadKind::Read, ReadKind::Peek]) },
        4 => Event::Ready,
        5 => Event::NotReady,
        6 => Event::NothingThere,
        7..9 => Event::Data { len: script.length() },
        9..11 => Event::Message,
        11..13 => Event::Processed,
        13 => Event::Ignored,
        14 => script.one_of(&[Event::Ready, Event::CloseNotify, Event::EndOfTransport]),
        _ => script.one_of(&[Event::Processed, Event::Ready, Event::Fail]),
    }
}

pub(crate) fn run(script: &mut Script<'_>) {
    let (mut state, completion) = (ReadState::default(), script.completion());
    let (mut wanted, mut has_failed) = (0, false);
    while !script.is_empty() {
        let (event, terms) = (event(script), script.terms(completion));
        let (next, outcome) = state.step(event, &terms);
        if let Event::Call { len, .. } = event
            && outcome != Outcome::OutOfTurn
        {
            wanted = len;
        }
        assert!(!has_failed || outcome == Outcome::Failed, "failed is for ever");
        has_failed |= matches!(outcome, Outcome::Failed | Outcome::Truncated);
        assert!(event != Event::Fail || has_failed);
        check(event, outcome, (wanted, &terms));
        if matches!(outcome, Outcome::OutOfTurn | Outcome::NoRole) {
            assert_eq!(next, state, "what is refused changes nothing");
        }
        if state.is_closed() {
            let ends =
                matches!(outcome, Outcome::Closed | Outcome::NoRole | Outcome::OutOfTurn | Outcome::Failed);
            assert!(ends, "{event:?} {outcome:?}");
        }
        assert!(outcome != Outcome::Closed || next.is_closed());
        state = next;
    }
}

fn check(event: Event, outcome: Outcome, (wanted, terms): (usize, &Terms)) {
    match outcome {
        Outcome::Deliver(count) => {
            let Event::Data { len } = event else { panic!("{event:?} delivers") };
            assert!(len > 0 && count == wanted.min(len));
        }
        Outcome::SendControl => {
            assert_eq!((terms.completion, terms.writing), (Completion::Drained, Writing::Idle));
            assert_ne!(terms.control, Control::None);
        }
        Outcome::Progress => assert!(!terms.modes.contains(Modes::AUTO_RETRY)),
        Outcome::Process => assert!(matches!(event, Event::Message | Event::Ready)),
        Outcome::Handshake => {
            assert!(event == Event::Data { len: 0 } || terms.handshake == Handshake::InProgress);
        }
        Outcome::WantIncoming => assert_eq!(event, Event::NothingThere),
        Outcome::WantDriver => assert!(matches!(event, Event::NotReady | Event::Ready)),
        Outcome::Truncated => assert_eq!(event, Event::EndOfTransport),
        _ => {}
    }
}
