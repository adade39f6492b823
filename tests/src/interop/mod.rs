//! Interoperability with programs that we did not write.
//!
//! [`program`] runs them, [`certificates`] makes what both ends show and trust. [`end`] is ours over a socket, as
//! [`setup`] says; [`listener`] is where our server is met. [`matrix`] says what is combined with what; [`openssl`] and
//! [`gnutls`] know how those two are called, [`scripted`] what is written for interpreters. [`sessions`] are taken up again.

pub mod certificates;
pub mod end;
pub mod gnutls;
mod kind;
pub mod listener;
pub mod matrix;
pub mod openssl;
pub mod program;
pub mod scripted;
pub mod sessions;
pub mod setup;
