//! One connection: the handshake, what is written and read, and the end.

use tidegate::wire::enums::{AlertDescription, SignatureScheme};
use tidegate_std::openssl::{ErrorCode, Ssl, SslSession};

use super::Failure;
use super::early;
use super::expectations;
use super::flags::Config;
use super::line::{Allowed, Line};
use super::noted::Noted;
use super::session::Kept;
use super::setup::KEY_UPDATE;

/// What the shim says first where nothing else is asked for.
const INITIAL_WRITE: &str = "hello";

/// Lengths of the writes of `-write-different-record-sizes`.
const RECORD_SIZES: [usize; 11] = [0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769];

/// A connection and what is to be done with it.
pub(super) struct Exchange<'a> {
    pub(super) ssl: &'a mut Ssl<Line>,
    pub(super) config: &'a Config,
    pub(super) noted: &'a Noted,
    pub(super) allowed: Option<Allowed>,
    pub(super) is_resume: bool,
    /// It goes on after the server has refused its early data.
    pub(super) is_retry: bool,
    /// Sessions that the context's servers had kept before.
    pub(super) sessions_before: usize,
    /// The session that was offered.
    pub(super) offered: Option<SslSession>,
    /// How the peer signed when the session began that this connection is to go on with.
    pub(super) first_scheme: Option<SignatureScheme>,
}

/// Whether an initial write still has to end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pending {
    Nothing,
    InitialWrite,
}

/// What a call of the loop came to.
enum Heard {
    Bytes(usize),
    End,
}

