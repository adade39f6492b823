//! The signatures of each library, verified by each.

use graviola::signing::{ecdsa, eddsa, rsa};
use pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};
use tidegate::crypto::{
    CryptoError, HashAlgorithm, Provider, SIGNATURE_ALGORITHMS, SignatureAlgorithm, SpkiError,
    verify_digest_with_spki, verify_tls12_with_spki,
};
use tidegate::limits;
use tidegate::sign::{KeyError, SoftwareSigner};
use tidegate::wire::enums::SignatureScheme;

use super::{Make, RSA, RsaKey, Signer, aws_lc, ring};
use crate::provider::graviola::without_graviola;
use crate::provider::{AwsLc, Backend, Graviola, Ring};

const MESSAGE: &[u8] = b"the transcript of a handshake";

type MakeRsa = fn(&PrivateKeyDer<'_>) -> Option<RsaKey>;

/// With its name: who makes keys for curves, and who makes RSA keys.
const LIBRARIES: [(&str, Make, MakeRsa); 3] = [
    ("aws-lc", aws_lc::curve, aws_lc::rsa),
    ("graviola", super::graviola::curve, super::graviola::rsa),
    ("ring", ring::curve, ring::rsa),
];

fn verifiers() -> [&'static [SignatureAlgorithm]; 5] {
    [
        SIGNATURE_ALGORITHMS,
        AwsLc::new().signature_algorithms(),
        Graviola::new().signature_algorithms(),
        Ring::new().signature_algorithms(),
        Backend::new().signature_algorithms(),
    ]
}

/// A key of each kind on a curve, in PKCS#8.
fn curve_keys() -> [Vec<u8>; 3] {
    let mut out = [0; 256];
    let p256 = ecdsa::SigningKey::<ecdsa::P256>::generate().unwrap();
    let p384 = ecdsa::SigningKey::<ecdsa::P384>::generate().unwrap();
    let ed25519 = eddsa::Ed25519SigningKey::generate().unwrap();
    [
        p256.to_pkcs8_der(&mut out).unwrap().to_vec(),
        p384.to_pkcs8_der(&mut out).unwrap().to_vec(),
        ed25519.to_pkcs8_der(&mut out).unwrap().to_vec(),
    ]
}

fn rsa_keys(size: rsa::KeySize) -> [PrivateKeyDer<'static>; 2] {
    let (key, mut out) = (rsa::SigningKey::generate(size).unwrap(), [0; 8192]);
    let pkcs8 = PrivatePkcs8KeyDer::from(key.to_pkcs8_der(&mut out).unwrap().to_vec());
    let pkcs1 = PrivatePkcs1KeyDer::from(key.to_pkcs1_der(&mut out).unwrap().to_vec());
    [pkcs8.into(), pkcs1.into()]
}

fn digest(scheme: SignatureScheme, message: &[u8]) -> Vec<u8> {
    let Some(algorithm) = HashAlgorithm::of_scheme(scheme) else { return Vec::new() };
    let mut provider = Backend::new();
    let mut hash = provider.hash_start(algorithm).unwrap();
    provider.hash_update(&mut hash, message).unwrap();
    provider.hash_digest(&hash).unwrap().as_bytes().to_vec()
}

/// Every verifier takes the signature for this message, as such and as its digest, and for no other; nor another signature.
fn assert_verifies(scheme: SignatureScheme, info: &[u8], signature: &[u8], by: &str) {
    for algorithms in verifiers() {
        let verify = |message: &[u8], signature: &[u8]| {
            verify_tls12_with_spki(algorithms, scheme, info, message, signature)
        };
        assert_eq!(verify(MESSAGE, signature), Ok(()), "{scheme} by {by}");
        assert_eq!(verify(&MESSAGE[1..], signature), Err(SpkiError::BadSignature), "{scheme} by {by}");
        for at in [0, signature.len() / 2, signature.len() - 1] {
            let mut broken = signature.to_vec();
            broken[at] ^= 4;
            assert_eq!(verify(MESSAGE, &broken), Err(SpkiError::BadSignature), "{scheme} by {by}");
        }
        assert_eq!(verify(MESSAGE, &signature[1..]), Err(SpkiError::BadSignature), "{scheme} by {by}");
        if scheme != SignatureScheme::ED25519 {
            let digest = digest(scheme, MESSAGE);
            let verified = verify_digest_with_spki(algorithms, scheme, info, &digest, signature);
            assert_eq!(verified, Ok(()), "the digest of {scheme} by {by}");
        }
    }
}

#[test]
fn keys_for_curves_sign_by_each_library() {
    for key in curve_keys() {
        let software = SoftwareSigner::from_der(&key).unwrap();
        let (scheme, mut info) = (software.scheme(), [0; 120]);
        let length = software.public_key_spki(&mut info).unwrap();
        for (name, make, _) in LIBRARIES {
            let (key, mut out) = (make(&key, scheme).expect(name), [0; limits::SIGNATURE]);
            let signed = key.sign(scheme, MESSAGE, &mut out).unwrap();
            assert_verifies(scheme, &info[..length], &out[..signed], name);
            let digested = key.sign_digest(scheme, &digest(scheme, MESSAGE), &mut out);
            assert_eq!(digested.is_some(), name == "aws-lc" && scheme != SignatureScheme::ED25519);
            if let Some(signed) = digested {
                assert_verifies(scheme, &info[..length], &out[..signed.unwrap()], name);
            }
            assert_eq!(key.sign(scheme, MESSAGE, &mut out[..20]), Err(CryptoError::Failed), "{name}");
            assert!(key.sign_digest(scheme, &[0; 20], &mut out).is_none(), "{name}: no such digest");
            assert!(!format!("{key:?}").contains('['), "{name}: no bytes of a key are shown");
        }
    }
}

#[test]
fn a_key_of_another_kind_is_none() {
    let keys = curve_keys();
    let schemes = keys.each_ref().map(|key| SoftwareSigner::from_der(key).unwrap().scheme());
    for (name, make, rsa) in LIBRARIES {
        for (at, key) in keys.iter().enumerate() {
            assert!(make(key, schemes[(at + 1) % 3]).is_none(), "{name}");
            assert!(make(&key[1..], schemes[at]).is_none(), "{name}");
            assert!(make(key, SignatureScheme::RSA_PSS_RSAE_SHA256).is_none(), "{name}");
            let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.clone()));
            assert!(rsa(&key).is_none(), "{name}");
        }
    }
}

