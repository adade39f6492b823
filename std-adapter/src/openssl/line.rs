//! The transport, and what it said last.

use std::io::{self, Read, Write};

use super::verdict::{RetryFlag, SslWant};

/// A transport with the retry flags of a BIO.
pub(super) struct Line<T> {
    pub(super) transport: T,
    pub(super) want: SslWant,
    pub(super) retry: RetryFlag,
    /// It has failed for good.
    pub(super) broken: Option<io::ErrorKind>,
    flushing: Flushing,
}

/// Whether bytes were given to the transport that it may still hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flushing {
    NotNeeded,
    Due,
}

/// What came of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    Bytes(usize),
    /// Nothing for now.
    Nothing,
    End,
    /// The transport has failed.
    Failed,
}

impl<T> Line<T> {
    pub(super) const fn new(transport: T) -> Self {
        let (want, retry) = (SslWant::Nothing, RetryFlag::None);
        Self { transport, want, retry, broken: None, flushing: Flushing::NotNeeded }
    }

    /// The transport is to be tried again later, in this direction.
    pub(super) const fn wants(&mut self, want: SslWant, retry: RetryFlag) {
        (self.want, self.retry) = (want, retry);
    }

    /// A transport that does not say that it may be tried again has failed for good (V16).
    fn breaks(&mut self, kind: io::ErrorKind) {
        self.broken = Some(kind);
    }
}

impl<T: Read + Write> Line<T> {
    /// Offers bytes; how many it took.
    pub(super) fn offer(&mut self, bytes: &[u8]) -> usize {
        if self.broken.is_some() {
            return 0;
        }
        self.wants(SslWant::Writing, RetryFlag::None);
        match until_uninterrupted(|| self.transport.write(bytes)) {
            Ok(0) => self.breaks(io::ErrorKind::WriteZero),
            Ok(count) => {
                self.flushing = Flushing::Due;
                if count == bytes.len() {
                    self.want = SslWant::Nothing;
                }
                return count;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.retry = RetryFlag::Write,
            Err(error) => self.breaks(error.kind()),
        }
        0
    }

    /// Reads once.
    pub(super) fn receive(&mut self, space: &mut [u8]) -> Received {
        self.wants(SslWant::Reading, RetryFlag::None);
        match until_uninterrupted(|| self.transport.read(space)) {
            Ok(0) => Received::End,
            Ok(count) => {
                self.want = SslWant::Nothing;
                Received::Bytes(count)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.retry = RetryFlag::Read;
                Received::Nothing
            }
            Err(error) => {
                self.breaks(error.kind());
                Received::Failed
            }
        }
    }

    /// Passes on what a transport holds that collects what it is given.
    pub(super) fn flush(&mut self) {
        if self.flushing == Flushing::Due && self.broken.is_none() {
            self.flushing = Flushing::NotNeeded;
            match self.transport.flush() {
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => self.breaks(error.kind()),
                _ => {}
            }
        }
    }
}

/// A signal is no reason to give up.
fn until_uninterrupted(mut call: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
