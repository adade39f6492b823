//! Modular exponentiation by Montgomery's method, in time that depends on the (public) operands.

use super::MAX_BITS;

/// Limbs of the longest modulus.
const MAX_LIMBS: usize = MAX_BITS / 32;

/// A number below the modulus, least significant limb first; limbs beyond the modulus' length are not used.
type Limbs = [u32; MAX_LIMBS];

/// Writes `base` to the power of `exponent` (odd) modulo `modulus` (odd) to `out`. All three numbers are big-endian and
/// of one length; `base` must be less than `modulus`. Nothing if the modulus is even or too long.
///
/// Not inlined, so that this work space is gone when the padding is checked, which has its own.
#[inline(never)]
pub(super) fn power(modulus: &[u8], base: &[u8], exponent: u64, out: &mut [u8]) -> Option<()> {
    Modulus::new(modulus)?.power(base, exponent, out);
    Some(())
}

/// An odd modulus.
struct Modulus {
    limbs: Limbs,
    len: usize,
    /// -1 / modulus, modulo 2^32.
    negative_inverse: u32,
}

impl Modulus {
    fn new(bytes: &[u8]) -> Option<Self> {
        let mut limbs = [0; MAX_LIMBS];
        let len = bytes.len().div_ceil(4);
        limbs.get_mut(..len)?.iter_mut().zip(limbs_of(bytes)).for_each(|(to, limb)| *to = limb);
        let lowest = *limbs.first()?;
        (lowest & 1 == 1).then(|| Self { limbs, len, negative_inverse: inverse(lowest).wrapping_neg() })
    }

    fn power(&self, base: &[u8], exponent: u64, out: &mut [u8]) {
        let scaled = self.scale(base);
        let (mut result, mut space) = (scaled, [0; MAX_LIMBS]);
        let mut bit = 1_u64 << 63 >> exponent.leading_zeros().min(63);
        while bit > 2 {
            bit >>= 1;
            self.multiply(&result, result.iter().copied(), &mut space);
            if exponent & bit == 0 {
                result = space;
            } else {
                self.multiply(&space, scaled.iter().copied(), &mut result);
            }
        }
        // The last bit is set. Multiplying with the unscaled base takes the factor R out on the way.
        self.multiply(&result, result.iter().copied(), &mut space);
        self.multiply(&space, limbs_of(base), &mut result);
        for (to, limb) in out.rchunks_mut(4).zip(&result) {
            to.iter_mut().rev().zip(limb.to_le_bytes()).for_each(|(to, byte)| *to = byte);
        }
    }

    /// `number` times R, where R is 2 to the power of the modulus' bits in whole limbs.
    fn scale(&self, number: &[u8]) -> Limbs {
        let mut scaled = [0; MAX_LIMBS];
        scaled.iter_mut().zip(limbs_of(number)).for_each(|(to, limb)| *to = limb);
        for _ in 0..self.len.saturating_mul(32) {
            self.double(&mut scaled);
        }
        scaled
    }

    fn double(&self, number: &mut Limbs) {
        let mut carry = 0;
        for limb in number.iter_mut().take(self.len) {
            let next = *limb >> 31;
            *limb = *limb << 1 | carry;
            carry = next;
        }
        self.reduce_once(number, carry);
    }

    /// Writes `a` times `b` divided by R to `out`: for each limb of `b`, a product is added and one limb of zeros, made
    /// by adding a multiple of the modulus, is dropped at the low end.
    fn multiply(&self, a: &Limbs, b: impl Iterator<Item = u32>, out: &mut Limbs) {
        *out = [0; MAX_LIMBS];
        let mut top = 0;
        for digit in b.take(self.len) {
            top = self.add_product_and_shift(a, digit, top, out);
        }
        self.reduce_once(out, top);
    }

    fn add_product_and_shift(&self, a: &Limbs, digit: u32, top: u32, out: &mut Limbs) -> u32 {
        let mut operands = self.limbs.iter().zip(a).take(self.len);
        let mut slots = out.iter_mut();
        let (Some((modulus_limb, a_limb)), Some(mut slot)) = (operands.next(), slots.next()) else {
            return 0;
        };
        let (sum, mut product_carry) = multiply_add(*a_limb, digit, *slot, 0);
        let factor = sum.wrapping_mul(self.negative_inverse);
        let (_, mut reduction_carry) = multiply_add(*modulus_limb, factor, sum, 0);
        for (next, (modulus_limb, a_limb)) in slots.zip(operands) {
            let sum;
            (sum, product_carry) = multiply_add(*a_limb, digit, *next, product_carry);
            (*slot, reduction_carry) = multiply_add(*modulus_limb, factor, sum, reduction_carry);
            slot = next;
        }
        let (limb, carry) = multiply_add(1, top, product_carry, reduction_carry);
        *slot = limb;
        carry
    }

    /// Subtracts the modulus from `top` and `number`, if they are not less than it.
    fn reduce_once(&self, number: &mut Limbs, top: u32) {
        let pairs = || self.limbs.iter().zip(number.iter()).take(self.len).rev();
        let less =
            pairs().find(|(modulus, limb)| limb != modulus).is_some_and(|(modulus, limb)| limb < modulus);
        if top == 0 && less {
            return;
        }
        let mut borrow = false;
        for (limb, modulus) in number.iter_mut().zip(&self.limbs).take(self.len) {
            let (difference, first) = limb.overflowing_sub(*modulus);
            let (difference, second) = difference.overflowing_sub(u32::from(borrow));
            *limb = difference;
            borrow = first || second;
        }
    }
}

/// The limbs of a big-endian number, least significant first.
fn limbs_of(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.rchunks(4).map(|chunk| chunk.iter().fold(0, |limb, byte| limb << 8 | u32::from(*byte)))
}

/// Low and high limb of `a * b + c + d`, which can't overflow two limbs.
fn multiply_add(a: u32, b: u32, c: u32, d: u32) -> (u32, u32) {
    let product = u64::from(a).wrapping_mul(u64::from(b));
    let [l0, l1, l2, l3, h0, h1, h2, h3] =
        product.wrapping_add(u64::from(c)).wrapping_add(u64::from(d)).to_le_bytes();
    (u32::from_le_bytes([l0, l1, l2, l3]), u32::from_le_bytes([h0, h1, h2, h3]))
}

/// 1 / `odd`, modulo 2^32, by Newton's method: each step doubles the number of correct bits, of which any odd number
/// has three as its own inverse.
fn inverse(odd: u32) -> u32 {
    (0..4).fold(odd, |guess, _| guess.wrapping_mul(2_u32.wrapping_sub(odd.wrapping_mul(guess))))
}
