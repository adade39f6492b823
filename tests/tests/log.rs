//! What the feature `log` says of a connection, and what it does not say.
#![allow(missing_docs, reason = "tests")]

use std::sync::Mutex;

use log::{LevelFilter, Log, Metadata, Record};
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate_tests::pair::{Buffers, End, Pair};
use tidegate_tests::pki::Pki;

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps every line.
struct Keeper;

impl Log for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        LINES.lock().unwrap().push(record.args().to_string());
    }

    fn flush(&self) {}
}

const CLIENT: &[&str] = &[
    "client: SendClientHello",
    "client: WaitServerHello",
    "client: received SERVER_HELLO, 1210 bytes",
    "client: WaitEncryptedExtensions",
    "client: AskVerifyPeer",
    "client: WaitCertificateVerify",
    "client: received FINISHED, 36 bytes",
    "client: SendFinished",
    "client: Connected",
    "client: sending HANDSHAKE by itself, 5 bytes",
    "client: sending alert CLOSE_NOTIFY",
];

const SERVER: &[&str] = &[
    "server: AskIdentity",
    "server: SendServerHello",
    "server: AskSign",
    "server: WaitFinished",
    "server: Connected",
    "server: received KEY_UPDATE, 5 bytes",
    "server: received alert CLOSE_NOTIFY",
];

/// One test, as there is one logger.
#[test]
fn messages_transitions_and_alerts_have_a_line_and_data_has_none() {
    log::set_logger(&Keeper).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let server = ServerConfig::new(pki.identities());
    let mut pair = Pair::new(pki, ClientConfig::new(), server, Buffers::FULL);
    pair.handshake().unwrap();
    assert_eq!(pair.carry(End::Client, b"the payload").unwrap(), b"the payload");
    pair.client.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED).unwrap();
    assert_eq!(pair.carry(End::Client, b"the payload").unwrap(), b"the payload");
    pair.client.close();
    pair.settle();

    let lines = LINES.lock().unwrap();
    for expected in [CLIENT, SERVER] {
        let mut rest = lines.iter();
        for line in expected {
            assert!(rest.any(|said| said == line), "no {line:?}, or not in its place, in {lines:#?}");
        }
    }
    for secret in ["payload", "localhost"] {
        assert!(!lines.iter().any(|line| line.contains(secret)), "{secret} in {lines:#?}");
    }
    // No bytes of anything: the numbers are lengths.
    assert!(lines.iter().all(|line| !line.contains('[') && !line.contains("0x")), "{lines:#?}");
}
