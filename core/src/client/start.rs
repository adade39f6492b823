//! START: everything random that a ClientHello needs is made before anything is sent.

use super::{SendClientHello, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Sent};
use crate::error::{Error, Internal};
#[cfg(all(feature = "raw-public-keys", feature = "_client-certificates"))]
use crate::negotiation::certificate_types;
use crate::negotiation::first_hello::begin_transcript;
#[cfg(feature = "psk")]
use crate::negotiation::psk_offer;
use crate::negotiation::{key_exchange, offer};

#[derive(Debug)]
pub struct Start;

impl Start {
    pub(super) fn begin<P: Provider>(
        self,
        _identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        offer::choose(context)?;
        #[cfg(all(feature = "raw-public-keys", feature = "_client-certificates"))]
        certificate_types::settle_own(_identities, context);
        make_session_id(context)?;
        begin_key_exchange(context)?;
        begin_transcript(context)?;
        Ok((State::SendClientHello(SendClientHello::first()), Sent::All))
    }
}

/// A share of the group that is preferred. Where nothing but a pre-shared key will do there may be none.
fn begin_key_exchange<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    #[cfg(feature = "psk")]
    if !psk_offer::exchanges_keys(context.common) {
        return Ok(());
    }
    let group = *context.space.groups.first().ok_or(Internal::Configuration)?;
    key_exchange::begin(group, context)?;
    #[cfg(feature = "mlkem")]
    key_exchange::add_second_share(context);
    Ok(())
}

/// For middleboxes (RFC 8446, appendix D.4), and so that a server of TLS 1.2 can say that it goes on with a ticket's session
/// (RFC 5077, section 3.4).
fn make_session_id<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    // A session that the server itself keeps goes on under its own, and a client of TLS 1.2 alone owes middleboxes nothing.
    #[cfg(feature = "tls12")]
    if !context.space.session_id.is_empty()
        || (!context.common.allowed_versions().has_tls13() && context.space.tls12.session.ticket.is_empty())
    {
        return Ok(());
    }
    let Context { provider, space, .. } = context;
    space.session_id = [0; 32].into();
    Ok(provider.fill_random(&mut space.session_id)?)
}
