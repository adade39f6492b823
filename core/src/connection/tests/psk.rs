//! Pre-shared keys: what a client refuses of a server's choice, and a server of a client's offer.

use std::vec::Vec;

use super::hellos::{ServerHelloParts, vector};
use super::played_client::Share;
use super::played_server::{certificate, certificate_request, encrypted_extensions};
use super::puppet::{Puppet, clear, key_in_slot, message};
use super::subject::{Shown, Subject, client, drain, feed, refuses, run, server};
use crate::buffers::full_incoming;
use crate::config::{ClientConfig, ExternalKeys, PskExchange, ServerConfig};
use crate::connection::{Event, ExternalPsk, Want};
use crate::crypto::{HashAlgorithm, Provider};
use crate::engine::SessionKind;
use crate::error::{Error, PeerIncompatible, PeerMisbehaved};
use crate::schedule::{PskKind, binder, early_secret};
use crate::secret::Secret;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{CipherSuite, ContentType, ExtensionType, HandshakeType, NamedGroup};
use crate::wire::pre_shared_key::OfferedPsks;
use crate::{Client, Server};

const KEY: [u8; 32] = [0x42; 32];

/// A client that offers one key, and its server.
fn offering(keys: ExternalKeys, exchange: PskExchange) -> (Subject<Client>, Puppet) {
    let mut config = ClientConfig::new();
    (config.common.external_keys, config.common.psk_exchange) = (keys, exchange);
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (client(config, buffer), Puppet::new(3));
    let psk = ExternalPsk { identity: b"key", key: &KEY, hash: HashAlgorithm::Sha256 };
    subject.offer_psk(psk).unwrap();
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.hear_messages(&drain(&mut subject));
    (subject, puppet)
}

/// A ServerHello that chooses the key with this index.
fn chosen(puppet: &mut Puppet, index: u8) -> ServerHelloParts {
    let mut hello = puppet.server_hello();
    hello.extensions.push((ExtensionType::PRE_SHARED_KEY, std::vec![0, index]));
    hello
}

type Spoil = fn(&mut ServerHelloParts);

#[track_caller]
fn refuses_choice(exchange: PskExchange, spoil: Spoil, error: impl Into<Error>) {
    let (mut subject, mut puppet) = offering(ExternalKeys::Allowed, exchange);
    let mut hello = chosen(&mut puppet, 0);
    spoil(&mut hello);
    let record = clear(ContentType::HANDSHAKE, &hello.encode());
    refuses(&mut subject, &mut puppet, &record, error);
}

fn without_share(hello: &mut ServerHelloParts) {
    hello.extensions.retain(|(kind, _)| *kind != ExtensionType::KEY_SHARE);
}

#[test]
fn a_choice_must_fit_what_was_offered() {
    let illegal = PeerMisbehaved::IllegalParameter;
    let ephemeral = PskExchange::Ephemeral;
    refuses_choice(
        ephemeral,
        |hello| *hello.content(ExtensionType::PRE_SHARED_KEY) = std::vec![0, 1],
        illegal,
    );
    refuses_choice(ephemeral, |hello| hello.suite = CipherSuite::TLS_AES_256_GCM_SHA384.0, illegal);
    refuses_choice(ephemeral, without_share, illegal);
    refuses_choice(PskExchange::None, |_| (), illegal);
    refuses_choice(
        ephemeral,
        |hello| *hello.content(ExtensionType::PRE_SHARED_KEY) = std::vec![0],
        PeerMisbehaved::Malformed,
    );
}

#[test]
fn a_choice_that_was_not_offered() {
    let config = ClientConfig::new();
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (client(config, buffer), Puppet::new(3));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.hear_messages(&drain(&mut subject));
    let record = clear(ContentType::HANDSHAKE, &chosen(&mut puppet, 0).encode());
    refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnsolicitedExtension);
}

#[test]
fn a_client_that_needs_a_key_takes_no_server_without() {
    let (mut subject, mut puppet) = offering(ExternalKeys::Required, PskExchange::Ephemeral);
    let record = clear(ContentType::HANDSHAKE, &puppet.server_hello().encode());
    refuses(&mut subject, &mut puppet, &record, PeerIncompatible::PreSharedKey);
}

