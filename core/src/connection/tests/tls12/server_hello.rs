//! What a client refuses in a ServerHello.

use std::vec::Vec;

use super::super::hellos::{RETRY, ServerHelloParts};
use super::super::puppet::{clear, message};
use super::super::subject::{Subject, drain, feed, refuses, run};
use super::played_server::{Stage, advance, client_at, client_config, configured_client_at};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::Client;
use crate::buffers;
use crate::config::{Protocols, Versions};
use crate::connection::Want;
use crate::engine::ServerNameUse;
use crate::error::{Error, PeerIncompatible, PeerMisbehaved};
use crate::wire::enums::{
    AlertDescription, CipherSuite, ContentType, ExtensionType, HandshakeType, NamedGroup,
};

type Spoil = fn(&mut ServerHelloParts);

const OF_BOTH: [Versions; 2] = [Versions::Tls12, Versions::Both];

fn push(hello: &mut ServerHelloParts, extension: ExtensionType, content: &[u8]) {
    hello.extensions.push((extension, content.to_vec()));
}

fn remove(hello: &mut ServerHelloParts, extension: ExtensionType) {
    hello.extensions.retain(|(kind, _)| *kind != extension);
}

/// A ServerHello spoilt like this is refused with this by a client of these versions in this handshake.
#[track_caller]
fn refuses_in(round: Round, versions: Versions, spoil: Spoil, error: impl Into<Error>) {
    let (mut subject, mut puppet) = configured_client_at(Stage::ServerHello, round, client_config(versions));
    let mut hello = puppet.server_hello();
    spoil(&mut hello);
    let record = puppet.say(&hello.encode());
    refuses(&mut subject, &mut puppet, &record, error);
}

/// And by every client in every handshake.
#[track_caller]
fn refuses_hello(spoil: Spoil, error: impl Into<Error>) {
    let error = error.into();
    for (round, versions) in ROUNDS.into_iter().flat_map(|round| OF_BOTH.map(|versions| (round, versions))) {
        refuses_in(round, versions, spoil, error);
    }
}

/// A handshake with such a ServerHello ends well.
#[track_caller]
fn accepts_in(round: Round, versions: Versions, spoil: Spoil) {
    let (mut subject, mut puppet) = configured_client_at(Stage::ServerHello, round, client_config(versions));
    let mut hello = puppet.server_hello();
    spoil(&mut hello);
    puppet.randoms[1] = hello.random;
    feed(&mut subject, &puppet.say(&hello.encode()));
    for stage in super::played_server::STAGES.into_iter().skip(1).filter(|stage| *stage != Stage::HelloDone) {
        advance(&mut subject, &mut puppet, stage);
    }
    assert!(!subject.is_handshaking());
}

/// Triple handshake (CVE-2014-1295): keys that are not bound to the handshake.
#[test]
fn without_an_extended_master_secret() {
    refuses_hello(
        |hello| remove(hello, ExtensionType::EXTENDED_MASTER_SECRET),
        PeerIncompatible::ExtendedMasterSecret,
    );
    refuses_hello(|hello| hello.extensions.clear(), PeerIncompatible::ExtendedMasterSecret);
    refuses_hello(
        |hello| hello.content(ExtensionType::EXTENDED_MASTER_SECRET).push(0),
        PeerMisbehaved::Malformed,
    );
}

/// Renegotiation prefix injection (CVE-2009-3555), seen from the client.
#[test]
fn that_is_not_bound_to_the_handshake_before_it() {
    const BOND: ExtensionType = ExtensionType::RENEGOTIATION_INFO;
    refuses_hello(|hello| remove(hello, BOND), PeerIncompatible::SecureRenegotiation);
    refuses_hello(|hello| *hello.content(BOND) = std::vec![1, 7], PeerMisbehaved::NotBound);
    refuses_hello(|hello| *hello.content(BOND) = [&[24][..], &[7; 24]].concat(), PeerMisbehaved::NotBound);
    refuses_hello(|hello| hello.content(BOND).clear(), PeerMisbehaved::Malformed);
    refuses_hello(|hello| hello.content(BOND).push(0), PeerMisbehaved::Malformed);
    // A first one in a renegotiation; only the client's half, only the server's, both the wrong way round, one bit.
    let again: [Spoil; 5] = [
        |hello| *hello.content(BOND) = std::vec![0],
        |hello| {
            hello.content(BOND).truncate(13);
            hello.content(BOND)[0] = 12;
        },
        |hello| {
            hello.content(BOND).drain(1..13);
            hello.content(BOND)[0] = 12;
        },
        |hello| hello.content(BOND)[1..].rotate_left(12),
        |hello| hello.content(BOND)[24] ^= 1,
    ];
    for spoil in again {
        refuses_in(Round::Again, Versions::Both, spoil, PeerMisbehaved::NotBound);
    }
}

