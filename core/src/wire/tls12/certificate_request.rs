//! CertificateRequest (RFC 5246, section 7.4.4).

use crate::wire::authorities::{self, Names};
use crate::wire::enums::HandshakeType;
use crate::wire::lists::{DistinguishedNames, U16List};
use crate::wire::reader::{DecodeError, Reader, non_empty};
use crate::wire::{Schemes, Writer, encode_handshake};

/// Type of a certificate with an RSA key that signs (RFC 5246, section 7.4.4).
pub const RSA_SIGN: u8 = 1;
/// Type of a certificate with an ECDSA or EdDSA key (RFC 8422, section 5.5).
pub const ECDSA_SIGN: u8 = 64;

/// A CertificateRequest as it was received.
#[derive(Clone, Copy, Debug)]
pub struct CertificateRequest<'a> {
    /// The types of certificates that the server takes, at least one.
    pub certificate_types: &'a [u8],
    /// The signature schemes that it takes.
    pub signature_algorithms: U16List<'a>,
    /// The authorities that it knows.
    pub authorities: DistinguishedNames<'a>,
}

impl<'a> CertificateRequest<'a> {
    /// Parses the body.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for a list without the entries that it must have, and for contradicting lengths.
    pub fn parse(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let certificate_types = non_empty(reader.vec_u8()?)?;
        let signature_algorithms = U16List::parse(reader.vec_u16()?)?;
        let authorities = DistinguishedNames::parse(reader.vec_u16()?)?;
        reader.finish()?;
        Ok(Self { certificate_types, signature_algorithms, authorities })
    }
}

/// Encodes the whole message.
pub fn encode(
    writer: &mut Writer<'_>,
    certificate_types: &[u8],
    signature_algorithms: Schemes<'_>,
    names: Names<'_>,
) {
    encode_handshake(writer, HandshakeType::CERTIFICATE_REQUEST, &|w| {
        w.vec_u8(&|w| w.put(certificate_types));
        w.vec_u16(&|w| signature_algorithms(&mut |scheme| w.u16(scheme.0)));
        authorities::encode(w, names);
    });
}
