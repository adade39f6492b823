//! The library itself, and its queue of errors.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int};
use std::ptr;

use super::symbols::{Symbols, load};

/// The library number of errors that do not come from OpenSSL.
const ERR_LIB_USER: c_int = 128;
/// A reason that every library can give.
const ERR_R_PASSED_INVALID_ARGUMENT: c_int = 262 | 2 << 18;

thread_local! {
    /// Whether an error was left in this thread's queue for the next call to find.
    static STALE: Cell<bool> = const { Cell::new(false) };
}

/// libssl of version 3, in this process.
#[derive(Clone, Copy)]
pub struct Library(pub(super) &'static Symbols);

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.version())
    }
}

impl Library {
    /// The system's, loaded once.
    ///
    /// # Errors
    /// What is missing.
    pub fn load() -> Result<Self, String> {
        load().map(Self)
    }

    /// The system's. Without it a test has nothing to do: it prints so and returns.
    ///
    /// # Panics
    /// If it is missing and `TIDEGATE_REQUIRE_TOOLS=1` is set.
    #[must_use]
    pub fn have() -> Option<Self> {
        let required = std::env::var_os("TIDEGATE_REQUIRE_TOOLS").is_some_and(|value| value == "1");
        match Self::load() {
            Ok(library) => return Some(library),
            Err(missing) if required => panic!("missing: {missing}"),
            Err(missing) => println!("not run: {missing}"),
        }
        None
    }

    /// Its name, version and date.
    #[must_use]
    pub fn version(self) -> String {
        // SAFETY: 0 asks for the version; the answer is a constant.
        text(unsafe { (self.0.OpenSSL_version)(0) })
    }

    /// Leaves an error in this thread's queue, as another user of the library may, for the next call to find.
    pub fn leave_error(self) {
        self.begin();
        // SAFETY: a new entry is opened before it is filled; without a format there are no more arguments.
        unsafe {
            (self.0.ERR_new)();
            (self.0.ERR_set_error)(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT, ptr::null());
        }
        STALE.set(true);
    }

    /// Empties this thread's queue before a call, unless an error was left for it.
    pub(super) fn begin(self) {
        if !STALE.take() {
            // SAFETY: it concerns this thread's queue alone.
            unsafe { (self.0.ERR_clear_error)() };
        }
    }

    /// The reason of the oldest error in this thread's queue.
    #[must_use]
    pub fn reason(self) -> Option<String> {
        // SAFETY: both look and change nothing; the text is a constant or null.
        let (code, reason) = unsafe {
            let code = (self.0.ERR_peek_error)();
            (code, (self.0.ERR_reason_error_string)(code))
        };
        (code != 0).then(|| if reason.is_null() { format!("error {code:#x}") } else { text(reason) })
    }
}

/// The text at a pointer that OpenSSL gave.
pub(super) fn text(pointer: *const c_char) -> String {
    // SAFETY: OpenSSL's texts end with a zero and live while they are read here.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}
