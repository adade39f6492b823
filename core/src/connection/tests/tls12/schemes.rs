//! By which schemes a client's certificate is asked for and its handshake signed.

use std::vec::Vec;

use super::super::puppet::{message, split_messages};
use super::super::subject::{Shown, Subject, client, drain, feed, run, server};
use super::played_client::server_config;
use super::played_server::{Stage, go_to, server_hello_done};
use super::puppet::Puppet;
use crate::Client;
use crate::buffers::full_incoming;
use crate::config::{ClientConfig, IdentityId, PeerCertificate, Versions};
use crate::connection::{Event, Want};
use crate::engine::Peer;
use crate::wire::enums::{HandshakeType, SignatureScheme};
use crate::wire::tls12::certificate_request::CertificateRequest;

const SHA384: SignatureScheme = SignatureScheme::RSA_PSS_RSAE_SHA384;
const SHA512: SignatureScheme = SignatureScheme::RSA_PSS_RSAE_SHA512;

/// A client with a certificate whose server takes signatures of this scheme alone.
fn asked(scheme: SignatureScheme) -> (Subject<Client<Shown>>, Puppet) {
    let mut config = ClientConfig::with_identities(Shown);
    config.common.versions = Versions::Tls12;
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (client(config, buffer), Puppet::new(Peer::Server, 3));
    go_to(Stage::HelloDoneOrRequest, &mut subject, &mut puppet);
    let [high, low] = scheme.0.to_be_bytes();
    let request = message(HandshakeType::CERTIFICATE_REQUEST, &[1, 1, 0, 2, high, low, 0, 0]);
    feed(&mut subject, &puppet.say(&request));
    (subject, puppet)
}

/// What it signs, and the handshake up to there.
fn signed(scheme: SignatureScheme) -> (Vec<u8>, Vec<u8>) {
    let (mut subject, mut puppet) = asked(scheme);
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    ask.choose(IdentityId(0), scheme).unwrap();
    feed(&mut subject, &puppet.say(&server_hello_done()));
    while !matches!(subject.next_event().unwrap(), Event::SignDigest(_)) {}
    puppet.hear_flight(&drain(&mut subject));
    let Event::SignDigest(ask) = subject.next_event().unwrap() else { panic!("the ask again") };
    assert_eq!(ask.scheme(), scheme);
    (ask.digest().to_vec(), puppet.transcript)
}

#[test]
fn a_client_signs_a_digest_of_the_handshake_by_the_hash_of_the_scheme() {
    use sha2::Digest as _;
    let (digest, transcript) = signed(SHA384);
    assert_eq!(digest, sha2::Sha384::digest(transcript).as_slice());
    #[cfg(feature = "tls12-sha512")]
    {
        let (digest, transcript) = signed(SHA512);
        assert_eq!(digest, sha2::Sha512::digest(transcript).as_slice());
    }
}

#[test]
fn a_hash_that_the_handshake_is_not_hashed_by_is_not_chosen() {
    let (mut subject, _) = asked(SHA512);
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    assert_eq!(ask.offers(SHA512), cfg!(feature = "tls12-sha512"));
}

#[test]
fn a_server_asks_for_what_it_can_verify() {
    let mut config = server_config(Versions::Tls12);
    config.client_certificates = PeerCertificate::Requested;
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (server(config, buffer), Puppet::new(Peer::Client, 4));
    puppet.randoms[0] = [5; 32];
    let hello = puppet.say(&puppet.client_hello().encode());
    feed(&mut subject, &hello);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.hear_flight(&drain(&mut subject));
    let messages = split_messages(&puppet.transcript);
    let body = messages.iter().find(|message| message[0] == HandshakeType::CERTIFICATE_REQUEST.0);
    let request = CertificateRequest::parse(&body.unwrap()[4..]).unwrap();
    let has = |scheme: SignatureScheme| request.signature_algorithms.contains(scheme.0);
    assert!(has(SHA384) && !has(SignatureScheme::ED25519));
    assert_eq!(has(SHA512), cfg!(feature = "tls12-sha512"));
    assert_eq!(request.authorities.iter().count(), 0);
}
