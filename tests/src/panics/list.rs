//! What is known to hold a panic that can't be reached, with the reason.

use std::collections::BTreeMap;

use super::Sites;

/// Crates whose panics are known, and why each can't be reached: of a file with a line `crate: reason` and, below it,
/// indented, a line for each function.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    reasons: BTreeMap<String, String>,
    sites: Sites,
}

impl Allowed {
    /// Reads such a file. Empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// The first line that can't be understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut allowed = Self::default();
        let mut owner = None;
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            if let Some(function) = line.strip_prefix("    ") {
                let owner: &String = owner.as_ref().ok_or_else(|| format!("no crate above: {line}"))?;
                allowed.sites.entry(owner.clone()).or_default().insert(function.to_owned());
                continue;
            }
            let (name, reason) = line.split_once(": ").ok_or_else(|| format!("no reason: {line}"))?;
            allowed.reasons.insert(name.to_owned(), reason.to_owned());
            owner = Some(name.to_owned());
        }
        Ok(allowed)
    }
}

/// What stands in one and not in the other: new panics, and lines that nothing needs any more.
#[must_use]
pub fn compare(found: &Sites, allowed: &Allowed) -> Vec<String> {
    let pairs = |sites: &Sites| -> Vec<(String, String)> {
        let functions =
            sites.iter().flat_map(|(owner, functions)| functions.iter().map(move |name| (owner, name)));
        functions.map(|(owner, name)| (owner.clone(), name.clone())).collect()
    };
    let (found, known) = (pairs(found), pairs(&allowed.sites));
    let new = found.iter().filter(|site| !known.contains(site));
    let gone = known.iter().filter(|site| !found.contains(site));
    new.map(|(owner, name)| format!("new: {owner}: {name}"))
        .chain(gone.map(|(owner, name)| format!("gone: {owner}: {name}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Allowed, compare};
    use crate::panics::Sites;

    const TEXT: &str = "# known\n\naes: indices are constants\n    aes::encrypt\n    aes::decrypt\n";

    fn found(functions: &[&str]) -> Sites {
        [("aes".to_owned(), functions.iter().map(|name| (*name).to_owned()).collect())].into()
    }

    #[test]
    fn what_is_known_and_found_is_no_difference() {
        let allowed = Allowed::parse(TEXT).unwrap();
        assert!(compare(&found(&["aes::encrypt", "aes::decrypt"]), &allowed).is_empty());
    }

    #[test]
    fn a_new_panic_and_a_line_too_many_are_differences() {
        let allowed = Allowed::parse(TEXT).unwrap();
        let differences = compare(&found(&["aes::encrypt", "aes::rekey"]), &allowed);
        assert_eq!(differences, ["new: aes: aes::rekey", "gone: aes: aes::decrypt"]);
    }

    #[test]
    fn a_line_without_a_crate_or_a_reason_is_refused() {
        assert!(Allowed::parse("    aes::encrypt\n").is_err());
        assert!(Allowed::parse("aes\n").is_err());
    }
}
