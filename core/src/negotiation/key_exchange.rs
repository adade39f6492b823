//! The exchange of keys, seen from the end that begins and from the one that answers.

use crate::crypto::{CryptoError, MAX_PUBLIC_VALUE, Provider};
use crate::engine::Context;
use crate::error::{Error, PeerMisbehaved};
use crate::wire::enums::NamedGroup;

/// Makes a fresh secret of this group; our public value is in the handshake space.
pub(crate) fn begin<P: Provider>(group: NamedGroup, context: &mut Context<'_, P>) -> Result<(), Error> {
    let Context { provider, space, negotiated, .. } = context;
    let space = &mut **space;
    space.public_value = [0; MAX_PUBLIC_VALUE].into();
    let length = provider.kx_start(group, &mut space.kx_secret, &mut space.public_value)?;
    space.public_value.truncate(length);
    negotiated.group = Some(group);
    Ok(())
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
    space.public_value = [0; MAX_PUBLIC_VALUE].into();
    let made = provider.kx_respond(group, peer_value, &mut space.public_value, &mut space.shared);
    space.public_value.truncate(made.map_err(into_error)?);
    Ok(())
}

fn into_error(error: CryptoError) -> Error {
    match error {
        CryptoError::InvalidInput => PeerMisbehaved::BadKeyShare.into(),
        CryptoError::Unsupported | CryptoError::Randomness | CryptoError::Failed => error.into(),
    }
}
