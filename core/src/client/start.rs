//! START: everything random that a ClientHello needs is made before anything is sent.

use super::{SendClientHello, State};
use crate::buffers;
use crate::config::Preferences;
use crate::crypto::{MAX_PUBLIC_VALUE, Provider};
use crate::engine::{Context, Sent};
use crate::error::{Error, Internal};
use crate::wire::enums::NamedGroup;

#[derive(Debug)]
pub struct Start;

impl Start {
    pub(super) fn begin<P: Provider>(self, context: &mut Context<'_, P>) -> Result<(State, Sent), Error> {
        context.space.size_offer =
            buffers::record_size_limit(context.incoming_length, context.common.max_handshake_message);
        let Context { provider, space, common, .. } = context;
        provider.fill_random(&mut space.client_random)?;
        space.session_id = [0; 32].into();
        provider.fill_random(&mut space.session_id)?;
        space.cipher_suites = choose(&common.cipher_suites, P::SUITES);
        space.groups = choose(&common.groups, P::GROUPS);
        let group = *space.groups.first().ok_or(Internal::Configuration)?;
        if space.cipher_suites.is_empty() {
            return Err(Internal::Configuration.into());
        }
        make_key_share(group, context)?;
        Ok((State::SendClientHello(SendClientHello::first()), Sent::All))
    }
}

/// What is preferred, as far as the provider has it; all that it has where nothing is.
fn choose<T: Copy + PartialEq>(preferred: &Preferences<T>, provided: &[T]) -> Preferences<T> {
    let all = preferred.is_empty();
    let order = if all { provided } else { preferred };
    order.iter().copied().filter(|item| provided.contains(item)).take(preferred.capacity()).collect()
}

/// Makes a fresh key share of this group.
pub(super) fn make_key_share<P: Provider>(
    group: NamedGroup,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let Context { provider, space, negotiated, .. } = context;
    let mut public_value = [0; MAX_PUBLIC_VALUE];
    let length = provider.kx_start(group, &mut space.kx_secret, &mut public_value)?;
    let public_value = public_value.get(..length).ok_or(Internal::State)?;
    space.public_value.clear();
    space.public_value.extend_from_slice(public_value).map_err(|_| Internal::State)?;
    negotiated.group = Some(group);
    Ok(())
}
