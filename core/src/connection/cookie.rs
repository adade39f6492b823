//! Asks about the cookies of a server (RFC 8446, section 4.2.2).

use core::fmt;

use heapless::Vec;

use super::asked::Asked;
use super::event::{Event, Want};
use crate::crypto::CryptoError;
use crate::engine::Answer;
use crate::error::{Internal, PeerMisbehaved};
use crate::limits;
use crate::wire::client_hello::ClientHello;

/// Asks a server to seal a cookie for a client: with [`CookieKeys`](crate::cookie::CookieKeys), or as it likes.
#[must_use = "an ask that is dropped is offered again"]
pub struct SealCookie<'a> {
    cookie: &'a mut Vec<u8, { limits::COOKIE }>,
    answer: &'a mut Answer,
}

/// The cookie, or what it held, is longer than [`limits::COOKIE`]; the ask was answered with a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieTooLong;

impl fmt::Display for CookieTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the cookie is too long")
    }
}

impl core::error::Error for CookieTooLong {}

impl fmt::Debug for SealCookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealCookie").finish_non_exhaustive()
    }
}

impl<'a> SealCookie<'a> {
    /// The event of the ask.
    pub(super) fn offer(answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        Event::SealCookie(Self { cookie: asked.cookie, answer })
    }

    /// What is needed again: at most 100 bytes. Who changes them unseen decides what the handshake is believed to have begun
    /// with, so that they are to be sealed, or kept.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        self.cookie
    }

    /// Gives the client this cookie, of at most [`limits::COOKIE`] bytes.
    ///
    /// # Errors
    /// [`CookieTooLong`], or an empty one.
    pub fn answer(self, cookie: &[u8]) -> Result<(), CookieTooLong> {
        self.cookie.clear();
        if cookie.is_empty() || self.cookie.extend_from_slice(cookie).is_err() {
            self.refuse();
            return Err(CookieTooLong);
        }
        *self.answer = Answer::Accepted;
        Ok(())
    }

    /// It can't be made: the connection fails.
    pub fn refuse(self) {
        *self.answer = Answer::Refused(Internal::Crypto(CryptoError::Failed).into());
    }

    /// Later: the ask comes again after [`resume_ask`](super::Connection::resume_ask).
    pub fn defer(self) {
        *self.answer = Answer::Deferred;
    }
}

/// Asks a server what is in the cookie that a client shows. One that is not its own, too old, or for somebody else is refused,
/// and the client learns no more than that.
#[must_use = "an ask that is dropped is offered again"]
pub struct OpenCookie<'a> {
    cookie: &'a [u8],
    content: &'a mut Vec<u8, { limits::COOKIE }>,
    answer: &'a mut Answer,
}

impl fmt::Debug for OpenCookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenCookie").finish_non_exhaustive()
    }
}

impl<'a> OpenCookie<'a> {
    /// The event of the ask about this ClientHello, which was parsed before.
    pub(super) fn offer(hello: &'a [u8], answer: &'a mut Answer, asked: Asked<'a>) -> Event<'a> {
        let cookie = ClientHello::parse(hello).ok().and_then(|hello| hello.extensions.cookie);
        let Some(cookie) = cookie else { return Event::Want(Want::Nothing) };
        Event::OpenCookie(Self { cookie, content: asked.cookie, answer })
    }

    /// The cookie, as the client shows it.
    #[must_use]
    pub const fn cookie(&self) -> &'a [u8] {
        self.cookie
    }

    /// Goes on with what [`SealCookie::content`] was.
    ///
    /// # Errors
    /// [`CookieTooLong`].
    pub fn accept(self, content: &[u8]) -> Result<(), CookieTooLong> {
        self.content.clear();
        if self.content.extend_from_slice(content).is_err() {
            self.refuse();
            return Err(CookieTooLong);
        }
        *self.answer = Answer::Accepted;
        Ok(())
    }

    /// It is no cookie for this client, at this time.
    pub fn refuse(self) {
        *self.answer = Answer::Refused(PeerMisbehaved::BadCookie.into());
    }

    /// Later: the ask comes again after [`resume_ask`](super::Connection::resume_ask).
    pub fn defer(self) {
        *self.answer = Answer::Deferred;
    }
}
