//! What `SSL_get_error` and `SSL_want` say: OpenSSL's two sticky fields, and what a call returned.

/// `SSL_want`: set by the last operation that touched it, whatever its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Nothing,
    Reading,
    Writing,
}

impl Want {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "NOTHING",
            Self::Reading => "READING",
            Self::Writing => "WRITING",
        }
    }
}

/// The retry flag of the transport, which both directions share: why its last operation was to be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    None,
    Read,
    Write,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) want: Want,
    pub(super) flag: Flag,
}

impl Status {
    pub(super) const QUIET: Self = Self { want: Want::Nothing, flag: Flag::None };
    pub(super) const WAITS_TO_READ: Self = Self { want: Want::Reading, flag: Flag::Read };
    pub(super) const WAITS_TO_WRITE: Self = Self { want: Want::Writing, flag: Flag::Write };
    /// The transport ended.
    pub(super) const READ_FAILED: Self = Self { want: Want::Reading, flag: Flag::None };
    /// The transport failed.
    pub(super) const WRITE_FAILED: Self = Self { want: Want::Writing, flag: Flag::None };

    /// `SSL_get_error` of a result that is no success, of a call that left no error.
    fn error(self, peer: Peer) -> &'static str {
        match (self.want, self.flag, peer) {
            (Want::Reading | Want::Writing, Flag::Read, _) => "WANT_READ",
            (Want::Reading | Want::Writing, Flag::Write, _) => "WANT_WRITE",
            (_, _, Peer::Closed) => "ZERO_RETURN",
            (_, _, Peer::Open) => "SYSCALL",
        }
    }
}

/// The peer's direction, as `SSL_get_shutdown` knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    Open,
    Closed,
}

/// What a call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) result: Answered,
    error: Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// Success, with so many bytes.
    Count(usize),
    /// This number.
    Fixed(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Error {
    AsStatus,
    Ssl,
    Syscall,
}

impl Answer {
    pub(super) fn count(count: usize) -> Self {
        Self { result: Answered::Count(count), error: Error::AsStatus }
    }

    /// The status says what the error is.
    pub(super) fn fixed(ret: i64) -> Self {
        Self { result: Answered::Fixed(ret), error: Error::AsStatus }
    }

    pub(super) fn ssl(ret: i64) -> Self {
        Self { result: Answered::Fixed(ret), error: Error::Ssl }
    }

    pub(super) fn syscall() -> Self {
        Self { result: Answered::Fixed(-1), error: Error::Syscall }
    }

    pub(super) fn error(self, status: Status, peer: Peer) -> &'static str {
        match (self.result, self.error) {
            (Answered::Count(_), _) => "NONE",
            (Answered::Fixed(ret), _) if ret > 0 => "NONE",
            (_, Error::AsStatus) => status.error(peer),
            (_, Error::Ssl) => "SSL",
            (_, Error::Syscall) => "SYSCALL",
        }
    }
}
