//! The cryptography of streams: software over the system's randomness.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use getrandom::SysRng;
use tidegate::crypto::rustcrypto::{AeadKey, Hash, KxSecret, RustCrypto};
use tidegate::crypto::{
    CryptoError, Digest, Direction, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SIGNATURE_ALGORITHMS,
    SecretLabel, SignatureAlgorithm,
};
use tidegate::secret::Secret;
use tidegate::wire::enums::{CipherSuite, HandshakeType, NamedGroup, SignatureScheme};
use zeroize::Zeroizing;

/// Receives the secrets of connections, for debuggers such as Wireshark, in the NSS key log format: a file, or anything
/// else that is written to.
///
/// Who has what is written can read the connections. Nothing is, unless a [`KeyLog`] is made and given to a
/// [`Connector`](crate::Connector), an [`Acceptor`](crate::Acceptor) or a context.
pub struct KeyLog {
    out: Mutex<Box<dyn io::Write + Send>>,
}

impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyLog")
    }
}

impl KeyLog {
    /// Writes to this, a line at a time.
    pub fn new(out: impl io::Write + Send + 'static) -> Arc<Self> {
        Arc::new(Self { out: Mutex::new(Box::new(out)) })
    }

    /// Appends to this file, which is made where it does not exist.
    ///
    /// # Errors
    /// The system's, from opening the file.
    pub fn append_to(path: impl AsRef<Path>) -> io::Result<Arc<Self>> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self::new(options.open(path)?))
    }

    /// Appends to the file that the variable `SSLKEYLOGFILE` names; none where it is not set.
    ///
    /// # Errors
    /// The system's, from opening the file.
    pub fn from_environment() -> io::Result<Option<Arc<Self>>> {
        std::env::var_os("SSLKEYLOGFILE").filter(|path| !path.is_empty()).map(Self::append_to).transpose()
    }

    /// A line in one write, so that lines of several processes do not mix. A log that can't be written is no reason
    /// to fail a connection.
    fn line(&self, label: SecretLabel, client_random: &[u8], secret: &[u8]) {
        let length = label.name().len() + 2 * (client_random.len() + secret.len()) + 3;
        // Of the whole length from the start: what grows leaves copies behind.
        let mut line = Zeroizing::new(String::with_capacity(length));
        line.push_str(label.name());
        line.push(' ');
        push_hex(&mut line, client_random);
        line.push(' ');
        push_hex(&mut line, secret);
        line.push('\n');
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = out.write_all(line.as_bytes());
    }
}

fn push_hex(line: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(line, "{byte:02x}");
    }
}

/// Looks on at the messages of handshakes: which way, what, and how many bytes.
pub type Observer = Arc<dyn Fn(Direction, HandshakeType, usize) + Send + Sync>;

/// Who looks on at connections. By default nobody.
#[derive(Clone, Default)]
pub struct Onlookers {
    /// Receives the secrets.
    pub key_log: Option<Arc<KeyLog>>,
    /// Sees the messages of handshakes go by.
    pub observer: Option<Observer>,
}

impl fmt::Debug for Onlookers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Onlookers")
            .field("key_log", &self.key_log.is_some())
            .field("observer", &self.observer.is_some())
            .finish()
    }
}

/// RustCrypto over the system's randomness.
#[derive(Debug)]
pub struct Software {
    crypto: RustCrypto<SysRng>,
    onlookers: Onlookers,
    verified: Verified,
}

/// The signature algorithms that a provider verifies, in order of preference; by default all.
#[derive(Clone, Copy, Debug)]
pub struct Verified(&'static [SignatureAlgorithm]);

impl Default for Verified {
    fn default() -> Self {
        Self(SIGNATURE_ALGORITHMS)
    }
}

impl Verified {
    /// Those of these schemes; none if there is no such algorithm. A list stays for the life of the process, and each is made
    /// once.
    #[must_use]
    pub fn of(schemes: &[SignatureScheme]) -> Option<Self> {
        static LISTS: Mutex<BTreeMap<Vec<u16>, &'static [SignatureAlgorithm]>> = Mutex::new(BTreeMap::new());
        let of = |scheme: &SignatureScheme| {
            let scheme = *scheme;
            SIGNATURE_ALGORITHMS.iter().copied().filter(move |algorithm| algorithm.scheme == scheme)
        };
        let algorithms: Vec<SignatureAlgorithm> = schemes.iter().flat_map(of).collect();
        if algorithms.is_empty() {
            return None;
        }
        let key = schemes.iter().map(|scheme| scheme.0).collect();
        let mut lists = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Self(lists.entry(key).or_insert_with(|| algorithms.leak())))
    }
}

