//! The protection of one direction (RFC 8446, sections 5.2, 5.3 and 7.3).

#[cfg(feature = "tls12")]
mod tls12;

#[cfg(feature = "tls12")]
pub(crate) use tls12::iv_len;

#[cfg(test)]
use crate::copy::copy;
use crate::crypto::{
    CryptoError, HashAlgorithm, MAX_AEAD_KEY, MAX_DIGEST, NONCE, Provider, TAG, aead_key_len,
};
use crate::error::{Error, LimitExceeded, PeerMisbehaved};
use crate::limits;
use crate::schedule::{derive, expand_labels};
use crate::secret::Secret;
use crate::wire::enums::CipherSuite;
use crate::wire::record_header::RECORD_HEADER;

/// The keys of one direction; none before the first are installed.
///
/// The raw key stays here; the expanded one lives with the record buffer, if there is room for it.
#[derive(Debug)]
pub(crate) struct Protection {
    suite: CipherSuite,
    secret: Secret<MAX_DIGEST>,
    key: Secret<MAX_AEAD_KEY>,
    iv: Secret<NONCE>,
    sequence: u64,
    #[cfg(feature = "tls12")]
    format: Format,
}

/// Of which version protected records are.
#[cfg(feature = "tls12")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Tls13,
    Tls12,
}

/// Where the expanded key is kept between records, if anywhere.
pub(crate) type KeySlot<'a, K> = Option<&'a mut Option<K>>;

impl Protection {
    /// No protection: records in clear.
    pub(crate) const fn none() -> Self {
        Self {
            suite: CipherSuite(0),
            secret: Secret::empty(),
            key: Secret::empty(),
            iv: Secret::empty(),
            sequence: 0,
            #[cfg(feature = "tls12")]
            format: Format::Tls13,
        }
    }

    pub(crate) const fn is_active(&self) -> bool {
        !self.key.is_empty()
    }

    /// Records protected with the present key.
    pub(crate) const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The secret that the present key was made from.
    #[cfg(feature = "post-handshake-auth")]
    pub(crate) const fn traffic_secret(&self) -> &Secret<MAX_DIGEST> {
        &self.secret
    }

    #[cfg(test)]
    pub(crate) const fn set_sequence(&mut self, sequence: u64) {
        self.sequence = sequence;
    }

    /// Whether the key has been used so much that it should be updated.
    pub(crate) const fn wants_update(&self) -> bool {
        #[cfg(feature = "tls12")]
        if self.is_tls12() {
            return false; // there is no KeyUpdate
        }
        self.is_active() && self.sequence >= limits::AES_GCM_UPDATE && !is_chacha20(self.suite)
    }

    /// Takes over a traffic secret, whose slot is wiped, and derives key and IV from it. `slot` is where the expanded
    /// key of this direction is kept.
    pub(crate) fn install<P: Provider>(
        &mut self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
        suite: CipherSuite,
        secret: &mut Secret<MAX_DIGEST>,
    ) -> Result<(), Error> {
        self.suite = suite;
        self.derive_keys(provider, slot, secret, &mut [])?;
        self.secret.take_from(secret);
        Ok(())
    }

    /// As [`Protection::install`] of a handshake's secret, in whose slot is the key of the Finished afterwards (RFC 8446,
    /// section 4.4.4).
    pub(crate) fn install_for_handshake<P: Provider>(
        &mut self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
        suite: CipherSuite,
        secret: &mut Secret<MAX_DIGEST>,
    ) -> Result<(), Error> {
        self.suite = suite;
        let mut finished = Secret::<MAX_DIGEST>::empty();
        let length = HashAlgorithm::of(suite).len();
        self.derive_keys(provider, slot, secret, finished.fill(length))?;
        secret.take_from(&mut finished);
        Ok(())
    }

    /// As [`Protection::install`], leaving the secret where it is too.
    #[cfg(test)]
    pub(crate) fn install_copy<P: Provider>(
        &mut self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
        suite: CipherSuite,
        secret: &Secret<MAX_DIGEST>,
    ) -> Result<(), Error> {
        let mut same = Secret::<MAX_DIGEST>::empty();
        let bytes = secret.as_bytes();
        copy(same.fill(bytes.len()), bytes);
        self.install(provider, slot, suite, &mut same)
    }

    /// The next generation of the traffic secret (RFC 8446, section 7.2).
    pub(crate) fn update<P: Provider>(
        &mut self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
    ) -> Result<(), Error> {
        let mut next = Secret::empty();
        let algorithm = HashAlgorithm::of(self.suite);
        derive(provider, algorithm, &self.secret, (b"traffic upd", b""), &mut next)?;
        self.derive_keys(provider, slot, &next, &mut [])?;
        self.secret.take_from(&mut next);
        Ok(())
    }

