//! Renegotiations, as a read meets them.

use super::{E, O, READ, ReadState, Terms, fresh, ladder, off, on};
use crate::modes::{Handshake, ReadAhead, UnexpectedEnd};

fn shaking(terms: Terms) -> Terms {
    Terms { handshake: Handshake::InProgress, ..terms }
}

/// A message that begins a renegotiation was met and processed.
fn met(terms: Terms) -> ReadState {
    let state = fresh(&terms, &[(READ, O::Fetch), (E::Message, O::Process)]);
    ladder(state, &shaking(terms), &[(E::Processed, O::Handshake)])
}

#[test]
fn r11_a_renegotiation_that_a_read_meets_is_driven_in_it() {
    let state = ladder(met(on()), &shaking(on()), &[(E::NotReady, O::WantDriver), (READ, O::Handshake)]);
    ladder(state, &on(), &[(E::Ready, O::Fetch)]);
    ladder(met(on()), &on(), &[(E::Ready, O::Fetch), (E::Data { len: 3 }, O::Deliver(3))]);
    ladder(met(on()), &shaking(on()), &[(E::Ready, O::WantDriver)]);
}

#[test]
fn rule_a_is_for_a_renegotiation_that_begins_and_ends_in_one_call() {
    ladder(met(off()), &off(), &[(E::Ready, O::Progress), (READ, O::Fetch)]);
    let ahead = Terms { read_ahead: ReadAhead::Holds, ..off() };
    ladder(met(off()), &ahead, &[(E::Ready, O::Fetch)]);
    // A later call finishes it, and falls through to the data.
    let state = ladder(met(off()), &shaking(off()), &[(E::NotReady, O::WantDriver), (READ, O::Handshake)]);
    ladder(state, &off(), &[(E::Ready, O::Fetch), (E::Data { len: 5 }, O::Deliver(5))]);
}

#[test]
fn rule_a_is_for_a_request_that_is_noted_or_refused() {
    for (terms, outcome) in [(on(), O::Fetch), (off(), O::Progress)] {
        fresh(&terms, &[(READ, O::Fetch), (E::Message, O::Process), (E::Processed, outcome)]);
    }
}

#[test]
fn data_in_a_renegotiation_is_delivered_and_an_empty_record_drives_on() {
    let later = fresh(&shaking(on()), &[(READ, O::Handshake)]);
    for state in [later, met(on())] {
        let data = [(E::Data { len: 0 }, O::Handshake), (E::Data { len: 7 }, O::Deliver(7))];
        ladder(state, &shaking(on()), &data);
        let nothing = [(E::Data { len: 0 }, O::Handshake), (E::NotReady, O::WantDriver)];
        ladder(state, &shaking(on()), &nothing);
    }
    // What a handshake that was met has become after an empty record: rule A is still its own.
    ladder(met(off()), &shaking(off()), &[(E::Data { len: 0 }, O::Handshake)]);
    let state = met(off()).step(E::Data { len: 0 }, &shaking(off())).0;
    ladder(state, &off(), &[(E::Ready, O::Progress)]);
}

#[test]
fn the_ends_of_the_stream_are_met_in_a_renegotiation_too() {
    let ignoring = Terms { unexpected_end: UnexpectedEnd::Ignore, ..shaking(on()) };
    let later = fresh(&shaking(on()), &[(READ, O::Handshake)]);
    for state in [later, met(on())] {
        ladder(state, &shaking(on()), &[(E::CloseNotify, O::Closed), (READ, O::Closed)]);
        ladder(state, &shaking(on()), &[(E::EndOfTransport, O::Truncated), (READ, O::Failed)]);
        ladder(state, &ignoring, &[(E::EndOfTransport, O::Closed)]);
        for other in [E::NothingThere, E::Message, E::Processed, E::Ignored, READ] {
            assert_eq!(state.step(other, &shaking(on())), (state, O::OutOfTurn), "{other:?}");
        }
    }
}
