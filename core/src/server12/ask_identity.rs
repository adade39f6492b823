//! Asks the application which certificates to show. The ClientHello is still there to look at.

use super::send_server_hello::Handshake;
use super::{SendServerHello, State, server_random};
use crate::config::{Identities, Resumption};
use crate::crypto::Provider;
use crate::engine::{Context, Peer, SessionKind};
use crate::error::{Error, Internal, PeerIncompatible, Refused};
use crate::negotiation::selection12::suite_for;
use crate::negotiation::{certificate12, key_exchange};
use crate::wire::enums::ExtensionType;

#[derive(Debug)]
pub struct AskIdentity;

impl AskIdentity {
    /// The identity is in the handshake space; the suite follows from how it signs.
    pub(super) fn on_chosen<P: Provider>(
        self,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let (identity, scheme) = context.space.identity.ok_or(Internal::State)?;
        #[cfg(feature = "raw-public-keys")]
        if !context.common.own_certificates.has(context.negotiated.server_certificate) {
            return Err(PeerIncompatible::CertificateType.into());
        }
        if !certificate12::is_there(Peer::Server, identities, identity, context) {
            return Err(Refused::Identity.into());
        }
        let suite = suite_for(&context.space.tls12.suites, scheme).ok_or(PeerIncompatible::CipherSuite)?;
        context.negotiated.cipher_suite = Some(suite);
        context.negotiated.signature_scheme = Some(scheme);
        context.space.settle_transcript(suite);
        server_random::make(context)?;
        context.negotiated.session = SessionKind::New;
        new_session_id(context)?;
        key_exchange::begin(context.negotiated.group.ok_or(Internal::State)?, context)?;
        Ok(State::SendServerHello(SendServerHello::new(Handshake::Full)))
    }
}

/// An id for the new session, where we are to keep it: a client that takes tickets keeps it itself.
fn new_session_id<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    let Context { provider, space, common, past, .. } = context;
    space.session_id.clear();
    let keeps = match past.resumption(common) {
        Resumption::Off => false,
        Resumption::ById => true,
        Resumption::ByTicket => !space.offered.contains(ExtensionType::SESSION_TICKET),
    };
    if keeps {
        space.session_id = [0; 32].into();
        provider.fill_random(&mut space.session_id)?;
    }
    Ok(())
}
