//! One case, and what is said of it.

use std::time::{SystemTime, UNIX_EPOCH};

use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, TrustAnchor, UnixTime};
use serde_json::Value;
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::error::CertificateError;
use tidegate::x509::{Revocation, RevocationList, WebpkiVerifier, trust_anchor_from_der};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage,
    RevocationOptionsBuilder,
};

/// A case as the collection has it.
pub(crate) struct Case {
    /// Its name.
    pub(crate) id: String,
    /// Whether the chain is to be accepted.
    pub(crate) accepted: bool,
    /// Whether it is a server's chain, not a client's.
    pub(crate) of_server: bool,
    anchors: Vec<CertificateDer<'static>>,
    chain: Vec<CertificateDer<'static>>,
    lists: Vec<CertificateRevocationListDer<'static>>,
    name: Option<ServerName<'static>>,
    time: UnixTime,
}

impl Case {
    /// Reads one.
    pub(crate) fn new(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let peer = value["peer_certificate"].as_str().into_iter().map(|text| der(text).into());
        Self {
            id: text("id"),
            accepted: text("expected_result") == "SUCCESS",
            of_server: text("validation_kind") == "SERVER",
            anchors: all(&value["trusted_certs"]),
            chain: peer.chain(all(&value["untrusted_intermediates"])).collect(),
            lists: all(&value["crls"]),
            name: value["expected_peer_name"]["value"]
                .as_str()
                .map(|name| name.to_owned().try_into().unwrap()),
            time: at(value["validation_time"].as_str()),
        }
    }

    /// What the engine's verifier says.
    pub(crate) fn ours(&self) -> Result<(), CertificateError> {
        let anchors = self.anchors.iter().map(trust_anchor_from_der).collect::<Result<Vec<_>, _>>()?;
        let lists =
            self.lists.iter().map(|list| RevocationList::from_der(list)).collect::<Result<Vec<_>, _>>()?;
        let verifier = WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS);
        let verifier =
            if lists.is_empty() { verifier } else { verifier.with_revocation(Revocation::new(&lists)) };
        let chain = self.chain.iter().map(AsRef::as_ref);
        let time = Some(self.time);
        match &self.name {
            Some(name) => verifier.verify_server(chain, name, time).map(|_| ()),
            None => verifier.verify_client(chain, time).map(|_| ()),
        }
    }

    /// What rustls-webpki says by itself, with the cryptography of another library.
    pub(crate) fn theirs(&self) -> Result<(), webpki::Error> {
        let anchors: Vec<TrustAnchor<'_>> =
            self.anchors.iter().map(webpki::anchor_from_trusted_cert).collect::<Result<_, _>>()?;
        let lists: Vec<CertRevocationList<'_>> = self
            .lists
            .iter()
            .map(|list| BorrowedCertRevocationList::from_der(list).map(Into::into))
            .collect::<Result<_, _>>()?;
        let lists: Vec<&CertRevocationList<'_>> = lists.iter().collect();
        let revocation = RevocationOptionsBuilder::new(&lists).ok();
        let revocation = revocation.map(|all| all.with_expiration_policy(ExpirationPolicy::Enforce).build());
        let usage = if self.of_server { KeyUsage::server_auth() } else { KeyUsage::client_auth() };

        let (leaf, issuers) = self.chain.split_first().ok_or(webpki::Error::BadDer)?;
        let leaf = EndEntityCert::try_from(leaf)?;
        let algorithms = webpki::ALL_VERIFICATION_ALGS;
        leaf.verify_for_usage(algorithms, &anchors, issuers, self.time, usage, revocation, None)?;
        self.name.as_ref().map_or(Ok(()), |name| leaf.verify_is_valid_for_subject_name(name))
    }
}

fn all<T: From<Vec<u8>>>(list: &Value) -> Vec<T> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(|text| der(text).into()).collect()
}

fn der(text: &str) -> Vec<u8> {
    pem::parse(text).unwrap().into_contents()
}

/// The time at which a chain is looked at; now where none is said.
fn at(time: Option<&str>) -> UnixTime {
    let since = match time {
        Some(text) => OffsetDateTime::parse(text, &Rfc3339).unwrap() - OffsetDateTime::UNIX_EPOCH,
        None => SystemTime::now().duration_since(UNIX_EPOCH).unwrap().try_into().unwrap(),
    };
    UnixTime::since_unix_epoch(since.try_into().unwrap())
}
