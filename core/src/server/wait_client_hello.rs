//! START: a ClientHello, the first or the one that was asked for.

#[cfg(feature = "cookies")]
use super::AskCookie;
#[cfg(not(feature = "psk"))]
use super::AskIdentity;
#[cfg(feature = "psk")]
use super::AskPsk;
use super::{SendHelloRetryRequest, State};
use crate::crypto::{CryptoError, Digest, HashAlgorithm, Provider};
use crate::engine::{Context, Message};
#[cfg(feature = "early-data")]
use crate::engine::{EarlyData, EarlyDataRefusal};
use crate::error::{Error, Internal, PeerMisbehaved};
use crate::limits;
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types;
use crate::negotiation::key_exchange;
#[cfg(feature = "psk")]
use crate::negotiation::psk_selection;
use crate::negotiation::selection::{Exchange, check_hello, keep_server_name, select_protocol, select_sizes};
#[cfg(not(feature = "psk"))]
use crate::negotiation::selection::{select_group, select_suite};
#[cfg(feature = "tls12")]
use crate::negotiation::selection12::leads_to_tls12;
#[cfg(feature = "tls12")]
use crate::server12;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{CipherSuite, NamedGroup};

#[derive(Debug)]
pub struct WaitClientHello {
    retry: Option<Retry>,
}

/// What our HelloRetryRequest fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Retry {
    pub(super) suite: CipherSuite,
    /// The group that a share is wanted of; 0 where none is.
    pub(super) group: NamedGroup,
    pub(super) wanted: Wanted,
    /// Whether a pre-shared key of the first hello was gone on with.
    #[cfg(feature = "psk")]
    keyed: bool,
}

/// What our HelloRetryRequest has a client change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The share.
    Share,
    /// Nothing; it shows a cookie.
    #[cfg(feature = "cookies")]
    Cookie,
    /// The share, and it shows a cookie.
    #[cfg(feature = "cookies")]
    ShareAndCookie,
}

impl Wanted {
    pub(super) fn has_share(self) -> bool {
        #[cfg(feature = "cookies")]
        return self != Self::Cookie;
        #[cfg(not(feature = "cookies"))]
        true
    }

    pub(super) fn has_cookie(self) -> bool {
        self != Self::Share
    }
}

impl Retry {
    /// For a share of this group.
    fn of(suite: CipherSuite, group: NamedGroup) -> Self {
        Self {
            suite,
            group,
            wanted: Wanted::Share,
            #[cfg(feature = "psk")]
            keyed: false,
        }
    }

    #[cfg(feature = "cookies")]
    pub(super) fn for_cookie(suite: CipherSuite, group: Option<NamedGroup>) -> Self {
        let wanted = if group.is_some() { Wanted::ShareAndCookie } else { Wanted::Cookie };
        let retry = Self::of(suite, group.unwrap_or(NamedGroup(0)));
        Self { wanted, ..retry }
    }
}

impl WaitClientHello {
    pub(super) const fn first() -> Self {
        Self { retry: None }
    }

    pub(super) const fn second(retry: Retry) -> Self {
        Self { retry: Some(retry) }
    }

    pub(super) const fn is_second(&self) -> bool {
        self.retry.is_some()
    }

    pub(super) fn on_client_hello<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let hello = ClientHello::parse(message.body)?;
        #[cfg(feature = "cookies")]
        if self.retry.is_none() {
            AskCookie::check(&hello, context)?;
        }
        #[cfg(feature = "tls12")]
        if self.retry.is_none() && leads_to_tls12(&hello, context.common) {
            return Ok(State::Tls12(server12::WaitClientHello.on_client_hello(message, context)?));
        }
        check_hello(&hello)?;
        #[cfg(feature = "cookies")]
        if self.retry.is_none()
            && let Some(state) = AskCookie::about(&hello, &message, context)?
        {
            return Ok(state);
        }
        // Left out may be what fits no suite of ours (RFC 8446, section 4.1.2).
        #[cfg(feature = "psk")]
        if self.retry.is_some_and(|retry| retry.keyed) && hello.extensions.pre_shared_key.is_none() {
            return Err(PeerMisbehaved::MissingExtension.into());
        }
        #[cfg(feature = "psk")]
        if psk_selection::are_offered::<P>(&hello, context.common)? {
            keep_server_name(&hello, context)?;
            return AskPsk::ask(self, &hello, context);
        }
        self.select(&hello, message, context)
    }

    /// Goes on with this hello, once it is known with which pre-shared key.
    pub(super) fn select<P: Provider>(
        self,
        hello: &ClientHello<'_>,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        #[cfg(feature = "psk")]
        psk_selection::settle_found(
            hello,
            self.retry.map(|retry| (retry.suite, retry.wanted.has_share())),
            context,
        )?;
        let (suite, exchange) = select(hello, context)?;
        match self.retry {
            Some(retry) => check_second(hello, retry, (suite, exchange.map(|(group, _)| group)), context)?,
            None => begin(hello, suite, context)?,
        }
        #[cfg(feature = "psk")]
        psk_selection::hash_hello(hello, &message, context)?;
        #[cfg(not(feature = "psk"))]
        context.hash_message(&message)?;
        // The keys change with our answer: nothing of the client's may follow in the same record.
        let boundary = message.boundary?;
        if let Some((group, None)) = exchange {
            return self.ask_again(hello, Retry::of(suite, group), context);
        }
        select_protocol(hello, context)?;
        // A limit counts the content type.
        select_sizes(hello, 1, context)?;
        keep_server_name(hello, context)?;
        #[cfg(feature = "early-data")]
        psk_selection::settle_early_data(hello, context)?;
        #[cfg(feature = "raw-public-keys")]
        certificate_types::choose(hello, context)?;
        #[cfg(feature = "ocsp")]
        {
            context.space.status_request = hello.extensions.status_request;
        }
        if let Some((group, Some(public_value))) = exchange {
            context.negotiated.group = Some(group);
            key_exchange::respond(group, public_value, context)?;
        }
        #[cfg(feature = "psk")]
        return AskPsk::authenticated(hello, boundary, context);
        #[cfg(not(feature = "psk"))]
        Ok(State::AskIdentity(AskIdentity::new(boundary)))
    }

    /// A usable group without a share of it: the client must send one.
    fn ask_again<P: Provider>(
        self,
        hello: &ClientHello<'_>,
        retry: Retry,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        if self.retry.is_some() {
            return Err(PeerMisbehaved::IllegalParameter.into());
        }
        context.space.hello_digest = Some(lasting_digest(hello, retry, context)?);
        context.space.fold_first_hello(context.provider, retry.suite)?;
        #[cfg(feature = "psk")]
        let retry = Retry { keyed: context.space.psk.found().is_some(), ..retry };
        #[cfg(feature = "psk")]
        psk_selection::forget_found(context);
        Ok(State::SendHelloRetryRequest(SendHelloRetryRequest::new(retry)))
    }
}

