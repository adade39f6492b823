//! Sessions that go on in later connections of the same makers.

use std::io::{Read, Write};
use std::net::TcpStream;

use tidegate::SessionKind;
use tidegate::config::{IdentityId, PeerCertificate, Resumption, Versions};
use tidegate::wire::enums::SignatureScheme;
use tidegate_std::{Acceptor, Connector, IdentityChoice, IdentityList, PreSharedKey, Roots, ServerStream};

use crate::pki::{Pki, serve};

/// Connects once; whether the session was a new one, at both ends.
fn connect(connector: &Connector, acceptor: &Acceptor) -> [SessionKind; 2] {
    let (socket, server) = serve(acceptor.clone(), |stream| {
        let mut stream = stream.unwrap();
        stream.write_all(b"hello").unwrap();
        stream.close().unwrap();
        stream.negotiated().session
    });
    let mut stream = connector.connect("localhost", socket).unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    assert_eq!(received, "hello");
    [stream.negotiated().session, server.join().unwrap()]
}

fn makers(pki: &Pki, client: Resumption, server: Resumption) -> (Connector, Acceptor) {
    let connector = pki.connector().configured(|config| {
        config.common.versions = Versions::Tls12;
        config.common.resumption = client;
    });
    let acceptor = pki.acceptor().configured(|config| config.common.resumption = server);
    (connector, acceptor.configured(|config| config.common.versions = Versions::Tls12))
}

#[test]
fn sessions_of_tls_1_3_go_on_by_default_and_each_ticket_once() {
    let pki = Pki::new();
    let (connector, acceptor) = (pki.connector(), pki.acceptor());
    assert_eq!(connect(&connector, &acceptor), [SessionKind::New; 2]);
    for _ in 0..3 {
        assert_eq!(connect(&connector, &acceptor), [SessionKind::Resumed; 2]);
    }
    let quiet = acceptor.clone().configured(|config| config.common.tickets = 0);
    // Two tickets came with each of the four handshakes, and three of the eight were used.
    for _ in 0..5 {
        assert_eq!(connect(&connector, &quiet), [SessionKind::Resumed; 2], "the last tickets");
    }
    assert_eq!(connect(&connector, &quiet), [SessionKind::New; 2]);
    assert_eq!(connect(&pki.connector(), &acceptor), [SessionKind::New; 2], "another connector");
}

#[test]
fn a_session_of_tls_1_3_has_the_certificates_of_its_beginning() {
    let pki = Pki::new();
    let (connector, acceptor) = (pki.connector(), pki.acceptor());
    connect(&connector, &acceptor);
    let (socket, server) = serve(acceptor, |stream| drop(stream.unwrap()));
    let stream = connector.connect("localhost", socket).unwrap();
    server.join().unwrap();
    assert_eq!((stream.negotiated().session, stream.peer_certificates().len()), (SessionKind::Resumed, 1));
}

#[test]
fn sessions_go_on_by_default() {
    let pki = Pki::new();
    let tls12 =
        |connector: Connector| connector.configured(|config| config.common.versions = Versions::Tls12);
    let (connector, acceptor) = (tls12(pki.connector()), pki.acceptor());
    let acceptor = acceptor.configured(|config| config.common.versions = Versions::Tls12);
    assert_eq!(connect(&connector, &acceptor), [SessionKind::New; 2]);
    for _ in 0..2 {
        assert_eq!(connect(&connector, &acceptor), [SessionKind::Resumed; 2]);
    }
    assert_eq!(connect(&tls12(pki.connector()), &acceptor), [SessionKind::New; 2], "another connector");
}

#[test]
fn a_server_keeps_the_sessions_of_clients_without_tickets() {
    let pki = Pki::new();
    let (connector, acceptor) = makers(&pki, Resumption::ById, Resumption::ByTicket);
    assert_eq!(connect(&connector, &acceptor), [SessionKind::New; 2]);
    assert_eq!(connect(&connector, &acceptor), [SessionKind::Resumed; 2]);
}

