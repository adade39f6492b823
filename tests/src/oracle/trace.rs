//! Traces: what was asked of an OpenSSL connection, step by step, and what it answered.
//!
//! A file holds one JSON object a line. A line with `t` opens a trace (its `cmd` is the configuration); the `n` lines
//! after it are its operations, each with its command and its results.

use std::fmt;

/// One trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its number: the seed it was made from.
    pub number: u64,
    /// The name of a scenario; empty in a random trace.
    pub name: String,
    /// How the two ends are set up.
    pub config: Config,
    /// What the trace is about: `keyupdate`, `shutdown`, `misuse`..
    pub features: Vec<String>,
    /// What was done, and what came of it.
    pub operations: Vec<Operation>,
}

/// One command and its recorded results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What was done.
    pub command: Command,
    /// What came of it.
    pub results: Results,
}

/// Which end is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestedRole {
    /// The client.
    Client,
    /// The server.
    Server,
}

/// In what state the tested connection begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Connected.
    Done,
    /// With a role, the handshake not begun: reads and writes drive it.
    Implicit,
    /// Without a role.
    NoRole,
}

/// How the two ends are set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The tested end.
    pub role: TestedRole,
    /// The version: 12 or 13.
    pub version: u32,
    /// The mode bits of the context.
    pub modes: u32,
    /// `SSL_set_max_send_fragment` of the tested end.
    pub fragment: usize,
    /// `SSL_set_split_send_fragment`; 0 leaves it as it is.
    pub split: usize,
    /// `SSL_set_read_ahead`.
    pub read_ahead: bool,
    /// The state in which the tested connection begins.
    pub start: Start,
    /// Tickets that a server sends after the handshake.
    pub tickets: usize,
    /// Whether the server allows a client to renegotiate.
    pub renegotiation: bool,
    /// `SSL_OP_IGNORE_UNEXPECTED_EOF`.
    pub ignore_unexpected_end: bool,
}

/// The bytes that a write offers, by the offset in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// As they should be.
    Right,
    /// Each with some bits flipped.
    Altered,
}

/// The bytes of a write: `length` bytes of buffer `buffer` (two fixed addresses) from `offset` on, the offset in the
/// stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which buffer.
    pub buffer: usize,
    /// From where in it.
    pub offset: usize,
    /// How many bytes.
    pub length: usize,
    /// What they are.
    pub fill: Fill,
}

/// How much the transport takes or gives: whole records, then perhaps half of one more. A half-sent record's rest uses
/// one of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Complete records; `None` is no limit.
    pub records: Option<usize>,
    /// Whether half of one more passes: half its bytes, rounded down, at least its header of five bytes.
    pub half: bool,
}