#[test]
fn from_a_server_that_could_do_better() {
    let sentinels: [Spoil; 2] = [
        |hello| hello.random[24..].copy_from_slice(b"DOWNGRD\x01"),
        |hello| hello.random[24..].copy_from_slice(b"DOWNGRD\x00"),
    ];
    for spoil in sentinels {
        refuses_in(Round::First, Versions::Both, spoil, PeerMisbehaved::Downgrade);
        // It is told who would have it: nobody in a renegotiation, nor who knows nothing better.
        accepts_in(Round::First, Versions::Tls12, spoil);
        accepts_in(Round::Again, Versions::Both, spoil);
        accepts_in(Round::Again, Versions::Tls12, spoil);
    }
}

#[test]
fn of_another_version() {
    let versions: [Spoil; 5] = [
        |hello| hello.version = 0x0302,
        |hello| hello.version = 0x0301,
        |hello| hello.version = 0x0300,
        |hello| hello.version = 0x0304,
        |hello| hello.version = 0x0002,
    ];
    for spoil in versions {
        refuses_hello(spoil, PeerIncompatible::Version);
    }
    refuses_in(
        Round::First,
        Versions::Both,
        |hello| {
            hello.version = 0x0302;
            hello.random[24..].copy_from_slice(b"DOWNGRD\x00");
        },
        PeerMisbehaved::Downgrade,
    );
}

#[test]
fn that_names_its_version_as_tls_1_3_does() {
    const VERSIONS: ExtensionType = ExtensionType::SUPPORTED_VERSIONS;
    for versions in OF_BOTH {
        refuses_in(
            Round::First,
            versions,
            |hello| push(hello, VERSIONS, &[3, 3]),
            PeerMisbehaved::IllegalParameter,
        );
    }
    // TLS 1.3 itself, which was not offered.
    refuses_in(
        Round::First,
        Versions::Tls12,
        |hello| {
            hello.extensions = std::vec![(VERSIONS, std::vec![3, 4])];
            hello.suite = CipherSuite::TLS_AES_128_GCM_SHA256.0;
        },
        PeerMisbehaved::UnsolicitedExtension,
    );
    refuses_in(
        Round::Again,
        Versions::Both,
        |hello| push(hello, VERSIONS, &[3, 4]),
        PeerIncompatible::Version,
    );
}

/// A client whose first hello was answered with a HelloRetryRequest, and that has sent the second.
fn retried() -> (Subject<Client>, Puppet) {
    let mut config = client_config(Versions::Both);
    config.common.groups = [NamedGroup::X25519, NamedGroup::SECP256R1].into_iter().collect();
    let (mut subject, puppet) = configured_client_at(Stage::ServerHello, Round::First, config);
    let hello = crate::wire::client_hello::ClientHello::parse(&puppet.transcript[4..]).unwrap();
    let retry = ServerHelloParts {
        random: RETRY,
        session_id: hello.session_id.to_vec(),
        suite: CipherSuite::TLS_AES_128_GCM_SHA256.0,
        extensions: std::vec![
            (ExtensionType::SUPPORTED_VERSIONS, std::vec![3, 4]),
            (ExtensionType::KEY_SHARE, std::vec![0, 23]),
        ],
        ..puppet.server_hello()
    };
    feed(&mut subject, &clear(ContentType::HANDSHAKE, &retry.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert!(!drain(&mut subject).is_empty(), "the second hello");
    (subject, puppet)
}

/// RFC 8446, section 4.1.4: the version of the HelloRetryRequest stands.
#[test]
fn behind_a_hello_retry_request() {
    let (mut subject, mut puppet) = retried();
    let record = puppet.record(ContentType::HANDSHAKE, &puppet.server_hello().encode());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);
}

#[test]
fn nothing_of_tls12_comes_behind_a_hello_retry_request() {
    let (mut subject, mut puppet) = retried();
    let record = puppet.record(ContentType::HANDSHAKE, &message(HandshakeType::HELLO_REQUEST, &[]));
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);

    let (mut subject, mut puppet) = retried();
    let warning = AlertDescription::UNRECOGNIZED_NAME;
    feed(&mut subject, &puppet.record(ContentType::ALERT, &[1, warning.0]));
    assert_eq!(run(&mut subject), Err(Error::AlertReceived(warning)));
}

