//! Between the connection and its transport.

use std::io::{self, Read, Write};

use tidegate::{Error, Side, Want};

use super::settings::ReadAhead;
use super::side::Tls;
use super::ssl::{HandshakeProgress, PendingWrite, Ssl, SslRole};
use super::verdict::{Reason, RetryFlag, SslWant};

/// A call can't go on. Why stands in the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Its result is -1.
    Negative,
    /// Its result is 0.
    Zero,
}

impl<T: Read + Write> Ssl<T> {
    /// The connection, made when something is first asked of it.
    pub(super) fn tls(&mut self) -> Result<&mut dyn Tls, Stop> {
        if self.tls.is_none() {
            match self.make() {
                Ok(tls) => self.tls = Some(tls),
                Err(reason) => return Err(self.refuse(reason)),
            }
        }
        match &mut self.tls {
            Some(tls) => Ok(&mut **tls),
            None => Err(Stop::Negative),
        }
    }

    fn make(&self) -> Result<Box<dyn Tls>, Reason> {
        let mut tls = match self.role {
            SslRole::None => return Err(Reason::NoRole),
            SslRole::Client => self.context.client(self.host.as_deref())?,
            SslRole::Server => self.context.server()?,
        };
        tls.put_modes(self.settings.modes);
        tls.set_max_send_fragment(self.settings.split_send_fragment);
        tls.set_unexpected_end(self.settings.unexpected_end());
        Ok(tls)
    }

    /// Drives the handshake until it is done and our last message has left.
    pub(super) fn finish_handshake(&mut self) -> Result<(), Stop> {
        self.handshake = HandshakeProgress::Running;
        while self.tls()?.is_handshaking() {
            match self.tls()?.turn() {
                Ok(Some(want)) => self.obey(want)?,
                Ok(None) => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        self.flush()?;
        self.handshake = HandshakeProgress::Done;
        Ok(())
    }

    /// Does what the connection wants.
    pub(super) fn obey(&mut self, want: Want) -> Result<(), Stop> {
        match want {
            Want::Incoming => {
                if self.handshake != HandshakeProgress::Done {
                    self.flush()?;
                }
                self.receive()
            }
            Want::Outgoing => self.flush(),
            Want::IncomingBuffer => self.acquire(Side::Incoming),
            Want::OutgoingBuffer => self.acquire(Side::Outgoing),
            Want::Event => match self.tls()?.turn() {
                Ok(_) => Ok(()),
                Err(error) => Err(self.failed(error)),
            },
            Want::Answer | Want::Nothing => Err(self.refuse(Reason::NotConfigured)),
        }
    }

    fn acquire(&mut self, side: Side) -> Result<(), Stop> {
        let mut free = self.free.clone();
        match self.tls()?.acquire(side, &mut free) {
            true => Ok(()),
            false => Err(self.refuse(Reason::NotConfigured)),
        }
    }

    /// Reads from the transport once: to the end of the record at most, unless read-ahead is on.
    fn receive(&mut self) -> Result<(), Stop> {
        let read_ahead = self.settings.read_ahead;
        let Some(tls) = &mut self.tls else { return Err(Stop::Negative) };
        let missing = tls.missing();
        let space = tls.receive_space();
        let most = if read_ahead == ReadAhead::On { space.len() } else { missing.min(space.len()) };
        if most == 0 {
            return Err(self.refuse(Reason::NotConfigured));
        }
        (self.want, self.retry) = (SslWant::Reading, RetryFlag::None);
        match self.transport.read(&mut space[..most]) {
            Ok(0) => tls.ended(),
            Ok(count) => {
                tls.received(count);
                self.want = SslWant::Nothing;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.retry = RetryFlag::Read;
                return Err(Stop::Negative);
            }
            Err(error) => return Err(self.breaks(&error)),
        }
        Ok(())
    }

    /// Offers the transport what waits until nothing does.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        let Some(tls) = &mut self.tls else { return Ok(()) };
        if tls.outgoing().is_empty() {
            return Ok(());
        }
        (self.want, self.retry) = (SslWant::Writing, RetryFlag::None);
        while !tls.outgoing().is_empty() {
            match self.transport.write(tls.outgoing()) {
                Ok(0) => return Err(self.breaks(&io::ErrorKind::WriteZero.into())),
                Ok(count) => tls.sent(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.retry = RetryFlag::Write;
                    return Err(Stop::Negative);
                }
                Err(error) => return Err(self.breaks(&error)),
            }
        }
        self.want = SslWant::Nothing;
        match self.transport.flush() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(self.breaks(&error)),
            _ => Ok(()),
        }
    }

    /// close_notify follows the end of the write that it waited for.
    pub(super) fn send_close_notify(&mut self) {
        if self.tls.as_ref().is_some_and(|tls| tls.is_closed()) {
            let (want, retry) = (self.want, self.retry);
            let sent = self.flush();
            // The write is complete: what becomes of the close_notify is the next shutdown's to tell.
            if sent.is_err() {
                (self.want, self.retry) = (want, retry);
            }
        }
    }

    /// The connection has failed: its alert leaves if the transport takes it at once. Behind a blocked record it stays,
    /// as it does in OpenSSL.
    pub(super) fn failed(&mut self, error: Error) -> Stop {
        if self.pending == PendingWrite::No {
            // The error counts, not whether the peer could be told.
            let _ = self.flush();
            self.broken = None;
        }
        self.refuse(Reason::Failed(error))
    }

    /// The transport has failed and does not say that it may be tried again: so it stays (V16).
    fn breaks(&mut self, error: &io::Error) -> Stop {
        self.broken = Some(error.kind());
        self.refuse(Reason::Transport(error.kind()))
    }
}
