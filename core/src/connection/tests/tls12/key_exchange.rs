//! Both halves of a key exchange, and the server's signature of its own.

use std::vec::Vec;

use p256::ecdsa::signature::hazmat::PrehashSigner;

use super::super::puppet::message;
use super::super::subject::{feed, refuses, run, signer};
use super::played_client::{self, server_at};
use super::played_server::{
    Stage, client_at, client_config, configured_client_at, server_key_exchange, sign,
};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::config::Versions;
use crate::connection::Want;
use crate::crypto::{HashAlgorithm, Provider};
use crate::error::{Error, PeerMisbehaved};
use crate::wire::enums::{CipherSuite, HandshakeType, NamedGroup, SignatureScheme};

/// What `make` says for a ServerKeyExchange is refused in every handshake.
#[track_caller]
fn refuses_exchange(make: impl Fn(&mut Puppet) -> Vec<u8>, error: impl Into<Error>) {
    let error = error.into();
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::ServerKeyExchange, round);
        let message = make(&mut puppet);
        let record = puppet.say(&message);
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn a_scheme_that_was_not_offered_or_does_not_fit_suite_and_key() {
    use SignatureScheme as S;
    let schemes = [
        SignatureScheme(0x0203), // ECDSA with SHA-1
        SignatureScheme(0x0201), // RSA with SHA-1
        SignatureScheme(0x0303), // ECDSA with SHA-224
        SignatureScheme(0x0101), // RSA with MD5
        SignatureScheme(0x0202), // DSA
        SignatureScheme(0x0003), // ECDSA of nothing
        SignatureScheme(0x0400), // not signed
        S::RSA_PKCS1_SHA256,
        S::RSA_PSS_RSAE_SHA256,
        S::ED25519,
    ];
    for scheme in schemes {
        refuses_exchange(
            |puppet| {
                let params = puppet.params(NamedGroup::X25519);
                puppet.signed_params(scheme, &params)
            },
            PeerMisbehaved::BadSignatureScheme,
        );
    }
}

#[test]
fn a_key_that_does_not_fit_the_suite() {
    // The suite is one with RSA, and the key that was vouched for is one with ECDSA.
    let (mut subject, mut puppet) = client_at(Stage::ServerHello, Round::First);
    puppet.suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    super::played_server::advance(&mut subject, &mut puppet, Stage::ServerHello);
    let record = puppet.say(&super::played_server::certificate());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadSignatureScheme);
}

/// In TLS 1.2 any hash goes with any curve (RFC 8446, section 4.2.3).
#[test]
fn another_hash_than_the_one_of_the_curve() {
    for (digest, accepted) in [(HashAlgorithm::Sha384, true), (HashAlgorithm::Sha256, false)] {
        let (mut subject, mut puppet) = client_at(Stage::ServerKeyExchange, Round::First);
        let params = puppet.params(NamedGroup::X25519);
        let input = [&puppet.randoms[0], &puppet.randoms[1], &params[..]].concat();
        let mut hash = puppet.provider.hash_start(digest).unwrap();
        puppet.provider.hash_update(&mut hash, &input).unwrap();
        let digest = puppet.provider.hash_digest(&hash).unwrap();
        // The key of the tests.
        let key = p256::ecdsa::SigningKey::from_slice(&[0x42; 32]).unwrap();
        let signature: p256::ecdsa::Signature = key.sign_prehash(digest.as_bytes()).unwrap();
        let scheme = SignatureScheme::ECDSA_SECP384R1_SHA384;
        let exchange = server_key_exchange(&params, scheme, signature.to_der().as_bytes());
        let record = puppet.say(&exchange);
        if accepted {
            feed(&mut subject, &record);
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
            assert_eq!(subject.negotiated().signature_scheme, Some(scheme));
        } else {
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadSignature);
        }
    }
}

