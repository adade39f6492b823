//! The provider that computes nothing, which fails when the script says so, and takes nothing that neither end made.

use std::cell::Cell;

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use tidegate::crypto::{
    CryptoError, Digest, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SignatureAlgorithm, SignatureUse,
    TAG,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, NamedGroup, SignatureScheme};

use crate::null::{Hash, KxSecret, Null};

/// Of this byte all signatures consist.
const SIGNED: u8 = 1;
/// Of this byte all public values consist, and all that is derived.
const PUBLIC: u8 = 0x5a;
/// Of this byte the keys of early data consist: a server that does not take it can't read it.
const EARLY: u8 = 0x45;

/// The tag that any record gets.
pub(crate) const SEALED: [u8; TAG] = [PUBLIC; TAG];
/// The tag that a record of early data gets.
pub(crate) const SEALED_EARLY: [u8; TAG] = [EARLY; TAG];

/// As large as an expanded key, and beginning with the tag.
pub(crate) struct AeadKey {
    tag: [u8; TAG],
    _expanded: [u8; 496],
}

/// The provider.
pub(crate) struct Frail {
    /// The operations until one fails; 0 for none.
    left: Cell<u8>,
    /// What stands for randomness: no value comes twice from one end, or from both.
    random: u8,
}

impl Frail {
    /// One that begins with this in place of randomness.
    pub(crate) fn new(random: u8) -> Self {
        Self { left: Cell::new(0), random }
    }

    /// Fails once, in so many operations.
    pub(crate) fn fail_in(&self, operations: u8) {
        self.left.set(operations);
    }

    /// Counts an operation.
    fn works(&self) -> Result<Null, CryptoError> {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        if left == 1 { Err(CryptoError::Failed) } else { Ok(Null) }
    }
}

/// Accepts what the ends sign.
#[derive(Debug)]
struct Signed(AlgorithmIdentifier);

impl SignatureVerificationAlgorithm for Signed {
    fn verify_signature(&self, _: &[u8], _: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        verify_digest(&[], &[], signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0
    }
}

fn verify_digest(_: &[u8], _: &[u8], signature: &[u8]) -> Option<()> {
    signature.iter().all(|byte| *byte == SIGNED).then_some(())
}

static SIGNATURE_ALGORITHMS: [SignatureAlgorithm; 4] = {
    const fn algorithm(scheme: SignatureScheme, usage: SignatureUse) -> SignatureAlgorithm {
        let verifier = &Signed(alg_id::ECDSA_SHA256);
        SignatureAlgorithm { scheme, usage, verifier, digest_verifier: Some(verify_digest) }
    }
    use SignatureUse::{CertificatesOnly, HandshakeAndCertificates};
    [
        algorithm(SignatureScheme::ECDSA_SECP256R1_SHA256, HandshakeAndCertificates),
        algorithm(SignatureScheme::ED25519, HandshakeAndCertificates),
        algorithm(SignatureScheme::RSA_PKCS1_SHA256, CertificatesOnly),
        algorithm(SignatureScheme::ECDSA_SECP256R1_SHA256, CertificatesOnly),
    ]
};

/// Bytes of a client's public value, and of a server's.
const fn sizes(group: NamedGroup) -> (usize, usize) {
    match group {
        NamedGroup::X25519MLKEM768 => (1184 + 32, 1088 + 32),
        NamedGroup::X25519 => (32, 32),
        NamedGroup::SECP256R1 => (65, 65),
        _ => (97, 97),
    }
}

/// Makes a public value of so many bytes.
fn make(size: usize, public: &mut [u8]) -> Result<usize, CryptoError> {
    public.get_mut(..size).ok_or(CryptoError::Failed)?.fill(PUBLIC);
    Ok(size)
}

/// Whether an end has made this public value.
fn check(size: usize, public: &[u8]) -> Result<(), CryptoError> {
    let is_made = public.len() == size && public.iter().all(|byte| *byte == PUBLIC);
    if is_made { Ok(()) } else { Err(CryptoError::InvalidInput) }
}

impl Provider for Frail {
    type Hash = Hash;
    type KeptHash = Hash;
    type AeadKey = AeadKey;
    type KxSecret = KxSecret;

    const SUITES: &'static [CipherSuite] = Null::SUITES;
    const GROUPS: &'static [NamedGroup] =
        &[NamedGroup::X25519MLKEM768, NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        &SIGNATURE_ALGORITHMS
    }

    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError> {
        self.works()?;
        self.random = self.random.wrapping_add(1);
        out.fill(self.random);
        Ok(())
    }

    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<Hash, CryptoError> {
        self.works()?.hash_start(algorithm)
    }

    fn hash_update(&mut self, hash: &mut Hash, bytes: &[u8]) -> Result<(), CryptoError> {
        self.works()?.hash_update(hash, bytes)
    }

    fn hash_digest(&mut self, hash: &Hash) -> Result<Digest, CryptoError> {
        self.works()?.hash_digest(hash)
    }

    fn hmac(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.works()?.hmac(algorithm, key, message, out)
    }

    fn hkdf_extract(
        &mut self,
        algorithm: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.works()?.hkdf_extract(algorithm, salt, input, out)
    }

    fn hkdf_expand(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.works()?.hkdf_expand(algorithm, secret, info, out)?;
        let label = b"c e traffic";
        if secret.first() == Some(&EARLY) || info.concat().windows(label.len()).any(|part| part == label) {
            out.fill(EARLY);
        }
        Ok(())
    }

    fn aead_key(&mut self, _: CipherSuite, key: &[u8]) -> Result<AeadKey, CryptoError> {
        self.works()?;
        Ok(AeadKey { tag: [key[0]; TAG], _expanded: [0; 496] })
    }

    fn seal(
        &mut self,
        key: &AeadKey,
        _: &[u8; NONCE],
        _: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.works()?;
        *record.last_chunk_mut().ok_or(CryptoError::Failed)? = key.tag;
        Ok(())
    }

    fn open(
        &mut self,
        key: &AeadKey,
        _: &[u8; NONCE],
        _: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.works()?;
        if record.last_chunk() == Some(&key.tag) { Ok(()) } else { Err(CryptoError::InvalidInput) }
    }

    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut KxSecret,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.works()?.kx_start(group, secret, public)?;
        make(sizes(group).0, public)
    }

    fn kx_finish(
        &mut self,
        group: NamedGroup,
        secret: &mut KxSecret,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        check(sizes(group).1, peer_public)?;
        self.works()?.kx_finish(group, secret, peer_public, shared)
    }

    fn kx_respond(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        check(sizes(group).0, peer_public)?;
        self.works()?.kx_respond(group, peer_public, public, shared)?;
        make(sizes(group).1, public)
    }
}
