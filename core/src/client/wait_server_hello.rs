//! WAIT_SH: a ServerHello, or a HelloRetryRequest once.

use super::{SendClientHello, State, WaitEncryptedExtensions};
#[cfg(feature = "tls12")]
use crate::client12;
use crate::config::Common;
#[cfg(feature = "tls12")]
use crate::config::Versions;
use crate::crypto::Provider;
use crate::engine::{Context, HelloRetry, Message, Middleboxes, Peer};
#[cfg(feature = "early-data")]
use crate::engine::{EarlyDataRefusal, EarlyPhase};
use crate::error::{Error, LimitExceeded, PeerIncompatible, PeerMisbehaved};
use crate::negotiation::first_hello::settle_transcript;
use crate::negotiation::key_exchange;
#[cfg(feature = "psk")]
use crate::negotiation::psk_offer;
use crate::wire::enums::{CipherSuite, ProtocolVersion};
use crate::wire::server_hello::{RetryExtensions, ServerExtensions, ServerHello};
use zeroize::Zeroize;

#[derive(Debug)]
pub struct WaitServerHello {
    /// The suite that a HelloRetryRequest has fixed.
    retry_suite: Option<CipherSuite>,
    /// What the server may still choose: a HelloRetryRequest stands for TLS 1.3 (RFC 8446, section 4.1.4).
    #[cfg(feature = "tls12")]
    versions: Versions,
}

impl WaitServerHello {
    pub(super) const fn new(retry_suite: Option<CipherSuite>, _common: &Common) -> Self {
        Self {
            #[cfg(feature = "tls12")]
            versions: if retry_suite.is_some() { Versions::Tls13 } else { _common.allowed_versions() },
            retry_suite,
        }
    }

    /// Whether the peer may turn out to be one of TLS 1.2.
    #[cfg(feature = "tls12")]
    pub(super) const fn may_lead_to_tls12(&self) -> bool {
        self.versions.has_tls12()
    }

