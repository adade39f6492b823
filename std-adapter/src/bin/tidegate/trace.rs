//! What the engine says of each message and each state, on stderr.

use std::thread;

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::show::{DIM, WARN};

/// Prints what the engine logs. In a server every connection has a thread with its peer's name.
struct Printer;

impl Log for Printer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("tidegate")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let style = if record.level() <= Level::Warn { WARN } else { DIM };
        let thread = thread::current();
        match thread.name().filter(|name| *name != "main") {
            Some(peer) => anstream::eprintln!("{style}{peer} {}{style:#}", record.args()),
            None => anstream::eprintln!("{style}{}{style:#}", record.args()),
        }
    }

    fn flush(&self) {}
}

/// From now on.
pub(crate) fn start() {
    // There is one logger, and nobody else sets it.
    if log::set_logger(&Printer).is_ok() {
        log::set_max_level(LevelFilter::Debug);
    }
}