#[test]
fn a_signature_over_something_else() {
    let scheme = signer().scheme();
    let with = |input: fn(&Puppet, &[u8]) -> Vec<u8>| {
        refuses_exchange(
            |puppet| {
                let params = puppet.params(NamedGroup::X25519);
                server_key_exchange(&params, scheme, &sign(&input(puppet, &params)))
            },
            PeerMisbehaved::BadSignature,
        );
    };
    // The server's random value before the client's, one of another handshake, none; other parameters.
    with(|puppet, params| [&puppet.randoms[1], &puppet.randoms[0], params].concat());
    with(|puppet, params| [&[9; 32], &puppet.randoms[1], params].concat());
    with(|puppet, params| [&puppet.randoms[0], &[9; 32], params].concat());
    with(|_, params| params.to_vec());
    with(|puppet, params| [&puppet.randoms[0], &puppet.randoms[1], &params[1..]].concat());
    with(|puppet, params| {
        let mut other = params.to_vec();
        *other.last_mut().unwrap() ^= 1;
        [&puppet.randoms[0], &puppet.randoms[1], &other[..]].concat()
    });
}

#[test]
fn a_signature_that_is_spoilt_cut_or_missing() {
    let scheme = signer().scheme();
    for spoil in [
        |signature: &mut Vec<u8>| *signature.last_mut().unwrap() ^= 1,
        |signature: &mut Vec<u8>| signature.truncate(9),
        |signature: &mut Vec<u8>| signature.push(0),
        Vec::clear,
    ] {
        refuses_exchange(
            |puppet| {
                let params = puppet.params(NamedGroup::X25519);
                let mut signature = sign(&[&puppet.randoms[0], &puppet.randoms[1], &params[..]].concat());
                spoil(&mut signature);
                server_key_exchange(&params, scheme, &signature)
            },
            PeerMisbehaved::BadSignature,
        );
    }
}

/// Signed as it should be, whatever it is.
fn signed(puppet: &Puppet, params: &[u8]) -> Vec<u8> {
    puppet.signed_params(signer().scheme(), params)
}

#[test]
fn a_curve_that_is_spelt_out() {
    for kind in [0, 1, 2, 4, 255] {
        refuses_exchange(
            |puppet| {
                let mut params = puppet.params(NamedGroup::X25519);
                params[0] = kind;
                signed(puppet, &params)
            },
            PeerMisbehaved::IllegalParameter,
        );
    }
}

#[test]
fn a_group_that_was_not_offered() {
    for group in [0x0000_u16, 0x0001, 0x0019, 0x001e, 0x0100, 0xff01] {
        refuses_exchange(
            |puppet| signed(puppet, &[&[3], &group.to_be_bytes()[..], &[32], &[9; 32]].concat()),
            PeerMisbehaved::IllegalParameter,
        );
    }
    for round in ROUNDS {
        let mut config = client_config(Versions::Both);
        config.common.groups = [NamedGroup::X25519].into_iter().collect();
        let (mut subject, mut puppet) = configured_client_at(Stage::ServerKeyExchange, round, config);
        let params = puppet.params(NamedGroup::SECP256R1);
        let exchange = signed(&puppet, &params);
        let record = puppet.say(&exchange);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::IllegalParameter);
    }
}

/// Public values that are none, of their groups: all zero, of small order, too short, too long; off the curve, the point at
/// infinity, compressed.
fn bad_values() -> Vec<(NamedGroup, Vec<u8>)> {
    let mut off = std::vec![4; 65];
    off[64] = 5;
    std::vec![
        (NamedGroup::X25519, std::vec![0; 32]),
        (NamedGroup::X25519, [&[1][..], &[0; 31]].concat()),
        (NamedGroup::X25519, std::vec![9; 31]),
        (NamedGroup::X25519, std::vec![9; 33]),
        (NamedGroup::SECP256R1, off),
        (NamedGroup::SECP256R1, std::vec![0]),
        (NamedGroup::SECP256R1, [&[4][..], &[0; 64]].concat()),
        (NamedGroup::SECP256R1, [&[2][..], &[0x11; 32]].concat()),
        (NamedGroup::SECP384R1, [&[4][..], &[1; 96]].concat()),
    ]
}

