//! One end of a connection, as a trace's commands call it.

use super::libssl::Role;
use super::trace::{Config, ModeCall, State, TestedRole};
use super::wire::SharedWire;

/// The calls of the manual pages on one connection. Results are those of the C functions.
pub trait Endpoint {
    /// `SSL_set_connect_state` or `SSL_set_accept_state`.
    fn set_role(&mut self, role: Role);

    /// `SSL_write`; the bytes' address counts.
    fn write(&mut self, bytes: &[u8]) -> i64;

    /// `SSL_write` with a negative length.
    fn write_negative(&mut self, length: i32) -> i64;

    /// `SSL_write_ex`.
    fn write_ex(&mut self, bytes: &[u8], written: &mut usize) -> i64;

    /// `SSL_read`.
    fn read(&mut self, room: &mut [u8]) -> i64;

    /// `SSL_read` with a negative length.
    fn read_negative(&mut self, length: i32) -> i64;

    /// `SSL_read_ex`.
    fn read_ex(&mut self, room: &mut [u8], count: &mut usize) -> i64;

    /// `SSL_peek`.
    fn peek(&mut self, room: &mut [u8]) -> i64;

    /// `SSL_peek` with a negative length.
    fn peek_negative(&mut self, length: i32) -> i64;

    /// `SSL_do_handshake`.
    fn handshake(&mut self) -> i64;

    /// `SSL_shutdown`.
    fn shutdown(&mut self) -> i64;

    /// `SSL_key_update`: 1 asks the peer for one in return, 0 does not.
    fn key_update(&mut self, kind: u32) -> i64;

    /// `SSL_new_session_ticket`.
    fn new_ticket(&mut self) -> i64;

    /// `SSL_renegotiate`.
    fn renegotiate(&mut self) -> i64;

    /// `SSL_set_mode`, `SSL_clear_mode`, `SSL_get_mode`: the mask afterwards.
    fn mode(&mut self, call: ModeCall) -> i64;

    /// `SSL_CTX_set_mode`, `SSL_CTX_clear_mode`, `SSL_CTX_get_mode`: the mask afterwards.
    fn context_mode(&mut self, call: ModeCall) -> i64;

    /// `SSL_set_max_send_fragment`.
    fn set_fragment(&mut self, length: usize) -> i64;

    /// Leaves a foreign error in the thread's queue for the next call, where there is one.
    fn leave_error(&mut self);

    /// `SSL_get_error` of the last call's result, by its name after `SSL_ERROR_`.
    fn error(&self, result: i64) -> &'static str;

    /// `SSL_want`, by its name after `SSL_`.
    fn want(&self) -> &'static str;

    /// The oldest error of the last call, in words.
    fn reason(&self) -> Option<String>;

    /// What else can be asked of a connection.
    fn state(&self) -> State;

    /// The lines of its key log so far.
    fn key_log(&self) -> Vec<String>;
}

/// Two ends and the wire between them, before the handshake.
#[derive(Debug)]
pub struct Ends<T, P> {
    /// The tested end, its role set where the trace begins with one.
    pub tested: T,
    /// Its peer, its role set.
    pub peer: P,
    /// What lies between them.
    pub wire: SharedWire,
}

/// The tested end's role.
#[must_use]
pub const fn tested_role(config: &Config) -> Role {
    match config.role {
        TestedRole::Client => Role::Client,
        TestedRole::Server => Role::Server,
    }
}
