//! What a program of the firmware said until it ended.

use std::collections::BTreeMap;

/// What a program said, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Its exit status; none where the emulator was killed.
    pub status: Option<i32>,
    /// The figures, lines of a name and a number.
    pub figures: BTreeMap<String, u64>,
    /// What stood behind `failed: `.
    pub failures: Vec<String>,
    /// The other lines, such as those of a panic.
    pub others: Vec<String>,
}

impl Report {
    /// Reads what was said.
    #[must_use]
    pub fn new(status: Option<i32>, said: &str) -> Self {
        let mut report = Self { status, ..Self::default() };
        for line in said.lines().filter(|line| !line.is_empty()) {
            let figure = line.split_once(' ').and_then(|(name, value)| Some((name, value.parse().ok()?)));
            match (line.strip_prefix("failed: "), figure) {
                (Some(failure), _) => report.failures.push(failure.to_owned()),
                (None, Some((name, value))) => drop(report.figures.insert(name.to_owned(), value)),
                (None, None) => report.others.push(line.to_owned()),
            }
        }
        report
    }

    /// A figure.
    ///
    /// # Panics
    /// If it was not said.
    #[must_use]
    pub fn figure(&self, name: &str) -> u64 {
        *self.figures.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// It went well, and said these figures and what every program says.
    ///
    /// # Panics
    /// If not.
    pub fn assert_success(&self, figures: &[&str]) {
        assert_eq!(
            (self.status, &self.failures[..], &self.others[..]),
            (Some(0), &[][..], &[][..]),
            "{self:?}"
        );
        self.assert_figures(figures);
    }

    /// It ended with one error, which is this; what was wrong.
    ///
    /// # Errors
    /// What else it did.
    pub fn failure(&self) -> Result<&str, String> {
        match (&self.failures[..], self.status, self.others.is_empty()) {
            ([failure], Some(1), true) => Ok(failure),
            _ => Err(format!("{self:?}")),
        }
    }

    fn assert_figures(&self, figures: &[&str]) {
        for name in figures.iter().chain(&["flash-bytes", "static-bytes", "stack-bytes", "ram-bytes"]) {
            assert!(self.figure(name) > 0, "{name} of {self:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn lines_are_figures_failures_or_neither() {
        let said = "stack-bytes 12\n\nfailed: the line is silent\npanicked at src/x.rs:1\nstack-bytes many\n";
        let report = Report::new(Some(1), said);
        assert_eq!(report.figure("stack-bytes"), 12);
        assert_eq!(report.failures, ["the line is silent"]);
        assert_eq!(report.others, ["panicked at src/x.rs:1", "stack-bytes many"]);
        assert!(report.failure().is_err(), "it panicked");
    }

    #[test]
    fn a_failure_is_one_line_and_the_status_one() {
        assert_eq!(Report::new(Some(1), "failed: a\nram-bytes 1").failure(), Ok("a"));
        for (status, said) in
            [(Some(0), "failed: a"), (None, "failed: a"), (Some(1), ""), (Some(1), "failed: a\nfailed: b")]
        {
            assert!(Report::new(status, said).failure().is_err(), "{status:?} {said:?}");
        }
    }
}