#[test]
fn a_servers_value_that_is_no_public_value() {
    for (group, value) in bad_values() {
        refuses_exchange(
            |puppet| {
                let length = value.len() as u8;
                let params = [&[3], &group.0.to_be_bytes()[..], &[length], &value[..]].concat();
                signed(puppet, &params)
            },
            PeerMisbehaved::BadKeyShare,
        );
    }
}

#[test]
fn a_clients_value_that_is_no_public_value() {
    for (group, value) in bad_values() {
        for round in ROUNDS {
            let mut config = played_client::server_config(Versions::Both);
            config.common.groups = [group].into_iter().collect();
            let (mut subject, mut puppet) =
                played_client::configured_server_at(played_client::Stage::ClientKeyExchange, round, config);
            let body = [&[value.len() as u8], &value[..]].concat();
            let record = puppet.say(&message(HandshakeType::CLIENT_KEY_EXCHANGE, &body));
            refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadKeyShare);
        }
    }
}

#[test]
fn halves_that_can_not_be_parsed() {
    let bodies: [fn(&mut Vec<u8>); 4] =
        [Vec::clear, |body| body.push(0), |body| body.truncate(9), |body| body.insert(3, 0)];
    for spoil in bodies {
        refuses_exchange(
            |puppet| {
                let mut body = puppet.server_key_exchange()[4..].to_vec();
                spoil(&mut body);
                message(HandshakeType::SERVER_KEY_EXCHANGE, &body)
            },
            PeerMisbehaved::Malformed,
        );
    }
    for body in [&[][..], &[0], &[2, 9], &[1, 9, 9], &[0, 32, 9]] {
        let (mut subject, mut puppet) = server_at(played_client::Stage::ClientKeyExchange, Round::First);
        let record = puppet.say(&message(HandshakeType::CLIENT_KEY_EXCHANGE, body));
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
    }
}

#[test]
fn every_group_goes_with_every_suite() {
    let suites = [
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ];
    for suite in suites {
        for group in [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1] {
            let (mut subject, mut puppet) = client_at(Stage::ServerHello, Round::First);
            puppet.suite = suite;
            for stage in [Stage::ServerHello, Stage::Certificate] {
                super::played_server::advance(&mut subject, &mut puppet, stage);
            }
            let params = puppet.params(group);
            let exchange = signed(&puppet, &params);
            feed(&mut subject, &puppet.say(&exchange));
            for stage in [Stage::HelloDoneOrRequest, Stage::ChangeCipherSpec, Stage::Finished] {
                super::played_server::advance(&mut subject, &mut puppet, stage);
            }
            assert_eq!(run(&mut subject), Ok(Want::Incoming));
            assert_eq!(subject.negotiated().group, Some(group));
        }
    }
}

/// X25519MLKEM768 is a group of TLS 1.3: offered for that alone, and not to be chosen in TLS 1.2.
#[cfg(feature = "mlkem")]
#[test]
fn a_group_of_tls_1_3() {
    use super::super::subject::{client, drain};
    use crate::wire::client_hello::ClientHello;

    const HYBRID: NamedGroup = NamedGroup::X25519MLKEM768;
    refuses_exchange(
        |puppet| {
            let mut params = puppet.params(NamedGroup::X25519);
            params.splice(1..3, HYBRID.0.to_be_bytes());
            puppet.signed_params(signer().scheme(), &params)
        },
        PeerMisbehaved::IllegalParameter,
    );
    let offers = |hello: &[u8]| {
        let hello = ClientHello::parse(&hello[4..]).unwrap();
        hello.extensions.supported_groups.unwrap().contains(HYBRID.0)
    };
    for versions in [Versions::Tls12, Versions::Both] {
        let mut subject = client(client_config(versions), 8192);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert_eq!(offers(&drain(&mut subject)[5..]), versions == Versions::Both);
        // And in a renegotiation by either.
        let (mut subject, mut puppet) =
            configured_client_at(Stage::Connected, Round::First, client_config(versions));
        puppet.forget_handshake();
        assert_eq!(subject.renegotiate(), Ok(()));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        let (_, hello) = puppet.hear_flight(&drain(&mut subject)).remove(0);
        assert!(!offers(&hello));
    }
}
