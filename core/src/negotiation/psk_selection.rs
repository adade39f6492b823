//! The pre-shared key that a server goes on with, and what follows from it (RFC 8446, sections 4.2.9 and 4.2.11).

use subtle::ConstantTimeEq;

#[cfg(feature = "early-data")]
use crate::buffers;
use crate::config::{Common, ExternalKeys, Resumption};
use crate::crypto::{HashAlgorithm, Provider};
use crate::engine::{Context, Message, SessionKind};
#[cfg(feature = "early-data")]
use crate::engine::{EarlyData, EarlyDataRefusal, EarlyPhase, EarlyState, HelloRetry};
use crate::error::{Error, Internal, PeerIncompatible, PeerMisbehaved};
#[cfg(feature = "early-data")]
use crate::limits;
use crate::negotiation::psk_offer::modes;
use crate::negotiation::selection::{Exchange, preferred, select_group, select_suite};
use crate::schedule::{PskKind, binder, early_secret, import};
use crate::secret::Secret;
use crate::session::Proof;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{CipherSuite, PskKeyExchangeMode};
use crate::wire::pre_shared_key::{ImportedIdentity, OfferedPsks};

/// Whether this end goes on with pre-shared keys of any kind.
pub(crate) fn are_taken(common: &Common) -> bool {
    common.resumption != Resumption::Off || common.external_keys != ExternalKeys::Off
}

/// Whether a client offers keys that the application is to be asked for. An offer that can't be is refused in any case.
pub(crate) fn are_offered<P: Provider>(hello: &ClientHello<'_>, common: &Common) -> Result<bool, Error> {
    let Some(content) = hello.extensions.pre_shared_key else { return Ok(false) };
    OfferedPsks::parse(content)?;
    Ok(are_taken(common) && mode::<P>(hello, common).is_some())
}

/// Notes for the ask of which hashes a key may be.
pub(crate) fn note_fitting<P: Provider>(hello: &ClientHello<'_>, context: &mut Context<'_, P>) {
    let common = context.common;
    let fits = |algorithm: &HashAlgorithm| suites_for(hello, *algorithm, common, P::SUITES).is_ok();
    context.space.psk.fitting =
        [HashAlgorithm::Sha256, HashAlgorithm::Sha384].into_iter().filter(fits).take(2).collect();
}

/// How keys are exchanged beside a pre-shared one: our preference among what both can.
pub(crate) fn mode<P: Provider>(hello: &ClientHello<'_>, common: &Common) -> Option<PskKeyExchangeMode> {
    let offered = hello.extensions.psk_key_exchange_modes?;
    modes(common.psk_exchange).iter().copied().find(|mode| {
        let exchanges = || select_group(hello, common, P::GROUPS).is_ok();
        offered.contains(&mode.0) && (*mode == PskKeyExchangeMode::PSK_KE || exchanges())
    })
}

/// Settles which key it is that the application found, if it found one: none that no suite fits, and none where the client
/// would have to be asked for other hellos than it was. `retry` is the suite of our HelloRetryRequest, and whether it asked for a
/// key share.
pub(crate) fn settle_found<P: Provider>(
    hello: &ClientHello<'_>,
    retry: Option<(CipherSuite, bool)>,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let usable = import_found(hello, context)?.is_some_and(|algorithm| match retry {
        Some((suite, has_share)) => {
            HashAlgorithm::of(suite) == algorithm && (!has_share || exchanges_keys(hello, context))
        }
        None => has_suite_for(hello, algorithm, context),
    });
    if !usable {
        context.space.psk.forget();
        check_unkeyed(hello, context.common)?;
    }
    Ok(())
}

/// Whether a suite of this hash may be chosen. For a session it must be the one that would be chosen anyway, as in OpenSSL and
/// BoringSSL: what both like better now counts more than a certificate spared.
fn has_suite_for<P: Provider>(
    hello: &ClientHello<'_>,
    algorithm: HashAlgorithm,
    context: &Context<'_, P>,
) -> bool {
    if context.space.psk.found().is_some_and(|found| found.kind == PskKind::Resumption) {
        let preferred = select_suite(hello, context.common, P::SUITES);
        return preferred.is_ok_and(|suite| HashAlgorithm::of(suite) == algorithm);
    }
    suites_for(hello, algorithm, context.common, P::SUITES).is_ok()
}

