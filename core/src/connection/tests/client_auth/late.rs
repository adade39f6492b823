//! A client that is asked for its certificates after the handshake (RFC 8446, section 4.6.2).

use std::boxed::Box;
use std::vec::Vec;

use super::super::hellos::{block, vector};
use super::super::played_server::{Stage, configured_client_at};
use super::super::puppet::{Puppet, message, split_messages};
use super::super::subject::{CERTIFICATE, Subject, drain, feed, public_key, refuses, run, signer};
use super::client::Certificates;
use crate::buffers::{MIN_OUTGOING, full_incoming};
use crate::config::{ClientConfig, IdentityId, PostHandshakeAuth};
use crate::connection::{Event, Want};
use crate::crypto::{SIGNATURE_ALGORITHMS, verify_with_spki};
use crate::engine::{HandshakeSpace, Peer, signature_input};
use crate::error::{Error, LimitExceeded, PeerMisbehaved, Refused};
use crate::limits;
use crate::modes::Completion;
use crate::wire::certificate::{Certificate, CertificateVerify};
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{ContentType, ExtensionType, HandshakeType, KeyUpdateRequest, SignatureScheme};
use crate::{Client, ReadError, ServerName, WriteError};

type Known = Subject<Client<Certificates>>;

fn offering(certificates: usize) -> ClientConfig<Certificates> {
    let mut config = ClientConfig::with_identities(Certificates(certificates));
    config.common.post_handshake_auth = PostHandshakeAuth::Offered;
    config
}

fn connected(config: ClientConfig<Certificates>) -> (Known, Puppet) {
    let buffer = full_incoming(config.common.max_handshake_message);
    configured_client_at(Stage::Connected, config, buffer)
}

/// A CertificateRequest with this context.
fn request(context: &[u8]) -> Vec<u8> {
    let schemes = SignatureScheme::ECDSA_SECP256R1_SHA256.0.to_be_bytes();
    let extensions = block(&[(ExtensionType::SIGNATURE_ALGORITHMS, vector(&schemes))]);
    let body = [&[u8::try_from(context.len()).unwrap()], context, &extensions].concat();
    message(HandshakeType::CERTIFICATE_REQUEST, &body)
}

/// A server that has asked: its transcript is that of the handshake with the request behind it.
fn ask(subject: &mut Known, puppet: &mut Puppet, context: &[u8]) {
    let request = request(context);
    feed(subject, &puppet.record(ContentType::HANDSHAKE, &request));
    puppet.transcript.extend_from_slice(&request);
}

/// Checks an answer message by message, each over the transcript before it; the transcript is then as before the request.
fn check(puppet: &mut Puppet, bytes: &[u8], context: &[u8], certificates: usize) {
    let heard = puppet.hear(bytes);
    check_heard(puppet, heard, context, certificates);
}

fn check_heard(puppet: &mut Puppet, heard: Vec<(ContentType, Vec<u8>)>, context: &[u8], certificates: usize) {
    assert!(heard.iter().all(|(kind, _)| *kind == ContentType::HANDSHAKE), "nothing comes between");
    let joined: Vec<u8> = heard.into_iter().flat_map(|(_, content)| content).collect();
    let mut kinds = Vec::new();
    for message in split_messages(&joined) {
        let (kind, body) = (HandshakeType(message[0]), &message[4..]);
        kinds.push(kind);
        match kind {
            HandshakeType::CERTIFICATE => {
                let shown = Certificate::parse(body, Default::default()).unwrap();
                assert_eq!(shown.request_context, context);
                assert_eq!(shown.chain.iter().collect::<Vec<_>>(), std::vec![CERTIFICATE; certificates]);
            }
            HandshakeType::CERTIFICATE_VERIFY => {
                let proof = CertificateVerify::parse(body).unwrap();
                let input = signature_input(Peer::Client, &puppet.digest());
                let key = public_key();
                verify_with_spki(SIGNATURE_ALGORITHMS, proof.scheme, &key, &input, proof.signature).unwrap();
            }
            _ => assert_eq!(message, puppet.finished(|schedule| &schedule.client_application)),
        }
        puppet.transcript.extend_from_slice(&message);
    }
    let expected = [HandshakeType::CERTIFICATE, HandshakeType::CERTIFICATE_VERIFY, HandshakeType::FINISHED];
    let proves = |kind: &HandshakeType| certificates > 0 || *kind != HandshakeType::CERTIFICATE_VERIFY;
    assert_eq!(kinds, expected.into_iter().filter(proves).collect::<Vec<_>>());
}

