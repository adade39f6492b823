//! One connection: SSL.

use std::fmt;

use pki_types::CertificateDer;
use tidegate::Error;
use tidegate::modes::Modes;

use super::context::SslContext;
use super::line::Line;
use super::settings::{Options, ReadAhead, Settings};
use super::side::Tls;
use super::verdict::{ErrorCode, PeerDirection, Reason, SslWant, Verdict, error_code};
use crate::buffer::FreeList;

/// One connection over a transport: `SSL`, with the calls, results and quirks of its manual pages.
///
/// The transport is anything that is [`Read`](std::io::Read) and [`Write`](std::io::Write): a socket, blocking or not, a
/// [`BioPair`](super::BioPair). [`WouldBlock`](std::io::ErrorKind::WouldBlock) is what makes a call return -1 with
/// [`ErrorCode::WantRead`] or [`ErrorCode::WantWrite`]; a blocking transport never does, and then no call returns so,
/// but for a read with the mode `AUTO_RETRY` off.
pub struct Ssl<T> {
    pub(super) context: SslContext,
    pub(super) free: FreeList,
    pub(super) line: Line<T>,
    pub(super) settings: Settings,
    pub(super) host: Option<String>,
    pub(super) role: SslRole,
    /// The connection, once something was asked of it.
    pub(super) tls: Option<Box<dyn Tls>>,
    pub(super) handshake: HandshakeProgress,
    pub(super) verdict: Verdict,
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
    Done,
}

impl<T> Ssl<T> {
    /// A connection over this transport, neither client nor server yet, with the settings that the context has now
    /// (`SSL_new`, `SSL_set_bio`).
    #[must_use]
    pub fn new(context: &SslContext, transport: T) -> Self {
        Self {
            context: context.clone(),
            free: context.free_list(),
            line: Line::new(transport),
            settings: context.settings(),
            host: None,
            role: SslRole::None,
            tls: None,
            handshake: HandshakeProgress::Before,
            verdict: Verdict::Open,
        }
    }

    /// It will be a client (`SSL_set_connect_state`). Without effect once the handshake has begun.
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
    /// with `SSL_set1_host`). Always 1: a name that can be none fails the connection attempt.
    pub fn set_host_name(&mut self, name: &str) -> i32 {
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

    /// Adds options and returns the new set (`SSL_set_options`).
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

    /// What the result of the call before means (`SSL_get_error`).
    #[must_use]
    pub fn get_error(&self, result: i32) -> ErrorCode {
        if result > 0 {
            return ErrorCode::None;
        }
        let closed = self.error().is_none() && self.tls.as_ref().is_some_and(|tls| tls.is_peer_closed());
        let peer = if closed { PeerDirection::Closed } else { PeerDirection::Open };
        error_code(self.verdict, self.line.want, self.line.retry, peer)
    }

    /// Why the call before was refused or failed; none where it was not.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self.verdict {
            Verdict::Because(reason) => Some(reason),
            Verdict::Open | Verdict::Fine => None,
        }
    }

    /// What the last call that touched the transport waited for (`SSL_want`).
    #[must_use]
    pub const fn want(&self) -> SslWant {
        self.line.want
    }

    /// 1 where our close_notify was asked for, 2 where the peer's direction has ended, 3 where both
    /// (`SSL_get_shutdown`).
    #[must_use]
    pub fn get_shutdown(&self) -> i32 {
        let Some(tls) = &self.tls else { return 0 };
        let received = tls.is_peer_closed() || matches!(tls.error(), Some(Error::AlertReceived(_)));
        i32::from(tls.is_closed()) + 2 * i32::from(received)
    }

    /// Whether the handshake is done and has left (`SSL_is_init_finished`).
    #[must_use]
    pub fn is_init_finished(&self) -> bool {
        self.handshake == HandshakeProgress::Done && self.error().is_none()
    }

    /// The error of the connection, if it failed: it stays.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        self.tls.as_ref().and_then(|tls| tls.error())
    }

    /// Bytes of the current record that can be read at once (`SSL_pending`).
    #[must_use]
    pub fn pending(&self) -> usize {
        self.tls.as_ref().map_or(0, |tls| tls.pending())
    }

    /// Bytes of record buffers that the connection holds now: none while it is idle with the mode `RELEASE_BUFFERS`.
    #[must_use]
    pub fn buffer_bytes(&self) -> usize {
        self.tls.as_ref().map_or(0, |tls| tls.buffer_bytes())
    }

    /// The certificates that the peer showed, leaf first (`SSL_get_peer_cert_chain`). They were accepted if the
    /// handshake is done.
    #[must_use]
    pub fn peer_certificates(&self) -> &[CertificateDer<'static>] {
        self.tls.as_ref().map_or(&[], |tls| tls.certificates())
    }

    /// What both ends agreed on, once there is a connection.
    #[must_use]
    pub fn negotiated(&self) -> Option<&tidegate::Negotiated> {
        self.tls.as_ref().map(|tls| tls.negotiated())
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
