//! `tidegate server` with two thousand clients at once that mean no good, and some that do.
//!
//! What the server holds is read where Linux says it.
#![allow(missing_docs, reason = "tests")]
#![cfg(target_os = "linux")]

mod nuisance;
mod server;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use nuisance::Nuisance;
use server::Server;
use tidegate_std::{Connector, Roots};

/// Clients of each kind that is no good.
const EACH: usize = 2000 / Nuisance::ALL.len() + 1;
/// Clients that are served meanwhile.
const WELL_BEHAVED: usize = 100;
/// Kilobytes that the server may take at most for one that is no good: a thread, its buffers, a handshake.
const KILOBYTES_EACH: u64 = 120;
/// For all of it.
const PATIENCE: Duration = Duration::from_secs(100);

/// Sends a line there and back, and says goodbye.
fn behave_well(connector: &Connector, address: SocketAddr) {
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut stream = connector.connect("localhost", socket).unwrap();
    stream.write_all(b"a line\n").unwrap();
    let mut back = [0; 7];
    stream.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"a line\n");
    stream.close().unwrap();
    assert_eq!(stream.read(&mut back).unwrap(), 0);
}

/// Waits for something to be true.
fn wait_until(what: &str, is_true: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_true() {
        assert!(begin.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn two_thousand_nuisances_do_not_keep_it_from_serving() {
    rlimit::increase_nofile_limit(5000).unwrap();
    let server = Server::new(&["--connections", "3000", "--handshake-timeout", "20", "--idle-timeout", "20"]);
    let connector = Connector::new(Roots::from_pem_file(server.root()).unwrap());
    behave_well(&connector, server.address);
    let before = server.holds();

    let mut nuisances: Vec<_> =
        Nuisance::ALL.iter().map(|kind| kind.begin(EACH, server.address, &server.root())).collect();
    let count = EACH * Nuisance::ALL.len();
    let during = server.holds();
    thread::scope(|scope| {
        let others = scope.spawn(|| nuisances.iter_mut().for_each(nuisance::Horde::go_on));
        for _ in 0..WELL_BEHAVED {
            behave_well(&connector, server.address);
        }
        others.join().unwrap();
    });
    let most = server.most_kilobytes();
    println!("{count} clients at once: {} files, {most} kB at most, before them {before:?}", during.files);
    assert!(during.files > before.files + count / 2, "most of them were there at once");
    assert!(most - before.kilobytes < count as u64 * KILOBYTES_EACH, "{most} kB for {count}");

    // Those that stay are sent away when their time is over.
    wait_until("it lets go of all files", || server.holds().files <= before.files);
    drop(nuisances);
    behave_well(&connector, server.address);
    server.stop("INT");
}

#[test]
fn it_stops_when_told_to_whoever_is_there() {
    let server = Server::new(&["--connections", "200"]);
    let hordes: Vec<_> =
        Nuisance::ALL.iter().map(|kind| kind.begin(10, server.address, &server.root())).collect();
    server.stop("TERM");
    drop(hordes);
}

/// Writes this a byte each tenth of a second, from the beginning again when it is over; after how long that fails.
fn dawdle(wire: &mut impl Write, bytes: &[u8]) -> Duration {
    let begin = Instant::now();
    for byte in bytes.iter().cycle() {
        if wire.write_all(&[*byte]).is_err() || begin.elapsed() > PATIENCE {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    begin.elapsed()
}

/// A limit for each wait alone would never be reached.
#[test]
fn who_says_a_byte_now_and_then_has_no_more_time_than_others() {
    let server = Server::new(&["--www", "--handshake-timeout", "2"]);
    let connector = Connector::new(Roots::from_pem_file(server.root()).unwrap());
    let connect = || TcpStream::connect(server.address).unwrap();
    thread::scope(|scope| {
        let hello = scope.spawn(|| dawdle(&mut connect(), &nuisance::hello(&connector)));
        let request = scope.spawn(|| {
            let mut stream = connector.connect("localhost", connect()).unwrap();
            dawdle(&mut stream, b"GET / HTTP/1.1\r\nname: a value that does not end")
        });
        for slow in [hello, request] {
            let lasted = slow.join().unwrap();
            assert!((Duration::from_secs(1)..Duration::from_secs(20)).contains(&lasted), "{lasted:?}");
        }
    });
    server.stop("INT");
}

#[test]
fn those_who_wait_at_a_full_house_are_served_when_others_have_had_their_time() {
    let server = Server::new(&["--connections", "8", "--handshake-timeout", "2"]);
    let connector = Connector::new(Roots::from_pem_file(server.root()).unwrap());
    let silent = Nuisance::Silent.begin(30, server.address, &server.root());
    behave_well(&connector, server.address);
    assert!(server.holds().files < 30, "no more than are let in");
    // Some are still inside.
    server.stop("INT");
    drop(silent);
}
