//! A device that lacks what security needs.

use std::thread;

use tidegate_tests::firmware::build::have;
use tidegate_tests::firmware::identity;
use tidegate_tests::firmware::line::Ways;

use crate::peers::{openssl_server, run_client_with};

/// What the device lacks, and what its program says.
const DEFECTS: [(&str, &str); 2] = [
    ("no-clock", "there is no clock to check the peer's certificate with"),
    ("no-randomness", "the source of randomness failed"),
];

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn a_device_without_a_clock_or_randomness_says_so_and_ends() {
    if !have(&["openssl"]) {
        return;
    }
    thread::scope(|scope| {
        for program in ["client", "embassy"] {
            for (word, failure) in DEFECTS {
                scope.spawn(move || {
                    let (_server, address) = openssl_server(&identity::plain());
                    let (report, _line) = run_client_with(program, &[word], address, Ways::CLEAN);
                    assert_eq!(report.failure(), Ok(failure), "{program}");
                });
            }
        }
    });
}
