//! The programs, built once for all tests.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::interop::program;

/// The processor of the emulated board.
pub const TARGET: &str = "thumbv7em-none-eabihf";

/// The emulator.
pub const EMULATOR: &str = "qemu-system-arm";

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

/// Has cargo do it, in a folder of the target directory, which finds most often that nothing is to be done; tests in other
/// processes wait for it.
fn build(features: &str, folder: &str) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from);
    let target = target.join(folder);
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace.join("embedded-example"));
    command.args(["build", "--release", "--bins", "--features", features, "--target", TARGET]);
    let output = command.arg("--target-dir").arg(&target).output().unwrap();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    target.join(TARGET).join("release")
}
