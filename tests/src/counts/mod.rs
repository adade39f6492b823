//! Instructions that the engine itself takes for a handshake and for a record, over a provider that computes nothing.
//!
//! Callgrind counts them in the program of `tests/counts`, which does a piece of work so many times. The count of one is exact
//! and the same on each run with one compiler; times on a machine that does other things are not.

pub mod limits;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

use crate::cargo::{cargo, target_folder};

/// The program that counts.
pub const VALGRIND: &str = "valgrind";

/// How often a piece of work is done in the two runs of which the difference counts: as many digits, so that the arguments lie
/// alike.
const TIMES: [u64; 2] = [20, 60];

/// What is set while it counts. A long copy by one instruction that repeats itself would count a byte as one.
const TUNABLES: (&str, &str) = ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-ERMS");

/// The function of the program in which it counts. What comes before reads a list of the process's memory, which differs.
const COUNTED: &str = "--toggle-collect=tidegate_counts::counted";

/// The functions of the engine that copy or move bytes of any number; they are compiled apart.
const COPIES: [&str; 2] = ["tidegate::copy::copy", "tidegate::record::shift::shift_down"];

/// What the names of work on records begin with.
const RECORDS: [&str; 4] = ["write", "fill", "read", "lend"];

/// What the names of floods begin with: what a peer may send to have much done for little.
const FLOOD: &str = "flood";

/// So many bytes of a flood are counted as one piece.
const BYTES: u64 = 1000;

/// A piece of work, and the instructions or copies that one takes.
pub type Count = (String, u64);

/// The program that works.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
}

impl Program {
    /// Has cargo build it.
    ///
    /// # Errors
    /// If it can't be built.
    pub fn build() -> io::Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("counts/Cargo.toml");
        let mut cargo = cargo();
        cargo.args(["build", "--quiet", "--release", "--locked", "--manifest-path"]).arg(manifest);
        said(cargo.arg("--target-dir").arg(target_folder()))?;
        Ok(Self { path: target_folder().join("release/tidegate-counts") })
    }

    /// The names of all that it can do.
    ///
    /// # Errors
    /// If it can't be run.
    pub fn works(&self) -> io::Result<Vec<String>> {
        let Output { stdout, .. } = Command::new(&self.path).output()?;
        Ok(String::from_utf8_lossy(&stdout).lines().map(str::to_owned).collect())
    }

    /// Counts a piece of work: its instructions, and of a record also how often its bytes are copied. Of a flood the instructions
    /// are for a thousand bytes of it.
    ///
    /// # Errors
    /// If it fails, or valgrind does.
    pub fn count(&self, work: &str) -> io::Result<Vec<Count>> {
        let [less, much] = TIMES.map(|times| self.whole(work, times));
        let (less, much) = (less?, much?);
        let unit = if work.starts_with(FLOOD) { BYTES } else { 1 };
        let one = |less_of: u64, much_of: u64| {
            let done = much.2.checked_sub(less.2).filter(|done| *done > 0);
            let difference = much_of.checked_sub(less_of).zip(done).map(|(more, done)| more * unit / done);
            difference.ok_or_else(|| io::Error::other(format!("{work}: more is less")))
        };
        let mut counts = vec![(String::from(work), one(less.0, much.0)?)];
        if RECORDS.iter().any(|way| work.starts_with(way)) {
            counts.push((format!("{work}, copies"), one(less.1, much.1)?));
        }
        Ok(counts)
    }

    /// Instructions and copies of a whole run, and how much was done in it.
    fn whole(&self, work: &str, times: u64) -> io::Result<(u64, u64, u64)> {
        let (profile, done) = self.profile(work, times)?;
        let lines = fs::read_to_string(&profile)?;
        fs::remove_file(profile)?;
        let total = lines.lines().find_map(|line| line.strip_prefix("totals: "));
        let total = total.and_then(|total| total.trim().parse().ok());
        Ok((total.ok_or_else(|| io::Error::other("no total"))?, calls(&lines, &COPIES), done))
    }

    /// Runs under valgrind; the file with what callgrind saw, and how much was done, as the program says: bytes of a flood, else
    /// times.
    fn profile(&self, work: &str, times: u64) -> io::Result<(PathBuf, u64)> {
        let file = target_folder().join(format!("counts-{work}-{times}"));
        let mut command = Command::new(VALGRIND);
        command.args(["--tool=callgrind", "--quiet", COUNTED]).arg(option("--callgrind-out-file=", &file));
        command.env_clear().env(TUNABLES.0, TUNABLES.1);
        let done = said(command.arg(&self.path).args([work, &times.to_string()]))?;
        Ok((file, done.trim().parse().map_err(io::Error::other)?))
    }

    /// Where the instructions of a piece of work are, by function, as `callgrind_annotate` says it.
    ///
    /// # Errors
    /// As [`Program::count`].
    pub fn functions(&self, work: &str) -> io::Result<String> {
        const MANY: u64 = 1000;
        let (profile, _) = self.profile(work, MANY)?;
        said(Command::new("callgrind_annotate").args(["--auto=no", "--show-percs=yes"]).arg(profile))
    }
}

/// How often functions of these names are called, as callgrind wrote it: a name is written out where it is met first, and a number
/// stands for it from there on.
fn calls(profile: &str, names: &[&str]) -> u64 {
    let (mut numbers, mut sum, mut is_one) = (BTreeSet::new(), 0, false);
    for line in profile.lines() {
        if let Some((kind, number, name)) = function(line) {
            if names.contains(&name) {
                numbers.insert(number);
            }
            is_one = kind == "cfn" && numbers.contains(number);
        } else if let (true, Some(calls)) = (is_one, line.strip_prefix("calls=")) {
            sum += calls.split(' ').next().and_then(|count| count.parse::<u64>().ok()).unwrap_or_default();
        }
    }
    sum
}

/// The kind, the number and, where it is there, the name of a line about a function: one that follows, or one that is called.
fn function(line: &str) -> Option<(&str, &str, &str)> {
    let (kind, rest) = line.split_once("fn=(")?;
    let (number, name) = rest.split_once(')')?;
    Some((if kind == "c" { "cfn" } else { "fn" }, number, name.trim()))
}

fn option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(name);
    option.push(path);
    option
}

/// What a command says.
fn said(command: &mut Command) -> io::Result<String> {
    let Output { status, stdout, stderr } = command.output()?;
    let failed = || format!("{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    if status.success() {
        Ok(String::from_utf8_lossy(&stdout).into_owned())
    } else {
        Err(io::Error::other(failed()))
    }
}

#[cfg(test)]
mod tests {
    use super::calls;

    #[test]
    fn calls_are_found_by_name_and_by_number() {
        let profile = "fn=(1) main\n1 5\ncfn=(2) copy\ncalls=3 10\n1 30\ncfn=(3) copy_all\ncalls=7 20\n1 70\n\
                       fn=(2)\n10 30\nfn=(4) other\ncfi=(9) a.rs\ncfn=(2)\ncalls=2 10\n1 20\n";
        assert_eq!(calls(profile, &["copy"]), 5);
        assert_eq!(calls(profile, &["copy", "copy_all"]), 12);
        assert_eq!(calls(profile, &["cop"]), 0);
    }
}
