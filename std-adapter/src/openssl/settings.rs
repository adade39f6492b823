//! What a context and each of its connections can be told: modes, options, lengths.

use tidegate::config::{Permission, Renegotiation, Resumption, Unwanted};
use tidegate::modes::{Modes, UnexpectedEnd};

use super::sessions::SessionCacheMode;
use super::verify::VerifyMode;
use super::versions::Bounds;
use crate::certificates::Retained;

/// Options of SSL_CTX_set_options(3), with OpenSSL's bits. Bits without a name here are kept and mean nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options(u64);

impl Options {
    /// `SSL_OP_IGNORE_UNEXPECTED_EOF`: the end of the transport counts as the peer's close_notify. What was read may be
    /// cut short then, and nobody is told.
    pub const IGNORE_UNEXPECTED_EOF: Self = Self(0x80);

    /// `SSL_OP_ALLOW_CLIENT_RENEGOTIATION`: a server of TLS 1.2 lets its clients begin another handshake. As in OpenSSL
    /// 3.0 it does not without this.
    pub const ALLOW_CLIENT_RENEGOTIATION: Self = Self(0x100);

    /// `SSL_OP_NO_RENEGOTIATION`: neither end begins another handshake, whatever else is set; what a peer asks for is
    /// refused with a warning, and the connection goes on. Set from the start (V22), where OpenSSL has it off: without it
    /// a client follows its server's HelloRequest, and [`Ssl::renegotiate`](super::Ssl::renegotiate) works.
    pub const NO_RENEGOTIATION: Self = Self(0x4000_0000);

    /// `SSL_OP_NO_TICKET`: neither end uses tickets of TLS 1.2; sessions go on by their ids alone.
    pub const NO_TICKET: Self = Self(0x4000);

    /// No option.
    #[must_use]
    pub const fn empty() -> Self {
        Self(0)
    }

    /// The options with these bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether all of the others are among these.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    pub(super) const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub(super) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

/// How a transport is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ReadAhead {
    /// One record at a time.
    #[default]
    Off,
    /// As much as there is.
    On,
}

/// What becomes of a renegotiation that the peer begins: the `ssl_renegotiate_...` of BoringSSL's SSL_set_renegotiate_mode.
/// Servers let no client begin one, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RenegotiateMode {
    /// The connection fails.
    Never,
    /// A client follows its server once; then the connection fails.
    Once,
    /// A client follows its server.
    Freely,
    /// A client passes over what its server asks for.
    Ignore,
    /// A client passes over it, too, and says so: reads end with
    /// [`ErrorCode::WantRenegotiate`](super::ErrorCode::WantRenegotiate) until [`Ssl::renegotiate`](super::Ssl::renegotiate)
    /// is called.
    Explicit,
}

/// Whether a client verifies again who its server was when it goes on with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reverify {
    No,
    Yes,
}

/// Which calls carry early data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum EarlyCalls {
    /// Those that are named for it.
    #[default]
    ByName,
    /// The ordinary ones.
    Ordinary,
}

/// Bytes of early data that a server takes where nobody said how many, as in BoringSSL.
const EARLY_DATA: u32 = 14336;

/// Shortest and longest `max_send_fragment`.
const FRAGMENT: std::ops::RangeInclusive<usize> = 512..=16384;

/// What a connection copies from its context when it is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) modes: Modes,
    pub(super) options: Options,
    pub(super) bounds: Bounds,
    pub(super) verify: VerifyMode,
    pub(super) session_cache: SessionCacheMode,
    /// Tickets that a server of TLS 1.3 gives with the handshake.
    pub(super) tickets: u8,
    pub(super) read_ahead: ReadAhead,
    /// In place of what options say.
    pub(super) renegotiate: Option<RenegotiateMode>,
    pub(super) reverify: Reverify,
    /// Bytes of early data that a server takes.
    pub(super) max_early_data: u32,
    pub(super) early_calls: EarlyCalls,
    /// Of a server.
    pub(super) retained: Retained,
    pub(super) max_send_fragment: usize,
    pub(super) split_send_fragment: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            modes: Modes::default(),
            options: Options::NO_RENEGOTIATION,
            bounds: Bounds::default(),
            verify: VerifyMode::None,
            session_cache: SessionCacheMode::Server,
            tickets: tidegate::limits::TICKETS,
            read_ahead: ReadAhead::Off,
            renegotiate: None,
            reverify: Reverify::No,
            max_early_data: 0,
            early_calls: EarlyCalls::ByName,
            retained: Retained::Chain,
            max_send_fragment: *FRAGMENT.end(),
            split_send_fragment: *FRAGMENT.end(),
        }
    }
}

impl Settings {
    /// 1, or 0 where the length can be none.
    pub(super) fn set_max_send_fragment(&mut self, bytes: usize) -> i32 {
        if !FRAGMENT.contains(&bytes) {
            return 0;
        }
        self.max_send_fragment = bytes;
        self.split_send_fragment = self.split_send_fragment.min(bytes);
        1
    }

