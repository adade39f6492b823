//! Parts of a certificate (RFC 5280, section 4.1), found without verifying anything.

use super::der::{CONTEXT_0, DerReader, INTEGER, SEQUENCE};

/// The subjectPublicKeyInfo of a certificate, with tag and length (RFC 5280, section 4.1): what a key is pinned by, and
/// what a private key is compared with. `None` if the certificate can't be parsed so far.
#[must_use]
pub fn public_key_info(certificate: &[u8]) -> Option<&[u8]> {
    let mut reader = at_issuer(certificate)?;
    let _issuer = reader.read(SEQUENCE)?;
    let _validity = reader.read(SEQUENCE)?;
    let _subject = reader.read(SEQUENCE)?;
    reader.read_whole(SEQUENCE)
}

/// The distinguished name of who issued a certificate, with tag and length (RFC 5280, section 4.1.2.4): what a server names
/// the authorities by whose clients it takes (RFC 5246, section 7.4.4). `None` if the certificate can't be parsed so far.
#[must_use]
pub fn issuer(certificate: &[u8]) -> Option<&[u8]> {
    at_issuer(certificate)?.read_whole(SEQUENCE)
}

/// A certificate from its issuer on.
pub(crate) fn at_issuer(certificate: &[u8]) -> Option<DerReader<'_>> {
    let content = DerReader::read_all(certificate, |reader| reader.read(SEQUENCE))?;
    let to_be_signed = DerReader::new(content).read(SEQUENCE)?;
    let mut reader = DerReader::new(to_be_signed);
    let _version = reader.read_optional(CONTEXT_0)?;
    let _serial_number = reader.read(INTEGER)?;
    let _signature = reader.read(SEQUENCE)?;
    Some(reader)
}
