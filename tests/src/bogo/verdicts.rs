//! A runner's verdicts against the list of what passes.

use std::collections::BTreeSet;

use serde_json::Value;

/// What a run of the runner came to, beside the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// On the list, and not passed.
    pub lost: Vec<String>,
    /// Passed, and not on the list.
    pub gained: Vec<String>,
    /// On the list and not among the tests that were run.
    pub missing: Vec<String>,
    /// How many of the list passed.
    pub kept: usize,
}

/// Compares the runner's JSON output to a list of names, one a line; `#` begins a comment.
///
/// # Errors
/// What is wrong with the output.
pub fn compare(output: &str, list: &str) -> Result<Verdicts, String> {
    let output: Value = serde_json::from_str(output).map_err(|error| error.to_string())?;
    let tests = output.get("tests").and_then(Value::as_object).ok_or("no tests in the output")?;
    let passed: BTreeSet<&str> = tests
        .iter()
        .filter(|(_, test)| test.get("actual").and_then(Value::as_str) == Some("PASS"))
        .map(|(name, _)| name.as_str())
        .collect();
    let lines = list.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let listed: BTreeSet<&str> = lines.filter(|line| !line.is_empty()).collect();
    let mut verdicts = Verdicts::default();
    for name in &listed {
        match (passed.contains(name), tests.contains_key(*name)) {
            (true, _) => verdicts.kept += 1,
            (false, true) => verdicts.lost.push((*name).to_owned()),
            (false, false) => verdicts.missing.push((*name).to_owned()),
        }
    }
    verdicts.gained = passed.difference(&listed).map(|name| (*name).to_owned()).collect();
    Ok(verdicts)
}

#[cfg(test)]
mod tests {
    use super::{Verdicts, compare};

    const OUTPUT: &str = r#"{"tests": {"a": {"actual": "PASS"}, "b": {"actual": "FAIL"}, "c": {"actual": "PASS"},
        "d": {"actual": "SKIP"}}}"#;

    #[test]
    fn what_is_lost_and_what_is_gained_is_told_apart() {
        let verdicts = compare(OUTPUT, "a\n# a comment\nb\nd # skipped\ne\n").unwrap();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let expected =
            Verdicts { lost: names(&["b", "d"]), gained: names(&["c"]), missing: names(&["e"]), kept: 1 };
        assert_eq!(verdicts, expected);
        assert!(compare("{}", "a").is_err() && compare("?", "a").is_err());
    }
}
