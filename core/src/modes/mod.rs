//! Modes: what a write, a read, a shutdown and an idle buffer mean, as pure state machines.
//!
//! OpenSSL's SSL_write(3), SSL_read(3), SSL_shutdown(3) and SSL_CTX_set_mode(3) describe one contract in four pages.
//! Here it is one folder: `step(state, event, terms) -> (state, outcome)`, all of it `Copy`, without buffers, keys or
//! bytes. The engine feeds facts and obeys; nothing else in the crate decides what a call returns.
//!
//! # The modes
//!
//! | flag | bit | on | off |
//! |---|---|---|---|
//! | [`ENABLE_PARTIAL_WRITE`](Modes::ENABLE_PARTIAL_WRITE) | `0x01` | a write returns what is complete as soon as something is | a write returns when all of it is complete |
//! | [`ACCEPT_MOVING_WRITE_BUFFER`](Modes::ACCEPT_MOVING_WRITE_BUFFER) | `0x02` | a retry may come from another address | a retry must come from the same address |
//! | [`AUTO_RETRY`](Modes::AUTO_RETRY) (default) | `0x04` | a read goes on after a record that is no data | such a read returns once without data |
//! | [`RELEASE_BUFFERS`](Modes::RELEASE_BUFFERS) | `0x10` | an idle connection holds no record buffer | buffers stay |
//!
//! OpenSSL 1.0.1 had `AUTO_RETRY` off by default: [`Modes::empty`] gives that. Other bits are kept and mean nothing.
//! A change acts on the very next call, even with a record blocked.
//!
//! # The retry rule
//!
//! A write that returned blocked after a record of it was built is a *sequence* in progress. It goes on with a retry,
//! and a retry is the same write:
//!
//! - it is at least as long as the write last offered (longer is fine: the rest is appended, the longer length is
//!   what returns),
//! - the bytes of the record that was built last are the bytes that were in it,
//! - and, unless `ACCEPT_MOVING_WRITE_BUFFER` is on, they lie where they lay when that call blocked.
//!
//! Anything else is refused, changes nothing, and the right retry still goes on. What a retry returns counts from the
//! start of the sequence. A write that blocked before any record of it was built (in a handshake, behind a KeyUpdate)
//! leaves no sequence: the next one may differ in everything.
//!
//! With `ENABLE_PARTIAL_WRITE` a result `r` less than the length ends the sequence: the next write starts at `r`.
//!
//! # The write machine
//!
//! Questions in brackets; the engine answers each with an event. One with nothing to do is passed by.
//!
//! ```text
//!  at rest --Call, new---> [Handshake] --Ready--> [SendControl] --Ready--+
//!     |                        | NotReady              | NotReady        |
//!     |                        +------> Blocked <------+                 |
//!     |                                  ^   ^                           v  all built: Return(n)
//!     |                        TakenPart |   +---------NoRoom---------[Seal] <-----------+
//!     |                                  |                              | Sealed         |
//!     |                                  |       in sealed completion:  +--------------->+
//!     |                                  |       in drained completion: |                |
//!     +--Call, retry-----------------[Offer] <--------------------------+                |
//!                                        | TakenAll                                      |
//!                                        +---> PARTIAL: Return(so far); otherwise -------+
//! ```
//!
//! In sealed completion a retry goes straight to `Seal`, and `NoRoom` with PARTIAL returns what is built. `Close` and
//! `Abandon` come between calls; `Fail` comes at any time and is the end.
//!
//! Two completions: *drained*, as OpenSSL over a socket, where a record counts once it left, and at most one waits;
//! and *sealed*, where a record counts once it is in the outgoing buffer, and as many are sealed as fit.
//!
//! A write of five bytes in records of three, over a transport that takes nothing at first:
//!
//! ```
//! use tidegate::modes::write::{Address, BlockedBy, Content, Memory, WriteEvent, WriteOutcome, WriteState, WrongRetry};
//! use tidegate::modes::{Completion, Control, Handshake, Modes, ReadAhead, Span, Terms, UnexpectedEnd, Writing};
//!
//! let terms = Terms {
//!     modes: Modes::default(),
//!     completion: Completion::Drained,
//!     split: 3,
//!     handshake: Handshake::Done,
//!     control: Control::None,
//!     writing: Writing::Idle,
//!     read_ahead: ReadAhead::Empty,
//!     unexpected_end: UnexpectedEnd::Fatal,
//! };
//! let call = |len| WriteEvent::Call { len, content: Content::Same, address: Address::Same };
//! let first = Span { start: 0, end: 3 };
//! let mut state = WriteState::default();
//! for (event, outcome) in [
//!     (call(5), WriteOutcome::Seal(first)),
//!     (WriteEvent::Sealed, WriteOutcome::Offer),
//!     (WriteEvent::TakenPart, WriteOutcome::Blocked { by: BlockedBy::Outgoing, memory: Memory::Store(first) }),
//!     (call(2), WriteOutcome::Refused(WrongRetry::Shorter)), // the bytes that are left: not the same write
//!     (call(5), WriteOutcome::Offer),
//!     (WriteEvent::TakenAll, WriteOutcome::Seal(Span { start: 3, end: 5 })),
//!     (WriteEvent::Sealed, WriteOutcome::Offer),
//!     (WriteEvent::TakenAll, WriteOutcome::Return(5)),
//! ] {
//!     let (next, told) = state.step(event, &terms);
//!     assert_eq!(told, outcome);
//!     state = next;
//! }
//! ```
//!
//! # Where this differs from OpenSSL 3.0
//!
//! For correct use every result is OpenSSL's. Where OpenSSL kills a connection, loses or repeats bytes, or leaves
//! behaviour undefined, the crate does what this table says, and the names stand in its comments and tests.
//!
//! | name | OpenSSL 3.0 | here | why |
//! |---|---|---|---|
//! | V1 wrong retry | the connection is dead | refused, nothing changes, the right retry goes on | nothing is lost |
//! | V2 shorter retry | accepted where it covers the blocked record | refused | the manual: same arguments |
//! | V3 changed content | accepted, old and new bytes mixed | refused | the manual: same contents |
//! | V4 advanced retry, moving | accepted, bytes silently missing | refused: shorter than what was offered | the stream stays whole |
//! | V5 longer retry | accepted | the same | useful |
//! | V6 length 0 | SYSCALL when idle, fatal while blocked | 0, a pending write is not touched; no role, closed and failed still say so | undefined by the manual |
//! | V7 partial retry | blocked although a record left, or two records at once | returns as soon as the blocked record left | progress is told |
//! | V8 control meets a blocked record | fatal | the blocked write first, then control, then data; reads never fail for it | full duplex is safe |
//! | V9 shutdown with a blocked write | close_notify and data lost | the record leaves, the retry of that write alone is accepted, close_notify follows its end | nothing is lost |
//! | V10 shutdown with unread data | fatal | the data stays readable | RFC 8446, section 6.1 |
//! | V11 shutdown with an own KeyUpdate queued | error | both leave, KeyUpdate first | both were asked for |
//! | V12 shutdown after a read, write blocked | wants to read | wants to write | what it says is what it waits for |
//! | V13 after a fatal error | a later read looks like a clean close | the stored error, for ever | truncation must show |
//! | V14 KeyUpdate after own close_notify | sent | not sent | close_notify is last |
//! | V15 stale error queue | turns blocked into an error | the result carries its error, there is no queue | - |
//! | V16 transport error | retryable | as the transport says, else stored | the caller knows |
//! | V17 data before a write key | possible after misuse | no finished handshake, no record | - |
//! | V18 `AUTO_RETRY` off | "wants to read" although data may wait | says [`Progress`](read::ReadOutcome::Progress) | a select() would hang |
//! | V19 KeyUpdate replies | one for each request | one owed at most | RFC 8446, section 4.6.3 |
//! | V20 released buffers | not wiped (1.0.1) | wiped over their used extent | - |
//! | V21 unknown mode bits | kept | kept, flags are typed | - |
//! | V22 renegotiation | part of TLS 1.2 | not part of TLS 1.3 | - |
//!
//! OpenSSL 3.0 keeps a 16 kB buffer on an idle connection after a partial success or an alert; here the
//! [release machine](release) frees it: a buffer is present only while it holds bytes.

