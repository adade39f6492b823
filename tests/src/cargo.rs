//! Cargo, and the folder that it builds in.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The cargo that runs this program, or the one on the path.
///
/// Not the file of the toolchain that built it: that one has the compiler from the path for each dependency, whose own
/// `rust-toolchain.toml` then asks for another Rust.
#[must_use]
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The folder that cargo builds in: `CARGO_TARGET_DIR`, or that of the repository.
#[must_use]
pub fn target_folder() -> PathBuf {
    let named = env::var_os("CARGO_TARGET_DIR").filter(|name| !name.is_empty());
    named.map_or_else(|| repository().join("target"), PathBuf::from)
}

/// The folder of the whole repository.
#[must_use]
pub fn repository() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}
