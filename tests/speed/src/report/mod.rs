//! The results as a page.

pub(crate) mod chart;
pub(crate) mod tables;
