//! Whether this processor has what graviola needs.

/// Whether graviola may be called: it panics on a processor that lacks something. What it asks of x86-64 leaves out BMI2, which its
/// assembly uses.
pub(crate) fn fits() -> bool {
    #[cfg(test)]
    if denied::is_denied() {
        return false;
    }
    #[cfg(target_arch = "x86_64")]
    if !std::arch::is_x86_feature_detected!("bmi2") || !std::arch::is_x86_feature_detected!("adx") {
        return false;
    }
    graviola::util::is_cpu_supported()
}

/// Another processor, for tests of what is done then.
#[cfg(test)]
pub(crate) mod denied {
    use std::cell::Cell;

    thread_local! {
        static DENIED: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn is_denied() -> bool {
        DENIED.get()
    }

    /// Does this as if the processor had nothing, in this thread.
    pub(crate) fn without_graviola<T>(work: impl FnOnce() -> T) -> T {
        DENIED.set(true);
        let result = work();
        DENIED.set(false);
        result
    }
}
