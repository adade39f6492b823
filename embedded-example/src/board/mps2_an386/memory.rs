//! What the linker placed.

unsafe extern "C" {
    static __vector_table: u32;
    static __sidata: u32;
    static __sdata: u32;
    static __edata: u32;
    static __sheap: u32;
}

/// Bytes of flash: vectors, code, constants, and what initialised variables begin with.
#[must_use]
pub fn flash() -> usize {
    let data = (&raw const __edata as usize).saturating_sub(&raw const __sdata as usize);
    (&raw const __sidata as usize).saturating_sub(&raw const __vector_table as usize).saturating_add(data)
}

/// Bytes of RAM beside the stack: all statics.
#[must_use]
pub fn statics() -> usize {
    (&raw const __sheap as usize).saturating_sub(&raw const __sdata as usize)
}