/// What a hello must have that goes on without a pre-shared key (RFC 8446, section 9.2).
fn check_unkeyed(hello: &ClientHello<'_>, common: &Common) -> Result<(), Error> {
    if common.external_keys == ExternalKeys::Required {
        return Err(PeerIncompatible::PreSharedKey.into());
    }
    let extensions = &hello.extensions;
    if extensions.signature_algorithms.is_none()
        || extensions.supported_groups.is_none()
        || extensions.key_shares.is_none()
    {
        return Err(PeerMisbehaved::MissingExtension.into());
    }
    Ok(())
}

/// The hash of the key that was found. An imported one is made from the external key first.
fn import_found<P: Provider>(
    hello: &ClientHello<'_>,
    context: &mut Context<'_, P>,
) -> Result<Option<HashAlgorithm>, Error> {
    let Context { provider, space, .. } = context;
    let Some(found) = space.psk.found() else { return Ok(None) };
    if found.kind != PskKind::Imported {
        return Ok(Some(found.algorithm));
    }
    let identity = identity(hello, space.psk.selected).unwrap_or_default();
    let imported = ImportedIdentity::parse(identity).ok();
    let Some(target) = imported.and_then(|imported| HashAlgorithm::of_kdf(imported.target_kdf)) else {
        return Ok(None);
    };
    let slot = space.psk.found_slot();
    let mut hash = provider.hash_start(slot.algorithm)?;
    provider.hash_update(&mut hash, identity)?;
    let digest = provider.hash_digest(&hash)?;
    let mut key = Secret::<{ crate::limits::PSK }>::empty();
    import(*provider, slot.algorithm, slot.key.as_bytes(), &digest, key.fill(target.len()))?;
    slot.key.take_from(&mut key);
    slot.algorithm = target;
    Ok(Some(target))
}

fn identity<'a>(hello: &ClientHello<'a>, index: u16) -> Option<&'a [u8]> {
    let offered = OfferedPsks::parse(hello.extensions.pre_shared_key?).ok()?;
    offered.iter().nth(usize::from(index)).map(|psk| psk.identity)
}

/// Our preference among the client's suites; among those of the key's hash, if a key was found.
pub(crate) fn select_suite_for_found<P: Provider>(
    hello: &ClientHello<'_>,
    context: &Context<'_, P>,
) -> Result<CipherSuite, Error> {
    match context.space.psk.found() {
        Some(found) => suites_for(hello, found.algorithm, context.common, P::SUITES),
        None => select_suite(hello, context.common, P::SUITES),
    }
}

fn suites_for(
    hello: &ClientHello<'_>,
    algorithm: HashAlgorithm,
    common: &Common,
    provided: &[CipherSuite],
) -> Result<CipherSuite, Error> {
    let mut usable = preferred(hello, common, provided)
        .filter(|suite| HashAlgorithm::of(*suite) == algorithm && hello.cipher_suites.contains(suite.0));
    Ok(usable.next().ok_or(PeerIncompatible::CipherSuite)?)
}

/// Whether keys are exchanged: always without a pre-shared key, else as the modes of both ends say.
pub(crate) fn exchanges_keys<P: Provider>(hello: &ClientHello<'_>, context: &Context<'_, P>) -> bool {
    let found = context.space.psk.found().is_some();
    !found || mode::<P>(hello, context.common) == Some(PskKeyExchangeMode::PSK_DHE_KE)
}

/// Our preference among the groups, as [`select_group`]; none where no keys are exchanged.
pub(crate) fn select_exchange<'a, P: Provider>(
    hello: &ClientHello<'a>,
    context: &Context<'_, P>,
) -> Result<Option<Exchange<'a>>, Error> {
    if !exchanges_keys(hello, context) {
        return Ok(None);
    }
    select_group(hello, context.common, P::GROUPS).map(Some)
}

/// Adds the hello to the transcript. If a key was found, the client proves with its binder that it has it too, and the key
/// schedule begins with it.
pub(crate) fn hash_hello<P: Provider>(
    hello: &ClientHello<'_>,
    message: &Message<'_>,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    if context.space.psk.found().is_none() {
        return context.hash_message(message);
    }
    let content = hello.extensions.pre_shared_key.ok_or(Internal::State)?;
    let offered = OfferedPsks::parse(content)?;
    let end = message.bytes.len().saturating_sub(offered.binders_len());
    let (bound, binders) = message.bytes.split_at_checked(end).ok_or(Internal::State)?;
    context.space.hash(context.provider, bound)?;
    check_binder(offered, context)?;
    context.space.hash(context.provider, binders)
}