#[test]
fn it_is_offered_where_it_is_configured() {
    for (config, expected) in [(offering(1), true), (ClientConfig::with_identities(Certificates(1)), false)] {
        let buffer = full_incoming(config.common.max_handshake_message);
        let (_, puppet) = configured_client_at(Stage::ServerHello, config, buffer);
        let hello = split_messages(&puppet.transcript).remove(0);
        ClientHello::parse(&hello[4..]).unwrap();
        let offered = hello.windows(4).any(|bytes| bytes == [0, 49, 0, 0]);
        assert_eq!(offered, expected);
    }
}

#[test]
fn a_request_that_was_not_offered_is_out_of_place() {
    let (mut subject, mut puppet) = connected(ClientConfig::with_identities(Certificates(1)));
    let record = puppet.record(ContentType::HANDSHAKE, &request(b"c"));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn a_client_answers_each_request_over_the_handshake_and_that_request() {
    let (mut subject, mut puppet) = connected(offering(2));
    let handshake = puppet.transcript.clone();
    for context in [&b"one"[..], b"two", b""] {
        puppet.transcript.clone_from(&handshake);
        ask(&mut subject, &mut puppet, context);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        check(&mut puppet, &drain(&mut subject), context, 2);
        let data = puppet.record(ContentType::APPLICATION_DATA, b"data");
        feed(&mut subject, &data);
        assert_eq!(subject.read_app_data(&mut [0; 9]), Ok(4));
        assert_eq!(subject.write_app_data(b"more"), Ok(4));
        assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::APPLICATION_DATA, b"more".to_vec())]);
    }
}

#[test]
fn a_client_that_has_or_chooses_none_says_so() {
    let (mut subject, mut puppet) = connected(offering(0));
    ask(&mut subject, &mut puppet, b"c");
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    check(&mut puppet, &drain(&mut subject), b"c", 0);

    let (mut subject, mut puppet) = connected(offering(1));
    ask(&mut subject, &mut puppet, b"c");
    let Event::ChooseIdentity(choice) = subject.next_event().unwrap() else { panic!("an ask") };
    choice.none();
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    check(&mut puppet, &drain(&mut subject), b"c", 0);
}

#[test]
fn data_flows_both_ways_while_an_answer_is_deferred() {
    let (mut subject, mut puppet) = connected(offering(1));
    ask(&mut subject, &mut puppet, b"c");
    for turn in 0..2 {
        assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Blocked(Want::Event)));
        assert_eq!(subject.write_app_data(b"x"), Err(WriteError::Blocked(Want::Event)));
        if turn == 0 {
            let Event::ChooseIdentity(choice) = subject.next_event().unwrap() else { panic!("an ask") };
            choice.defer();
        } else {
            let Event::Sign(sign) = subject.next_event().unwrap() else { panic!("an ask") };
            sign.defer();
        }
        for _ in 0..3 {
            assert!(matches!(subject.next_event(), Ok(Event::Want(Want::Incoming))));
            feed(&mut subject, &puppet.record(ContentType::APPLICATION_DATA, b"there"));
            assert_eq!(subject.read_app_data(&mut [0; 9]), Ok(5));
            assert_eq!(subject.write_app_data(b"back"), Ok(4));
            let heard = puppet.hear(&drain(&mut subject));
            assert_eq!(heard, [(ContentType::APPLICATION_DATA, b"back".to_vec())]);
        }
        subject.resume_ask();
        if turn == 0 {
            let Event::ChooseIdentity(choice) = subject.next_event().unwrap() else {
                panic!("the ask again")
            };
            choice.choose(IdentityId(0), signer().scheme()).unwrap();
        }
    }
    assert!(subject.detach_handshake().is_none(), "it is in use");
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    check(&mut puppet, &drain(&mut subject), b"c", 1);
}

#[test]
fn keys_may_change_while_an_answer_is_deferred() {
    let (mut subject, mut puppet) = connected(offering(1));
    ask(&mut subject, &mut puppet, b"c");
    let Event::ChooseIdentity(choice) = subject.next_event().unwrap() else { panic!("an ask") };
    choice.defer();
    subject.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED).unwrap();
    puppet.hear(&drain(&mut subject));
    let Puppet { reading, provider, .. } = &mut puppet;
    reading.update(provider, None).unwrap();
    // Its Finished is under the new secret.
    let bytes = reading.traffic_secret().as_bytes().to_vec();
    let secret = puppet.schedule.client_application.fill(bytes.len());
    secret.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
    subject.resume_ask();
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    check(&mut puppet, &drain(&mut subject), b"c", 1);
}

