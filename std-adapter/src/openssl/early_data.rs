//! Early data: SSL_read_early_data(3), and BoringSSL's early data within the ordinary calls.

use std::io::{Read, Write};

use tidegate::EarlyData;
use tidegate::wire::enums::CipherSuite;

use super::context::SslContext;
use super::early::EarlyProgress;
use super::settings::EarlyCalls;
use super::ssl::{HandshakeProgress, Ssl, SslRole};
use super::transport::Stop;
use super::verdict::{Reason, Verdict};

/// What [`Ssl::read_early_data`] came to: the `SSL_READ_EARLY_DATA_...`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadEarlyData {
    /// `SSL_READ_EARLY_DATA_ERROR`: [`Ssl::get_error`] of 0 says why; the call may be repeated where that is a want.
    Error,
    /// `SSL_READ_EARLY_DATA_SUCCESS`: there is some, and there may be more.
    Success,
    /// `SSL_READ_EARLY_DATA_FINISH`: there is no more.
    Finish,
}

/// What became of early data: the `SSL_EARLY_DATA_...` of SSL_get_early_data_status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EarlyDataStatus {
    /// `SSL_EARLY_DATA_NOT_SENT`: there was none.
    NotSent,
    /// `SSL_EARLY_DATA_REJECTED`: the server did not take it, and saw nothing of it.
    Rejected,
    /// `SSL_EARLY_DATA_ACCEPTED`: it took it.
    Accepted,
}

impl SslContext {
    /// Bytes of early data that the tickets of servers are good for, and that these take at most; 0, the default, for none: 1
    /// (`SSL_CTX_set_max_early_data`). Each ticket is good for it once, and servers of the same context remember which were used.
    ///
    /// **Early data can be replayed**; only [`Ssl::read_early_data`] lets it in, or [`Ssl::set_early_data_enabled`].
    pub fn set_max_early_data(&self, bytes: u32) -> i32 {
        self.lock().settings.max_early_data = bytes;
        1
    }

    /// How many (`SSL_CTX_get_max_early_data`).
    #[must_use]
    pub fn get_max_early_data(&self) -> u32 {
        self.lock().settings.max_early_data
    }

    /// As [`Ssl::set_early_data_enabled`] (BoringSSL's `SSL_CTX_set_early_data_enabled`).
    pub fn set_early_data_enabled(&self, yes: bool) {
        self.lock().settings.set_early_data_enabled(yes);
    }
}

impl<T> Ssl<T> {
    /// As [`SslContext::set_max_early_data`], before the handshake begins (`SSL_set_max_early_data`).
    pub fn set_max_early_data(&mut self, bytes: u32) -> i32 {
        self.settings.max_early_data = bytes;
        1
    }

    /// How many bytes (`SSL_get_max_early_data`).
    #[must_use]
    pub const fn get_max_early_data(&self) -> u32 {
        self.settings.max_early_data
    }

    /// Lets the ordinary calls carry early data, **which can be replayed**, as BoringSSL's do; not by default (BoringSSL's
    /// `SSL_set_early_data_enabled`).
    ///
    /// Where its session takes early data, a client's [`Ssl::do_handshake`] is done when the first message has left: what it
    /// [writes](Ssl::write) goes early, as far as that goes, and reads and further handshakes go on. If the server refuses it,
    /// calls end with [`ErrorCode::EarlyDataRejected`](super::ErrorCode::EarlyDataRejected) until
    /// [`Ssl::reset_early_data_reject`]. A server's handshake is done when its own flight has left; it
    /// [reads](Ssl::read) early data, and what it writes before the end of the handshake may go to one who replays.
    /// [`Ssl::in_early_data`] tells both. A server whose [`Ssl::set_max_early_data`] was not called takes 14336 bytes.
    pub fn set_early_data_enabled(&mut self, yes: bool) {
        self.settings.set_early_data_enabled(yes);
    }

    /// What became of early data (`SSL_get_early_data_status`).
    #[must_use]
    pub fn get_early_data_status(&self) -> EarlyDataStatus {
        match self.negotiated().map_or(EarlyData::None, |agreed| agreed.early_data) {
            EarlyData::None => EarlyDataStatus::NotSent,
            EarlyData::Refused(_) => EarlyDataStatus::Rejected,
            EarlyData::Accepted => EarlyDataStatus::Accepted,
        }
    }

