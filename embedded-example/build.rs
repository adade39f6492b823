//! Links with the start-up code of the target's runtime crate and the memory map of its board.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let memory = match variable("CARGO_CFG_TARGET_ARCH").as_str() {
        "riscv32" => "virt.x",
        _ => "mps2-an386.x",
    };
    let source = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("memory").join(memory);
    let out = PathBuf::from(variable("OUT_DIR"));
    // The start-up code's script includes a file of this name.
    std::fs::copy(&source, out.join("memory.x"))?;
    // As does the one that comes with a table of interrupts: they have no other names here.
    std::fs::write(out.join("device.x"), "")?;
    println!("cargo:rustc-link-search={}", out.display());
    if memory == "virt.x" {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    if std::env::var_os("CARGO_FEATURE_DEFMT").is_some() {
        println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
    }
    // Sections follow each other without padding to the page size of an operating system that isn't there.
    println!("cargo:rustc-link-arg-bins=--nmagic");
    println!("cargo:rerun-if-changed=memory");
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}
