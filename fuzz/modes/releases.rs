//! Buffers: one that holds bytes stays, and one is given back or asked for exactly where there is one or none.

use tidegate::modes::Modes;
use tidegate::modes::release::{BufferEvent as Event, BufferOutcome as Outcome, BufferState, Contents};

use super::Script;

pub(crate) fn run(script: &mut Script<'_>) {
    let mut state = BufferState::default();
    while !script.is_empty() {
        let contents = Contents::of(usize::from(script.next() % 2));
        let event =
            script.one_of(&[Event::Rests(contents), Event::Needed, Event::Given, Event::Detach(contents)]);
        let modes = Modes::from_bits(u32::from(script.next()));
        let (next, outcome) = state.step(event, modes);
        let gives_back = (state, next) == (BufferState::Attached, BufferState::Released);
        assert_eq!(outcome == Outcome::WipeAndRelease, gives_back);
        assert!(
            !gives_back
                || matches!(event, Event::Rests(Contents::Nothing) | Event::Detach(Contents::Nothing))
        );
        assert_eq!(outcome == Outcome::Acquire, (state, event) == (BufferState::Released, Event::Needed));
        let comes = (state, next) == (BufferState::Released, BufferState::Attached);
        assert!(!comes || event == Event::Given);
        assert!(matches!(event, Event::Detach(_)) || outcome != Outcome::Refused);
        let with_mode = modes.contains(Modes::RELEASE_BUFFERS) && event == Event::Rests(Contents::Nothing);
        assert!(!with_mode || next == BufferState::Released);
        state = next;
    }
}
