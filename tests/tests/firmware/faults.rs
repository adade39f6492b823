//! Lines that lose, repeat or alter bytes: the program ends with one error, whatever the fault and its place.

use std::net::TcpStream;
use std::thread;

use tidegate_tests::firmware::build::have;
use tidegate_tests::firmware::damage::Fault;
use tidegate_tests::firmware::device::Device;
use tidegate_tests::firmware::line::{Line, Way, Ways};
use tidegate_tests::firmware::report::Report;
use tidegate_tests::firmware::{frames, identity};
use tidegate_tests::interop::listener::Listener;

use crate::peers::{openssl_client, openssl_server, run_client, start_server};

/// Runs at a time, which wait most of the time.
const AT_ONCE: usize = 10;
/// Bytes that the FIFO of an overrun holds, as that of a 16550.
const DEPTH: usize = 16;

/// What the device may say: what it notices itself, and what the peer noticed.
const SILENT: &str = "the transport: the line is silent";
const NAMED: &[&str] = &[
    SILENT,
    "the peer does not speak TLS",
    "the peer sent a record that is too long",
    "the peer sent a message that is not allowed at this point",
    "the peer sent a message that can't be parsed",
    "a record from the peer does not authenticate",
    "the incoming buffer is too small: ",
    "the peer ended the connection with the alert ",
];
/// What the program `many` may say of its frames, too.
const FRAME: &str = "a frame that means nothing";

/// Every fault at these places, first of what the device hears, then of what the peer hears.
fn ways(to_device: &[usize], to_peer: &[usize]) -> Vec<Ways> {
    let kinds: [fn(usize) -> Fault; 5] = [
        |at| Fault::Drop { at },
        |at| Fault::Duplicate { at },
        |at| Fault::Flip { at, bit: 4 },
        |at| Fault::Overrun { at, depth: DEPTH },
        |at| Fault::Cut { at },
    ];
    let mut all = Vec::new();
    for kind in kinds {
        all.extend(to_device.iter().map(|at| Ways::to_device(Way::with(kind(*at)))));
        all.extend(to_peer.iter().map(|at| Ways::to_peer(Way::with(kind(*at)))));
    }
    all
}

/// Tries each of these lines, some at a time.
fn each(all: &[Ways], run: impl Fn(Ways) -> (Report, Line) + Sync) {
    let run = &run;
    for group in all.chunks(AT_ONCE) {
        thread::scope(|scope| {
            for ways in group {
                scope.spawn(move || check(*ways, run(*ways)));
            }
        });
    }
}

/// The fault struck, and the program said so in one line, which is one of those that we know.
fn check(ways: Ways, (report, line): (Report, Line)) {
    let fault = ways.to_device.fault.or(ways.to_peer.fault);
    println!("{fault:?}: {:?}", report.failures);
    assert!(line.has_struck(), "{ways:?}: {line:?}");
    let failure = report.failure().unwrap_or_else(|report| panic!("{ways:?}: {report}"));
    if matches!(fault, Some(Fault::Cut { .. })) {
        assert_eq!(failure, SILENT, "{ways:?}");
    }
    assert!(NAMED.iter().chain(&[FRAME]).any(|named| failure.starts_with(named)), "{ways:?}: {failure}");
}

// A handshake has 200 bytes of the client, then 1000 of the server, then 80 of the client. Five kilobytes of data follow in
// each direction.

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn client() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = identity::plain();
    each(&ways(&[3, 100, 400, 2500], &[4, 100, 260, 2000]), |ways| {
        let (_server, address) = openssl_server(&identity);
        run_client("client", address, ways)
    });
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn embassy() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = identity::plain();
    each(&ways(&[400, 2500], &[2000]), |ways| {
        let (_server, address) = openssl_server(&identity);
        run_client("embassy", address, ways)
    });
}

// Here the client's part is 300 bytes and 80, the server's 800; a kilobyte of data follows in each direction.

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn server() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = identity::plain();
    each(&ways(&[3, 100, 350, 1000], &[3, 100, 500, 1000]), |ways| {
        let (device, line, mut client) = start_server(|address| openssl_client(&identity, address), ways);
        client.say(&[&[b'.'; 1000][..], b"\n"].concat());
        (device.finish(), line)
    });
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn many() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = identity::plain();
    each(&ways(&[300, 9000], &[5000]), |ways| {
        let servers: Vec<_> = (0..8).map(|_| openssl_server(&identity)).collect();
        let addresses: Vec<_> = servers.iter().map(|(_, address)| *address).collect();
        let (device, uart) = Device::start("many", &[]);
        let listener = Listener::new();
        let line = Line::lay(uart, TcpStream::connect(listener.address).unwrap(), ways);
        let host = listener.accept();
        // It ends, well or not, with the device.
        thread::spawn(move || frames::serve(host, &addresses));
        (device.finish(), line)
    });
}