impl Software {
    /// A provider that these look on at.
    #[must_use]
    pub const fn new(onlookers: Onlookers) -> Self {
        Self { crypto: RustCrypto::new(SysRng), onlookers, verified: Verified(SIGNATURE_ALGORITHMS) }
    }

    /// The same with these signature algorithms.
    #[must_use]
    pub fn verifying(self, verified: Verified) -> Self {
        Self { verified, ..self }
    }
}

impl Default for Software {
    /// A provider that nobody looks on at.
    fn default() -> Self {
        Self::new(Onlookers::default())
    }
}

impl Provider for Software {
    type Hash = Hash;
    type AeadKey = AeadKey;
    type KxSecret = KxSecret;

    const SUITES: &'static [CipherSuite] = RustCrypto::<SysRng>::SUITES;
    const GROUPS: &'static [NamedGroup] = RustCrypto::<SysRng>::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        self.verified.0
    }

    fn fill_random(&mut self, out: &mut [u8]) -> Result<(), CryptoError> {
        self.crypto.fill_random(out)
    }

    fn hash_start(&mut self, algorithm: HashAlgorithm) -> Result<Hash, CryptoError> {
        self.crypto.hash_start(algorithm)
    }

    fn hash_update(&mut self, hash: &mut Hash, bytes: &[u8]) -> Result<(), CryptoError> {
        self.crypto.hash_update(hash, bytes)
    }

    fn hash_digest(&mut self, hash: &Hash) -> Result<Digest, CryptoError> {
        self.crypto.hash_digest(hash)
    }

    fn hmac(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.hmac(algorithm, key, message, out)
    }

    fn hmac_pieces(
        &mut self,
        algorithm: HashAlgorithm,
        key: &[u8],
        message: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.hmac_pieces(algorithm, key, message, out)
    }

    fn hkdf_extract(
        &mut self,
        algorithm: HashAlgorithm,
        salt: &[u8],
        input: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.hkdf_extract(algorithm, salt, input, out)
    }

    fn hkdf_expand(
        &mut self,
        algorithm: HashAlgorithm,
        secret: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.hkdf_expand(algorithm, secret, info, out)
    }

    fn aead_key(&mut self, suite: CipherSuite, key: &[u8]) -> Result<AeadKey, CryptoError> {
        self.crypto.aead_key(suite, key)
    }

    fn seal(
        &mut self,
        key: &AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.seal(key, nonce, additional_data, record)
    }

    fn open(
        &mut self,
        key: &AeadKey,
        nonce: &[u8; NONCE],
        additional_data: &[u8],
        record: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.crypto.open(key, nonce, additional_data, record)
    }

    fn kx_start(
        &mut self,
        group: NamedGroup,
        secret: &mut KxSecret,
        public: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.crypto.kx_start(group, secret, public)
    }

    fn kx_finish(
        &mut self,
        group: NamedGroup,
        secret: &mut KxSecret,
        peer_public: &[u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<(), CryptoError> {
        self.crypto.kx_finish(group, secret, peer_public, shared)
    }

    fn kx_respond(
        &mut self,
        group: NamedGroup,
        peer_public: &[u8],
        public: &mut [u8],
        shared: &mut Secret<MAX_SHARED_SECRET>,
    ) -> Result<usize, CryptoError> {
        self.crypto.kx_respond(group, peer_public, public, shared)
    }

    fn on_secret(&mut self, label: SecretLabel, client_random: &[u8; 32], secret: &[u8]) {
        if let Some(log) = &self.onlookers.key_log {
            log.line(label, client_random, secret);
        }
    }

    fn on_message(&mut self, direction: Direction, kind: HandshakeType, length: usize) {
        if let Some(observer) = &self.onlookers.observer {
            observer(direction, kind, length);
        }
    }
}
