//! What a server refuses in a ClientHello, and what its answer says.

use std::vec::Vec;

use super::super::hellos::{ClientHelloParts, vector};
use super::super::played_client::{Share, retry};
use super::super::puppet::clear;
use super::super::subject::{drain, feed, refuses, run, signer};
use super::played_client::{
    Stage, advance, configured_server, configured_server_at, server_at, server_config, server_with_at,
};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::config::{IdentityId, Protocols, Resumption, Versions};
use crate::connection::{Event, Want};
use crate::engine::{Peer, ServerNameUse};
use crate::error::{Error, PeerIncompatible, PeerMisbehaved, Refused};
use crate::wire::enums::{
    AlertDescription, CipherSuite, ContentType, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion,
    SignatureScheme,
};
use crate::wire::extension::ExtensionSet;
use crate::wire::server_hello::ServerHello;

type Spoil = fn(&mut ClientHelloParts);

const OF_BOTH: [Versions; 2] = [Versions::Tls12, Versions::Both];

fn push(hello: &mut ClientHelloParts, extension: ExtensionType, content: &[u8]) {
    hello.extensions.push((extension, content.to_vec()));
}

/// What the server waits for where the next ClientHello may come.
const fn stage(round: Round) -> Stage {
    match round {
        Round::First => Stage::ClientHello,
        Round::Again => Stage::Connected,
    }
}

/// A ClientHello spoilt like this is refused with this by a server of these versions in this handshake.
#[track_caller]
fn refuses_in(round: Round, versions: Versions, spoil: Spoil, error: impl Into<Error>) {
    let (mut subject, mut puppet) = configured_server_at(stage(round), Round::First, server_config(versions));
    let mut hello = puppet.client_hello();
    spoil(&mut hello);
    let record = puppet.say(&hello.encode());
    refuses(&mut subject, &mut puppet, &record, error);
}

/// And by every server in every handshake.
#[track_caller]
fn refuses_hello(spoil: Spoil, error: impl Into<Error>) {
    let error = error.into();
    for (round, versions) in ROUNDS.into_iter().flat_map(|round| OF_BOTH.map(|versions| (round, versions))) {
        refuses_in(round, versions, spoil, error);
    }
}

