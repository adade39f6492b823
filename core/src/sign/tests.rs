//! Keys made with OpenSSL 3.0 (`genpkey`, `ecparam -genkey`, `pkcs8 -topk8`) for these tests.

use std::format;
use std::vec::Vec;

use hex_literal::hex;

use super::{KeyError, MAX_SIGNATURE, MAX_SPKI, SoftwareSigner};
use crate::crypto::{CryptoError, SIGNATURE_ALGORITHMS, verify_with_spki};
use crate::wire::enums::SignatureScheme;

const P256_PKCS8: &[u8] = &hex!(
    "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02010104200d6c0f60bc91fd2f"
    "0273c8e52738c9c8fd10b483bdc1da4e6e154a81f54f7eaaa144034200040dc4a46e5eea7ee0429a07a65435"
    "03e23213555e84a6cd08d2a7a4a83ef112b077aba45b219737b6f246d82cfe9fa9484443ed583b568078d8f4"
    "043cb7beaf03"
);
const P256_SEC1: &[u8] = &hex!(
    "307702010104200d6c0f60bc91fd2f0273c8e52738c9c8fd10b483bdc1da4e6e154a81f54f7eaaa00a06082a"
    "8648ce3d030107a144034200040dc4a46e5eea7ee0429a07a6543503e23213555e84a6cd08d2a7a4a83ef112"
    "b077aba45b219737b6f246d82cfe9fa9484443ed583b568078d8f4043cb7beaf03"
);
const P256_SPKI: &[u8] = &hex!(
    "3059301306072a8648ce3d020106082a8648ce3d030107034200040dc4a46e5eea7ee0429a07a6543503e232"
    "13555e84a6cd08d2a7a4a83ef112b077aba45b219737b6f246d82cfe9fa9484443ed583b568078d8f4043cb7"
    "beaf03"
);
const P384_PKCS8: &[u8] = &hex!(
    "3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430f6488aaeaec53c5a1e"
    "4ce6d8a81e0f5c08ff144e0d00af6ff87584326b8b9c99dae3070619cfe4c25a3d35dcf6d3df17a164036200"
    "046ea2231e82bcba26f5f5de1e5271efeb5c0fbfb8faf712a56dc96bc724db4f3212fe899ce325312eb401ca"
    "c5194cd4bc38a3a81aef306e6ff3a8ca7c55bdfe07f2b95b253eeed6f9519ecfeeefb9d606471e0614deac23"
    "fb4f77e540592c2adc"
);
const P384_SEC1: &[u8] = &hex!(
    "3081a40201010430f6488aaeaec53c5a1e4ce6d8a81e0f5c08ff144e0d00af6ff87584326b8b9c99dae30706"
    "19cfe4c25a3d35dcf6d3df17a00706052b81040022a164036200046ea2231e82bcba26f5f5de1e5271efeb5c"
    "0fbfb8faf712a56dc96bc724db4f3212fe899ce325312eb401cac5194cd4bc38a3a81aef306e6ff3a8ca7c55"
    "bdfe07f2b95b253eeed6f9519ecfeeefb9d606471e0614deac23fb4f77e540592c2adc"
);
const P384_SPKI: &[u8] = &hex!(
    "3076301006072a8648ce3d020106052b81040022036200046ea2231e82bcba26f5f5de1e5271efeb5c0fbfb8"
    "faf712a56dc96bc724db4f3212fe899ce325312eb401cac5194cd4bc38a3a81aef306e6ff3a8ca7c55bdfe07"
    "f2b95b253eeed6f9519ecfeeefb9d606471e0614deac23fb4f77e540592c2adc"
);
const ED25519_PKCS8: &[u8] = &hex!(
    "302e020100300506032b657004220420dcfc999a8332e3cd876b41fed602ddd55e7e5b98d305437fcbef077f"
    "63ca4afe"
);
const ED25519_SPKI: &[u8] =
    &hex!("302a300506032b65700321005413afd99d7a21a72ff479ad500175f15d7a4c3a69a67548f0c83af3ef581a04");

struct Key {
    scheme: SignatureScheme,
    encodings: &'static [&'static [u8]],
    spki: &'static [u8],
}

const KEYS: &[Key] = &[
    Key {
        scheme: SignatureScheme::ECDSA_SECP256R1_SHA256,
        encodings: &[P256_PKCS8, P256_SEC1],
        spki: P256_SPKI,
    },
    Key {
        scheme: SignatureScheme::ECDSA_SECP384R1_SHA384,
        encodings: &[P384_PKCS8, P384_SEC1],
        spki: P384_SPKI,
    },
    Key { scheme: SignatureScheme::ED25519, encodings: &[ED25519_PKCS8], spki: ED25519_SPKI },
];

/// Whether keys of this scheme are compiled in.
fn is_chosen(scheme: SignatureScheme) -> bool {
    SIGNATURE_ALGORITHMS.iter().any(|algorithm| algorithm.scheme == scheme)
}

