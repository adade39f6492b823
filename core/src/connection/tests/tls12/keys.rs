//! Nonces that are used once, keys that are used up, and known answers.

use std::collections::BTreeSet;
use std::vec::Vec;

use hex_literal::hex;

use super::super::puppet::{Seeded, Software, split_record};
use super::super::subject::{Hears, drain, feed, refuses};
use super::Round;
use super::half::Half;
use super::hello_requests::data_flows;
use super::played_server::{self, Stage};
use super::records::{SUITES, client_of};
use crate::connection::{Event, ReadError, Want, WriteError};
use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{Provider, TAG};
use crate::error::LimitExceeded;
use crate::limits;
use crate::record::protection::Protection;
use crate::wire::enums::{CipherSuite, ContentType};
use crate::wire::record_header::RecordHeader;

const DATA: ContentType = ContentType::APPLICATION_DATA;

/// The explicit nonce is the number of the record: the played peer holds every record against that.
#[test]
fn no_nonce_is_used_twice() {
    for suite in [SUITES[0], SUITES[1]] {
        let (mut subject, mut puppet) = client_of(suite, Round::First);
        let mut nonces = BTreeSet::new();
        for _ in 0..100 {
            assert_eq!(subject.write_app_data(b"data"), Ok(4));
            let sent = drain(&mut subject);
            let (record, rest) = split_record(&sent).unwrap();
            assert!(rest.is_empty() && nonces.insert(record[5..13].to_vec()));
            puppet.hear(record);
        }
        // The Finished was the first.
        assert_eq!(nonces.first().unwrap(), &1_u64.to_be_bytes());
        assert_eq!(nonces.last().unwrap(), &100_u64.to_be_bytes());
    }
}

#[test]
fn a_key_that_is_used_up_opens_nothing() {
    for (suite, last) in
        SUITES.into_iter().zip([limits::AES_GCM_RECORDS, limits::AES_GCM_RECORDS, limits::RECORDS])
    {
        let (mut subject, mut puppet) = client_of(suite, Round::First);
        subject.engine.channel.read.set_sequence(last - 1);
        puppet.writing.as_mut().unwrap().sequence = last - 1;
        feed(&mut subject, &puppet.record(DATA, b"data"));
        assert_eq!(subject.read_app_data(&mut [0; 9]), Ok(4));
        let record = puppet.record(DATA, b"data");
        refuses(&mut subject, &mut puppet, &record, LimitExceeded::KeyUsage);
    }
}

#[test]
fn a_key_that_is_used_up_seals_nothing_but_the_alert_that_says_so() {
    for (suite, last) in
        SUITES.into_iter().zip([limits::AES_GCM_RECORDS, limits::AES_GCM_RECORDS, limits::RECORDS])
    {
        let (mut subject, mut puppet) = client_of(suite, Round::First);
        subject.engine.channel.write.set_sequence(last - 2);
        puppet.reading.as_mut().unwrap().sequence = last - 2;
        assert_eq!(subject.write_app_data(b"data"), Ok(4));
        assert_eq!(puppet.hear(&drain(&mut subject)), [(DATA, b"data".to_vec())]);
        let error = LimitExceeded::KeyUsage;
        assert_eq!(subject.write_app_data(b"data"), Err(WriteError::Failed(error.into())));
        let heard = puppet.hear(&drain(&mut subject));
        assert_eq!(heard, [(ContentType::ALERT, std::vec![2, error.alert().0])]);
        assert_eq!(subject.read_app_data(&mut [0]), Err(ReadError::Failed(error.into())));
    }
}

/// There is no KeyUpdate: another handshake is what gives new keys.
#[test]
fn a_renegotiation_begins_the_numbers_anew() {
    let (mut subject, mut puppet) = client_of(SUITES[0], Round::First);
    (0..5).for_each(|_| data_flows(&mut subject, &mut puppet));
    assert_eq!(subject.renegotiate(), Ok(()));
    played_server::go_to(Stage::Connected, &mut subject, &mut puppet);
    assert_eq!(subject.engine.channel.read.sequence(), 1);
    assert_eq!(subject.engine.channel.write.sequence(), 1);
    data_flows(&mut subject, &mut puppet);
    assert!(matches!(subject.next_event(), Ok(Event::Want(Want::Incoming))));
}

/// The number of a record, its type and its content: `known answer`.
const SEQUENCE: u64 = 0x0001_0203;
const CONTENT: &[u8] = b"known answer";

/// Made with Python's `cryptography` (AESGCM and ChaCha20Poly1305) from keys 40 41 .., IVs a0 a1 .., the nonces of RFC 5288,
/// section 3, and RFC 7905, section 2, and the additional data of RFC 5246, section 6.2.3.3.
const ANSWERS: [(CipherSuite, usize, usize, &[u8]); 3] = [
    (
        CipherSuite::TLS_AES_128_GCM_SHA256,
        16,
        4,
        &hex!("17030300240000000000010203292ca2cb8e2378601dafeb9be24f41d711732f9ec8a23022f319b745"),
    ),
    (
        CipherSuite::TLS_AES_256_GCM_SHA384,
        32,
        4,
        &hex!("1703030024000000000001020375d355b4e36837374489258dcf95f66511c6208bcbce3ef8c1a76df4"),
    ),
    (
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
        32,
        12,
        &hex!("170303001c92b6425b4294272bd2c0cdbcea22243a50791eee2914205d98259695"),
    ),
];

fn protection(cipher: CipherSuite, key: usize, iv: usize) -> Protection {
    let (key, iv): (Vec<u8>, Vec<u8>) = ((0x40..).take(key).collect(), (0xa0..).take(iv).collect());
    let mut protection = Protection::none();
    protection.install_tls12::<<Software as Provider>::AeadKey>(None, cipher, (&key, &iv)).unwrap();
    protection.set_sequence(SEQUENCE);
    protection
}

#[test]
fn known_answers_of_sealing_and_opening() {
    let mut provider = RustCrypto::new(Seeded(1));
    for (cipher, key, iv, answer) in ANSWERS {
        let mut sealing = protection(cipher, key, iv);
        let mut body = std::vec![0; sealing.explicit_nonce()];
        body.extend_from_slice(CONTENT);
        body.extend_from_slice(&[0; TAG]);
        sealing.seal_tls12(&mut provider, None, DATA, &mut body).unwrap();
        assert_eq!(body, answer[5..], "{cipher:?}");
        assert_eq!(sealing.sequence(), SEQUENCE + 1);
        let mut opening = protection(cipher, key, iv);
        let header = RecordHeader::parse(*answer.first_chunk().unwrap());
        let content = opening.open_tls12(&mut provider, None, header, &mut body).unwrap();
        assert_eq!(&body[content], CONTENT);
        assert_eq!(opening.sequence(), SEQUENCE + 1);
    }
}

/// The played peer is held against the same answers.
#[test]
fn known_answers_of_the_played_peer() {
    let mut provider = RustCrypto::new(Seeded(1));
    for (cipher, key, iv, answer) in ANSWERS {
        let mut half = Half::new(cipher, (0x40..).take(key).collect(), (0xa0..).take(iv).collect());
        half.sequence = SEQUENCE;
        assert_eq!(half.open(&mut provider, answer), (DATA, CONTENT.to_vec()));
    }
}
