//! What firmware developers see: a line for each message, transition, alert and error, where the feature `defmt` or `log` is on.
//! Never a byte of payload or of a key.

/// A line of little weight.
macro_rules! trace {
    ($($argument:tt)*) => {{
        #[cfg(feature = "defmt")]
        ::defmt::debug!($($argument)*);
        #[cfg(feature = "log")]
        ::log::debug!($($argument)*);
    }};
}

/// A line that somebody should see.
macro_rules! trace_failure {
    ($($argument:tt)*) => {{
        #[cfg(feature = "defmt")]
        ::defmt::warn!($($argument)*);
        #[cfg(feature = "log")]
        ::log::warn!($($argument)*);
    }};
}

pub(crate) use {trace, trace_failure};
