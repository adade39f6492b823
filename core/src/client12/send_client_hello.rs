//! Sends the ClientHello of a renegotiation, bound to the handshake before it (RFC 5746, section 3.5).

use super::{State, WaitServerHello};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent};
use crate::error::Error;
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types;
use crate::negotiation::offer::{self, Parts};

#[derive(Debug)]
pub struct SendClientHello {
    cursor: usize,
}

impl SendClientHello {
    pub(super) const fn new() -> Self {
        Self { cursor: 0 }
    }

    pub(super) fn send_client_hello<P: Provider>(
        mut self,
        _identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        if self.cursor == 0 {
            context.space.begin_anew();
            offer::choose(context)?;
            #[cfg(feature = "raw-public-keys")]
            certificate_types::settle_own(_identities, context);
        }
        let parts = Parts::of(context);
        let sent = context.send_from_space(&mut self.cursor, Hashing::Later, &|space, writer| {
            parts.encode(space, writer);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendClientHello(self), Sent::Part));
        }
        context.space.offered = parts.offered(context.space);
        Ok((State::WaitServerHello(WaitServerHello), Sent::All))
    }
}
