//! How much of the stack was used. The start-up code paints it before anything runs (cortex-m-rt, `paint-stack`).

/// What the start-up code paints with.
const PAINT: u32 = 0xcccc_cccc;

unsafe extern "C" {
    static _stack_start: u32;
    static _stack_end: u32;
}

/// The most bytes that were used at any time since the start.
#[must_use]
pub fn high_water() -> usize {
    let (top, mut at) = (&raw const _stack_start, &raw const _stack_end);
    // SAFETY: between the two symbols of the linker script lies the stack, whole words of memory; nobody writes to the part
    // below the stack pointer while this reads it but interrupt handlers, just below it.
    while at < top && unsafe { at.read_volatile() } == PAINT {
        at = at.wrapping_add(1);
    }
    (top as usize).saturating_sub(at as usize)
}
