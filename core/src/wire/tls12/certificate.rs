//! Certificate (RFC 5246, section 7.4.2).

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

/// Encodes the whole message; `chain` tells the certificates one by one, leaf first.
pub fn encode(writer: &mut Writer<'_>, chain: Chain<'_>) {
    encode_handshake(writer, HandshakeType::CERTIFICATE, &|w| {
        w.vec_u24(&|w| chain(&mut |certificate| w.vec_u24(&|w| w.put(certificate))));
    });
}