/// A handshake with such a ClientHello ends well; the body of the ServerHello.
#[track_caller]
fn accepts_in(round: Round, versions: Versions, spoil: Spoil) -> Vec<u8> {
    let (mut subject, mut puppet) = configured_server_at(stage(round), Round::First, server_config(versions));
    puppet.forget_handshake();
    let mut hello = puppet.client_hello();
    spoil(&mut hello);
    puppet.randoms[0] = [5; 32];
    feed(&mut subject, &puppet.say(&hello.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let (_, server_hello) = puppet.hear_flight(&drain(&mut subject)).remove(0);
    for stage in [Stage::ClientKeyExchange, Stage::ChangeCipherSpec, Stage::Finished] {
        advance(&mut subject, &mut puppet, stage);
    }
    assert!(!subject.is_handshaking());
    server_hello[4..].to_vec()
}

#[test]
fn without_an_extended_master_secret() {
    const SECRET: ExtensionType = ExtensionType::EXTENDED_MASTER_SECRET;
    refuses_hello(|hello| hello.remove(SECRET), PeerIncompatible::ExtendedMasterSecret);
    refuses_hello(|hello| hello.extensions.clear(), PeerIncompatible::ExtendedMasterSecret);
    refuses_hello(|hello| hello.content(SECRET).push(0), PeerMisbehaved::Malformed);
}

/// Renegotiation prefix injection (CVE-2009-3555), seen from the server.
#[test]
fn that_is_not_bound_to_the_handshake_before_it() {
    const BOND: ExtensionType = ExtensionType::RENEGOTIATION_INFO;
    const SCSV: u16 = CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV.0;
    refuses_in(
        Round::First,
        Versions::Both,
        |hello| hello.remove(BOND),
        PeerIncompatible::SecureRenegotiation,
    );
    let spoils: [Spoil; 2] = [
        |hello| *hello.content(BOND) = std::vec![1, 7],
        |hello| *hello.content(BOND) = [&[12][..], &[7; 12]].concat(),
    ];
    for spoil in spoils {
        refuses_hello(spoil, PeerMisbehaved::NotBound);
    }
    let again: [Spoil; 5] = [
        |hello| hello.remove(BOND),
        |hello| *hello.content(BOND) = std::vec![0],
        // The promise of a first hello, in place of the bond and beside it.
        |hello| {
            hello.remove(BOND);
            hello.suites.push(SCSV);
        },
        |hello| hello.suites.push(SCSV),
        |hello| hello.content(BOND)[12] ^= 1,
    ];
    for spoil in again {
        refuses_in(Round::Again, Versions::Both, spoil, PeerMisbehaved::NotBound);
    }
    refuses_hello(|hello| hello.content(BOND).clear(), PeerMisbehaved::Malformed);
    refuses_hello(|hello| hello.content(BOND).push(0), PeerMisbehaved::Malformed);
    // Either promise does in a first hello.
    accepts_in(Round::First, Versions::Both, |hello| hello.suites.push(SCSV));
    accepts_in(Round::First, Versions::Both, |hello| {
        hello.remove(BOND);
        hello.suites.push(SCSV);
    });
}

#[test]
fn bound_to_the_handshake_before_the_last() {
    let (mut subject, mut puppet) = server_at(Stage::Connected, Round::Again);
    let last = puppet.verify_data[0].clone();
    super::played_client::go_to(Stage::Connected, &mut subject, &mut puppet);
    assert_ne!(puppet.verify_data[0], last);
    puppet.verify_data[0] = last;
    let record = puppet.say(&puppet.client_hello().encode());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::NotBound);
}

#[test]
fn without_schemes_of_signatures_or_groups() {
    refuses_hello(
        |hello| hello.remove(ExtensionType::SIGNATURE_ALGORITHMS),
        PeerIncompatible::SignatureScheme,
    );
    refuses_hello(|hello| hello.remove(ExtensionType::SUPPORTED_GROUPS), PeerIncompatible::Group);
    refuses_hello(
        |hello| *hello.content(ExtensionType::SUPPORTED_GROUPS) = vector(&[0, 25, 1, 0]),
        PeerIncompatible::Group,
    );
}

#[test]
fn without_a_suite_of_ours() {
    let suites: [Spoil; 3] = [
        |hello| hello.suites = std::vec![0x0003, 0x002f, 0x009c, 0x009e, 0xc009, 0xc018],
        |hello| hello.suites = std::vec![CipherSuite::TLS_AES_128_GCM_SHA256.0],
        // What is left is no suite.
        |hello| hello.suites = std::vec![CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV.0 ^ 0x0100],
    ];
    for spoil in suites {
        refuses_hello(spoil, PeerIncompatible::CipherSuite);
    }
    refuses_hello(|hello| hello.suites.clear(), PeerMisbehaved::Malformed);
}

#[test]
fn without_a_suite_for_the_key_that_there_is() {
    let (mut subject, mut puppet) = server_at(Stage::ClientHello, Round::First);
    let mut hello = puppet.client_hello();
    hello.suites = std::vec![CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256.0];
    feed(&mut subject, &puppet.say(&hello.encode()));
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    assert!(ask.choose(IdentityId(0), signer().scheme()).is_err(), "no suite goes with it");
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("it is offered again") };
    ask.refuse(Refused::Identity);
    assert_eq!(run(&mut subject), Err(Refused::Identity.into()));
    let heard = puppet.hear_flight(&drain(&mut subject));
    assert_eq!(heard, [(ContentType::ALERT, std::vec![2, AlertDescription::HANDSHAKE_FAILURE.0])]);
}

#[test]
fn with_compression_alone_or_points_in_no_usable_form() {
    const FORMATS: ExtensionType = ExtensionType::EC_POINT_FORMATS;
    refuses_hello(|hello| hello.compression = std::vec![1], PeerMisbehaved::IllegalParameter);
    refuses_hello(|hello| hello.compression.clear(), PeerMisbehaved::Malformed);
    refuses_hello(|hello| *hello.content(FORMATS) = std::vec![2, 1, 2], PeerMisbehaved::IllegalParameter);
    refuses_hello(|hello| *hello.content(FORMATS) = std::vec![0], PeerMisbehaved::Malformed);
    let hello = accepts_in(Round::First, Versions::Both, |hello| hello.compression = std::vec![1, 0]);
    assert_eq!(ServerHello::parse(&hello).unwrap().compression_method, 0);
    accepts_in(Round::First, Versions::Both, |hello| hello.remove(FORMATS));
}

