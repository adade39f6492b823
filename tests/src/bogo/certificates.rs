//! Credentials: the certificates and keys of the command line.

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tidegate::wire::enums::SignatureScheme;
use tidegate::x509::issuer;
use tidegate_std::OwnedIdentity;

use super::Failure;
use super::flags::Credential;
use super::noted::Offer;

/// The identities of a connection, and how each can be chosen; both in the same order.
pub(super) fn load(credentials: &[Credential]) -> Result<(Vec<OwnedIdentity>, Vec<Offer>), Failure> {
    let (mut identities, mut offers) = (Vec::new(), Vec::new());
    for credential in credentials {
        let identity = identity(credential)?;
        let schemes = schemes(credential, &identity)?;
        let issuers = credential.has("-must-match-issuer").then(|| issuers(&identity));
        offers.push(Offer { number: credential.number, schemes, issuers });
        identities.push(identity);
    }
    Ok((identities, offers))
}

fn identity(credential: &Credential) -> Result<OwnedIdentity, Failure> {
    let missing = || Failure::Unimplemented("a credential without a certificate or a key".to_owned());
    let chain = credential.text("-cert-file").ok_or_else(missing)?;
    let key = credential.text("-key-file").ok_or_else(missing)?;
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

/// What a credential signs with: what it was told to, as far as its key can.
fn schemes(credential: &Credential, identity: &OwnedIdentity) -> Result<Vec<SignatureScheme>, Failure> {
    let told = credential.list("-signing-prefs")?;
    let own = identity.schemes();
    Ok(match told.as_slice() {
        [] => own.to_vec(),
        told => told.iter().map(|code| SignatureScheme(*code)).filter(|one| own.contains(one)).collect(),
    })
}

fn issuers(identity: &OwnedIdentity) -> Vec<Vec<u8>> {
    identity.chain().iter().filter_map(|certificate| issuer(certificate)).map(<[u8]>::to_vec).collect()
}