pub mod read;
pub mod release;
pub mod shutdown;
mod terms;
pub mod write;

#[cfg(test)]
mod tests;

pub use terms::{Completion, Control, Handshake, ReadAhead, Span, Terms, UnexpectedEnd, Writing};

/// A set of modes, as SSL_CTX_set_mode(3) numbers them. Unknown bits are kept (V21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Modes(u32);

impl Modes {
    /// `SSL_MODE_ENABLE_PARTIAL_WRITE`: a write may return less than its length, once something is complete.
    pub const ENABLE_PARTIAL_WRITE: Self = Self(0x01);
    /// `SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER`: a retry may have another address; its content must be the same.
    pub const ACCEPT_MOVING_WRITE_BUFFER: Self = Self(0x02);
    /// `SSL_MODE_AUTO_RETRY`: a read goes on after a record that is no application data.
    pub const AUTO_RETRY: Self = Self(0x04);
    /// `SSL_MODE_RELEASE_BUFFERS`: buffers that hold nothing are given back.
    pub const RELEASE_BUFFERS: Self = Self(0x10);

    /// No mode: the default of OpenSSL 1.0.1.
    #[must_use]
    pub const fn empty() -> Self {
        Self(0)
    }

    /// The set with these bits; bits without a name are kept.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits, as `SSL_get_mode` returns them.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set with the others added, as `SSL_set_mode` returns it.
    #[must_use]
    pub const fn set(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The set without the others, as `SSL_clear_mode` returns it.
    #[must_use]
    pub const fn clear(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether all of the others are in the set.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl core::ops::BitOr for Modes {
    type Output = Self;

    fn bitor(self, others: Self) -> Self {
        self.set(others)
    }
}

impl Default for Modes {
    /// `AUTO_RETRY` alone, as OpenSSL since 1.1.1.
    fn default() -> Self {
        Self::AUTO_RETRY
    }
}
