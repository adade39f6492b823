//! The firmware in an emulator, against other programs, over lines good and bad, and with peers that do wrong.
#![allow(missing_docs, reason = "tests")]

mod chains;
mod defects;
mod faults;
mod log;
mod peers;
mod programs;
mod strangers;
mod watchdog;
