//! The random value of a ServerHello.

use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::{Error, Internal};
use crate::wire::server_hello::DOWNGRADE_TO_TLS12;

/// Makes it. Its end tells a client that it could have had TLS 1.3, if it could (RFC 8446, section 4.1.3); in a
/// renegotiation there is no choice.
pub(super) fn make<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    context.provider.fill_random(&mut context.space.server_random)?;
    if context.common.allowed_versions().has_tls13() && !context.past.is_bound() {
        let end = context.space.server_random.last_chunk_mut().ok_or(Internal::State)?;
        *end = DOWNGRADE_TO_TLS12;
    }
    Ok(())
}