#[test]
fn of_an_older_version() {
    const VERSIONS: ExtensionType = ExtensionType::SUPPORTED_VERSIONS;
    let versions: [Spoil; 6] = [
        |hello| hello.version = 0x0302,
        |hello| hello.version = 0x0301,
        |hello| hello.version = 0x0300,
        |hello| push(hello, VERSIONS, &[4, 3, 2, 3, 1]),
        |hello| push(hello, VERSIONS, &[2, 0x7f, 0x1c]),
        |hello| {
            hello.version = 0x0300;
            push(hello, VERSIONS, &[2, 3, 3]);
        },
    ];
    for spoil in versions {
        refuses_hello(spoil, PeerIncompatible::Version);
    }
    // TLS 1.3 and nothing else is no version of a renegotiation.
    refuses_in(
        Round::Again,
        Versions::Both,
        |hello| push(hello, VERSIONS, &[2, 3, 4]),
        PeerIncompatible::Version,
    );
    accepts_in(Round::Again, Versions::Both, |hello| push(hello, VERSIONS, &[4, 3, 4, 3, 3]));
    accepts_in(Round::First, Versions::Both, |hello| push(hello, VERSIONS, &[2, 3, 3]));
    accepts_in(Round::First, Versions::Tls12, |hello| push(hello, VERSIONS, &[4, 3, 4, 3, 3]));
    accepts_in(Round::First, Versions::Both, |hello| hello.version = 0x0304);
}

#[test]
fn of_a_client_that_fell_back() {
    const SCSV: u16 = CipherSuite::TLS_FALLBACK_SCSV.0;
    refuses_in(Round::First, Versions::Both, |hello| hello.suites.push(SCSV), PeerIncompatible::Fallback);
    accepts_in(Round::First, Versions::Tls12, |hello| hello.suites.push(SCSV));
    accepts_in(Round::Again, Versions::Both, |hello| hello.suites.push(SCSV));
}

/// RFC 8446, section 4.1.3.
#[test]
fn the_answer_says_that_the_server_could_do_better_where_it_could() {
    let answers = |round, versions| {
        let hello = accepts_in(round, versions, |_| ());
        ServerHello::parse(&hello).unwrap().random.ends_with(b"DOWNGRD\x01")
    };
    assert!(answers(Round::First, Versions::Both));
    assert!(!answers(Round::First, Versions::Tls12));
    assert!(!answers(Round::Again, Versions::Both));
    assert!(!answers(Round::Again, Versions::Tls12));
}

#[test]
fn with_an_extension_twice_or_where_it_does_not_belong() {
    refuses_hello(|hello| hello.extensions.extend_from_within(..1), PeerMisbehaved::DuplicateExtension);
    refuses_hello(|hello| hello.extensions.extend_from_within(3..4), PeerMisbehaved::DuplicateExtension);
    refuses_hello(
        |hello| push(hello, ExtensionType::OID_FILTERS, &[0, 0]),
        PeerMisbehaved::MisplacedExtension,
    );
}

#[test]
fn what_belongs_to_other_sessions_and_versions_is_passed_over() {
    use ExtensionType as X;
    let ignored: [Spoil; 5] = [
        |hello| push(hello, X::SESSION_TICKET, &[9; 100]),
        |hello| push(hello, X::KEY_SHARE, &[0, 5, 0, 29, 0, 1, 9]),
        |hello| push(hello, X::EARLY_DATA, &[]),
        |hello| push(hello, X(0xfafa), &[1, 2, 3]),
        |hello| {
            push(hello, X::PSK_KEY_EXCHANGE_MODES, &[1, 1]);
            let psk = [&[0, 9, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 33, 32][..], &[0; 32]].concat();
            push(hello, X::PRE_SHARED_KEY, &psk);
        },
    ];
    for (spoil, round) in ignored.into_iter().flat_map(|spoil| ROUNDS.map(|round| (spoil, round))) {
        let hello = accepts_in(round, Versions::Both, spoil);
        let hello = ServerHello::parse(&hello).unwrap();
        assert_eq!(hello.session_id, b"", "no session goes on");
        assert_eq!(hello.selected_version(), Ok(None));
        let asked = [X::EXTENDED_MASTER_SECRET, X::RENEGOTIATION_INFO, X::EC_POINT_FORMATS];
        let asked = asked.into_iter().fold(ExtensionSet::default(), ExtensionSet::with);
        assert!(hello.tls12_extensions(asked).is_ok(), "and nothing is answered");
    }
}

