//! The copy of the engine, and its tests as a program.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::cargo::cargo;

use super::{VARIABLE, WEAKNESSES, Weakness};

/// The features that the tests are built with.
const FEATURES: &str = "log,long-tickets,mlkem,psk,tls12-sha512,client-auth,crl,ocsp,post-handshake-auth,\
                        raw-public-keys,early-data,cookies,certificate-authorities";

/// A folder with the engine in it and nothing else of the workspace.
#[derive(Debug)]
pub struct Workshop {
    folder: PathBuf,
}

/// Why there are no tests to run.
#[derive(Debug)]
pub enum WorkshopError {
    /// A file can't be read or written.
    File(PathBuf, io::Error),
    /// What an edit replaces is not there once.
    Stale(&'static Weakness, &'static str),
    /// It does not compile.
    Build,
}

impl fmt::Display for WorkshopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Stale(weakness, file) => {
                write!(
                    f,
                    "\"{}\": what it changes is not once in core/src/{file}; mend tests/src/weakened/list.rs",
                    weakness.name
                )
            }
            Self::Build => f.write_str("the weakened engine does not compile"),
        }
    }
}

impl std::error::Error for WorkshopError {}

impl Workshop {
    /// Copies the engine from its workspace and weakens the copy.
    ///
    /// # Errors
    /// A file that can't be had, or an edit that fits no more.
    pub fn set_up(workspace: &Path, folder: PathBuf) -> Result<Self, WorkshopError> {
        let core = folder.join("core");
        let _ = std::fs::remove_dir_all(&core);
        copy_all(&workspace.join("core"), &core)?;
        copy(&workspace.join("Cargo.lock"), &folder.join("Cargo.lock"))?;
        let manifest = read(&workspace.join("Cargo.toml"))?;
        let members = r#"members = ["core", "std-adapter", "tests"]"#;
        let manifest = manifest.replace(members, r#"members = ["core"]"#);
        let manifest = manifest.replace(r#"default-members = ["std-adapter"]"#, "");
        write(&folder.join("Cargo.toml"), &manifest)?;
        let workshop = Self { folder };
        WEAKNESSES.iter().try_for_each(|weakness| workshop.weaken(weakness))?;
        let root = workshop.source("lib.rs");
        let question = format!(
            "\npub(crate) fn is_weak(name: &str) -> bool {{\n    \
             std::env::var_os(\"{VARIABLE}\").is_some_and(|chosen| chosen == name)\n}}\n"
        );
        write(&root, &(read(&root)? + &question))?;
        Ok(workshop)
    }

    fn source(&self, file: &str) -> PathBuf {
        self.folder.join("core/src").join(file)
    }

    fn weaken(&self, weakness: &'static Weakness) -> Result<(), WorkshopError> {
        for edit in weakness.edits {
            let path = self.source(edit.file);
            let text = read(&path)?;
            if text.matches(edit.from).count() != 1 {
                return Err(WorkshopError::Stale(weakness, edit.file));
            }
            let question = format!("crate::is_weak({:?})", weakness.name);
            write(&path, &text.replace(edit.from, &edit.to.replace("IS_WEAK", &question)))?;
        }
        Ok(())
    }

    /// Builds the tests: the program that runs them.
    ///
    /// # Errors
    /// [`WorkshopError::Build`]; the compiler has said why.
    pub fn build(&self) -> Result<PathBuf, WorkshopError> {
        let built = cargo()
            .args(["test", "--offline", "--package", "tidegate", "--lib", "--no-run", "--features", FEATURES])
            .args(["--message-format", "json-render-diagnostics"])
            // These tests need no speed, and so the compiler less time.
            .args(["--config", "profile.dev.package.tidegate.opt-level=0"])
            .current_dir(&self.folder)
            .stderr(Stdio::inherit())
            .output();
        let output = built.map_err(|_| WorkshopError::Build)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let artifacts = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let mut programs =
            artifacts.filter_map(|artifact| Some(PathBuf::from(artifact["executable"].as_str()?)));
        programs.next().filter(|_| output.status.success()).ok_or(WorkshopError::Build)
    }
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> WorkshopError + '_ {
    |error| WorkshopError::File(path.to_path_buf(), error)
}

fn read(path: &Path) -> Result<String, WorkshopError> {
    std::fs::read_to_string(path).map_err(file(path))
}

fn write(path: &Path, text: &str) -> Result<(), WorkshopError> {
    std::fs::write(path, text).map_err(file(path))
}

fn copy(from: &Path, to: &Path) -> Result<(), WorkshopError> {
    std::fs::copy(from, to).map(drop).map_err(file(from))
}

fn copy_all(from: &Path, to: &Path) -> Result<(), WorkshopError> {
    std::fs::create_dir_all(to).map_err(file(to))?;
    for entry in std::fs::read_dir(from).map_err(file(from))? {
        let path = entry.map_err(file(from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { copy_all(&path, &target)? } else { copy(&path, &target)? }
    }
    Ok(())
}
