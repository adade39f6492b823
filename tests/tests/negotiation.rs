//! What two ends agree on.
#![allow(missing_docs, reason = "tests")]

use std::cell::RefCell;
use std::rc::Rc;

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
use tidegate::config::{ClientConfig, Padding, Preferences, Protocols, ServerConfig, Versions};
use tidegate::error::{CertificateError, Error, PeerIncompatible, Refused};
use tidegate::wire::enums::{AlertDescription, CipherSuite, NamedGroup, SignatureScheme};
use tidegate::{Event, ExportError, HelloRetry, ServerNameUse, Want};
use tidegate_tests::pair::{Buffers, End, Pair};
use tidegate_tests::pki::{Chain, Pki};

const SUITES: [CipherSuite; 3] = [
    CipherSuite::TLS_AES_128_GCM_SHA256,
    CipherSuite::TLS_AES_256_GCM_SHA384,
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
];
const GROUPS: [NamedGroup; 3] = [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];

fn only<T: Clone>(item: T) -> Preferences<T> {
    Preferences::from_slice(&[item]).unwrap()
}

/// Two ends with a key on P-256, changed like this.
fn pair(change: impl FnOnce(&mut ClientConfig, &mut ServerConfig<Chain>)) -> Pair {
    pair_with(change, [Buffers::FULL; 2])
}

fn pair_with(
    change: impl FnOnce(&mut ClientConfig, &mut ServerConfig<Chain>),
    buffers: [Buffers; 2],
) -> Pair {
    let pki = Pki::new(&PKCS_ECDSA_P256_SHA256);
    let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
    change(&mut client, &mut server);
    Pair::with_buffers(pki, client, server, buffers)
}

#[test]
fn every_suite_group_and_kind_of_key() {
    let kinds = [
        (&PKCS_ECDSA_P256_SHA256, SignatureScheme::ECDSA_SECP256R1_SHA256),
        (&PKCS_ECDSA_P384_SHA384, SignatureScheme::ECDSA_SECP384R1_SHA384),
        (&PKCS_ED25519, SignatureScheme::ED25519),
    ];
    for (kind, scheme) in kinds {
        let pki = Pki::new(kind);
        for (suite, group) in SUITES.into_iter().flat_map(|suite| GROUPS.map(|group| (suite, group))) {
            let mut client = ClientConfig::new();
            client.common.cipher_suites = only(suite);
            client.common.groups = only(group);
            let server = ServerConfig::new(pki.identities());
            let mut pair = Pair::new(pki.clone(), client, server, Buffers::FULL);
            pair.handshake().unwrap_or_else(|error| panic!("{suite} {group} {scheme}: {error}"));
            for negotiated in [pair.client.negotiated(), pair.server.negotiated()] {
                assert_eq!(negotiated.cipher_suite, Some(suite));
                assert_eq!(negotiated.group, Some(group));
                assert_eq!(negotiated.signature_scheme, Some(scheme));
                assert_eq!(negotiated.hello_retry, HelloRetry::No);
            }
            for from in End::BOTH {
                assert_eq!(pair.carry(from, b"data").unwrap(), b"data");
            }
        }
    }
}

#[test]
fn a_server_without_the_group_of_the_share_asks_again() {
    for suite in SUITES {
        for (first, second) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
            let mut pair = pair(|client, server| {
                client.common.groups = Preferences::from_slice(&[GROUPS[first], GROUPS[second]]).unwrap();
                client.common.cipher_suites = only(suite);
                server.common.groups = only(GROUPS[second]);
            });
            pair.chunk = if first == 0 { 1 } else { usize::MAX };
            pair.handshake().unwrap();
            for negotiated in [pair.client.negotiated(), pair.server.negotiated()] {
                assert_eq!(negotiated.group, Some(GROUPS[second]));
                assert_eq!(negotiated.hello_retry, HelloRetry::Yes);
            }
            assert_eq!(pair.carry(End::Server, b"data").unwrap(), b"data");
        }
    }
}

