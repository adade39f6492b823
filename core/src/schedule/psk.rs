//! The key schedule of pre-shared keys (RFC 8446, sections 4.2.11.2, 4.6.1 and 7.1; RFC 9258).

#[cfg(feature = "early-data")]
use super::expand_labels;
use super::{KeySchedule, derive, empty_digest, expand_label, finished_key};
use crate::copy::copy;
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
    /// Begins with an [`early_secret`], which [`KeySchedule::enter_handshake`] goes on from.
    pub(crate) fn enter_early<const N: usize>(&mut self, early: &Secret<N>) {
        let bytes = early.as_bytes();
        copy(self.current.fill(bytes.len()), bytes);
    }

    /// What the handshake secret is extracted with, from the early secret.
    pub(super) fn derive_salt<'s, P: Provider>(
        &self,
        provider: &mut P,
        algorithm: HashAlgorithm,
        out: &'s mut Secret<MAX_DIGEST>,
    ) -> Result<&'s [u8], CryptoError> {
        derive(provider, algorithm, &self.current, (b"derived", empty_digest(algorithm)), out)?;
        Ok(out.as_bytes())
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
        expand_labels(
            provider,
            algorithm,
            self.current.as_bytes(),
            &mut [
                (b"c e traffic", hello.as_bytes(), traffic.fill(algorithm.len())),
                (b"e exp master", hello.as_bytes(), exporter.fill(algorithm.len())),
            ],
        )
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

/// Takes a pre-shared key to its early secret, in its slot: that is all that is needed of it.
pub(crate) fn early_secret<P: Provider, const N: usize>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    key: &mut Secret<N>,
) -> Result<(), CryptoError> {
    let mut early = Secret::<MAX_DIGEST>::empty();
    provider.hkdf_extract(algorithm, &[], key.as_bytes(), early.fill(algorithm.len()))?;
    key.take_from(&mut early);
    Ok(())
}

/// The binder of a key, from its early secret, over the transcript up to the ClientHello without its binders (RFC 8446,
/// section 4.2.11.2).
pub(crate) fn binder<P: Provider>(
    provider: &mut P,
    (algorithm, kind): (HashAlgorithm, PskKind),
    early: &[u8],
    transcript: &Digest,
    out: &mut Secret<MAX_DIGEST>,
) -> Result<(), CryptoError> {
    let (mut base, mut key) = (Secret::<MAX_DIGEST>::empty(), Secret::empty());
    let label_and_hash = (kind.label(), empty_digest(algorithm));
    expand_label(provider, algorithm, early, label_and_hash, base.fill(algorithm.len()))?;
    finished_key(provider, algorithm, &base, &mut key)?;
    provider.hmac(algorithm, key.as_bytes(), transcript.as_bytes(), out.fill(algorithm.len()))
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

    use super::{PskKind, binder, early_secret, ticket_key};
    use crate::crypto::{Digest, HashAlgorithm, MAX_DIGEST};
    #[cfg(feature = "early-data")]
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
        let mut early = secret::<MAX_DIGEST>(&KEY);
        early_secret(&mut provider(), SHA256, &mut early).unwrap();
        let expected = hex!("9b2188e9b2fc6d64d71dc329900e20bb41915000f678aa839cbb797cb7d8332c");
        assert_eq!(early.as_bytes(), expected);
        let hello = hex!("63224b2e4573f2d3454ca84b9d009a04f6be9e05711a8396473aefa01e924a14");
        let (kind, mut value) = ((SHA256, PskKind::Resumption), Secret::empty());
        binder(&mut provider(), kind, early.as_bytes(), &Digest::new(&hello), &mut value).unwrap();
        let expected = hex!("3add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d");
        assert_eq!(value.as_bytes(), expected);
    }

    #[cfg(feature = "early-data")]
    #[test]
    fn the_secrets_of_early_data() {
        let (mut schedule, mut traffic, mut exporter) =
            (KeySchedule::default(), Secret::empty(), Secret::empty());
        let mut early = secret::<MAX_DIGEST>(&KEY);
        early_secret(&mut provider(), SHA256, &mut early).unwrap();
        schedule.enter_early(&early);
        let hello = Digest::new(&hex!("08ad0fa05d7c7233b1775ba2ff9f4c5b8b59276b7f227f13a976245f5d960913"));
        schedule.derive_early(&mut provider(), SHA256, &hello, (&mut traffic, &mut exporter)).unwrap();
        let expected = hex!("3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62");
        assert_eq!(traffic.as_bytes(), expected);
        let expected = hex!("b2026866610937d7423e5be90862ccf24c0e6091186d34f812089ff5be2ef7df");
        assert_eq!(exporter.as_bytes(), expected);
    }
}
