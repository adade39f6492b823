//! The calls: SSL_do_handshake(3), SSL_write(3), SSL_read(3), SSL_shutdown(3), SSL_key_update(3).

use std::io::{Read, Write};

use tidegate::wire::enums::KeyUpdateRequest;
use tidegate::{ReadError, Shutdown, ShutdownError, UpdateKeysError, Want, WriteError};

use super::ssl::{HandshakeProgress, Ssl, SslRole};
use super::transport::{Stop, ends_the_stream};
use super::verdict::{Reason, RetryFlag, SslWant, Verdict};

/// Whether what is read is consumed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taking {
    Consumes,
    Looks,
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

    /// Writes: how many bytes, counted from the start of the call sequence; -1 (`SSL_write`). After
    /// [`ErrorCode::WantWrite`](super::ErrorCode::WantWrite) the call must be repeated as [`tidegate::modes`] says;
    /// another one is refused and changes nothing.
    pub fn write(&mut self, data: &[u8]) -> i32 {
        if i32::try_from(data.len()).is_err() {
            return self.bad_length(); // W1
        }
        let outcome = self.write_once(data);
        self.end(outcome.map(result_of))
    }

    /// As [`Ssl::write`], of the first `num` bytes, a C `int` (`SSL_write`). A negative one, or one beyond the buffer, is
    /// refused, and no error of the connection.
    pub fn write_num(&mut self, data: &[u8], num: i32) -> i32 {
        match usize::try_from(num).ok().and_then(|num| data.get(..num)) {
            Some(data) => self.write(data),
            None => self.bad_length(),
        }
    }

    /// As [`Ssl::write`]: 1 with the bytes in `written`, else 0 (`SSL_write_ex`).
    pub fn write_ex(&mut self, data: &[u8], written: &mut usize) -> i32 {
        let outcome = self.write_once(data);
        if outcome.is_ok() {
            self.verdict = Verdict::Open;
        }
        self.end_extended(outcome, written)
    }

    /// Reads at most one record: how many bytes; 0 at the end of the peer's direction and where it failed; -1
    /// (`SSL_read`).
    pub fn read(&mut self, out: &mut [u8]) -> i32 {
        let outcome = self.read_once(out, Taking::Consumes);
        self.end(outcome.map(result_of))
    }

    /// As [`Ssl::read`], at most `num` bytes, a C `int` (`SSL_read`). A negative one, or one beyond the buffer, is refused,
    /// and no error of the connection.
    pub fn read_num(&mut self, out: &mut [u8], num: i32) -> i32 {
        match usize::try_from(num).ok().and_then(|num| out.get_mut(..num)) {
            Some(out) => self.read(out),
            None => self.bad_length(),
        }
    }

    /// As [`Ssl::read`]: 1 with the bytes in `count`, else 0 (`SSL_read_ex`).
    pub fn read_ex(&mut self, out: &mut [u8], count: &mut usize) -> i32 {
        let outcome = self.read_once(out, Taking::Consumes).and_then(some);
        self.end_extended(outcome, count)
    }

    /// As [`Ssl::read`], leaving the data where it is (`SSL_peek`).
    pub fn peek(&mut self, out: &mut [u8]) -> i32 {
        let outcome = self.read_once(out, Taking::Looks);
        self.end(outcome.map(result_of))
    }

    /// As [`Ssl::read_ex`], leaving the data where it is (`SSL_peek_ex`).
    pub fn peek_ex(&mut self, out: &mut [u8], count: &mut usize) -> i32 {
        let outcome = self.read_once(out, Taking::Looks).and_then(some);
        self.end_extended(outcome, count)
    }

    /// Closes our direction, then waits for the peer's close_notify: 0 when ours has left, 1 when both directions are
    /// closed, -1 (`SSL_shutdown`). A write that is pending goes first: repeat it, or [`Ssl::abandon_write`], then this.
    pub fn shutdown(&mut self) -> i32 {
        let outcome = self.shutdown_once();
        self.end(outcome)
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
            Some(UpdateKeysError::Handshaking) => Reason::InHandshake,
            Some(UpdateKeysError::Blocked) => Reason::KeyUpdateWaits,
            Some(UpdateKeysError::Closed) => Reason::Shutdown,
            Some(UpdateKeysError::Failed(error)) => Reason::Failed(error),
        };
        self.verdict = Verdict::Because(reason);
        0
    }

    /// W1 and R1.
    fn bad_length(&mut self) -> i32 {
        self.refuse(Reason::BadLength);
        -1
    }

    fn write_once(&mut self, data: &[u8]) -> Result<usize, Stop> {
        self.begin()?;
        if let Some(kind) = self.line.send_failure {
            self.line.wants(SslWant::Writing, RetryFlag::None);
            return Err(self.refuse(Reason::Transport(kind))); // V16
        }
        self.line.want = SslWant::Nothing;
        if self.handshake != HandshakeProgress::Done {
            self.finish_handshake()?;
        }
        loop {
            let (tls, line) = self.both()?;
            match tls.write(data, &mut |bytes| line.offer(bytes)) {
                Ok(count) => {
                    // What becomes of a close_notify that follows is the next shutdown's to tell.
                    self.line.want = SslWant::Nothing;
                    self.verdict = if count == 0 { Verdict::Fine } else { Verdict::Open }; // V6
                    return Ok(count);
                }
                Err(WriteError::Blocked(want)) => self.obey(want)?,
                Err(WriteError::Refused(wrong)) => return Err(self.refuse(Reason::WrongRetry(wrong))),
                Err(WriteError::Closed) => return Err(self.refuse(Reason::Shutdown)),
                Err(WriteError::Failed(error)) => return Err(self.failed(error)),
            }
        }
    }

    fn read_once(&mut self, out: &mut [u8], taking: Taking) -> Result<usize, Stop> {
        self.begin()?;
        if self.tls.as_ref().is_some_and(|tls| tls.is_peer_closed()) {
            if taking == Taking::Consumes {
                self.line.want = SslWant::Nothing;
            }
            return Err(Stop::Zero); // R3
        }
        if self.handshake != HandshakeProgress::Done {
            self.finish_handshake()?;
        }
        self.line.want = SslWant::Nothing;
        loop {
            let (tls, line) = self.both()?;
            let outcome = match taking {
                Taking::Consumes => tls.read(out, &mut |bytes| line.offer(bytes)),
                Taking::Looks => tls.peek(out, &mut |bytes| line.offer(bytes)),
            };
            match outcome {
                Ok(count) => return Ok(count),
                Err(ReadError::Blocked(want)) => self.obey(want)?,
                Err(ReadError::Progress) => return Err(self.progress()),
                Err(ReadError::Closed) => return Err(Stop::Zero),
                Err(ReadError::Failed(error)) => {
                    self.failed(error);
                    return Err(if ends_the_stream(error) { Stop::Zero } else { Stop::Negative });
                }
            }
        }
    }

    fn shutdown_once(&mut self) -> Result<i32, Stop> {
        self.begin()?;
        if self.handshake != HandshakeProgress::Done {
            return Err(self.refuse(Reason::InHandshake));
        }
        loop {
            let (tls, line) = self.both()?;
            match tls.shutdown(&mut |bytes| line.offer(bytes)) {
                Ok(Shutdown::Sent) => return Ok(0),
                Ok(Shutdown::Both) => return Ok(1),
                Err(ShutdownError::Blocked(Want::Outgoing)) => return Err(self.held()),
                Err(ShutdownError::Blocked(want)) => self.obey(want)?,
                Err(ShutdownError::Progress) => return Err(self.progress()),
                Err(ShutdownError::Unread) => return Err(self.refuse(Reason::UnreadData)),
                Err(ShutdownError::Handshaking) => return Err(self.refuse(Reason::InHandshake)),
                Err(ShutdownError::Failed(error)) => return Err(self.failed(error)),
            }
        }
    }

    /// The handshake, or a control record that waits and is no part of a pending write.
    fn go_on(&mut self) -> Result<(), Stop> {
        if self.handshake != HandshakeProgress::Done {
            return self.finish_handshake();
        }
        let tls = self.tls()?;
        if tls.is_write_pending() || tls.is_closed() { Ok(()) } else { self.flush() }
    }

    /// What stands before every call.
    fn begin(&mut self) -> Result<(), Stop> {
        self.verdict = Verdict::Open;
        if self.role == SslRole::None {
            return Err(self.refuse(Reason::NoRole)); // W2, R2
        }
        if let Some(error) = self.error() {
            self.line.want = SslWant::Nothing;
            return Err(self.refuse(Reason::Failed(error))); // V13
        }
        Ok(())
    }

    pub(super) fn refuse(&mut self, reason: Reason) -> Stop {
        self.verdict = Verdict::Because(reason);
        Stop::Negative
    }

    /// A record was met that was no data: OpenSSL calls that a want to read.
    fn progress(&mut self) -> Stop {
        self.line.wants(SslWant::Reading, RetryFlag::Read);
        Stop::Negative
    }

    /// Our close_notify waits: for the transport, or for the write before it that only the caller can bring forward.
    fn held(&mut self) -> Stop {
        self.line.wants(SslWant::Writing, RetryFlag::Write);
        self.blocked()
    }

    /// The end of every call: what is not needed goes back.
    fn end(&mut self, outcome: Result<i32, Stop>) -> i32 {
        self.line.flush();
        if let Some(tls) = &mut self.tls {
            tls.rest(&mut self.maker.free);
        }
        match outcome {
            Ok(result) => result,
            Err(Stop::Zero) => 0,
            Err(Stop::Negative) => -1,
        }
    }

    fn end_extended(&mut self, outcome: Result<usize, Stop>, count: &mut usize) -> i32 {
        *count = *outcome.as_ref().unwrap_or(&0);
        self.end(outcome.map(|_| 1)).max(0)
    }
}

/// A count that fits: no record, and no write that was let in, is longer.
fn result_of(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A read of nothing is no success.
fn some(count: usize) -> Result<usize, Stop> {
    if count > 0 { Ok(count) } else { Err(Stop::Zero) }
}
