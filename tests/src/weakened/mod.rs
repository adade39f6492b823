//! Builds of the engine with a check left out, each of which a test must find.
//!
//! Nothing of it is in the engine: a copy of its sources is changed, all weaknesses at once, each behind a question to the
//! environment, and built once with its tests. What an edit replaces must be there exactly once, so that none goes
//! stale unseen.

mod list;
mod sources;
mod trial;
mod weakness;

pub use list::WEAKNESSES;
pub use sources::{Workshop, WorkshopError};
pub use trial::{Verdict, try_all};
pub use weakness::{Edit, Weakness};

/// Names the weakness that is on.
pub const VARIABLE: &str = "TIDEGATE_WEAKNESS";
