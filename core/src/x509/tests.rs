use core::time::Duration;
use std::net::{IpAddr, Ipv4Addr};
use std::string::String;
use std::vec::Vec;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, Issuer, KeyPair, NameConstraints, PublicKeyData, SanType, date_time_ymd,
};

use super::{CertificateDer, ServerName, UnixTime, WebpkiVerifier, issuer, trust_anchor_from_der};
use crate::crypto::SIGNATURE_ALGORITHMS;
use crate::error::CertificateError;

/// 2025-06-01; the certificates here are valid in all of 2025.
const NOW: u64 = 1_748_736_000;
const YEAR: u64 = 365 * 24 * 3600;

struct Authority {
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2026, 1, 1);
    params
}

fn root() -> Authority {
    let (params, key) = (ca_params("root"), KeyPair::generate().unwrap());
    let der = params.self_signed(&key).unwrap().der().to_vec();
    Authority { der, issuer: Issuer::new(params, key) }
}

fn intermediate(root: &Authority, params: CertificateParams) -> Authority {
    let key = KeyPair::generate().unwrap();
    let der = params.signed_by(&key, &root.issuer).unwrap().der().to_vec();
    Authority { der, issuer: Issuer::new(params, key) }
}

fn leaf_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([String::from(name)]).unwrap();
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2026, 1, 1);
    params.extended_key_usages = std::vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn leaf(issuer: &Authority, params: &CertificateParams) -> Vec<u8> {
    params.signed_by(&KeyPair::generate().unwrap(), &issuer.issuer).unwrap().der().to_vec()
}

fn verify_at<'c>(
    root: &Authority,
    chain: &[&'c [u8]],
    name: &str,
    seconds: u64,
) -> Result<&'c [u8], CertificateError> {
    let root = CertificateDer::from(&root.der[..]);
    let anchors = [trust_anchor_from_der(&root).unwrap()];
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS).verify_server(
        chain.iter().copied(),
        &ServerName::try_from(name).unwrap(),
        Some(time),
    )
}

fn verify<'c>(root: &Authority, chain: &[&'c [u8]], name: &str) -> Result<&'c [u8], CertificateError> {
    verify_at(root, chain, name, NOW)
}

/// What becomes of a server certificate right below the root.
fn verdict_on(params: &CertificateParams, name: &str) -> Result<(), CertificateError> {
    let root = root();
    verify(&root, &[&leaf(&root, params)], name).map(|_| ())
}

#[test]
fn a_chain_with_an_intermediate_yields_the_servers_key() {
    let root = root();
    let between = intermediate(&root, ca_params("between"));
    let key = KeyPair::generate().unwrap();
    let leaf = leaf_params("tide.example").signed_by(&key, &between.issuer).unwrap();
    let chain = [&leaf.der()[..], &between.der[..]];
    assert_eq!(verify(&root, &chain, "tide.example"), Ok(&key.subject_public_key_info()[..]));
    // Issuers in any order, and ones that are not needed.
    let chain = [&leaf.der()[..], &root.der[..], &between.der[..]];
    assert!(verify(&root, &chain, "tide.example").is_ok());
    assert_eq!(verify(&root, &chain[..1], "tide.example"), Err(CertificateError::UnknownIssuer));
}

#[test]
fn the_issuer_is_the_subject_of_the_certificate_above() {
    let root = root();
    let between = intermediate(&root, ca_params("between"));
    let leaf = leaf_params("tide.example").signed_by(&KeyPair::generate().unwrap(), &between.issuer).unwrap();
    for (certificate, above) in [(&leaf.der()[..], &between), (&between.der, &root), (&root.der, &root)] {
        let issuer = issuer(certificate).unwrap();
        // An anchor's has neither tag nor length, and all of these are short.
        let [0x30, length, subject @ ..] = issuer else { panic!("{issuer:x?}") };
        assert_eq!(usize::from(*length), subject.len());
        let above = CertificateDer::from(&above.der[..]);
        assert_eq!(subject, trust_anchor_from_der(&above).unwrap().subject.as_ref());
    }
    let whole = leaf.der();
    assert!((0..whole.len()).all(|cut| issuer(&whole[..cut]).is_none()));
}