/// RFC 8446, section 4.1.3: whatever has this random value is a HelloRetryRequest, and one without a version is none.
#[test]
fn with_the_random_value_of_a_hello_retry_request() {
    refuses_in(Round::First, Versions::Both, |hello| hello.random = RETRY, PeerIncompatible::Version);
    accepts_in(Round::First, Versions::Tls12, |hello| hello.random = RETRY);
}

#[test]
fn with_the_session_id_of_a_session_that_is_none() {
    let (mut subject, mut puppet) = client_at(Stage::ServerHello, Round::First);
    let client_hello = puppet.transcript.clone();
    let client_hello = crate::wire::client_hello::ClientHello::parse(&client_hello[4..]).unwrap();
    let mut hello = puppet.server_hello();
    hello.session_id = client_hello.session_id.to_vec();
    assert_eq!(hello.session_id.len(), 32);
    let record = puppet.say(&hello.encode());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);
    // One of the server's own is its own affair.
    accepts_in(Round::First, Versions::Both, |hello| hello.session_id = std::vec![9; 32]);
    accepts_in(Round::Again, Versions::Both, |hello| hello.session_id = std::vec![9; 1]);
    refuses_hello(|hello| hello.session_id = std::vec![9; 33], PeerMisbehaved::Malformed);
}

#[test]
fn with_compression() {
    refuses_hello(|hello| hello.compression = 1, PeerMisbehaved::IllegalParameter);
    refuses_hello(|hello| hello.compression = 64, PeerMisbehaved::IllegalParameter);
}

#[test]
fn with_an_extension_that_nobody_asked_for() {
    use ExtensionType as X;
    let unsolicited: [Spoil; 6] = [
        |hello| push(hello, X::SESSION_TICKET, &[]),
        |hello| push(hello, X::STATUS_REQUEST, &[]),
        |hello| push(hello, X::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, &[0, 3, 2, b'h', b'2']),
        |hello| push(hello, X::HEARTBEAT, &[1]),
        |hello| push(hello, X(0xfafa), &[]),
        |hello| push(hello, X::PRE_SHARED_KEY, &[0, 0]),
    ];
    for spoil in unsolicited {
        refuses_hello(spoil, PeerMisbehaved::UnsolicitedExtension);
    }
    // What was offered for TLS 1.3 alone has no place here, and none at all where that was not offered.
    let misplaced: Spoil = |hello| push(hello, X::KEY_SHARE, &[0, 29, 0, 1, 9]);
    refuses_in(Round::First, Versions::Both, misplaced, PeerMisbehaved::MisplacedExtension);
    refuses_in(Round::First, Versions::Tls12, misplaced, PeerMisbehaved::UnsolicitedExtension);
    refuses_in(Round::Again, Versions::Both, misplaced, PeerMisbehaved::UnsolicitedExtension);
    refuses_hello(
        |hello| push(hello, X::SIGNATURE_ALGORITHMS, &[0, 2, 4, 3]),
        PeerMisbehaved::MisplacedExtension,
    );
}

#[test]
fn with_an_extension_twice() {
    refuses_hello(|hello| hello.extensions.extend_from_within(..1), PeerMisbehaved::DuplicateExtension);
    refuses_hello(|hello| hello.extensions.extend_from_within(1..), PeerMisbehaved::DuplicateExtension);
}

#[test]
fn with_point_formats_of_no_use() {
    const FORMATS: ExtensionType = ExtensionType::EC_POINT_FORMATS;
    refuses_hello(|hello| push(hello, FORMATS, &[2, 1, 2]), PeerMisbehaved::IllegalParameter);
    refuses_hello(|hello| push(hello, FORMATS, &[0]), PeerMisbehaved::Malformed);
    refuses_hello(|hello| push(hello, FORMATS, &[1, 0, 0]), PeerMisbehaved::Malformed);
    accepts_in(Round::First, Versions::Both, |hello| push(hello, FORMATS, &[3, 2, 1, 0]));
}

