//! Two ends of the OpenSSL-shaped face follow a script: what their calls say agrees with what becomes of the bytes.
#![no_main]

#[path = "../face/mod.rs"]
mod face;

use face::Duo;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[settings, first, second], mut script)) = data.split_first_chunk::<3>() else { return };
    let mut duo = Duo::new(settings, usize::from(first) * 80, usize::from(second) * 80);
    while duo.step(&mut script) {}
    duo.compare();
});
