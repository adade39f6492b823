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

#[cfg(all(test, feature = "rustcrypto"))]
mod tests {
    //! The key schedule of RFC 8448, section 4, which goes on with the ticket of section 3.

    use hex_literal::hex;

    use super::{PskKind, binder, ticket_key};
    use crate::crypto::{Digest, HashAlgorithm, MAX_DIGEST};
    use crate::schedule::KeySchedule;
    use crate::schedule::tests::{provider, secret};
    use crate::secret::Secret;
    use crate::wire::enums::CipherSuite;

    const SHA256: HashAlgorithm = HashAlgorithm::Sha256;
    const KEY: [u8; 32] = hex!("4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3");

    #[test]
    fn the_key_of_the_ticket() {
        let resumption = hex!("7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c");
        let (resumption, mut key) = (secret::<MAX_DIGEST>(&resumption), [0; 32]);
        let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        ticket_key(&mut provider(), suite, &resumption, &[0, 0], &mut key).unwrap();
        assert_eq!(key, KEY);
    }

    #[test]
    fn the_early_secret_and_the_binder() {
        let mut schedule = KeySchedule::default();
        schedule.enter_early(&mut provider(), SHA256, &KEY).unwrap();
        let early = hex!("9b2188e9b2fc6d64d71dc329900e20bb41915000f678aa839cbb797cb7d8332c");
        assert_eq!(schedule.current.as_bytes(), early);
        let hello = hex!("63224b2e4573f2d3454ca84b9d009a04f6be9e05711a8396473aefa01e924a14");
        let (kind, mut value) = ((SHA256, PskKind::Resumption), Secret::empty());
        binder(&mut provider(), kind, &KEY, &Digest::new(&hello), &mut value).unwrap();
        let expected = hex!("3add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d");
        assert_eq!(value.as_bytes(), expected);
    }

    #[cfg(feature = "early-data")]
    #[test]
    fn the_secrets_of_early_data() {
        let (mut schedule, mut traffic, mut exporter) =
            (KeySchedule::default(), Secret::empty(), Secret::empty());
        schedule.enter_early(&mut provider(), SHA256, &KEY).unwrap();
        let hello = Digest::new(&hex!("08ad0fa05d7c7233b1775ba2ff9f4c5b8b59276b7f227f13a976245f5d960913"));
        schedule.derive_early(&mut provider(), SHA256, &hello, (&mut traffic, &mut exporter)).unwrap();
        let expected = hex!("3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62");
        assert_eq!(traffic.as_bytes(), expected);
        let expected = hex!("b2026866610937d7423e5be90862ccf24c0e6091186d34f812089ff5be2ef7df");
        assert_eq!(exporter.as_bytes(), expected);
    }
}
