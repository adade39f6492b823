//! Alone in its process: libssl's heap can be counted only from its first use on.
#![allow(missing_docs, reason = "tests")]

use tidegate_tests::oracle::libssl::Library;
use tidegate_tests::oracle::reference::Reference;

const CONFIG: &str =
    "cfg role=server ver=13 modes=4 frag=16384 split=0 ra=0 start=done tickets=0 reneg=0 ieof=0";

#[test]
#[ignore = "needs libssl"]
fn what_a_connection_holds_is_counted_and_given_back() {
    if Library::have().is_none() {
        return;
    }
    let (library, allocations) = Library::count_allocations().unwrap();
    let reference = Reference::new(library);
    let config = CONFIG.parse().unwrap();
    let shake_hands = || {
        let mut ends = reference.ends(&config);
        for _ in 0..3 {
            use tidegate_tests::oracle::endpoint::Endpoint;
            ends.peer.handshake();
            ends.tested.handshake();
        }
        ends
    };
    // What the first connection leaves behind belongs to the library.
    drop(shake_hands());
    let before = allocations.in_use();
    let ends = shake_hands();
    let held = allocations.in_use() - before;
    println!("two connected ends hold {held} bytes");
    assert!(held > 2 * 33_000, "two buffers of 16 kB each: {held}");
    drop(ends);
    assert!(allocations.in_use() < before + 1_000, "{} {before}", allocations.in_use());
}
