//! Connections whose secrets are marked: a decision or an index that depends on one is an error of valgrind's memcheck.
//!
//! Marked are shared secrets, all that is derived from them, the keys of tickets, external keys, and application data. What the
//! libraries for cryptography do with them is their own affair. And of what is dropped or handed back no secret is left. `tests/run secrets` runs it.

#[path = "../../counts/src/accepting.rs"]
mod accepting;
mod ends;
mod marking;
mod memcheck;
mod remains;
mod works;

use std::process::ExitCode;

use works::{LOUD, QUIET};

fn main() -> ExitCode {
    assert!(memcheck::is_watched(), "this is for valgrind's memcheck");
    let mut wrong = 0;
    for (works, is_loud) in [(&QUIET[..], false), (&LOUD[..], true)] {
        for (name, work) in works {
            let before = memcheck::errors();
            work();
            let count = memcheck::errors() - before;
            let is_right = (count > 0) == is_loud;
            wrong += usize::from(!is_right);
            println!("{}{count:3} errors: {name}", if is_right { "" } else { "WRONG  " });
        }
    }
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
