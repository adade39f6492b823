//! Which programs are measured, and how they are built.

use std::path::PathBuf;
use std::{fmt, fs, io};

use crate::cargo::target_folder;
use crate::firmware::build::{self, TARGET};

/// What the compiler makes small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `opt-level = "s"`.
    Small,
    /// `opt-level = "z"`.
    Smallest,
}

impl Level {
    /// As in a profile of cargo.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "s",
            Self::Smallest => "z",
        }
    }
}

/// How a program is seen at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// As a client of `openssl s_server` with a certificate of this folder of `embedded-example/pki`.
    Client(&'static str),
    /// As a client of a server of ours with such a certificate, which knows X25519MLKEM768.
    HybridClient(&'static str),
    /// As a client of an OpenSSL that has no certificate and the device's key.
    KeyedClient,
    /// As eight clients of servers of OpenSSL's.
    Clients,
    /// As a server.
    Server,
    /// Not at all: it is only linked.
    Linked,
}

/// A program in one of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    /// The binary.
    pub binary: &'static str,
    /// The features it is built with, the first of them the profile.
    pub features: &'static [&'static str],
    /// The optimisation.
    pub level: Level,
    /// What it does.
    pub work: Work,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.binary, self.features.join("+"), self.level.name())
    }
}

/// All that are measured.
#[must_use]
pub fn all() -> Vec<Program> {
    const FORMS: &[(&str, &[&str], Work)] = &[
        ("client", &["minimal"], Work::Client("p256")),
        ("client", &["nist"], Work::Client("p256")),
        ("client", &["chacha"], Work::Client("ed25519")),
        ("client", &["rsa"], Work::Client("rsa")),
        ("client", &["web"], Work::Client("p256")),
        ("client", &["minimal", "mlkem"], Work::HybridClient("p256")),
        ("psk", &["psk-dhe"], Work::KeyedClient),
        ("psk", &["psk"], Work::KeyedClient),
        ("server", &["minimal"], Work::Server),
        ("server", &["web"], Work::Server),
    ];
    const SMALLEST: &[(&str, &[&str], Work)] = &[
        ("client", &["minimal", "full-records"], Work::Client("p256")),
        ("client", &["minimal", "tls12"], Work::Client("p256")),
        ("client", &["minimal", "psk"], Work::Client("p256")),
        ("server", &["minimal", "mlkem"], Work::Server),
        ("many", &["minimal"], Work::Clients),
        ("tidegate-firmware", &["minimal"], Work::Linked),
        ("tidegate-firmware", &["minimal", "tls12"], Work::Linked),
    ];
    let at = |level| move |&(binary, features, work)| Program { binary, features, level, work };
    let both = FORMS.iter().flat_map(|form| [Level::Small, Level::Smallest].map(|level| at(level)(form)));
    both.chain(SMALLEST.iter().map(at(Level::Smallest))).collect()
}

impl Program {
    /// A folder for each optimisation, so that one is built beside the other: cargo works in a folder by itself.
    fn target_folder(&self) -> PathBuf {
        match self.level {
            Level::Smallest => target_folder(),
            Level::Small => target_folder().join("small"),
        }
    }

    /// Builds it and keeps it under a name of its own, as the next form of it takes its place; where it is.
    ///
    /// # Errors
    /// Cargo fails, or what it built can't be copied.
    pub fn build(&self) -> io::Result<PathBuf> {
        let built = build::cargo()
            .args(["build", "--quiet", "--locked", "--release", "--target", TARGET, "--no-default-features"])
            .args(["--bin", self.binary, "--features", &self.features.join(",")])
            .arg("--target-dir")
            .arg(self.target_folder())
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.level.name())
            .status()?;
        if !built.success() {
            return Err(io::Error::other(format!("{self}: cargo build: {built}")));
        }
        let kept = target_folder().join("budget");
        fs::create_dir_all(&kept)?;
        let kept = kept.join(self.to_string().replace(' ', "-"));
        fs::copy(self.target_folder().join(TARGET).join("release").join(self.binary), &kept)?;
        Ok(kept)
    }
}
