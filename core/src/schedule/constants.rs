//! What of the key schedule is the same in every handshake.

use crate::crypto::HashAlgorithm;

/// The digest of nothing, which Derive-Secret takes for a context that is empty (RFC 8446, section 7.1).
pub(super) const fn empty_digest(algorithm: HashAlgorithm) -> &'static [u8] {
    if is_sha384(algorithm) { &EMPTY_SHA384 } else { &EMPTY_SHA256 }
}

/// What a handshake without a pre-shared key extracts its first secret with: Derive-Secret(early secret, "derived", ""), the
/// early secret being that of zeros.
pub(super) const fn salt_without_psk(algorithm: HashAlgorithm) -> &'static [u8] {
    if is_sha384(algorithm) { &SALT_SHA384 } else { &SALT_SHA256 }
}

/// What is extracted where there is nothing to extract: as many zeros as a digest has bytes.
pub(super) const fn zeros(algorithm: HashAlgorithm) -> &'static [u8] {
    if is_sha384(algorithm) { &[0; 48] } else { &[0; 32] }
}

/// No suite has another one than this and SHA-256.
const fn is_sha384(algorithm: HashAlgorithm) -> bool {
    matches!(algorithm, HashAlgorithm::Sha384)
}

const EMPTY_SHA256: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

const EMPTY_SHA384: [u8; 48] = [
    0x38, 0xb0, 0x60, 0xa7, 0x51, 0xac, 0x96, 0x38, 0x4c, 0xd9, 0x32, 0x7e, 0xb1, 0xb1, 0xe3, 0x6a, 0x21,
    0xfd, 0xb7, 0x11, 0x14, 0xbe, 0x07, 0x43, 0x4c, 0x0c, 0xc7, 0xbf, 0x63, 0xf6, 0xe1, 0xda, 0x27, 0x4e,
    0xde, 0xbf, 0xe7, 0x6f, 0x65, 0xfb, 0xd5, 0x1a, 0xd2, 0xf1, 0x48, 0x98, 0xb9, 0x5b,
];

const SALT_SHA256: [u8; 32] = [
    0x6f, 0x26, 0x15, 0xa1, 0x08, 0xc7, 0x02, 0xc5, 0x67, 0x8f, 0x54, 0xfc, 0x9d, 0xba, 0xb6, 0x97, 0x16,
    0xc0, 0x76, 0x18, 0x9c, 0x48, 0x25, 0x0c, 0xeb, 0xea, 0xc3, 0x57, 0x6c, 0x36, 0x11, 0xba,
];

const SALT_SHA384: [u8; 48] = [
    0x15, 0x91, 0xda, 0xc5, 0xcb, 0xbf, 0x03, 0x30, 0xa4, 0xa8, 0x4d, 0xe9, 0xc7, 0x53, 0x33, 0x0e, 0x92,
    0xd0, 0x1f, 0x0a, 0x88, 0x21, 0x4b, 0x44, 0x64, 0x97, 0x2f, 0xd6, 0x68, 0x04, 0x9e, 0x93, 0xe5, 0x2f,
    0x2b, 0x16, 0xfa, 0xd9, 0x22, 0xfd, 0xc0, 0x58, 0x44, 0x78, 0x42, 0x8f, 0x28, 0x2b,
];

#[cfg(all(test, feature = "rustcrypto"))]
mod tests {
    use super::{empty_digest, salt_without_psk};
    use crate::crypto::{HashAlgorithm, MAX_DIGEST, Provider};
    use crate::schedule::derive;
    use crate::schedule::tests::provider;
    use crate::secret::Secret;

    #[test]
    fn they_are_what_would_be_derived() {
        for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
            let mut provider = provider();
            let empty = provider.hash_start(algorithm).unwrap();
            let empty = provider.hash_digest(&empty).unwrap();
            assert_eq!(empty_digest(algorithm), empty.as_bytes());
            let (mut early, mut salt) = (Secret::<MAX_DIGEST>::empty(), Secret::empty());
            let zeros = &[0; MAX_DIGEST][..algorithm.len()];
            provider.hkdf_extract(algorithm, &[], zeros, early.fill(algorithm.len())).unwrap();
            derive(&mut provider, algorithm, &early, (b"derived", empty.as_bytes()), &mut salt).unwrap();
            assert_eq!(salt_without_psk(algorithm), salt.as_bytes());
        }
    }
}
