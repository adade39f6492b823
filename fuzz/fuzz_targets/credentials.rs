//! Files of any bytes hold certificates, keys and lists, or are refused by name; what is taken belongs together and can be used.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use pem::Pem;
use tidegate_std::tidegate::config::IdentityId;
use tidegate_std::tidegate::crypto::{SIGNATURE_ALGORITHMS, verify_with_spki};
use tidegate_std::tidegate::driver::Keys;
use tidegate_std::tidegate::x509::public_key_info;
use tidegate_std::{CredentialError, IdentityList, KnownKeys, OwnedIdentity, RevocationLists, Roots};

/// Characters of the longest line of a file that an error may repeat.
const TELLING: usize = 24;

/// One file for this process, in memory where there is such a folder.
fn file() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
        folder.join(format!("tidegate-fuzz-{}.pem", std::process::id()))
    })
}

/// An error names the file, and repeats nothing of it that may be a key.
fn taken<T>(result: Result<T, CredentialError>, content: &[u8]) -> Option<T> {
    let error = result.err()?.to_string();
    assert!(error.starts_with(file().to_str().unwrap()), "{error}");
    let content = String::from_utf8_lossy(content);
    let telling = content.lines().filter(|line| line.len() > TELLING && !line.starts_with("-----"));
    telling.for_each(|line| assert!(!error.contains(line), "{error}"));
    None
}

/// The key signs what its certificate, if there is one, verifies.
fn check(identity: OwnedIdentity) {
    let key = identity.public_key_info().unwrap();
    if let Some(leaf) = identity.chain().first() {
        assert_eq!(public_key_info(leaf), Some(&key[..]));
    }
    let schemes = identity.schemes().to_vec();
    let list = IdentityList::new([identity]);
    for scheme in schemes {
        let mut out = [0; 600];
        let length = Keys::sign(&list, IdentityId(0), scheme, b"message", &mut out).unwrap();
        let verdict = verify_with_spki(SIGNATURE_ALGORITHMS, scheme, &key, b"message", &out[..length]);
        assert_eq!(verdict, Ok(()), "{scheme:?}");
    }
}

/// The chain in a file of its own making is the same.
fn check_chain(identity: &OwnedIdentity, content: &[u8]) {
    let chain: Vec<_> = identity.chain().iter().map(|one| Pem::new("CERTIFICATE", one.to_vec())).collect();
    fs::write(file(), [pem::encode_many(&chain).as_bytes(), b"\n", content].concat()).unwrap();
    let again = OwnedIdentity::from_pem_files(file(), file()).unwrap();
    assert!(again.chain().starts_with(identity.chain()));
    assert_eq!(again.chain().len(), 2 * identity.chain().len());
}

fuzz_target!(|content: &[u8]| {
    fs::write(file(), content).unwrap();
    let marks = content.windows(17).filter(|window| window == b"BEGIN CERTIFICATE").count();
    if let Some(roots) = taken(Roots::from_pem_file(file()), content) {
        assert!((1..=marks).contains(&roots.len()));
    }
    taken(RevocationLists::from_pem_file(file()), content);
    taken(KnownKeys::from_pem_file(file()), content);
    if let Some(identity) = taken(OwnedIdentity::from_key_pem_file(file()), content) {
        check(identity);
    }
    if let Some(identity) = taken(OwnedIdentity::from_pem_files(file(), file()), content) {
        check_chain(&identity, content);
        check(identity);
    }
    fs::remove_file(file()).unwrap();
});
