//! What a server refuses, with the alerts of RFC 8446.

use std::vec::Vec;

use super::hellos::{ClientHelloParts, vector};
use super::played_client::{Share, Stage, fresh_server, retry, server_at};
use super::puppet::{Puppet, alert, change_cipher_spec, clear, message};
use super::subject::{Shown, Subject, drain, feed, refuses, run, server};
use crate::Server;
use crate::config::{Protocols, ServerConfig};
use crate::connection::{Event, Want};
use crate::error::{Error, PeerIncompatible, PeerMisbehaved, Refused};
use crate::wire::enums::{
    AlertDescription, CipherSuite, ContentType, ExtensionType, HandshakeType, NamedGroup, SignatureScheme,
};

type Spoil = fn(&mut ClientHelloParts);

fn spoilt(spoil: Spoil) -> (Puppet, Vec<u8>) {
    let mut puppet = Puppet::new(4);
    let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
    spoil(&mut hello);
    (puppet, clear(ContentType::HANDSHAKE, &hello.encode()))
}

/// A first hello spoilt like this is refused with this.
#[track_caller]
fn refuses_hello(spoil: Spoil, error: impl Into<Error>) {
    let (mut puppet, record) = spoilt(spoil);
    refuses(&mut fresh_server(), &mut puppet, &record, error);
}

fn push(hello: &mut ClientHelloParts, extension: ExtensionType, content: &[u8]) {
    hello.extensions.push((extension, content.to_vec()));
}

#[test]
fn a_hello_must_offer_tls_1_3() {
    let spoils: [Spoil; 5] = [
        |hello| hello.extensions.clear(),
        |hello| hello.remove(ExtensionType::SUPPORTED_VERSIONS),
        |hello| *hello.content(ExtensionType::SUPPORTED_VERSIONS) = std::vec![4, 3, 3, 3, 2],
        |hello| hello.version = 0x0300,
        |hello| {
            hello.version = 0x0301;
            hello.remove(ExtensionType::SUPPORTED_VERSIONS);
        },
    ];
    for spoil in spoils {
        refuses_hello(spoil, PeerIncompatible::Version);
    }
}

#[test]
fn beside_supported_versions_the_old_version_field_counts_for_nothing() {
    for version in [0x0301, 0x0302, 0x0304, 0x7f7f] {
        let mut puppet = Puppet::new(4);
        let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
        hello.version = version;
        let mut subject = fresh_server();
        feed(&mut subject, &puppet.say(&hello.encode()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming), "{version:x}");
    }
}

#[test]
fn a_hello_must_have_its_extensions() {
    for extension in
        [ExtensionType::SUPPORTED_GROUPS, ExtensionType::SIGNATURE_ALGORITHMS, ExtensionType::KEY_SHARE]
    {
        let mut puppet = Puppet::new(4);
        let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
        hello.remove(extension);
        let record = clear(ContentType::HANDSHAKE, &hello.encode());
        refuses(&mut fresh_server(), &mut puppet, &record, PeerMisbehaved::MissingExtension);
    }
    refuses_hello(
        |hello| push(hello, ExtensionType::PRE_SHARED_KEY, &[0; 4]),
        PeerMisbehaved::MissingExtension,
    );
}

#[test]
fn fields_of_a_hello_have_legal_values() {
    use ExtensionType as X;
    refuses_hello(|hello| hello.compression = std::vec![0, 1], PeerMisbehaved::IllegalParameter);
    refuses_hello(|hello| hello.compression = std::vec![1], PeerMisbehaved::IllegalParameter);
    refuses_hello(|hello| hello.compression.clear(), PeerMisbehaved::Malformed);
    refuses_hello(|hello| hello.session_id = std::vec![0; 33], PeerMisbehaved::Malformed);
    refuses_hello(|hello| hello.suites.clear(), PeerMisbehaved::Malformed);
    refuses_hello(|hello| push(hello, X::RECORD_SIZE_LIMIT, &[0, 63]), PeerMisbehaved::IllegalParameter);
    refuses_hello(|hello| push(hello, X::MAX_FRAGMENT_LENGTH, &[5]), PeerMisbehaved::IllegalParameter);
    refuses_hello(|hello| push(hello, X::COOKIE, &[0, 0]), PeerMisbehaved::Malformed);
    refuses_hello(|hello| hello.content(X::KEY_SHARE).push(0), PeerMisbehaved::Malformed);
    refuses_hello(
        |hello| push(hello, X::SERVER_NAME, &[0, 4, 0, 0, 1, b'\n']),
        PeerMisbehaved::IllegalParameter,
    );
    refuses_hello(
        |hello| push(hello, X::SERVER_NAME, &[0, 8, 0, 0, 1, b'a', 0, 0, 1, b'b']),
        PeerMisbehaved::IllegalParameter,
    );
    refuses_hello(
        |hello| push(hello, X::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, &[0, 1, 0]),
        PeerMisbehaved::Malformed,
    );
}

