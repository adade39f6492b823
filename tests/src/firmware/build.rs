//! The programs, built once for all tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

use crate::cargo::{self, target_folder};
use crate::interop::program;

/// The processor of the emulated board.
pub const TARGET: &str = "thumbv7em-none-eabihf";

/// The emulator.
pub const EMULATOR: &str = "qemu-system-arm";

/// Cargo's variable with flags for the compiler.
const FLAGS: &str = "CARGO_TARGET_THUMBV7EM_NONE_EABIHF_RUSTFLAGS";

/// A folder with programs that are built already.
const PREBUILT: &str = "TIDEGATE_FIRMWARE_DIR";

/// Whether the emulator, these programs and Rust's target are here. Without one a test has nothing to do: it prints so and
/// returns.
///
/// # Panics
/// If one is missing and `TIDEGATE_REQUIRE_TOOLS=1` is set.
#[must_use]
pub fn have(programs: &[&str]) -> bool {
    program::have(&[&[EMULATOR], programs].concat()) && (is_prebuilt() || has_target())
}

fn is_prebuilt() -> bool {
    env::var_os(PREBUILT).is_some()
}

fn has_target() -> bool {
    let root = program::run(Command::new("rustc").args(["--print", "sysroot"]));
    let is_here = Path::new(root.trim()).join("lib/rustlib").join(TARGET).is_dir();
    program::is_complete(if is_here { &[] } else { &[TARGET] })
}

/// The file of a program.
///
/// # Panics
/// If it can't be built.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER
        .get_or_init(|| env::var_os(PREBUILT).map_or_else(|| build("embassy", ""), PathBuf::from))
        .join(name)
}

/// The file of a program that logs, in defmt's frames.
///
/// # Panics
/// If it can't be built.
#[must_use]
pub fn logging_program(name: &str) -> PathBuf {
    build("embassy,defmt", "defmt").join(name)
}

/// The folder of the firmware.
#[must_use]
pub fn folder() -> PathBuf {
    cargo::repository().join("embedded-example")
}

/// Cargo in the folder of the firmware. Unless it has flags already, panics of dependencies will name their files without the
/// folder that cargo has them in.
#[must_use]
pub fn cargo() -> Command {
    let mut command = cargo::cargo();
    command.current_dir(folder());
    if env::var_os(FLAGS).is_none() {
        let shorter = registries().map(|folder| format!("--remap-path-prefix={}/=", folder.display()));
        let flags: Vec<_> = ["--remap-path-scope=macro".to_owned()].into_iter().chain(shorter).collect();
        command.env(FLAGS, flags.join(" "));
    }
    command
}

/// Where cargo has the sources of dependencies: nowhere before it has fetched the first.
fn registries() -> impl Iterator<Item = PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".cargo")));
    let folder = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    folder.into_iter().flatten().flatten().map(|entry| entry.path())
}

/// Has cargo do it, in a folder of the target directory, which finds most often that nothing is to be done; tests in other
/// processes wait for it.
fn build(features: &str, subfolder: &str) -> PathBuf {
    let target = target_folder().join(subfolder);
    let mut command = cargo();
    command.args(["build", "--release", "--bins", "--features", features, "--target", TARGET]);
    let output = command.arg("--target-dir").arg(&target).output().unwrap();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    target.join(TARGET).join("release")
}
