//! Certificates made on the spot, as files for other programs and as values for us.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use pem::Pem;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

pub use super::kind::Kind;
use super::program;
use crate::pki::Pki;

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    #[default]
    None,
    /// It has expired.
    Expired,
    /// It is not valid yet.
    NotValidYet,
    /// It is for another name.
    OtherName,
    /// The root beside it is another one.
    OtherRoot,
    /// The root beside it has the name of the right one and another key.
    ForgedRoot,
}

/// A temporary folder, removed when dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A fresh one.
    ///
    /// # Panics
    /// If it can't be made.
    #[must_use]
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("tidegate-interop-{}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// A file in it.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{}: {error}", self.0.display());
        }
    }
}

/// Certificates for `localhost` and `127.0.0.1`, of a server if nothing else is said, their key, and the root: `root.pem`,
/// `chain.pem`, `key.pem`.
#[derive(Debug)]
pub struct Identity {
    /// Where the files are, and where there is room for others.
    pub folder: Folder,
    /// The same as values.
    pub pki: Pki,
    /// Of what kind the key is.
    pub kind: Kind,
    /// The first of the names.
    pub name: &'static str,
}

impl Identity {
    /// A good one. An RSA key is certified by an RSA root, with PKCS#1; the others by an ECDSA root with two
    /// intermediates, so that the chain has three certificates.
    ///
    /// # Panics
    /// If it can't be made.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self::for_usage(kind, &ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// As [`Identity::new`], for a client.
    ///
    /// # Panics
    /// If it can't be made.
    #[must_use]
    pub fn for_client(kind: Kind) -> Self {
        Self::for_usage(kind, &ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn for_usage(kind: Kind, usage: &ExtendedKeyUsagePurpose) -> Self {
        let folder = Folder::new();
        match kind.openssl() {
            Some(algorithm) => make_with_openssl(&folder, algorithm, usage),
            None => make(&folder, kind, Flaw::None, usage),
        }
        Self::read(folder, kind)
    }

    /// One with a flaw, ECDSA on P-256.
    ///
    /// # Panics
    /// If it can't be made.
    #[must_use]
    pub fn flawed(flaw: Flaw) -> Self {
        let folder = Folder::new();
        make(&folder, Kind::EcdsaP256, flaw, &ExtendedKeyUsagePurpose::ServerAuth);
        Self::read(folder, Kind::EcdsaP256)
    }

    /// What was made elsewhere, for a name.
    ///
    /// # Panics
    /// If it can't be written.
    #[must_use]
    pub fn of(pki: Pki, kind: Kind, name: &'static str) -> Self {
        let folder = Folder::new();
        let chain: Vec<Pem> = pki.chain.iter().map(|der| Pem::new("CERTIFICATE", &der[..])).collect();
        write(&folder.file("root.pem"), &pem::encode(&Pem::new("CERTIFICATE", &pki.root[..])));
        write(&folder.file("chain.pem"), &pem::encode_many(&chain));
        write(&folder.file("key.pem"), &pem::encode(&Pem::new("PRIVATE KEY", &pki.key[..])));
        Self { folder, pki, kind, name }
    }

    fn read(folder: Folder, kind: Kind) -> Self {
        let certificates = |name| CertificateDer::pem_file_iter(folder.file(name)).unwrap();
        let pki = Pki {
            root: certificates("root.pem").next().unwrap().unwrap(),
            chain: certificates("chain.pem").map(Result::unwrap).collect(),
            key: PrivateKeyDer::from_pem_file(folder.file("key.pem")).unwrap().secret_der().to_vec(),
        };
        Self { folder, pki, kind, name: "localhost" }
    }

    /// The root's file.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.folder.file("root.pem")
    }

    /// The chain's file, leaf first.
    #[must_use]
    pub fn chain(&self) -> PathBuf {
        self.folder.file("chain.pem")
    }

    /// The key's file.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.folder.file("key.pem")
    }
}

