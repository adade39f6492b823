//! Certificates of any bytes are read as others read them, and none is trusted that was changed; no list that is looked at lets
//! more in.
#![no_main]

#[path = "../pki/mod.rs"]
mod pki;

use libfuzzer_sys::fuzz_target;
use pki::{Pieces, check_parts, check_trust};

fuzz_target!(|data: &[u8]| {
    let Some((time, script)) = data.split_first_chunk::<4>() else { return };
    let pieces = Pieces::new(script);
    for certificate in pieces.chain.iter().chain(&pieces.roots) {
        check_parts(certificate);
    }
    check_trust(&pieces, u32::from_be_bytes(*time));
});
