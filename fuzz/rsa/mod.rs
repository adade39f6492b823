//! Keys, messages and signatures, and who says what of them.

use std::cmp::Ordering;

use num_bigint::BigUint;
use ring::signature::{self, RsaParameters, UnparsedPublicKey};
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::wire::enums::SignatureScheme;

/// What was signed.
const MESSAGE: &[u8] = b"a message";
/// Bits of the longest modulus that we take; the other library takes twice as many.
const MAX_BITS: usize = 4096;
/// Bits of the shortest one; the other library counts whole bytes.
const MIN_BITS: u64 = 2048;

/// A kind of signature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Kind {
    scheme: SignatureScheme,
    /// The place of the signature in a list of them.
    place: usize,
}

pub(crate) const KINDS: [Kind; 6] = [
    Kind { scheme: SignatureScheme::RSA_PKCS1_SHA256, place: 0 },
    Kind { scheme: SignatureScheme::RSA_PKCS1_SHA384, place: 1 },
    Kind { scheme: SignatureScheme::RSA_PKCS1_SHA512, place: 2 },
    Kind { scheme: SignatureScheme::RSA_PSS_RSAE_SHA256, place: 3 },
    Kind { scheme: SignatureScheme::RSA_PSS_RSAE_SHA384, place: 4 },
    Kind { scheme: SignatureScheme::RSA_PSS_RSAE_SHA512, place: 5 },
];

/// A key of so many bits with a signature of each kind.
macro_rules! signed {
    ($bits:literal) => {
        (
            include_bytes!(concat!($bits, ".key")),
            [
                include_bytes!(concat!($bits, ".pkcs1-256")),
                include_bytes!(concat!($bits, ".pkcs1-384")),
                include_bytes!(concat!($bits, ".pkcs1-512")),
                include_bytes!(concat!($bits, ".pss-256")),
                include_bytes!(concat!($bits, ".pss-384")),
                include_bytes!(concat!($bits, ".pss-512")),
            ],
        )
    };
}

/// A modulus of whole bytes, one of a bit more with the exponent 3, and the longest one.
const SIGNED: [(&[u8], [&[u8]; 6]); 3] = [signed!("2048"), signed!("2049"), signed!("4096")];

/// What is to be verified.
#[derive(Debug, PartialEq)]
pub(crate) struct Case {
    kind: Kind,
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Case {
    pub(crate) fn good(kind: Kind, which: u8) -> Self {
        let (key, signatures) = SIGNED[usize::from(which) % SIGNED.len()];
        let signature = signatures[kind.place].to_vec();
        Self { kind, key: key.to_vec(), message: MESSAGE.to_vec(), signature }
    }

    /// Changes a byte of one of the three, or its length.
    pub(crate) fn change(&mut self, change: &[u8]) {
        let [what, high, low, with] = *change else { return };
        let part = match what & 3 {
            0 => &mut self.key,
            1 => &mut self.message,
            _ => &mut self.signature,
        };
        let place = usize::from(u16::from_be_bytes([high, low]));
        match what >> 2 & 3 {
            0..2 if !part.is_empty() => {
                let place = place % part.len();
                part[place] ^= with;
            }
            2 => part.insert(place % (part.len() + 1), with),
            3 if !part.is_empty() => drop(part.remove(place % part.len())),
            _ => {}
        }
    }

    pub(crate) fn ours(&self) -> bool {
        let algorithm = SIGNATURE_ALGORITHMS.iter().find(|one| one.scheme == self.kind.scheme).unwrap();
        algorithm.verifier.verify_signature(&self.key, &self.message, &self.signature).is_ok()
    }

    pub(crate) fn other(&self) -> bool {
        let parameters: &'static RsaParameters = match self.kind.place {
            0 => &signature::RSA_PKCS1_2048_8192_SHA256,
            1 => &signature::RSA_PKCS1_2048_8192_SHA384,
            2 => &signature::RSA_PKCS1_2048_8192_SHA512,
            3 => &signature::RSA_PSS_2048_8192_SHA256,
            4 => &signature::RSA_PSS_2048_8192_SHA384,
            _ => &signature::RSA_PSS_2048_8192_SHA512,
        };
        UnparsedPublicKey::new(parameters, &self.key).verify(&self.message, &self.signature).is_ok()
    }

