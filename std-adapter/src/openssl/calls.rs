//! The calls that carry data and end it: SSL_write(3), SSL_read(3), SSL_shutdown(3).

use std::io::{Read, Write};

use tidegate::{Error, ReadError, Shutdown, ShutdownError, Want};

use super::early::EarlyProgress;
use super::settings::RenegotiateMode;
use super::ssl::{HandshakeProgress, Ssl, SslRole};
use super::transport::{During, Stop, ends_the_stream};
use super::verdict::{Reason, RetryFlag, SslWant, Verdict};

/// Whether what is read is consumed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taking {
    Consumes,
    Looks,
}

impl<T: Read + Write> Ssl<T> {
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

    /// W1 and R1.
    fn bad_length(&mut self) -> i32 {
        self.refuse(Reason::BadLength);
        -1
    }

    /// Data that was set aside came before everything else that there is to tell.
    fn read_ahead_of_the_rest(&mut self, out: &mut [u8], taking: Taking) -> usize {
        (self.verdict, self.line.want) = (Verdict::Open, SslWant::Nothing);
        match taking {
            Taking::Consumes => self.ahead.take(out),
            Taking::Looks => self.ahead.look(out),
        }
    }

    fn read_early(&mut self, out: &mut [u8], taking: Taking) -> usize {
        (self.verdict, self.line.want) = (Verdict::Open, SslWant::Nothing);
        match taking {
            Taking::Consumes => self.early.take(out),
            Taking::Looks => self.early.look(out),
        }
    }

    fn read_once(&mut self, out: &mut [u8], taking: Taking) -> Result<usize, Stop> {
        if !self.ahead.is_empty() {
            return Ok(self.read_ahead_of_the_rest(out, taking));
        }
        self.begin()?;
        if self.tls.as_ref().is_some_and(|tls| tls.is_peer_closed()) {
            if taking == Taking::Consumes {
                self.line.want = SslWant::Nothing;
            }
            return Err(Stop::Zero); // R3
        }
        self.go_on_to_read()?;
        if self.reads_early_data() {
            return Ok(self.read_early(out, taking));
        }
        self.line.want = SslWant::Nothing;
        let handshaking = self.tls()?.is_handshaking();
        loop {
            let during = self.during();
            let (tls, line) = self.both()?;
            let outcome = match taking {
                Taking::Consumes => tls.read(out, &mut |bytes| line.offer(bytes)),
                Taking::Looks => tls.peek(out, &mut |bytes| line.offer(bytes)),
            };
            match outcome {
                Ok(count) => {
                    self.line.was_heard();
                    return Ok(count);
                }
                Err(ReadError::Blocked(want)) => {
                    self.stop_where_asked(want)?;
                    self.obey(want)?;
                    if !handshaking && self.is_over_within_call()? {
                        return Err(self.progress());
                    }
                }
                Err(ReadError::Progress) => return Err(self.progress()),
                Err(ReadError::Closed) => return Err(self.closed()),
                Err(ReadError::Failed(error)) => return Err(self.read_failed(during, error)),
            }
        }
    }

    /// Where a server waits for a renegotiation that the application is to begin, nothing else comes.
    fn stop_where_asked(&mut self, want: Want) -> Result<(), Stop> {
        let explicit = self.settings.renegotiate == Some(RenegotiateMode::Explicit);
        if want != Want::Incoming || !explicit || !self.tls()?.is_renegotiation_wished() {
            return Ok(());
        }
        self.verdict = Verdict::Asked;
        Err(Stop::Negative)
    }

    fn read_failed(&mut self, during: During, error: Error) -> Stop {
        if matches!(error, Error::AlertReceived(_)) {
            self.line.was_heard();
        }
        self.failed(during, error);
        if during == During::Data && ends_the_stream(error) { Stop::Zero } else { Stop::Negative }
    }

    fn shutdown_once(&mut self) -> Result<i32, Stop> {
        self.begin()?;
        if self.handshake != HandshakeProgress::Done {
            return Err(self.refuse(Reason::InHandshake));
        }
        if !self.ahead.is_empty() && self.tls()?.is_closed() {
            return Err(self.refuse(Reason::UnreadData));
        }
        loop {
            let during = self.during();
            let (tls, line) = self.both()?;
            match tls.shutdown(&mut |bytes| line.offer(bytes)) {
                Ok(Shutdown::Sent) => return Ok(0),
                Ok(Shutdown::Both) => return Ok(1),
                Err(ShutdownError::Blocked(Want::Outgoing)) => return Err(self.held()),
                Err(ShutdownError::Blocked(want)) => self.obey(want)?,
                Err(ShutdownError::Progress) => return Err(self.progress()),
                Err(ShutdownError::Unread) => return Err(self.refuse(Reason::UnreadData)),
                Err(ShutdownError::Handshaking) => return Err(self.refuse(Reason::InHandshake)),
                Err(ShutdownError::Failed(error)) => return Err(self.failed(during, error)),
            }
        }
    }

    /// The peer has closed: R8, and in a renegotiation what that was to go on.
    fn closed(&mut self) -> Stop {
        self.line.was_heard();
        if self.during() == During::Handshake { self.closed_in_handshake() } else { Stop::Zero }
    }

    /// What stands before every call.
    pub(super) fn begin(&mut self) -> Result<(), Stop> {
        self.verdict = Verdict::Open;
        if self.role == SslRole::None {
            return Err(self.refuse(Reason::NoRole)); // W2, R2
        }
        if let Some(error) = self.error() {
            self.line.want = SslWant::Nothing;
            return Err(self.refuse(Reason::Failed(error))); // V13
        }
        if self.early.progress == EarlyProgress::Rejected {
            return Err(self.rejected());
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
    pub(super) fn end(&mut self, outcome: Result<i32, Stop>) -> i32 {
        self.line.flush();
        self.keep_ticket();
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
