//! Certificates made on the spot, signed by this crate's own signer.

use getrandom::SysRng;
use getrandom::rand_core::TryRng as _;
use pki_types::{CertificateDer, PrivateKeyDer, PrivateSec1KeyDer};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose,
    PublicKeyData, SerialNumber, SignatureAlgorithm, SigningKey,
};
use tidegate::sign::{EcdsaP256Signer, MAX_SIGNATURE, MAX_SPKI};
use tidegate_std::{CredentialError, OwnedIdentity};

use zeroize::Zeroizing;

use crate::failure::Failure;

/// An authority, and an identity under it.
pub(crate) struct Made {
    pub(crate) root: CertificateDer<'static>,
    pub(crate) root_pem: String,
    pub(crate) leaf: CertificateDer<'static>,
    /// The leaf's, as an ECPrivateKey in DER.
    pub(crate) key: Zeroizing<Vec<u8>>,
}

impl Made {
    /// For what stays within this process.
    pub(crate) fn for_localhost() -> Result<Self, Failure> {
        Self::for_names(&["localhost".to_owned()])
    }

    /// The leaf as a server shows it.
    pub(crate) fn identity(&self) -> Result<OwnedIdentity, CredentialError> {
        let key = PrivateKeyDer::Sec1(PrivateSec1KeyDer::from(&self.key[..]));
        OwnedIdentity::new(vec![self.leaf.clone()], &key)
    }

    /// A certificate for these names, valid from yesterday for 30 days.
    pub(crate) fn for_names(names: &[String]) -> Result<Self, Failure> {
        Self::make(names).map_err(|why| Failure::usage(format!("no certificate can be made: {why}")))
    }

    fn make(names: &[String]) -> Result<Self, String> {
        let (root_key, leaf_key) = (Key::new()?, Key::new()?);
        let mut root = params(&[], "Tidegate authority made on the spot")?;
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let certificate = root.self_signed(&root_key).map_err(|error| error.to_string())?;
        let issuer = Issuer::new(root, root_key);
        let name = names.first().map_or("localhost", String::as_str);
        let mut leaf = params(names, name)?;
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = leaf.signed_by(&leaf_key, &issuer).map_err(|error| error.to_string())?;
        Ok(Self {
            root: certificate.der().clone(),
            root_pem: certificate.pem(),
            leaf: leaf.der().clone(),
            key: leaf_key.sec1,
        })
    }
}

fn params(names: &[String], common_name: &str) -> Result<CertificateParams, String> {
    let mut params = CertificateParams::new(names).map_err(|error| error.to_string())?;
    params.distinguished_name.push(DnType::CommonName, common_name);
    let now = std::time::SystemTime::now();
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    params.not_before = (now - day).into();
    params.not_after = (now + day * 30).into();
    let mut serial = [0; 16];
    random(&mut serial)?;
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    Ok(params)
}

fn random(out: &mut [u8]) -> Result<(), String> {
    SysRng.try_fill_bytes(out).map_err(|error| error.to_string())
}

/// A fresh key on P-256.
struct Key {
    sec1: Zeroizing<Vec<u8>>,
    signer: EcdsaP256Signer,
    point: Vec<u8>,
}

impl Key {
    /// Any 32 random bytes are a key, but for one case in 2^32.
    fn new() -> Result<Self, String> {
        loop {
            let mut scalar = [0; 32];
            random(&mut scalar)?;
            let sec1 = Zeroizing::new(sec1(&scalar));
            let Ok(signer) = EcdsaP256Signer::from_sec1_der(&sec1) else { continue };
            let mut spki = [0; MAX_SPKI];
            let length = signer.public_key_spki(&mut spki).map_err(|error| error.to_string())?;
            // The point stands at the end: 65 bytes, uncompressed.
            let point = spki[..length][length.saturating_sub(65)..].to_vec();
            return Ok(Self { sec1, signer, point });
        }
    }
}

/// An ECPrivateKey with its curve (RFC 5915, section 3).
fn sec1(scalar: &[u8; 32]) -> Vec<u8> {
    const HEAD: &[u8] = &[0x30, 49, 0x02, 1, 1, 0x04, 32];
    const CURVE: &[u8] = &[0xa0, 10, 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    [HEAD, scalar, CURVE].concat()
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let mut signature = [0; MAX_SIGNATURE];
        let length = self.signer.sign(message, &mut signature).map_err(|_| rcgen::Error::RemoteKeyError)?;
        Ok(signature[..length].to_vec())
    }
}
