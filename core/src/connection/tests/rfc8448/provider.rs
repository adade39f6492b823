//! Software with the numbers of a trace, and a verifier that takes what the trace's peers have signed.

use std::vec::Vec;

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use super::traces::{CLIENT_AUTHENTICATION, COMPATIBILITY, RETRY, SIMPLE};
use crate::crypto::rustcrypto::handing_on::as_software;
use crate::crypto::rustcrypto::randomness::Script;
use crate::crypto::rustcrypto::{AeadKey, Hash, KxSecret, RustCrypto};
use crate::crypto::{
    CryptoError, Digest, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SecretLabel, SignatureAlgorithm,
    SignatureUse,
};
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, NamedGroup, SignatureScheme};

/// Takes the RFC's keys of 1024 bits, which no real verifier may, by comparing with what the RFC's ends signed.
#[derive(Debug)]
struct Recorded {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
}

impl SignatureVerificationAlgorithm for Recorded {
    fn verify_signature(&self, _: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let traces = [SIMPLE, RETRY, CLIENT_AUTHENTICATION, COMPATIBILITY];
        let mut proofs = traces.into_iter().flat_map(|trace| [trace.server, trace.client]);
        let known = proofs.any(|proof| (proof.signed, proof.signature) == (message, signature));
        if known { Ok(()) } else { Err(InvalidSignature) }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

const fn recorded(scheme: SignatureScheme, verifier: &'static Recorded) -> SignatureAlgorithm {
    SignatureAlgorithm {
        scheme,
        usage: SignatureUse::HandshakeAndCertificates,
        verifier,
        #[cfg(feature = "tls12")]
        digest_verifier: None,
    }
}

static ALGORITHMS: [SignatureAlgorithm; 2] = [
    recorded(
        SignatureScheme::RSA_PSS_RSAE_SHA256,
        &Recorded { key: alg_id::RSA_ENCRYPTION, signature: alg_id::RSA_PSS_SHA256 },
    ),
    recorded(
        SignatureScheme::ECDSA_SECP256R1_SHA256,
        &Recorded { key: alg_id::ECDSA_P256, signature: alg_id::ECDSA_SHA256 },
    ),
];

/// Keeps the secrets that it is told.
pub(super) struct Replay {
    pub(super) software: RustCrypto<Script>,
    pub(super) secrets: Vec<(SecretLabel, Vec<u8>)>,
}

impl Replay {
    pub(super) fn new(numbers: &[&[u8]]) -> Self {
        Self { software: RustCrypto::new(Script(numbers.concat())), secrets: Vec::new() }
    }

    /// The secret that was told under this label.
    pub(super) fn secret<const N: usize>(&self, label: SecretLabel) -> Secret<N> {
        let (_, bytes) = self.secrets.iter().find(|(told, _)| *told == label).unwrap();
        let mut secret = Secret::empty();
        secret.fill(bytes.len()).copy_from_slice(bytes);
        secret
    }
}

impl Provider for Replay {
    type Hash = Hash;
    type KeptHash = Hash;
    type AeadKey = AeadKey;
    type KxSecret = KxSecret;

    const SUITES: &'static [CipherSuite] = RustCrypto::<Script>::SUITES;
    /// Those of the RFC's time.
    const GROUPS: &'static [NamedGroup] = &[NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        &ALGORITHMS
    }

    fn on_secret(&mut self, label: SecretLabel, _: &[u8; 32], secret: &[u8]) {
        self.secrets.push((label, secret.to_vec()));
    }

    as_software!(software);
}