/// RFC 6066, section 3, permits none; some clients send them.
#[test]
fn an_address_is_no_name() {
    for address in [&b"::1"[..], b"fd00::5", b"::ffff:192.0.2.1", b"192.0.2.1"] {
        let (mut puppet, mut subject) = (Puppet::new(4), fresh_server());
        let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
        let length = u16::try_from(address.len()).unwrap();
        let entry = [&[0][..], &length.to_be_bytes(), address].concat();
        push(&mut hello, ExtensionType::SERVER_NAME, &vector(&entry));
        feed(&mut subject, &puppet.say(&hello.encode()));
        let chooses = |event| matches!(event, Ok(Event::ChooseIdentity(ask)) if ask.server_name().is_none());
        assert!(chooses(subject.next_event()), "{address:?}");
    }
    let colon = |hello: &mut ClientHelloParts| {
        push(hello, ExtensionType::SERVER_NAME, &[0, 6, 0, 0, 3, b'g', b':', b'g'])
    };
    refuses_hello(colon, PeerMisbehaved::IllegalParameter);
}

#[test]
fn extensions_stand_once_and_where_they_belong() {
    refuses_hello(|hello| hello.extensions.extend_from_within(..1), PeerMisbehaved::DuplicateExtension);
    refuses_hello(
        |hello| {
            hello
                .extensions
                .extend([(ExtensionType(0xfafa), Vec::new()), (ExtensionType(0xfafa), Vec::new())])
        },
        PeerMisbehaved::DuplicateExtension,
    );
    refuses_hello(
        |hello| push(hello, ExtensionType::OID_FILTERS, &[0, 0]),
        PeerMisbehaved::MisplacedExtension,
    );
    // pre_shared_key stands last (RFC 8446, section 4.2.11).
    refuses_hello(
        |hello| {
            push(hello, ExtensionType::PSK_KEY_EXCHANGE_MODES, &[1, 1]);
            push(hello, ExtensionType::PRE_SHARED_KEY, &[0; 4]);
            push(hello, ExtensionType(0xfafa), &[]);
        },
        PeerMisbehaved::IllegalParameter,
    );
}

