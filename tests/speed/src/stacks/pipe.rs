//! A transport in memory, for those that read and write.

use std::io::{self, Read, Write};

/// What came and was not taken yet, and what was sent.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    came: Vec<u8>,
    taken: usize,
    sent: Vec<u8>,
    keeps: Keeps,
}

/// What becomes of what is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Keeps {
    /// It is kept.
    #[default]
    All,
    /// It is gone.
    Nothing,
}

impl Pipe {
    /// Hands what was sent to the other end.
    pub(super) fn deliver(&mut self, to: &mut Self) {
        if to.taken == to.came.len() {
            to.came.clear();
            to.taken = 0;
        }
        to.came.append(&mut self.sent);
    }

    /// From here on.
    pub(super) fn keep(&mut self, keeps: Keeps) {
        self.keeps = keeps;
    }

    /// Whether something came.
    pub(super) fn has_more(&self) -> bool {
        self.taken < self.came.len()
    }
}

impl Read for Pipe {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let rest = &self.came[self.taken..];
        if rest.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.keeps == Keeps::All {
            self.sent.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
