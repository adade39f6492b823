//! What a certificate's key may be used for.

use crate::crypto::certificate::at_issuer;
use crate::crypto::der::{
    BIT_STRING, BOOLEAN, CONTEXT_1_PRIMITIVE, CONTEXT_2_PRIMITIVE, CONTEXT_3, DerReader, OBJECT_IDENTIFIER,
    OCTET_STRING, SEQUENCE,
};

/// id-ce-keyUsage (RFC 5280, section 4.2.1.3).
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
/// The first bit of it.
const DIGITAL_SIGNATURE: u8 = 0x80;

/// Whether a certificate's key may sign handshakes: with a key usage, digitalSignature is among it (RFC 8446,
/// section 4.4.2.2; RFC 5246, section 7.4.2). No if the certificate can't be parsed so far.
#[must_use]
pub fn signs_handshakes(certificate: &[u8]) -> bool {
    key_usage(certificate).is_some_and(|usage| usage.is_none_or(|bits| bits & DIGITAL_SIGNATURE != 0))
}

/// Bits of the key usage, if there is one (RFC 5280, section 4.2.1.3).
fn key_usage(certificate: &[u8]) -> Option<Option<u8>> {
    let mut reader = at_issuer(certificate)?;
    // Issuer, validity, subject, key.
    for _ in 0..4_u8 {
        let _ = reader.read(SEQUENCE)?;
    }
    let _issuer_id = reader.read_optional(CONTEXT_1_PRIMITIVE)?;
    let _subject_id = reader.read_optional(CONTEXT_2_PRIMITIVE)?;
    let Some(extensions) = reader.read_optional(CONTEXT_3)? else { return Some(None) };
    let mut extensions = DerReader::new(DerReader::read_all(extensions, |reader| reader.read(SEQUENCE))?);
    while !extensions.is_at_end() {
        let mut extension = DerReader::new(extensions.read(SEQUENCE)?);
        let id = extension.read(OBJECT_IDENTIFIER)?;
        let _critical = extension.read_optional(BOOLEAN)?;
        if id == KEY_USAGE {
            let value = DerReader::read_all(extension.read(OCTET_STRING)?, |reader| reader.read(BIT_STRING))?;
            return Some(value.get(1).copied().or(Some(0)));
        }
    }
    Some(None)
}
