//! Blocking sockets.

use std::io::{BufRead, Read, Write};

use tidegate::config::Protocols;
use tidegate::error::{CertificateError, Error, Refused};
use tidegate::modes::Modes;
use tidegate::wire::enums::{AlertDescription, KeyUpdateRequest};
use tidegate_std::{Acceptor, Buffers, tls_error};

use crate::pki::{Pki, serve};

const LENGTH: usize = 10 << 20;

fn content() -> Vec<u8> {
    (0..LENGTH).map(|at| (at * 31 % 251) as u8).collect()
}

#[test]
fn ten_megabytes_go_both_ways() {
    let pki = Pki::new();
    let (socket, server) = serve(pki.acceptor(), |stream| {
        let mut stream = stream.unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        stream.write_all(&received).unwrap();
        stream.close().unwrap();
        received == content()
    });
    let mut stream = pki.connector().connect("localhost", socket).unwrap();
    stream.write_all(&content()).unwrap();
    stream.close().unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    assert!(received == content());
    assert!(server.join().unwrap());
    assert!(!stream.wants_read());
}

#[test]
fn small_buffers_and_every_mode_carry_the_same_bytes() {
    let pki = Pki::new();
    for bits in 0..8_u32 {
        let buffers = Buffers { incoming: 6144, outgoing: 1000 + bits as usize };
        let modes = Modes::from_bits(bits & 6).set(if bits & 1 == 0 {
            Modes::empty()
        } else {
            Modes::RELEASE_BUFFERS
        });
        let small = |acceptor: Acceptor| {
            let acceptor = acceptor.configured(|config| {
                config.common.max_handshake_message = 4064;
                config.common.modes = modes;
            });
            acceptor.with_buffers(buffers)
        };
        let (socket, server) = serve(small(pki.acceptor()), |stream| {
            let mut stream = stream.unwrap();
            let copied = std::io::copy(&mut Read::take(&mut stream, 100_000), &mut std::io::sink()).unwrap();
            stream.write_all(&content()[..100_000]).unwrap();
            stream.close().unwrap();
            copied
        });
        let mut stream = pki.connector().connect("localhost", socket).unwrap();
        stream.clear_mode(Modes::ENABLE_PARTIAL_WRITE);
        assert_eq!(stream.write(&content()[..100_000]).unwrap(), 100_000);
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        assert!(received == content()[..100_000], "modes {bits}");
        assert_eq!(server.join().unwrap(), 100_000);
    }
}

#[test]
fn lines_are_read_where_they_lie() {
    let pki = Pki::new();
    let (socket, server) = serve(pki.acceptor(), |stream| {
        let mut stream = stream.unwrap();
        stream.write_all(b"one\ntw").unwrap();
        stream.update_keys(KeyUpdateRequest::UPDATE_REQUESTED).unwrap();
        stream.write_all(b"o\nthree").unwrap();
        stream.close().unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    });
    let mut stream = pki.connector().connect("localhost", socket).unwrap();
    let lines: Vec<_> = BufRead::lines(&mut stream).map(Result::unwrap).collect();
    assert_eq!(lines, ["one", "two", "three"]);
    stream.write_all(b"thanks").unwrap();
    stream.close().unwrap();
    assert_eq!(server.join().unwrap(), b"thanks");
    assert_eq!(stream.fill_buf().unwrap(), b"");
}

#[test]
fn what_was_negotiated_can_be_read() {
    let pki = Pki::new();
    let protocols = Protocols::new([&b"h2"[..], b"http/1.1"]).unwrap();
    let acceptor = pki.acceptor().configured(|config| {
        config.common.protocols = Protocols::new([&b"http/1.1"[..]]).unwrap();
    });
    let (socket, server) = serve(acceptor, |stream| stream.unwrap().server_name().map(str::to_owned));
    let connector = pki.connector().configured(|config| config.common.protocols = protocols);
    let stream = connector.connect("localhost", socket).unwrap();
    assert_eq!(stream.protocol(), Some(&b"http/1.1"[..]));
    assert_eq!(stream.peer_certificates().len(), 1);
    assert_eq!(stream.server_name(), Some("localhost"));
    assert!(stream.negotiated().cipher_suite.is_some());
    assert_eq!(server.join().unwrap().as_deref(), Some("localhost"));
}

#[test]
fn the_identity_is_chosen_by_name() {
    let pki = Pki::new();
    let identities = || ["first.test", "second.test"].map(|name| pki.identity(name, &rcgen::PKCS_ED25519));
    for name in ["second.test", "first.test"] {
        let (socket, server) = serve(Acceptor::new(identities()), |stream| stream.map(|_| ()));
        pki.connector().connect(name, socket).unwrap();
        server.join().unwrap().unwrap();
    }
}

#[test]
fn a_refused_certificate_is_an_error_at_both_ends() {
    let (pki, stranger) = (Pki::new(), Pki::new());
    let cases = [
        (stranger.connector(), "localhost", CertificateError::UnknownIssuer, AlertDescription::UNKNOWN_CA),
        (pki.connector(), "other.test", CertificateError::NameMismatch, AlertDescription::BAD_CERTIFICATE),
    ];
    for (connector, name, error, alert) in cases {
        let (socket, server) = serve(pki.acceptor(), |stream| stream.map(|_| ()));
        let refused = connector.connect(name, socket).unwrap_err();
        assert_eq!(tls_error(&refused), Some(Error::Refused(Refused::Certificate(error))));
        let told = server.join().unwrap().unwrap_err();
        assert_eq!(tls_error(&told), Some(Error::AlertReceived(alert)));
    }
}

#[test]
fn a_server_chooses_the_identity_by_name() {
    let pki = Pki::new();
    let identities = [("a.test", &rcgen::PKCS_ED25519), ("b.test", &rcgen::PKCS_ECDSA_P384_SHA384)];
    let acceptor = Acceptor::new(identities.map(|(name, kind)| pki.identity(name, kind)));
    for name in ["b.test", "a.test"] {
        let (socket, server) = serve(acceptor.clone(), |stream| stream.map(|_| ()));
        pki.connector().connect(name, socket).unwrap();
        server.join().unwrap().unwrap();
    }
    // A name that no certificate is for gets the default one, and is the client's to refuse.
    let chain = shown_leaf(&acceptor, &pki, "c.test");
    assert_eq!(chain, shown_leaf(&acceptor, &pki, "a.test"));
    assert_ne!(chain, shown_leaf(&acceptor, &pki, "b.test"));
}

/// The leaf that a client that asks for this name is shown, whether it accepts it or not.
fn shown_leaf(acceptor: &Acceptor, pki: &Pki, name: &str) -> Vec<u8> {
    let (socket, server) = serve(acceptor.clone(), drop);
    let mut stream = pki.connector().start(name, socket).unwrap();
    let _ = stream.handshake();
    server.join().unwrap();
    stream.peer_certificates()[0].to_vec()
}
