//! Answering a server's asks about cookies.

use core::ops::Range;

use crate::connection::Event;
use crate::limits;

/// Seals the cookies of a server, and opens them: with [`CookieKeys`](crate::cookie::CookieKeys) and what is known of the client.
pub trait Cookies {
    /// Seals what a cookie is to hold into `out`; how long the cookie is. None fails the connection.
    fn seal(&self, content: &[u8], out: &mut [u8]) -> Option<usize>;

    /// Opens a cookie into `out`; where in it what it held lies. None for one that is not for this client, now.
    fn open(&self, cookie: &[u8], out: &mut [u8]) -> Option<Range<usize>>;
}

/// Answers a server's asks about cookies; other events come back.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever is not about cookies is not for this function")]
pub fn answer_cookies<'a>(event: Event<'a>, cookies: &impl Cookies) -> Option<Event<'a>> {
    let mut room = [0; limits::COOKIE];
    match event {
        Event::SealCookie(ask) => {
            let made = cookies.seal(ask.content(), &mut room);
            match made.and_then(|length| room.get(..length)) {
                Some(cookie) => ask.answer(cookie).unwrap_or(()),
                None => ask.refuse(),
            }
        }
        Event::OpenCookie(ask) => {
            let opened = cookies.open(ask.cookie(), &mut room);
            match opened.and_then(|range| room.get(range)) {
                Some(content) => ask.accept(content).unwrap_or(()),
                None => ask.refuse(),
            }
        }
        other => return Some(other),
    }
    None
}
