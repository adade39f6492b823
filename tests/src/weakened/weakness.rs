//! What a weakness is.

/// Where the tests of connections are.
const TESTS: &str = "connection::tests";

/// A check of the engine that is left out.
#[derive(Clone, Copy, Debug)]
pub struct Weakness {
    /// What is left out.
    pub name: &'static str,
    /// How.
    pub edits: &'static [Edit],
    /// The tests of the engine that must fail then, each of them: by their paths below `connection::tests`, or from the root
    /// where they begin with `::`.
    pub caught_by: &'static [&'static str],
}

impl Weakness {
    /// The whole names of those tests.
    pub fn tests(&self) -> impl Iterator<Item = String> {
        self.caught_by.iter().map(|test| match test.strip_prefix("::") {
            Some(test) => test.to_owned(),
            None => format!("{TESTS}::{test}"),
        })
    }
}

/// A change of a file of the engine.
#[derive(Clone, Copy, Debug)]
pub struct Edit {
    /// Below `core/src`.
    pub file: &'static str,
    /// What is there, once.
    pub from: &'static str,
    /// What stands in its place, with `IS_WEAK` for "this weakness is on".
    pub to: &'static str,
}