#[test]
fn rsa_keys_sign_by_each_library() {
    let keys = rsa_keys(rsa::KeySize::Rsa2048);
    let mut infos = Vec::new();
    for ((name, _, make), key) in LIBRARIES.into_iter().flat_map(|one| keys.iter().map(move |key| (one, key)))
    {
        let (key, mut out) = (make(key).expect(name), [0; limits::SIGNATURE]);
        assert_eq!(key.modulus, 256);
        let out = key.room(&mut out).unwrap();
        for scheme in RSA {
            assert_eq!(key.key.sign(scheme, MESSAGE, out), Ok(256));
            assert_verifies(scheme, &key.info, out, name);
            let digested = key.key.sign_digest(scheme, &digest(scheme, MESSAGE), out);
            assert_eq!(digested.is_some(), key.key.signs_digests(), "{name}");
            assert_eq!(digested.is_some(), name == "aws-lc");
            if digested.is_some() {
                assert_verifies(scheme, &key.info, out, name);
            }
        }
        let other = SignatureScheme::ECDSA_SECP256R1_SHA256;
        assert_eq!(key.key.sign(other, MESSAGE, out), Err(CryptoError::Unsupported), "{name}");
        assert!(!format!("{:?}", key.key).contains('['), "{name}: no bytes of a key are shown");
        infos.push(key.info);
    }
    assert!(infos.windows(2).all(|two| two[0] == two[1]), "the same public half");
}

#[test]
fn keys_come_in_each_encoding_and_sign_what_tls_1_2_asks_for() {
    let mut out = [0; limits::SIGNATURE];
    let key = ecdsa::SigningKey::<ecdsa::P256>::generate().unwrap();
    let mut der = [[0; 256]; 2];
    let sec1 = PrivateSec1KeyDer::from(key.to_sec1_der(&mut der[0]).unwrap().to_vec());
    let pkcs8 = PrivatePkcs8KeyDer::from(key.to_pkcs8_der(&mut der[1]).unwrap().to_vec());
    for key in [PrivateKeyDer::from(sec1), PrivateKeyDer::from(pkcs8)] {
        let signer = Signer::new(&key).unwrap();
        let Signer::Curve(of_curve) = &signer else { panic!("a key on a curve") };
        assert!(of_curve.library.is_some() && signer.signs_digests());
        let info = signer.public_key_info().unwrap();
        for scheme in signer.tls12_schemes() {
            let signed = signer.sign(scheme, MESSAGE, &mut out).unwrap();
            assert_verifies(scheme, &info, &out[..signed], "whoever is first");
            let signed = signer.sign_digest(scheme, &digest(scheme, MESSAGE), &mut out).unwrap();
            assert_verifies(scheme, &info, &out[..signed], "whoever is first");
        }
        let other = signer.sign(SignatureScheme::ED25519, MESSAGE, &mut out);
        assert_eq!(other, Err(CryptoError::Unsupported));
    }
    for key in rsa_keys(rsa::KeySize::Rsa2048) {
        let signer = Signer::new(&key).unwrap();
        assert!(signer.signs_digests() && signer.curve().is_none());
        assert_eq!(signer.schemes(), RSA);
        assert_eq!(signer.sign(RSA[0], MESSAGE, &mut out[..255]), Err(CryptoError::Failed));
    }
}

#[test]
fn rsa_keys_of_others_than_aws_lc_sign_no_digests() {
    let [pkcs8, _] = rsa_keys(rsa::KeySize::Rsa2048);
    for make in [super::graviola::rsa, ring::rsa] {
        let signer = Signer::Rsa(make(&pkcs8).unwrap());
        assert!(!signer.signs_digests());
        let refused = signer.sign_digest(RSA[0], &[0; 32], &mut [0; 256]);
        assert_eq!(refused, Err(CryptoError::Unsupported));
    }
}

#[test]
fn rsa_keys_that_are_too_long_are_refused() {
    for key in rsa_keys(rsa::KeySize::Rsa6144) {
        assert_eq!(Signer::new(&key).unwrap_err(), KeyError::UnsupportedAlgorithm);
    }
}

#[test]
fn without_graviola_the_others_sign() {
    let [p256, ..] = curve_keys();
    let [pkcs8, _] = rsa_keys(rsa::KeySize::Rsa2048);
    without_graviola(|| {
        assert!(super::graviola::curve(&p256, SignatureScheme::ECDSA_SECP256R1_SHA256).is_none());
        assert!(super::graviola::rsa(&pkcs8).is_none());
        assert!(Signer::new(&pkcs8).is_ok());
        assert!(Signer::new(&PrivatePkcs8KeyDer::from(p256.clone()).into()).is_ok());
    });
}
