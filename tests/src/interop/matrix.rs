//! What is combined with what: cells, and a table of them.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use tidegate::config::{Common, Versions};
use tidegate::wire::enums::{CipherSuite, NamedGroup};
use tidegate::{HelloRetry, Negotiated};

use super::certificates::{Identity, Kind};
use super::setup::Setup;

/// Every cipher suite.
pub const SUITES: [CipherSuite; 3] = [
    CipherSuite::TLS_AES_128_GCM_SHA256,
    CipherSuite::TLS_AES_256_GCM_SHA384,
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
];
/// Every group.
pub const GROUPS: [NamedGroup; 3] = [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];

/// One combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The one version of both ends.
    pub version: Versions,
    /// The cipher suite, by its name in TLS 1.3.
    pub suite: CipherSuite,
    /// The group that the client shares a key of. Where it is not [`Cell::group`], a HelloRetryRequest comes.
    pub shared: NamedGroup,
    /// The one group that the server takes.
    pub group: NamedGroup,
    /// The kind of the server's key.
    pub kind: Kind,
    /// How our end reads and writes.
    pub chunk: Chunk,
}

/// How our end reads from the socket and writes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// As much as there is.
    Whole,
    /// One byte at a time.
    Bytes,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, suite, shared, group, kind, chunk } = self;
        let groups = if shared == group { group.to_string() } else { format!("{shared} retried {group}") };
        let (suite, kind, chunk) = (suite.to_string(), format!("{kind:?}"), format!("{chunk:?}"));
        write!(f, "{version:?}  {suite:<28}  {groups:<27}  {kind:<9}  {chunk:<5}")
    }
}

impl Cell {
    /// The groups of the client, the one that it shares first.
    #[must_use]
    pub fn client_groups(&self) -> Vec<NamedGroup> {
        let mut groups = vec![self.shared, self.group];
        groups.dedup();
        self.with_curve(groups)
    }

    /// The groups that a server takes which is not ours.
    #[must_use]
    pub fn server_groups(&self) -> Vec<NamedGroup> {
        self.with_curve(vec![self.group])
    }

    /// In TLS 1.2 the groups are also those of the keys in certificates (RFC 8422, section 5.1.1): the curve of the
    /// server's key comes last.
    fn with_curve(&self, mut groups: Vec<NamedGroup>) -> Vec<NamedGroup> {
        let curve = self.kind.curve().filter(|curve| self.is_tls12() && !groups.contains(curve));
        groups.extend(curve);
        groups
    }

    /// Whether this is TLS 1.2.
    #[must_use]
    pub fn is_tls12(&self) -> bool {
        self.version == Versions::Tls12
    }

    /// What OpenSSL and those who build upon it call the version.
    #[must_use]
    pub fn version_name(&self) -> &'static str {
        if self.is_tls12() { "TLSv1.2" } else { "TLSv1.3" }
    }

    /// What OpenSSL and those who build upon it call the suite.
    ///
    /// # Panics
    /// For a suite that is none of ours.
    #[must_use]
    pub fn suite_name(&self) -> String {
        if !self.is_tls12() {
            return self.suite.to_string();
        }
        let algorithm = if self.kind.is_rsa() { "RSA" } else { "ECDSA" };
        let cipher = match self.suite {
            CipherSuite::TLS_AES_128_GCM_SHA256 => "AES128-GCM-SHA256",
            CipherSuite::TLS_AES_256_GCM_SHA384 => "AES256-GCM-SHA384",
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => "CHACHA20-POLY1305",
            suite => panic!("{suite}"),
        };
        format!("ECDHE-{algorithm}-{cipher}")
    }

    /// Chooses the version, the suite and these groups in a configuration of ours.
    ///
    /// # Panics
    /// If there are too many groups.
    pub fn choose(&self, common: &mut Common, groups: &[NamedGroup]) {
        common.versions = self.version;
        common.cipher_suites.push(self.suite).unwrap();
        common.groups.extend_from_slice(groups).unwrap();
    }

    /// How our end is set up.
    #[must_use]
    pub fn setup(&self) -> Setup {
        match self.chunk {
            Chunk::Whole => Setup::ROOMY,
            Chunk::Bytes => Setup { chunk: 1, ..Setup::ROOMY },
        }
    }

    /// Looks whether this is what was negotiated.
    ///
    /// # Panics
    /// If it is not.
    pub fn check(&self, negotiated: &Negotiated) {
        let retry = if self.shared == self.group { HelloRetry::No } else { HelloRetry::Yes };
        let suite = negotiated.cipher_suite.unwrap();
        // One of TLS 1.2 names how keys are agreed on and signed, and the suite of TLS 1.3 that it protects records as.
        assert_eq!(suite.tls12_parts().map(|(_, suite)| suite).unwrap_or(suite), self.suite);
        assert_eq!(suite.tls12_parts().is_some(), self.is_tls12());
        assert_eq!(negotiated.group, Some(self.group));
        assert_eq!(negotiated.hello_retry, retry);
        let scheme = negotiated.signature_scheme.unwrap();
        let signs = self.kind.signs_with(scheme) || self.is_tls12() && self.kind.signs_with_in_tls12(scheme);
        assert!(signs, "signed with {scheme}");
    }
}

