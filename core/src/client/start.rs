//! START: everything random that a ClientHello needs is made before anything is sent.

use super::{SendClientHello, State};
use crate::crypto::Provider;
use crate::engine::{Context, Sent};
use crate::error::{Error, Internal};
use crate::negotiation::{key_exchange, offer};

#[derive(Debug)]
pub struct Start;

impl Start {
    pub(super) fn begin<P: Provider>(self, context: &mut Context<'_, P>) -> Result<(State, Sent), Error> {
        offer::choose(context)?;
        let Context { provider, space, .. } = context;
        space.session_id = [0; 32].into();
        provider.fill_random(&mut space.session_id)?;
        let group = *space.groups.first().ok_or(Internal::Configuration)?;
        key_exchange::begin(group, context)?;
        Ok((State::SendClientHello(SendClientHello::first()), Sent::All))
    }
}
