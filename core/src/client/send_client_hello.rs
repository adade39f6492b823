//! Sends the ClientHello, the first or the one that a HelloRetryRequest asked for.

use super::{State, WaitServerHello};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
use crate::negotiation::first_hello::hashing;
use crate::negotiation::offer::Parts;
#[cfg(feature = "early-data")]
use crate::negotiation::psk_offer;
use crate::wire::enums::CipherSuite;

#[derive(Debug)]
pub struct SendClientHello {
    cursor: usize,
    /// The suite that a HelloRetryRequest has fixed.
    retry_suite: Option<CipherSuite>,
}

impl SendClientHello {
    pub(super) const fn first() -> Self {
        Self { cursor: 0, retry_suite: None }
    }

    pub(super) const fn again(suite: CipherSuite) -> Self {
        Self { cursor: 0, retry_suite: Some(suite) }
    }

    pub(super) fn send_client_hello<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let hashing = if self.retry_suite.is_some() { Hashing::Now } else { hashing(context) };
        let parts = Parts::of(context);
        let sent = context.send_from_space(&mut self.cursor, hashing, &|space, writer| {
            parts.encode(space, writer);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendClientHello(self), Sent::Part));
        }
        context.space.offered = parts.offered(context.space);
        #[cfg(feature = "early-data")]
        psk_offer::open_early_data(context)?;
        let next = WaitServerHello::new(self.retry_suite, context.common);
        Ok((State::WaitServerHello(next), Sent::All))
    }
}
