//! The exchange of keys, seen from the end that begins and from the one that answers.

use heapless::Vec;

#[cfg(feature = "mlkem")]
use crate::config::KeyShares;
use crate::crypto::{CryptoError, MAX_PUBLIC_VALUE, Provider};
use crate::engine::Context;
use crate::error::{Error, PeerMisbehaved};
use crate::wire::enums::NamedGroup;

/// Makes a fresh secret of this group; our public value is in the handshake space.
pub(crate) fn begin<P: Provider>(group: NamedGroup, context: &mut Context<'_, P>) -> Result<(), Error> {
    let Context { provider, space, negotiated, .. } = context;
    let space = &mut **space;
    extend(&mut space.public_value);
    let length = provider.kx_start(group, &mut space.kx_secret, &mut space.public_value)?;
    space.public_value.truncate(length);
    negotiated.group = Some(group);
    #[cfg(feature = "mlkem")]
    {
        space.second_share = None;
    }
    Ok(())
}

/// Puts a share of X25519 beside one of X25519MLKEM768, whose public value ends with it, where both are offered and the
/// configuration lets it: the server may choose either.
#[cfg(feature = "mlkem")]
pub(crate) fn add_second_share<P: Provider>(context: &mut Context<'_, P>) {
    let Context { space, negotiated, common, .. } = context;
    if negotiated.group == Some(NamedGroup::X25519MLKEM768)
        && common.key_shares == KeyShares::WithX25519
        && space.groups.contains(&NamedGroup::X25519)
    {
        space.second_share = Some(NamedGroup::X25519);
    }
}

/// Whether our ClientHello has a share of this group.
pub(crate) fn is_shared<P: Provider>(group: NamedGroup, context: &Context<'_, P>) -> bool {
    #[cfg(feature = "mlkem")]
    if context.space.second_share == Some(group) {
        return true;
    }
    context.negotiated.group == Some(group)
}

/// Ends what [`begin`] began, with the peer's public value; the shared secret is in the handshake space.
pub(crate) fn finish<P: Provider>(
    group: NamedGroup,
    public_value: &[u8],
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let Context { provider, space, .. } = context;
    let space = &mut **space;
    provider.kx_finish(group, &mut space.kx_secret, public_value, &mut space.shared).map_err(into_error)
}

/// Both at once, for the end that has the other's public value already.
pub(crate) fn respond<P: Provider>(
    group: NamedGroup,
    peer_value: &[u8],
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let Context { provider, space, .. } = context;
    let space = &mut **space;
    extend(&mut space.public_value);
    let made = provider.kx_respond(group, peer_value, &mut space.public_value, &mut space.shared);
    space.public_value.truncate(made.map_err(into_error)?);
    Ok(())
}

/// All of the room, without a copy of it on the stack.
fn extend(public_value: &mut Vec<u8, MAX_PUBLIC_VALUE>) {
    // It holds as many.
    let _ = public_value.resize_default(MAX_PUBLIC_VALUE);
}

fn into_error(error: CryptoError) -> Error {
    match error {
        CryptoError::InvalidInput => PeerMisbehaved::BadKeyShare.into(),
        CryptoError::Unsupported | CryptoError::Randomness | CryptoError::Failed => error.into(),
    }
}
