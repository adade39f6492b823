//! Shutdowns: both directions are closed only where the peer's is, and that ours is gone is said where it is.

use tidegate::modes::shutdown::{
    CloseNotify, Peer, ShutdownEvent as Event, ShutdownOutcome as Outcome, ShutdownState,
};
use tidegate::modes::{Control, Handshake, Modes, Terms, Writing};

use super::Script;

fn event(script: &mut Script<'_>) -> Event {
    let own = [CloseNotify::NotAsked, CloseNotify::Held, CloseNotify::Waits, CloseNotify::Left];
    match script.next() % 16 {
        0..4 => Event::Call { own: script.one_of(&own), peer: script.one_of(&[Peer::Open, Peer::Closed]) },
        4 => Event::Asked,
        5 => Event::Ready,
        6 => Event::NotReady,
        7..10 => Event::CloseNotify(script.one_of(&own)),
        10 => Event::NothingThere,
        11 => Event::Data,
        12 => Event::Message,
        13 => script.one_of(&[Event::Ignored, Event::Processed]),
        14 => script.one_of(&[Event::Processed, Event::PeerClosed]),
        _ => script.one_of(&[Event::Processed, Event::Asked, Event::Fail]),
    }
}

pub(crate) fn run(script: &mut Script<'_>) {
    let (mut state, completion) = (ShutdownState::default(), script.completion());
    let (mut peer, mut has_failed, mut was_sent) = (Peer::Open, false, false);
    while !script.is_empty() {
        let (event, terms) = (event(script), script.terms(completion));
        let (next, outcome) = state.step(event, &terms);
        match event {
            Event::Call { peer: now, .. } if !is_refusal(outcome) => peer = now,
            Event::PeerClosed if outcome != Outcome::OutOfTurn => peer = Peer::Closed,
            Event::Fail => has_failed = true,
            _ => {}
        }
        assert_eq!(outcome == Outcome::Failed, has_failed, "failed is for ever");
        if is_refusal(outcome) {
            assert_eq!(next, state, "what is refused changes nothing");
        }
        check(event, outcome, (peer, &terms));
        let again = event == Event::Call { own: CloseNotify::Left, peer: Peer::Open };
        assert!(!(was_sent && again) || outcome != Outcome::SendCloseNotify, "it is said once");
        was_sent |= outcome == Outcome::Sent;
        state = next;
    }
}

const fn is_refusal(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::OutOfTurn | Outcome::NoRole | Outcome::InHandshake)
}

fn check(event: Event, outcome: Outcome, (peer, terms): (Peer, &Terms)) {
    match outcome {
        Outcome::Both => assert_eq!(peer, Peer::Closed),
        Outcome::Sent => assert_eq!((event, peer), (Event::CloseNotify(CloseNotify::Left), Peer::Open)),
        Outcome::SendControl => assert_eq!((terms.control, terms.writing), (Control::Queued, Writing::Idle)),
        Outcome::Unread => assert_eq!(event, Event::Data),
        Outcome::WantIncoming => assert_eq!(event, Event::NothingThere),
        Outcome::Progress => assert!(!terms.modes.contains(Modes::AUTO_RETRY)),
        Outcome::Close => assert_eq!(terms.handshake, Handshake::Done),
        _ => {}
    }
}