    /// Whether what is written and read now is early data, or may go to one who replays it (BoringSSL's `SSL_in_early_data`).
    /// At a client [`Ssl::session_reused`], [`Ssl::alpn_selected`], [`Ssl::current_cipher`] and the certificates are those of
    /// the session meanwhile.
    #[must_use]
    pub fn in_early_data(&self) -> bool {
        if self.settings.early_calls == EarlyCalls::ByName || self.error().is_some() {
            return false;
        }
        match self.role {
            SslRole::Server => self.early.has_unread() || self.may_answer_a_replay(),
            SslRole::Client | SslRole::None => self.early.is_a_clients(),
        }
    }

    /// Whether a server took early data and has not heard the client's Finished, which proves who it is.
    fn may_answer_a_replay(&self) -> bool {
        let tls = self.tls.as_ref().filter(|tls| tls.is_handshaking());
        tls.is_some_and(|tls| tls.negotiated().early_data == EarlyData::Accepted)
    }

    /// Goes on without the early data that the server refused, and with nothing of it
    /// (BoringSSL's `SSL_reset_early_data_reject`). Without effect otherwise.
    pub fn reset_early_data_reject(&mut self) {
        if self.early.progress == EarlyProgress::Rejected {
            self.early.give_up();
            self.reverified = super::ssl::Reverified::NotYet;
        }
    }

    /// The cipher suite; while a client sends early data, that of its session (`SSL_get_current_cipher`).
    #[must_use]
    pub fn current_cipher(&self) -> Option<CipherSuite> {
        match self.early.terms() {
            Some(terms) => Some(terms.cipher_suite),
            None => self.negotiated()?.cipher_suite,
        }
    }

    /// At a server that goes on with a session of TLS 1.3: seconds by which the client takes its ticket to be older than it is
    /// here (BoringSSL's `SSL_get_ticket_age_skew`).
    #[must_use]
    pub fn ticket_age_skew(&self) -> i32 {
        self.negotiated().map_or(0, |agreed| agreed.ticket_age_skew)
    }
}

impl<T: Read + Write> Ssl<T> {
    /// Writes replayable early data of a client, before or in place of [`Ssl::connect`]; at a server, after
    /// [`Ssl::read_early_data`], what answers it: 1 with the bytes in `written`, else 0 (`SSL_write_early_data`). Repeat
    /// the call with the same data where it would block.
    ///
    /// **Whoever sees early data can send it again**; whoever replays it hears what answers it. A session that takes some must
    /// have been [set](Ssl::set_session), and no more goes than that says: all of `data` or, with
    /// [`Reason::NoEarlyData`], nothing.
    pub fn write_early_data(&mut self, data: &[u8], written: &mut usize) -> i32 {
        *written = 0;
        let outcome = self.begin().and_then(|()| self.write_early_data_once(data));
        if outcome.is_ok() {
            *written = data.len();
        }
        self.end(outcome.map(|()| 1)).max(0)
    }

    /// Reads early data of a client, before [`Ssl::accept`], until it says that there is no more (`SSL_read_early_data`).
    /// What is left unread then is passed over.
    ///
    /// **Early data can be replayed**, and only this call lets it in, the first time before anything else that begins the
    /// handshake.
    pub fn read_early_data(&mut self, out: &mut [u8], count: &mut usize) -> ReadEarlyData {
        *count = 0;
        let outcome = self.begin().and_then(|()| self.read_early_data_once(out));
        *count = *outcome.as_ref().unwrap_or(&0);
        match self.end(outcome.map(|count| i32::from(count > 0))) {
            1 => ReadEarlyData::Success,
            0 => ReadEarlyData::Finish,
            _ => ReadEarlyData::Error,
        }
    }

    fn write_early_data_once(&mut self, data: &[u8]) -> Result<(), Stop> {
        let takes = match self.role {
            SslRole::Server => self.tls()?.is_handshaking(),
            SslRole::Client | SslRole::None => self.takes_early_data(data.len())?,
        };
        if !takes {
            if self.handshake == HandshakeProgress::Before {
                self.tls = None; // what is set before the handshake still counts
            }
            return Err(self.refuse(Reason::NoEarlyData));
        }
        let count = self.write_early(data)?;
        self.early.forget_write();
        if count == data.len() { Ok(()) } else { Err(self.refuse(Reason::NoEarlyData)) }
    }

    fn read_early_data_once(&mut self, out: &mut [u8]) -> Result<usize, Stop> {
        if self.role != SslRole::Server {
            return Err(self.refuse(Reason::NoEarlyData));
        }
        if self.handshake == HandshakeProgress::Before {
            self.tls()?.let_early_data_in();
        }
        self.look_for_early_data()?;
        self.verdict = Verdict::Open;
        Ok(self.early.take(out))
    }
}
