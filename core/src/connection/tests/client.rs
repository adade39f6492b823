//! What a client refuses, message by message, with the alerts of RFC 8446.

use std::vec::Vec;

use super::hellos::{Block, RETRY, ServerHelloParts, block, vector};
use super::played_server::{
    Stage, certificate, certificate_request, client_at, configured_client_at, encrypted_extensions,
};
use super::puppet::{Puppet, alert, clear, encode, message};
use super::subject::{CERTIFICATE, Subject, client, drain, feed, refuses, run};
use crate::Client;
use crate::config::ClientConfig;
use crate::connection::Want;
use crate::engine::Peer;
use crate::error::{CertificateError, Error, LimitExceeded, PeerIncompatible, PeerMisbehaved, Refused};
use crate::wire::enums::{
    AlertDescription, ContentType, ExtensionType, HandshakeType, NamedGroup, SignatureScheme,
};

type Spoil = fn(&mut ServerHelloParts);

fn spoilt(spoil: Spoil) -> (Subject<Client>, Puppet, Vec<u8>) {
    let (subject, mut puppet) = client_at(Stage::ServerHello);
    let mut parts = puppet.server_hello();
    spoil(&mut parts);
    (subject, puppet, clear(ContentType::HANDSHAKE, &parts.encode()))
}

