//! Handshakes and new keys: SSL_do_handshake(3), SSL_key_update(3), SSL_renegotiate(3).

use std::io::{Read, Write};

use tidegate::modes::Modes;
use tidegate::wire::enums::{AlertDescription, KeyUpdateRequest, ProtocolVersion};
use tidegate::{RenegotiateError, UpdateKeysError, Want, WriteError};

use super::early::{EarlyProgress, Until};
use super::settings::Reverify;
use super::ssl::{HandshakeProgress, Reverified, Ssl, SslRole};
use super::transport::{During, Stop};
use super::verdict::{Reason, RetryFlag, SslWant, Verdict};

/// What becomes of data that stands before the rest of a renegotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnData {
    /// It is kept for the next read.
    SetAside,
    /// Whoever drives the renegotiation reads it.
    Leave,
}

impl<T: Read + Write> Ssl<T> {
    /// Goes on with the handshake, or sends a KeyUpdate that waits: 1 when there is nothing left to do, -1
    /// (`SSL_do_handshake`).
    pub fn do_handshake(&mut self) -> i32 {
        let outcome = self.begin().and_then(|()| self.go_on());
        self.end(outcome.map(|()| 1))
    }

    /// [`Ssl::set_connect_state`] where there is no role yet, and [`Ssl::do_handshake`] (`SSL_connect`).
    pub fn connect(&mut self) -> i32 {
        if self.role == SslRole::None {
            self.set_connect_state();
        }
        self.do_handshake()
    }

    /// [`Ssl::set_accept_state`] where there is no role yet, and [`Ssl::do_handshake`] (`SSL_accept`).
    pub fn accept(&mut self) -> i32 {
        if self.role == SslRole::None {
            self.set_accept_state();
        }
        self.do_handshake()
    }

    /// Ends the connection with this alert: 1 once it has left, -1 while the transport takes nothing, and the call is to be repeated
    /// (BoringSSL's `SSL_send_fatal_alert`).
    pub fn send_fatal_alert(&mut self, alert: AlertDescription) -> i32 {
        self.verdict = Verdict::Open;
        if let Some(tls) = &mut self.tls {
            tls.send_fatal_alert(alert);
        }
        self.give_up_session();
        let outcome = self.flush();
        self.end(outcome.map(|()| 1))
    }

    /// New sending keys, and the peer's too if `request` says so, with the next call: 1, or 0 and no change
    /// (`SSL_key_update`).
    pub fn key_update(&mut self, request: KeyUpdateRequest) -> i32 {
        self.verdict = Verdict::Open;
        let known = [KeyUpdateRequest::UPDATE_NOT_REQUESTED, KeyUpdateRequest::UPDATE_REQUESTED];
        if !known.contains(&request) {
            self.verdict = Verdict::Because(Reason::BadKeyUpdate);
            return 0;
        }
        let refused = match (&mut self.tls, self.handshake) {
            (Some(tls), HandshakeProgress::Done) => tls.update_keys(request).err(),
            _ => Some(UpdateKeysError::Handshaking),
        };
        let reason = match refused {
            None => return 1,
            Some(UpdateKeysError::Version) => Reason::WrongVersion,
            Some(UpdateKeysError::Handshaking) => Reason::InHandshake,
            Some(UpdateKeysError::Blocked) => Reason::KeyUpdateWaits,
            Some(UpdateKeysError::Closed) => Reason::Shutdown,
            Some(UpdateKeysError::Failed(error)) => Reason::Failed(error),
        };
        self.verdict = Verdict::Because(reason);
        0
    }

    /// Wants another handshake on a connection of TLS 1.2, with the next call or [`Ssl::do_handshake`]; a server asks
    /// its client for one: 1, or 0 and no change (`SSL_renegotiate`). TLS 1.3 has none, and
    /// [`Options::NO_RENEGOTIATION`](super::Options::NO_RENEGOTIATION) must have been cleared.
    pub fn renegotiate(&mut self) -> i32 {
        self.verdict = Verdict::Open;
        let refused = match (&mut self.tls, self.handshake) {
            (Some(tls), HandshakeProgress::Done) => tls.renegotiate().err(),
            _ => Some(RenegotiateError::Handshaking),
        };
        let reason = match refused {
            None => return 1,
            Some(RenegotiateError::Version) => Reason::WrongVersion,
            Some(RenegotiateError::Denied) => Reason::NoRenegotiation,
            Some(RenegotiateError::Handshaking) => Reason::InHandshake,
            Some(RenegotiateError::Closed) => Reason::Shutdown,
            Some(RenegotiateError::Failed(error)) => Reason::Failed(error),
        };
        self.verdict = Verdict::Because(reason);
        0
    }

    /// The handshake, or a control record that waits and is no part of a pending write.
    fn go_on(&mut self) -> Result<(), Stop> {
        if self.handshake != HandshakeProgress::Done {
            return if self.returns_early()? { Ok(()) } else { self.finish_handshake() };
        }
        self.stop_behind_close()?;
        let tls = self.tls()?;
        // One that has begun goes on, whatever waits; one that is only wished for lets a pending write end first.
        if tls.is_handshaking() {
            return self.shake_again(OnData::SetAside);
        }
        if tls.is_write_pending() || tls.is_closed() {
            return Ok(());
        }
        if tls.is_renegotiation_pending() {
            return self.begin_renegotiation();
        }
        // In TLS 1.2 it is a refusal that waits, which is no part of a handshake.
        if self.version() == ProtocolVersion::TLS_1_2 {
            return Ok(());
        }
        self.flush()?;
        self.give_tickets()
    }

