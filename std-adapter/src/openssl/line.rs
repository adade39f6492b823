//! The transport, and what it said last.

use std::io::{self, Read, Write};

use super::verdict::{RetryFlag, SslWant};

/// A transport with the retry flags of a BIO.
pub(super) struct Line<T> {
    pub(super) transport: T,
    pub(super) want: SslWant,
    pub(super) retry: RetryFlag,
    /// Why nothing can be sent any more.
    pub(super) send_failure: Option<io::ErrorKind>,
    /// Why nothing can be received any more.
    pub(super) receive_failure: Option<io::ErrorKind>,
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
        let (send_failure, receive_failure) = (None, None);
        Self { transport, want, retry, send_failure, receive_failure, flushing: Flushing::NotNeeded }
    }

    /// The transport is to be tried again later, in this direction.
    pub(super) const fn wants(&mut self, want: SslWant, retry: RetryFlag) {
        (self.want, self.retry) = (want, retry);
    }
}

impl<T> Line<T> {
    /// Something of the peer's was met, perhaps without the transport: what a record of ours waited for is not what the call
    /// wants.
    pub(super) fn was_heard(&mut self) {
        if self.want == SslWant::Writing {
            self.want = SslWant::Nothing;
        }
    }
}

impl<T: Read + Write> Line<T> {
    /// Offers bytes; how many it took. A transport that does not say that it may be tried again has failed for good (V16);
    /// what it still has for us can be read.
    pub(super) fn offer(&mut self, bytes: &[u8]) -> usize {
        self.wants(SslWant::Writing, RetryFlag::None);
        if self.send_failure.is_some() {
            return 0;
        }
        match until_uninterrupted(|| self.transport.write(bytes)) {
            Ok(0) => self.send_failure = Some(io::ErrorKind::WriteZero),
            Ok(count) => {
                self.flushing = Flushing::Due;
                if count == bytes.len() {
                    self.want = SslWant::Nothing;
                }
                return count;
            }
            Err(error) if is_retry(&error) => self.retry = RetryFlag::Write,
            Err(error) => self.send_failure = Some(error.kind()),
        }
        0
    }

    /// Reads once.
    pub(super) fn receive(&mut self, space: &mut [u8]) -> Received {
        // What is answered by what is waited for must be on its way.
        self.flush();
        self.wants(SslWant::Reading, RetryFlag::None);
        if self.receive_failure.is_some() {
            return Received::Failed;
        }
        match until_uninterrupted(|| self.transport.read(space)) {
            Ok(0) => Received::End,
            Ok(count) => {
                self.want = SslWant::Nothing;
                Received::Bytes(count)
            }
            Err(error) if is_retry(&error) => {
                self.retry = RetryFlag::Read;
                Received::Nothing
            }
            Err(error) => {
                self.receive_failure = Some(error.kind());
                Received::Failed
            }
        }
    }

    /// Passes on what a transport holds that collects what it is given.
    pub(super) fn flush(&mut self) {
        if self.flushing == Flushing::NotNeeded || self.send_failure.is_some() {
            return;
        }
        match until_uninterrupted(|| self.transport.flush()) {
            Ok(()) => self.flushing = Flushing::NotNeeded,
            Err(error) if is_retry(&error) => {}
            Err(error) => self.send_failure = Some(error.kind()),
        }
    }
}

/// Whether a transport says that it may be tried again: not ready, a time limit of its own, or not connected yet.
fn is_retry(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::NotConnected)
}

/// A signal is no reason to give up.
fn until_uninterrupted<O>(mut call: impl FnMut() -> io::Result<O>) -> io::Result<O> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
