//! What is not to be exceeded, as in the [budget](crate::budget::limits).
//!
//! A measure is what a piece of work took when it was last looked at. Who makes one cheaper writes the new one here, so that it
//! stays so (`counts --lines` prints all of them); who makes one dearer says in the commit what for.

use super::Count;

/// By how many percent instructions may exceed their measure: versions of the compiler differ by as much.
const MORE_INSTRUCTIONS: u64 = 3;

/// The instructions of each piece of work when they were last looked at, and of records also how often their bytes are copied, which
/// may not be exceeded at all.
///
/// `full` and `resumed` are handshakes, from making the connection to wiping what it was lent. `write` and `read` copy the data
/// of a record of so many bytes, `fill` and `lend` leave it in the buffer. One of the two copies of `read` puts what came into the
/// buffer, as a transport does.
///
/// A `flood` is what a peer may send to have much done for little: counted are instructions for a thousand bytes that come. In
/// `drops` the bytes come one by one, with all that a driver asks between them, so that a call is what is counted.
pub const MEASURES: &[(&str, u64)] = &[
    ("full-client", 24_437),
    ("full-server", 23_934),
    ("resumed-client", 29_360),
    ("resumed-server", 25_804),
    ("write-16384", 2_380),
    ("write-16384, copies", 1),
    ("write-1024", 940),
    ("write-1024, copies", 1),
    ("write-64", 828),
    ("write-64, copies", 1),
    ("fill-16384", 672),
    ("fill-16384, copies", 0),
    ("fill-1024", 672),
    ("fill-1024, copies", 0),
    ("fill-64", 672),
    ("fill-64, copies", 0),
    ("read-16384", 4_083),
    ("read-16384, copies", 2),
    ("read-1024", 1_203),
    ("read-1024, copies", 2),
    ("read-64", 973),
    ("read-64, copies", 2),
    ("lend-16384", 966),
    ("lend-16384, copies", 0),
    ("lend-1024", 966),
    ("lend-1024, copies", 0),
    ("lend-64", 966),
    ("lend-64, copies", 0),
    ("flood-empty", 11_276),
    ("flood-updates", 88_795),
    ("flood-crumbs", 44_160),
    ("flood-drops", 925_087),
    ("flood-padding", 7_197),
    ("flood-tickets", 78_610),
    ("flood-extensions", 112_326),
    ("flood-identities", 12_995),
    ("flood-hello-crumbs", 51_395),
    ("flood-hello-drops", 1_793_766),
    ("flood-flight-crumbs", 14_152),
];

/// A piece of work, held against its measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Its name.
    pub work: String,
    /// Instructions; none where it was not counted.
    pub value: Option<u64>,
    /// Instructions that it may take; none where it was never looked at.
    pub at_most: Option<u64>,
}

impl Verdict {
    /// Whether it was counted, has a measure, and is not beyond it.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.value.zip(self.at_most).is_some_and(|(value, at_most)| value <= at_most)
    }
}

/// What was counted, held against the measures: one verdict for each, and for each measure of what was not counted.
#[must_use]
pub fn verdicts(counts: &[Count], measures: &[(&str, u64)]) -> Vec<Verdict> {
    let most = |measure: u64| measure + measure * MORE_INSTRUCTIONS / 100;
    let counted = counts.iter().map(|(work, value)| {
        let measure = measures.iter().find(|(name, _)| name == work);
        Verdict {
            work: work.clone(),
            value: Some(*value),
            at_most: measure.map(|(_, measure)| most(*measure)),
        }
    });
    let missing = measures.iter().filter(|(name, _)| !counts.iter().any(|(work, _)| work == name));
    let missing = missing.map(|(name, measure)| Verdict {
        work: String::from(*name),
        value: None,
        at_most: Some(most(*measure)),
    });
    counted.chain(missing).collect()
}

/// The line of [`MEASURES`] for what was counted.
#[must_use]
pub fn line((work, value): &Count) -> String {
    format!("    (\"{work}\", {}),", crate::budget::grouped(*value, '_'))
}

#[cfg(test)]
mod tests {
    use super::{Verdict, verdicts};

    const MEASURE: &[(&str, u64)] = &[("work", 1000)];

    fn kept(counts: &[(&str, u64)]) -> Vec<bool> {
        let counts: Vec<_> = counts.iter().map(|(work, value)| (String::from(*work), *value)).collect();
        verdicts(&counts, MEASURE).iter().map(Verdict::is_kept).collect()
    }

    #[test]
    fn a_count_may_be_some_percent_more_than_its_measure() {
        assert_eq!(kept(&[("work", 1030)]), [true]);
        assert_eq!(kept(&[("work", 1031)]), [false]);
        assert_eq!(kept(&[("work", 1)]), [true]);
    }

    #[test]
    fn what_has_no_measure_or_was_not_counted_fails() {
        assert_eq!(kept(&[("work", 1000), ("other", 1)]), [true, false]);
        assert_eq!(kept(&[]), [false]);
    }
}