    /// 1, or 0 where the length can be none.
    pub(super) fn set_split_send_fragment(&mut self, bytes: usize) -> i32 {
        if bytes == 0 || bytes > self.max_send_fragment {
            return 0;
        }
        self.split_send_fragment = bytes;
        1
    }

    /// Whether the ordinary calls carry early data.
    pub(super) const fn set_early_data_enabled(&mut self, yes: bool) {
        self.early_calls = if yes { EarlyCalls::Ordinary } else { EarlyCalls::ByName };
        if yes && self.max_early_data == 0 {
            self.max_early_data = EARLY_DATA;
        }
    }

    /// What a server does of a renegotiation, as far as options say so.
    pub(super) fn server_renegotiation(&self, configured: Renegotiation) -> Renegotiation {
        if self.renegotiate.is_some() {
            let refused = with_permissions(configured, Permission::Denied, Permission::Denied);
            return with_unwanted(refused, Unwanted::Fail);
        }
        let allowed = self.options.contains(Options::ALLOW_CLIENT_RENEGOTIATION);
        let by_peer = if allowed { self.renegotiation() } else { Permission::Denied };
        with_permissions(configured, by_peer, self.renegotiation())
    }

    /// As [`Settings::server_renegotiation`], of a client.
    pub(super) fn client_renegotiation(&self, configured: Renegotiation) -> Renegotiation {
        use Permission::{Denied, Granted};
        let (by_peer, by_us, unwanted) = match self.renegotiate {
            None => return with_permissions(configured, self.renegotiation(), self.renegotiation()),
            Some(RenegotiateMode::Never) => (Denied, Denied, Unwanted::Fail),
            Some(RenegotiateMode::Once | RenegotiateMode::Freely) => (Granted, Granted, Unwanted::Fail),
            Some(RenegotiateMode::Ignore) => (Denied, Denied, Unwanted::Ignore),
            Some(RenegotiateMode::Explicit) => (Denied, Granted, Unwanted::Ignore),
        };
        let mut renegotiation = with_unwanted(with_permissions(configured, by_peer, by_us), unwanted);
        if self.renegotiate == Some(RenegotiateMode::Once) {
            renegotiation.limit = 1;
        }
        renegotiation
    }

    /// How a client goes on with sessions, as far as options say so.
    pub(super) fn client_resumption(&self, configured: Resumption) -> Resumption {
        match (configured, self.options.contains(Options::NO_TICKET)) {
            (Resumption::ByTicket, true) => Resumption::ById,
            (configured, _) => configured,
        }
    }

    /// As [`Settings::client_resumption`], a server. One that asks clients for certificates keeps what they showed with a
    /// session, and a ticket has no room for it.
    pub(super) fn server_resumption(&self, configured: Resumption) -> Resumption {
        let resumption = match (self.client_resumption(configured), self.verify) {
            (Resumption::ByTicket, VerifyMode::Peer | VerifyMode::PeerFailIfNoPeerCert) => Resumption::ById,
            (resumption, _) => resumption,
        };
        let kept_nowhere = resumption == Resumption::ById && !self.session_cache.has_server();
        if kept_nowhere { Resumption::Off } else { resumption }
    }

    fn renegotiation(&self) -> Permission {
        match self.options.contains(Options::NO_RENEGOTIATION) {
            true => Permission::Denied,
            false => Permission::Granted,
        }
    }

    pub(super) fn unexpected_end(&self) -> UnexpectedEnd {
        match self.options.contains(Options::IGNORE_UNEXPECTED_EOF) {
            true => UnexpectedEnd::Ignore,
            false => UnexpectedEnd::Fatal,
        }
    }
}

fn with_unwanted(configured: Renegotiation, unwanted: Unwanted) -> Renegotiation {
    let mut renegotiation = configured;
    renegotiation.unwanted = unwanted;
    renegotiation
}

fn with_permissions(configured: Renegotiation, by_peer: Permission, by_us: Permission) -> Renegotiation {
    let mut renegotiation = configured;
    (renegotiation.by_peer, renegotiation.by_us) = (by_peer, by_us);
    renegotiation
}

impl From<bool> for ReadAhead {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn fragments_have_the_lengths_of_the_manual_page() {
        let mut settings = Settings::default();
        assert_eq!([511, 16385].map(|bytes| settings.set_max_send_fragment(bytes)), [0, 0]);
        assert_eq!(settings.max_send_fragment, 16384);
        assert_eq!([0, 16385].map(|bytes| settings.set_split_send_fragment(bytes)), [0, 0]);
        assert_eq!([settings.set_split_send_fragment(2000), settings.set_max_send_fragment(1024)], [1, 1]);
        assert_eq!((settings.max_send_fragment, settings.split_send_fragment), (1024, 1024));
    }
}