/// A client without fast AES puts ChaCha20 first.
#[test]
fn a_server_follows_a_client_that_puts_chacha20_first() {
    use CipherSuite as S;
    let (aes, chacha) = (S::TLS_AES_128_GCM_SHA256, S::TLS_CHACHA20_POLY1305_SHA256);
    let chosen = |client: [CipherSuite; 2], server: &[CipherSuite], versions: Versions| {
        let mut pair = pair(|ours, theirs| {
            ours.common.cipher_suites = client.into_iter().collect();
            theirs.common.cipher_suites = server.iter().copied().collect();
            (ours.common.versions, theirs.common.versions) = (versions, versions);
        });
        pair.handshake().unwrap();
        let suite = pair.server.negotiated().cipher_suite.unwrap();
        suite.tls12_parts().map_or(suite, |(_, cipher)| cipher)
    };
    for versions in [Versions::Tls12, Versions::Tls13, Versions::Both] {
        assert_eq!(chosen([chacha, aes], &[], versions), chacha, "{versions:?}");
        assert_eq!(chosen([aes, chacha], &[], versions), aes, "{versions:?}");
        assert_eq!(chosen([chacha, aes], &[aes, chacha], versions), aes, "its own order: {versions:?}");
    }
}

/// Each end's error, and what it means to the other.
#[track_caller]
fn assert_fails(pair: &mut Pair, culprit: End, error: impl Into<Error>) {
    let error = error.into();
    let mut expected = [Some(Error::AlertReceived(error.alert().unwrap())); 2];
    expected[culprit as usize] = Some(error);
    assert_eq!(pair.settle(), expected);
    assert_eq!(pair.settle(), expected, "sticky");
}

#[test]
fn nothing_in_common_is_told_both_ends() {
    let mut suites = pair(|client, server| {
        client.common.cipher_suites = only(SUITES[0]);
        server.common.cipher_suites = only(SUITES[1]);
    });
    assert_fails(&mut suites, End::Server, PeerIncompatible::CipherSuite);
    let mut groups = pair(|client, server| {
        client.common.groups = only(GROUPS[0]);
        server.common.groups = only(GROUPS[1]);
    });
    assert_fails(&mut groups, End::Server, PeerIncompatible::Group);
}

#[test]
fn a_certificate_of_a_stranger_is_refused() {
    let mut pair = pair(|_, _| ());
    // No authority has the name of a leaf.
    pair.pki.root = Pki::new(&PKCS_ECDSA_P256_SHA256).chain.remove(0);
    assert_fails(&mut pair, End::Client, Refused::Certificate(CertificateError::UnknownIssuer));
}

fn protocols(names: &[&str]) -> Protocols {
    Protocols::new(names.iter().map(|name| name.as_bytes())).unwrap()
}

#[test]
fn the_server_prefers_among_the_protocols_of_both() {
    let cases: [(&[&str], &[&str], Option<&str>); 5] = [
        (&["h2", "http/1.1"], &["http/1.1", "h2"], Some("http/1.1")),
        (&["a", "b"], &["c", "b"], Some("b")),
        (&[], &["h2"], None),
        (&["h2"], &[], None),
        (&[], &[], None),
    ];
    for (client_names, server_names, expected) in cases {
        let mut pair = pair(|client, server| {
            client.common.protocols = protocols(client_names);
            server.common.protocols = protocols(server_names);
        });
        pair.handshake().unwrap();
        assert_eq!(pair.client.protocol(), expected.map(str::as_bytes));
        assert_eq!(pair.server.protocol(), expected.map(str::as_bytes));
    }
    let mut mismatch = pair(|client, server| {
        client.common.protocols = protocols(&["h2"]);
        server.common.protocols = protocols(&["http/1.1"]);
    });
    assert_eq!(PeerIncompatible::ApplicationProtocol.alert(), AlertDescription::NO_APPLICATION_PROTOCOL);
    assert_fails(&mut mismatch, End::Server, PeerIncompatible::ApplicationProtocol);
}

#[test]
fn the_server_sees_the_name_and_the_offers() {
    let mut pair = pair(|client, _| client.common.protocols = protocols(&["h2"]));
    assert_eq!(pair.client_turn(), Ok(tidegate_tests::pair::Turn::Waits(Want::Incoming)));
    pair.exchange();
    let Event::ChooseIdentity(ask) = pair.server.next_event().unwrap() else { panic!("an ask") };
    assert_eq!(ask.server_name(), Some("localhost"));
    assert!(ask.offers(SignatureScheme::ED25519) && !ask.offers(SignatureScheme::RSA_PKCS1_SHA256));
    assert!(ask.certificate_schemes().unwrap().contains(SignatureScheme::RSA_PKCS1_SHA256.0));
    assert_eq!(ask.protocols().unwrap().iter().collect::<Vec<_>>(), [b"h2"]);
    // Dropped, it is offered again; then the handshake goes on.
    drop(ask);
    pair.handshake().unwrap();
    assert_eq!(pair.server.server_name(), Some("localhost"));
    assert_eq!(pair.client.negotiated().server_name, ServerNameUse::Acknowledged);
}

