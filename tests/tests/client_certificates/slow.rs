//! Asks that are answered late, as by a secure element or by a verifier over the network: each of both roles, after some turns.

use std::collections::BTreeSet;

use tidegate::config::{Common, PeerCertificate, Resumption, Versions};
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::driver::{
    Webpki, answer_client, answer_client_certificate, answer_client_keys, answer_server, answer_sessions,
};
use tidegate::x509::WebpkiVerifier;
use tidegate::{Error, Event, MAX_CLIENT_SESSION, Want, WriteError};
use tidegate_tests::pair::now;
use tidegate_tests::pki::Pki;
use tidegate_tests::sessions::kept;

use crate::duo::{Duo, client};

/// Who answers an end's asks after so many turns, and what it was asked.
struct Slow {
    turns: usize,
    left: usize,
    asked: BTreeSet<&'static str>,
    /// The session that goes on with the last ticket.
    session: Option<Vec<u8>>,
}

impl Slow {
    fn new(turns: usize) -> Self {
        Self { turns, left: 0, asked: BTreeSet::new(), session: None }
    }

    /// Puts an ask off; other events come back.
    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever is no ask of these tests comes back")]
    fn put_off<'e>(&mut self, event: Event<'e>) -> Option<Event<'e>> {
        let name = match event {
            Event::VerifyPeer(ask) => {
                ask.defer();
                "verify"
            }
            Event::ChooseIdentity(ask) => {
                ask.defer();
                "choose"
            }
            Event::Sign(ask) => {
                ask.defer();
                "sign"
            }
            Event::SignDigest(ask) => {
                ask.defer();
                "sign digest"
            }
            Event::FindSession(ask) => {
                ask.defer();
                "find"
            }
            Event::FindPsk(ask) => {
                ask.defer();
                "find"
            }
            Event::KeepSession(ask) => {
                ask.defer();
                "keep"
            }
            Event::Ticket(mut ticket) => {
                self.session = kept(&mut ticket);
                return Some(Event::Ticket(ticket));
            }
            other => return Some(other),
        };
        self.asked.insert(name);
        self.left = self.turns;
        None
    }
}

/// One turn of an end: waits for an answer, puts an ask off, or answers it at last.
macro_rules! turn {
    ($connection:expr, $slow:expr, $answer:expr) => {{
        if $slow.left > 0 {
            $slow.left -= 1;
            assert!(matches!($connection.next_event(), Ok(Event::Want(Want::Answer))));
            assert_eq!($connection.write_app_data(b"x"), Err(WriteError::Blocked(Want::Answer)));
            if $slow.left == 0 {
                $connection.resume_ask();
                let left = $answer($connection.next_event()?);
                assert!(left.is_none(), "the same ask again: {left:?}");
            }
            return Ok(());
        }
        loop {
            match $slow.put_off($connection.next_event()?) {
                None | Some(Event::Want(_)) => return Ok(()),
                Some(_) => {}
            }
        }
    }};
}

fn client_turn(duo: &mut Duo, slow: &mut Slow) -> Result<(), Error> {
    let anchors = [duo.pki.anchor()];
    let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS), clock: now };
    let signer = duo.own.signer();
    turn!(duo.client, slow, |event| answer_client(event, &verifier)
        .and_then(|event| answer_client_keys(event, &signer)))
}

fn server_turn(duo: &mut Duo, slow: &mut Slow) -> Result<(), Error> {
    let anchors = [duo.own.anchor()];
    let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS), clock: now };
    let signer = duo.pki.signer();
    turn!(duo.server, slow, |event| answer_server(event, &signer)
        .and_then(|event| answer_client_certificate(event, &verifier))
        .and_then(|event| answer_sessions(event, &duo.sessions)))
}

/// A handshake in which each answer takes so many turns: what each end was asked. The client shows a ticket of another server,
/// which is looked up in vain.
fn shake(versions: Versions, turns: usize) -> [BTreeSet<&'static str>; 2] {
    let foreign = shake_with(versions, 1, None).1.unwrap();
    shake_with(versions, turns, Some(&foreign)).0
}

/// And the session that the client may keep.
fn shake_with(
    versions: Versions,
    turns: usize,
    session: Option<&[u8]>,
) -> ([BTreeSet<&'static str>; 2], Option<Vec<u8>>) {
    let change = |common: &mut Common| {
        common.versions = versions;
        common.resumption = Resumption::ByTicket;
    };
    let own = client(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut duo = Duo::with(Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256), own, PeerCertificate::Required, change);
    if let Some(session) = session {
        duo.client.resume(session, now().unwrap()).unwrap();
    }
    let (mut client, mut server) = (Slow::new(turns), Slow::new(turns));
    for _ in 0..40 * (turns + 1) {
        client_turn(&mut duo, &mut client).unwrap();
        server_turn(&mut duo, &mut server).unwrap();
        // Bytes move whoever waits.
        let there = duo.client.outgoing().to_vec();
        let count = duo.server.feed_incoming(&there);
        duo.client.outgoing_sent(count);
        let back = duo.server.outgoing().to_vec();
        let count = duo.client.feed_incoming(&back);
        duo.server.outgoing_sent(count);
    }
    assert!(!duo.client.is_handshaking() && !duo.server.is_handshaking());
    assert_eq!(duo.client.write_app_data(b"hello"), Ok(5));
    let mut bytes = vec![0; MAX_CLIENT_SESSION];
    let length = duo.client.session().and_then(|session| session.encode(now().unwrap(), &mut bytes));
    let session = length.map(|length| bytes[..length].to_vec()).or(client.session);
    ([client.asked, server.asked], session)
}

#[test]
fn every_ask_of_either_end_can_be_answered_later() {
    for turns in [1, 2, 7] {
        let [client, server] = shake(Versions::Tls13, turns);
        assert_eq!(client, BTreeSet::from(["verify", "choose", "sign"]));
        assert_eq!(server, BTreeSet::from(["find", "verify", "choose", "sign", "keep"]));
        let [client, server] = shake(Versions::Tls12, turns);
        assert_eq!(client, BTreeSet::from(["verify", "choose", "sign digest"]));
        assert_eq!(server, BTreeSet::from(["find", "verify", "choose", "sign", "keep"]));
    }
}