impl Exchange<'_> {
    /// All of it; the session that was left.
    pub(super) fn run(&mut self) -> Result<Option<Kept>, Failure> {
        if !self.config.has("-implicit-handshake") {
            self.shake_hands()?;
        }
        self.export()?;
        self.export_secrets()?;
        self.bind_channel()?;
        if self.config.has("-send-alert") {
            return self.send_alert();
        }
        let pending = self.write_first()?;
        if !self.config.has("-shim-shuts-down") && !self.config.has("-write-different-record-sizes") {
            self.echo(pending)?;
        }
        expectations::after_data(self)?;
        let kept = Kept::of(self);
        self.shut_down()?;
        expectations::at_end(self)?;
        Ok(kept)
    }

    /// Repeats a call as long as it may go on.
    pub(super) fn retry(&mut self, mut call: impl FnMut(&mut Ssl<Line>) -> i32) -> i32 {
        loop {
            let result = call(self.ssl);
            if result >= 0 {
                return result;
            }
            match (self.ssl.get_error(result), &self.allowed) {
                (ErrorCode::WantRead, Some(allowed)) => allowed.read(1),
                (ErrorCode::WantWrite, Some(allowed)) => allowed.write(1),
                (ErrorCode::WantRenegotiate, _) if self.ssl.renegotiate() == 1 => {
                    self.noted.lock().explicit_renegotiations += 1;
                }
                _ => return result,
            }
        }
    }

    pub(super) fn failed(&self, what: &str, result: i32) -> Failure {
        Failure::said(format!("{what}: {result}, {:?}", self.ssl.get_error(result)))
    }

    fn shake_hands(&mut self) -> Result<(), Failure> {
        let times = 1 + usize::from(self.config.has("-handshake-twice"));
        for _ in 0..times {
            let result = self.retry(Ssl::do_handshake);
            if result != 1 {
                self.expect_same_error(result)?;
                return Err(self.failed("SSL_do_handshake", result));
            }
        }
        expectations::after_handshake(self)?;
        early::expect_no_offer(self)?;
        if self.config.has("-no-op-extra-handshake") && self.ssl.do_handshake() != 1 {
            return Err(Failure::said("Extra SSL_do_handshake was not a no-op."));
        }
        self.shake_hands_until_message()
    }

    /// What failed fails again in the same way.
    fn expect_same_error(&mut self, result: i32) -> Result<(), Failure> {
        let first = (result, self.ssl.get_error(result), self.ssl.error());
        if first.1 != ErrorCode::Ssl {
            return Ok(());
        }
        let again = self.ssl.do_handshake();
        if (again, self.ssl.get_error(again), self.ssl.error()) == first {
            return Ok(());
        }
        Err(Failure::said("Repeating SSL_do_handshake did not replay the error."))
    }

    fn export(&mut self) -> Result<(), Failure> {
        let length = self.config.count("-export-keying-material")?;
        if length == 0 {
            return Ok(());
        }
        let mut material = vec![0; length];
        let label = self.config.text("-export-label").unwrap_or_default();
        let context = self.config.text("-export-context").unwrap_or_default();
        let context = self.config.has("-use-export-context").then_some(context.as_bytes());
        if self.ssl.export_keying_material(&mut material, label.as_bytes(), context) != 1 {
            return Err(Failure::said("failed to export keying material"));
        }
        self.write_all(&material)
    }

    fn bind_channel(&mut self) -> Result<(), Failure> {
        if !self.config.has("-tls-unique") {
            return Ok(());
        }
        let unique = self.ssl.tls_unique().map(<[u8]>::to_vec);
        self.write_all(&unique.ok_or_else(|| Failure::said("failed to get tls-unique"))?)
    }

    /// Ends the connection with decompression_failure, which nobody sends by accident.
    fn send_alert(&mut self) -> Result<Option<Kept>, Failure> {
        match self.retry(|ssl| ssl.send_fatal_alert(AlertDescription(30))) {
            1 => Ok(None),
            result => Err(self.failed("SSL_send_fatal_alert", result)),
        }
    }

    /// Writes all of it, however many calls that takes.
    pub(super) fn write_all(&mut self, mut data: &[u8]) -> Result<(), Failure> {
        loop {
            let result = self.retry(|ssl| ssl.write(data));
            if result < 0 || result == 0 && !data.is_empty() {
                return Err(self.failed("SSL_write", result));
            }
            data = &data[usize::try_from(result).unwrap_or(0)..];
            if data.is_empty() {
                return Ok(());
            }
        }
    }

    fn initial_write(&self) -> Vec<u8> {
        self.config.text("-shim-initial-write").unwrap_or(INITIAL_WRITE).as_bytes().to_vec()
    }

    /// What is written before anything is read.
    fn write_first(&mut self) -> Result<Pending, Failure> {
        if self.config.has("-write-different-record-sizes") {
            for length in RECORD_SIZES {
                self.write_all(&vec![0x42; length])?;
            }
            return Ok(Pending::Nothing);
        }
        if self.config.has("-read-with-unfinished-write") {
            return self.leave_write_unfinished();
        }
        if self.config.has("-shim-writes-first") {
            let data = self.initial_write();
            for _ in 0..self.config.count("-repeat-shim-initial-write")?.max(1) {
                self.write_all(&data)?;
            }
        }
        Ok(Pending::Nothing)
    }

    /// Lets one byte of a record through.
    fn leave_write_unfinished(&mut self) -> Result<Pending, Failure> {
        let Some(allowed) = &self.allowed else {
            return Err(Failure::said("-read-with-unfinished-write requires -async."));
        };
        allowed.write(1);
        let result = self.ssl.write(&self.initial_write());
        if self.ssl.get_error(result) != ErrorCode::WantWrite {
            return Err(Failure::said("Failed to leave unfinished write."));
        }
        Ok(Pending::InitialWrite)
    }

    /// Sends back what comes, each byte turned over.
    fn echo(&mut self, mut pending: Pending) -> Result<(), Failure> {
        let size = match self.config.count("-read-size")? {
            0 => 512,
            size => size,
        };
        let mut buffer = vec![0; size];
        loop {
            if self.config.has("-key-update-before-read") {
                self.update_keys()?;
            }
            let Heard::Bytes(count) = self.read(&mut buffer)? else { return Ok(()) };
            if self.expects_rejection() {
                return Err(Failure::said("Unexpectedly received data instead of 0-RTT reject."));
            }
            if std::mem::replace(&mut pending, Pending::Nothing) == Pending::InitialWrite {
                let data = self.initial_write();
                self.write_all(&data)?;
            }
            if self.config.has("-key-update") {
                self.update_keys()?;
            }
            let answer: Vec<u8> = buffer[..count].iter().map(|byte| byte ^ 0xff).collect();
            self.write_all(&answer)?;
        }
    }

    fn update_keys(&mut self) -> Result<(), Failure> {
        match self.ssl.key_update(KEY_UPDATE) {
            1 => Ok(()),
            _ => Err(Failure::said("SSL_key_update failed.")),
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<Heard, Failure> {
        let peeks = self.config.has("-peek-then-read");
        let exports = self.config.has("-use-exporter-between-reads");
        let result = self.retry(|ssl| {
            let result = if peeks { ssl.peek(buffer) } else { ssl.read(buffer) };
            let done = !exports || ssl.export_keying_material(&mut [0], b"", None) == 1;
            if done { result } else { i32::MIN }
        });
        if result == i32::MIN {
            return Err(Failure::said("failed to export keying material"));
        }
        if peeks && result > 0 {
            self.read_what_was_peeked(&buffer[..usize::try_from(result).unwrap_or(0)])?;
        }
        let code = self.ssl.get_error(result);
        let ended = code == ErrorCode::ZeroReturn || (code == ErrorCode::Syscall && result == 0);
        match (code, ended) {
            (ErrorCode::None, _) => Ok(Heard::Bytes(usize::try_from(result).unwrap_or(0))),
            (_, true) => Ok(Heard::End),
            (_, false) => Err(self.failed("SSL_read", result)),
        }
    }

    fn read_what_was_peeked(&mut self, peeked: &[u8]) -> Result<(), Failure> {
        let mut again = vec![0; peeked.len()];
        let length = i32::try_from(peeked.len()).unwrap_or(i32::MAX);
        if self.ssl.peek(&mut again) != length || again != peeked {
            return Err(Failure::said("First and second SSL_peek did not match."));
        }
        if self.ssl.read(&mut again) != length || again != peeked {
            return Err(Failure::said("SSL_peek and SSL_read did not match."));
        }
        Ok(())
    }

    /// Closes in both directions, or, without `-check-close-notify`, says nothing.
    fn shut_down(&mut self) -> Result<(), Failure> {
        if !self.config.has("-check-close-notify") {
            return Ok(());
        }
        let mut result = self.retry(Ssl::shutdown);
        if self.config.has("-shim-shuts-down") {
            if result != 0 {
                return Err(Failure::said(format!("Unexpected SSL_shutdown result: {result} != 0")));
            }
            result = self.retry(Ssl::shutdown);
        }
        if result != 1 {
            return Err(Failure::said(format!("Unexpected SSL_shutdown result: {result} != 1")));
        }
        Ok(())
    }
}
