//! Asks that nobody answers.

use std::io::Empty;

use pki_types::{CertificateDer, PrivateKeyDer};
use rcgen::{CertificateParams, KeyPair};
use tidegate::config::{PeerCertificate, Versions};
use tidegate::driver::{VerifyClient, decline};
use tidegate::error::{CertificateError, Error, Refused};
use tidegate::wire::certificate::CertificateChain;
use tidegate::{Event, SessionKind, Whose};

use crate::stream::{ClientStream, End, ServerStream, Session, Shared, Stream};
use crate::{AcceptAnything, Acceptor, Connector, OwnedIdentity};

/// Whether an event is an ask that nobody answers.
type Nobody = fn(&Event<'_>) -> bool;

struct AcceptClients;

impl VerifyClient for AcceptClients {
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        let leaf = chain.iter().next().unwrap_or_default();
        tidegate::x509::public_key_info(leaf).ok_or(CertificateError::BadEncoding)
    }
}

fn identity() -> OwnedIdentity {
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".into()]).unwrap().self_signed(&key).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    OwnedIdentity::new(vec![CertificateDer::from(leaf.der().to_vec())], &key).unwrap()
}

fn makers() -> (Connector, Acceptor) {
    let connector = Connector::new(AcceptAnything).with_identities([identity()]);
    let connector = connector.configured(|config| config.common.versions = Versions::Tls12);
    let acceptor = Acceptor::new([identity()]);
    (connector, acceptor.with_client_certificates(PeerCertificate::Requested, AcceptClients))
}

/// Deals with an event as a stream does, but for an ask that nobody answers: how many of them this was.
fn turn<R: End>(stream: &mut Stream<R, Empty>, nobody: Nobody) -> Result<usize, Error> {
    let Session { connection, shared, session_id, peer_certificates, .. } = &mut stream.session;
    let Shared { answers, sessions, replays, .. } = &**shared;
    peer_certificates.follow(connection);
    let event = connection.next_event()?;
    if nobody(&event) {
        assert!(decline(event).is_none());
        return Ok(1);
    }
    let left = R::answer(event, answers, &mut peer_certificates.shown)
        .and_then(|event| R::answer_session(event, sessions, session_id, peer_certificates, *replays));
    assert!(left.is_none_or(|event| decline(event).is_some()), "everything else is answered");
    stream.session.hand_space_back();
    Ok(0)
}

fn carry<A: End, B: End>(from: &mut Stream<A, Empty>, to: &mut Stream<B, Empty>) {
    let (out, space) = (from.session.connection.outgoing(), to.session.connection.incoming_space());
    let count = out.len().min(space.len());
    space[..count].copy_from_slice(&out[..count]);
    from.session.connection.outgoing_sent(count);
    to.session.connection.incoming_filled(count);
}

/// A handshake with asks that nobody answers: how many there were, and how it ended at the client and at the server.
fn shake(
    connector: &Connector,
    acceptor: &Acceptor,
    nobody: Nobody,
) -> (usize, [Result<SessionKind, Error>; 2]) {
    let mut client: ClientStream<Empty> = connector.start("localhost", std::io::empty()).unwrap();
    let mut server: ServerStream<Empty> = acceptor.start(std::io::empty()).unwrap();
    let mut asked = 0;
    for _ in 0..100 {
        // An error stays, and is looked at in the end.
        asked += turn(&mut client, nobody).unwrap_or(0) + turn(&mut server, nobody).unwrap_or(0);
        carry(&mut client, &mut server);
        carry(&mut server, &mut client);
    }
    assert!(!client.is_handshaking() || client.session.connection.error().is_some());
    let ends = [
        client.session.connection.error().map_or(Ok(client.negotiated().session), Err),
        server.session.connection.error().map_or(Ok(server.negotiated().session), Err),
    ];
    (asked, ends)
}

#[test]
fn an_ask_that_nobody_answers_comes_once_and_is_a_refusal() {
    let identity = Refused::Identity;
    let untrusted = Refused::Certificate(CertificateError::Other);
    let asks: [(Nobody, Refused, usize); 5] = [
        (|event| matches!(event, Event::VerifyPeer(ask) if ask.whose() == Whose::Server), untrusted, 0),
        (|event| matches!(event, Event::VerifyPeer(ask) if ask.whose() == Whose::Client), untrusted, 1),
        (|event| matches!(event, Event::ChooseIdentity(_)), identity, 1),
        (|event| matches!(event, Event::Sign(_)), Refused::Signature, 1),
        (|event| matches!(event, Event::SignDigest(_)), Refused::Signature, 0),
    ];
    for (nobody, refused, whose) in asks {
        let (connector, acceptor) = makers();
        let (asked, ends) = shake(&connector, &acceptor, nobody);
        assert_eq!((asked, ends[whose]), (1, Err(refused.into())));
    }
}

#[test]
fn a_session_that_nobody_looks_for_or_keeps_is_a_full_handshake() {
    let (connector, acceptor) = makers();
    let everybody: Nobody = |_| false;
    let seeker: Nobody = |event| matches!(event, Event::FindSession(_));
    let keeper: Nobody = |event| matches!(event, Event::KeepSession(_));
    for (nobody, asked, expected) in [
        (keeper, 1, SessionKind::New),
        (everybody, 0, SessionKind::New),
        (everybody, 0, SessionKind::Resumed),
        (seeker, 1, SessionKind::New),
    ] {
        assert_eq!(shake(&connector, &acceptor, nobody), (asked, [Ok(expected); 2]));
    }
}