#[test]
fn both_ends_forget_the_session_of_a_connection_that_failed_and_not_of_one_that_was_cut() {
    let pki = Pki::new();
    let (connector, acceptor) = makers(&pki, Resumption::ById, Resumption::ByTicket);
    // The client goes and leaves these bytes behind; the server's session, and whether its connection failed.
    let leave = |connector: &Connector, bytes: &'static [u8]| {
        let (socket, server) = serve(acceptor.clone(), |stream| {
            let mut stream = stream.unwrap();
            (stream.negotiated().session, stream.read(&mut [0]).is_err())
        });
        let mut stream = connector.connect("localhost", socket).unwrap();
        stream.get_mut().write_all(bytes).unwrap();
        drop(stream);
        server.join().unwrap()
    };
    assert_eq!(leave(&connector, b""), (SessionKind::New, true));
    assert_eq!(leave(&connector, b""), (SessionKind::Resumed, true));
    assert_eq!(leave(&connector, b"this is no record"), (SessionKind::Resumed, true));
    assert_eq!(leave(&connector, b""), (SessionKind::New, true), "the server has forgotten it");

    // The client's connection fails, and the server's does not.
    let garbage = |mut stream: ServerStream<TcpStream>| stream.get_mut().write_all(b"this is no record");
    let (socket, server) = serve(acceptor.clone(), move |stream| garbage(stream.unwrap()));
    let mut stream = connector.connect("localhost", socket).unwrap();
    assert_eq!(stream.negotiated().session, SessionKind::Resumed);
    assert!(stream.read(&mut [0]).is_err());
    server.join().unwrap().unwrap();
    assert_eq!(connect(&connector, &acceptor), [SessionKind::New; 2]);
}

#[test]
fn either_end_can_do_without() {
    let pki = Pki::new();
    for ends in [(Resumption::Off, Resumption::ByTicket), (Resumption::ByTicket, Resumption::Off)] {
        let (connector, acceptor) = makers(&pki, ends.0, ends.1);
        for _ in 0..2 {
            assert_eq!(connect(&connector, &acceptor), [SessionKind::New; 2]);
        }
    }
}

#[test]
fn sessions_of_certificates_and_of_keys_are_not_shared() {
    let pki = Pki::new();
    let (connector, acceptor) = (pki.connector(), pki.acceptor());
    let key = || PreSharedKey::new(b"device", &[7; 32]);
    let (keyed_connector, keyed_acceptor) =
        (connector.clone().with_psk(key()), acceptor.clone().with_psks([key()]));
    let (new, resumed) = ([SessionKind::New; 2], [SessionKind::Resumed; 2]);
    assert_eq!(connect(&connector, &acceptor), new);
    assert_eq!(connect(&connector, &keyed_acceptor), new, "whoever has a ticket has no key");
    assert_eq!(connect(&keyed_connector, &keyed_acceptor), [SessionKind::External; 2]);
    assert_eq!(
        connect(&connector, &acceptor),
        new,
        "its session was refused, and those of the key are not its own"
    );
    assert_eq!(connect(&connector, &acceptor), resumed);
    assert_eq!(connect(&keyed_connector, &keyed_acceptor), [SessionKind::External; 2]);
}

#[test]
fn sessions_of_who_chooses_otherwise_are_somebody_elses() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let mut trusted = Roots::new();
    trusted.add(&clients.root).unwrap();
    let acceptor = pki.acceptor().with_client_certificates(PeerCertificate::Required, trusted);
    let own = ["one", "other"].map(|name| clients.identity(name, &rcgen::PKCS_ECDSA_P256_SHA256));
    let list = IdentityList::new(own);
    let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
    let choosing = |place| list.clone().chosen_by(move |_| IdentityChoice::This(IdentityId(place), scheme));
    let one = pki.connector().configured(|config| config.identities = choosing(0));
    let other = one.clone().configured(|config| config.identities = choosing(1));
    assert_eq!(connect(&one, &acceptor), [SessionKind::New; 2]);
    assert_eq!(connect(&other, &acceptor), [SessionKind::New; 2]);
    assert_eq!(connect(&one, &acceptor), [SessionKind::Resumed; 2]);
}