/// Cells in which every two values of suite, group, kind and chunk meet, and retries between groups.
#[must_use]
pub fn cells(kinds: &[Kind]) -> Vec<Cell> {
    pairs_of(kinds).into_iter().chain(retries()).collect()
}

fn pairs_of(kinds: &[Kind]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (row, kind) in (0..6).zip(kinds.iter().cycle()) {
        for (column, suite) in SUITES.into_iter().enumerate() {
            let group = GROUPS[(row + column) % GROUPS.len()];
            let chunk = if (row / 3 + column) % 2 == 0 { Chunk::Whole } else { Chunk::Bytes };
            cells.push(Cell { version: Versions::Tls13, suite, shared: group, group, kind: *kind, chunk });
        }
    }
    cells
}

/// Those of [`cells`] for TLS 1.2, which has no retries. Its signatures are RSA's own or ECDSA's.
#[must_use]
pub fn cells12(kinds: &[Kind]) -> Vec<Cell> {
    pairs_of(kinds).into_iter().map(|cell| Cell { version: Versions::Tls12, ..cell }).collect()
}

/// Retries between groups.
fn retries() -> impl Iterator<Item = Cell> {
    let retries = (0..).zip([(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]);
    retries.map(|(place, (shared, group)): (usize, (usize, usize))| Cell {
        version: Versions::Tls13,
        suite: SUITES[place % SUITES.len()],
        shared: GROUPS[shared],
        group: GROUPS[group],
        kind: Kind::EcdsaP256,
        chunk: if place / 3 == 0 { Chunk::Whole } else { Chunk::Bytes },
    })
}

/// Cells that may fail before the others are left out: each may have waited for something in vain.
const ENOUGH: usize = 3;

/// Runs every cell with an identity of its kind and prints a table of them.
///
/// # Panics
/// If a cell fails, after the others have run, or when three have failed.
pub fn run(title: &str, cells: &[Cell], mut test: impl FnMut(&Cell, &Identity)) {
    let mut identities: Vec<Identity> = Vec::new();
    let mut failed = 0;
    println!("{title}: {} cells", cells.len());
    for cell in cells {
        if failed == ENOUGH {
            println!("  {cell}  not run");
            continue;
        }
        if !identities.iter().any(|identity| identity.kind == cell.kind) {
            identities.push(Identity::new(cell.kind));
        }
        let identity = identities.iter().find(|identity| identity.kind == cell.kind).unwrap();
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| test(cell, identity)));
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        failed += usize::from(outcome.is_err());
        println!("  {cell}  {word} {} ms", start.elapsed().as_millis());
    }
    assert_eq!(failed, 0, "{title}: cells that failed; their panics stand above");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Cell, Kind, cells};

    /// How many pairs of values of these two properties meet.
    fn pairs(cells: &[Cell], of: [fn(&Cell) -> String; 2]) -> usize {
        cells.iter().map(|cell| of.map(|of| of(cell))).collect::<BTreeSet<_>>().len()
    }

    #[test]
    fn every_two_values_meet() {
        let suite = |cell: &Cell| cell.suite.to_string();
        let group = |cell: &Cell| cell.group.to_string();
        let kind = |cell: &Cell| format!("{:?}", cell.kind);
        let chunk = |cell: &Cell| format!("{:?}", cell.chunk);
        for kinds in [&Kind::ALL[..], &Kind::OURS] {
            let cells: Vec<Cell> =
                cells(kinds).into_iter().filter(|cell| cell.shared == cell.group).collect();
            assert_eq!(pairs(&cells, [suite, group]), 9);
            assert_eq!(pairs(&cells, [suite, kind]), 3 * kinds.len());
            assert_eq!(pairs(&cells, [suite, chunk]), 6);
            assert_eq!(pairs(&cells, [group, kind]), 3 * kinds.len());
            assert_eq!(pairs(&cells, [group, chunk]), 6);
            assert_eq!(pairs(&cells, [kind, chunk]), 2 * kinds.len());
        }
    }
}