fn check_binder<P: Provider>(offered: OfferedPsks<'_>, context: &mut Context<'_, P>) -> Result<(), Error> {
    let transcript = context.transcript()?;
    let Context { provider, space, negotiated, past, .. } = context;
    let space = &mut **space;
    let shown = offered.binder(space.psk.selected).ok_or(PeerMisbehaved::IllegalParameter)?;
    let found = space.psk.found_slot();
    early_secret(*provider, found.algorithm, &mut found.key)?;
    space.schedule.enter_early(&found.key);
    let (kind, mut expected) = ((found.algorithm, found.kind), Secret::empty());
    binder(*provider, kind, found.key.as_bytes(), &transcript, &mut expected)?;
    if !bool::from(shown.ct_eq(expected.as_bytes())) {
        return Err(PeerMisbehaved::BadBinder.into());
    }
    let origin = past.origin_mut().ok_or(Internal::State)?;
    negotiated.session = match found.kind {
        PskKind::Resumption => {
            (origin.authenticated, origin.proof) = (space.psk.authenticated, space.psk.proof);
            #[cfg(feature = "early-data")]
            {
                negotiated.ticket_age_skew = space.psk.early.skew;
            }
            SessionKind::Resumed
        }
        PskKind::External | PskKind::Imported => {
            origin.proof = Proof::ExternalKey;
            SessionKind::External
        }
    };
    Ok(())
}

/// Another hello is asked for: what was found for the first is looked for again.
pub(crate) fn forget_found<P: Provider>(context: &mut Context<'_, P>) {
    context.space.psk.forget();
    context.space.schedule.wipe();
    context.negotiated.session = SessionKind::New;
    if let Some(origin) = context.past.origin_mut() {
        (origin.authenticated, origin.proof) = (0, Proof::Certificate);
    }
    #[cfg(feature = "early-data")]
    {
        context.negotiated.ticket_age_skew = 0;
    }
}

/// Notes how many tickets the client gets with the handshake: none where it could not use them.
pub(crate) fn note_tickets<P: Provider>(hello: &ClientHello<'_>, context: &mut Context<'_, P>) {
    let known = hello.extensions.psk_key_exchange_modes.unwrap_or_default();
    let usable = modes(context.common.psk_exchange).iter().any(|mode| known.contains(&mode.0));
    context.space.psk.new_ticket.left = if usable { context.common.tickets } else { 0 };
    context.space.psk.new_ticket.usable = usable.then_some(());
}

/// Settles whether the early data that the client offers with its first hello is taken.
#[cfg(feature = "early-data")]
pub(crate) fn settle_early_data<P: Provider>(
    hello: &ClientHello<'_>,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    if hello.extensions.early_data.is_none() || context.negotiated.hello_retry == HelloRetry::Yes {
        return Ok(());
    }
    let suite = context.suite()?;
    if let Some(why) = refusal_of_early_data(suite, context) {
        context.negotiated.early_data = EarlyData::Refused(why);
        return Ok(());
    }
    context.negotiated.early_data = EarlyData::Accepted;
    (context.early.phase, context.early.left) = (EarlyPhase::Open, context.space.psk.early.max);
    let hello = context.transcript()?;
    let mut traffic = Secret::empty();
    context.derive_early(suite, &hello, &mut traffic)?;
    context.space.psk.early.traffic.take_from(&mut traffic);
    Ok(())
}

/// Why early data is not taken, if it is not. It is with the application's consent, for the first key, under the suite and the
/// application protocol of its session (RFC 8446, section 4.2.10), and where any record of it fits. A client sends as much as
/// its ticket says: one that says too much, since the server takes less than it did, is no reason to let that client fail.
#[cfg(feature = "early-data")]
fn refusal_of_early_data<P: Provider>(
    suite: CipherSuite,
    context: &Context<'_, P>,
) -> Option<EarlyDataRefusal> {
    let Context { space, negotiated, common, first_incoming, .. } = context;
    let (psk, early) = (&space.psk, &space.psk.early);
    let room = buffers::record_size_limit(*first_incoming, common.max_handshake_message);
    if common.max_early_data == 0 {
        Some(EarlyDataRefusal::Off)
    } else if negotiated.session != SessionKind::Resumed || psk.selected != 0 {
        Some(EarlyDataRefusal::NotResumed)
    } else if early.max == 0 || early.max > common.max_early_data {
        Some(EarlyDataRefusal::Ticket)
    } else if (early.cipher_suite, early.protocol) != (Some(suite), negotiated.protocol) {
        Some(EarlyDataRefusal::Parameters)
    } else if early.skew.unsigned_abs() > limits::TICKET_AGE {
        Some(EarlyDataRefusal::TicketAge)
    } else if early.state != EarlyState::Possible {
        Some(EarlyDataRefusal::Application)
    } else {
        (room != limits::RECORD_SIZE_LIMIT).then_some(EarlyDataRefusal::Buffers)
    }
}
