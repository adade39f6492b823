//! Sends the ClientHello, the first or the one that a HelloRetryRequest asked for.

use heapless::Vec;

use super::hello::Parts;
use super::{State, WaitServerHello};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::{Error, Internal};
use crate::limits;
use crate::wire::enums::CipherSuite;

#[derive(Debug)]
pub struct SendClientHello {
    cursor: usize,
    retry: Option<Retry>,
}

/// What a HelloRetryRequest fixed.
#[derive(Debug)]
pub(super) struct Retry {
    pub(super) suite: CipherSuite,
    /// To be returned; empty if there was none.
    pub(super) cookie: Vec<u8, { limits::COOKIE }>,
}

impl SendClientHello {
    pub(super) const fn first() -> Self {
        Self { cursor: 0, retry: None }
    }

    pub(super) const fn again(retry: Retry) -> Self {
        Self { cursor: 0, retry: Some(retry) }
    }

    pub(super) fn send_client_hello<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let hashing = if self.retry.is_some() { Hashing::Now } else { Hashing::Later };
        let parts = Parts {
            algorithms: context.provider.signature_algorithms(),
            protocols: context.common.protocols.as_wire(),
            receive_limit: context.channel.receive_limit,
            cookie: self.retry.as_ref().map(|retry| &*retry.cookie).filter(|cookie| !cookie.is_empty()),
        };
        let group = context.negotiated.group.ok_or(Internal::State)?;
        let encode = |space: &_, writer: &mut _| parts.encode(space, group, writer);
        if context.send_from_space(&mut self.cursor, hashing, &encode)? == Sent::Part {
            return Ok((State::SendClientHello(self), Sent::Part));
        }
        context.space.offered = parts.offered(context.space);
        let suite = self.retry.map(|retry| retry.suite);
        Ok((State::WaitServerHello(WaitServerHello::new(suite)), Sent::All))
    }
}
