//! A client and a server over cryptography that is none, so that whatever the input puts between them is authentic.
//!
//! The input is a script: what either end does, what moves, and what somebody who knows the keys changes, drops, repeats or adds.
//! Nothing panics and nothing goes on for ever; an end that has failed stays so, and has said so once; and as long as nobody comes
//! between them, neither says that the other misbehaves.
#![no_main]

#[path = "../../tests/counts/src/accepting.rs"]
mod accepting;
#[path = "../ends/mod.rs"]
mod ends;
#[path = "../../tests/counts/src/null.rs"]
mod null;
#[path = "../../tests/counts/src/shop.rs"]
mod shop;

use ends::Ends;
use libfuzzer_sys::fuzz_target;

/// Looks at each line, and keeps none.
struct Reader;

impl log::Log for Reader {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        assert!(!record.args().to_string().is_empty());
    }

    fn flush(&self) {}
}

fuzz_target!(|data: &[u8]| {
    let Some((settings, mut script)) = data.split_first_chunk::<4>() else { return };
    let _ = log::set_logger(&Reader);
    let mut ends = Ends::new(u32::from_be_bytes(*settings));
    log::set_max_level(if ends.is_logged() { log::LevelFilter::Trace } else { log::LevelFilter::Off });
    while ends.step(&mut script) {
        ends.check();
    }
});
