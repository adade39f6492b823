//! The emulated board.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::build;
use super::report::Report;
use crate::interop::listener::Listener;
use crate::interop::program::Program;

/// The last resort, of the host's time. A program gives up by itself where its line is silent for five seconds of its own time,
/// and the board's watchdog ends one that hangs: what takes longer than this has a watchdog that fails, or an emulator that does.
const LAST_RESORT: Duration = Duration::from_secs(60);

/// A board that runs a program of the firmware. It is switched off when this is dropped.
#[derive(Debug)]
pub struct Device {
    name: String,
    emulator: Program,
}

impl Device {
    /// Starts a program, with words that it finds on its command line; and its UART, as a socket.
    ///
    /// # Panics
    /// If it can't be built or started.
    #[must_use]
    pub fn start(name: &str, words: &[&str]) -> (Self, TcpStream) {
        Self::start_file(name, &build::program(name), words)
    }

    /// As [`Device::start`], with the file of the program.
    ///
    /// # Panics
    /// If it can't be started.
    #[must_use]
    pub fn start_file(name: &str, program: &Path, words: &[&str]) -> (Self, TcpStream) {
        Self::start_with_log(name, program, words, Path::new("/dev/null"))
    }

    /// As [`Device::start_file`], with a file for what the second UART says.
    ///
    /// # Panics
    /// If it can't be started.
    #[must_use]
    pub fn start_with_log(name: &str, program: &Path, words: &[&str], log: &Path) -> (Self, TcpStream) {
        let listener = Listener::new();
        let mut command = Command::new(build::EMULATOR);
        command.args(["-M", "mps2-an386", "-display", "none", "-monitor", "none"]);
        command.args(["-serial", &format!("tcp:{},nodelay=on", listener.address)]);
        command.args(["-serial", &format!("file:{}", log.display())]);
        // Its clock counts instructions.
        command.args(["-icount", "shift=0", "-semihosting-config", &semihosting(name, words)]);
        command.arg("-kernel").arg(program);
        let emulator = Program::start_with(&mut command, Stdio::null());
        let Some(uart) = listener.try_accept() else {
            panic!("{name}: the emulator says {}", emulator.said())
        };
        uart.set_nodelay(true).unwrap();
        (Self { name: name.to_owned(), emulator }, uart)
    }

    /// Waits until the program has ended.
    ///
    /// # Panics
    /// If it hangs and the board's watchdog does not end it.
    #[must_use]
    pub fn finish(self) -> Report {
        let Self { name, emulator } = self;
        match emulator.try_end(LAST_RESORT) {
            Ok(ending) => {
                let said = String::from_utf8_lossy(&ending.output) + ending.errors.as_str();
                Report::new(ending.status.code(), &said)
            }
            Err(emulator) => panic!("{name} hung, and no watchdog saw it; it said:\n{}", emulator.said()),
        }
    }
}

/// A console, and the command line.
fn semihosting(name: &str, words: &[&str]) -> String {
    let words: String = words.iter().map(|word| format!(",arg={word}")).collect();
    format!("enable=on,target=native,arg={name}{words}")
}
