//! The AEAD of a provider alone: the ceiling.

use tidegate::crypto::{NONCE, Provider, TAG, aead_key_len};

use crate::stack::{Agreed, End, Failure, Form, Setup, Stack};

/// Bytes of the header of a record, which is its additional data.
const HEADER: usize = 5;

/// A key, and records that lie one behind the other.
pub(crate) struct Bare<P: Provider> {
    provider: P,
    key: P::AeadKey,
    suite: u16,
    sealed: u64,
    opened: u64,
    records: Vec<u8>,
}

impl<P: Provider> Bare<P> {
    /// With some key.
    ///
    /// # Errors
    /// If the provider lacks the suite.
    pub(crate) fn new(setup: &Setup, mut provider: P) -> Result<Self, Failure> {
        let key = provider.aead_key(setup.suite, &[7; 32][..aead_key_len(setup.suite)])?;
        let records = vec![0; 84 * 1024];
        Ok(Self { provider, key, suite: setup.suite.0, sealed: 0, opened: 0, records })
    }

    /// Seals records with a content type behind their data.
    fn seal(&mut self, length: usize, count: usize) {
        let Self { provider, key, sealed, records, .. } = self;
        for record in records.chunks_mut(length + 1 + TAG).take(count) {
            provider.seal(key, &nonce(sealed), &[23; HEADER], record).expect("it seals");
        }
    }
}

fn nonce(number: &mut u64) -> [u8; NONCE] {
    *number += 1;
    let mut nonce = [0; NONCE];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    nonce
}

impl<P: Provider> Stack for Bare<P> {
    fn start(&mut self, _: End) -> Result<(), Failure> {
        Ok(())
    }

    fn turn(&mut self, _: End) -> Result<(), Failure> {
        Ok(())
    }

    fn agreed(&self) -> Option<Agreed> {
        Some(Agreed { suite: self.suite, x25519: None, resumed: false })
    }

    fn forms(&self) -> &'static [Form] {
        &[Form::InPlace]
    }

    fn send(&mut self, _: Form, data: &[u8], count: usize) {
        self.seal(data.len(), count);
    }

    fn prepare(&mut self, data: &[u8], count: usize) {
        self.opened = self.sealed;
        self.seal(data.len(), count);
    }

    fn receive(&mut self, _: Form, length: usize, count: usize) {
        let Self { provider, key, opened, records, .. } = self;
        for record in records.chunks_mut(length + 1 + TAG).take(count) {
            provider.open(key, &nonce(opened), &[23; HEADER], record).expect("it opens");
        }
    }
}
