//! Every provider of the adapter under the same tests: vectors, and each against each.
#![allow(missing_docs, reason = "tests")]

mod aead;
mod handshakes;
mod hashes;
mod key_exchange;
mod verification;

use tidegate_std::provider::{AwsLc, Backend, Graviola, Ring, RustCrypto};

/// The tests of one provider, and of it with each other.
macro_rules! tests_of {
    ($($name:ident $provider:ty;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn is_a_handle_for_any_thread() {
                fn is<T: Send + Sync>() {
                    assert_eq!(size_of::<T>(), 0);
                }
                is::<$provider>();
            }

            #[test]
            fn hashes_and_derives() {
                hashes::values::<$provider>();
            }

            #[test]
            fn has_the_vectors_of_aeads() {
                aead::vectors::<$provider>();
            }

            #[test]
            fn refuses_what_was_not_sealed_so() {
                aead::refusals::<$provider>();
            }

            #[test]
            fn seals_and_opens_as_rustcrypto_does() {
                aead::differences::<$provider>();
            }

            #[test]
            fn agrees_on_keys_with_each() {
                key_exchange::agreement::<$provider, RustCrypto>();
                key_exchange::agreement::<$provider, AwsLc>();
                key_exchange::agreement::<$provider, Graviola>();
                key_exchange::agreement::<$provider, Ring>();
                key_exchange::agreement::<$provider, Backend>();
            }

            #[test]
            fn takes_the_public_values_that_are_valid() {
                key_exchange::vectors::<$provider>();
                key_exchange::refusals::<$provider>();
                key_exchange::mlkem::<$provider>();
            }

            #[test]
            fn has_slots_that_work_once() {
                key_exchange::slots::<$provider>();
            }

            #[test]
            fn has_all_algorithms_of_the_core() {
                verification::table::<$provider>();
            }

            #[test]
            fn has_the_vectors_of_ecdsa() {
                verification::ecdsa::<$provider>();
            }

            #[test]
            fn has_the_vectors_of_ed25519() {
                verification::ed25519::<$provider>();
            }

            #[test]
            fn has_the_vectors_of_rsa() {
                verification::rsa::<$provider>();
            }

            #[test]
            fn shakes_hands_with_each() {
                handshakes::both_versions::<$provider, RustCrypto>();
                handshakes::both_versions::<$provider, AwsLc>();
                handshakes::both_versions::<$provider, Graviola>();
                handshakes::both_versions::<$provider, Ring>();
                handshakes::both_versions::<$provider, Backend>();
            }
        }
    )*};
}

tests_of! {
    rustcrypto RustCrypto;
    aws_lc AwsLc;
    graviola Graviola;
    ring Ring;
    backend Backend;
}
