//! Signatures with RSA are as good as another library says they are: good ones, ones that are changed in places, and ones that
//! fit their message by the choice of their key.
#![no_main]

#[path = "../rsa/mod.rs"]
mod rsa;

use libfuzzer_sys::fuzz_target;
use rsa::{Case, KINDS, made_to_fit};

/// Both libraries' verdict, which is one.
fn verdict(case: &Case) -> bool {
    let (ours, other) = (case.ours(), case.other());
    assert!(ours == other || case.is_beyond_a_limit(), "{ours} and {other}: {case:x?}");
    ours
}

fuzz_target!(|data: &[u8]| {
    let Some(([which, more], rest)) = data.split_first_chunk::<2>() else { return };
    let kind = KINDS[usize::from(*which) % KINDS.len()];
    if more & 0x80 != 0 {
        let Some(case) = made_to_fit(kind, more & 0x7f, rest) else { return };
        assert!(verdict(&case), "{case:x?}");
        return;
    }
    let mut case = Case::good(kind, *more);
    assert!(verdict(&case), "{case:x?}");
    for change in rest.chunks_exact(4) {
        case.change(change);
    }
    assert_eq!(verdict(&case), case == Case::good(kind, *more), "{case:x?}");
});
