//! Between the connection and its transport.

use std::io::{Read, Write};

use tidegate::error::{PeerIncompatible, PeerMisbehaved};
use tidegate::{Error, Missing, Side, Want};

use super::line::{Line, Received};
use super::sessions::SslSession;
use super::settings::{EarlyCalls, ReadAhead};
use super::side::Tls;
use super::ssl::{HandshakeProgress, Ssl, SslRole};
use super::verdict::{Reason, RetryFlag, SslWant};

/// Bytes of a record's header.
const RECORD_HEADER: usize = 5;
/// Bytes that are read ahead at most, as into OpenSSL's buffer: what is there already counts, and whether bytes were read
/// ahead is what rule A and a renegotiation look at.
const READ_AHEAD: usize = 16384 + 320 + RECORD_HEADER;

/// A call can't go on. Why stands in the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Its result is -1.
    Negative,
    /// Its result is 0.
    Zero,
}

/// What the transport gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrived {
    Bytes,
    End,
}

impl<T: Read + Write> Ssl<T> {
    /// The connection, made when something is first asked of it.
    pub(super) fn tls(&mut self) -> Result<&mut dyn Tls, Stop> {
        if self.tls.is_none() {
            match self.make() {
                Ok(tls) => {
                    let offered = self.session.as_ref().filter(|session| session.is_resumable() == 1);
                    self.early.offered = offered.map(SslSession::get_max_early_data);
                    self.tls = Some(tls);
                }
                Err(reason) => return Err(self.refuse(reason)),
            }
        }
        match &mut self.tls {
            Some(tls) => Ok(&mut **tls),
            None => Err(Stop::Negative),
        }
    }

    /// The connection and its line.
    pub(super) fn both(&mut self) -> Result<(&mut dyn Tls, &mut Line<T>), Stop> {
        self.tls()?;
        match &mut self.tls {
            Some(tls) => Ok((&mut **tls, &mut self.line)),
            None => Err(Stop::Negative),
        }
    }

    fn make(&self) -> Result<Box<dyn Tls>, Reason> {
        let mut tls = match self.role {
            SslRole::None => return Err(Reason::NoRole),
            SslRole::Client => self.maker.client(self.host.as_deref(), &self.settings)?,
            SslRole::Server => self.maker.server(&self.settings)?,
        };
        if self.settings.early_calls == EarlyCalls::Ordinary {
            tls.let_early_data_in();
        }
        if let Some(session) = self.offered_session() {
            tls.resume(session);
        }
        tls.put_modes(self.settings.modes);
        tls.set_max_send_fragment(self.settings.split_send_fragment);
        tls.set_unexpected_end(self.settings.unexpected_end());
        Ok(tls)
    }

    /// Does what the connection wants.
    pub(super) fn obey(&mut self, want: Want) -> Result<(), Stop> {
        match want {
            Want::Incoming if self.handshake == HandshakeProgress::Done => self.receive(),
            Want::Incoming => self.send_and_receive(),
            Want::Outgoing if self.handshake == HandshakeProgress::Done => Err(self.blocked()),
            Want::Outgoing => self.flush(),
            Want::IncomingBuffer => self.acquire(Side::Incoming),
            Want::OutgoingBuffer => self.acquire(Side::Outgoing),
            Want::Event => match self.tls()?.turn() {
                Ok(_) => self.set_data_aside(),
                Err(error) => Err(self.failed(During::Handshake, error)),
            },
            Want::HandshakeSpace => {
                self.tls()?.lend_space();
                Ok(())
            }
            Want::Answer | Want::Nothing => Err(self.refuse(Reason::NotConfigured)),
        }
    }

    /// Takes the data that stands before the rest of a renegotiation, for the next read, once what is ours of it has left.
    pub(super) fn set_data_aside(&mut self) -> Result<(), Stop> {
        self.flush()?;
        let (tls, _) = self.both()?;
        if !tls.is_handshaking() || tls.pending() == 0 {
            return Ok(());
        }
        let mut data = vec![0; tls.pending()];
        let count = tls.peek(&mut data, &mut |_| 0).unwrap_or(0);
        if !self.ahead.keep(&data[..count]) {
            self.line.wants(SslWant::Reading, RetryFlag::Read);
            return Err(Stop::Negative);
        }
        let _ = self.tls()?.read(&mut data, &mut |_| 0);
        Ok(())
    }

