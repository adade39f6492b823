//! Cookies of servers that seal nothing: what is in them is not under test.

use tidegate::Event;

/// What a cookie begins with.
const SEALED: &[u8] = b"sealed: ";

/// Answers an ask about a cookie; other events come back.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever is not about a cookie is not for this function")]
pub(crate) fn answer_cookies(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::SealCookie(ask) => {
            let cookie = [SEALED, ask.content()].concat();
            ask.answer(&cookie).unwrap_or(());
        }
        Event::OpenCookie(ask) => match ask.cookie().strip_prefix(SEALED) {
            Some(content) => ask.accept(content).unwrap_or(()),
            None => ask.refuse(),
        },
        event => return Some(event),
    }
    None
}
