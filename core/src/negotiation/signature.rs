//! Signatures of the peer over a handshake.

#[cfg(feature = "tls12")]
use crate::crypto::{HashAlgorithm, signs_for, verify_digest_with_spki, verify_tls12_with_spki};
use crate::crypto::{Provider, SpkiError, verify_with_spki};
use crate::engine::{Context, Message, Peer, signature_input};
#[cfg(feature = "tls12")]
use crate::engine::{HandshakeSpace, SIGNATURE_INPUT};
#[cfg(feature = "tls12")]
use crate::error::Internal;
use crate::error::{CertificateError, Error, PeerMisbehaved, Refused};
#[cfg(feature = "tls12")]
use crate::wire::Writer;
use crate::wire::certificate::CertificateVerify;
use crate::wire::enums::SignatureScheme;
#[cfg(feature = "tls12")]
use crate::wire::tls12::server_key_exchange::{ServerKeyExchange, encode_params};

/// Verifies the CertificateVerify of a peer of TLS 1.3 over the transcript so far, with the key that the verifier vouches for,
/// and adds it to the transcript; how it was signed.
pub(crate) fn on_certificate_verify<P: Provider>(
    signer: Peer,
    message: &Message<'_>,
    context: &mut Context<'_, P>,
) -> Result<SignatureScheme, Error> {
    let CertificateVerify { scheme, signature } = CertificateVerify::parse(message.body)?;
    let input = signature_input(signer, &context.transcript()?);
    let (algorithms, key) = (context.provider.signature_algorithms(), &context.space.peer_key);
    verify_with_spki(algorithms, scheme, key, &input, signature).map_err(into_error)?;
    context.hash_message(message)?;
    Ok(scheme)
}

fn into_error(error: SpkiError) -> Error {
    match error {
        SpkiError::Malformed => Refused::Certificate(CertificateError::BadEncoding).into(),
        SpkiError::WrongScheme => PeerMisbehaved::BadSignatureScheme.into(),
        SpkiError::BadSignature => PeerMisbehaved::BadSignature.into(),
    }
}

/// The server's key must be one for the suite that it chose (RFC 5246, section 7.4.2).
#[cfg(feature = "tls12")]
pub(crate) fn check_tls12_key<P: Provider>(context: &Context<'_, P>) -> Result<(), Error> {
    let (authentication, _) = context.suite()?.tls12_parts().ok_or(Internal::State)?;
    let algorithms = context.provider.signature_algorithms();
    match signs_for(algorithms, authentication, &context.space.peer_key).map_err(into_error)? {
        true => Ok(()),
        false => Err(PeerMisbehaved::BadSignatureScheme.into()),
    }
}

/// Verifies the server's signature of its half of a key exchange (RFC 8422, section 5.4), with the key that the verifier
/// vouches for: by a scheme that was offered and that fits the suite and the key.
#[cfg(feature = "tls12")]
pub(crate) fn verify_tls12_params<P: Provider>(
    exchange: &ServerKeyExchange<'_>,
    context: &Context<'_, P>,
) -> Result<(), Error> {
    let wanted = context.suite()?.tls12_parts().map(|(authentication, _)| authentication);
    if exchange.scheme.tls12_authentication() != wanted {
        return Err(PeerMisbehaved::BadSignatureScheme.into());
    }
    let input = tls12_input(context.space, &|writer| writer.put(exchange.params))?;
    let algorithms = context.provider.signature_algorithms();
    let key = &context.space.peer_key;
    verify_tls12_with_spki(algorithms, exchange.scheme, key, &input, exchange.signature).map_err(into_error)
}

/// Verifies a client's signature of the transcript so far, with the key that the verifier vouches for (RFC 5246,
/// section 7.4.8).
#[cfg(feature = "tls12")]
pub(crate) fn verify_tls12_transcript<P: Provider>(
    verify: &CertificateVerify<'_>,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    if HashAlgorithm::of_scheme(verify.scheme).is_none() {
        return Err(PeerMisbehaved::BadSignatureScheme.into());
    }
    let digest = context.transcript_for(verify.scheme)?;
    let (algorithms, key) = (context.provider.signature_algorithms(), &context.space.peer_key);
    verify_digest_with_spki(algorithms, verify.scheme, key, digest.as_bytes(), verify.signature)
        .map_err(into_error)
}

/// Puts what the server signs into the handshake space: both random values, the group and our public value.
#[cfg(feature = "tls12")]
pub(crate) fn put_tls12_input<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    let group = context.negotiated.group.ok_or(Internal::State)?;
    let space = &mut *context.space;
    space.signature_input = tls12_input(space, &|writer| encode_params(writer, group, &space.public_value))?;
    Ok(())
}

#[cfg(feature = "tls12")]
fn tls12_input<P: Provider>(
    space: &HandshakeSpace<P>,
    params: &dyn Fn(&mut Writer<'_>),
) -> Result<heapless::Vec<u8, SIGNATURE_INPUT>, Error> {
    let mut input = [0; SIGNATURE_INPUT];
    let mut writer = Writer::new(&mut input, 0);
    writer.put(&space.client_random);
    writer.put(&space.server_random);
    params(&mut writer);
    let (written, total) = (writer.written(), writer.total());
    // No group of ours has a longer public value.
    let input = input.get(..written).filter(|_| written == total).ok_or(PeerMisbehaved::BadKeyShare)?;
    Ok(heapless::Vec::from_slice(input).map_err(|_| Internal::State)?)
}