/// Our preferences among the client's suites and groups, with its share, if it sent one.
#[cfg(not(feature = "psk"))]
fn select<'a, P: Provider>(
    hello: &ClientHello<'a>,
    context: &Context<'_, P>,
) -> Result<(CipherSuite, Option<Exchange<'a>>), Error> {
    let suite = select_suite(hello, context.common, P::SUITES)?;
    Ok((suite, Some(select_group(hello, context.common, P::GROUPS)?)))
}

/// Our preferences among the client's suites and groups, with its share, if it sent one. No keys need be exchanged beside a
/// pre-shared one.
#[cfg(feature = "psk")]
fn select<'a, P: Provider>(
    hello: &ClientHello<'a>,
    context: &Context<'_, P>,
) -> Result<(CipherSuite, Option<Exchange<'a>>), Error> {
    let suite = psk_selection::select_suite_for_found(hello, context)?;
    Ok((suite, psk_selection::select_exchange(hello, context)?))
}

/// Notes what the first hello fixes for the handshake, and begins the transcript.
fn begin<P: Provider>(
    hello: &ClientHello<'_>,
    suite: CipherSuite,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    context.negotiated.cipher_suite = Some(suite);
    expect_early_data(hello, context);
    #[cfg(feature = "early-data")]
    if hello.extensions.early_data.is_some() && context.space.psk.found().is_none() {
        context.negotiated.early_data = EarlyData::Refused(EarlyDataRefusal::NotResumed);
    }
    let space = &mut *context.space;
    space.client_random = *hello.random;
    space.session_id.clear();
    space.session_id.extend_from_slice(hello.session_id).map_err(|_| Internal::State)?;
    space.start_transcript(context.provider, suite)
}

/// Early data that was offered may come, to be passed over unless it is taken.
pub(super) fn expect_early_data<P: Provider>(hello: &ClientHello<'_>, context: &mut Context<'_, P>) {
    if hello.extensions.early_data.is_some() {
        let allowance = limits::REJECTED_EARLY_DATA;
        // What our own tickets allow must pass, with headers and protection.
        #[cfg(feature = "early-data")]
        let allowance = {
            // If nothing else is found out: this hello was not enough.
            context.negotiated.early_data = EarlyData::Refused(EarlyDataRefusal::HelloRetry);
            let most = context.common.max_early_data.max(context.space.psk.early.max);
            allowance.saturating_add(usize::try_from(most).unwrap_or(usize::MAX))
        };
        context.channel.early_data = Some(u32::try_from(allowance).unwrap_or(u32::MAX));
    }
}

/// The second hello repeats the first, but for what it was asked to change (RFC 8446, section 4.1.2).
fn check_second<P: Provider>(
    hello: &ClientHello<'_>,
    retry: Retry,
    (suite, group): (CipherSuite, Option<NamedGroup>),
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let digest = lasting_digest(hello, retry, context)?;
    let same = context.space.hello_digest.is_some_and(|first| first.as_bytes() == digest.as_bytes());
    let extensions = &hello.extensions;
    let one_share = extensions.key_shares.is_some_and(|shares| shares.iter().count() == 1);
    let shared = !retry.wanted.has_share() || (one_share && group == Some(retry.group));
    let unasked = extensions.early_data.is_some() || extensions.cookie.is_some() != retry.wanted.has_cookie();
    if !same || !shared || unasked || suite != retry.suite {
        return Err(PeerMisbehaved::ChangedClientHello.into());
    }
    // What was sent before this hello has been passed over.
    context.channel.early_data = None;
    Ok(())
}

/// The digest of what a second hello repeats.
pub(super) fn lasting_digest<P: Provider>(
    hello: &ClientHello<'_>,
    retry: Retry,
    context: &mut Context<'_, P>,
) -> Result<Digest, CryptoError> {
    let provider = &mut *context.provider;
    let mut hash = provider.hash_start(HashAlgorithm::of(retry.suite))?;
    hello.for_each_lasting_piece(&mut |piece| provider.hash_update(&mut hash, piece))?;
    if let Some(shares) = hello.extensions.key_shares.filter(|_| !retry.wanted.has_share()) {
        provider.hash_update(&mut hash, shares.as_bytes())?;
    }
    provider.hash_digest(&hash)
}
