//! A client's external pre-shared keys (RFC 8446, section 2.2; RFC 9258).

use core::fmt;
use core::ops::{Deref, DerefMut};

use super::Connection;
use super::find_psk::PskRefused;
use crate::client::{self, Client};
use crate::config::{ClientConfig, ExternalKeys, Identities};
use crate::crypto::{CryptoError, HashAlgorithm, Provider};
use crate::engine::HandshakeSpace;
use crate::limits;
use crate::schedule::{PskKind, import};
use crate::storage::Storage;
use crate::wire::Writer;
use crate::wire::pre_shared_key::ImportedIdentity;

/// A key that both ends had before, and its name, which anyone may see.
///
/// It must be as good as random: from a password an attacker finds it. It stands for certificates, so each pair of ends needs
/// one of its own, and one that is used in both roles lets a peer be its own reflection (RFC 9257, section 4).
#[derive(Clone, Copy)]
pub struct ExternalPsk<'a> {
    /// Its name.
    pub identity: &'a [u8],
    /// The key, at most [`limits::PSK`](crate::limits::PSK) bytes.
    pub key: &'a [u8],
    /// The one hash that it is used with; SHA-256 where nothing else was agreed on.
    pub hash: HashAlgorithm,
}

impl fmt::Debug for ExternalPsk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalPsk").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl<T, P, C, H, I, O> Connection<Client<T>, P, C, H, I, O>
where
    T: Identities + fmt::Debug,
    P: Provider,
    C: Deref<Target = ClientConfig<T>>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Offers this key, before the handshake begins.
    ///
    /// # Errors
    /// [`PskRefused`]: keys are not configured, the handshake has begun, or there is no room for it beside what is offered
    /// already.
    pub fn offer_psk(&mut self, psk: ExternalPsk<'_>) -> Result<(), PskRefused> {
        let space = self.space_for_psk()?;
        add(space, psk.identity, psk.key, (PskKind::External, psk.hash)).ok_or(PskRefused)
    }

    /// As [`Connection::offer_psk`], under an identity for each hash of TLS 1.3 that this end offers a suite of, and with a key
    /// of its own for each (RFC 9258): so one external key serves suites of any hash. `context` says who it is for, if both
    /// ends agreed on that.
    ///
    /// # Errors
    /// As [`Connection::offer_psk`].
    pub fn offer_imported_psk(&mut self, psk: ExternalPsk<'_>, context: &[u8]) -> Result<(), PskRefused> {
        self.space_for_psk()?;
        for target in [HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
            let preferred = &self.config.common.cipher_suites;
            let mut suites = P::SUITES.iter().filter(|suite| HashAlgorithm::of(**suite) == target);
            if !suites.any(|suite| preferred.is_empty() || preferred.contains(suite)) {
                continue;
            }
            let Self { provider, space, .. } = self;
            let space = space.as_deref_mut().ok_or(PskRefused)?;
            add_imported(provider, space, (psk, context), target).ok_or(PskRefused)?;
        }
        Ok(())
    }

    fn space_for_psk(&mut self) -> Result<&mut HandshakeSpace<P>, PskRefused> {
        let begun = !matches!(self.engine.state, client::State::Start(_));
        if begun || self.config.common.external_keys == ExternalKeys::Off {
            return Err(PskRefused);
        }
        self.space.as_deref_mut().ok_or(PskRefused)
    }
}

fn add<P: Provider>(
    space: &mut HandshakeSpace<P>,
    identity: &[u8],
    key: &[u8],
    (kind, algorithm): (PskKind, HashAlgorithm),
) -> Option<()> {
    if identity.is_empty() || !(1..=limits::PSK).contains(&key.len()) || !algorithm.is_of_a_suite() {
        return None;
    }
    let slot = space.psk.add(identity)?;
    slot.set_key(key);
    (slot.kind, slot.algorithm, slot.age) = (kind, algorithm, 0);
    Some(())
}

fn add_imported<P: Provider>(
    provider: &mut P,
    space: &mut HandshakeSpace<P>,
    (psk, context): (ExternalPsk<'_>, &[u8]),
    target: HashAlgorithm,
) -> Option<()> {
    let imported = ImportedIdentity { external_identity: psk.identity, context, target_kdf: target.kdf() };
    let mut bytes = [0; limits::PSK_IDENTITY];
    let mut writer = Writer::new(&mut bytes, 0);
    imported.encode(&mut writer);
    let (written, total) = (writer.written(), writer.total());
    let identity = bytes.get(..written).filter(|_| written == total && !psk.identity.is_empty())?;
    let digest = hash(provider, psk.hash, identity).ok()?;
    let mut key = crate::secret::Secret::<{ limits::PSK }>::empty();
    import(provider, psk.hash, psk.key, &digest, key.fill(target.len())).ok()?;
    add(space, identity, key.as_bytes(), (PskKind::Imported, target))
}

fn hash<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    bytes: &[u8],
) -> Result<crate::crypto::Digest, CryptoError> {
    let mut hash = provider.hash_start(algorithm)?;
    provider.hash_update(&mut hash, bytes)?;
    provider.hash_digest(&hash)
}
