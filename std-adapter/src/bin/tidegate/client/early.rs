//! Early data, from a file.

use std::io::{self, Write as _};

use tidegate::EarlyData;
use tidegate_std::ClientStream;

use crate::args::ClientArguments;
use crate::failure::Failure;
use crate::patient::Patient;
use crate::show::{GOOD, WARN};

/// What is to be sent, and how much of it went early.
pub(super) struct Early {
    data: Vec<u8>,
    early: usize,
}

impl Early {
    /// Reads the file; nothing where none was named.
    pub(super) fn read(arguments: &ClientArguments) -> Result<Self, Failure> {
        let Some(path) = &arguments.early_data else { return Ok(Self { data: Vec::new(), early: 0 }) };
        let failed = |error| Failure::usage(format!("--early-data {}: {error}", path.display()));
        Ok(Self { data: std::fs::read(path).map_err(failed)?, early: 0 })
    }

    /// Begins the handshake with as much of it as the session takes.
    pub(super) fn begin(&mut self, stream: &mut ClientStream<Patient>) -> io::Result<()> {
        while let rest @ [_, ..] = &self.data[self.early..] {
            match stream.write_early_data(rest)? {
                0 => break,
                count => self.early += count,
            }
        }
        Ok(())
    }

    /// Says what became of it, and sends what did not go early.
    pub(super) fn finish(&self, stream: &mut ClientStream<Patient>, quiet: bool) -> io::Result<()> {
        let (early, all) = (self.early, self.data.len());
        match stream.negotiated().early_data {
            _ if quiet || all == 0 => {}
            EarlyData::Accepted => anstream::eprintln!("{GOOD}early data{GOOD:#} {early} of {all} bytes"),
            EarlyData::None => anstream::eprintln!("{WARN}no early data:{WARN:#} no session that takes any"),
            EarlyData::Refused(why) => anstream::eprintln!(
                "{WARN}early data refused:{WARN:#} {why}; {early} bytes are not sent again"
            ),
        }
        stream.write_all(&self.data[early..])
    }
}