/// Every key that is compiled in, in each of its encodings.
fn encodings() -> impl Iterator<Item = (&'static Key, &'static [u8])> {
    let features = [cfg!(feature = "ecdsa-p256"), cfg!(feature = "ecdsa-p384"), cfg!(feature = "ed25519")];
    let chosen = KEYS.iter().zip(features).filter_map(|(key, chosen)| chosen.then_some(key));
    chosen.flat_map(|key| key.encodings.iter().map(move |der| (key, *der)))
}

#[test]
fn keys_of_every_encoding_sign_what_their_public_key_verifies() {
    for (key, der) in encodings() {
        assert!(is_chosen(key.scheme));
        let signer = SoftwareSigner::from_der(der).unwrap();
        assert_eq!(signer.scheme(), key.scheme);
        let mut spki = [0; MAX_SPKI];
        let len = signer.public_key_spki(&mut spki).unwrap();
        assert_eq!(&spki[..len], key.spki, "{}", key.scheme);

        let mut signature = [0; MAX_SIGNATURE];
        let len = signer.sign(b"message", &mut signature).unwrap();
        let verify = |message| {
            verify_with_spki(SIGNATURE_ALGORITHMS, key.scheme, key.spki, message, &signature[..len])
        };
        assert_eq!(verify(b"message"), Ok(()));
        assert!(verify(b"massage").is_err());
        let mut again = [0; MAX_SIGNATURE];
        signer.sign(b"message", &mut again).unwrap();
        assert_eq!(signature, again, "the same signature for the same message");
    }
}

#[test]
fn no_space_is_an_error() {
    for (_, der) in encodings() {
        let signer = SoftwareSigner::from_der(der).unwrap();
        assert_eq!(signer.sign(b"message", &mut [0; 63]), Err(CryptoError::Failed));
        assert_eq!(signer.public_key_spki(&mut [0; 43]), Err(CryptoError::Failed));
    }
}

#[test]
fn secrets_are_not_shown() {
    for (key, der) in encodings() {
        let signer = SoftwareSigner::from_der(der).unwrap();
        assert_eq!(format!("{signer:?}"), format!("SoftwareSigner({})", key.scheme));
    }
}

#[test]
fn keys_that_are_cut_or_too_long_are_malformed() {
    for (_, der) in encodings() {
        for len in 0..der.len() {
            assert_eq!(SoftwareSigner::from_der(&der[..len]).unwrap_err(), KeyError::Malformed, "{len}");
        }
        let long = [der, &[0]].concat();
        assert_eq!(SoftwareSigner::from_der(&long).unwrap_err(), KeyError::Malformed);
    }
}

/// The same key with other bytes in one place.
fn replaced(der: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let position = der.windows(from.len()).position(|window| window == from).unwrap();
    let mut replaced = der.to_vec();
    replaced[position..position + to.len()].copy_from_slice(to);
    replaced
}

#[test]
fn a_key_of_another_kind_is_told_apart_from_a_bad_one() {
    // The last byte of the algorithm's OBJECT IDENTIFIER: X25519 in place of Ed25519.
    let x25519 = replaced(ED25519_PKCS8, &hex!("2b6570"), &hex!("2b656e"));
    assert_eq!(SoftwareSigner::from_der(&x25519).unwrap_err(), KeyError::UnsupportedAlgorithm);
}

#[cfg(feature = "ecdsa-p256")]
#[test]
fn scalars_out_of_range_and_foreign_public_keys_are_refused() {
    let head = hex!("020101 0420");
    let zero = [&head[..], &[0; 32]].concat();
    assert_eq!(SoftwareSigner::from_der(&replaced(P256_SEC1, &head, &zero)).unwrap_err(), KeyError::Invalid);
    let high = [&head[..], &[0xff; 32]].concat();
    assert_eq!(SoftwareSigner::from_der(&replaced(P256_PKCS8, &head, &high)).unwrap_err(), KeyError::Invalid);
    let other = [&head[..], &[1; 32]].concat();
    assert_eq!(SoftwareSigner::from_der(&replaced(P256_SEC1, &head, &other)).unwrap_err(), KeyError::Invalid);
}

#[cfg(feature = "ecdsa-p256")]
#[test]
fn another_curve_is_refused() {
    // secp256k1 has an OBJECT IDENTIFIER of another length; brainpool's or a made-up one of the same length does too.
    let curve = hex!("06082a8648ce3d030107");
    let other = hex!("06082a8648ce3d030106");
    for der in [P256_SEC1, P256_PKCS8] {
        let error = super::EcdsaP256Signer::from_sec1_der(&replaced(der, &curve, &other)).err();
        let pkcs8 = super::EcdsaP256Signer::from_pkcs8_der(&replaced(der, &curve, &other)).err();
        assert!([error, pkcs8].contains(&Some(KeyError::UnsupportedAlgorithm)));
    }
}