#[test]
fn a_server_hello_echoes_and_chooses_from_what_was_offered() {
    let spoils: [(Spoil, PeerMisbehaved); 11] = [
        (|hello| hello.session_id[0] ^= 1, PeerMisbehaved::IllegalParameter),
        (|hello| hello.session_id.clear(), PeerMisbehaved::IllegalParameter),
        (|hello| hello.session_id = std::vec![7; 33], PeerMisbehaved::Malformed),
        (|hello| hello.compression = 1, PeerMisbehaved::IllegalParameter),
        (|hello| hello.suite = 0x1304, PeerMisbehaved::IllegalParameter),
        (|hello| hello.version = 0x0302, PeerMisbehaved::IllegalParameter),
        (|hello| hello.version = 0x0304, PeerMisbehaved::IllegalParameter),
        (|hello| hello.content(ExtensionType::KEY_SHARE)[1] = 0x17, PeerMisbehaved::IllegalParameter),
        (|hello| hello.content(ExtensionType::KEY_SHARE)[4..].fill(0), PeerMisbehaved::BadKeyShare),
        (short_share, PeerMisbehaved::BadKeyShare),
        (|hello| hello.content(ExtensionType::KEY_SHARE).push(0), PeerMisbehaved::Malformed),
    ];
    for (spoil, error) in spoils {
        let (mut subject, mut puppet, record) = spoilt(spoil);
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

fn short_share(hello: &mut ServerHelloParts) {
    let share = hello.content(ExtensionType::KEY_SHARE);
    share[3] = 31;
    share.pop();
}

#[test]
fn the_extensions_of_a_server_hello_are_those_that_belong_there() {
    let spoils: [(Spoil, PeerMisbehaved); 6] = [
        (|hello| hello.extensions.truncate(1), PeerMisbehaved::MissingExtension),
        (|hello| hello.extensions.extend_from_within(1..), PeerMisbehaved::DuplicateExtension),
        (|hello| hello.extensions.extend_from_within(..1), PeerMisbehaved::DuplicateExtension),
        (
            |hello| hello.extensions.push((ExtensionType::SERVER_NAME, Vec::new())),
            PeerMisbehaved::MisplacedExtension,
        ),
        (
            |hello| hello.extensions.push((ExtensionType::PRE_SHARED_KEY, std::vec![0, 0])),
            PeerMisbehaved::UnsolicitedExtension,
        ),
        (
            |hello| hello.extensions.push((ExtensionType(0xfafa), Vec::new())),
            PeerMisbehaved::UnsolicitedExtension,
        ),
    ];
    for (spoil, error) in spoils {
        let (mut subject, mut puppet, record) = spoilt(spoil);
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn only_tls_1_3_will_do() {
    let spoils: [(Spoil, Error); 7] = [
        (|hello| hello.extensions.clear(), PeerIncompatible::Version.into()),
        (older, PeerIncompatible::Version.into()),
        (sentinel::<1>, PeerMisbehaved::Downgrade.into()),
        (sentinel::<0>, PeerMisbehaved::Downgrade.into()),
        (
            |hello| hello.content(ExtensionType::SUPPORTED_VERSIONS)[1] = 3,
            PeerMisbehaved::IllegalParameter.into(),
        ),
        (
            |hello| hello.content(ExtensionType::SUPPORTED_VERSIONS)[1] = 5,
            PeerMisbehaved::IllegalParameter.into(),
        ),
        // RFC 8446, appendix D.5.
        (|hello| hello.version = 0x0300, PeerIncompatible::Version.into()),
    ];
    for (spoil, error) in spoils {
        let (mut subject, mut puppet, record) = spoilt(spoil);
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

fn older(hello: &mut ServerHelloParts) {
    hello.version = 0x0301;
    hello.extensions.clear();
}

fn sentinel_random(last: u8) -> [u8; 32] {
    [&[6; 24][..], b"DOWNGRD", &[last]].concat().try_into().unwrap()
}

fn sentinel<const LAST: u8>(hello: &mut ServerHelloParts) {
    hello.extensions.clear();
    hello.random = sentinel_random(LAST);
}

#[test]
fn a_sentinel_beside_tls_1_3_means_nothing() {
    let (mut subject, _, record) = spoilt(|hello| hello.random = sentinel_random(1));
    feed(&mut subject, &record);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
}

/// A retry with these extensions beside the version.
fn retry(puppet: &mut Puppet, extensions: &[(ExtensionType, Vec<u8>)]) -> ServerHelloParts {
    let mut parts = puppet.server_hello();
    parts.random = RETRY;
    parts.extensions.truncate(1);
    parts.extensions.extend_from_slice(extensions);
    parts
}

fn group(group: NamedGroup) -> (ExtensionType, Vec<u8>) {
    (ExtensionType::KEY_SHARE, group.0.to_be_bytes().to_vec())
}

fn cookie(length: usize) -> (ExtensionType, Vec<u8>) {
    (ExtensionType::COOKIE, vector(&std::vec![9; length]))
}

#[test]
fn a_retry_must_change_something_that_was_offered() {
    let empty_cookie = (ExtensionType::COOKIE, std::vec![0, 0]);
    let retries: [(Block, Error); 9] = [
        (std::vec![], PeerMisbehaved::PointlessHelloRetry.into()),
        (std::vec![group(NamedGroup::X25519)], PeerMisbehaved::PointlessHelloRetry.into()),
        (std::vec![group(NamedGroup::X25519), cookie(1)], PeerMisbehaved::PointlessHelloRetry.into()),
        (std::vec![group(NamedGroup(0x19))], PeerMisbehaved::IllegalParameter.into()),
        (std::vec![empty_cookie], PeerMisbehaved::Malformed.into()),
        (std::vec![cookie(257)], LimitExceeded::Cookie { length: 257.into() }.into()),
        (std::vec![cookie(1), cookie(1)], PeerMisbehaved::DuplicateExtension.into()),
        (
            std::vec![(ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, Vec::new())],
            PeerMisbehaved::MisplacedExtension.into(),
        ),
        (std::vec![(ExtensionType(0xfafa), Vec::new())], PeerMisbehaved::UnsolicitedExtension.into()),
    ];
    for (extensions, error) in retries {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello);
        let record = clear(ContentType::HANDSHAKE, &retry(&mut puppet, &extensions).encode());
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

/// A client that has answered a retry for P-256 with a cookie.
fn retried_client() -> (Subject<Client>, Puppet) {
    let (mut subject, mut puppet) = client_at(Stage::ServerHello);
    let parts = retry(&mut puppet, &[group(NamedGroup::SECP256R1), cookie(256)]);
    puppet.fold();
    feed(&mut subject, &puppet.say(&parts.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let heard = puppet.hear_messages(&drain(&mut subject));
    let hello = crate::wire::client_hello::ClientHello::parse(&heard[0][4..]).unwrap();
    assert_eq!(hello.extensions.cookie, Some(&[9; 256][..]));
    assert_eq!(hello.extensions.key_shares.unwrap().iter().count(), 1);
    (subject, puppet)
}

#[test]
fn after_a_retry_everything_stays_as_it_was_fixed() {
    let (mut subject, mut puppet) = retried_client();
    let hello = puppet.server_hello_with(NamedGroup::SECP256R1).encode();
    feed(&mut subject, &puppet.say(&hello));
    puppet.enter_handshake_as_server();
    feed(&mut subject, &puppet.say(&encrypted_extensions(&Vec::new())));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));

    let (mut subject, mut puppet) = retried_client();
    let mut other_suite = puppet.server_hello_with(NamedGroup::SECP256R1);
    other_suite.suite = 0x1303;
    let record = clear(ContentType::HANDSHAKE, &other_suite.encode());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);

    let (mut subject, mut puppet) = retried_client();
    let mut other_group = puppet.server_hello_with(NamedGroup::SECP256R1);
    other_group.content(ExtensionType::KEY_SHARE)[1] = 0x18;
    let record = clear(ContentType::HANDSHAKE, &other_group.encode());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);

    let (mut subject, mut puppet) = retried_client();
    let mut second = puppet.server_hello_with(NamedGroup::SECP256R1);
    second.random = RETRY;
    let record = clear(ContentType::HANDSHAKE, &second.encode());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn a_retry_with_nothing_but_a_cookie_keeps_the_share() {
    let (mut subject, mut puppet) = client_at(Stage::ServerHello);
    let parts = retry(&mut puppet, &[cookie(1)]);
    let first = puppet.transcript.clone();
    puppet.fold();
    feed(&mut subject, &puppet.say(&parts.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let second = puppet.hear_messages(&drain(&mut subject)).remove(0);
    let share = |hello: &[u8]| {
        let hello = crate::wire::client_hello::ClientHello::parse(&hello[4..]).unwrap();
        hello.extensions.key_shares.unwrap().find(NamedGroup::X25519).unwrap().to_vec()
    };
    assert_eq!(share(&first), share(&second));
    let hello = puppet.server_hello().encode();
    feed(&mut subject, &puppet.say(&hello));
    puppet.enter_handshake_as_server();
    feed(&mut subject, &puppet.say(&encrypted_extensions(&Vec::new())));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
}

#[test]
fn encrypted_extensions_answer_what_was_asked() {
    let size = |limit: u16| (ExtensionType::RECORD_SIZE_LIMIT, limit.to_be_bytes().to_vec());
    let fragment = |code: u8| (ExtensionType::MAX_FRAGMENT_LENGTH, std::vec![code]);
    let alpn = (ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, vector(b"\x02h2"));
    let cases: [(Block, PeerMisbehaved); 9] = [
        (std::vec![size(1024), fragment(3)], PeerMisbehaved::IllegalParameter),
        (std::vec![size(63)], PeerMisbehaved::IllegalParameter),
        (std::vec![fragment(2)], PeerMisbehaved::IllegalParameter),
        (std::vec![size(64), size(64)], PeerMisbehaved::DuplicateExtension),
        (std::vec![alpn], PeerMisbehaved::UnsolicitedExtension),
        (std::vec![(ExtensionType::KEY_SHARE, Vec::new())], PeerMisbehaved::MisplacedExtension),
        (std::vec![(ExtensionType::EARLY_DATA, Vec::new())], PeerMisbehaved::UnsolicitedExtension),
        (std::vec![(ExtensionType(0xfafa), Vec::new())], PeerMisbehaved::UnsolicitedExtension),
        (std::vec![(ExtensionType::SERVER_NAME, std::vec![0])], PeerMisbehaved::Malformed),
    ];
    for (extensions, error) in cases {
        let (mut subject, mut puppet) =
            configured_client_at(Stage::EncryptedExtensions, ClientConfig::new(), 6144);
        let record = puppet.say(&encrypted_extensions(&extensions));
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn a_protocol_must_be_one_that_was_offered() {
    let mut config = ClientConfig::new();
    config.common.protocols = crate::config::Protocols::new([&b"h2"[..], b"http/1.1"]).unwrap();
    let names: [(&[u8], Error); 3] = [
        (b"\x02h3", PeerMisbehaved::IllegalParameter.into()),
        (b"\x02h2\x08http/1.1", PeerMisbehaved::Malformed.into()),
        (b"", PeerMisbehaved::Malformed.into()),
    ];
    for (list, error) in names {
        let (mut subject, mut puppet) =
            configured_client_at(Stage::EncryptedExtensions, config.clone(), 6144);
        let record = puppet.say(&encrypted_extensions(&std::vec![(
            ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION,
            vector(list)
        )]));
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn a_server_certificate_is_never_empty_and_answers_nothing_unasked() {
    let entry = [&[0, 0, CERTIFICATE.len() as u8][..], CERTIFICATE].concat();
    let stapled = [&entry[..], &block(&[(ExtensionType::STATUS_REQUEST, std::vec![1, 0, 0, 1, 0])])].concat();
    let misplaced = [&entry[..], &block(&[(ExtensionType::KEY_SHARE, Vec::new())])].concat();
    let body = |context: &[u8], entries: &[u8]| {
        encode(&|w| {
            w.vec_u8(&|w| w.put(context));
            w.vec_u24(&|w| w.put(entries));
        })
    };
    let plain = [&entry[..], &[0, 0]].concat();
    let bodies: [(Vec<u8>, PeerMisbehaved); 7] = [
        (body(b"c", &plain), PeerMisbehaved::IllegalParameter),
        (body(b"", b""), PeerMisbehaved::NoCertificate),
        (body(b"", &[0; 5]), PeerMisbehaved::Malformed),
        (body(b"", &plain[..9]), PeerMisbehaved::Malformed),
        (body(b"", &stapled), PeerMisbehaved::UnsolicitedExtension),
        (body(b"", &misplaced), PeerMisbehaved::MisplacedExtension),
        (b"\0".to_vec(), PeerMisbehaved::Malformed),
    ];
    for (body, error) in bodies {
        let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest);
        let record = puppet.say(&message(HandshakeType::CERTIFICATE, &body));
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn a_request_for_a_certificate_is_checked() {
    let with_context = [&[1, 9][..], &certificate_request()[1..]].concat();
    let bodies: [(&[u8], PeerMisbehaved); 3] = [
        (&with_context, PeerMisbehaved::IllegalParameter),
        (&[0, 0, 0], PeerMisbehaved::MissingExtension),
        (&[0], PeerMisbehaved::Malformed),
    ];
    for (body, error) in bodies {
        let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest);
        let record = puppet.say(&message(HandshakeType::CERTIFICATE_REQUEST, body));
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn a_proof_is_by_an_offered_scheme_that_fits_the_key() {
    use SignatureScheme as S;
    let proofs = [
        (SignatureScheme(0x0203), Peer::Server, PeerMisbehaved::BadSignatureScheme), // ECDSA with SHA-1
        (S::RSA_PKCS1_SHA256, Peer::Server, PeerMisbehaved::BadSignatureScheme),
        (S::RSA_PSS_RSAE_SHA256, Peer::Server, PeerMisbehaved::BadSignatureScheme),
        (S::ED25519, Peer::Server, PeerMisbehaved::BadSignatureScheme),
        (S::ECDSA_SECP384R1_SHA384, Peer::Server, PeerMisbehaved::BadSignatureScheme),
        (S::ECDSA_SECP256R1_SHA256, Peer::Client, PeerMisbehaved::BadSignature),
    ];
    for (scheme, context, error) in proofs {
        let (mut subject, mut puppet) = client_at(Stage::CertificateVerify);
        let message = puppet.signed(scheme, context);
        let record = puppet.say(&message);
        refuses(&mut subject, &mut puppet, &record, error);
    }
    let (mut subject, mut puppet) = client_at(Stage::CertificateVerify);
    let mut other_transcript = puppet.certificate_verify();
    *other_transcript.last_mut().unwrap() ^= 1;
    let record = puppet.say(&other_transcript);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadSignature);
}

#[test]
fn a_finished_is_over_this_transcript() {
    let (mut subject, mut puppet) = client_at(Stage::Finished);
    let mut wrong = puppet.finished(|schedule| &schedule.server_handshake);
    wrong[4] ^= 1;
    let record = puppet.say(&wrong);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadFinished);
    let (mut subject, mut puppet) = client_at(Stage::Finished);
    let record = puppet.say(&message(HandshakeType::FINISHED, &[0; 31]));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadFinished);
}

#[test]
fn a_refused_certificate_says_why() {
    let reasons = [
        (CertificateError::Expired, AlertDescription::CERTIFICATE_EXPIRED),
        (CertificateError::UnknownIssuer, AlertDescription::UNKNOWN_CA),
        (CertificateError::NameMismatch, AlertDescription::BAD_CERTIFICATE),
        (CertificateError::Revoked, AlertDescription::CERTIFICATE_REVOKED),
    ];
    for (reason, description) in reasons {
        let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest);
        feed(&mut subject, &puppet.say(&certificate()));
        let crate::connection::Event::VerifyPeer(ask) = subject.next_event().unwrap() else {
            panic!("an ask")
        };
        ask.refuse(reason);
        assert_eq!(run(&mut subject), Err(Refused::Certificate(reason).into()));
        let heard = puppet.hear(&drain(&mut subject));
        assert_eq!(heard, [(ContentType::ALERT, alert(description).to_vec())]);
    }
}

#[test]
fn nothing_follows_a_message_that_changes_keys_in_its_record() {
    let (mut subject, mut puppet) = client_at(Stage::ServerHello);
    let hello = puppet.server_hello().encode();
    let joined = [&hello[..], &encrypted_extensions(&Vec::new())].concat();
    let record = clear(ContentType::HANDSHAKE, &joined);
    // The alert may be in clear or not: the keys of the handshake are not in use yet.
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::KeyChangeInsideRecord);

    let (mut subject, mut puppet) = client_at(Stage::Finished);
    let finished = puppet.finished(|schedule| &schedule.server_handshake);
    let record = puppet.record(ContentType::HANDSHAKE, &[&finished[..], &[4]].concat());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::KeyChangeInsideRecord);

    let (mut subject, mut puppet) = client_at(Stage::Connected);
    let update = message(HandshakeType::KEY_UPDATE, &[0]);
    let record = puppet.record(ContentType::HANDSHAKE, &[&update[..], &update[..]].concat());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::KeyChangeInsideRecord);
}

#[test]
fn late_messages_are_checked() {
    let messages: [(HandshakeType, &[u8], PeerMisbehaved); 5] = [
        (HandshakeType::KEY_UPDATE, &[2], PeerMisbehaved::IllegalParameter),
        (HandshakeType::KEY_UPDATE, &[], PeerMisbehaved::Malformed),
        (HandshakeType::KEY_UPDATE, &[0, 0], PeerMisbehaved::Malformed),
        (HandshakeType::NEW_SESSION_TICKET, &[0; 14], PeerMisbehaved::Malformed),
        (HandshakeType::NEW_SESSION_TICKET, &[0; 13], PeerMisbehaved::Malformed),
    ];
    for (kind, body, error) in messages {
        let (mut subject, mut puppet) = client_at(Stage::Connected);
        let record = puppet.record(ContentType::HANDSHAKE, &message(kind, body));
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn a_server_that_speaks_another_protocol_is_found_out() {
    let answers: [&[u8]; 3] = [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail ESMTP\r\n", b"SSH-2.0-x\r\n"];
    for answer in answers {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello);
        refuses(&mut subject, &mut puppet, answer, PeerMisbehaved::NotTls);
    }
}

#[test]
fn an_alert_of_the_server_is_not_answered() {
    for description in [AlertDescription::HANDSHAKE_FAILURE, AlertDescription::CLOSE_NOTIFY] {
        for stage in [Stage::ServerHello, Stage::EncryptedExtensions, Stage::Finished] {
            let (mut subject, mut puppet) = client_at(stage);
            let record = puppet.record(ContentType::ALERT, &alert(description));
            refuses(&mut subject, &mut puppet, &record, Error::AlertReceived(description));
        }
    }
}

#[test]
fn a_client_that_closes_before_its_hello_says_nothing() {
    let mut subject = client(ClientConfig::new(), 6144);
    subject.close();
    assert_eq!(run(&mut subject), Err(Refused::Closed.into()));
    assert_eq!(drain(&mut subject), b"", "nobody is there who could be told");
}

#[test]
fn the_application_ends_a_connection_with_an_alert_of_its_own() {
    for stage in [Stage::ServerHello, Stage::EncryptedExtensions, Stage::Finished] {
        let (mut subject, mut puppet) = client_at(stage);
        let alert = AlertDescription(30);
        subject.send_fatal_alert(alert);
        subject.send_fatal_alert(AlertDescription::INTERNAL_ERROR);
        assert_eq!(run(&mut subject), Err(Refused::Application(alert).into()), "the first counts");
        let heard = puppet.hear(&drain(&mut subject));
        assert_eq!(heard, [(ContentType::ALERT, std::vec![2, 30])], "{stage:?}");
    }
}

#[test]
fn a_client_that_closes_in_its_handshake_says_so() {
    for stage in [Stage::ServerHello, Stage::EncryptedExtensions, Stage::Finished] {
        let (mut subject, mut puppet) = client_at(stage);
        subject.close();
        assert_eq!(run(&mut subject), Err(Refused::Closed.into()));
        let heard = puppet.hear(&drain(&mut subject));
        assert_eq!(heard, [(ContentType::ALERT, std::vec![1, 0])]);
    }
}

#[test]
fn an_encrypted_alert_comes_behind_the_change_cipher_spec_that_middleboxes_want() {
    let clear = [20, 3, 3, 0, 1, 1];
    for (stage, expected) in [(Stage::EncryptedExtensions, &clear[..]), (Stage::Connected, &[])] {
        let (mut subject, mut puppet) = client_at(stage);
        drain(&mut subject);
        let record = puppet.say(&message(HandshakeType::SERVER_HELLO, &[]));
        feed(&mut subject, &record);
        assert_eq!(run(&mut subject), Err(PeerMisbehaved::UnexpectedMessage.into()));
        let said = drain(&mut subject);
        assert_eq!(said.strip_prefix(expected).map(|rest| rest[0]), Some(23), "{stage:?}: {said:x?}");
    }
}