#[test]
fn with_sizes_that_are_not_allowed() {
    use ExtensionType as X;
    refuses_hello(|hello| push(hello, X::RECORD_SIZE_LIMIT, &[0, 63]), PeerMisbehaved::IllegalParameter);
    // Of a client that asks for fragments of 512 bytes too.
    let both: Spoil = |hello| {
        push(hello, X::RECORD_SIZE_LIMIT, &[2, 0]);
        push(hello, X::MAX_FRAGMENT_LENGTH, &[1]);
    };
    for (spoil, error) in [
        (both, PeerMisbehaved::IllegalParameter),
        (|hello| push(hello, X::MAX_FRAGMENT_LENGTH, &[2]), PeerMisbehaved::IllegalParameter),
        (|hello| push(hello, X::MAX_FRAGMENT_LENGTH, &[]), PeerMisbehaved::Malformed),
    ] {
        let config = client_config(Versions::Both);
        let buffer = buffers::min_incoming(config.common.max_handshake_message) + 512;
        let subject = super::super::subject::client(config, buffer);
        let puppet = super::puppet::Puppet::new(crate::engine::Peer::Server, 3);
        let (mut subject, mut puppet) =
            super::played_server::client_with_at(Stage::ServerHello, Round::First, (subject, puppet));
        let mut hello = puppet.server_hello();
        spoil(&mut hello);
        let record = puppet.say(&hello.encode());
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn with_a_protocol_that_was_not_offered() {
    const PROTOCOL: ExtensionType = ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION;
    let names: [(&[u8], PeerMisbehaved); 3] = [
        (&[0, 3, 2, b'h', b'3'], PeerMisbehaved::IllegalParameter),
        (&[0, 6, 2, b'h', b'2', 2, b'h', b'2'], PeerMisbehaved::Malformed),
        (&[0, 0], PeerMisbehaved::Malformed),
    ];
    for ((name, error), round) in names.into_iter().flat_map(|name| ROUNDS.map(|round| (name, round))) {
        let mut config = client_config(Versions::Both);
        config.common.protocols = Protocols::new([&b"h2"[..]]).unwrap();
        let (mut subject, mut puppet) = configured_client_at(Stage::ServerHello, round, config);
        let mut hello = puppet.server_hello();
        push(&mut hello, PROTOCOL, name);
        let record = puppet.say(&hello.encode());
        // A renegotiation does not speak of protocols.
        let error = if round == Round::First { error } else { PeerMisbehaved::UnsolicitedExtension };
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

/// What the server says of the name is what it says in this handshake.
#[test]
fn that_says_something_of_the_name() {
    let (mut subject, mut puppet) = client_at(Stage::ServerHello, Round::First);
    for says in [true, false] {
        let mut hello = puppet.server_hello();
        if says {
            push(&mut hello, ExtensionType::SERVER_NAME, &[]);
        }
        puppet.randoms[1] = hello.random;
        feed(&mut subject, &puppet.say(&hello.encode()));
        for stage in super::played_server::STAGES.into_iter().skip(1).filter(|at| *at != Stage::HelloDone) {
            advance(&mut subject, &mut puppet, stage);
        }
        assert_eq!(subject.negotiated().server_name == ServerNameUse::Acknowledged, says);
        assert_eq!(subject.renegotiate(), Ok(()));
        super::played_server::go_to(Stage::ServerHello, &mut subject, &mut puppet);
    }
    refuses_hello(|hello| push(hello, ExtensionType::SERVER_NAME, &[0]), PeerMisbehaved::Malformed);
}

#[test]
fn that_can_not_be_parsed() {
    let spoils: [fn(&mut Vec<u8>); 4] =
        [Vec::clear, |body| body.push(0), |body| body.truncate(9), |body| body.truncate(37)];
    for (spoil, round) in spoils.into_iter().flat_map(|spoil| ROUNDS.map(|round| (spoil, round))) {
        let (mut subject, mut puppet) = client_at(Stage::ServerHello, round);
        let mut body = puppet.server_hello().encode()[4..].to_vec();
        spoil(&mut body);
        let message = super::super::puppet::message(crate::wire::enums::HandshakeType::SERVER_HELLO, &body);
        let record = puppet.say(&message);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}
