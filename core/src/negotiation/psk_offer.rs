//! The pre-shared keys that a client offers (RFC 8446, section 4.2.11), and the server's choice among them.

use crate::config::{Common, ExternalKeys, PskExchange};
use crate::crypto::{Digest, HashAlgorithm, Provider};
use crate::engine::{Context, HelloRetry, SessionKind};
#[cfg(feature = "early-data")]
use crate::engine::{EarlyPhase, EarlyState};
use crate::error::{Error, Internal, PeerIncompatible, PeerMisbehaved};
use crate::limits;
use crate::negotiation::offer::Parts;
use crate::schedule::{PskKind, binder, early_secret};
#[cfg(feature = "early-data")]
use crate::secret::Secret;
use crate::session::Proof;
use crate::wire::Writer;
use crate::wire::enums::{CipherSuite, PskKeyExchangeMode};

/// How keys may be exchanged beside a pre-shared one, in order of preference.
pub(crate) const fn modes(exchange: PskExchange) -> &'static [PskKeyExchangeMode] {
    const BOTH: &[PskKeyExchangeMode] = &[PskKeyExchangeMode::PSK_DHE_KE, PskKeyExchangeMode::PSK_KE];
    match exchange {
        PskExchange::Ephemeral => &[PskKeyExchangeMode::PSK_DHE_KE],
        PskExchange::EphemeralOrNone => BOTH,
        PskExchange::None => &[PskKeyExchangeMode::PSK_KE],
    }
}

/// Whether a client sends a key share: with certificates there is always one.
pub(crate) fn exchanges_keys(common: &Common) -> bool {
    common.psk_exchange != PskExchange::None || common.external_keys != ExternalKeys::Required
}

/// Makes the binders of the ClientHello that leaves next. Each covers the hello up to the binders and, in the second, what
/// came before it (RFC 8446, section 4.2.11.2).
/// A first one is in the transcript then, up to the binders.
pub(crate) fn bind<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    if context.common.external_keys == ExternalKeys::Required && context.space.psk.offered().next().is_none()
    {
        return Err(none_left(context));
    }
    let Context { provider, space, negotiated, .. } = context;
    for slot in space.psk.offered_mut() {
        // Their lengths count before their values are there.
        slot.binder.fill(slot.algorithm.len());
        if negotiated.hello_retry == HelloRetry::No {
            early_secret(*provider, slot.algorithm, &mut slot.key)?;
        }
    }
    for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
        if context.space.psk.offered().any(|slot| slot.algorithm == algorithm) {
            bind_those_of(algorithm, context)?;
        }
    }
    Ok(())
}

/// No pre-shared key is left, and nothing else will do.
fn none_left<P: Provider>(context: &Context<'_, P>) -> Error {
    match context.negotiated.hello_retry {
        HelloRetry::No => Internal::Configuration.into(),
        HelloRetry::Yes => PeerIncompatible::PreSharedKey.into(),
    }
}

fn make_binders<P: Provider>(
    algorithm: HashAlgorithm,
    transcript: &Digest,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let Context { provider, space, .. } = context;
    for slot in space.psk.offered_mut().filter(|slot| slot.algorithm == algorithm) {
        let kind = (algorithm, slot.kind);
        binder(*provider, kind, slot.key.as_bytes(), transcript, &mut slot.binder)?;
    }
    Ok(())
}

/// Makes the binders of the keys with this hash.
fn bind_those_of<P: Provider>(algorithm: HashAlgorithm, context: &mut Context<'_, P>) -> Result<(), Error> {
    let retry = context.negotiated.hello_retry;
    let mut hash = match retry {
        HelloRetry::No => context.provider.hash_start(algorithm)?,
        HelloRetry::Yes => context.space.transcript.clone().ok_or(Internal::State)?,
    };
    hash_unbound(&mut hash, context)?;
    let transcript = context.provider.hash_digest(&hash)?;
    make_binders(algorithm, &transcript, context)?;
    if retry == HelloRetry::No && context.space.expected_hash() == Some(algorithm) {
        context.space.transcript = Some(hash);
    }
    Ok(())
}

/// Adds the hello without its binders to a hash. It is encoded a piece at a time.
fn hash_unbound<P: Provider>(hash: &mut P::Hash, context: &mut Context<'_, P>) -> Result<(), Error> {
    let parts = Parts::of(context);
    let mut done = 0_usize;
    loop {
        let mut piece = [0; limits::HELLO_PIECE];
        let mut writer = Writer::new(&mut piece, done);
        parts.encode(context.space, &mut writer);
        let end = writer.total().saturating_sub(binders_len(context));
        let length = writer.written().min(end.saturating_sub(done));
        context.provider.hash_update(hash, piece.get(..length).unwrap_or_default())?;
        done = done.saturating_add(length);
        if done >= end {
            return Ok(());
        }
    }
}

