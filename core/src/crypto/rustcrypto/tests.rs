mod aead;

use hex_literal::hex;
use zeroize::Zeroize;

use super::randomness::{Broken, Over};
use super::{KxSecret, RustCrypto};
use crate::crypto::{CryptoError, HashAlgorithm, MAX_PUBLIC_VALUE, Provider};
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, NamedGroup};

pub(super) fn provider(script: &[u8]) -> RustCrypto<Over> {
    RustCrypto::new(Over(script.to_vec()))
}

const SUITES: &[CipherSuite] = RustCrypto::<Over>::SUITES;
const GROUPS: &[NamedGroup] = RustCrypto::<Over>::GROUPS;

fn chosen_hashes() -> impl Iterator<Item = HashAlgorithm> {
    SUITES.iter().map(|suite| HashAlgorithm::of(*suite))
}

fn expected(algorithm: HashAlgorithm, sha256: &'static [u8], sha384: &'static [u8]) -> &'static [u8] {
    match algorithm {
        HashAlgorithm::Sha256 => sha256,
        HashAlgorithm::Sha384 => sha384,
        #[cfg(feature = "tls12-sha512")]
        HashAlgorithm::Sha512 => panic!("no suite has it"),
    }
}

/// FIPS 180-4's example "abc".
#[test]
fn hashes_go_on_after_a_digest() {
    for algorithm in chosen_hashes() {
        let mut provider = provider(&[]);
        let mut hash = provider.hash_start(algorithm).unwrap();
        provider.hash_update(&mut hash, b"ab").unwrap();
        let before = provider.hash_digest(&hash).unwrap();
        provider.hash_update(&mut hash, b"c").unwrap();
        let after = provider.hash_digest(&hash).unwrap();
        assert_ne!(before.as_bytes(), after.as_bytes());
        let expected = expected(
            algorithm,
            &hex!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            &hex!(
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                "8086072ba1e7cc2358baeca134c825a7"
            ),
        );
        assert_eq!(after.as_bytes(), expected);
    }
}

/// The same example.
#[cfg(feature = "tls12-sha512")]
#[test]
fn sha512_hashes_and_makes_no_keys() {
    let mut provider = provider(&[]);
    let mut hash = provider.hash_start(HashAlgorithm::Sha512).unwrap();
    provider.hash_update(&mut hash, b"abc").unwrap();
    let expected = hex!(
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    );
    assert_eq!(provider.hash_digest(&hash).unwrap().as_bytes(), expected);
    let refused = provider.hmac(HashAlgorithm::Sha512, b"key", b"message", &mut [0; 64]);
    assert_eq!(refused, Err(CryptoError::Unsupported));
}

/// RFC 4231, test case 2.
#[test]
fn hmac_has_the_values_of_rfc_4231() {
    for algorithm in chosen_hashes() {
        let mut out = [0; 48];
        let out = &mut out[..algorithm.len()];
        provider(&[]).hmac(algorithm, b"Jefe", b"what do ya want for nothing?", out).unwrap();
        let expected = expected(
            algorithm,
            &hex!("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            &hex!(
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
                "8e2240ca5e69e2c78b3239ecfab21649"
            ),
        );
        assert_eq!(out, expected);
    }
}

