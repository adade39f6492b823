//! Records no longer than the other end takes, and messages longer than buffers.
#![allow(missing_docs, reason = "tests")]

use std::cell::RefCell;
use std::rc::Rc;

use rcgen::PKCS_ECDSA_P256_SHA256 as P256;
use tidegate::buffers::{MIN_OUTGOING, full_incoming, min_incoming};
use tidegate::config::{ClientConfig, Padding, ServerConfig, Versions};
use tidegate::error::{Error, LimitExceeded};
use tidegate::limits::{DEFAULT_HANDSHAKE_MESSAGE, MIN_RECORD_SIZE_LIMIT, RECORD_SIZE_LIMIT};
use tidegate_tests::pair::{Buffers, End, Pair};
use tidegate_tests::pki::Pki;

const TAG: usize = 16;
/// What TLS 1.2 adds to a record: an explicit nonce.
const NONCE: usize = 8;

/// The longest protected record that an end has sent so far, after its header.
fn longest_from(pair: &mut Pair, end: End) -> Rc<RefCell<usize>> {
    let longest = Rc::new(RefCell::new(0));
    let (noted, mut protected) = (Rc::clone(&longest), false);
    pair.middle = Some(Box::new(move |from, record| {
        if from != end {
            return;
        }
        // In TLS 1.2 behind change_cipher_spec, in TLS 1.3 by its type.
        protected |= record[0] == 20;
        if record[0] == 23 || (protected && record[0] == 22) {
            let mut longest = noted.borrow_mut();
            *longest = (*longest).max(record.len() - 5);
        }
    }));
    longest
}

fn pair_of(version: Versions, padding: Padding, buffers: [Buffers; 2]) -> Pair {
    let pki = Pki::new(&P256);
    let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
    for common in [&mut client.common, &mut server.common] {
        (common.versions, common.padding) = (version, padding);
    }
    Pair::with_buffers(pki, client, server, buffers)
}

/// Every limit that a buffer can stand for, told by either end, in either version, with and without padding: no record of
/// the other end is longer, those of its handshake included, and it does not cut them shorter than it must.
#[test]
fn every_limit_is_kept_by_either_end_in_either_version() {
    let limits = [MIN_RECORD_SIZE_LIMIT, 65, 100, 512, 513, 1024, 4097, 16_384, RECORD_SIZE_LIMIT];
    let paddings = [Padding::None, Padding::Block(100), Padding::Block(u16::MAX)];
    for (limit, padding) in limits.into_iter().flat_map(|limit| paddings.map(|padding| (limit, padding))) {
        for (version, small) in [Versions::Tls13, Versions::Tls12]
            .into_iter()
            .flat_map(|version| End::BOTH.map(|small| (version, small)))
        {
            let mut buffers = [Buffers::FULL; 2];
            buffers[small as usize].incoming =
                min_incoming(DEFAULT_HANDSHAKE_MESSAGE) + limit - MIN_RECORD_SIZE_LIMIT;
            let mut pair = pair_of(version, padding, buffers);
            let longest = longest_from(&mut pair, small.peer());
            pair.handshake().unwrap();
            assert_eq!(pair.carry(small.peer(), &[7; 40_000]).unwrap(), [7; 40_000]);
            let added = if version == Versions::Tls12 { TAG + NONCE } else { TAG };
            // TLS 1.3 counts the content type, of which TLS 1.2 has none (RFC 8449, section 4).
            let most = if version == Versions::Tls12 { limit.min(16_384) } else { limit };
            let longest = *longest.borrow();
            assert_eq!(longest, most + added, "{version:?}, {limit} told by the {small:?}, {padding:?}");
        }
    }
}

/// Bytes of the Certificate message with this chain (RFC 8446, section 4.4.2).
fn certificate_message(pki: &Pki) -> usize {
    4 + 1 + 3 + pki.chain.iter().map(|certificate| 3 + certificate.len() + 2).sum::<usize>()
}

#[test]
fn a_chain_of_sixty_kilobytes_leaves_through_a_kilobyte_or_less() {
    let pki = Pki::with_ballast(&P256, 60_000);
    let needed = certificate_message(&pki);
    assert!(needed > 60_000);
    for (outgoing, limit) in [(1024, RECORD_SIZE_LIMIT), (MIN_OUTGOING, RECORD_SIZE_LIMIT), (1024, 64)] {
        let mut client = ClientConfig::new();
        client.common.max_handshake_message = needed;
        let server = ServerConfig::new(pki.identities());
        let incoming = full_incoming(needed) - RECORD_SIZE_LIMIT + limit;
        let buffers = [Buffers { incoming, outgoing }, Buffers { outgoing, ..Buffers::FULL }];
        let mut pair = Pair::with_buffers(pki.clone(), client, server, buffers);
        pair.handshake().unwrap();
        assert_eq!(pair.carry(End::Server, b"data").unwrap(), b"data");
    }
}

/// A client that can't hold the one message says how long it is, and does with that.
#[test]
fn a_chain_that_does_not_fit_is_told_with_the_length_that_would_do() {
    let pki = Pki::with_ballast(&P256, 60_000);
    let mut limit = DEFAULT_HANDSHAKE_MESSAGE;
    for attempt in 0..2 {
        let mut client = ClientConfig::new();
        client.common.max_handshake_message = limit;
        let buffers = Buffers { incoming: full_incoming(limit), outgoing: 1024 };
        let server = ServerConfig::new(pki.identities());
        let mut pair = Pair::with_buffers(pki.clone(), client, server, [buffers, Buffers::FULL]);
        match pair.handshake() {
            Ok(()) => return assert_eq!(attempt, 1),
            Err(Error::LimitExceeded(LimitExceeded::HandshakeMessage { length })) => {
                assert_eq!(length.bytes(), certificate_message(&pki));
                limit = length.bytes();
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("what was told did not do");
}