fn make(folder: &Folder, kind: Kind, flaw: Flaw, usage: &ExtendedKeyUsagePurpose) {
    let root = CertifiedIssuer::self_signed(authority("root"), KeyPair::generate().unwrap()).unwrap();
    let outer =
        CertifiedIssuer::signed_by(authority("outer issuer"), KeyPair::generate().unwrap(), &root).unwrap();
    let inner =
        CertifiedIssuer::signed_by(authority("inner issuer"), KeyPair::generate().unwrap(), &outer).unwrap();
    let algorithm = match kind {
        Kind::EcdsaP384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        Kind::Ed25519 => &rcgen::PKCS_ED25519,
        Kind::EcdsaP256 | Kind::Rsa2048 | Kind::Rsa4096 | Kind::RsaPss => &rcgen::PKCS_ECDSA_P256_SHA256,
    };
    let key = key(algorithm);
    let leaf = leaf(flaw, usage).signed_by(&key, &inner).unwrap();
    let other =
        |name| CertifiedIssuer::self_signed(authority(name), KeyPair::generate().unwrap()).unwrap().pem();
    let trusted = match flaw {
        Flaw::OtherRoot => other("other root"),
        Flaw::ForgedRoot => other("root"),
        Flaw::None | Flaw::Expired | Flaw::NotValidYet | Flaw::OtherName => root.pem(),
    };
    write(&folder.file("root.pem"), &trusted);
    write(&folder.file("chain.pem"), &format!("{}{}{}", leaf.pem(), inner.pem(), outer.pem()));
    write(&folder.file("key.pem"), &key.serialize_pem());
}

/// A key. One of Ed25519 without its public half, as OpenSSL 3.0 wants it: PKCS#8 version 1 (RFC 8410, section 7).
fn key(algorithm: &'static rcgen::SignatureAlgorithm) -> KeyPair {
    const HEADER: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
    let key = KeyPair::generate_for(algorithm).unwrap();
    if algorithm != &rcgen::PKCS_ED25519 {
        return key;
    }
    let secret = &key.serialized_der()[HEADER.len()..][..32];
    let plain = PrivatePkcs8KeyDer::from([&HEADER[..], secret].concat());
    KeyPair::from_pkcs8_der_and_sign_algo(&plain, algorithm).unwrap()
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params.distinguished_name.push(DnType::CommonName, format!("Tidegate test {name}"));
    params
}

fn leaf(flaw: Flaw, usage: &ExtendedKeyUsagePurpose) -> CertificateParams {
    let names = match flaw {
        Flaw::OtherName => vec!["elsewhere.example".into()],
        Flaw::None | Flaw::Expired | Flaw::NotValidYet | Flaw::OtherRoot | Flaw::ForgedRoot => {
            vec!["localhost".into(), "127.0.0.1".into()]
        }
    };
    let mut params = CertificateParams::new(names).unwrap();
    params.use_authority_key_identifier_extension = true;
    params.extended_key_usages = vec![usage.clone()];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    match flaw {
        Flaw::Expired => params.not_after = date_time_ymd(2020, 1, 1),
        Flaw::NotValidYet => params.not_before = date_time_ymd(2999, 1, 1),
        Flaw::None | Flaw::OtherName | Flaw::OtherRoot | Flaw::ForgedRoot => {}
    }
    params
}

fn make_with_openssl(folder: &Folder, (algorithm, bits): (&str, &str), usage: &ExtendedKeyUsagePurpose) {
    let usage = if *usage == ExtendedKeyUsagePurpose::ClientAuth { "clientAuth" } else { "serverAuth" };
    let openssl = || Command::new("openssl");
    let key = |name: &str, algorithm: &str, bits: &str| {
        let command = &mut openssl();
        command.args(["genpkey", "-algorithm", algorithm, "-pkeyopt", bits, "-out"]).arg(folder.file(name));
        program::run(command);
    };
    key("root.key", "RSA", "rsa_keygen_bits:2048");
    key("key.pem", algorithm, bits);
    let request = |subject: &str, key: &str| {
        let mut command = openssl();
        command.args(["req", "-x509", "-new", "-sha256", "-days", "30", "-subj", subject, "-key"]);
        command.arg(folder.file(key));
        command
    };
    let root = &mut request("/CN=Tidegate test root", "root.key");
    root.args(["-addext", "keyUsage=critical,keyCertSign", "-out"]).arg(folder.file("root.pem"));
    program::run(root);
    let leaf = &mut request("/CN=Tidegate test server", "key.pem");
    leaf.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-addext", &format!("extendedKeyUsage={usage}")])
        .args(["-addext", "keyUsage=digitalSignature"])
        .arg("-CA")
        .arg(folder.file("root.pem"))
        .arg("-CAkey")
        .arg(folder.file("root.key"))
        .arg("-out")
        .arg(folder.file("chain.pem"));
    program::run(leaf);
}

fn write(path: &Path, content: &str) {
    fs::write(path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
