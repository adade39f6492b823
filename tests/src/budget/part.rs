//! Which part of a firmware a byte of its code is charged to.
//!
//! The debug information names for each byte the functions that it comes from: the innermost that was inlined, whom that
//! was inlined into, and so on to the function that the linker knows. A byte is charged to the innermost that is neither of
//! the standard library nor of a crate that only helps others (a wiped array is the cost of who wipes it). Where there is
//! none, it is the standard library's or the helper's own. Text that errors are printed as is charged to nobody else.

/// Parts of a firmware, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The client's states.
    Client,
    /// The server's states.
    Server,
    /// What both share: the interface, the engine's steps, negotiation.
    Engine,
    /// Reading and writing messages.
    Messages,
    /// Records, sealed and opened in their buffers.
    Records,
    /// The modes of writes, reads and buffers.
    Modes,
    /// The key schedule and the slots of its secrets.
    Keys,
    /// The adapter to transports, and the driver that answers for the application.
    Streams,
    /// `Display` and `Debug`, of all crates.
    Texts,
    /// Chains of certificates.
    X509,
    /// The provider's own code, where it is of no one algorithm.
    Provider,
    /// AES-GCM.
    AesGcm,
    /// ChaCha20-Poly1305.
    ChaCha,
    /// SHA-2, HMAC, HKDF.
    Hashes,
    /// X25519.
    X25519,
    /// What X25519 and Ed25519 stand on.
    Curve25519,
    /// ML-KEM, with the SHA-3 that it brings.
    MlKem,
    /// ECDSA and ECDH on P-256 and P-384, with the big integers and DER that they bring.
    Nist,
    /// Ed25519.
    Ed25519,
    /// Verification of RSA.
    Rsa,
    /// Crates that only help others, where it can't be told whom.
    Helpers,
    /// Start-up, board, and the example itself.
    Board,
    /// Rust's core library.
    Library,
    /// Copying, comparing and long arithmetic that the compiler calls for.
    Routines,
    /// Crates that this list does not know.
    Other,
}

impl Part {
    /// All, in order.
    pub const ALL: [Self; 25] = [
        Self::Client,
        Self::Server,
        Self::Engine,
        Self::Messages,
        Self::Records,
        Self::Modes,
        Self::Keys,
        Self::Streams,
        Self::Texts,
        Self::X509,
        Self::Provider,
        Self::AesGcm,
        Self::ChaCha,
        Self::Hashes,
        Self::X25519,
        Self::Curve25519,
        Self::MlKem,
        Self::Nist,
        Self::Ed25519,
        Self::Rsa,
        Self::Helpers,
        Self::Board,
        Self::Library,
        Self::Routines,
        Self::Other,
    ];

    /// What the table and the JSON call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Engine => "engine",
            Self::Messages => "messages",
            Self::Records => "records",
            Self::Modes => "modes",
            Self::Keys => "keys",
            Self::Streams => "stream adapter",
            Self::Texts => "texts",
            Self::X509 => "X.509",
            Self::Provider => "provider",
            Self::AesGcm => "AES-GCM",
            Self::ChaCha => "ChaCha20-Poly1305",
            Self::Hashes => "SHA-2, HMAC, HKDF",
            Self::X25519 => "X25519",
            Self::Curve25519 => "Curve25519",
            Self::MlKem => "ML-KEM, SHA-3",
            Self::Nist => "P-256, P-384",
            Self::Ed25519 => "Ed25519",
            Self::Rsa => "RSA",
            Self::Helpers => "helpers",
            Self::Board => "board, start, example",
            Self::Library => "core library",
            Self::Routines => "memory, arithmetic",
            Self::Other => "other",
        }
    }

    /// Whether it is code of the protocol: neither an algorithm, certificates, text nor an adapter.
    #[must_use]
    pub const fn is_protocol(self) -> bool {
        matches!(
            self,
            Self::Client
                | Self::Server
                | Self::Engine
                | Self::Messages
                | Self::Records
                | Self::Modes
                | Self::Keys
        )
    }
}

/// A function that a byte comes from.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Its name, as the linker sees it.
    pub function: String,
    /// The file that the instruction stands in.
    pub file: String,
}

