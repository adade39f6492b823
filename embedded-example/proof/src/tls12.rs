//! What TLS 1.2 alone has.

use core::hint::black_box;

use tidegate::Event;

use super::sessions::now;

/// Deals with an event, whatever it is.
pub(super) fn look(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::SignDigest(ask) => {
            black_box((ask.digest(), ask.scheme(), ask.identity()));
            match black_box(0) {
                0 => drop(black_box(ask.answer(black_box(&[1; 70])))),
                1 => ask.defer(),
                _ => ask.refuse(),
            }
        }
        Event::FindSession(ask) => {
            black_box((ask.id(), ask.ticket()));
            match black_box(0) {
                0 => drop(black_box(ask.resume(black_box(&[1; 90]), now()).is_ok())),
                1 => ask.defer(),
                2 => drop(black_box(ask.resume_with_new_ticket(black_box(&[1; 90]), now()).is_ok())),
                _ => ask.none(),
            }
        }
        event => return Some(event),
    }
    None
}
