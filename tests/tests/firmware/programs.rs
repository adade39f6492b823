//! Each program does its work, within its budget.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use tidegate_tests::firmware::build::have;
use tidegate_tests::firmware::device::Device;
use tidegate_tests::firmware::line::{Way, Ways};
use tidegate_tests::firmware::report::Report;
use tidegate_tests::firmware::{frames, identity};
use tidegate_tests::interop::certificates::Identity;
use tidegate_tests::interop::program::Program;

use crate::peers::{gnutls_client, gnutls_server, openssl_client, openssl_server, run_client, start_server};

/// Bytes that a parked connection may hold.
const PARKED: u64 = 600;
/// Bytes of stack of a verifying client.
const STACK: u64 = 14 << 10;
/// Bytes of stack and statics of a verifying client with an incoming buffer of 6 kB.
const RAM: u64 = 26 << 10;
/// Connections of the program `many`.
const MANY: u64 = 8;

const CLIENT: &[&str] =
    &["handshake-instructions", "send-kilobyte-instructions", "receive-kilobyte-instructions"];

fn assert_within_budget(report: &Report) {
    println!("{:?}", report.figures);
    report.assert_success(CLIENT);
    assert!(report.figure("stack-bytes") <= STACK, "{report:?}");
    assert!(report.figure("ram-bytes") <= RAM, "{report:?}");
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn client_with_openssl() {
    if have(&["openssl"]) {
        let (_server, address) = openssl_server(&identity::plain());
        assert_within_budget(&run_client("client", address, Ways::CLEAN).0);
    }
}

#[test]
#[ignore = "needs qemu-system-arm and gnutls-serv"]
fn client_with_gnutls() {
    if have(&["gnutls-serv"]) {
        let (_server, address) = gnutls_server(&identity::plain());
        assert_within_budget(&run_client("client", address, Ways::CLEAN).0);
    }
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn client_over_lines_that_are_slow_and_lose_nothing() {
    if !have(&["openssl"]) {
        return;
    }
    let (_server, address) = openssl_server(&identity::plain());
    for (chunk, delay) in [(1, 0), (7, 1), (500, 50)] {
        let way = Way::in_chunks(chunk, Duration::from_millis(delay));
        let (report, line) = run_client("client", address, Ways { to_device: way, to_peer: way });
        assert_within_budget(&report);
        assert!(line.to_device() > 4096 && line.to_peer() > 4096, "{line:?}");
    }
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn embassy_with_openssl() {
    if have(&["openssl"]) {
        let (_server, address) = openssl_server(&identity::plain());
        run_client("embassy", address, Ways::CLEAN).0.assert_success(&["echoed-bytes"]);
    }
}

#[test]
#[ignore = "needs qemu-system-arm and gnutls-serv"]
fn embassy_with_gnutls() {
    if have(&["gnutls-serv"]) {
        let (_server, address) = gnutls_server(&identity::plain());
        run_client("embassy", address, Ways::CLEAN).0.assert_success(&["echoed-bytes"]);
    }
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn server_with_openssl() {
    if have(&["openssl"]) {
        // Q alone on a line ends s_client.
        serve(openssl_client, |client| client.say(b"Q\n"));
    }
}

#[test]
#[ignore = "needs qemu-system-arm and gnutls-cli"]
fn server_with_gnutls() {
    if have(&["gnutls-cli"]) {
        serve(gnutls_client, Program::hang_up);
    }
}

/// The server sends back two lines, a short one and one that leaves in several of its buffers.
fn serve(start: fn(&Identity, SocketAddr) -> Program, close: fn(&mut Program)) {
    let identity = identity::plain();
    let (device, _line, mut client) = start_server(|address| start(&identity, address), Ways::CLEAN);
    let lines = ["hello, device\n".to_owned(), format!("begin{}end\n", "all work and no play ".repeat(90))];
    for line in &lines {
        client.say(line.as_bytes());
        client.wait_for(line);
    }
    close(&mut client);
    let report = device.finish();
    println!("{:?}", report.figures);
    report.assert_success(&["handshake-instructions", "echoed-bytes"]);
    assert_eq!(report.figure("echoed-bytes"), lines.concat().len() as u64);
    let (status, said) = client.finish();
    assert!(status.success(), "{status}\n{said}");
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn many_with_openssl() {
    if have(&["openssl"]) {
        many(openssl_server);
    }
}

#[test]
#[ignore = "needs qemu-system-arm and gnutls-serv"]
fn many_with_gnutls() {
    if have(&["gnutls-serv"]) {
        many(gnutls_server);
    }
}

/// All connections complete with a peer each, and park in little.
fn many(start: fn(&Identity) -> (Program, SocketAddr)) {
    let identity = identity::plain();
    let servers: Vec<_> = (0..MANY).map(|_| start(&identity)).collect();
    let addresses: Vec<_> = servers.iter().map(|(_, address)| *address).collect();
    let (device, uart) = Device::start("many", &[]);
    let host = thread::spawn(move || frames::serve(uart, &addresses));
    let report = device.finish();
    println!("{:?}", report.figures);
    report.assert_success(&["parked-connection-bytes", "connections"]);
    assert_eq!(report.figure("connections"), MANY);
    assert!(report.figure("parked-connection-bytes") <= PARKED, "{report:?}");
    // Two of each direction. When the last connection parks, one of the others may hear a ticket.
    assert!(report.figure("buffers-in-pool") >= 3, "{report:?}");
    assert_eq!(report.figure("buffers-in-pool-at-last"), 4);
    host.join().unwrap().unwrap();
}
