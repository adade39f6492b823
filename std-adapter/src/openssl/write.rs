//! One attempt at a write.

use std::io::{Read, Write};

use tidegate::WriteError;
use tidegate::modes::Modes;

use super::ssl::{HandshakeProgress, Ssl};
use super::transport::{During, Stop};
use super::verdict::{Reason, RetryFlag, SslWant, Verdict};

impl<T: Read + Write> Ssl<T> {
    /// As far as a write goes now; how much of the data is complete.
    pub(super) fn write_once(&mut self, data: &[u8]) -> Result<usize, Stop> {
        self.begin()?;
        if let Some(kind) = self.line.send_failure {
            self.line.wants(SslWant::Writing, RetryFlag::None);
            return Err(self.refuse(Reason::Transport(kind))); // V16
        }
        self.line.want = SslWant::Nothing;
        let early = self.write_early_part(data)?;
        let partial = self.settings.modes.contains(Modes::ENABLE_PARTIAL_WRITE);
        if early > 0 && (partial || early == data.len()) {
            self.early.forget_write();
            return Ok(early);
        }
        if self.handshake != HandshakeProgress::Done {
            self.finish_handshake()?;
        }
        self.stop_behind_close()?;
        let count = self.write_data(&data[early..])?;
        self.early.forget_write();
        Ok(early + count)
    }

    fn write_data(&mut self, data: &[u8]) -> Result<usize, Stop> {
        loop {
            let during = self.during();
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
                Err(WriteError::Closed) if during == During::Handshake => {
                    return Err(self.closed_in_handshake());
                }
                Err(WriteError::Closed) => return Err(self.refuse(Reason::Shutdown)),
                Err(WriteError::Failed(error)) => return Err(self.failed(during, error)),
            }
        }
    }
}
