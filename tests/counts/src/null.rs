//! A provider that computes nothing: what is left is the engine's own work.
//!
//! Both ends have the same of each value, so that everything that is compared agrees: secrets, transcripts, tags.

use tidegate::crypto::{
    CryptoError, Digest, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SignatureAlgorithm, SignatureUse,
    TAG,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, NamedGroup, SignatureScheme};
use zeroize::Zeroize;

use super::accepting::Accepting;

/// The byte that everything computed consists of.
pub(crate) const BYTE: u8 = 0x5a;
/// Bytes of a public value of X25519.
const PUBLIC: usize = 32;

/// The provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Null;

/// As large as a running SHA-384 of a library in C, for nothing but to be moved.
#[derive(Clone)]
pub(crate) struct Hash {
    algorithm: HashAlgorithm,
    _state: [u8; 216],
}

/// As large as an expanded key.
pub(crate) struct AeadKey {
    _expanded: [u8; 512],
}

/// As large as a secret of X25519.
#[derive(Default)]
pub(crate) struct KxSecret([u8; 32]);

impl Zeroize for KxSecret {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

const fn accepting(scheme: SignatureScheme, usage: SignatureUse) -> SignatureAlgorithm {
    SignatureAlgorithm { scheme, usage, verifier: &Accepting, digest_verifier: None }
}

/// As many as a provider for desktops has.
static SIGNATURE_ALGORITHMS: [SignatureAlgorithm; 14] = {
    use SignatureUse::{CertificatesOnly, HandshakeAndCertificates};
    [
        accepting(SignatureScheme::ECDSA_SECP256R1_SHA256, HandshakeAndCertificates),
        accepting(SignatureScheme::ECDSA_SECP384R1_SHA384, HandshakeAndCertificates),
        accepting(SignatureScheme::ED25519, HandshakeAndCertificates),
        accepting(SignatureScheme::RSA_PSS_RSAE_SHA256, HandshakeAndCertificates),
        accepting(SignatureScheme::RSA_PSS_RSAE_SHA384, HandshakeAndCertificates),
        accepting(SignatureScheme::RSA_PSS_RSAE_SHA512, HandshakeAndCertificates),
        accepting(SignatureScheme::RSA_PSS_PSS_SHA256, HandshakeAndCertificates),
        accepting(SignatureScheme::RSA_PSS_PSS_SHA384, HandshakeAndCertificates),
        accepting(SignatureScheme::RSA_PSS_PSS_SHA512, HandshakeAndCertificates),
        accepting(SignatureScheme::RSA_PKCS1_SHA256, CertificatesOnly),
        accepting(SignatureScheme::RSA_PKCS1_SHA384, CertificatesOnly),
        accepting(SignatureScheme::RSA_PKCS1_SHA512, CertificatesOnly),
        accepting(SignatureScheme::ECDSA_SECP384R1_SHA384, CertificatesOnly),
        accepting(SignatureScheme::ECDSA_SECP256R1_SHA256, CertificatesOnly),
    ]
};

impl Provider for Null {
    type Hash = Hash;
    type KeptHash = Hash;
    type AeadKey = AeadKey;
    type KxSecret = KxSecret;

    const SUITES: &'static [CipherSuite] = &[
        CipherSuite::TLS_AES_128_GCM_SHA256,
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    ];
    const GROUPS: &'static [NamedGroup] = &[NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        &SIGNATURE_ALGORITHMS
    }

    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError> {
        out.fill(BYTE);
        Ok(())
    }

    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<Self::Hash, CryptoError> {
        Ok(Hash { algorithm, _state: [0; 216] })
    }

    fn hash_update(&mut self, _: &mut Self::Hash, _: &[u8]) -> Result<(), CryptoError> {
        Ok(())
    }

    fn hash_digest(&mut self, hash: &Self::Hash) -> Result<Digest, CryptoError> {
        Ok(Digest::new([BYTE; 64].get(..hash.algorithm.len()).unwrap_or_default()))
    }

    fn hmac(&mut self, _: HashAlgorithm, _: &[u8], _: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
        self.fill_random(out)
    }

    fn hkdf_extract(
        &mut self,
        _: HashAlgorithm,
        _: &[u8],
        _: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.fill_random(out)
    }

    fn hkdf_expand(
        &mut self,
        _: HashAlgorithm,
        _: &[u8],
        _: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.fill_random(out)
    }

    fn aead_key(&mut self, _: CipherSuite, _: &[u8]) -> Result<Self::AeadKey, CryptoError> {
        Ok(AeadKey { _expanded: [BYTE; 512] })
    }

    fn seal(
        &mut self,
        _: &Self::AeadKey,
        _: &[u8; NONCE],
        _: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        *record.last_chunk_mut::<TAG>().ok_or(CryptoError::Failed)? = [BYTE; TAG];
        Ok(())
    }

    fn open(
        &mut self,
        _: &Self::AeadKey,
        _: &[u8; NONCE],
        _: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        let is_right = record.last_chunk::<TAG>() == Some(&[BYTE; TAG]);
        if is_right { Ok(()) } else { Err(CryptoError::InvalidInput) }
    }

    fn kx_start(
        &mut self,
        _: NamedGroup,
        secret: &mut KxSecret,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        secret.0 = [BYTE; 32];
        self.fill_random(public.get_mut(..PUBLIC).ok_or(CryptoError::Failed)?)?;
        Ok(PUBLIC)
    }

    fn kx_finish(
        &mut self,
        _: NamedGroup,
        secret: &mut KxSecret,
        _: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        secret.zeroize();
        self.fill_random(shared.fill(PUBLIC))
    }

    fn kx_respond(
        &mut self,
        _: NamedGroup,
        _: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        self.fill_random(shared.fill(PUBLIC))?;
        self.fill_random(public.get_mut(..PUBLIC).ok_or(CryptoError::Failed)?)?;
        Ok(PUBLIC)
    }
}