/// Which crate a file is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin<'a> {
    /// Rust's core library.
    Library,
    /// The compiler's routines.
    Routines,
    /// The engine, and the path within it.
    Engine(&'a str),
    /// The example.
    Firmware,
    /// A crate from the registry.
    Crate(&'a str),
    /// There is no telling.
    Unknown,
}

impl<'a> Origin<'a> {
    fn of(file: &'a str) -> Self {
        if file.contains("compiler-builtins") || file.contains("compiler_builtins") {
            return Self::Routines;
        }
        if let Some((_, package)) = file.split_once("/registry/src/") {
            let folder = package.split('/').nth(1).unwrap_or_default();
            return Self::Crate(without_version(folder));
        }
        if file.contains("/library/") {
            return Self::Library;
        }
        if file.contains("embedded-example/src/") {
            return Self::Firmware;
        }
        // The engine is compiled at its own place: above that nothing is named so.
        file.rsplit_once("core/src/").map_or(Self::Unknown, |(_, path)| Self::Engine(path))
    }

    /// Whether it is to be charged for itself where somebody else called for it.
    fn is_own(self) -> bool {
        match self {
            Self::Library | Self::Routines | Self::Unknown => false,
            Self::Engine(_) | Self::Firmware => true,
            Self::Crate(name) => of_crate(name) != Part::Helpers,
        }
    }

    fn part(self) -> Part {
        match self {
            Self::Library | Self::Unknown => Part::Library,
            Self::Routines => Part::Routines,
            Self::Firmware => Part::Board,
            Self::Engine(path) => of_layer(path),
            Self::Crate(name) => of_crate(name),
        }
    }

    fn name(self) -> String {
        match self {
            Self::Library => String::from("core"),
            Self::Unknown => String::from("unknown"),
            Self::Routines => String::from("compiler_builtins"),
            Self::Firmware => String::from("tidegate-firmware"),
            Self::Engine(path) => format!("tidegate/{}", path.trim_end_matches(".rs")),
            Self::Crate(name) => String::from(name),
        }
    }
}

/// The part that a byte is charged to, and the crate, or the engine's file. The frames begin with the innermost.
#[must_use]
pub fn charge(frames: &[Frame]) -> (Part, String) {
    let origins = || frames.iter().map(|frame| Origin::of(&frame.file));
    let outermost = origins().next_back().unwrap_or(Origin::Unknown);
    let helper = || origins().rev().find(|origin| matches!(origin, Origin::Crate(_)));
    let origin = origins().find(|origin| origin.is_own()).or_else(helper).unwrap_or(outermost);
    let is_text = frames.iter().any(|frame| is_text(&frame.function));
    (if is_text { Part::Texts } else { origin.part() }, origin.name())
}

/// Whether a function is one of `Display` or `Debug`, in either way of mangling.
fn is_text(function: &str) -> bool {
    ["core..fmt..Display", "core..fmt..Debug", "3fmt7Display", "3fmt5Debug"]
        .iter()
        .any(|name| function.contains(name))
}

/// `p256` of `p256-0.14.0`.
fn without_version(folder: &str) -> &str {
    let is_version = |at: &usize| folder[at + 1..].starts_with(|first: char| first.is_ascii_digit());
    let dash = folder.match_indices('-').map(|(at, _)| at).find(is_version);
    dash.map_or(folder, |at| &folder[..at])
}

/// The part of a file of the engine.
fn of_layer(path: &str) -> Part {
    let layer = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    match layer {
        "client" | "client12" => Part::Client,
        "server" | "server12" => Part::Server,
        "wire" => Part::Messages,
        "record" => Part::Records,
        "modes" => Part::Modes,
        "schedule" | "schedule12" | "secret" => Part::Keys,
        "embedded" | "driver" => Part::Streams,
        "x509" => Part::X509,
        "error" if path.ends_with("display.rs") => Part::Texts,
        "crypto" | "sign" => of_provider(path),
        _ => Part::Engine,
    }
}

/// The part of a file below `crypto` or `sign`.
fn of_provider(path: &str) -> Part {
    let has = |word: &str| path.contains(word);
    match () {
        () if has("/rsa") => Part::Rsa,
        () if has("ed25519") => Part::Ed25519,
        () if has("mlkem") => Part::MlKem,
        () if has("x25519") => Part::X25519,
        () if has("ecdsa") || has("nist") || has("sec1") => Part::Nist,
        () if has("/hash") => Part::Hashes,
        () => Part::Provider,
    }
}

/// The part of a crate.
fn of_crate(name: &str) -> Part {
    match name {
        "rustls-webpki" | "untrusted" | "rustls-pki-types" => Part::X509,
        "aes" | "aes-gcm" | "ctr" | "ghash" | "polyval" => Part::AesGcm,
        "chacha20" | "chacha20poly1305" | "poly1305" => Part::ChaCha,
        "sha2" | "hmac" | "hkdf" | "digest" => Part::Hashes,
        "x25519-dalek" => Part::X25519,
        "ed25519-dalek" | "ed25519" => Part::Ed25519,
        "curve25519-dalek" => Part::Curve25519,
        "kem" | "keccak" | "ml-kem" | "module-lattice" | "sha3" | "shake" | "sponge-cursor" => Part::MlKem,
        "p256" | "p384" | "primeorder" | "primefield" | "crypto-bigint" | "ecdsa" | "der" | "sec1"
        | "elliptic-curve" | "wnaf" | "const-oid" | "ff" | "group" | "rfc6979" | "spki" | "pkcs8"
        | "base16ct" => Part::Nist,
        "aead" | "block-buffer" | "byteorder" | "cipher" | "cmov" | "cpubits" | "crypto-common"
        | "ctutils" | "hash32" | "heapless" | "hybrid-array" | "inout" | "rand_core" | "signature"
        | "stable_deref_trait" | "subtle" | "typenum" | "universal-hash" | "zeroize" => Part::Helpers,
        "embedded-io" => Part::Streams,
        "bare-metal" | "cortex-m" | "cortex-m-rt" | "cortex-m-semihosting" => Part::Board,
        "critical-section" | "nb" | "portable-atomic" | "static_cell" | "vcell" | "volatile-register" => {
            Part::Board
        }
        _ => Part::Other,
    }
}

#[cfg(test)]
mod tests;
