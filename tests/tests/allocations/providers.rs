//! A key that is expanded seals and opens without the allocator, whoever provides it. AWS-LC takes its own memory from C, which is not
//! counted here: some for every key that it expands.

use tidegate_std::provider::{AwsLc, Backend, Graviola, Ring, RustCrypto};
use tidegate_std::tidegate::crypto::{Provider, TAG, aead_key_len};

use crate::allocations;

/// Short, and long for whoever tells them apart.
const LENGTHS: [usize; 4] = [0, 100, 3000, 16_384];

/// Seals and opens some of each length; the first of each is not counted, since it may choose among ways to do it.
fn for_records<P: Provider>(mut provider: P) -> u64 {
    let (nonce, header) = ([3; 12], [23, 3, 3, 64, 17]);
    let mut count = 0;
    for suite in P::SUITES {
        let key = provider.aead_key(*suite, &[5; 32][..aead_key_len(*suite)]).unwrap();
        for length in LENGTHS {
            let mut record = vec![1; length + TAG];
            let mut round = || {
                provider.seal(&key, &nonce, &header, &mut record).unwrap();
                provider.open(&key, &nonce, &header, &mut record).unwrap();
            };
            round();
            count += allocations(|| (0..50).for_each(|_| round()));
            // A refusal costs nothing either.
            record[0] ^= 1;
            count += allocations(|| assert!(provider.open(&key, &nonce, &header, &mut record).is_err()));
        }
    }
    count
}

#[test]
fn records_are_sealed_and_opened_without_allocation() {
    assert_eq!(for_records(RustCrypto::new()), 0, "RustCrypto");
    assert_eq!(for_records(AwsLc::new()), 0, "AWS-LC");
    assert_eq!(for_records(Graviola::new()), 0, "graviola");
    assert_eq!(for_records(Ring::new()), 0, "ring");
    assert_eq!(for_records(Backend::new()), 0, "the fastest of them");
}
