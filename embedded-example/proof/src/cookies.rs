//! The cookies of a server.

use core::hint::black_box;
use core::time::Duration;

use tidegate::cookie::CookieKeys;
use tidegate::{Event, UnixTime};

use super::stub::Stub;

/// Deals with an event, whatever it is.
pub(super) fn look(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::SealCookie(ask) => match black_box(0) {
            0 => {
                let mut cookie = [0; tidegate::limits::COOKIE];
                black_box(
                    keys().seal(&mut Stub, (ask.content(), black_box(b"peer")), now(), &mut cookie).is_ok(),
                );
                black_box(ask.answer(black_box(&cookie)).is_ok());
            }
            1 => ask.defer(),
            _ => ask.refuse(),
        },
        Event::OpenCookie(ask) => match black_box(0) {
            0 => {
                let (mut content, age) = ([0; tidegate::limits::COOKIE], (now(), black_box(60)));
                let found = keys().open(&mut Stub, (ask.cookie(), black_box(b"peer")), age, &mut content);
                let content = found.and_then(|range| content.get(range)).unwrap_or_default();
                black_box(ask.accept(content).is_ok());
            }
            1 => ask.defer(),
            _ => ask.refuse(),
        },
        event => return Some(event),
    }
    None
}

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(black_box(1)))
}

fn keys() -> CookieKeys {
    let mut keys = CookieKeys::new();
    match black_box(0) {
        0 => keys.install(black_box([1; _]), black_box(&[1; _])),
        _ => drop(black_box(keys.renew(&mut Stub).is_ok())),
    }
    keys
}