/// RFC 5869, test case 1, its info in pieces.
#[test]
fn hkdf_has_the_values_of_rfc_5869() {
    if !chosen_hashes().any(|algorithm| algorithm == HashAlgorithm::Sha256) {
        return;
    }
    let (mut provider, mut secret, mut out) = (provider(&[]), [0; 32], [0; 42]);
    let salt = hex!("000102030405060708090a0b0c");
    provider.hkdf_extract(HashAlgorithm::Sha256, &salt, &[0x0b; 22], &mut secret).unwrap();
    assert_eq!(secret, hex!("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
    let info: [&[u8]; 3] = [&hex!("f0f1f2f3"), &[], &hex!("f4f5f6f7f8f9")];
    provider.hkdf_expand(HashAlgorithm::Sha256, &secret, &info, &mut out).unwrap();
    assert_eq!(
        out,
        hex!(
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
            "34007208d5b887185865"
        )
    );
}

#[test]
fn wrong_lengths_are_refused() {
    for algorithm in chosen_hashes() {
        let mut provider = provider(&[]);
        let short = algorithm.len() - 1;
        let mut out = [0; 255 * 48 + 1];
        let failed = Err(CryptoError::Failed);
        assert_eq!(provider.hmac(algorithm, b"key", b"", &mut out[..short]), failed);
        assert_eq!(provider.hkdf_extract(algorithm, b"", b"", &mut out[..short]), failed);
        assert_eq!(provider.hkdf_expand(algorithm, &[0; 48][..short], &[], &mut out[..1]), failed);
        assert_eq!(
            provider.hkdf_expand(algorithm, &[0; 48], &[], &mut out[..255 * algorithm.len() + 1]),
            failed
        );
    }
    for suite in SUITES {
        assert!(matches!(provider(&[]).aead_key(*suite, &[0; 31]), Err(CryptoError::Failed)));
    }
}

#[test]
fn both_ends_agree_in_every_group() {
    for group in GROUPS {
        let (mut client, mut server) = (provider(&[0x17; 48]), provider(&[0x2c; 48]));
        let (mut secret, mut shared) = (KxSecret::default(), [Secret::empty(), Secret::empty()]);
        let mut publics = [[0; MAX_PUBLIC_VALUE]; 2];
        let ours = client.kx_start(*group, &mut secret, &mut publics[0]).unwrap();
        let client_public = publics[0];
        let theirs =
            server.kx_respond(*group, &client_public[..ours], &mut publics[1], &mut shared[1]).unwrap();
        client.kx_finish(*group, &mut secret, &publics[1][..theirs], &mut shared[0]).unwrap();
        assert!(shared[0] == shared[1] && !shared[0].is_empty(), "{group}");
        assert_eq!(
            client.kx_finish(*group, &mut secret, &publics[1][..theirs], &mut shared[0]),
            Err(CryptoError::Failed),
            "a slot works once"
        );
    }
}

/// RFC 7748, section 6.1.
#[test]
fn x25519_has_the_values_of_rfc_7748() {
    if !GROUPS.contains(&NamedGroup::X25519) {
        return;
    }
    let mut alice = provider(&hex!("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
    let (mut secret, mut public, mut shared) = (KxSecret::default(), [0; MAX_PUBLIC_VALUE], Secret::empty());
    let len = alice.kx_start(NamedGroup::X25519, &mut secret, &mut public).unwrap();
    assert_eq!(public[..len], hex!("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
    let bob = hex!("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    alice.kx_finish(NamedGroup::X25519, &mut secret, &bob, &mut shared).unwrap();
    assert_eq!(shared.as_bytes(), hex!("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
}

#[test]
fn only_a_group_that_was_started_is_finished() {
    for group in GROUPS {
        let mut provider = provider(&[1; 48]);
        let (mut secret, mut public, mut shared) =
            (KxSecret::default(), [0; MAX_PUBLIC_VALUE], Secret::empty());
        let len = provider.kx_start(*group, &mut secret, &mut public).unwrap();
        let other = NamedGroup(0x0a0a);
        let result = provider.kx_finish(other, &mut secret, &public[..len], &mut shared);
        assert_eq!(result, Err(CryptoError::Failed));
        provider.kx_start(*group, &mut secret, &mut public).unwrap();
        secret.zeroize();
        let result = provider.kx_finish(*group, &mut secret, &public[..len], &mut shared);
        assert_eq!(result, Err(CryptoError::Failed));
        let result = provider.kx_start(other, &mut secret, &mut public);
        assert_eq!(result, Err(CryptoError::Unsupported));
    }
}

const fn is_on_a_nist_curve(group: NamedGroup) -> bool {
    matches!(group, NamedGroup::SECP256R1 | NamedGroup::SECP384R1)
}

#[test]
fn invalid_public_values_are_refused() {
    for group in GROUPS {
        let mut provider = provider(&[1; 48]);
        let (mut public, mut answer, mut shared) =
            ([0; MAX_PUBLIC_VALUE], [0; MAX_PUBLIC_VALUE], Secret::empty());
        let len = provider.kx_start(*group, &mut KxSecret::default(), &mut public).unwrap();
        let mut off_curve = public;
        off_curve[len - 1] ^= 1;
        let mut hybrid = public;
        hybrid[0] = 6 + (public[len - 1] & 1);
        let mut compressed = public;
        compressed[0] = 2 + (public[len - 1] & 1);
        let (short, long) = (&public[..len - 1], &[&public[..len], &[0]].concat()[..]);
        let zeros = [0; MAX_PUBLIC_VALUE];
        let mut wrong = std::vec![&[] as &[u8], &[0], short, long, &zeros[..len]];
        if is_on_a_nist_curve(*group) {
            wrong.extend([&off_curve[..len], &hybrid[..len], &compressed[..len / 2 + 1]]);
        }
        for peer in wrong {
            let result = provider.kx_respond(*group, peer, &mut answer, &mut shared);
            assert_eq!(result, Err(CryptoError::InvalidInput), "{group} {peer:x?}");
        }
    }
}

#[test]
fn scalars_out_of_range_are_drawn_again_but_not_for_ever() {
    for group in GROUPS.iter().filter(|group| is_on_a_nist_curve(**group)) {
        let scalar_len = if *group == NamedGroup::SECP256R1 { 32 } else { 48 };
        let mut script = std::vec![0xff; scalar_len];
        let (mut secret, mut public) = (KxSecret::default(), [0; MAX_PUBLIC_VALUE]);
        let result = provider(&script).kx_start(*group, &mut secret, &mut public);
        assert_eq!(result, Err(CryptoError::Randomness));
        script.extend(std::vec![7; scalar_len]);
        assert!(provider(&script).kx_start(*group, &mut secret, &mut public).is_ok());
    }
}

#[test]
fn a_broken_source_of_randomness_is_an_error() {
    let mut provider = RustCrypto::new(Broken);
    assert_eq!(provider.fill_random(&mut [0; 4]), Err(CryptoError::Randomness));
    for group in GROUPS {
        let result = provider.kx_start(*group, &mut KxSecret::default(), &mut [0; MAX_PUBLIC_VALUE]);
        assert_eq!(result, Err(CryptoError::Randomness));
    }
}

#[test]
fn no_space_for_the_public_value_is_an_error() {
    for group in GROUPS {
        let result = provider(&[1; 48]).kx_start(*group, &mut KxSecret::default(), &mut [0; 31]);
        assert_eq!(result, Err(CryptoError::Failed));
    }
}
