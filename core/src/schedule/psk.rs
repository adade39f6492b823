//! The key schedule of pre-shared keys (RFC 8446, sections 4.2.11.2, 4.6.1 and 7.1; RFC 9258).

use super::{KeySchedule, derive, expand_label, finished_hmac};
use crate::crypto::{CryptoError, Digest, HashAlgorithm, MAX_DIGEST, Provider};
use crate::secret::Secret;
use crate::wire::enums::CipherSuite;

/// Where a pre-shared key comes from; its binder says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PskKind {
    /// An earlier connection.
    Resumption,
    /// Both ends had it before.
    External,
    /// As external, bound to the protocol and its hash (RFC 9258).
    Imported,
}

impl PskKind {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Resumption => b"res binder",
            Self::External => b"ext binder",
            Self::Imported => b"imp binder",
        }
    }
}

impl KeySchedule {
    /// From a pre-shared key to the early secret, which [`KeySchedule::enter_handshake`] goes on from.
    pub(crate) fn enter_early<P: Provider>(
        &mut self,
        provider: &mut P,
        algorithm: HashAlgorithm,
        key: &[u8],
    ) -> Result<(), CryptoError> {
        self.current.wipe();
        self.extract(provider, algorithm, key)
    }

    /// The client_early_traffic_secret and the early_exporter_master_secret, from the early secret; `hello` is the whole
    /// ClientHello.
    #[cfg(feature = "early-data")]
    pub(crate) fn derive_early<P: Provider>(
        &self,
        provider: &mut P,
        algorithm: HashAlgorithm,
        hello: &Digest,
        (traffic, exporter): (&mut Secret<MAX_DIGEST>, &mut Secret<MAX_DIGEST>),
    ) -> Result<(), CryptoError> {
        derive(provider, algorithm, &self.current, (b"c e traffic", hello.as_bytes()), traffic)?;
        derive(provider, algorithm, &self.current, (b"e exp master", hello.as_bytes()), exporter)
    }

    /// The resumption_master_secret. `finished` is the transcript up to the client's Finished.
    pub(crate) fn derive_resumption<P: Provider>(
        &self,
        provider: &mut P,
        suite: CipherSuite,
        finished: &Digest,
        out: &mut Secret<MAX_DIGEST>,
    ) -> Result<(), CryptoError> {
        let label_and_hash = (&b"res master"[..], finished.as_bytes());
        derive(provider, HashAlgorithm::of(suite), &self.current, label_and_hash, out)
    }
}

/// The binder of a key over the transcript up to the ClientHello without its binders (RFC 8446, section 4.2.11.2).
pub(crate) fn binder<P: Provider>(
    provider: &mut P,
    (algorithm, kind): (HashAlgorithm, PskKind),
    key: &[u8],
    transcript: &Digest,
    out: &mut Secret<MAX_DIGEST>,
) -> Result<(), CryptoError> {
    let mut early = Secret::<MAX_DIGEST>::empty();
    provider.hkdf_extract(algorithm, &[], key, early.fill(algorithm.len()))?;
    let empty = provider.hash_start(algorithm)?;
    let empty = provider.hash_digest(&empty)?;
    let mut base = Secret::empty();
    derive(provider, algorithm, &early, (kind.label(), empty.as_bytes()), &mut base)?;
    finished_hmac(provider, algorithm, &base, transcript, out)
}

/// The key that goes with a ticket (RFC 8446, section 4.6.1), from the resumption_master_secret.
pub(crate) fn ticket_key<P: Provider>(
    provider: &mut P,
    suite: CipherSuite,
    resumption: &Secret<MAX_DIGEST>,
    nonce: &[u8],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    expand_label(provider, HashAlgorithm::of(suite), resumption.as_bytes(), (b"resumption", nonce), out)
}

/// Derives the keys of tickets, by whatever provider.
pub(crate) trait DeriveTicketKey {
    /// As [`ticket_key`].
    fn derive_ticket_key(
        &mut self,
        suite: CipherSuite,
        resumption: &Secret<MAX_DIGEST>,
        nonce: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError>;
}

impl<P: Provider> DeriveTicketKey for P {
    fn derive_ticket_key(
        &mut self,
        suite: CipherSuite,
        resumption: &Secret<MAX_DIGEST>,
        nonce: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        ticket_key(self, suite, resumption, nonce, out)
    }
}

/// The key that stands for an external one with this ImportedIdentity (RFC 9258, section 5.1). `algorithm` is the hash of the
/// external key; the length of `out` is that of the target's.
pub(crate) fn import<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    key: &[u8],
    identity: &Digest,
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let mut extracted = Secret::<MAX_DIGEST>::empty();
    provider.hkdf_extract(algorithm, &[], key, extracted.fill(algorithm.len()))?;
    expand_label(provider, algorithm, extracted.as_bytes(), (b"derived psk", identity.as_bytes()), out)
}
