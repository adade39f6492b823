//! What the firmware programs share: the board, the certificates, the report.
//!
//! The programs are in `src/bin/`, each written to be copied.
#![no_std]

pub mod board;
pub mod credentials;
#[cfg(target_arch = "arm")]
pub mod report;

/// The name that the certificates are for.
pub const NAME: &str = "device.test";