/// A ticket of TLS 1.2 says nothing to TLS 1.3.
#[test]
fn a_hello_of_tls_1_3_with_a_ticket_of_tls_1_2() {
    let (mut subject, mut puppet) = server_at(Stage::ClientHello, Round::First);
    let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
    let mut hello = share.hello();
    push(&mut hello, ExtensionType::SESSION_TICKET, &[9; 100]);
    push(&mut hello, ExtensionType::EXTENDED_MASTER_SECRET, &[]);
    feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert_eq!(subject.negotiated().version(), Some(ProtocolVersion::TLS_1_3));
}

#[test]
fn a_protocol_is_settled_once() {
    const PROTOCOL: ExtensionType = ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION;
    let config = || {
        let mut config = server_config(Versions::Both);
        config.common.protocols = Protocols::new([&b"h2"[..]]).unwrap();
        config
    };
    let (mut subject, mut puppet) = (configured_server(config()), Puppet::new(Peer::Client, 4));
    for (round, offers) in [true, false, true].into_iter().enumerate() {
        puppet.forget_handshake();
        let mut hello = puppet.client_hello();
        if offers {
            push(&mut hello, PROTOCOL, &[0, 3, 2, b'h', b'2']);
        }
        puppet.randoms[0] = [5; 32];
        feed(&mut subject, &puppet.say(&hello.encode()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        let (_, hello) = puppet.hear_flight(&drain(&mut subject)).remove(0);
        let answers = hello.windows(7).any(|bytes| bytes == [0, 16, 0, 5, 0, 3, 2]);
        assert_eq!(answers, round == 0);
        assert_eq!(subject.protocol(), Some(&b"h2"[..]));
        for stage in [Stage::ClientKeyExchange, Stage::ChangeCipherSpec, Stage::Finished] {
            advance(&mut subject, &mut puppet, stage);
        }
    }
    let (mut subject, mut puppet) = (configured_server(config()), Puppet::new(Peer::Client, 4));
    let mut hello = puppet.client_hello();
    push(&mut hello, PROTOCOL, &[0, 3, 2, b'h', b'3']);
    let record = puppet.say(&hello.encode());
    refuses(&mut subject, &mut puppet, &record, PeerIncompatible::ApplicationProtocol);
}

#[test]
fn a_name_is_acknowledged_only_where_it_is_asked_for() {
    let (mut subject, mut puppet) = server_at(Stage::ClientHello, Round::First);
    for asks in [true, false] {
        puppet.forget_handshake();
        let mut hello = puppet.client_hello();
        if asks {
            push(&mut hello, ExtensionType::SERVER_NAME, &[0, 4, 0, 0, 1, b'a']);
        }
        puppet.randoms[0] = [5; 32];
        feed(&mut subject, &puppet.say(&hello.encode()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        let (_, hello) = puppet.hear_flight(&drain(&mut subject)).remove(0);
        assert_eq!(hello.windows(4).any(|bytes| bytes == [0, 0, 0, 0]), asks, "an empty answer");
        assert_eq!(subject.negotiated().server_name == ServerNameUse::Acknowledged, asks);
        for stage in [Stage::ClientKeyExchange, Stage::ChangeCipherSpec, Stage::Finished] {
            advance(&mut subject, &mut puppet, stage);
        }
    }
}

#[test]
fn that_can_not_be_parsed() {
    let spoils: [fn(&mut Vec<u8>); 4] =
        [Vec::clear, |body| body.push(0), |body| body.truncate(9), |body| body.truncate(37)];
    for (spoil, round) in spoils.into_iter().flat_map(|spoil| ROUNDS.map(|round| (spoil, round))) {
        let (mut subject, mut puppet) = server_at(stage(round), Round::First);
        let mut body = puppet.client_hello().encode()[4..].to_vec();
        spoil(&mut body);
        let message = super::super::puppet::message(HandshakeType::CLIENT_HELLO, &body);
        let record = puppet.say(&message);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}

#[test]
fn every_suite_carries_a_handshake_and_the_next() {
    for suite in [
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ] {
        let (subject, mut puppet) =
            (configured_server(server_config(Versions::Both)), Puppet::new(Peer::Client, 4));
        puppet.suite = suite;
        let (subject, _) = server_with_at(Stage::Connected, Round::Again, (subject, puppet));
        assert_eq!(subject.negotiated().cipher_suite, Some(suite));
    }
}

/// RFC 8446, section 4.1.4: the version of our HelloRetryRequest stands.
#[test]
fn behind_a_hello_retry_request() {
    let (mut subject, puppet) = server_at(Stage::ClientHello, Round::First);
    let mut tls13 = super::super::puppet::Puppet::new(4);
    retry(&mut subject, &mut tls13, &|_| ());
    let record = clear(ContentType::HANDSHAKE, &puppet.client_hello().encode());
    refuses(&mut subject, &mut tls13, &record, PeerIncompatible::Version);
}

#[test]
fn no_warning_comes_behind_a_hello_retry_request() {
    let (mut subject, _) = server_at(Stage::ClientHello, Round::First);
    let mut tls13 = super::super::puppet::Puppet::new(4);
    retry(&mut subject, &mut tls13, &|_| ());
    let warning = AlertDescription::UNRECOGNIZED_NAME;
    feed(&mut subject, &clear(ContentType::ALERT, &[1, warning.0]));
    assert_eq!(run(&mut subject), Err(Error::AlertReceived(warning)));
}

#[cfg(feature = "mlkem")]
#[test]
fn a_group_of_tls_1_3_is_none_of_tls_1_2() {
    const GROUPS: ExtensionType = ExtensionType::SUPPORTED_GROUPS;
    refuses_hello(|hello| *hello.content(GROUPS) = vector(&[0x11, 0xec]), PeerIncompatible::Group);
    for (round, versions) in ROUNDS.into_iter().flat_map(|round| OF_BOTH.map(|versions| (round, versions))) {
        accepts_in(round, versions, |hello| *hello.content(GROUPS) = vector(&[0x11, 0xec, 0, 0x1d, 0, 0x17]));
    }
}

/// What a server of these groups' client is asked for an identity says of a key on P-256.
fn takes_p256(groups: &[NamedGroup]) -> bool {
    let (mut subject, mut puppet) = server_at(Stage::ClientHello, Round::First);
    let mut hello = puppet.client_hello();
    let groups = groups.iter().flat_map(|group| group.0.to_be_bytes()).collect::<Vec<u8>>();
    hello.extensions[0] = (ExtensionType::SUPPORTED_GROUPS, vector(&groups));
    feed(&mut subject, &puppet.say(&hello.encode()));
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("no ask") };
    assert_eq!(ask.version().0, 0x0303);
    let takes = ask.takes_key_on(NamedGroup::SECP256R1);
    assert_eq!(ask.offers(SignatureScheme::ECDSA_SECP256R1_SHA256), takes);
    takes
}

#[test]
fn a_key_is_on_a_curve_of_the_clients() {
    assert!(takes_p256(&[NamedGroup::X25519, NamedGroup::SECP256R1]));
    assert!(!takes_p256(&[NamedGroup::X25519, NamedGroup::SECP384R1]));
    assert!(takes_p256(&[NamedGroup::X25519]), "it speaks of key exchange alone");
}

#[test]
fn a_ticket_says_nothing_to_a_server_that_gives_none() {
    for (resumption, expected) in [(Resumption::ById, None), (Resumption::ByTicket, Some(&b"ticket"[..]))] {
        let mut config = server_config(Versions::Both);
        config.common.resumption = resumption;
        let (mut subject, mut puppet) = configured_server_at(Stage::ClientHello, Round::First, config);
        let mut hello = puppet.client_hello();
        hello.extensions.push((ExtensionType::SESSION_TICKET, b"ticket".to_vec()));
        feed(&mut subject, &puppet.say(&hello.encode()));
        let Event::FindSession(ask) = subject.next_event().unwrap() else { panic!("no ask") };
        assert_eq!((ask.ticket(), ask.id().is_some()), (expected, expected.is_none()), "{resumption:?}");
    }
}
