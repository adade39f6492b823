use std::vec::Vec;

use super::montgomery;
use super::{MAX_BYTES, bits, parse_public_key};

fn integer(bytes: &[u8]) -> Vec<u8> {
    let sign = if bytes[0] >= 0x80 { &[0][..] } else { &[] };
    let len = u16::try_from(bytes.len() + sign.len()).unwrap();
    let length = match len {
        0..=0x7f => std::vec![len as u8],
        0x80..=0xff => std::vec![0x81, len as u8],
        _ => std::vec![0x82, (len >> 8) as u8, len as u8],
    };
    [&[2], &length[..], sign, bytes].concat()
}

fn public_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let content = [integer(modulus), integer(exponent)].concat();
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[0x30, 0x82, high, low], &content[..]].concat()
}

fn odd_modulus(first: u8, len: usize) -> Vec<u8> {
    let mut modulus = std::vec![0xa5; len];
    modulus[0] = first;
    modulus
}

#[test]
fn keys_have_2048_to_4096_bits() {
    let accepted = |first, len| parse_public_key(&public_key(&odd_modulus(first, len), &[1, 0, 1])).is_some();
    assert!(!accepted(0x7f, 256));
    assert!(accepted(0x80, 256));
    assert!(accepted(1, 257));
    assert!(accepted(0xff, 512));
    assert!(!accepted(1, 513));
}

#[test]
fn moduli_and_exponents_are_odd_and_exponents_within_their_limits() {
    let accepted =
        |exponent: &[u8]| parse_public_key(&public_key(&odd_modulus(0x80, 256), exponent)).is_some();
    for exponent in [&[3][..], &[1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
        assert!(accepted(exponent), "{exponent:x?}");
    }
    for exponent in [&[1][..], &[2], &[1, 0, 0], &[2, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 0, 0, 0, 1]] {
        assert!(!accepted(exponent), "{exponent:x?}");
    }
    let mut even = odd_modulus(0x80, 256);
    even[255] = 2;
    assert!(parse_public_key(&public_key(&even, &[3])).is_none());
}

#[test]
fn keys_are_strict_der() {
    let key = public_key(&odd_modulus(0x80, 256), &[3]);
    assert!(parse_public_key(&key).is_some());
    assert!(parse_public_key(&[&key[..], &[0]].concat()).is_none());
    assert!(parse_public_key(&key[..key.len() - 1]).is_none());
    let padded = [&[2, 0x82, 1, 2, 0, 0], &odd_modulus(0x80, 256)[..], &[2, 1, 3]].concat();
    let [high, low] = u16::try_from(padded.len()).unwrap().to_be_bytes();
    assert!(parse_public_key(&[&[0x30, 0x82, high, low], &padded[..]].concat()).is_none());
}

#[test]
fn bits_are_counted_from_the_highest_that_is_set() {
    assert_eq!(bits(&[]), 0);
    assert_eq!(bits(&[1]), 1);
    assert_eq!(bits(&[0x80, 0]), 16);
}

fn power(base: u64, exponent: u64, modulus: u64) -> u64 {
    let mut out = [0; 8];
    montgomery::power(&modulus.to_be_bytes(), &base.to_be_bytes(), exponent, &mut out).unwrap();
    u64::from_be_bytes(out)
}

fn expected_power(base: u64, exponent: u64, modulus: u64) -> u64 {
    let multiply = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64;
    (0..64).rev().fold(1 % modulus, |result, bit| {
        let squared = multiply(result, result);
        if exponent >> bit & 1 == 1 { multiply(squared, base) } else { squared }
    })
}

#[test]
fn powers_are_those_of_schoolbook_arithmetic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for round in 0..300 {
        // Moduli of every length, so that the highest limb is now full, now nearly empty.
        let modulus = next() >> (round % 60) | 9;
        let base = next() % modulus;
        let exponent = [3, 5, 17, 65537, next() >> 31 | 1][round % 5].max(3);
        assert_eq!(power(base, exponent, modulus), expected_power(base, exponent, modulus), "{modulus:#x}");
    }
}

#[test]
fn the_longest_modulus_has_room() {
    let modulus = [0xff; MAX_BYTES];
    let mut base = [0xff; MAX_BYTES];
    base[MAX_BYTES - 1] = 0xfe;
    let mut out = [0; MAX_BYTES];
    // The base is -1: so is every odd power.
    montgomery::power(&modulus, &base, 65537, &mut out).unwrap();
    assert_eq!(out, base);
    assert!(montgomery::power(&[0xff; MAX_BYTES + 1], &base, 3, &mut out).is_none());
}
