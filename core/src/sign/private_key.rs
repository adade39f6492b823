//! The encodings of private keys: PKCS#8 (RFC 5958) and SEC1's ECPrivateKey (RFC 5915).

use pki_types::AlgorithmIdentifier;

use super::KeyError;
use crate::crypto::der::{CONTEXT_0, CONTEXT_1_PRIMITIVE, DerReader, INTEGER, OCTET_STRING, SEQUENCE};

/// A private key of PKCS#8, by its kind.
struct Pkcs8<'a> {
    algorithm: &'a [u8],
    private_key: &'a [u8],
}

/// The private key in PKCS#8 of a given kind.
pub(super) fn read_pkcs8(der: &[u8], algorithm: AlgorithmIdentifier) -> Result<&[u8], KeyError> {
    let key = read_sequence(der, parse_pkcs8).ok_or(KeyError::Malformed)?;
    if key.algorithm != algorithm.as_ref() {
        return Err(KeyError::UnsupportedAlgorithm);
    }
    Ok(key.private_key)
}

/// OneAsymmetricKey, versions 1 and 2. The public key of version 2 says nothing that the private one does not.
fn parse_pkcs8<'a>(reader: &mut DerReader<'a>) -> Option<Pkcs8<'a>> {
    if !matches!(reader.read(INTEGER)?, [0 | 1]) {
        return None;
    }
    let algorithm = reader.read(SEQUENCE)?;
    let private_key = reader.read(OCTET_STRING)?;
    reader.read_optional(CONTEXT_0)?;
    reader.read_optional(CONTEXT_1_PRIMITIVE)?;
    Some(Pkcs8 { algorithm, private_key })
}

/// What `parse` makes of the content of a SEQUENCE, all of it.
fn read_sequence<'a, T>(der: &'a [u8], parse: impl FnOnce(&mut DerReader<'a>) -> Option<T>) -> Option<T> {
    DerReader::read_all(der, |reader| reader.read(SEQUENCE))
        .and_then(|content| DerReader::read_all(content, parse))
}

#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384"))]
pub(super) use ec::{EcPrivateKey, read_sec1};

#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384"))]
mod ec {
    use super::{DerReader, INTEGER, KeyError, OCTET_STRING, read_sequence};
    use crate::crypto::der::{CONTEXT_0, CONTEXT_1};

    /// ECPrivateKey.
    pub(in crate::sign) struct EcPrivateKey<'a> {
        pub(in crate::sign) scalar: &'a [u8],
        /// The curve's OBJECT IDENTIFIER with tag and length.
        pub(in crate::sign) curve: Option<&'a [u8]>,
        pub(in crate::sign) public_key: Option<&'a [u8]>,
    }

    pub(in crate::sign) fn read_sec1(der: &[u8]) -> Result<EcPrivateKey<'_>, KeyError> {
        read_sequence(der, parse_sec1).ok_or(KeyError::Malformed)
    }

    fn parse_sec1<'a>(reader: &mut DerReader<'a>) -> Option<EcPrivateKey<'a>> {
        if reader.read(INTEGER)? != [1] {
            return None;
        }
        let scalar = reader.read(OCTET_STRING)?;
        let curve = reader.read_optional(CONTEXT_0)?;
        let public_key = match reader.read_optional(CONTEXT_1)? {
            Some(explicit) => Some(DerReader::read_all(explicit, DerReader::read_bit_string)?),
            None => None,
        };
        Some(EcPrivateKey { scalar, curve, public_key })
    }
}
