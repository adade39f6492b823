//! What both ends can be told.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tidegate::buffers::{full_incoming, min_incoming};
use tidegate::config::{Common, Permission, Preferences, Protocols, Versions};
use tidegate::crypto::Provider as _;
use tidegate::limits::DEFAULT_HANDSHAKE_MESSAGE;
use tidegate::modes::Modes;
use tidegate::wire::enums::{CipherSuite, NamedGroup};
use tidegate_std::{Buffers, KeyLog, PreSharedKey, Software};

use super::export::Export;
use crate::failure::Failure;
use crate::trace;

/// What both ends can be told.
#[derive(Args, Debug)]
pub(crate) struct CommonArguments {
    /// Application protocols, the preferred one first: h2,http/1.1
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    alpn: Vec<String>,
    /// Length of each record buffer; short ones make for short records
    #[arg(long, value_name = "BYTES")]
    buffer: Option<usize>,
    /// Cipher suites, the preferred one first: TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = suite, hide_possible_values = true)]
    suites: Vec<CipherSuite>,
    /// Key exchange groups, the preferred one first: X25519, SECP256R1, SECP384R1
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = group)]
    groups: Vec<NamedGroup>,
    #[command(flatten)]
    only: OnlyArguments,
    /// Let the other end begin another handshake on a connection of TLS 1.2; by default that is refused with a warning
    #[arg(long)]
    renegotiate: bool,
    /// Append the secrets of connections to this file, for Wireshark; who has it can read them
    #[arg(long, value_name = "FILE")]
    keylog: Option<PathBuf>,
    /// Print this keying material in hex (RFC 8446, section 7.5): with a label, perhaps a context, and a length in bytes; may be
    /// given several times
    #[arg(long, value_name = "LABEL[:CONTEXT]:LENGTH")]
    pub(crate) export: Vec<Export>,
    /// A key that both ends have, with its name: it stands for certificates in TLS 1.3
    #[arg(long, value_name = "IDENTITY:HEX", value_parser = psk)]
    pub(crate) psk: Option<PreSharedKey>,
    /// A line on stderr for each message of the handshake in both directions, each state and each alert
    #[arg(long)]
    trace: bool,
    /// Only errors, and what was asked for
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// One version alone.
#[derive(Args, Debug)]
#[group(multiple = false)]
struct OnlyArguments {
    /// Only TLS 1.2; by default TLS 1.3, and 1.2 with a peer that knows no better
    #[arg(long)]
    tls12: bool,
    /// Only TLS 1.3
    #[arg(long)]
    tls13: bool,
}

impl OnlyArguments {
    fn versions(&self) -> Versions {
        match (self.tls12, self.tls13) {
            (true, _) => Versions::Tls12,
            (_, true) => Versions::Tls13,
            (false, false) => Versions::Both,
        }
    }
}

impl CommonArguments {
    /// Puts the choices into a configuration, and the modes chosen for this end.
    pub(crate) fn apply(&self, modes: Modes, common: &mut Common) {
        common.cipher_suites = unique(&self.suites);
        common.groups = unique(&self.groups);
        common.modes = modes;
        common.versions = self.only.versions();
        if self.renegotiate {
            common.renegotiation.by_peer = Permission::Granted;
        }
        if let Some(bytes) = self.buffer {
            common.max_handshake_message = handshake_message(bytes);
        }
    }

    /// Starts what shows messages and states, if it is asked for.
    pub(crate) fn start_trace(&self) {
        if self.trace {
            trace::start();
        }
    }

    /// The protocols asked for.
    pub(crate) fn protocols(&self) -> Result<Protocols, Failure> {
        Protocols::new(self.alpn.iter().map(String::as_bytes)).ok_or_else(|| {
            let limit = Protocols::CAPACITY;
            Failure::usage(format!(
                "--alpn: an empty name, or more than {limit} bytes with one for each name"
            ))
        })
    }

    /// The record buffers asked for.
    pub(crate) fn buffers(&self) -> Buffers {
        self.buffer.map_or_else(Buffers::default, |bytes| Buffers { incoming: bytes, outgoing: bytes })
    }

    /// The key log asked for.
    pub(crate) fn key_log(&self) -> Result<Option<Arc<KeyLog>>, Failure> {
        let Some(path) = &self.keylog else { return Ok(None) };
        KeyLog::append_to(path)
            .map(Some)
            .map_err(|error| Failure::usage(format!("--keylog {}: {error}", path.display())))
    }
}

/// Bytes of handshake messages that go with an incoming buffer of this length: what a full record leaves, or at the
/// expense of the records' length where that is less than the default.
fn handshake_message(buffer: usize) -> usize {
    if buffer >= full_incoming(DEFAULT_HANDSHAKE_MESSAGE) {
        return buffer.saturating_sub(full_incoming(0));
    }
    DEFAULT_HANDSHAKE_MESSAGE.min(buffer.saturating_sub(min_incoming(0))).max(512)
}

fn suite(name: &str) -> Result<CipherSuite, String> {
    let known = Software::SUITES.iter().find(|suite| is_named(suite.name(), name));
    known.copied().ok_or_else(|| format!("known are {}", join(Software::SUITES)))
}

fn psk(text: &str) -> Result<PreSharedKey, String> {
    let (identity, hex) = text.rsplit_once(':').ok_or("as IDENTITY:HEX")?;
    let digits = hex.as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let key: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    let fits =
        |key: &Vec<u8>| digits.len().is_multiple_of(2) && (16..=tidegate::limits::PSK).contains(&key.len());
    let key = key.filter(fits).ok_or("HEX is 16 to 64 bytes in hexadecimal digits")?;
    if identity.is_empty() {
        return Err("IDENTITY is empty".to_owned());
    }
    Ok(PreSharedKey::new(identity.as_bytes(), &key))
}

fn group(name: &str) -> Result<NamedGroup, String> {
    let known = Software::GROUPS.iter().find(|group| is_named(group.name(), name));
    known.copied().ok_or_else(|| format!("known are {}", join(Software::GROUPS)))
}

fn is_named(own: Option<&str>, name: &str) -> bool {
    own.is_some_and(|own| own.eq_ignore_ascii_case(name))
}

fn join<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn unique<T: PartialEq + Copy>(values: &[T]) -> Preferences<T> {
    let mut unique = Preferences::new();
    for value in values {
        if !unique.contains(value) {
            let _ = unique.push(*value);
        }
    }
    unique
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_longer_buffer_takes_longer_messages() {
        let lengths = [100, 4000, 9000, 100_000].map(super::handshake_message);
        assert_eq!(lengths, [512, 4000 - super::min_incoming(0), 4064, 100_000 - super::full_incoming(0)]);
    }

    #[test]
    fn names_are_taken_in_any_case() {
        assert!(super::suite("tls_aes_128_gcm_sha256").is_ok() && super::group("x25519").is_ok());
        assert!(super::group("x448").unwrap_err().contains("X25519"));
    }
}
