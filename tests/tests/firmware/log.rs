//! What a device logs, in defmt's frames on its second UART.

use std::net::TcpStream;
use std::path::Path;

use defmt_decoder::{DecodeError, Table};
use tidegate_tests::firmware::build::{have, logging_program};
use tidegate_tests::firmware::device::Device;
use tidegate_tests::firmware::identity;
use tidegate_tests::firmware::line::{Line, Ways};

use crate::peers::openssl_server;

/// The lines of the frames in a file.
fn lines(program: &Path, log: &Path) -> Vec<String> {
    let table = Table::parse(&std::fs::read(program).unwrap()).unwrap().expect("the program has formats");
    let mut decoder = table.new_stream_decoder();
    decoder.received(&std::fs::read(log).unwrap());
    let mut lines = Vec::new();
    loop {
        match decoder.decode() {
            Ok(frame) => lines.push(frame.display_message().to_string()),
            Err(DecodeError::UnexpectedEof) => return lines,
            Err(DecodeError::Malformed) => panic!("a frame that can't be read behind {lines:#?}"),
        }
    }
}

/// What the client logs with a server, and whether it succeeds.
fn client_logs(words: &[&str]) -> Vec<String> {
    let (_server, address) = openssl_server(&identity::plain());
    let program = logging_program("client");
    let log = std::env::temp_dir().join(format!("tidegate-{}-{}.defmt", std::process::id(), words.concat()));
    let (device, uart) = Device::start_with_log("client", &program, words, &log);
    let _line = Line::lay(uart, TcpStream::connect(address).unwrap(), Ways::CLEAN);
    let report = device.finish();
    assert_eq!(report.failure().is_err(), words.is_empty(), "{report:?}");
    let lines = lines(&program, &log);
    std::fs::remove_file(&log).unwrap();
    lines
}

#[test]
#[ignore = "needs qemu-system-arm and openssl"]
fn a_handshake_has_a_line_for_each_step_and_a_failure_one_that_names_it() {
    if !have(&["openssl"]) {
        return;
    }
    let said = client_logs(&[]);
    for line in [
        "client: SendClientHello",
        "client: AskVerifyPeer",
        "client: Connected",
        "client: received alert CLOSE_NOTIFY",
    ] {
        assert_eq!(said.iter().filter(|said| *said == line).count(), 1, "{line} in {said:#?}");
    }
    for (word, failure) in [
        ("no-clock", "client: failed: Refused(Certificate(NoTime))"),
        ("no-randomness", "client: failed: Internal(Crypto(Randomness))"),
    ] {
        let said = client_logs(&[word]);
        let failures: Vec<&String> = said.iter().filter(|line| line.contains("failed")).collect();
        assert_eq!(failures, [failure], "{said:#?}");
    }
}
