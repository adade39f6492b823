//! Instructions that the engine itself takes for a handshake and for a record, over a provider that computes nothing.
//!
//! Callgrind counts them in the program of `tests/counts`, which does a piece of work so many times. The count of one is exact
//! and the same on each run with one compiler; times on a machine that does other things are not.

pub mod limits;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

use crate::firmware::build::target_folder;

/// The program that counts.
pub const VALGRIND: &str = "valgrind";

/// How often a piece of work is done in the two runs of which the difference counts: as many digits, so that the arguments lie
/// alike.
const TIMES: [u64; 2] = [20, 60];

/// What is set while it counts. A long copy by one instruction that repeats itself would count a byte as one.
const TUNABLES: (&str, &str) = ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-ERMS");

/// The function of the program in which it counts. What comes before reads a list of the process's memory, which differs.
const COUNTED: &str = "--toggle-collect=tidegate_counts::counted";

/// A piece of work, and the instructions that one takes.
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
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
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

    /// Counts a piece of work.
    ///
    /// # Errors
    /// If it fails, or valgrind does.
    pub fn count(&self, work: &str) -> io::Result<Count> {
        let [fewer, more] = TIMES;
        let instructions = self.instructions(work, more)?.checked_sub(self.instructions(work, fewer)?);
        let instructions = instructions.ok_or_else(|| io::Error::other(format!("{work}: more is less")))?;
        Ok((String::from(work), instructions / (more - fewer)))
    }

    /// Instructions of a whole run.
    fn instructions(&self, work: &str, times: u64) -> io::Result<u64> {
        let profile = self.profile(work, times)?;
        let lines = fs::read_to_string(&profile)?;
        fs::remove_file(profile)?;
        let total = lines.lines().find_map(|line| line.strip_prefix("totals: "));
        total.and_then(|total| total.trim().parse().ok()).ok_or_else(|| io::Error::other("no total"))
    }

    /// Runs under valgrind; the file with what callgrind saw.
    fn profile(&self, work: &str, times: u64) -> io::Result<PathBuf> {
        let file = target_folder().join(format!("counts-{work}-{times}"));
        let mut command = Command::new(VALGRIND);
        command.args(["--tool=callgrind", "--quiet", COUNTED]).arg(option("--callgrind-out-file=", &file));
        command.env_clear().env(TUNABLES.0, TUNABLES.1);
        said(command.arg(&self.path).args([work, &times.to_string()]))?;
        Ok(file)
    }

    /// Where the instructions of a piece of work are, by function, as `callgrind_annotate` says it.
    ///
    /// # Errors
    /// As [`Program::count`].
    pub fn functions(&self, work: &str) -> io::Result<String> {
        const MANY: u64 = 1000;
        let profile = self.profile(work, MANY)?;
        said(Command::new("callgrind_annotate").args(["--auto=no", "--show-percs=yes"]).arg(profile))
    }
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
