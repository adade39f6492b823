//! The machines of the modes, told anything in any order: each answers, and what it answers agrees with what it was told.
#![no_main]

#[path = "../modes/mod.rs"]
mod modes;

use libfuzzer_sys::fuzz_target;
use modes::{Script, reads, releases, shutdowns, writes};

fuzz_target!(|data: &[u8]| {
    let Some((&which, script)) = data.split_first() else { return };
    let mut script = Script(script);
    let model = match which % 4 {
        0 => writes::run,
        1 => reads::run,
        2 => shutdowns::run,
        _ => releases::run,
    };
    model(&mut script);
});