#[test]
fn another_request_waits_until_the_one_before_is_answered() {
    let (mut subject, mut puppet) = connected(offering(1));
    let handshake = puppet.transcript.clone();
    ask(&mut subject, &mut puppet, b"one");
    let Event::ChooseIdentity(choice) = subject.next_event().unwrap() else { panic!("an ask") };
    choice.defer();
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &request(b"two")));
    for _ in 0..2 {
        assert!(matches!(subject.next_event(), Ok(Event::Want(Want::Answer))));
        assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Blocked(Want::Answer)));
    }
    subject.resume_ask();
    let mut answers = Vec::new();
    for _ in 0..2 {
        let Event::ChooseIdentity(choice) = subject.next_event().unwrap() else { panic!("an ask") };
        choice.none();
        while let Ok(Event::Want(Want::Outgoing)) = subject.next_event() {}
        answers.push(drain(&mut subject));
    }
    check(&mut puppet, &answers[0], b"one", 0);
    puppet.transcript = [handshake, request(b"two")].concat();
    check(&mut puppet, &answers[1], b"two", 0);
}

#[test]
fn a_handshake_space_is_wanted_where_there_is_none() {
    let (mut subject, mut puppet) = connected(offering(1));
    assert!(subject.detach_handshake().is_some());
    ask(&mut subject, &mut puppet, b"c");
    for _ in 0..2 {
        assert!(matches!(subject.next_event(), Ok(Event::Want(Want::HandshakeSpace))));
        assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Blocked(Want::HandshakeSpace)));
        assert_eq!(subject.write_app_data(b"x"), Err(WriteError::Blocked(Want::HandshakeSpace)));
    }
    let name = ServerName::try_from("server").unwrap();
    subject.attach_handshake(Box::<HandshakeSpace<_>>::default(), &name).unwrap();
    let Event::ChooseIdentity(choice) = subject.next_event().unwrap() else { panic!("an ask") };
    assert_eq!(choice.server_name(), Some("server"));
    drop(choice);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    check(&mut puppet, &drain(&mut subject), b"c", 1);
    let space = subject.detach_handshake().unwrap();
    assert!(space.transcript.is_none() && space.late_request.is_empty() && space.signature.is_empty());
}

#[test]
fn an_answer_of_any_length_leaves_through_the_shortest_buffer_and_data_behind_it() {
    let (mut subject, mut puppet) = connected(offering(400));
    subject.outgoing = Some(std::vec![0; MIN_OUTGOING]);
    ask(&mut subject, &mut puppet, b"c");
    let mut sent = Vec::new();
    while run(&mut subject) == Ok(Want::Outgoing) {
        assert_eq!(subject.write_app_data(b"x"), Err(WriteError::Blocked(Want::Outgoing)));
        assert_eq!(
            subject.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED),
            Err(crate::UpdateKeysError::Handshaking)
        );
        sent.extend(drain(&mut subject));
    }
    sent.extend(drain(&mut subject));
    check(&mut puppet, &sent, b"c", 400);
    assert_eq!(subject.write_app_data(b"x"), Ok(1));
}

#[test]
fn a_record_of_a_pending_write_leaves_first() {
    let mut config = offering(1);
    config.common.completion = Completion::Drained;
    let (mut subject, mut puppet) = connected(config);
    assert_eq!(subject.write_app_data(b"pending"), Err(WriteError::Blocked(Want::Outgoing)));
    ask(&mut subject, &mut puppet, b"c");
    assert_eq!(run(&mut subject), Ok(Want::Outgoing));
    let first = drain(&mut subject);
    assert_eq!(puppet.hear(&first), [(ContentType::APPLICATION_DATA, b"pending".to_vec())]);
    let mut sent = Vec::new();
    while run(&mut subject) == Ok(Want::Outgoing) {
        sent.extend(drain(&mut subject));
    }
    sent.extend(drain(&mut subject));
    check(&mut puppet, &sent, b"c", 1);
    assert_eq!(subject.write_app_data(b"pending"), Ok(7));
}

#[test]
fn a_refusal_ends_the_connection_with_its_alert() {
    for refused in [Refused::Identity, Refused::Signature] {
        let (mut subject, mut puppet) = connected(offering(1));
        ask(&mut subject, &mut puppet, b"c");
        let Event::ChooseIdentity(choice) = subject.next_event().unwrap() else { panic!("an ask") };
        if refused == Refused::Identity {
            choice.refuse(refused);
        } else {
            choice.choose(IdentityId(0), signer().scheme()).unwrap();
            let Event::Sign(sign) = subject.next_event().unwrap() else { panic!("an ask") };
            sign.refuse();
        }
        let error = Error::from(refused);
        assert_eq!(run(&mut subject), Err(error));
        let alert = std::vec![2, error.alert().unwrap().0];
        assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, alert)]);
    }
}