/// The first ClientHello has left: if it offers early data, our records are that from here on.
#[cfg(feature = "early-data")]
pub(crate) fn open_early_data<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    let early = &context.space.psk.early;
    let (EarlyState::Used, Some(suite), max) = (early.state, early.cipher_suite, early.max) else {
        return Ok(());
    };
    let hello = context.transcript()?;
    let space = &mut *context.space;
    space.schedule.enter_early(&space.psk.offered().next().ok_or(Internal::State)?.key);
    let mut traffic = Secret::empty();
    context.derive_early(suite, &hello, &mut traffic)?;
    context.space.schedule.wipe();
    // Before anything that is encrypted (RFC 8446, appendix D.4).
    context.send_change_cipher_spec()?;
    context.write_with_early_secret(suite, &mut traffic)?;
    (context.early.phase, context.early.left) = (EarlyPhase::Open, max);
    Ok(())
}

/// Bytes of the list of binders, its length included.
pub(crate) fn binders_len<P: Provider>(context: &Context<'_, P>) -> usize {
    let binders = context.space.psk.offered().map(|slot| slot.algorithm.len().saturating_add(1));
    binders.fold(2, usize::saturating_add)
}

/// A HelloRetryRequest has fixed the suite: keys of another hash are of no use any more (RFC 8446, section 4.1.4).
pub(crate) fn drop_others<P: Provider>(suite: CipherSuite, context: &mut Context<'_, P>) {
    let algorithm = HashAlgorithm::of(suite);
    let others = context.space.psk.offered_mut().filter(|slot| slot.algorithm != algorithm);
    others.for_each(crate::engine::PskSlot::wipe);
}

/// The server's choice: the key goes into the schedule, all others go. Whether keys must be exchanged beside it (RFC 8446,
/// section 4.2.11).
pub(crate) fn on_choice<P: Provider>(
    choice: Option<u16>,
    suite: CipherSuite,
    context: &mut Context<'_, P>,
) -> Result<KeyShare, Error> {
    let Some(index) = choice else {
        // The EncryptedExtensions will say so.
        #[cfg(feature = "early-data")]
        context.drop_early_data();
        context.space.psk.forget();
        if context.common.external_keys == ExternalKeys::Required {
            return Err(PeerIncompatible::PreSharedKey.into());
        }
        return Ok(KeyShare::Required);
    };
    let Context { space, negotiated, past, common, .. } = context;
    let space = &mut **space;
    let algorithm = HashAlgorithm::of(suite);
    let chosen = space.psk.offered().nth(usize::from(index)).filter(|slot| slot.algorithm == algorithm);
    let chosen = chosen.ok_or(PeerMisbehaved::IllegalParameter)?;
    space.schedule.enter_early(&chosen.key);
    let origin = past.origin_mut().ok_or(Internal::State)?;
    negotiated.session = match chosen.kind {
        PskKind::Resumption => {
            (origin.authenticated, origin.proof) = (space.psk.authenticated, space.psk.proof);
            SessionKind::Resumed
        }
        PskKind::External | PskKind::Imported => {
            origin.proof = Proof::ExternalKey;
            SessionKind::External
        }
    };
    space.psk.forget_offer();
    space.psk.selected = index;
    Ok(match common.psk_exchange {
        PskExchange::Ephemeral => KeyShare::MustStand,
        PskExchange::EphemeralOrNone => KeyShare::MayStand,
        PskExchange::None => KeyShare::MustNotStand,
    })
}

/// Whether a ServerHello has a key share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyShare {
    /// Without a pre-shared key there must be one.
    Required,
    /// Beside a pre-shared key, by the modes that were offered.
    MustStand,
    MayStand,
    MustNotStand,
}

impl KeyShare {
    /// Whether keys are exchanged.
    pub(crate) fn check<T>(self, there: Option<T>) -> Result<Option<T>, Error> {
        match (self, &there) {
            (Self::Required, None) => Err(PeerMisbehaved::MissingExtension.into()),
            (Self::MustStand, None) | (Self::MustNotStand, Some(_)) => {
                Err(PeerMisbehaved::IllegalParameter.into())
            }
            (Self::Required | Self::MustStand, Some(_)) | (Self::MayStand, _) => Ok(there),
            (Self::MustNotStand, None) => Ok(None),
        }
    }
}
