//! Asks the application to seal a cookie, or to open one (RFC 8446, section 4.2.2). Between the two nothing is kept of the
//! client: what a second hello needs of the first lies in the cookie.

use super::wait_client_hello::{Retry, WaitClientHello, expect_early_data, lasting_digest};
use super::{SendHelloRetryRequest, State};
use crate::config::Cookies;
#[cfg(feature = "psk")]
use crate::config::{Common, ExternalKeys};
use crate::crypto::{Digest, HashAlgorithm, Provider};
use crate::engine::{Ask, Context, HelloRetry, Message};
use crate::error::{Error, Internal, PeerMisbehaved};
#[cfg(feature = "psk")]
use crate::negotiation::psk_selection::mode;
use crate::negotiation::selection::{select_group, select_suite};
#[cfg(feature = "tls12")]
use crate::negotiation::selection12::leads_to_tls12;
use crate::wire::client_hello::ClientHello;
#[cfg(feature = "psk")]
use crate::wire::enums::PskKeyExchangeMode;
use crate::wire::enums::{CipherSuite, NamedGroup};
use crate::wire::server_hello::ServerHelloAnswer;
use crate::wire::{Reader, Writer};

#[derive(Debug)]
pub struct AskCookie(About);

#[derive(Debug)]
enum About {
    /// The client has none yet.
    Seal(Retry),
    /// It shows one, and its hello is still there.
    Open,
}

impl AskCookie {
    pub(super) const fn ask(&self) -> Ask {
        match self.0 {
            About::Seal(_) => Ask::SealCookie,
            About::Open => Ask::OpenCookie,
        }
    }

    /// Who was given a cookie in this connection shows it in the next hello, and goes on with TLS 1.3.
    pub(super) fn check<P: Provider>(hello: &ClientHello<'_>, context: &Context<'_, P>) -> Result<(), Error> {
        let was_given =
            context.common.cookies == Cookies::Required && context.negotiated.hello_retry == HelloRetry::Yes;
        #[cfg(feature = "tls12")]
        let goes_on = !leads_to_tls12(hello, context.common);
        #[cfg(not(feature = "tls12"))]
        let goes_on = true;
        if was_given && !(goes_on && hello.extensions.cookie.is_some()) {
            return Err(PeerMisbehaved::ChangedClientHello.into());
        }
        Ok(())
    }

    /// Whether a hello is to be asked about, and how.
    pub(super) fn about<P: Provider>(
        hello: &ClientHello<'_>,
        message: &Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<Option<State>, Error> {
        if context.common.cookies == Cookies::Off {
            return Ok(None);
        }
        // The server can't know more before the client has answered.
        message.boundary.as_ref().map_err(|error| *error)?;
        if hello.extensions.cookie.is_some() {
            return Ok(Some(State::AskCookie(Self(About::Open))));
        }
        let suite = select_suite(hello, context.common, P::SUITES)?;
        // What can't be agreed on is told the client that has shown that it is there.
        let group = match select_group(hello, context.common, P::GROUPS) {
            Ok((group, None)) => Some(group),
            Ok((_, Some(_))) | Err(_) => None,
        };
        #[cfg(feature = "psk")]
        let group = group.filter(|_| !needs_no_share::<P>(hello, context.common));
        expect_early_data(hello, context);
        let retry = Retry::for_cookie(suite, group);
        write_content(hello, message, retry, context)?;
        Ok(Some(State::AskCookie(Self(About::Seal(retry)))))
    }

    /// The cookie, or what it held, is in the handshake space.
    pub(super) fn on_answer<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        match self.0 {
            About::Seal(retry) => Ok(State::SendHelloRetryRequest(SendHelloRetryRequest::new(retry))),
            About::Open => {
                let hello = ClientHello::parse(message.body)?;
                let retry = remember(&hello, context)?;
                WaitClientHello::second(retry).on_client_hello(message, context)
            }
        }
    }
}

/// Whether a client goes on with a pre-shared key or not at all, and without a key exchange: it is asked for no key share.
#[cfg(feature = "psk")]
fn needs_no_share<P: Provider>(hello: &ClientHello<'_>, common: &Common) -> bool {
    common.external_keys == ExternalKeys::Required
        && mode::<P>(hello, common) == Some(PskKeyExchangeMode::PSK_KE)
}

/// Puts what the second hello needs of the first into the slot of the cookie: suite, group, and both digests.
fn write_content<P: Provider>(
    hello: &ClientHello<'_>,
    message: &Message<'_>,
    retry: Retry,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let lasting = lasting_digest(hello, retry, context)?;
    let provider = &mut *context.provider;
    let mut hash = provider.hash_start(HashAlgorithm::of(retry.suite))?;
    provider.hash_update(&mut hash, message.bytes)?;
    let whole = provider.hash_digest(&hash)?;
    let space = &mut *context.space;
    space.session_id.clear();
    space.session_id.extend_from_slice(hello.session_id).map_err(|_| Internal::State)?;
    space.cookie.clear();
    for piece in
        [&retry.suite.0.to_be_bytes()[..], &retry.group.0.to_be_bytes(), whole.as_bytes(), lasting.as_bytes()]
    {
        space.cookie.extend_from_slice(piece).map_err(|_| Internal::State)?;
    }
    Ok(())
}

/// Brings everything to where it was when the HelloRetryRequest had left: the transcript is the first hello's hash and the
/// request, made once more (RFC 8446, section 4.4.1).
fn remember<P: Provider>(hello: &ClientHello<'_>, context: &mut Context<'_, P>) -> Result<Retry, Error> {
    let content = context.space.cookie.clone();
    let (retry, whole, lasting) = read_content(&content, P::SUITES).ok_or(PeerMisbehaved::BadCookie)?;
    let cookie = hello.extensions.cookie.ok_or(Internal::State)?;
    let Context { provider, space, negotiated, .. } = context;
    space.cookie.clear();
    space.hello_digest = Some(lasting);
    space.client_random = *hello.random;
    space.session_id.clear();
    space.session_id.extend_from_slice(hello.session_id).map_err(|_| Internal::State)?;
    space.start_transcript(provider, retry.suite)?;
    space.hash_folded(provider, &whole)?;
    let request = ServerHelloAnswer {
        random: hello.random,
        session_id: hello.session_id,
        cipher_suite: retry.suite,
        group: retry.group,
        public_value: None,
        cookie: Some(cookie),
        #[cfg(feature = "psk")]
        pre_shared_key: None,
    };
    let mut done = 0_usize;
    loop {
        let mut piece = [0; 128];
        let mut writer = Writer::new(&mut piece, done);
        request.encode(&mut writer);
        let (written, total) = (writer.written(), writer.total());
        space.hash(provider, piece.get(..written).unwrap_or_default())?;
        done = done.saturating_add(written);
        if done >= total {
            break;
        }
    }
    negotiated.cipher_suite = Some(retry.suite);
    negotiated.hello_retry = HelloRetry::Yes;
    Ok(retry)
}

fn read_content(content: &[u8], provided: &[CipherSuite]) -> Option<(Retry, Digest, Digest)> {
    let mut reader = Reader::new(content);
    let suite = CipherSuite(reader.u16().ok()?);
    let group = NamedGroup(reader.u16().ok()?);
    let length = HashAlgorithm::of(suite).len();
    let whole = Digest::new(reader.take(length).ok()?);
    let lasting = Digest::new(reader.take(length).ok()?);
    reader.finish().ok()?;
    let group = Some(group).filter(|group| *group != NamedGroup(0));
    provided.contains(&suite).then_some((Retry::for_cookie(suite, group), whole, lasting))
}
