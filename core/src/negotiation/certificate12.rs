//! What stands in the Certificate messages of TLS 1.2: certificates, or a raw public key (RFC 7250, section 3).

use crate::config::{Identities, IdentityId};
use crate::crypto::Provider;
#[cfg(feature = "raw-public-keys")]
use crate::engine::Negotiated;
use crate::engine::{Context, Hashing, Peer, Sent};
use crate::error::Error;
#[cfg(feature = "raw-public-keys")]
use crate::error::PeerIncompatible;
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types::has_something;
#[cfg(not(feature = "raw-public-keys"))]
use crate::negotiation::selection::has_certificate;
use crate::wire::certificate::CertificateChain;
use crate::wire::tls12::certificate;

#[cfg(feature = "raw-public-keys")]
use crate::config::CertificateType;

/// Sends what the identity shows that was chosen, or that none was, from `cursor` on.
pub(crate) fn send<P: Provider>(
    cursor: &mut usize,
    _own: Peer,
    identities: &dyn Identities,
    context: &mut Context<'_, P>,
) -> Result<Sent, Error> {
    let identity = context.space.identity.map(|(identity, _)| identity);
    #[cfg(feature = "raw-public-keys")]
    let agreed = shown_by(_own, context.negotiated);
    let told = |each: &mut dyn FnMut(&[u8])| {
        let Some(identity) = identity else { return };
        #[cfg(not(feature = "raw-public-keys"))]
        identities.for_each_certificate(identity, each);
        #[cfg(feature = "raw-public-keys")]
        agreed.tell(identities, identity, each);
    };
    context.send_message(cursor, Hashing::Now, &|writer| {
        #[cfg(feature = "raw-public-keys")]
        if agreed == CertificateType::RawPublicKey {
            return certificate::encode_raw_public_key(writer, &told);
        }
        certificate::encode(writer, &told);
    })
}

/// Reads what the peer shows, which must be of a type that we take.
pub(crate) fn read<'m, P: Provider>(
    body: &'m [u8],
    _peer: Peer,
    _context: &Context<'_, P>,
) -> Result<CertificateChain<'m>, Error> {
    #[cfg(not(feature = "raw-public-keys"))]
    return Ok(certificate::parse(body)?);
    #[cfg(feature = "raw-public-keys")]
    {
        let agreed = shown_by(_peer, _context.negotiated);
        let chain = match agreed {
            CertificateType::X509 => certificate::parse(body)?,
            CertificateType::RawPublicKey => certificate::parse_raw_public_key(body)?,
        };
        if !chain.is_empty() && !_context.common.peer_certificates.has(agreed) {
            return Err(PeerIncompatible::CertificateType.into());
        }
        Ok(chain)
    }
}

/// Whether an identity has something to show of the type that was agreed on.
pub(crate) fn is_there<P: Provider>(
    _own: Peer,
    identities: &dyn Identities,
    identity: IdentityId,
    _context: &Context<'_, P>,
) -> bool {
    #[cfg(not(feature = "raw-public-keys"))]
    return has_certificate(identities, identity);
    #[cfg(feature = "raw-public-keys")]
    {
        let agreed = shown_by(_own, _context.negotiated);
        _context.common.own_certificates.has(agreed) && has_something(identities, identity, agreed)
    }
}

#[cfg(feature = "raw-public-keys")]
const fn shown_by(end: Peer, negotiated: &Negotiated) -> CertificateType {
    match end {
        Peer::Client => negotiated.client_certificate,
        Peer::Server => negotiated.server_certificate,
    }
}
