//! In which state an end is, by what the feature `log` says.

use std::cell::RefCell;

use log::{LevelFilter, Log, Metadata, Record};

use crate::middle::End;

thread_local! {
    static STATES: RefCell<[String; 2]> = RefCell::default();
    static LINES: RefCell<Vec<String>> = RefCell::default();
}

struct Watcher;

impl Log for Watcher {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    /// A line of a transition ends with the name of the state.
    fn log(&self, record: &Record<'_>) {
        let line = record.args().to_string();
        LINES.with_borrow_mut(|lines| lines.push(line.clone()));
        let [client, server] = ["client: ", "server: "].map(|end| line.strip_prefix(end));
        let (end, said) = match (client, server) {
            (Some(said), _) => (End::Client, said),
            (_, Some(said)) => (End::Server, said),
            (None, None) => return,
        };
        let name = said.rsplit(' ').next().unwrap_or_default();
        let is_state =
            ["Start", "Send", "Wait", "Ask", "Connected"].iter().any(|word| name.starts_with(word));
        if is_state {
            STATES.with_borrow_mut(|states| name.clone_into(&mut states[end as usize]));
        }
    }

    fn flush(&self) {}
}

/// Forgets the states of both ends of this thread, and watches them from now on.
pub fn watch_states() {
    // Once in a process.
    let _ = log::set_logger(&Watcher);
    log::set_max_level(LevelFilter::Trace);
    LINES.take();
    STATES.with_borrow_mut(|states| *states = ["Start", "WaitClientHello"].map(str::to_owned));
}

/// All lines since then, on this thread.
#[must_use]
pub fn lines() -> Vec<String> {
    LINES.with_borrow(Vec::clone)
}

/// The last state that this end was in, on this thread.
pub(super) fn state(end: End) -> String {
    STATES.with_borrow(|states| states[end as usize].clone())
}
