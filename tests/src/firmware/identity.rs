//! The certificates that the firmware trusts and shows.

use std::fs;
use std::path::{Path, PathBuf};

use tidegate::x509::CertificateDer;

use crate::interop::certificates::{Identity, Kind};
use crate::pki::Pki;

/// The name that they are for.
const NAME: &str = "device.test";

/// A leaf under the root: what the firmware's server shows.
///
/// # Panics
/// If the files can't be read or written.
#[must_use]
pub fn plain() -> Identity {
    with_chain(vec![read("leaf.der").into()])
}

/// A leaf under two intermediates, three certificates.
///
/// # Panics
/// If the files can't be read or written.
#[must_use]
pub fn deep() -> Identity {
    with_chain(split(&read("chain.der")))
}

/// As [`deep`], followed by so many more certificates, which no path needs.
///
/// # Panics
/// If the files can't be read or written.
#[must_use]
pub fn padded(more: usize) -> Identity {
    let mut chain = split(&read("chain.der"));
    let last = chain.last().unwrap().clone();
    chain.extend(std::iter::repeat_n(last, more));
    with_chain(chain)
}

fn with_chain(chain: Vec<CertificateDer<'static>>) -> Identity {
    let pki = Pki { root: read("root.der").into(), chain, key: read("leaf-key.der") };
    Identity::of(pki, Kind::EcdsaP256, NAME)
}

fn read(name: &str) -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../embedded-example/pki/p256", name].iter().collect();
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", Path::display(&path)))
}

/// The certificates in a row of them: each begins with a SEQUENCE and its length in two bytes.
fn split(mut row: &[u8]) -> Vec<CertificateDer<'static>> {
    let mut certificates = Vec::new();
    while let [0x30, 0x82, high, low, ..] = *row {
        let (certificate, rest) = row.split_at(4 + usize::from(u16::from_be_bytes([high, low])));
        certificates.push(certificate.to_vec().into());
        row = rest;
    }
    assert!(row.is_empty(), "certificates, and {} bytes more", row.len());
    certificates
}
