//! Sessions that go on, seen from a server that a test plays.

use core::time::Duration;
use std::vec::Vec;

use pki_types::UnixTime;

use super::super::hellos::{ServerHelloParts, vector};
use super::super::puppet::message;
use super::super::subject::{Subject, client, drain, feed, refuses, run};
use super::Round;
use super::client_states::is_in;
use super::hello_requests::data_flows;
use super::played_server::{Stage, certificate, client_config, client_with_at, server_hello_done};
use super::puppet::Puppet;
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::{Resumption, Versions};
use crate::connection::Want;
use crate::engine::Peer;
use crate::error::{PeerIncompatible, PeerMisbehaved};
use crate::limits;
use crate::schedule12::MASTER_SECRET;
use crate::session::{KeptSession, MAX_CLIENT_SESSION};
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{CipherSuite, ContentType, ExtensionType, HandshakeType, NamedGroup};

const HANDSHAKE: ContentType = ContentType::HANDSHAKE;
const MASTER: [u8; MASTER_SECRET] = [7; MASTER_SECRET];

/// A client that offers to go on with a session, by this ticket or, if there is none, by its id; and its server, which
/// knows the session.
fn offering(ticket: &[u8], versions: Versions) -> (Subject<Client>, Puppet) {
    let mut config = client_config(versions);
    config.common.resumption = Resumption::ByTicket;
    config.common.max_handshake_message = limits::TICKET + 100;
    let kept = KeptSession {
        cipher_suite: CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        group: NamedGroup::SECP256R1,
        master_secret: &MASTER,
        server_name: "server",
        context: &config.common.session_context.clone(),
        peer_certificate: &[8; 32],
        session_id: if ticket.is_empty() { &[9; 32] } else { &[] },
        ticket,
        issued: 1000,
        lifetime: 60,
    };
    let mut bytes = [0; MAX_CLIENT_SESSION];
    let length = kept.encode(&mut bytes).unwrap();
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (client(config, buffer), Puppet::new(Peer::Server, 3));
    let now = UnixTime::since_unix_epoch(Duration::from_secs(1001));
    assert_eq!(subject.resume(&bytes[..length], now), Ok(()));
    (subject, puppet) = client_with_at(Stage::ServerHello, Round::First, (subject, puppet));
    puppet.master.fill(MASTER_SECRET).copy_from_slice(&MASTER);
    (subject, puppet)
}

/// A client that offers by ticket, one that offers by id, of either choice of versions.
fn all() -> impl Iterator<Item = (Subject<Client>, Puppet)> {
    let versions = [Versions::Tls12, Versions::Both];
    [&b"ticket"[..], b""]
        .into_iter()
        .flat_map(move |ticket| versions.map(|versions| offering(ticket, versions)))
}

/// A ServerHello that goes on with the session.
fn goes_on(puppet: &mut Puppet) -> ServerHelloParts {
    let hello = puppet.server_hello();
    puppet.randoms[1] = hello.random;
    let session_id = ClientHello::parse(&puppet.transcript[4..]).unwrap().session_id.to_vec();
    assert_eq!(session_id.len(), 32);
    ServerHelloParts { session_id, ..hello }
}

/// Says it; the client waits for the change of keys.
fn say_goes_on(subject: &mut Subject<Client>, puppet: &mut Puppet) {
    let hello = goes_on(puppet);
    feed(subject, &puppet.say(&hello.encode()));
    assert_eq!(run(subject), Ok(Want::Incoming));
    assert!(is_in(&subject.engine.state, "Tls12(WaitChangeCipherSpec("));
}

#[test]
fn a_session_goes_on() {
    for (mut subject, mut puppet) in all() {
        say_goes_on(&mut subject, &mut puppet);
        let last = [puppet.change_cipher_spec(), puppet.say_finished()].concat();
        feed(&mut subject, &last);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        let heard = puppet.hear_flight(&drain(&mut subject));
        assert_eq!(heard.len(), 2, "a change of keys and a Finished");
        assert_eq!(subject.negotiated().group, Some(NamedGroup::SECP256R1), "that of the session");
        data_flows(&mut subject, &mut puppet);
    }
}

#[test]
fn a_session_goes_on_under_another_suite_or_unbound() {
    for (mut subject, mut puppet) in all() {
        let mut hello = goes_on(&mut puppet);
        hello.suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384.0;
        let record = puppet.say(&hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);
    }
    for (mut subject, mut puppet) in all() {
        let mut hello = goes_on(&mut puppet);
        hello.extensions.remove(0);
        let record = puppet.say(&hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerIncompatible::ExtendedMasterSecret);
    }
    for (mut subject, mut puppet) in all() {
        let mut hello = goes_on(&mut puppet);
        hello.extensions.truncate(1);
        let record = puppet.say(&hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerIncompatible::SecureRenegotiation);
    }
}

