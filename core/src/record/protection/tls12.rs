//! Records of TLS 1.2 (RFC 5246, section 6.2.3.3; RFC 5288, section 3; RFC 7905, section 2).

use super::{Format, KeySlot, Protection, is_chacha20, not_opened};
use crate::copy::{copy, put};
use crate::crypto::{MAX_AEAD_KEY, NONCE, Provider, TAG};
use crate::error::{Error, Internal, PeerMisbehaved};
use crate::record::EXPLICIT_NONCE;
use crate::wire::enums::{CipherSuite, ContentType};
use crate::wire::record_header::{RECORD_HEADER, RecordHeader};

/// Bytes of the additional data: sequence number, type, version, length of the content.
const ADDITIONAL_DATA: usize = 8 + RECORD_HEADER;

/// Bytes of the nonce that both ends know, of an AES-GCM suite.
const SALT: usize = NONCE - EXPLICIT_NONCE;

/// Bytes of a suite's IV in the key block: the salt (RFC 5288), or the whole nonce (RFC 7905).
pub(crate) const fn iv_len(cipher: CipherSuite) -> usize {
    if is_chacha20(cipher) { NONCE } else { SALT }
}

impl Protection {
    /// Takes over a key and an IV of [`iv_len`] bytes; the numbers of the records begin anew. `cipher` is the suite of
    /// TLS 1.3 with the same AEAD.
    pub(crate) fn install_tls12<K>(
        &mut self,
        slot: KeySlot<'_, K>,
        cipher: CipherSuite,
        (key, iv): (&[u8], &[u8]),
    ) -> Result<(), Error> {
        if key.is_empty() || key.len() > MAX_AEAD_KEY || iv.len() != iv_len(cipher) {
            return Err(Internal::State.into());
        }
        (self.suite, self.format, self.sequence) = (cipher, Format::Tls12, 0);
        self.secret.wipe();
        copy(self.key.fill(key.len()), key);
        copy(self.iv.fill(iv.len()), iv);
        if let Some(expanded) = slot {
            *expanded = None;
        }
        Ok(())
    }

    /// Whether records are protected as TLS 1.2 does.
    pub(crate) const fn is_tls12(&self) -> bool {
        matches!(self.format, Format::Tls12)
    }

    /// Bytes of the nonce that every record carries before its content.
    pub(crate) const fn explicit_nonce(&self) -> usize {
        if self.is_tls12() && !is_chacha20(self.suite) { EXPLICIT_NONCE } else { 0 }
    }

    /// Protects the content of a record with this header, which stands behind the room for the explicit nonce and before
    /// the room for the tag.
    pub(crate) fn seal_tls12<P: Provider>(
        &mut self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
        kind: ContentType,
        body: &mut [u8],
    ) -> Result<(), Error> {
        // The number of a record is as good as any nonce that is never used twice (RFC 5288, section 3).
        let mut nonce = self.nonce()?;
        let (explicit, rest) = body.split_at_mut_checked(self.explicit_nonce()).unwrap_or_default();
        if !explicit.is_empty() {
            put(explicit, self.sequence.to_be_bytes());
            nonce = self.salted(explicit);
        }
        let length = rest.len().checked_sub(TAG).ok_or(Internal::State)?;
        let additional = additional_data(self.sequence, kind, length)?;
        self.with_key(provider, slot, |provider, key| provider.seal(key, &nonce, &additional, rest))?;
        self.sequence = self.sequence.saturating_add(1);
        Ok(())
    }

    /// Opens the body of a record with this header: where in it the content is.
    pub(crate) fn open_tls12<P: Provider>(
        &mut self,
        provider: &mut P,
        slot: KeySlot<'_, P::AeadKey>,
        header: RecordHeader,
        body: &mut [u8],
    ) -> Result<core::ops::Range<usize>, Error> {
        let start = self.explicit_nonce();
        let length = body.len().checked_sub(start.saturating_add(TAG)).ok_or(PeerMisbehaved::BadRecordMac)?;
        let mut nonce = self.nonce()?;
        let (explicit, rest) = body.split_at_mut_checked(start).ok_or(PeerMisbehaved::BadRecordMac)?;
        if !explicit.is_empty() {
            nonce = self.salted(explicit);
        }
        let additional = additional_data(self.sequence, header.content_type, length)?;
        let opened =
            self.with_key(provider, slot, |provider, key| provider.open(key, &nonce, &additional, rest));
        opened.map_err(not_opened)?;
        self.sequence = self.sequence.saturating_add(1);
        Ok(start..start.saturating_add(length))
    }

    /// The nonce of AES-GCM: what both ends know, then what the record carries.
    fn salted(&self, explicit: &[u8]) -> [u8; NONCE] {
        let mut nonce = [0; NONCE];
        nonce.iter_mut().zip(self.iv.as_bytes().iter().chain(explicit)).for_each(|(to, byte)| *to = *byte);
        nonce
    }
}

fn additional_data(sequence: u64, kind: ContentType, length: usize) -> Result<[u8; ADDITIONAL_DATA], Error> {
    let length = u16::try_from(length).map_err(|_| PeerMisbehaved::RecordOverflow)?;
    let header = RecordHeader::of_tls12(kind, length).encode();
    let mut additional = [0; ADDITIONAL_DATA];
    let bytes = sequence.to_be_bytes().into_iter().chain(header);
    additional.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
    Ok(additional)
}