    /// Sends the tickets that are to leave with this call.
    fn give_tickets(&mut self) -> Result<(), Stop> {
        while self.tls()?.is_ticket_queued() {
            match self.tls()?.turn() {
                Ok(Some(Want::Outgoing)) => self.flush()?,
                Ok(Some(want)) => self.obey(want)?,
                Ok(None) => {}
                Err(error) => return Err(self.failed(During::Data, error)),
            }
        }
        Ok(())
    }

    /// Begins a renegotiation that was asked for. A write of nothing does, and looks at nothing else that the peer sent:
    /// what answers a server's HelloRequest comes with a read.
    fn begin_renegotiation(&mut self) -> Result<(), Stop> {
        loop {
            let (tls, line) = self.both()?;
            let outcome = tls.write(&[], &mut |bytes| line.offer(bytes));
            match outcome {
                Err(WriteError::Failed(error)) => return Err(self.failed(During::Handshake, error)),
                Err(WriteError::Blocked(want)) if !self.tls()?.is_handshaking() => self.obey(want)?,
                Err(_) if self.tls()?.is_handshaking() => return self.shake_again(OnData::SetAside),
                Ok(_) | Err(_) => return Ok(()),
            }
        }
    }

    /// Rule A with the mode `AUTO_RETRY` off: a renegotiation that a read met is driven on as far as the transport goes;
    /// whether it is done.
    pub(super) fn is_over_within_call(&mut self) -> Result<bool, Stop> {
        if self.settings.modes.contains(Modes::AUTO_RETRY) || !self.tls()?.is_handshaking() {
            return Ok(false);
        }
        self.shake_again(OnData::Leave)?;
        Ok(!self.tls()?.is_handshaking())
    }

    /// Drives the handshake until it is done and our last message has left.
    pub(super) fn finish_handshake(&mut self) -> Result<(), Stop> {
        self.drive(Until::Done)
    }

    /// Drives the handshake so far.
    pub(super) fn drive(&mut self, until: Until) -> Result<(), Stop> {
        self.tls()?;
        if self.handshake != HandshakeProgress::Leaving {
            self.handshake = HandshakeProgress::Running;
        }
        while self.tls()?.is_handshaking() {
            if self.is_far_enough(until)? {
                return self.flush();
            }
            let want = match self.tls()?.turn() {
                Ok(want) => want,
                Err(error) => return Err(self.failed(During::Handshake, error)),
            };
            self.settle_early_data()?;
            self.reverify()?;
            match want {
                Some(_) if self.is_far_enough(until)? => {}
                Some(want) => self.obey(want)?,
                None => {}
            }
        }
        if self.handshake == HandshakeProgress::Running {
            self.handshake = HandshakeProgress::Leaving;
            self.keep_session();
        }
        // One that was done within a call that saw early data refused.
        self.reverify()?;
        self.flush()?;
        self.handshake = HandshakeProgress::Done;
        self.early.progress = EarlyProgress::Over;
        Ok(())
    }

    /// Asks the verifier about the certificates of a session, as soon as it goes on and if that is wanted.
    pub(super) fn reverify(&mut self) -> Result<(), Stop> {
        let wanted = self.settings.reverify == Reverify::Yes && self.role == SslRole::Client;
        if !wanted || self.reverified == Reverified::Done || self.session_reused() != 1 {
            return Ok(());
        }
        self.reverified = Reverified::Done;
        let host = self.host.clone().unwrap_or_default();
        let Err(error) = self.maker.verify(self.session_certificates(), &host) else { return Ok(()) };
        let tls = self.tls()?;
        tls.refuse_peer(error);
        match tls.error() {
            Some(error) => Err(self.failed(During::Handshake, error)),
            None => Ok(()),
        }
    }

    /// The peer has closed in the middle of a renegotiation, which will not end: what was wanted was to read.
    pub(super) fn closed_in_handshake(&mut self) -> Stop {
        self.line.wants(SslWant::Reading, RetryFlag::None);
        Stop::Negative
    }

    /// Nor will it by a later call, that only a read can tell more.
    pub(super) fn stop_behind_close(&mut self) -> Result<(), Stop> {
        let tls = self.tls()?;
        if !tls.is_handshaking() || !tls.is_peer_closed() {
            return Ok(());
        }
        self.flush()?;
        self.line.wants(SslWant::Reading, RetryFlag::Read);
        Err(Stop::Negative)
    }

    /// Drives a renegotiation to its end, or to data that is left to the caller.
    fn shake_again(&mut self, on_data: OnData) -> Result<(), Stop> {
        loop {
            let want = match self.tls()?.turn() {
                Ok(want) => want,
                Err(error) => return Err(self.failed(During::Handshake, error)),
            };
            if !self.tls()?.is_handshaking() {
                return self.flush();
            }
            if self.tls()?.is_peer_closed() {
                return Err(self.closed_in_handshake());
            }
            if on_data == OnData::Leave && self.tls()?.pending() > 0 {
                return Ok(());
            }
            match want {
                Some(Want::Incoming) => {
                    self.flush()?;
                    self.receive()?;
                }
                Some(Want::Outgoing) => self.flush()?,
                Some(want) => self.obey(want)?,
                None => self.set_data_aside()?,
            }
        }
    }
}