#[test]
fn nothing_but_the_change_of_keys_follows() {
    let messages: [fn(&mut Puppet) -> Vec<u8>; 5] = [
        |_| certificate(),
        Puppet::server_key_exchange,
        |_| server_hello_done(),
        |_| message(HandshakeType::NEW_SESSION_TICKET, &[0, 0, 1, 0, 0, 1, 9]),
        Puppet::finished,
    ];
    for say in messages {
        for (mut subject, mut puppet) in all() {
            say_goes_on(&mut subject, &mut puppet);
            let message = say(&mut puppet);
            let record = puppet.record(HANDSHAKE, &message);
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
        }
    }
}

#[test]
fn a_server_that_does_not_know_the_secret() {
    for (mut subject, mut puppet) in all() {
        say_goes_on(&mut subject, &mut puppet);
        puppet.master.fill(MASTER_SECRET).fill(8);
        let last = [puppet.change_cipher_spec(), puppet.say_finished()].concat();
        refuses(&mut subject, &mut puppet, &last, PeerMisbehaved::BadRecordMac);
    }
    for (mut subject, mut puppet) in all() {
        say_goes_on(&mut subject, &mut puppet);
        let keys = puppet.change_cipher_spec();
        let mut finished = puppet.finished();
        finished[9] ^= 1;
        let record = puppet.record(HANDSHAKE, &finished);
        refuses(&mut subject, &mut puppet, &[keys, record].concat(), PeerMisbehaved::BadFinished);
    }
}

#[test]
fn a_ticket_that_was_promised_and_does_not_come() {
    for (mut subject, mut puppet) in all() {
        let mut hello = goes_on(&mut puppet);
        hello.extensions.push((ExtensionType::SESSION_TICKET, Vec::new()));
        feed(&mut subject, &puppet.say(&hello.encode()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert!(is_in(&subject.engine.state, "Tls12(WaitNewSessionTicket("));
        let record = puppet.change_cipher_spec();
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    }
}

/// It is kept in place of the one that was shown, and ends no later than a day after the session began.
#[test]
fn a_session_that_goes_on_gets_a_new_ticket() {
    for (given, hint, expected) in [
        (&b"other"[..], 600, Some(609)),
        (b"other", 0, Some(86_400)),
        (b"", 1, None),
        (&[5; limits::TICKET], 600, Some(609)),
        (&[5; limits::TICKET + 1], 600, None),
    ] {
        let (mut subject, mut puppet) = offering(b"ticket", Versions::Both);
        let mut hello = goes_on(&mut puppet);
        hello.extensions.push((ExtensionType::SESSION_TICKET, Vec::new()));
        feed(&mut subject, &puppet.say(&hello.encode()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        let body = [&[0, 0, (hint >> 8) as u8, hint as u8][..], &vector(given)].concat();
        feed(&mut subject, &puppet.say(&message(HandshakeType::NEW_SESSION_TICKET, &body)));
        let last = [puppet.change_cipher_spec(), puppet.say_finished()].concat();
        feed(&mut subject, &last);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        puppet.hear_flight(&drain(&mut subject));
        let mut bytes = [0; MAX_CLIENT_SESSION];
        let now = UnixTime::since_unix_epoch(Duration::from_secs(1009));
        let length = subject.session().and_then(|session| session.encode(now, &mut bytes));
        let kept = length.map(|length| KeptSession::parse(&bytes[..length]).unwrap());
        assert_eq!(kept.map(|kept| kept.lifetime), expected);
        if let Some(kept) = kept {
            assert_eq!((kept.ticket, kept.issued, kept.master_secret), (given, 1000, &MASTER[..]));
            assert_eq!((kept.peer_certificate, kept.session_id), (&[8; 32][..], &[][..]));
        }
        data_flows(&mut subject, &mut puppet);
    }
}

/// Nothing of the old one is left in what follows.
#[test]
fn a_session_that_does_not_go_on() {
    for (mut subject, mut puppet) in all() {
        super::played_server::advance(&mut subject, &mut puppet, Stage::ServerHello);
        let space = subject.space.as_ref().unwrap();
        assert!(space.tls12.session.master.is_empty() && space.tls12.session.old.is_none());
        // The keys of the old session are not those of this handshake.
        let keys = puppet.change_cipher_spec();
        refuses(&mut subject, &mut puppet, &keys, PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn a_client_of_tls_1_2_alone_has_no_id_without_a_session() {
    for (versions, expected) in [(Versions::Tls12, 0), (Versions::Both, 32)] {
        let config = client_config(versions);
        let buffer = full_incoming(config.common.max_handshake_message);
        let mut subject = client(config, buffer);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        let hello = drain(&mut subject);
        let hello = ClientHello::parse(&hello[9..]).unwrap();
        assert_eq!(hello.session_id.len(), expected, "{versions:?}");
    }
}
