//! Longer chains and an incoming buffer of 6 kB, which holds handshake messages of 4 kB.

use std::net::SocketAddr;

use tidegate_tests::firmware::build::have;
use tidegate_tests::firmware::identity;
use tidegate_tests::firmware::line::Ways;
use tidegate_tests::interop::certificates::Identity;
use tidegate_tests::interop::program::Program;

use crate::peers::{gnutls_server, openssl_server, run_client};

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn client_with_openssl_and_three_certificates() {
    if have(&["openssl"]) {
        three_certificates(openssl_server);
    }
}

#[test]
#[ignore = "needs qemu-system-arm and gnutls-serv"]
fn client_with_gnutls_and_three_certificates() {
    if have(&["gnutls-serv"]) {
        three_certificates(gnutls_server);
    }
}

fn three_certificates(start: fn(&Identity) -> (Program, SocketAddr)) {
    let identity = identity::deep();
    assert_eq!(identity.pki.chain.len(), 3);
    let (_server, address) = start(&identity);
    for program in ["client", "embassy"] {
        let report = run_client(program, address, Ways::CLEAN).0;
        println!("{program}: {:?}", report.figures);
        report.assert_success(&[]);
    }
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn a_message_of_4_kb_fits_and_a_longer_one_is_named_with_its_size() {
    if !have(&["openssl"]) {
        return;
    }
    let run = |more| {
        let (_server, address) = openssl_server(&identity::padded(more));
        run_client("client", address, Ways::CLEAN).0
    };
    // Another certificate of 400 bytes each: the message of five more has 3.5 kB, that of seven more does not fit.
    run(5).assert_success(&[]);
    let failure = "a handshake message of 4713 bytes is longer than this end accepts";
    assert_eq!(run(7).failure(), Ok(failure));
}
