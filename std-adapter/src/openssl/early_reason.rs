//! Why there is early data or none: SSL_get_early_data_reason of BoringSSL.

use tidegate::wire::enums::ProtocolVersion;
use tidegate::{EarlyData, EarlyDataRefusal, SessionKind};

use super::settings::EarlyCalls;
use super::ssl::{Ssl, SslRole};

/// Why early data was taken or not: the `ssl_early_data_...` of BoringSSL's SSL_get_early_data_reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EarlyDataReason {
    /// It was accepted.
    Accepted,
    /// It is not enabled.
    Disabled,
    /// TLS 1.2 has none.
    ProtocolVersion,
    /// The peer did not offer it, or declined it.
    PeerDeclined,
    /// No session was offered.
    NoSessionOffered,
    /// The session did not go on.
    SessionNotResumed,
    /// The session takes none.
    UnsupportedForSession,
    /// Another hello was asked for.
    HelloRetryRequest,
    /// The application protocol, or the cipher suite, is another one than the session's.
    AlpnMismatch,
    /// The age of the ticket is wrong.
    TicketAgeSkew,
    /// The ticket was used before, or may have been.
    TicketUsed,
}

impl EarlyDataReason {
    /// Its name in BoringSSL (`SSL_early_data_reason_string`).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accept",
            Self::Disabled => "disabled",
            Self::ProtocolVersion => "protocol_version",
            Self::PeerDeclined => "peer_declined",
            Self::NoSessionOffered => "no_session_offered",
            Self::SessionNotResumed => "session_not_resumed",
            Self::UnsupportedForSession => "unsupported_for_session",
            Self::HelloRetryRequest => "hello_retry_request",
            Self::AlpnMismatch => "alpn_mismatch",
            Self::TicketAgeSkew => "ticket_age_skew",
            Self::TicketUsed => "ticket_used",
        }
    }
}

impl<T> Ssl<T> {
    /// Why early data was taken or not, once the handshake is done (BoringSSL's `SSL_get_early_data_reason`).
    #[must_use]
    pub fn early_data_reason(&self) -> EarlyDataReason {
        if self.settings.early_calls == EarlyCalls::ByName {
            return EarlyDataReason::Disabled;
        }
        if self.version() != ProtocolVersion::TLS_1_3 {
            return EarlyDataReason::ProtocolVersion;
        }
        match self.negotiated().map_or(EarlyData::None, |agreed| agreed.early_data) {
            EarlyData::Accepted => EarlyDataReason::Accepted,
            EarlyData::Refused(why) => reason_of(why),
            EarlyData::None if self.role == SslRole::Server => self.why_not_offered_to_us(),
            EarlyData::None => match self.early.offered {
                None => EarlyDataReason::NoSessionOffered,
                Some(0) => EarlyDataReason::UnsupportedForSession,
                Some(_) => EarlyDataReason::AlpnMismatch,
            },
        }
    }

    fn why_not_offered_to_us(&self) -> EarlyDataReason {
        match self.negotiated().map(|agreed| agreed.session) {
            Some(SessionKind::Resumed) => EarlyDataReason::PeerDeclined,
            Some(SessionKind::New | SessionKind::External) | None => EarlyDataReason::NoSessionOffered,
        }
    }
}

const fn reason_of(why: EarlyDataRefusal) -> EarlyDataReason {
    match why {
        EarlyDataRefusal::HelloRetry => EarlyDataReason::HelloRetryRequest,
        EarlyDataRefusal::NotResumed => EarlyDataReason::SessionNotResumed,
        EarlyDataRefusal::Off => EarlyDataReason::Disabled,
        EarlyDataRefusal::Ticket => EarlyDataReason::UnsupportedForSession,
        EarlyDataRefusal::Parameters => EarlyDataReason::AlpnMismatch,
        EarlyDataRefusal::TicketAge => EarlyDataReason::TicketAgeSkew,
        EarlyDataRefusal::Application => EarlyDataReason::TicketUsed,
        EarlyDataRefusal::Declined | EarlyDataRefusal::Buffers | _ => EarlyDataReason::PeerDeclined,
    }
}