/// Lengths of the protected records that an end sends from now on.
fn lengths(pair: &mut Pair, end: End) -> Rc<RefCell<Vec<usize>>> {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&seen);
    pair.middle = Some(Box::new(move |from, record| {
        if from == end && record[0] == 23 {
            noted.borrow_mut().push(record.len() - 5);
        }
    }));
    seen
}

#[test]
fn records_stay_within_the_size_that_the_other_end_told() {
    const LIMIT: usize = 6144 - 4064 - 5 - 16;
    for small in End::BOTH {
        let mut buffers = [Buffers::FULL; 2];
        buffers[small as usize].incoming = 6144;
        let mut pair = pair_with(|_, _| (), buffers);
        let seen = lengths(&mut pair, small.peer());
        pair.handshake().unwrap();
        assert_eq!(pair.carry(small.peer(), &[7; 10_000]).unwrap(), [7; 10_000]);
        // Tag and content type count; the sender may leave room unused.
        let longest = seen.borrow().iter().copied().max().unwrap();
        assert!((LIMIT / 2..=LIMIT + 16).contains(&longest), "{longest}");
        // Not so in the other direction.
        let seen = lengths(&mut pair, small);
        assert_eq!(pair.carry(small, &[7; 20_000]).unwrap(), [7; 20_000]);
        assert_eq!(seen.borrow().iter().copied().max().unwrap(), 16_384 + 1 + 16);
    }
}

#[test]
fn own_records_are_as_short_as_wished() {
    let mut pair = pair(|client, _| client.common.max_send_fragment = 100);
    pair.handshake().unwrap();
    let seen = lengths(&mut pair, End::Client);
    assert_eq!(pair.carry(End::Client, &[7; 250]).unwrap(), [7; 250]);
    assert_eq!(*seen.borrow(), [117, 117, 67]);
}

#[test]
fn padding_hides_lengths() {
    let mut pair = pair(|client, _| client.common.padding = Padding::Block(64));
    pair.handshake().unwrap();
    let seen = lengths(&mut pair, End::Client);
    for length in [1, 63, 64, 65, 128, 16_383, 16_384] {
        let data = vec![7; length];
        assert_eq!(pair.carry(End::Client, &data).unwrap(), data);
    }
    let padded = [64, 64, 64, 128, 128, 16_384, 16_384].map(|content| content + 1 + 16);
    assert_eq!(*seen.borrow(), padded);
}

#[test]
fn padding_stays_within_what_the_other_end_takes() {
    for block in [1, 100, 2000, u16::MAX] {
        let mut buffers = [Buffers::FULL; 2];
        buffers[1].incoming = 6144;
        let mut pair = pair_with(|client, _| client.common.padding = Padding::Block(block), buffers);
        pair.handshake().unwrap();
        for length in [1, 99, 101, 2500, 5000] {
            assert_eq!(pair.carry(End::Client, &vec![7; length]).unwrap(), vec![7; length]);
        }
    }
}

#[test]
fn both_ends_export_the_same_and_only_for_the_same_label_and_context() {
    for suite in SUITES {
        let mut pair = pair(|client, _| client.common.cipher_suites = only(suite));
        let mut out = [0; 40];
        let early = pair.client.export_keying_material(b"label", Some(b"context"), &mut out);
        assert_eq!(early, Err(ExportError::NotConnected));
        pair.handshake().unwrap();
        let uses: [(&[u8], &[u8]); 4] =
            [(b"label", b"context"), (b"label", b""), (b"other", b"context"), (b"", b"")];
        let mut all = Vec::new();
        for (label, context) in uses {
            let (mut client, mut server) = ([0; 40], [1; 40]);
            pair.client.export_keying_material(label, Some(context), &mut client).unwrap();
            pair.server.export_keying_material(label, Some(context), &mut server).unwrap();
            assert_eq!(client, server);
            all.push(client);
        }
        all.dedup();
        assert_eq!(all.len(), uses.len());
        assert!(
            pair.client.export_keying_material(&[b'x'; 250], None, &mut out).is_err(),
            "too long a label"
        );
    }
}
