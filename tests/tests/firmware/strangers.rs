//! Peers that speak no TLS, nothing, or more than the device has room for.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustls::crypto::ring;
use rustls::{ServerConnection, StreamOwned};
use rustls_pki_types::PrivateKeyDer;
use tidegate::wire::enums::AlertDescription;
use tidegate_tests::firmware::build::have;
use tidegate_tests::firmware::identity;
use tidegate_tests::firmware::line::Ways;
use tidegate_tests::interop::listener::Listener;

use crate::peers::{openssl_client, run_client, start_server};

const HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
const NOT_TLS: &str = "the peer does not speak TLS";
/// The header of a handshake record of 2^14 bytes, the most that TLS allows, and of one byte more than encryption may add.
const LONG: &[u8] = &[22, 3, 3, 0x40, 0];
const TOO_LONG: &[u8] = &[22, 3, 3, 0x41, 1];
const CHANGE_CIPHER_SPEC: &[u8] = &[20, 3, 3, 0, 1, 1];

/// What a peer says, what the device says about it, and the alert that it sends.
struct Case {
    says: Vec<u8>,
    failure: &'static str,
    alert: Option<AlertDescription>,
}

fn cases() -> Vec<Case> {
    let case = |says: &[u8], failure, alert| Case { says: says.to_vec(), failure, alert };
    let noise: Vec<u8> =
        (1..=2000_u32).map(|number| (number.wrapping_mul(0x9e37_79b9) >> 24) as u8).collect();
    let (unexpected, overflow) =
        (Some(AlertDescription::UNEXPECTED_MESSAGE), Some(AlertDescription::RECORD_OVERFLOW));
    vec![
        case(&[], "the transport: the line is silent", None),
        case(HTTP, NOT_TLS, unexpected),
        case(&noise, NOT_TLS, unexpected),
        case(&[0; 100_000], NOT_TLS, unexpected),
        case(LONG, "the incoming buffer is too small: 16389 bytes would do", overflow),
        case(TOO_LONG, "the peer sent a record that is too long", overflow),
    ]
}

/// A peer that says something and keeps what it hears.
fn stranger(says: Vec<u8>) -> (SocketAddr, JoinHandle<Vec<u8>>) {
    let listener = Listener::new();
    (listener.address, thread::spawn(move || say(listener.accept(), &says)))
}

fn say(mut stream: TcpStream, says: &[u8]) -> Vec<u8> {
    let mut heard = Vec::new();
    // The device may have gone before all was said, or before all was read.
    let _ = stream.write_all(says);
    let _ = stream.read_to_end(&mut heard);
    heard
}

fn meet(program: &str, case: Case) {
    let (address, peer) = stranger(case.says);
    let (report, _line) = run_client(program, address, Ways::CLEAN);
    assert_eq!(report.failure(), Ok(case.failure), "{program}");
    let heard = peer.join().unwrap();
    if let Some(alert) = case.alert {
        assert!(heard.ends_with(&[21, 3, 3, 0, 2, 2, alert.0]), "{program}: {heard:?}");
    }
}

/// Each case with a device of its own, all at once.
fn meet_all(program: &str, more: Case) {
    thread::scope(|scope| {
        for case in cases().into_iter().chain([more]) {
            scope.spawn(move || meet(program, case));
        }
    });
}

#[test]
#[ignore = "needs qemu-system-arm"]
fn client_among_strangers() {
    if have(&[]) {
        let failure = "the peer sent too many change_cipher_spec records";
        let alert = Some(AlertDescription::UNEXPECTED_MESSAGE);
        meet_all("client", Case { says: CHANGE_CIPHER_SPEC.repeat(20_000), failure, alert });
    }
}

#[test]
#[ignore = "needs qemu-system-arm"]
fn server_among_strangers() {
    if have(&[]) {
        // None may come before the ClientHello.
        let failure = "the peer sent a message that is not allowed at this point";
        let alert = Some(AlertDescription::UNEXPECTED_MESSAGE);
        meet_all("server", Case { says: CHANGE_CIPHER_SPEC.to_vec(), failure, alert });
    }
}

#[test]
#[ignore = "needs qemu-system-arm"]
fn a_record_that_does_not_fit_is_named_with_its_size() {
    if !have(&[]) {
        return;
    }
    let listener = Listener::new();
    let address = listener.address;
    // rustls knows neither max_fragment_length nor record_size_limit.
    let peer = thread::spawn(move || send_long_record(listener.accept()));
    let (report, _line) = run_client("client", address, Ways::CLEAN);
    assert_eq!(report.failure(), Ok("the incoming buffer is too small: 16406 bytes would do"));
    let told = peer.join().unwrap().unwrap_err().to_string();
    assert!(told.contains("RecordOverflow"), "{told}");
}

/// Answers a line with a record of 16 kB.
fn send_long_record(stream: TcpStream) -> io::Result<usize> {
    let pki = identity::plain().pki;
    let key = PrivateKeyDer::try_from(pki.key).unwrap();
    let provider = Arc::new(ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth().with_single_cert(pki.chain, key).unwrap();
    let connection = ServerConnection::new(Arc::new(config)).unwrap();
    let mut tls = StreamOwned::new(connection, stream);
    tls.read_exact(&mut [0; 1024])?;
    tls.write_all(&[b'.'; 1 << 14])?;
    tls.flush()?;
    tls.read(&mut [0])
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn a_client_that_sends_too_much_is_told() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = identity::plain();
    let (device, _line, mut client) = start_server(|address| openssl_client(&identity, address), Ways::CLEAN);
    client.say(&[b'.'; 8000]);
    assert_eq!(device.finish().failure(), Ok("the incoming buffer is too small: 8022 bytes would do"));
    client.wait_for("alert record overflow");
}