#[test]
fn behind_our_close_nothing_is_answered() {
    let (mut subject, mut puppet) = connected(offering(1));
    subject.close();
    puppet.hear(&drain(&mut subject));
    ask(&mut subject, &mut puppet, b"c");
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert!(drain(&mut subject).is_empty());
    // One that is open is given up.
    let (mut subject, mut puppet) = connected(offering(1));
    ask(&mut subject, &mut puppet, b"c");
    let Event::ChooseIdentity(choice) = subject.next_event().unwrap() else { panic!("an ask") };
    choice.defer();
    subject.close();
    subject.resume_ask();
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, std::vec![1, 0])]);
}

#[test]
fn a_close_stands_behind_an_answer_of_which_some_has_left() {
    // Whichever call goes on with it.
    let goes_on: [fn(&mut Known); 2] = [|subject| assert!(run(subject).is_ok()), |subject| subject.close()];
    for (pieces, go_on) in (1..4).flat_map(|pieces| goes_on.map(|go_on| (pieces, go_on))) {
        let (mut subject, mut puppet) = connected(offering(400));
        subject.outgoing = Some(std::vec![0; MIN_OUTGOING]);
        ask(&mut subject, &mut puppet, b"c");
        let mut sent = Vec::new();
        for _ in 0..pieces {
            assert_eq!(run(&mut subject), Ok(Want::Outgoing));
            sent.extend(drain(&mut subject));
        }
        subject.close();
        for _ in 0..2000 {
            go_on(&mut subject);
            sent.extend(drain(&mut subject));
        }
        let mut heard = puppet.hear(&sent);
        assert_eq!(heard.pop(), Some((ContentType::ALERT, std::vec![1, 0])));
        check_heard(&mut puppet, heard, b"c", 400);
    }
}

#[test]
fn requests_without_data_between_them_are_limited() {
    let (mut subject, mut puppet) = connected(offering(0));
    for _ in 0..3 {
        for _ in 0..limits::LATE_REQUESTS {
            feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &request(b"")));
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
            assert!(!puppet.hear(&drain(&mut subject)).is_empty(), "an answer");
        }
        feed(&mut subject, &puppet.record(ContentType::APPLICATION_DATA, b"data"));
        assert_eq!(subject.read_app_data(&mut [0; 9]), Ok(4));
    }
    // Those that stand in one record count as well.
    let requests = |count: u8| request(b"").repeat(count.into());
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &requests(limits::LATE_REQUESTS)));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.hear(&drain(&mut subject));
    let record = puppet.record(ContentType::HANDSHAKE, &request(b""));
    refuses(&mut subject, &mut puppet, &record, LimitExceeded::CertificateRequests);
}

#[test]
fn requests_are_well_formed_and_not_too_long_to_be_kept() {
    for (body, error) in [
        (&[0, 0, 0][..], PeerMisbehaved::MissingExtension),
        (&[0], PeerMisbehaved::Malformed),
        (&[2, 9, 0, 0], PeerMisbehaved::Malformed),
    ] {
        let (mut subject, mut puppet) = connected(offering(1));
        let record =
            puppet.record(ContentType::HANDSHAKE, &message(HandshakeType::CERTIFICATE_REQUEST, body));
        refuses(&mut subject, &mut puppet, &record, error);
    }
    let request = |padding: usize| {
        let schemes = SignatureScheme::ECDSA_SECP256R1_SHA256.0.to_be_bytes();
        let extensions = block(&[
            (ExtensionType::SIGNATURE_ALGORITHMS, vector(&schemes)),
            (ExtensionType(0xfafa), std::vec![0; padding]),
        ]);
        message(HandshakeType::CERTIFICATE_REQUEST, &[&[0][..], &extensions].concat())
    };
    let padding = limits::LATE_REQUEST - request(0).len();
    let (mut subject, mut puppet) = connected(offering(1));
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &request(padding)));
    assert!(matches!(subject.next_event(), Ok(Event::ChooseIdentity(_))), "the longest that is kept");
    let (mut subject, mut puppet) = connected(offering(1));
    let long = request(padding + 1);
    let record = puppet.record(ContentType::HANDSHAKE, &long);
    let error = LimitExceeded::HandshakeMessage { length: long.len().into() };
    refuses(&mut subject, &mut puppet, &record, error);
}
