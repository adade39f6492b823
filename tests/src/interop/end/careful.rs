//! A server that keeps nothing of a client until it has shown a cookie.

use std::net::TcpStream;
use std::ops::Range;
use std::sync::Arc;

use tidegate::config::{Cookies, ServerConfig};
use tidegate::cookie::CookieKeys;
use tidegate::driver::{self, answer_cookies};
use tidegate::sign::SoftwareSigner;
use tidegate::{Event, HelloRetry, Server, Want};

use super::{End, Engine, Moment, lend, provider};
use crate::interop::setup::{Answer, Fault, Setup};
use crate::pair::now;
use crate::pki::{Chain, Pki};

/// Seconds that a cookie is good for.
const SECONDS: u64 = 30;

/// Signs, and seals cookies for a client.
pub struct Careful {
    signer: SoftwareSigner,
    keys: Arc<CookieKeys>,
    /// What is known of the client.
    client: Vec<u8>,
}

impl driver::Cookies for Careful {
    fn seal(&self, content: &[u8], out: &mut [u8]) -> Option<usize> {
        self.keys.seal(&mut provider(), (content, &self.client), now()?, out).ok()
    }

    fn open(&self, cookie: &[u8], out: &mut [u8]) -> Option<Range<usize>> {
        self.keys.open(&mut provider(), (cookie, &self.client), (now()?, SECONDS), out)
    }
}

impl Answer for Careful {
    fn answer<'e>(&self, event: Event<'e>) -> Option<Event<'e>> {
        self.signer.answer(answer_cookies(event, self)?)
    }
}

impl End<Server, Careful> {
    /// As [`End::accept`], for a client of which this is known.
    ///
    /// # Panics
    /// If the configuration can't work.
    #[must_use]
    pub fn accept_carefully(
        stream: TcpStream,
        mut config: ServerConfig<Chain>,
        pki: &Pki,
        setup: Setup,
        (keys, client): (Arc<CookieKeys>, &[u8]),
    ) -> Self {
        config.common.cookies = Cookies::Required;
        let config: Arc<ServerConfig> = Arc::new(config);
        let connection = Engine::<Server, _>::new(config, provider(), lend(setup)).unwrap();
        Self::over(stream, connection, Careful { signer: pki.signer(), keys, client: client.to_vec() }, setup)
    }

    /// Gives the client a cookie and forgets it; the socket, on which the second hello comes.
    ///
    /// # Errors
    /// Why it got none.
    pub fn give_cookie(mut self) -> Result<TcpStream, Fault> {
        loop {
            let looked = self.look();
            self.flush()?;
            let moment = looked?;
            if self.connection.negotiated().hello_retry == HelloRetry::Yes {
                return Ok(self.stream);
            }
            if moment == Moment::Waits(Want::Incoming) {
                self.fill()?;
            }
        }
    }
}
