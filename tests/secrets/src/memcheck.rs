//! What valgrind's memcheck is asked to do with memory (its `memcheck.h`).
#![allow(unsafe_code, reason = "valgrind takes its requests by instructions that do nothing elsewhere")]

use std::arch::asm;

/// Requests of memcheck, 'M' and 'C' in the upper half.
const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
const MAKE_MEM_DEFINED: usize = 0x4d43_0002;
/// Requests of valgrind itself.
const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;

/// Marks bytes: whatever is decided by them, or looked up, is an error from here on. So it is with what is made of them.
pub(crate) fn mark(bytes: &[u8]) {
    request([MAKE_MEM_UNDEFINED, bytes.as_ptr().expose_provenance(), bytes.len(), 0, 0, 0]);
}

/// Takes the mark from bytes.
pub(crate) fn unmark(bytes: &[u8]) {
    request([MAKE_MEM_DEFINED, bytes.as_ptr().expose_provenance(), bytes.len(), 0, 0, 0]);
}

/// A copy of bytes that bears no mark; they keep theirs.
pub(crate) fn unmarked(bytes: &[u8]) -> Vec<u8> {
    let copy = bytes.to_vec();
    unmark(&copy);
    copy
}

/// Whether anyone looks on.
pub(crate) fn is_watched() -> bool {
    request([RUNNING_ON_VALGRIND, 0, 0, 0, 0, 0]) > 0
}

/// Errors so far.
pub(crate) fn errors() -> usize {
    request([COUNT_ERRORS, 0, 0, 0, 0, 0])
}

/// Zero where valgrind does not run.
#[cfg(target_arch = "x86_64")]
fn request(arguments: [usize; 6]) -> usize {
    let result;
    // SAFETY: the instructions turn a register round by its width and change nothing; valgrind, which knows them, reads the
    // arguments and what they name, and writes no memory of this program.
    unsafe {
        asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            inout("rdx") 0_usize => result,
            in("rax") arguments.as_ptr(),
            options(nostack),
        );
    }
    result
}
