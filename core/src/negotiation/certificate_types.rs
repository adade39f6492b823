//! Whether certificates or raw public keys are shown (RFC 7250, section 4; RFC 8446, section 4.4.2).

use crate::config::{CertificateType, CertificateTypes, Identities, IdentityId};
use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::{Error, PeerIncompatible, PeerMisbehaved};
use crate::wire::certificate::Certificate;
use crate::wire::client_hello::ClientHello;

/// What a client says that servers may show, and what it may show itself: without identities nothing (RFC 7250, section 4.1).
pub(crate) fn offer<P: Provider>(context: &Context<'_, P>) -> (&'static [u8], &'static [u8]) {
    #[cfg(feature = "_client-certificates")]
    let own = context.space.own_types.offer();
    #[cfg(not(feature = "_client-certificates"))]
    let own = &[];
    (context.common.peer_certificates.offer(), own)
}

/// Settles what a client may show, before it says so.
#[cfg(feature = "_client-certificates")]
pub(crate) fn settle_own<P: Provider>(identities: &dyn Identities, context: &mut Context<'_, P>) {
    context.space.own_types = match identities.are_there() {
        true => context.common.own_certificates,
        false => CertificateTypes::X509,
    };
}

/// A client takes what the server chose for itself and for the client, as far as it was offered. Without an answer it is
/// certificates.
pub(crate) fn accept<P: Provider>(
    (server, client): (Option<u8>, Option<u8>),
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let common = context.common;
    context.negotiated.server_certificate = answered(server, common.peer_certificates)?;
    #[cfg(feature = "_client-certificates")]
    {
        context.negotiated.client_certificate = answered(client, context.space.own_types)?;
    }
    #[cfg(not(feature = "_client-certificates"))]
    let _ = client;
    Ok(())
}

fn answered(code: Option<u8>, offered: CertificateTypes) -> Result<CertificateType, Error> {
    let Some(code) = code else { return Ok(CertificateType::X509) };
    let chosen = offered.list().iter().copied().find(|own| own.code() == code);
    Ok(chosen.ok_or(PeerMisbehaved::IllegalParameter)?)
}

/// A server chooses what it shows, and what the client shows if it is asked. Without an offer it is certificates, which
/// whoever does not have or take them refuses when it comes to them.
pub(crate) fn choose<P: Provider>(
    hello: &ClientHello<'_>,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let (common, extensions) = (context.common, &hello.extensions);
    context.negotiated.server_certificate = match extensions.server_certificate_types {
        Some(offered) => common.own_certificates.choose(offered).ok_or(PeerIncompatible::CertificateType)?,
        // Another one may have been chosen before a renegotiation.
        None => CertificateType::default(),
    };
    let client = extensions.client_certificate_types.and_then(|types| common.peer_certificates.choose(types));
    context.negotiated.client_certificate = client.unwrap_or_default();
    Ok(())
}

/// What was agreed on for a chain that is shown, which must be a type that we take.
pub(crate) fn read<'a>(
    certificate: Certificate<'a>,
    agreed: CertificateType,
    taken: CertificateTypes,
) -> Result<Certificate<'a>, Error> {
    if !certificate.chain.is_empty() && !taken.has(agreed) {
        return Err(PeerIncompatible::CertificateType.into());
    }
    Ok(match agreed {
        CertificateType::X509 => certificate,
        CertificateType::RawPublicKey => certificate.with_raw_public_key()?,
    })
}

/// What a server answers about a type: what is not said is a certificate (RFC 8446, section 4.4.2).
pub(crate) fn answer(chosen: CertificateType) -> Option<u8> {
    (chosen != CertificateType::X509).then(|| chosen.code())
}

/// Whether an identity has something to show, one certificate at least or one key.
pub(crate) fn has_something(
    identities: &dyn Identities,
    identity: IdentityId,
    agreed: CertificateType,
) -> bool {
    let mut shown = 0_usize;
    agreed.tell(identities, identity, &mut |_| shown = shown.saturating_add(1));
    match agreed {
        CertificateType::X509 => shown > 0,
        CertificateType::RawPublicKey => shown == 1,
    }
}