    /// Whether the modulus is longer than ours may be, or shorter than ours must be by less than a byte.
    pub(crate) fn is_beyond_a_limit(&self) -> bool {
        self.signature.len() > MAX_BITS / 8 || self.modulus().is_some_and(|modulus| modulus.bits() < MIN_BITS)
    }

    /// As it lies behind two headers with lengths of two bytes.
    fn modulus(&self) -> Option<BigUint> {
        let (length, rest) = self.key.get(6..)?.split_first_chunk()?;
        Some(BigUint::from_bytes_be(rest.get(..usize::from(u16::from_be_bytes(*length)))?))
    }
}

/// A signature from the input, and a key by which it is one: of a signature s, the exponent e and the encoding m of the digest, s^e
/// and m are the same modulo their difference.
pub(crate) fn made_to_fit(kind: Kind, choice: u8, bytes: &[u8]) -> Option<Case> {
    let exponent = [3, 5, 17, 257][usize::from(choice) % 4];
    let encoding = Case::good(Kind { place: kind.place % 3, ..kind }, 0).encoding()?;
    let mut number = BigUint::from_bytes_be(bytes.get(..bytes.len().min(MAX_BITS / 8))?);
    // The difference is to be odd.
    number.set_bit(0, encoding.last()? & 1 == 0);
    let power_bits = number.bits().checked_mul(u64::from(exponent))?;
    if power_bits > 2 * MAX_BITS as u64 {
        return None;
    }
    let power = number.pow(exponent);
    let length = usize::try_from(power.bits().div_ceil(8)).ok()?;
    let modulus = power - BigUint::from_bytes_be(&stretched(&encoding, length)?);
    let is_taken = (MIN_BITS..=MAX_BITS as u64).contains(&modulus.bits())
        && modulus.bits().div_ceil(8) == length as u64
        && modulus > number;
    if !is_taken {
        return None;
    }
    let mut signature = vec![0; length];
    let digits = number.to_bytes_be();
    signature[length - digits.len()..].clone_from_slice(&digits);
    let scheme = KINDS[kind.place % 3].scheme;
    let kind = Kind { scheme, place: kind.place % 3 };
    Some(Case { kind, key: public_key(&modulus, exponent), message: MESSAGE.to_vec(), signature })
}

impl Case {
    /// The encoding (RFC 8017, section 9.2), as the signature has it.
    fn encoding(&self) -> Option<Vec<u8>> {
        let power =
            BigUint::from_bytes_be(&self.signature).modpow(&BigUint::from(65537_u32), &self.modulus()?);
        Some([&[0][..], &power.to_bytes_be()].concat())
    }
}

/// The same with more or less filling.
fn stretched(encoding: &[u8], length: usize) -> Option<Vec<u8>> {
    let end = 2 + encoding.get(2..)?.iter().position(|byte| *byte == 0)?;
    let (mut start, rest) = (vec![0, 1], &encoding[end..]);
    match length.cmp(&(rest.len() + 2 + 8)) {
        Ordering::Less => None,
        Ordering::Equal | Ordering::Greater => {
            start.resize(length - rest.len(), 0xff);
            Some([&start, rest].concat())
        }
    }
}

/// An RSAPublicKey (RFC 8017, appendix A.1.1).
fn public_key(modulus: &BigUint, exponent: u32) -> Vec<u8> {
    let content = [integer(modulus), integer(&BigUint::from(exponent))].concat();
    tagged(0x30, &content)
}

fn integer(number: &BigUint) -> Vec<u8> {
    let digits = number.to_bytes_be();
    let sign: &[u8] = if digits[0] >= 0x80 { &[0] } else { &[] };
    tagged(2, &[sign, &digits].concat())
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = (content.len() as u16).to_be_bytes();
    let length = match content.len() {
        ..0x80 => vec![low],
        0x80..0x100 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], &length[..], content].concat()
}