/// Up to the keys of the handshake; the server has this key.
fn accepted(key: &[u8]) -> (Subject<Client>, Puppet) {
    let (mut subject, mut puppet) = offering(ExternalKeys::Allowed, PskExchange::Ephemeral);
    let hello = chosen(&mut puppet, 0).encode();
    feed(&mut subject, &puppet.say(&hello));
    puppet.enter_early(key);
    puppet.enter_handshake_as_server();
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    (subject, puppet)
}

#[test]
fn a_key_stands_for_certificates() {
    let (mut subject, mut puppet) = accepted(&KEY);
    feed(&mut subject, &puppet.say(&encrypted_extensions(&Vec::new())));
    let finished = puppet.finished(|schedule| &schedule.server_handshake);
    feed(&mut subject, &puppet.say(&finished));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert!(!subject.is_handshaking());
    assert_eq!(subject.negotiated().session, SessionKind::External);
}

#[test]
fn nobody_shows_certificates_beside_a_key() {
    for shown in [certificate(), message(HandshakeType::CERTIFICATE_REQUEST, &certificate_request())] {
        let (mut subject, mut puppet) = accepted(&KEY);
        feed(&mut subject, &puppet.say(&encrypted_extensions(&Vec::new())));
        let record = puppet.say(&shown);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        puppet.read_with(|schedule| &schedule.client_handshake);
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::UnexpectedMessage);
    }
}

#[test]
fn a_server_without_the_key() {
    let (mut subject, mut puppet) = accepted(&[1; 32]);
    let record = puppet.say(&encrypted_extensions(&Vec::new()));
    feed(&mut subject, &record);
    assert_eq!(run(&mut subject), Err(PeerMisbehaved::BadRecordMac.into()));
}

#[test]
fn early_data_that_nobody_sent_is_not_taken() {
    let (mut subject, mut puppet) = accepted(&KEY);
    let extensions = std::vec![(ExtensionType::EARLY_DATA, Vec::new())];
    feed(&mut subject, &puppet.say(&encrypted_extensions(&extensions)));
    assert_eq!(run(&mut subject), Err(PeerMisbehaved::UnsolicitedExtension.into()));
}

/// A server that may know keys.
pub(super) fn knowing(keys: ExternalKeys) -> Subject<Server> {
    let mut config = ServerConfig::new(Shown);
    config.common.external_keys = keys;
    let buffer = full_incoming(config.common.max_handshake_message);
    server(config, buffer)
}

/// A hello with this content of pre_shared_key, and these modes.
pub(super) fn hello_with(puppet: &mut Puppet, modes: &[u8], psks: &[u8]) -> super::hellos::ClientHelloParts {
    let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
    hello.extensions.push((ExtensionType::PSK_KEY_EXCHANGE_MODES, modes.to_vec()));
    hello.extensions.push((ExtensionType::PRE_SHARED_KEY, psks.to_vec()));
    hello
}

/// One identity, and as many binders.
pub(super) fn psks(binders: usize) -> Vec<u8> {
    let identity = [0, 3, b'k', b'e', b'y', 0, 0, 0, 0];
    let binders: Vec<u8> = std::iter::repeat_n([&[32][..], &[9; 32]].concat(), binders).flatten().collect();
    [vector(&identity), vector(&binders)].concat()
}

#[test]
fn an_offer_that_can_not_be_is_refused() {
    for (psks, error) in [
        (psks(0), PeerMisbehaved::Malformed),
        (psks(2), PeerMisbehaved::IllegalParameter),
        ([&psks(1)[..], &[0]].concat(), PeerMisbehaved::Malformed),
    ] {
        for keys in [ExternalKeys::Off, ExternalKeys::Allowed] {
            let mut puppet = Puppet::new(4);
            let hello = hello_with(&mut puppet, &[1, 1], &psks).encode();
            let record = clear(ContentType::HANDSHAKE, &hello);
            refuses(&mut knowing(keys), &mut puppet, &record, error);
        }
    }
}

