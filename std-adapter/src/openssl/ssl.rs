//! One connection: SSL.

use std::fmt;

use tidegate::modes::Modes;
use tidegate::wire::enums::ProtocolVersion;

use super::context::SslContext;
use super::early::Early;
use super::line::Line;
use super::maker::Maker;
use super::sessions::SslSession;
use super::settings::{Options, ReadAhead, RenegotiateMode, Reverify, Settings};
use super::side::Tls;
use super::verdict::Verdict;
use crate::ahead::Ahead;

/// One connection over a transport: `SSL`, with the calls, results and quirks of its manual pages.
///
/// The transport is anything that is [`Read`](std::io::Read) and [`Write`](std::io::Write): a socket, blocking or not, a
/// [`BioPair`](super::BioPair). [`WouldBlock`](std::io::ErrorKind::WouldBlock) is what makes a call return -1 with
/// [`WantRead`](super::ErrorCode::WantRead) or [`WantWrite`](super::ErrorCode::WantWrite); a blocking transport never
/// does, and then no call returns so, with two exceptions: a read with the mode `AUTO_RETRY` off, and a call that can't go on
/// before a renegotiation has and meets more than a megabyte of data first, from a peer that only writes. What was met is
/// kept: after that [`WantRead`](super::ErrorCode::WantRead) call [`Ssl::read`], then repeat the call.
pub struct Ssl<T> {
    context: SslContext,
    pub(super) maker: Maker,
    pub(super) line: Line<T>,
    pub(super) settings: Settings,
    pub(super) host: Option<String>,
    pub(super) role: SslRole,
    /// The session to go on with, then the connection's, if it is a client's.
    pub(super) session: Option<SslSession>,
    /// The connection, once something was asked of it.
    pub(super) tls: Option<Box<dyn Tls>>,
    pub(super) handshake: HandshakeProgress,
    pub(super) verdict: Verdict,
    pub(super) ahead: Ahead,
    pub(super) reverified: Reverified,
    pub(super) early: Early,
}

/// Whether a session that goes on was looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reverified {
    NotYet,
    Done,
}

/// What a connection is, or will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SslRole {
    None,
    Client,
    Server,
}

/// How far the handshake is, the leaving of our last message included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HandshakeProgress {
    Before,
    Running,
    /// It is done, and our last message leaves.
    Leaving,
    Done,
}

impl<T> Ssl<T> {
    /// A connection over this transport, neither client nor server yet, with the settings that the context has now
    /// (`SSL_new`, `SSL_set_bio`).
    #[must_use]
    pub fn new(context: &SslContext, transport: T) -> Self {
        Self {
            context: context.clone(),
            maker: context.maker(),
            line: Line::new(transport),
            settings: context.settings(),
            host: None,
            role: SslRole::None,
            session: None,
            tls: None,
            handshake: HandshakeProgress::Before,
            verdict: Verdict::Open,
            ahead: Ahead::default(),
            reverified: Reverified::NotYet,
            early: Early::default(),
        }
    }

    /// It will be a client (`SSL_set_connect_state`). Without effect once the handshake has begun, where OpenSSL would begin
    /// another one over the first.
    pub fn set_connect_state(&mut self) {
        self.set_role(SslRole::Client);
    }

    /// It will be a server (`SSL_set_accept_state`). Without effect once the handshake has begun.
    pub fn set_accept_state(&mut self) {
        self.set_role(SslRole::Server);
    }

    fn set_role(&mut self, role: SslRole) {
        if self.handshake == HandshakeProgress::Before {
            self.role = role;
            self.tls = None;
        }
    }

    /// The name of the server: what a client asks for and what the certificate must be for (`SSL_set_tlsext_host_name`
    /// with `SSL_set1_host`): 1, or 0 once the handshake has begun. A name that can be none fails the attempt to connect.
    pub fn set_host_name(&mut self, name: &str) -> i32 {
        if self.handshake != HandshakeProgress::Before {
            return 0;
        }
        self.host = Some(name.to_owned());
        1
    }

    /// Adds modes and returns the new set; they act on the next call (`SSL_set_mode`).
    pub fn set_mode(&mut self, modes: Modes) -> Modes {
        self.put_modes(self.settings.modes.set(modes))
    }

