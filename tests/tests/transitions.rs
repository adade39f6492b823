//! The transition table: what it says, what the page says, and what the engine does.
#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeSet;

use tidegate::Want;
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::wire::enums::ContentType;
use tidegate_tests::insider::clear;
use tidegate_tests::pair::{Buffers, Pair, Turn};
use tidegate_tests::pki::Pki;
use tidegate_tests::transitions::{CHAPTERS, Chapter, Row, Stimulus, check, page, page_path};

#[test]
fn the_page_is_the_table() {
    let written = std::fs::read_to_string(page_path()).unwrap_or_default();
    assert!(written == page(), "`cargo run -p tidegate-tests --bin transitions` writes the page anew");
}

/// A part of a chapter, so that several run side by side.
#[track_caller]
fn the_engine_does_what_the_table_says(chapter: usize, part: usize) {
    let Chapter { title, rows } = CHAPTERS[chapter];
    let (told, wrong) = check(rows.chunks(rows.len().div_ceil(2)).nth(part).unwrap());
    println!("{title}: {told} cells");
    assert!(told > 500 && wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! parts {
    ($($name:ident: $chapter:literal, $part:literal)*) => {
        $(#[test]
        fn $name() {
            the_engine_does_what_the_table_says($chapter, $part);
        })*
    };
}

parts! {
    a_client_of_tls13_does_what_the_table_says: 0, 0
    a_client_of_tls13_does_what_the_rest_of_the_table_says: 0, 1
    a_server_of_tls13_does_what_the_table_says: 1, 0
    a_server_of_tls13_does_what_the_rest_of_the_table_says: 1, 1
    a_client_of_tls12_does_what_the_table_says: 2, 0
    a_client_of_tls12_does_what_the_rest_of_the_table_says: 2, 1
    a_server_of_tls12_does_what_the_table_says: 3, 0
    a_server_of_tls12_does_what_the_rest_of_the_table_says: 3, 1
}

/// The states that wait for a peer or an application, by the names that the engine has for them.
#[test]
fn no_state_is_left_out() {
    let sources = ["client/name.rs", "server/name.rs", "client12/name.rs", "server12/name.rs"];
    for (number, (source, chapter)) in sources.into_iter().zip(CHAPTERS).enumerate() {
        let path = page_path().with_file_name("../core/src").join(source);
        let text = std::fs::read_to_string(path).unwrap();
        let named: BTreeSet<&str> = text.split('"').skip(1).step_by(2).collect();
        let waits = |name: &&str| ["Wait", "Ask", "Connected"].iter().any(|word| name.starts_with(word));
        let mut missing: BTreeSet<&str> = named.into_iter().filter(waits).collect();
        for row in chapter.rows {
            missing.remove(row.place.state);
        }
        // The hellos of a first handshake stand in the chapters of TLS 1.3.
        missing.retain(|name| number < 2 || !name.ends_with("Hello"));
        assert!(missing.is_empty(), "{}: {missing:?}", chapter.title);
    }
}

/// A row that says the same of everything would find nothing.
#[test]
fn every_state_takes_something_and_refuses_something() {
    let waits = |row: &&Row| !row.is_ask();
    for row in CHAPTERS.iter().flat_map(|chapter| chapter.rows).filter(waits) {
        let refused = Stimulus::ALL
            .iter()
            .filter(|stimulus| row.cells.iter().copied().flatten().all(|cell| cell.stimulus != **stimulus));
        assert!(refused.count() > Stimulus::ALL.len() / 2 && !row.cells.is_empty(), "{:?}", row.place);
    }
}

/// The second cell would never be looked at.
#[test]
fn nothing_is_said_of_twice() {
    for row in CHAPTERS.iter().flat_map(|chapter| chapter.rows) {
        let told: Vec<String> =
            row.cells.iter().copied().flatten().map(|cell| format!("{:?}", cell.stimulus)).collect();
        let different: BTreeSet<&String> = told.iter().collect();
        assert_eq!(told.len(), different.len(), "{:?}", row.place);
    }
}

/// The page says so of all states that send.
#[test]
fn who_sends_reads_nothing() {
    let pki = Pki::with_ballast(&rcgen::PKCS_ECDSA_P256_SHA256, 1);
    let server = ServerConfig::new(pki.identities());
    let outgoing = tidegate::buffers::MIN_OUTGOING;
    let small = Buffers { outgoing, ..Buffers::FULL };
    let mut pair = Pair::with_buffers(pki, ClientConfig::new(), server, [Buffers::FULL, small]);
    pair.client_turn().unwrap();
    let hello = pair.client.outgoing().to_vec();
    assert_eq!(pair.server.feed_incoming(&hello), hello.len());
    let alert = clear(ContentType::ALERT, &[2, 40]);
    let mut pieces = 0;
    while pair.server_turn() == Ok(Turn::Waits(Want::Outgoing)) {
        assert_eq!(pair.server.feed_incoming(&alert), alert.len());
        assert_eq!(pair.server_turn(), Ok(Turn::Waits(Want::Outgoing)));
        let sent = pair.server.outgoing().len();
        pair.server.outgoing_sent(sent);
        pieces += 1;
    }
    assert!(pieces > 10 && pair.server_turn().is_err(), "{pieces}");
}