    /// Derives key and IV from the secret; the expanded key of before goes. All changes at once or nothing does: half
    /// of it would be a key that anyone knows. `finished` gets the key of the Finished, if it has bytes.
    fn derive_keys<P: Provider>(
        &mut self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
        secret: &Secret<MAX_DIGEST>,
        finished: &mut [u8],
    ) -> Result<(), Error> {
        let algorithm = HashAlgorithm::of(self.suite);
        let (mut key, mut iv) = (Secret::<MAX_AEAD_KEY>::empty(), Secret::<NONCE>::empty());
        let length = aead_key_len(self.suite);
        expand_labels(
            provider,
            algorithm,
            secret.as_bytes(),
            &mut [
                (b"key", b"", key.fill(length)),
                (b"iv", b"", iv.fill(NONCE)),
                (b"finished", b"", finished),
            ],
        )?;
        self.key.take_from(&mut key);
        self.iv.take_from(&mut iv);
        self.sequence = 0;
        if let Some(key) = slot {
            *key = None;
        }
        Ok(())
    }

    /// Forgets the keys (RFC 8446, section 6: those of a failed connection).
    pub(crate) fn wipe<K>(&mut self, slot: KeySlot<'_, K>) {
        self.secret.wipe();
        self.key.wipe();
        self.iv.wipe();
        if let Some(key) = slot {
            *key = None;
        }
    }

    /// Protects all of `record` after its header, of which the last [`TAG`] bytes are left for the tag.
    pub(crate) fn seal<P: Provider>(
        &mut self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
        record: &mut [u8],
    ) -> Result<(), Error> {
        let nonce = self.nonce()?;
        let (header, body) = record.split_at_mut_checked(RECORD_HEADER).unwrap_or_default();
        self.with_key(provider, slot, |provider, key| provider.seal(key, &nonce, header, body))?;
        self.sequence = self.sequence.saturating_add(1);
        Ok(())
    }

    /// Whether the key may protect nothing more but the alert that says so.
    pub(crate) const fn is_worn(&self) -> bool {
        self.is_active() && self.sequence.saturating_add(1) >= self.limit()
    }

    /// Opens `body`, tag included, of a record with this header.
    pub(crate) fn open<P: Provider>(
        &mut self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
        header: &[u8],
        body: &mut [u8],
    ) -> Result<(), Error> {
        if body.len() <= TAG {
            return Err(PeerMisbehaved::BadRecordMac.into());
        }
        let nonce = self.nonce()?;
        let opened = self.with_key(provider, slot, |provider, key| provider.open(key, &nonce, header, body));
        opened.map_err(not_opened)?;
        self.sequence = self.sequence.saturating_add(1);
        Ok(())
    }

    /// Does `work` with the expanded key: the one kept in the slot, or one expanded now and kept if there is a slot.
    fn with_key<P: Provider>(
        &self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
        work: impl FnOnce(&mut P, &P::AeadKey) -> Result<(), CryptoError>,
    ) -> Result<(), CryptoError> {
        if let Some(Some(key)) = &slot {
            return work(provider, key);
        }
        let key = provider.aead_key(self.suite, self.key.as_bytes())?;
        match slot {
            Some(place) => work(provider, place.insert(key)),
            None => work(provider, &key),
        }
    }

    /// Records that a key may protect.
    const fn limit(&self) -> u64 {
        if is_chacha20(self.suite) { limits::RECORDS } else { limits::AES_GCM_RECORDS }
    }

    /// The nonce of the next record (RFC 8446, section 5.3).
    #[inline]
    fn nonce(&self) -> Result<[u8; NONCE], Error> {
        if self.sequence >= self.limit() {
            return Err(LimitExceeded::KeyUsage.into());
        }
        // The salt of TLS 1.2 is shorter, and those nonces are made of it elsewhere.
        let mut nonce: [u8; NONCE] = self.iv.as_bytes().first_chunk().copied().unwrap_or_default();
        if let Some(number) = nonce.last_chunk_mut() {
            *number = (u64::from_be_bytes(*number) ^ self.sequence).to_be_bytes();
        }
        Ok(nonce)
    }
}

/// A record that is not the peer's, or a provider that fails.
fn not_opened(error: CryptoError) -> Error {
    match error {
        CryptoError::InvalidInput => PeerMisbehaved::BadRecordMac.into(),
        CryptoError::Unsupported | CryptoError::Randomness | CryptoError::Failed => error.into(),
    }
}

const fn is_chacha20(suite: CipherSuite) -> bool {
    matches!(suite, CipherSuite::TLS_CHACHA20_POLY1305_SHA256)
}