#[test]
fn names_match_alternative_names_only() {
    let params = leaf_params("tide.example");
    assert_eq!(verdict_on(&params, "TIDE.example"), Ok(()));
    assert_eq!(verdict_on(&params, "other.example"), Err(CertificateError::NameMismatch));
    assert_eq!(verdict_on(&params, "www.tide.example"), Err(CertificateError::NameMismatch));

    let mut only_common_name = leaf_params("tide.example");
    only_common_name.subject_alt_names.clear();
    only_common_name.distinguished_name.push(DnType::CommonName, "tide.example");
    assert_eq!(verdict_on(&only_common_name, "tide.example"), Err(CertificateError::NameMismatch));
}

#[test]
fn a_wildcard_stands_for_one_label() {
    let params = leaf_params("*.tide.example");
    assert_eq!(verdict_on(&params, "www.tide.example"), Ok(()));
    assert_eq!(verdict_on(&params, "tide.example"), Err(CertificateError::NameMismatch));
    assert_eq!(verdict_on(&params, "a.b.tide.example"), Err(CertificateError::NameMismatch));
}

#[test]
fn addresses_match_addresses_only() {
    let mut params = leaf_params("tide.example");
    params.subject_alt_names.push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    params.subject_alt_names.push(SanType::IpAddress("2001:db8::1".parse().unwrap()));
    assert_eq!(verdict_on(&params, "127.0.0.1"), Ok(()));
    assert_eq!(verdict_on(&params, "2001:db8::1"), Ok(()));
    assert_eq!(verdict_on(&params, "127.0.0.2"), Err(CertificateError::NameMismatch));
    let mut as_text = leaf_params("tide.example");
    as_text.subject_alt_names.push(SanType::DnsName("127.0.0.1".try_into().unwrap()));
    assert_eq!(verdict_on(&as_text, "127.0.0.1"), Err(CertificateError::NameMismatch));
}

#[test]
fn validity_is_that_of_every_certificate() {
    let root = root();
    let mut brief = ca_params("brief");
    brief.not_after = date_time_ymd(2025, 3, 1);
    let brief = intermediate(&root, brief);
    let below_brief = leaf(&brief, &leaf_params("tide.example"));
    let below_root = leaf(&root, &leaf_params("tide.example"));
    let name = "tide.example";
    assert_eq!(verify(&root, &[&below_brief, &brief.der], name), Err(CertificateError::Expired));
    assert_eq!(verify_at(&root, &[&below_root], name, NOW + YEAR), Err(CertificateError::Expired));
    assert_eq!(verify_at(&root, &[&below_root], name, NOW - YEAR), Err(CertificateError::NotValidYet));
}

#[test]
fn without_a_time_nothing_is_valid() {
    let root = root();
    let leaf = leaf(&root, &leaf_params("tide.example"));
    let der = CertificateDer::from(&root.der[..]);
    let anchors = [trust_anchor_from_der(&der).unwrap()];
    let verifier = WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS);
    let name = ServerName::try_from("tide.example").unwrap();
    let result = verifier.verify_server([&leaf[..]].into_iter(), &name, None);
    assert_eq!(result, Err(CertificateError::NoTime));
}

#[test]
fn unknown_authorities_are_refused() {
    let (ours, theirs) = (root(), root());
    let leaf = leaf(&theirs, &leaf_params("tide.example"));
    // Of the same name as ours, with another key.
    let chain = [&leaf[..], &theirs.der];
    assert_eq!(verify(&ours, &chain, "tide.example"), Err(CertificateError::BadSignature));
    let stranger = intermediate(&theirs, ca_params("stranger"));
    let leaf = self::leaf(&stranger, &leaf_params("tide.example"));
    assert_eq!(verify(&ours, &[&leaf], "tide.example"), Err(CertificateError::UnknownIssuer));
    let mut params = leaf_params("tide.example");
    params.distinguished_name.push(DnType::CommonName, "alone");
    let alone = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    assert_eq!(verify(&ours, &[alone.der()], "tide.example"), Err(CertificateError::UnknownIssuer));
}

#[test]
fn certificates_are_for_servers() {
    let mut params = leaf_params("tide.example");
    params.extended_key_usages = std::vec![ExtendedKeyUsagePurpose::ClientAuth];
    assert_eq!(verdict_on(&params, "tide.example"), Err(CertificateError::WrongUsage));
    params.extended_key_usages.clear();
    assert_eq!(verdict_on(&params, "tide.example"), Ok(()));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    assert_eq!(verdict_on(&params, "tide.example"), Err(CertificateError::WrongUsage));
}