#[test]
fn unknown_values_and_grease_are_passed_over() {
    let mut puppet = Puppet::new(4);
    let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
    hello.suites.insert(0, 0x0a0a);
    hello.extensions.insert(0, (ExtensionType(0x1a1a), std::vec![0]));
    *hello.content(ExtensionType::SUPPORTED_VERSIONS) = std::vec![4, 0x2a, 0x2a, 3, 4];
    let share = hello.content(ExtensionType::KEY_SHARE);
    share.splice(2..2, [0x3a, 0x3a, 0, 1, 0]);
    share[1] += 5;
    let groups = hello.content(ExtensionType::SUPPORTED_GROUPS);
    groups.extend([0x3a, 0x3a]);
    groups[1] += 2;
    let mut subject = fresh_server();
    feed(&mut subject, &puppet.say(&hello.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert!(!drain(&mut subject).is_empty(), "the flight of a server");
}

#[test]
fn key_shares_are_valid_and_of_groups_in_the_list() {
    use ExtensionType as X;
    refuses_hello(|hello| hello.content(X::KEY_SHARE)[6..].fill(0), PeerMisbehaved::BadKeyShare);
    refuses_hello(|hello| hello.content(X::KEY_SHARE)[3] = 0x17, PeerMisbehaved::BadKeyShare);
    refuses_hello(
        |hello| *hello.content(X::SUPPORTED_GROUPS) = vector(&[0, 0x17]),
        PeerMisbehaved::IllegalParameter,
    );
    refuses_hello(|hello| hello.content(X::KEY_SHARE)[1] = 0, PeerMisbehaved::Malformed);
}

#[test]
fn nothing_in_common_is_handshake_failure() {
    refuses_hello(|hello| hello.suites = std::vec![0xc02b], PeerIncompatible::CipherSuite);
    refuses_hello(
        |hello| {
            *hello.content(ExtensionType::SUPPORTED_GROUPS) = vector(&[1, 0]);
            *hello.content(ExtensionType::KEY_SHARE) = std::vec![0, 0];
        },
        PeerIncompatible::Group,
    );
}

#[test]
fn no_common_protocol_has_its_own_alert() {
    let mut config = ServerConfig::new(Shown);
    config.common.protocols = Protocols::new([&b"h2"[..]]).unwrap();
    let mut subject = server(config, 6144);
    let (mut puppet, record) = spoilt(|hello| {
        push(hello, ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, &vector(b"\x02h3"));
    });
    refuses(&mut subject, &mut puppet, &record, PeerIncompatible::ApplicationProtocol);
}

#[test]
fn the_choice_of_an_identity_is_refused_with_its_alert() {
    for (refused, description) in [
        (Refused::Identity, AlertDescription::HANDSHAKE_FAILURE),
        (Refused::ServerName, AlertDescription::UNRECOGNIZED_NAME),
    ] {
        let (mut puppet, record) = spoilt(|_| ());
        let mut subject = fresh_server();
        feed(&mut subject, &record);
        let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        assert!(!ask.offers(SignatureScheme::ED25519));
        ask.refuse(refused);
        assert_eq!(run(&mut subject), Err(refused.into()));
        let heard = puppet.hear(&drain(&mut subject));
        assert_eq!(heard, [(ContentType::ALERT, alert(description).to_vec())]);
    }
}

#[test]
fn a_signature_that_can_not_be_made_is_our_failure() {
    let (_, record) = spoilt(|_| ());
    let mut subject = fresh_server();
    feed(&mut subject, &record);
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    ask.choose(crate::config::IdentityId(0), SignatureScheme::ECDSA_SECP256R1_SHA256).unwrap();
    let Event::Sign(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    ask.refuse();
    assert_eq!(run(&mut subject), Err(Refused::Signature.into()));
}

/// A server that asked for another hello, its client, and the hello that it should get.
fn retried_server() -> (Subject<Server>, Puppet, ClientHelloParts) {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    let hello = retry(&mut subject, &mut puppet, &|_| ());
    (subject, puppet, hello)
}

#[test]
fn a_second_hello_repeats_the_first() {
    let spoils: [Spoil; 7] = [
        |hello| hello.session_id[0] ^= 1,
        |hello| hello.suites.push(0x1303),
        |hello| hello.suites = std::vec![CipherSuite::TLS_AES_256_GCM_SHA384.0],
        |hello| *hello.content(ExtensionType::SIGNATURE_ALGORITHMS) = vector(&[8, 7]),
        |hello| push(hello, ExtensionType(0xfafa), &[]),
        |hello| push(hello, ExtensionType::EARLY_DATA, &[]),
        |hello| hello.extensions.swap(1, 2),
    ];
    for spoil in spoils {
        let (mut subject, mut puppet, mut hello) = retried_server();
        spoil(&mut hello);
        let record = clear(ContentType::HANDSHAKE, &hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::ChangedClientHello);
    }
}

#[test]
fn a_second_hello_has_the_share_that_was_asked_for() {
    let (mut subject, mut puppet, mut hello) = retried_server();
    *hello.content(ExtensionType::KEY_SHARE) = std::vec![0, 0];
    let record = clear(ContentType::HANDSHAKE, &hello.encode());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::ChangedClientHello);

    let (mut subject, mut puppet, mut hello) = retried_server();
    let other = Share::new(&mut puppet.provider, NamedGroup::SECP256R1);
    *hello.content(ExtensionType::KEY_SHARE) =
        vector(&[&[0, 0x17][..], &vector(&other.public_value)].concat());
    let record = clear(ContentType::HANDSHAKE, &hello.encode());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::ChangedClientHello);

    let (mut subject, mut puppet, mut hello) = retried_server();
    push(&mut hello, ExtensionType::PADDING, &[0; 20]);
    feed(&mut subject, &change_cipher_spec());
    feed(&mut subject, &puppet.say(&hello.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
}

#[test]
fn nothing_follows_a_message_that_changes_keys_in_its_record() {
    let mut puppet = Puppet::new(4);
    let hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello().encode();
    let record = clear(ContentType::HANDSHAKE, &[&hello[..], &[0]].concat());
    refuses(&mut fresh_server(), &mut puppet, &record, PeerMisbehaved::KeyChangeInsideRecord);

    let (mut subject, mut puppet) = server_at(Stage::Finished);
    let finished = puppet.finished(|schedule| &schedule.client_handshake);
    let update = message(HandshakeType::KEY_UPDATE, &[0]);
    let record = puppet.record(ContentType::HANDSHAKE, &[finished, update].concat());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::KeyChangeInsideRecord);
}

#[test]
fn a_finished_is_over_this_transcript() {
    let (mut subject, mut puppet) = server_at(Stage::Finished);
    let mut wrong = puppet.finished(|schedule| &schedule.client_handshake);
    wrong[35] ^= 1;
    let record = puppet.record(ContentType::HANDSHAKE, &wrong);
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadFinished);
}

#[test]
fn a_client_that_speaks_another_protocol_is_found_out() {
    for request in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x80\x2e\x01\x00\x02", b"\x16\x02\x00\x00\x05"] {
        refuses(&mut fresh_server(), &mut Puppet::new(4), request, PeerMisbehaved::NotTls);
    }
}

#[test]
fn a_client_may_fail_before_it_has_keys() {
    let (mut subject, mut puppet) = server_at(Stage::Finished);
    let description = AlertDescription::UNKNOWN_CA;
    let record = clear(ContentType::ALERT, &alert(description));
    refuses(&mut subject, &mut puppet, &record, Error::AlertReceived(description));
    // Not after a record of its own.
    let (mut subject, mut puppet) = server_at(Stage::Connected);
    let record = clear(ContentType::ALERT, &alert(description));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
}

#[test]
fn close_notify_right_after_the_hello_ends_the_connection() {
    let mut puppet = Puppet::new(4);
    let mut subject = fresh_server();
    let hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello().encode();
    let bytes = [clear(ContentType::HANDSHAKE, &hello), clear(ContentType::ALERT, &[1, 0])].concat();
    feed(&mut subject, &bytes);
    assert_eq!(run(&mut subject), Err(Error::AlertReceived(AlertDescription::CLOSE_NOTIFY)));
}
