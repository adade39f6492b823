//! What is done on a processor that graviola does not run on.

use tidegate::crypto::{MAX_PUBLIC_VALUE, Provider, SIGNATURE_ALGORITHMS, TAG, aead_key_len};
use tidegate::secret::Secret;

use super::{AeadKey, KxSecret, LIBRARY, fits, without_graviola};
use crate::provider::parts::{Aead, KeyExchange, OrElse};
use crate::provider::{Graviola, RustCrypto, verification};

#[test]
fn nothing_of_it_is_there() {
    assert!(fits(), "a processor that runs these tests");
    without_graviola(|| {
        assert!(Graviola::SUITES.iter().all(|suite| !AeadKey::has(*suite)));
        assert!(Graviola::GROUPS.iter().all(|group| !KxSecret::has(*group)));
        let left = verification::algorithms(&[LIBRARY]);
        let is_own = |(left, own): (&tidegate::crypto::SignatureAlgorithm, &_)| {
            let own: &tidegate::crypto::SignatureAlgorithm = own;
            std::ptr::addr_eq(left.verifier, own.verifier)
        };
        assert!(left.iter().zip(SIGNATURE_ALGORITHMS).all(is_own));
    });
    let own = verification::algorithms(&[LIBRARY]);
    assert!(
        own.iter()
            .zip(SIGNATURE_ALGORITHMS)
            .all(|(one, core)| !std::ptr::addr_eq(one.verifier, core.verifier))
    );
}

#[test]
fn records_are_sealed_and_opened_without_it() {
    let (nonce, additional_data) = ([7; 12], [1; 5]);
    for suite in Graviola::SUITES {
        let key = vec![3; aead_key_len(*suite)];
        let mut record = vec![5; 100 + TAG];
        without_graviola(|| {
            let mut provider = Graviola::new();
            let key = provider.aead_key(*suite, &key).unwrap();
            assert!(matches!(key, OrElse::Second(_)));
            provider.seal(&key, &nonce, &additional_data, &mut record).unwrap();
        });
        let mut provider = Graviola::new();
        let key = provider.aead_key(*suite, &key).unwrap();
        assert!(matches!(key, OrElse::First(_)));
        provider.open(&key, &nonce, &additional_data, &mut record).unwrap();
        assert_eq!(record[..100], [5; 100]);
    }
}

#[test]
fn keys_are_agreed_on_without_it() {
    for group in Graviola::GROUPS {
        let (mut public, mut answer) = ([0; MAX_PUBLIC_VALUE], [0; MAX_PUBLIC_VALUE]);
        let (mut secret, mut ours, mut theirs) = (Default::default(), Secret::empty(), Secret::empty());
        without_graviola(|| {
            let mut client = Graviola::new();
            let length = client.kx_start(*group, &mut secret, &mut public).unwrap();
            assert!(matches!(secret, OrElse::Second(_)));
            let mut server = RustCrypto::new();
            let length = server.kx_respond(*group, &public[..length], &mut answer, &mut theirs).unwrap();
            client.kx_finish(*group, &mut secret, &answer[..length], &mut ours).unwrap();
        });
        assert!(ours == theirs && !ours.is_empty(), "{group}");
    }
}
