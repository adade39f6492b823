//! Cookies of servers that keep nothing of a client until it has answered.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tidegate::config;
use tidegate::cookie::CookieKeys;
use tidegate::driver::Cookies;

use super::Acceptor;
use crate::provider::Software;
use crate::sessions::Time;

/// How long a cookie is good for, and how long a key seals cookies: the one before it opens them for as long again.
const LIFETIME: Duration = Duration::from_secs(60);

/// The keys of an acceptor's cookies, which change by themselves.
#[derive(Default)]
pub struct CookieJar(Mutex<TimedKeys>);

#[derive(Default)]
struct TimedKeys {
    keys: CookieKeys,
    made: Option<Instant>,
}

impl CookieJar {
    /// What a thread that panicked left behind is whole: nothing here panics between two changes.
    fn lock(&self) -> MutexGuard<'_, TimedKeys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// They are bound to no address: over a stream, the transport has shown where the client is.
impl Cookies for CookieJar {
    fn seal(&self, content: &[u8], out: &mut [u8]) -> Option<usize> {
        let mut timed = self.lock();
        if timed.made.is_none_or(|made| made.elapsed() >= LIFETIME) {
            timed.keys.renew(&mut Software::default()).ok()?;
            timed.made = Some(Instant::now());
        }
        timed.keys.seal(&mut Software::default(), (content, &[]), Time::default().now()?, out).ok()
    }

    fn open(&self, cookie: &[u8], out: &mut [u8]) -> Option<Range<usize>> {
        self.lock().keys.open(
            &mut Software::default(),
            (cookie, &[]),
            (Time::default().now()?, LIFETIME.as_secs()),
            out,
        )
    }
}

impl fmt::Debug for CookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CookieJar").finish_non_exhaustive()
    }
}

impl Acceptor {
    /// Servers that answer the first hello of a client of TLS 1.3 with a cookie, and do nothing for it until its second hello
    /// shows the cookie: no keys are exchanged and nothing is signed before (RFC 8446, section 4.2.2). It takes a round trip
    /// more. Clients of TLS 1.2 know no cookies; GnuTLS 3.7 takes one only beside a request for another key share.
    #[must_use]
    pub fn with_cookies(mut self) -> Self {
        self.shared().answers.2.1 = Arc::default();
        self.configured(|config| config.common.cookies = config::Cookies::Required)
    }
}
