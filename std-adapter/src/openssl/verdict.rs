//! What a call says of itself: SSL_get_error(3), SSL_want(3), and the reason.

use std::fmt;
use std::io;

use tidegate::error::Error;
use tidegate::modes::write::WrongRetry;

/// What SSL_get_error(3) returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// `SSL_ERROR_NONE`: there is none.
    None,
    /// `SSL_ERROR_SSL`: the call was refused, or the connection failed; [`Ssl::reason`](super::Ssl::reason) says why.
    Ssl,
    /// `SSL_ERROR_WANT_READ`: repeat the call when the transport has something.
    WantRead,
    /// `SSL_ERROR_WANT_WRITE`: repeat the call when the transport takes something.
    WantWrite,
    /// `SSL_ERROR_SYSCALL`: the transport failed, or the call returned 0 without an error.
    Syscall,
    /// `SSL_ERROR_WANT_RENEGOTIATE` of BoringSSL: the peer asks for a renegotiation, which
    /// [`Ssl::renegotiate`](super::Ssl::renegotiate) begins
    /// ([`RenegotiateMode::Explicit`](super::RenegotiateMode::Explicit)).
    WantRenegotiate,
    /// `SSL_ERROR_EARLY_DATA_REJECTED` of BoringSSL: the server has refused early data, and nothing of it counts as sent; go
    /// on after [`Ssl::reset_early_data_reject`](super::Ssl::reset_early_data_reject).
    EarlyDataRejected,
    /// `SSL_ERROR_ZERO_RETURN`: the peer has closed its direction.
    ZeroReturn,
}

/// What SSL_want(3) returns: what the last call that touched the transport waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SslWant {
    /// `SSL_NOTHING`.
    #[default]
    Nothing,
    /// `SSL_READING`.
    Reading,
    /// `SSL_WRITING`.
    Writing,
}

/// Why a call was refused or failed: what the error queue says in OpenSSL. Here it belongs to the connection and to its
/// last call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// "connection type not set", "uninitialized": neither client nor server.
    NoRole,
    /// "bad write retry", "bad length": this is no retry of the write that is pending, which still goes on.
    WrongRetry(WrongRetry),
    /// "protocol is shutdown": our direction is closed, or closing.
    Shutdown,
    /// "shutdown while in init", and the same of other calls: the handshake is not done.
    InHandshake,
    /// A shutdown met data that nobody has read yet; it can still be read.
    UnreadData,
    /// "bad length": negative, beyond the buffer, or longer than a C `int` can tell.
    BadLength,
    /// "bad write retry" of SSL_key_update(3): a write that is pending, or another KeyUpdate, goes first.
    KeyUpdateWaits,
    /// "invalid key update type".
    BadKeyUpdate,
    /// "wrong ssl version": TLS 1.2 has no key updates, and TLS 1.3 no renegotiation.
    WrongVersion,
    /// "no renegotiation": [`Options::NO_RENEGOTIATION`](super::Options::NO_RENEGOTIATION) is set.
    NoRenegotiation,
    /// "no protocols available": no version lies between the bounds.
    NoProtocols,
    /// A session that was made under another context, or before the context's verifier or identities changed.
    OtherContext,
    /// Early data that does not go: no session that takes so much is set, the handshake has begun without, or the server has
    /// refused or ended it. A client reads none.
    NoEarlyData,
    /// No certificates for a server, no verifier or no host name for a client, or a configuration that can't work.
    NotConfigured,
    /// The connection failed, now or earlier.
    Failed(Error),
    /// The transport failed, now or earlier.
    Transport(io::ErrorKind),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRole => f.write_str("neither client nor server: no state was set"),
            Self::WrongRetry(wrong) => tidegate::WriteError::Refused(*wrong).fmt(f),
            Self::Shutdown => f.write_str("this direction is shut down"),
            Self::InHandshake => f.write_str("the handshake is not done"),
            Self::UnreadData => f.write_str("there is data to read before the peer's close_notify"),
            Self::BadLength => f.write_str("bad length"),
            Self::KeyUpdateWaits => f.write_str("a pending write, or another key update, goes first"),
            Self::BadKeyUpdate => f.write_str("invalid key update type"),
            Self::WrongVersion => f.write_str("the version of TLS has no such thing"),
            Self::NoRenegotiation => f.write_str("renegotiation is not allowed"),
            Self::NoProtocols => f.write_str("no version of TLS lies between the bounds"),
            Self::OtherContext => f.write_str("the session was made under another context"),
            Self::NoEarlyData => f.write_str("no early data can go now, or not as much"),
            Self::NotConfigured => {
                f.write_str("a server needs certificates, a client a verifier and the server's name")
            }
            Self::Failed(error) => error.fmt(f),
            Self::Transport(kind) => write!(f, "the transport failed: {kind}"),
        }
    }
}

impl std::error::Error for Reason {}

/// What the last call left behind for [`ErrorCode`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing of its own: what is wanted, or how the peer's direction is, decides.
    #[default]
    Open,
    /// There is no error, whatever the result is.
    Fine,
    /// The peer asks for a renegotiation.
    Asked,
    /// The server has refused our early data.
    EarlyDataRejected,
    /// This.
    Because(Reason),
}

/// Which direction of the transport asked to be tried again: the retry flags of a BIO.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RetryFlag {
    #[default]
    None,
    Read,
    Write,
}

/// The order of SSL_get_error(3) for a result that is no success.
pub(super) fn error_code(
    verdict: Verdict,
    want: SslWant,
    retry: RetryFlag,
    peer: PeerDirection,
) -> ErrorCode {
    match (verdict, want, retry) {
        (Verdict::Fine, _, _) => ErrorCode::None,
        (Verdict::Asked, _, _) => ErrorCode::WantRenegotiate,
        (Verdict::EarlyDataRejected, _, _) => ErrorCode::EarlyDataRejected,
        (Verdict::Because(Reason::Transport(_)), _, _) => ErrorCode::Syscall,
        (Verdict::Because(_), _, _) => ErrorCode::Ssl,
        (Verdict::Open, SslWant::Reading | SslWant::Writing, RetryFlag::Read) => ErrorCode::WantRead,
        (Verdict::Open, SslWant::Reading | SslWant::Writing, RetryFlag::Write) => ErrorCode::WantWrite,
        (Verdict::Open, _, _) if peer == PeerDirection::Closed => ErrorCode::ZeroReturn,
        (Verdict::Open, _, _) => ErrorCode::Syscall,
    }
}

/// Whether the peer has closed its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PeerDirection {
    Open,
    Closed,
}
