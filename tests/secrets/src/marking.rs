//! A provider whose secrets are marked when the engine gets them, and lose their marks when it gives them back.
//!
//! So what the libraries do with secrets is not looked at, and all of what the engine does.

use std::cell::RefCell;

use getrandom::SysRng;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::crypto::{
    CryptoError, Digest, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SignatureAlgorithm, SignatureUse,
    TAG,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, ContentType, NamedGroup, SignatureScheme};

use super::accepting::Accepting;
use super::memcheck::{mark, unmark, unmarked};

type Inner = RustCrypto<SysRng>;

/// The provider.
pub(crate) struct Marking(Inner);

impl Marking {
    /// With the machine's randomness.
    pub(crate) const fn new() -> Self {
        Self(RustCrypto::new(SysRng))
    }
}

thread_local! {
    /// Every secret that was derived or agreed on: tickets hold some of them, and what was dropped none.
    static DERIVED: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Marks a secret that was derived, and knows it again.
fn derived(secret: &[u8]) {
    DERIVED.with_borrow_mut(|all| all.push(unmarked(secret)));
    mark(secret);
}

/// Where in these bytes, which bear no marks, secrets are that were derived, and how long each is.
pub(crate) fn secrets_in(bytes: &[u8]) -> Vec<(usize, usize)> {
    let places = |secret: &Vec<u8>| {
        let windows = bytes.windows(secret.len()).enumerate();
        let found: Vec<_> = windows.filter(|(_, window)| window == secret).collect();
        found.into_iter().map(|(place, window)| (place, window.len())).collect::<Vec<_>>()
    };
    DERIVED.with_borrow(|all| all.iter().flat_map(places).collect())
}

/// Marks the secrets in a ticket that was opened.
fn mark_known(session: &[u8]) {
    for (place, length) in secrets_in(&unmarked(session)) {
        mark(&session[place..place + length]);
    }
}

/// Signatures are public.
static SIGNATURE_ALGORITHMS: [SignatureAlgorithm; 1] = [SignatureAlgorithm {
    scheme: SignatureScheme::ECDSA_SECP256R1_SHA256,
    usage: SignatureUse::HandshakeAndCertificates,
    verifier: &Accepting,
    digest_verifier: None,
}];

/// Marks what a record holds that was opened: application data. What follows it in TLS 1.3, type and padding, has to be looked
/// at, and handshake messages are read field by field.
fn mark_content(additional_data: &[u8], opened: &[u8]) {
    const TLS_1_3_HEADER: usize = 5;
    const TLS_1_2_PSEUDO_HEADER: usize = 13;
    let application_data = |kind: u8| ContentType(kind) == ContentType::APPLICATION_DATA;
    match additional_data.len() {
        TLS_1_3_HEADER => {
            let end = opened.iter().rposition(|byte| *byte != 0).unwrap_or_default();
            if application_data(opened[end]) {
                mark(&opened[..end]);
            }
        }
        TLS_1_2_PSEUDO_HEADER if application_data(additional_data[8]) => mark(opened),
        TLS_1_2_PSEUDO_HEADER => {}
        _ => mark_known(opened),
    }
}

impl Provider for Marking {
    type Hash = <Inner as Provider>::Hash;
    type KeptHash = <Inner as Provider>::KeptHash;
    type AeadKey = <Inner as Provider>::AeadKey;
    type KxSecret = <Inner as Provider>::KxSecret;

    const SUITES: &'static [CipherSuite] = Inner::SUITES;
    const GROUPS: &'static [NamedGroup] = Inner::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        &SIGNATURE_ALGORITHMS
    }

    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError> {
        self.0.fill_random(out)?;
        unmark(out);
        Ok(())
    }

    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<Self::Hash, CryptoError> {
        self.0.hash_start(algorithm)
    }

    // A transcript is public, though a Finished of ours is not until it is sent.
    fn hash_update(&mut self, hash: &mut Self::Hash, bytes: &[u8]) -> Result<(), CryptoError> {
        self.0.hash_update(hash, &unmarked(bytes))
    }

    fn hash_digest(&mut self, hash: &Self::Hash) -> Result<Digest, CryptoError> {
        self.0.hash_digest(hash)
    }

    fn hmac(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.0.hmac(algorithm, &unmarked(key), &unmarked(message), out)?;
        derived(out);
        Ok(())
    }

    fn hmac_pieces(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.hmac(algorithm, key, &message.concat(), out)
    }

    fn hkdf_extract(
        &mut self,
        algorithm: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.0.hkdf_extract(algorithm, &unmarked(salt), &unmarked(input), out)?;
        derived(out);
        Ok(())
    }

    fn hkdf_expand(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.0.hkdf_expand(algorithm, &unmarked(secret), &[&unmarked(&info.concat())], out)?;
        derived(out);
        Ok(())
    }

    fn aead_key(&mut self, suite: CipherSuite, key: &[u8]) -> Result<Self::AeadKey, CryptoError> {
        self.0.aead_key(suite, &unmarked(key))
    }

    fn seal(
        &mut self,
        key: &Self::AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        let nonce = unmarked(nonce);
        unmark(record);
        self.0.seal(key, nonce.as_array().ok_or(CryptoError::Failed)?, additional_data, record)
    }

    fn open(
        &mut self,
        key: &Self::AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        let nonce = unmarked(nonce);
        let opened = self.0.open(key, nonce.as_array().ok_or(CryptoError::Failed)?, additional_data, record);
        let content = record.len().saturating_sub(TAG);
        match opened {
            Ok(()) => mark_content(additional_data, &record[..content]),
            // Nothing of it may be used.
            Err(_) => mark(record),
        }
        opened
    }

    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut Self::KxSecret,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.0.kx_start(group, secret, public)
    }

    fn kx_finish(
        &mut self,
        group: NamedGroup,
        secret: &mut Self::KxSecret,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        self.0.kx_finish(group, secret, peer_public, shared)?;
        derived(shared.as_bytes());
        Ok(())
    }

    fn kx_respond(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        let length = self.0.kx_respond(group, peer_public, public, shared)?;
        derived(shared.as_bytes());
        Ok(length)
    }
}