    pub(super) fn on_server_hello<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let hello = ServerHello::parse(message.body)?;
        #[cfg(feature = "tls12")]
        if self.leads_to_tls12(&hello)? {
            // RFC 8446, appendix D.3: a server of TLS 1.2 gave no ticket that early data could go with.
            #[cfg(feature = "early-data")]
            if context.early.phase == EarlyPhase::Open {
                return Err(PeerIncompatible::Version.into());
            }
            return Ok(State::Tls12(client12::WaitServerHello.on_server_hello(message, context)?));
        }
        self.check_version(&hello)?;
        if hello.legacy_version != ProtocolVersion::TLS_1_2
            || hello.session_id != context.space.session_id.as_slice()
            || hello.compression_method != 0
            || !context.space.cipher_suites.contains(&hello.cipher_suite)
            || self.retry_suite.is_some_and(|suite| suite != hello.cipher_suite)
        {
            return Err(PeerMisbehaved::IllegalParameter.into());
        }
        if hello.is_hello_retry_request() {
            return self.on_hello_retry_request(message, hello, context);
        }
        self.enter_handshake(message, hello, context)
    }

    /// TLS 1.3 or nothing; and no server that could do better (RFC 8446, sections 4.1.3, 4.2.1 and D.5).
    fn check_version(&self, hello: &ServerHello<'_>) -> Result<(), Error> {
        if hello.legacy_version <= ProtocolVersion::SSL_3_0 {
            return Err(PeerIncompatible::Version.into());
        }
        match hello.selected_version()? {
            Some(ProtocolVersion::TLS_1_3) => Ok(()),
            // RFC 8446, section 4.2.1: what is chosen there must be TLS 1.3 or later, and must have been offered.
            Some(_) => Err(PeerMisbehaved::IllegalParameter.into()),
            // RFC 8446, section 4.1.4: the version of the HelloRetryRequest stands.
            None if self.retry_suite.is_some() => Err(PeerMisbehaved::IllegalParameter.into()),
            None if hello.has_downgrade_sentinel() => Err(PeerMisbehaved::Downgrade.into()),
            None => Err(PeerIncompatible::Version.into()),
        }
    }

    /// Whether a server answers with TLS 1.2, which was offered; not one that could do better, and not with a
    /// HelloRetryRequest (RFC 8446, sections 4.1.3 and 4.1.4).
    #[cfg(feature = "tls12")]
    fn leads_to_tls12(&self, hello: &ServerHello<'_>) -> Result<bool, Error> {
        let answers = hello.legacy_version == ProtocolVersion::TLS_1_2 && hello.selected_version()?.is_none();
        let knows_better = hello.has_downgrade_sentinel() || hello.is_hello_retry_request();
        let downgraded = self.versions.has_tls13() && knows_better;
        Ok(answers && self.may_lead_to_tls12() && !downgraded)
    }

    /// RFC 8446, section 4.1.4.
    fn on_hello_retry_request<P: Provider>(
        self,
        message: Message<'_>,
        hello: ServerHello<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        if self.retry_suite.is_some() {
            return Err(PeerMisbehaved::UnexpectedMessage.into());
        }
        // The server can't know more before it has seen our second hello.
        message.boundary.as_ref().map_err(|error| *error)?;
        let extensions = hello.retry_extensions(context.space.offered)?;
        check_retry(&extensions, context)?;
        let suite = hello.cipher_suite;
        settle_transcript(suite, context)?;
        context.space.fold_first_hello(context.provider, suite)?;
        context.hash_message(&message)?;
        #[cfg(feature = "early-data")]
        context.refuse_early_data(EarlyDataRefusal::HelloRetry);
        if let Some(group) = extensions.selected_group {
            key_exchange::begin(group, context)?;
        }
        let cookie = extensions.cookie.unwrap_or_default();
        let length = cookie.len();
        let kept = context.space.cookie.extend_from_slice(cookie);
        kept.map_err(|_| LimitExceeded::Cookie { length: length.into() })?;
        context.negotiated.hello_retry = HelloRetry::Yes;
        #[cfg(feature = "psk")]
        {
            psk_offer::drop_others(suite, context);
            psk_offer::bind(context)?;
        }
        #[cfg(feature = "early-data")]
        if context.early.phase == EarlyPhase::Over {
            return Ok(State::SendClientHello(SendClientHello::again(suite)));
        }
        context.send_change_cipher_spec()?;
        Ok(State::SendClientHello(SendClientHello::again(suite)))
    }

    /// Key exchange, and from here on everything is encrypted.
    fn enter_handshake<P: Provider>(
        self,
        message: Message<'_>,
        hello: ServerHello<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let extensions = hello.extensions(context.space.offered)?;
        #[cfg(not(feature = "psk"))]
        extensions.key_share.ok_or(PeerMisbehaved::MissingExtension)?;
        if extensions.key_share.is_some_and(|(group, _)| !key_exchange::is_shared(group, context)) {
            return Err(PeerMisbehaved::IllegalParameter.into());
        }
        let suite = hello.cipher_suite;
        context.negotiated.cipher_suite = Some(suite);
        if self.retry_suite.is_none() {
            context.space.middleboxes = Middleboxes::Owed;
            // What was sent early came behind one.
            #[cfg(feature = "early-data")]
            if context.early.phase != EarlyPhase::None {
                context.space.middleboxes = Middleboxes::Settled;
            }
            settle_transcript(suite, context)?;
        }
        context.hash_message(&message)?;
        // A session of TLS 1.2 that was offered does not go on.
        #[cfg(feature = "tls12")]
        context.space.tls12.session.forget();
        exchange_keys(&extensions, suite, context)?;
        let transcript = context.transcript()?;
        let space = &mut *context.space;
        let secrets =
            space.schedule.enter_handshake(context.provider, suite, &mut space.shared, &transcript)?;
        context.log_handshake_secrets();
        context.read_with_handshake_secret(Peer::Server, message.boundary?)?;
        // What was sent early may go on until the server says that it does not take it.
        #[cfg(feature = "early-data")]
        if context.early.phase == EarlyPhase::Open {
            return Ok(State::WaitEncryptedExtensions(WaitEncryptedExtensions::new(secrets)));
        }
        context.write_with_handshake_secret(Peer::Client)?;
        Ok(State::WaitEncryptedExtensions(WaitEncryptedExtensions::new(secrets)))
    }
}

/// With the server's share, which may be left out beside a pre-shared key that the server chose.
fn exchange_keys<P: Provider>(
    extensions: &ServerExtensions<'_>,
    _suite: CipherSuite,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let share = extensions.key_share;
    #[cfg(feature = "psk")]
    let share = psk_offer::on_choice(extensions.pre_shared_key, _suite, context)?.check(share)?;
    let Some((group, public_value)) = share else {
        context.negotiated.group = None;
        context.space.kx_secret.zeroize();
        return Ok(());
    };
    context.negotiated.group = Some(group);
    key_exchange::finish(group, public_value, context)
}

/// A retry must change the ClientHello, and ask for a group that was offered without a share.
fn check_retry<P: Provider>(extensions: &RetryExtensions<'_>, context: &Context<'_, P>) -> Result<(), Error> {
    match extensions.selected_group {
        Some(group) if key_exchange::is_shared(group, context) => {
            Err(PeerMisbehaved::PointlessHelloRetry.into())
        }
        Some(group) if !context.space.groups.contains(&group) => Err(PeerMisbehaved::IllegalParameter.into()),
        None if extensions.cookie.is_none() => Err(PeerMisbehaved::PointlessHelloRetry.into()),
        Some(_) | None => Ok(()),
    }
}