    fn acquire(&mut self, side: Side) -> Result<(), Stop> {
        let mut free = self.maker.free.clone();
        match self.tls()?.acquire(side, &mut free) {
            true => Ok(()),
            false => Err(self.refuse(Reason::NotConfigured)),
        }
    }

    /// Within the handshake, what is to be answered leaves first. A transport that takes nothing any more may still have
    /// the alert that says why; without one that is the reason, whatever ends besides.
    pub(super) fn send_and_receive(&mut self) -> Result<(), Stop> {
        let sent = self.flush();
        if self.line.send_failure.is_none() {
            sent?;
            return self.receive();
        }
        if let Ok(Arrived::Bytes) = self.receive_once() {
            return Ok(());
        }
        self.line.wants(SslWant::Writing, RetryFlag::None);
        Err(self.blocked())
    }

    pub(super) fn receive(&mut self) -> Result<(), Stop> {
        if self.receive_once()? == Arrived::End {
            self.tls()?.ended();
        }
        Ok(())
    }

    /// Reads from the transport once: to the end of the record at most, unless read-ahead is on.
    fn receive_once(&mut self) -> Result<Arrived, Stop> {
        let Self { tls, line, settings, .. } = self;
        let Some(tls) = tls else { return Err(Stop::Negative) };
        let missing = tls.missing();
        let space = tls.receive_space();
        // With its header there, OpenSSL reads the rest of a record and no further, whatever was set.
        let most = match (settings.read_ahead, missing) {
            (ReadAhead::On, Missing::Header(bytes)) => {
                (READ_AHEAD + bytes).saturating_sub(RECORD_HEADER).min(space.len())
            }
            (ReadAhead::On | ReadAhead::Off, _) => missing.bytes().min(space.len()),
        };
        if most == 0 {
            return Err(self.refuse(Reason::NotConfigured));
        }
        match line.receive(&mut space[..most]) {
            Received::Bytes(count) => tls.received(count),
            Received::End => return Ok(Arrived::End),
            Received::Nothing => return Err(Stop::Negative),
            Received::Failed => {
                let kind = self.line.receive_failure.unwrap_or(std::io::ErrorKind::Other);
                return Err(self.refuse(Reason::Transport(kind)));
            }
        }
        Ok(Arrived::Bytes)
    }

    /// Offers the transport what waits until nothing does.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        let Self { tls, line, .. } = self;
        let Some(tls) = tls else { return Ok(()) };
        while !tls.outgoing().is_empty() {
            match line.offer(tls.outgoing()) {
                0 => return Err(self.blocked()),
                count => tls.sent(count),
            }
        }
        Ok(())
    }

    /// The transport takes nothing more: for now, or for good.
    pub(super) fn blocked(&mut self) -> Stop {
        match self.line.send_failure {
            Some(kind) => self.refuse(Reason::Transport(kind)),
            None => Stop::Negative,
        }
    }

    /// What the connection is about to go on with.
    pub(super) fn during(&self) -> During {
        let handshaking = self.tls.as_ref().is_none_or(|tls| tls.is_handshaking());
        if handshaking { During::Handshake } else { During::Data }
    }

    /// The connection has failed. Its alert was offered to the transport, unless it waits behind something else; that of
    /// the first handshake is now.
    pub(super) fn failed(&mut self, during: During, error: Error) -> Stop {
        self.give_up_session();
        if self.handshake != HandshakeProgress::Done {
            // The error counts, not whether the peer could be told.
            let _ = self.flush();
        }
        // Whatever was sent since, it was a message that OpenSSL wanted.
        if during == During::Handshake && is_in_place_of_a_message(error) {
            self.line.wants(SslWant::Reading, RetryFlag::None);
        }
        self.refuse(Reason::Failed(error))
    }
}

/// What a connection was about when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum During {
    /// The first handshake, or a later one.
    Handshake,
    Data,
}

/// Whether the error is what the peer said, or that it said nothing any more.
fn is_in_place_of_a_message(error: Error) -> bool {
    ends_the_stream(error) || error == Error::PeerIncompatible(PeerIncompatible::Renegotiation)
}

/// Whether the first read that meets this error returns 0, as at an end.
pub(super) fn ends_the_stream(error: Error) -> bool {
    matches!(error, Error::AlertReceived(_) | Error::PeerMisbehaved(PeerMisbehaved::Truncated))
}
