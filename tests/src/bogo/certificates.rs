//! Credentials: the certificates and keys of the command line.

use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tidegate::wire::enums::SignatureScheme;
use tidegate::x509::issuer;
use tidegate_std::OwnedIdentity;

use super::Failure;
use super::flags::{Credential, Kind};
use super::noted::Offer;

/// The identities of a connection, and how each can be chosen; both in the same order.
pub(super) fn load(credentials: &[Credential]) -> Result<(Vec<OwnedIdentity>, Vec<Offer>), Failure> {
    let (mut identities, mut offers) = (Vec::new(), Vec::new());
    for credential in credentials {
        let identity = identity(credential)?;
        let issuers = credential.has("-must-match-issuer").then(|| issuers(&identity));
        let (number, kind) = (credential.number, credential.kind);
        // Once for the context and once for who chooses.
        offers.push(Offer { number, kind, identity: Arc::new(identity), issuers });
        identities.push(self::identity(credential)?);
    }
    Ok((identities, offers))
}

/// An identity that signs with what its credential says, as far as its key can.
fn identity(credential: &Credential) -> Result<OwnedIdentity, Failure> {
    let identity = loaded(credential)?;
    let told = credential.list("-signing-prefs")?;
    let schemes = told.iter().copied().map(SignatureScheme);
    Ok(if told.is_empty() { identity } else { identity.with_schemes(schemes) })
}

fn loaded(credential: &Credential) -> Result<OwnedIdentity, Failure> {
    let missing = || Failure::Unimplemented("a credential without a certificate or a key".to_owned());
    let key = credential.text("-key-file").ok_or_else(missing)?;
    if credential.kind == Kind::RawPublicKey {
        let unusable = |error| Failure::Unimplemented(format!("{key}: {error}"));
        return OwnedIdentity::from_key_pem_file(key).map_err(unusable);
    }
    let chain = credential.text("-cert-file").ok_or_else(missing)?;
    let unusable = |error: &dyn std::fmt::Display| Failure::Unimplemented(format!("{chain}: {error}"));
    let chain = read_chain(chain)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(&error))?;
    OwnedIdentity::new(chain, &key).map_err(|error| unusable(&error))
}

/// The certificates of a file, leaf first.
pub(super) fn read_chain(file: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    read.map_err(|error| Failure::said(format!("{file}: {error}")))
}

/// Names of authorities as `-use-client-ca-list` has them: DER in hexadecimal, with commas between them.
pub(super) fn names(list: &str) -> Result<Vec<Vec<u8>>, Failure> {
    if ["<NULL>", "<EMPTY>"].contains(&list) {
        return Ok(Vec::new());
    }
    let wrong = || Failure::said(format!("{list} is no list of names"));
    let name = |text: &str| {
        let bytes = (0..text.len()).step_by(2);
        bytes.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect::<Option<Vec<u8>>>()
    };
    list.split(',').map(|text| name(text).ok_or_else(wrong)).collect()
}

fn issuers(identity: &OwnedIdentity) -> Vec<Vec<u8>> {
    identity.chain().iter().filter_map(|certificate| issuer(certificate)).map(<[u8]>::to_vec).collect()
}