#[test]
fn a_binder_that_does_not_verify_is_refused() {
    let (mut subject, mut puppet) = (knowing(ExternalKeys::Allowed), Puppet::new(4));
    let hello = hello_with(&mut puppet, &[1, 1], &psks(1)).encode();
    feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello));
    let Event::FindPsk(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    assert_eq!(ask.identities().map(|psk| psk.identity.to_vec()).collect::<Vec<_>>(), [b"key"]);
    ask.external(0, &KEY, HashAlgorithm::Sha256).unwrap();
    assert_eq!(run(&mut subject), Err(PeerMisbehaved::BadBinder.into()));
    let heard = puppet.hear(&drain(&mut subject));
    assert_eq!(heard, [(ContentType::ALERT, std::vec![2, 51])], "decrypt_error");
}

#[test]
fn a_binder_of_another_length_proves_nothing() {
    for length in [0, 12, 31, 33, 48] {
        let (mut subject, mut puppet) = (knowing(ExternalKeys::Allowed), Puppet::new(4));
        let binders = [&[length][..], &std::vec![9; length.into()]].concat();
        let psks = [vector(&[0, 3, b'k', b'e', b'y', 0, 0, 0, 0]), vector(&binders)].concat();
        let hello = hello_with(&mut puppet, &[1, 1], &psks).encode();
        feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello));
        let Event::FindPsk(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        ask.external(0, &KEY, HashAlgorithm::Sha256).unwrap();
        assert_eq!(run(&mut subject), Err(PeerMisbehaved::BadBinder.into()), "{length}");
        assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, std::vec![2, 51])]);
    }
}

/// A hello whose one binder proves the key, which is of this kind.
pub(super) fn with_binder(
    puppet: &mut Puppet,
    hello: &super::hellos::ClientHelloParts,
    kind: PskKind,
) -> Vec<u8> {
    let mut bytes = hello.encode();
    let end = bytes.len() - 32;
    let provider = &mut puppet.provider;
    let mut hash = provider.hash_start(HashAlgorithm::Sha256).unwrap();
    provider.hash_update(&mut hash, &bytes[..end - 3]).unwrap();
    let digest = provider.hash_digest(&hash).unwrap();
    let (mut early, mut made) = (key_in_slot(&KEY), Secret::empty());
    let kind = (HashAlgorithm::Sha256, kind);
    early_secret(provider, HashAlgorithm::Sha256, &mut early).unwrap();
    binder(provider, kind, early.as_bytes(), &digest, &mut made).unwrap();
    bytes[end..].copy_from_slice(made.as_bytes());
    bytes
}

#[test]
fn a_second_hello_leaves_no_key_out_that_was_gone_on_with() {
    for (answer, expected) in [(true, Err(PeerMisbehaved::MissingExtension.into())), (false, Ok(()))] {
        let (mut subject, mut puppet) = (knowing(ExternalKeys::Allowed), Puppet::new(4));
        let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
        let mut hello = share.hello();
        let shares = core::mem::replace(hello.content(ExtensionType::KEY_SHARE), std::vec![0, 0]);
        hello.extensions.push((ExtensionType::PSK_KEY_EXCHANGE_MODES, std::vec![1, 1]));
        hello.extensions.push((ExtensionType::PRE_SHARED_KEY, psks(1)));
        let bytes = with_binder(&mut puppet, &hello, PskKind::External);
        feed(&mut subject, &clear(ContentType::HANDSHAKE, &bytes));
        let Event::FindPsk(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        match answer {
            true => ask.external(0, &KEY, HashAlgorithm::Sha256).unwrap(),
            false => ask.none(),
        }
        assert_eq!(run(&mut subject), Ok(Want::Incoming), "a HelloRetryRequest");
        drain(&mut subject);
        *hello.content(ExtensionType::KEY_SHARE) = shares;
        hello.remove(ExtensionType::PRE_SHARED_KEY);
        feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello.encode()));
        assert_eq!(subject.next_event().map(drop), expected);
    }
}

#[test]
fn an_answer_names_an_identity_that_is_there() {
    for (index, key) in [(1, &KEY[..]), (0, &[])] {
        let (mut subject, mut puppet) = (knowing(ExternalKeys::Allowed), Puppet::new(4));
        let hello = hello_with(&mut puppet, &[1, 1], &psks(1)).encode();
        feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello));
        let Event::FindPsk(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        assert!(ask.external(index, key, HashAlgorithm::Sha256).is_err());
        assert_eq!(run(&mut subject), Ok(Want::Incoming), "a full handshake");
        assert_eq!(subject.negotiated().session, SessionKind::New);
    }
}

