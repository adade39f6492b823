//! How many bytes of heap libssl holds.

use std::alloc::{Layout, alloc, dealloc};
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::symbols::Symbols;

/// Bytes before each piece, which hold its length; they keep the alignment that C promises.
const HEADER: usize = 16;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// The bytes that libssl and libcrypto have asked for and not given back, in all threads.
#[derive(Clone, Copy, Debug)]
pub struct Allocations(());

impl Allocations {
    /// `None` if the library has allocated already.
    pub(super) fn install(symbols: &Symbols) -> Option<Self> {
        // SAFETY: the three keep the contract of malloc, realloc and free among themselves.
        let installed = unsafe { (symbols.CRYPTO_set_mem_functions)(malloc, realloc, free) };
        (installed == 1).then_some(Self(()))
    }

    /// Now.
    #[must_use]
    pub fn in_use(self) -> usize {
        IN_USE.load(Ordering::Relaxed)
    }
}

/// The layout of a piece and its header.
fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(HEADER)?, HEADER).ok()
}

unsafe extern "C" fn malloc(size: usize, _: *const c_char, _: c_int) -> *mut c_void {
    let Some(layout) = layout(size).filter(|_| size > 0) else { return ptr::null_mut() };
    // SAFETY: the layout is not empty; the header is written inside of it.
    unsafe {
        let start = alloc(layout);
        if start.is_null() {
            return ptr::null_mut();
        }
        start.cast::<usize>().write(size);
        IN_USE.fetch_add(size, Ordering::Relaxed);
        start.add(HEADER).cast()
    }
}

unsafe extern "C" fn realloc(
    piece: *mut c_void,
    size: usize,
    file: *const c_char,
    line: c_int,
) -> *mut c_void {
    // SAFETY: the piece, unless null, came from `malloc`, so that its header says how long it is; old and new are apart.
    unsafe {
        let new = malloc(size, file, line);
        if !new.is_null() && !piece.is_null() {
            let old = piece.cast::<u8>().sub(HEADER).cast::<usize>().read();
            ptr::copy_nonoverlapping(piece.cast::<u8>(), new.cast(), old.min(size));
        }
        if !new.is_null() || size == 0 {
            free(piece, file, line);
        }
        new
    }
}

unsafe extern "C" fn free(piece: *mut c_void, _: *const c_char, _: c_int) {
    if piece.is_null() {
        return;
    }
    // SAFETY: the piece came from `malloc` with the layout that its header's size gives.
    unsafe {
        let start = piece.cast::<u8>().sub(HEADER);
        let size = start.cast::<usize>().read();
        if let Some(layout) = layout(size) {
            IN_USE.fetch_sub(size, Ordering::Relaxed);
            dealloc(start, layout);
        }
    }
}