/// Which mode call, of the connection or of its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModeCall {
    /// `SSL_set_mode`, `SSL_CTX_set_mode`.
    Set(u32),
    /// `SSL_clear_mode`, `SSL_CTX_clear_mode`.
    Clear(u32),
    /// `SSL_get_mode`, `SSL_CTX_get_mode`.
    Get,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `SSL_write`.
    Write(Span),
    /// `SSL_write` with a negative length.
    WriteNegative(i32),
    /// `SSL_write_ex`.
    WriteEx(Span),
    /// `SSL_read` of so many bytes.
    Read(usize),
    /// `SSL_read` of a negative number of bytes.
    ReadNegative(i32),
    /// `SSL_read_ex`.
    ReadEx(usize),
    /// `SSL_peek`.
    Peek(usize),
    /// `SSL_peek` of a negative number of bytes.
    PeekNegative(i32),
    /// `SSL_pending`.
    Pending,
    /// `SSL_do_handshake`.
    Handshake,
    /// `SSL_shutdown`.
    Shutdown,
    /// `SSL_key_update`: whether the peer is asked for one.
    KeyUpdate(u32),
    /// `SSL_new_session_ticket`.
    NewTicket,
    /// `SSL_renegotiate`.
    Renegotiate,
    /// A mode call on the connection.
    Mode(ModeCall),
    /// A mode call on its context.
    ContextMode(ModeCall),
    /// `SSL_set_max_send_fragment`.
    SetFragment(usize),
    /// `SSL_set_connect_state` or `SSL_set_accept_state`, as the configuration's role says.
    SetState,
    /// A foreign error is left in the queue of the thread, for the next call.
    StaleError,
    /// Sets what the transport takes from the tested end from now on.
    SendBudget(Budget),
    /// Sets what the transport gives to the tested end from now on.
    ReceiveBudget(Budget),
    /// The transport ends behind what it holds for the tested end.
    EndOfTransport,
    /// Sending fails from now on.
    SendError,
    /// The peer reads all that there is, and drives its handshake.
    Drain,
    /// The peer writes so many bytes.
    PeerWrite(usize),
    /// The peer updates its keys; whether it asks for ours to be updated.
    PeerKeyUpdate(u32),
    /// The peer, a server, sends a ticket.
    PeerTicket,
    /// The peer starts a renegotiation.
    PeerRenegotiate,
    /// The peer calls `SSL_do_handshake`.
    PeerHandshake,
    /// The peer calls `SSL_shutdown`.
    PeerShutdown,
    /// The peer fails with the alert bad_record_mac.
    PeerFatal,
}

/// What came of an operation; what was not recorded is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// What the call returned.
    pub ret: Option<i64>,
    /// Bytes that `SSL_write_ex` or `SSL_read_ex` reported.
    pub count: Option<usize>,
    /// A mask, or the result of `SSL_pending`.
    pub value: Option<i64>,
    /// `SSL_get_error`: NONE, SSL, WANT_READ, WANT_WRITE, SYSCALL, ZERO_RETURN.
    pub error: Option<String>,
    /// `SSL_want`: NOTHING, READING, WRITING.
    pub want: Option<String>,
    /// Bytes that the tested end has reported written so far.
    pub accepted: Option<usize>,
    /// The oldest error of the thread, in OpenSSL's words.
    pub reason: Option<String>,
    /// Records that the tested end completed on the wire during the operation.
    pub wire: Vec<WireRecord>,
    /// Whether a half-sent record stands.
    pub part: bool,
    /// Bytes that the tested end has read so far.
    pub read: Option<usize>,
    /// Whether they were others than the peer wrote.
    pub read_wrong: bool,
    /// The tested end's state afterwards.
    pub state: Option<State>,
    /// What the peer's call returned.
    pub peer_ret: Option<i64>,
    /// The peer's `SSL_get_error`.
    pub peer_error: Option<String>,
    /// Bytes delivered to the peer's application so far.
    pub delivered: Option<usize>,
    /// Whether they begin the stream as it should be.
    pub delivered_right: Option<bool>,
    /// FNV-1a of all of them.
    pub delivered_hash: Option<u64>,
    /// The alerts that the peer has received: level and description.
    pub peer_alerts: Vec<(u8, u8)>,
}

/// The tested end's state after an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// `SSL_get_shutdown`: 1 is sent, 2 received.
    pub shutdown: i64,
    /// `SSL_in_init`.
    pub in_init: bool,
    /// Whether the connection has failed for good.
    pub fatal: bool,
    /// `SSL_pending`.
    pub pending: i64,
    /// `SSL_has_pending`.
    pub has_pending: bool,
    /// `SSL_get_mode`.
    pub mode: i64,
}

/// A record on the wire, as a trace names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireRecord {
    /// Application data: its plaintext's length.
    Data(usize),
    /// Handshake messages, those after the handshake too.
    Handshake,
    /// An alert.
    Alert,
    /// A change_cipher_spec.
    ChangeCipherSpec,
}

/// Why a file is no file of traces.
#[derive(Debug)]
pub struct TraceError {
    pub(super) line: usize,
    pub(super) what: String,
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for TraceError {}
