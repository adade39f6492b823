//! The firmware of `embedded-example`, in an emulator, and what stands at the other end of its line.
//!
//! [`build`] makes the programs, [`device`] runs one, [`report`] is what it said. [`mod@line`] lies between its UART and a peer
//! and does to the bytes what [`damage`] says; [`frames`] is the other end of the program `many`. [`identity`] is what
//! the programs trust and show.

pub mod build;
pub mod damage;
pub mod device;
pub mod frames;
pub mod identity;
pub mod line;
pub mod report;