/// No suite has it, and no binder.
#[cfg(feature = "tls12-sha512")]
#[test]
fn a_key_of_another_hash_than_that_of_a_suite_is_refused() {
    let mut config = ClientConfig::new();
    config.common.external_keys = ExternalKeys::Allowed;
    let buffer = full_incoming(config.common.max_handshake_message);
    let psk = ExternalPsk { identity: b"key", key: &KEY, hash: HashAlgorithm::Sha512 };
    assert!(client(config, buffer).offer_psk(psk).is_err());
    for kind in [PskKind::External, PskKind::Imported] {
        let (mut subject, mut puppet) = (knowing(ExternalKeys::Allowed), Puppet::new(4));
        let hello = hello_with(&mut puppet, &[1, 1], &psks(1)).encode();
        feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello));
        let Event::FindPsk(ask) = subject.next_event().unwrap() else { panic!("an ask") };
        let refused = match kind {
            PskKind::Imported => ask.imported(0, &KEY, HashAlgorithm::Sha512),
            PskKind::External | PskKind::Resumption => ask.external(0, &KEY, HashAlgorithm::Sha512),
        };
        assert!(refused.is_err());
        assert_eq!(run(&mut subject), Ok(Want::Incoming), "a full handshake");
    }
}

/// Modes that this end does not have: the offer says nothing.
#[test]
fn an_offer_by_other_modes_is_passed_over() {
    for modes in [&[1, 0][..], &[1, 7]] {
        let (mut subject, mut puppet) = (knowing(ExternalKeys::Allowed), Puppet::new(4));
        let hello = hello_with(&mut puppet, modes, &psks(1)).encode();
        feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello));
        assert!(matches!(subject.next_event(), Ok(Event::ChooseIdentity(_))));
    }
}

#[test]
fn without_a_key_a_hello_must_have_the_rest() {
    for (removed, error) in [
        (&[ExtensionType::SIGNATURE_ALGORITHMS][..], PeerMisbehaved::MissingExtension),
        (&[ExtensionType::KEY_SHARE], PeerMisbehaved::MissingExtension),
        (&[ExtensionType::SUPPORTED_GROUPS, ExtensionType::KEY_SHARE], PeerMisbehaved::MissingExtension),
    ] {
        let mut puppet = Puppet::new(4);
        let mut hello = hello_with(&mut puppet, &[1, 1], &psks(1));
        removed.iter().for_each(|extension| hello.remove(*extension));
        let record = clear(ContentType::HANDSHAKE, &hello.encode());
        refuses(&mut knowing(ExternalKeys::Allowed), &mut puppet, &record, error);
    }
    let mut puppet = Puppet::new(4);
    let record = clear(ContentType::HANDSHAKE, &hello_with(&mut puppet, &[1, 1], &psks(1)).encode());
    let mut needing = knowing(ExternalKeys::Required);
    refuses(&mut needing, &mut puppet, &record, PeerIncompatible::PreSharedKey);
}

/// What the client of this crate offers reads as it should: the key stands last.
#[test]
fn the_offer_of_a_client() {
    for (exchange, modes) in [
        (PskExchange::Ephemeral, &[1][..]),
        (PskExchange::EphemeralOrNone, &[1, 0]),
        (PskExchange::None, &[0]),
    ] {
        let (_, puppet) = offering(ExternalKeys::Required, exchange);
        let hello = ClientHello::parse(&puppet.transcript[4..]).unwrap();
        assert_eq!(hello.extensions.psk_key_exchange_modes, Some(modes));
        assert_eq!(hello.extensions.key_shares.is_some(), exchange != PskExchange::None);
        assert!(hello.extensions.signature_algorithms.is_none());
        let psks = OfferedPsks::parse(hello.extensions.pre_shared_key.unwrap()).unwrap();
        assert_eq!(psks.iter().map(|psk| psk.obfuscated_age).collect::<Vec<_>>(), [0]);
        let end = puppet.transcript.len() - psks.binders_len();
        assert_eq!(puppet.transcript[end..][..3], [0, 33, 32], "the binders end the message");
    }
}
