//! The branches of Thumb code (Armv7-M Architecture Reference Manual, sections A7.7.12 and A7.7.18).

/// The branches of a function that may lead out of it: where each stands, and where it goes. Constants between the
/// instructions may look like branches; where those go is hardly ever the start of a function.
pub(super) fn branches(address: u64, code: &[u8]) -> Vec<(u64, u64)> {
    let halves: Vec<u32> =
        code.as_chunks::<2>().0.iter().map(|half| u16::from_le_bytes(*half).into()).collect();
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(first) = halves.get(place) {
        let at = address + 2 * place as u64;
        let is_wide = first >> 11 >= 0b11101;
        match halves.get(place + 1) {
            Some(second) if is_wide => {
                found.extend(wide(*first, *second).map(|offset| (at, target(at, offset))))
            }
            _ => found.extend(narrow(*first).map(|offset| (at, target(at, offset)))),
        }
        place += if is_wide { 2 } else { 1 };
    }
    found
}

/// A branch counts from four bytes behind its start.
fn target(at: u64, offset: i64) -> u64 {
    at.wrapping_add(4).wrapping_add_signed(offset)
}

/// `BL`, and `B.W` without a condition.
fn wide(first: u32, second: u32) -> Option<i64> {
    let is_branch = first >> 11 == 0b11110 && second >> 14 & 0b10 != 0 && second >> 12 & 1 != 0;
    if !is_branch {
        return None;
    }
    let sign = first >> 10 & 1;
    let (j1, j2) = (second >> 13 & 1, second >> 11 & 1);
    let (i1, i2) = (1 ^ j1 ^ sign, 1 ^ j2 ^ sign);
    let offset = sign << 24 | i1 << 23 | i2 << 22 | (first & 0x3ff) << 12 | (second & 0x7ff) << 1;
    Some(extended(offset, 25))
}

/// `B` without a condition.
fn narrow(half: u32) -> Option<i64> {
    (half >> 11 == 0b11100).then(|| extended((half & 0x7ff) << 1, 12))
}

/// A number of so many bits with its sign.
fn extended(bits: u32, count: u32) -> i64 {
    let shift = 32 - count;
    i64::from((bits << shift).cast_signed() >> shift)
}

#[cfg(test)]
mod tests {
    use super::branches;

    #[test]
    fn calls_and_jumps_say_where_they_go() {
        // bl +0x100; bl -4; b.w +8; b.n -4; movw r0, 0; bx lr
        let code = [
            0x00, 0xf0, 0x7e, 0xf8, 0xff, 0xf7, 0xfc, 0xff, 0x00, 0xf0, 0x02, 0xb8, 0xfc, 0xe7, 0x40, 0xf2,
            0x00, 0x00, 0x70, 0x47,
        ];
        let found = branches(0x1000, &code);
        assert_eq!(found, [(0x1000, 0x1100), (0x1004, 0x1000), (0x1008, 0x1010), (0x100c, 0x1008)]);
    }
}