#[test]
fn only_authorities_issue_and_only_what_they_may() {
    let root = root();
    let refused = |params: CertificateParams| {
        let issuer = intermediate(&root, params);
        let leaf = leaf(&issuer, &leaf_params("tide.example"));
        verify(&root, &[&leaf, &issuer.der], "tide.example").map(|_| ())
    };
    assert_eq!(refused(ca_params("between")), Ok(()));
    for no_ca in [IsCa::NoCa, IsCa::ExplicitNoCa] {
        let mut params = ca_params("between");
        params.is_ca = no_ca;
        assert_eq!(refused(params), Err(CertificateError::WrongUsage));
    }
    let mut elsewhere = ca_params("between");
    let permitted_subtrees = std::vec![GeneralSubtree::DnsName("land.example".into())];
    elsewhere.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    assert_eq!(refused(elsewhere), Err(CertificateError::WrongUsage));

    let mut shallow = ca_params("shallow");
    shallow.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let shallow = intermediate(&root, shallow);
    let below = intermediate(&shallow, ca_params("below"));
    let leaf = leaf(&below, &leaf_params("tide.example"));
    let chain = [&leaf[..], &below.der, &shallow.der];
    assert_eq!(verify(&root, &chain, "tide.example"), Err(CertificateError::WrongUsage));
}

#[test]
fn a_changed_certificate_does_not_verify() {
    let root = root();
    let mut leaf = leaf(&root, &leaf_params("tide.example"));
    let position = leaf.windows(4).position(|window| window == b"tide").unwrap();
    leaf[position] = b'T';
    assert_eq!(verify(&root, &[&leaf], "tide.example"), Err(CertificateError::BadSignature));
}

#[test]
fn algorithms_that_were_not_chosen_are_unsupported() {
    let root = root();
    let leaf = leaf(&root, &leaf_params("tide.example"));
    let der = CertificateDer::from(&root.der[..]);
    let anchors = [trust_anchor_from_der(&der).unwrap()];
    let name = ServerName::try_from("tide.example").unwrap();
    let time = UnixTime::since_unix_epoch(Duration::from_secs(NOW));
    let result = WebpkiVerifier::new(&anchors, &[]).verify_server([&leaf[..]].into_iter(), &name, Some(time));
    assert_eq!(result, Err(CertificateError::UnsupportedAlgorithm));
}

#[test]
fn unknown_critical_extensions_are_refused() {
    let mut params = leaf_params("tide.example");
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], std::vec![5, 0]);
    extension.set_criticality(true);
    params.custom_extensions.push(extension);
    assert_eq!(verdict_on(&params, "tide.example"), Err(CertificateError::Other));
}

#[test]
fn what_is_no_certificate_is_bad_encoding() {
    let root = root();
    let leaf = leaf(&root, &leaf_params("tide.example"));
    let long = [&leaf[..], &[0]].concat();
    for wrong in [&[] as &[u8], b"tide", &leaf[..leaf.len() - 1], &long] {
        assert_eq!(verify(&root, &[wrong], "tide.example"), Err(CertificateError::BadEncoding));
        let der = CertificateDer::from(wrong);
        assert_eq!(trust_anchor_from_der(&der).unwrap_err(), CertificateError::BadEncoding);
    }
    assert_eq!(verify(&root, &[], "tide.example"), Err(CertificateError::BadEncoding));
}

#[test]
fn chains_have_an_end() {
    let root = root();
    let leaf = leaf(&root, &leaf_params("tide.example"));
    let chain = [&[&leaf[..]][..], &[&root.der[..]; super::MAX_CERTIFICATES]].concat();
    let most = &chain[..super::MAX_CERTIFICATES];
    assert!(verify(&root, most, "tide.example").is_ok());
    assert_eq!(verify(&root, &chain, "tide.example"), Err(CertificateError::TooManyCertificates));
}

/// A verifier cuts the list of algorithms: it must not have to.
#[test]
fn every_algorithm_has_room() {
    assert!(SIGNATURE_ALGORITHMS.len() <= super::MAX_ALGORITHMS);
}

#[cfg(feature = "crl")]
mod revocation;
mod usage;
