//! The bytes of RFC 8448.

mod client_authentication;
mod compatibility;
mod resumed;
mod retry;
mod simple;

pub(super) use client_authentication::CLIENT_AUTHENTICATION;
pub(super) use compatibility::COMPATIBILITY;
pub(super) use resumed::RESUMED;
pub(super) use retry::RETRY;
pub(super) use simple::SIMPLE;

use super::{Proof, Trace};
