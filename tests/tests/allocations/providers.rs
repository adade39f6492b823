//! A key that is expanded seals and opens without the allocator, whoever provides it. AWS-LC takes its own memory from C, which is not
//! counted here: some for every key that it expands.

use stats_alloc::Region;
use tidegate_std::provider::{AwsLc, Backend, Graviola, Ring, RustCrypto};
use tidegate_std::tidegate::crypto::{Provider, TAG, aead_key_len};

use crate::{ALLOCATOR, alone};

/// Short, and long for whoever tells them apart.
const LENGTHS: [usize; 4] = [0, 100, 3000, 16_384];

/// Seals and opens some of each length; the first of each is not counted, since it may choose among ways to do it.
fn allocations<P: Provider>(mut provider: P) -> usize {
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
            let region = Region::new(ALLOCATOR);
            (0..50).for_each(|_| round());
            let change = region.change();
            count += change.allocations + change.reallocations;
            // A refusal costs nothing either.
            record[0] ^= 1;
            let region = Region::new(ALLOCATOR);
            assert!(provider.open(&key, &nonce, &header, &mut record).is_err());
            count += region.change().allocations;
        }
    }
    count
}

#[test]
fn records_are_sealed_and_opened_without_allocation() {
    let _alone = alone();
    assert_eq!(allocations(RustCrypto::new()), 0, "RustCrypto");
    assert_eq!(allocations(AwsLc::new()), 0, "AWS-LC");
    assert_eq!(allocations(Graviola::new()), 0, "graviola");
    assert_eq!(allocations(Ring::new()), 0, "ring");
    assert_eq!(allocations(Backend::new()), 0, "the fastest of them");
}
