//! Certificate (RFC 5246, section 7.4.2; RFC 7250, section 3).

use crate::wire::certificate::{CertificateChain, Chain};
use crate::wire::enums::HandshakeType;
use crate::wire::reader::{DecodeError, Reader, non_empty};
use crate::wire::{Writer, encode_handshake};

/// Parses the body. The chain may be empty where the sender is a client.
///
/// # Errors
/// [`DecodeError::Malformed`] for an empty certificate and for contradicting lengths.
pub fn parse(body: &[u8]) -> Result<CertificateChain<'_>, DecodeError> {
    let mut reader = Reader::new(body);
    let entries = reader.vec_u24()?;
    reader.finish()?;
    let mut entry = Reader::new(entries);
    while !entry.is_empty() {
        non_empty(entry.vec_u24()?)?;
    }
    Ok(CertificateChain::bare(entries))
}

/// Parses the body where it was agreed that it is a raw public key, which stands in it alone. There may be none where the sender
/// is a client.
///
/// # Errors
/// [`DecodeError::Malformed`] for contradicting lengths.
#[cfg(feature = "raw-public-keys")]
pub fn parse_raw_public_key(body: &[u8]) -> Result<CertificateChain<'_>, DecodeError> {
    let mut reader = Reader::new(body);
    let key = reader.vec_u24()?;
    reader.finish()?;
    // With its length before it, it has the form of an entry.
    Ok(CertificateChain::bare_raw_public_key(if key.is_empty() { key } else { body }))
}

/// Encodes the whole message with a raw public key, if `key` tells one.
#[cfg(feature = "raw-public-keys")]
pub fn encode_raw_public_key(writer: &mut Writer<'_>, key: Chain<'_>) {
    encode_handshake(writer, HandshakeType::CERTIFICATE, &|w| w.vec_u24(&|w| key(&mut |key| w.put(key))));
}

/// Encodes the whole message; `chain` tells the certificates one by one, leaf first.
pub fn encode(writer: &mut Writer<'_>, chain: Chain<'_>) {
    encode_handshake(writer, HandshakeType::CERTIFICATE, &|w| {
        w.vec_u24(&|w| chain(&mut |certificate| w.vec_u24(&|w| w.put(certificate))));
    });
}