    /// Removes modes and returns the new set (`SSL_clear_mode`).
    pub fn clear_mode(&mut self, modes: Modes) -> Modes {
        self.put_modes(self.settings.modes.clear(modes))
    }

    /// The modes (`SSL_get_mode`).
    #[must_use]
    pub const fn get_mode(&self) -> Modes {
        self.settings.modes
    }

    fn put_modes(&mut self, modes: Modes) -> Modes {
        self.settings.modes = modes;
        if let Some(tls) = &mut self.tls {
            tls.put_modes(modes);
        }
        modes
    }

    /// Adds options and returns the new set (`SSL_set_options`). Those about renegotiation count until the handshake
    /// begins, and not after.
    pub fn set_options(&mut self, options: Options) -> Options {
        self.put_options(self.settings.options.with(options))
    }

    /// Removes options and returns the new set (`SSL_clear_options`).
    pub fn clear_options(&mut self, options: Options) -> Options {
        self.put_options(self.settings.options.without(options))
    }

    /// The options (`SSL_get_options`).
    #[must_use]
    pub const fn get_options(&self) -> Options {
        self.settings.options
    }

    fn put_options(&mut self, options: Options) -> Options {
        self.settings.options = options;
        let meaning = self.settings.unexpected_end();
        if let Some(tls) = &mut self.tls {
            tls.set_unexpected_end(meaning);
        }
        options
    }

    /// As [`SslContext::set_min_proto_version`], until the handshake begins (`SSL_set_min_proto_version`).
    pub fn set_min_proto_version(&mut self, version: ProtocolVersion) -> i32 {
        self.settings.bounds.set_min(version)
    }

    /// As [`SslContext::set_max_proto_version`], until the handshake begins (`SSL_set_max_proto_version`).
    pub fn set_max_proto_version(&mut self, version: ProtocolVersion) -> i32 {
        self.settings.bounds.set_max(version)
    }

    /// What becomes of a renegotiation that the peer begins, in place of what options say, until the handshake begins
    /// (BoringSSL's `SSL_set_renegotiate_mode`).
    pub fn set_renegotiate_mode(&mut self, mode: RenegotiateMode) {
        self.settings.renegotiate = Some(mode);
    }

    /// Whether a client that goes on with a session asks its verifier again about the certificates of its beginning, and
    /// fails if it says no; not by default (BoringSSL's `SSL_CTX_set_reverify_on_resume`).
    pub fn set_reverify_on_resume(&mut self, yes: bool) {
        self.settings.reverify = if yes { Reverify::Yes } else { Reverify::No };
    }

    /// As [`SslContext::set_read_ahead`] (`SSL_set_read_ahead`).
    pub fn set_read_ahead(&mut self, yes: bool) {
        self.settings.read_ahead = ReadAhead::from(yes);
    }

    /// As [`SslContext::set_max_send_fragment`], from the next record on (`SSL_set_max_send_fragment`).
    pub fn set_max_send_fragment(&mut self, bytes: usize) -> i32 {
        let result = self.settings.set_max_send_fragment(bytes);
        self.put_fragment();
        result
    }

    /// As [`SslContext::set_split_send_fragment`], from the next record on (`SSL_set_split_send_fragment`).
    pub fn set_split_send_fragment(&mut self, bytes: usize) -> i32 {
        let result = self.settings.set_split_send_fragment(bytes);
        self.put_fragment();
        result
    }

    fn put_fragment(&mut self) {
        let bytes = self.settings.split_send_fragment;
        if let Some(tls) = &mut self.tls {
            tls.set_max_send_fragment(bytes);
        }
    }

    /// The context (`SSL_get_SSL_CTX`).
    #[must_use]
    pub const fn context(&self) -> &SslContext {
        &self.context
    }

    /// The transport.
    #[must_use]
    pub const fn get_ref(&self) -> &T {
        &self.line.transport
    }

    /// The transport alone. What was read from it and not from the connection is gone, and so is what has not left.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.line.transport
    }

    /// The transport; bytes read from it or written to it are lost to the connection.
    pub const fn get_mut(&mut self) -> &mut T {
        &mut self.line.transport
    }
}

impl<T> fmt::Debug for Ssl<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ssl")
            .field("role", &self.role)
            .field("handshake", &self.handshake)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
