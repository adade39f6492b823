//! How long pre-shared keys and their identities may be, and how many there are.

use crate::Client;
use crate::buffers::full_incoming;
use crate::config::{ClientConfig, ExternalKeys};
use crate::connection::tests::psk::{hello_with, knowing, psks};
use crate::connection::tests::puppet::{Puppet, clear};
use crate::connection::tests::subject::{Subject, client, feed};
use crate::connection::{Event, ExternalPsk, PskRefused};
use crate::crypto::HashAlgorithm;
use crate::limits::{PSK, PSK_IDENTITY, PSKS};
use crate::wire::enums::ContentType;

/// A client that may offer keys.
fn offering() -> Subject<Client> {
    let mut config = ClientConfig::new();
    config.common.external_keys = ExternalKeys::Allowed;
    let buffer = full_incoming(config.common.max_handshake_message);
    client(config, buffer)
}

fn key<'a>(identity: &'a [u8], key: &'a [u8]) -> ExternalPsk<'a> {
    ExternalPsk { identity, key, hash: HashAlgorithm::Sha256 }
}

#[test]
fn a_key_has_no_more_bytes_than_its_slot() {
    for (length, expected) in [(PSK, Ok(())), (PSK + 1, Err(PskRefused))] {
        let long = std::vec![9; length];
        assert_eq!(offering().offer_psk(key(b"key", &long)), expected);
        let (mut subject, mut puppet) = (knowing(ExternalKeys::Allowed), Puppet::new(4));
        let hello = hello_with(&mut puppet, &[1, 1], &psks(1)).encode();
        feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello));
        let Ok(Event::FindPsk(ask)) = subject.next_event() else { panic!("an ask") };
        assert_eq!(ask.external(0, &long, HashAlgorithm::Sha256), expected);
    }
}

#[test]
fn a_client_offers_no_more_keys_than_it_has_slots() {
    let mut subject = offering();
    for _ in 0..PSKS {
        assert_eq!(subject.offer_psk(key(b"key", &[9; 32])), Ok(()));
    }
    assert_eq!(subject.offer_psk(key(b"key", &[9; 32])), Err(PskRefused));
}

#[test]
fn the_identity_of_an_imported_key_has_its_length() {
    // Two lengths, a protocol and a function stand beside the identity and its context (RFC 9258, section 5.1).
    let identity = std::vec![b'i'; PSK_IDENTITY - 8 - b"context".len()];
    assert_eq!(offering().offer_imported_psk(key(&identity, &[9; 32]), b"context"), Ok(()));
    let longer = [&identity[..], b"i"].concat();
    assert_eq!(offering().offer_imported_psk(key(&longer, &[9; 32]), b"context"), Err(PskRefused));
    assert_eq!(offering().offer_imported_psk(key(&identity, &[9; 32]), b"a context"), Err(PskRefused));
}
