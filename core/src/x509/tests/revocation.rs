//! Certificate revocation lists.

use rcgen::{CertificateRevocationListParams, KeyIdMethod, KeyUsagePurpose, RevokedCertParams, SerialNumber};

use super::*;
use crate::error::CertificateError::{RevocationUnknown, Revoked};
use crate::wire::enums::AlertDescription;
use crate::x509::{
    ExpiredList, MAX_REVOCATION_LISTS, Revocation, RevocationDepth, RevocationList, UnknownRevocation,
};

/// A list by this authority of what it revoked, good until a day of 2025.
fn list(authority: &Authority, revoked: &[u64], next: (u8, u8)) -> Vec<u8> {
    let revoked = revoked.iter().map(|serial| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: date_time_ymd(2025, 2, 1),
        reason_code: None,
        invalidity_date: None,
    });
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2025, 2, 1),
        next_update: date_time_ymd(2025, next.0, next.1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(&authority.issuer).unwrap().der().to_vec()
}

fn signs_lists(mut params: CertificateParams) -> CertificateParams {
    params.key_usages = std::vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// A root, an authority below it with serial number 7, and the chain of a server with serial number 8.
struct Line {
    root: Authority,
    between: Authority,
    leaf: Vec<u8>,
}

fn line() -> Line {
    let (params, key) = (signs_lists(ca_params("root")), KeyPair::generate().unwrap());
    let der = params.self_signed(&key).unwrap().der().to_vec();
    let root = Authority { der, issuer: Issuer::new(params, key) };
    let mut params = signs_lists(ca_params("between"));
    params.serial_number = Some(SerialNumber::from(7));
    let between = intermediate(&root, params);
    let mut params = leaf_params("tide.example");
    params.serial_number = Some(SerialNumber::from(8));
    let leaf = leaf(&between, &params);
    Line { root, between, leaf }
}

fn judge(
    line: &Line,
    lists: &[Vec<u8>],
    change: impl Fn(&mut Revocation<'_>),
) -> Result<(), CertificateError> {
    let lists: Vec<RevocationList<'_>> =
        lists.iter().map(|list| RevocationList::from_der(list).unwrap()).collect();
    let root = CertificateDer::from(&line.root.der[..]);
    let anchors = [trust_anchor_from_der(&root).unwrap()];
    let mut revocation = Revocation::new(&lists);
    change(&mut revocation);
    let verifier = WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS).with_revocation(revocation);
    let time = UnixTime::since_unix_epoch(Duration::from_secs(NOW));
    let chain = [&line.leaf[..], &line.between.der];
    let name = ServerName::try_from("tide.example").unwrap();
    verifier.verify_server(chain.into_iter(), &name, Some(time)).map(|_| ())
}

const LATER: (u8, u8) = (12, 1);

#[test]
fn what_is_on_no_list_is_good_and_what_is_on_one_is_revoked() {
    let line = line();
    let lists =
        |above: &[u64], below: &[u64]| [list(&line.root, above, LATER), list(&line.between, below, LATER)];
    assert_eq!(judge(&line, &lists(&[], &[]), |_| ()), Ok(()));
    assert_eq!(judge(&line, &lists(&[8], &[7]), |_| ()), Ok(()), "serial numbers are their issuer's");
    assert_eq!(judge(&line, &lists(&[], &[1, 8, 9]), |_| ()), Err(Revoked));
    assert_eq!(judge(&line, &lists(&[7], &[]), |_| ()), Err(Revoked));
    let leaf = |revocation: &mut Revocation<'_>| revocation.depth = RevocationDepth::Leaf;
    assert_eq!(judge(&line, &lists(&[7], &[]), leaf), Ok(()));
    assert_eq!(judge(&line, &lists(&[], &[8]), leaf), Err(Revoked));
    assert_eq!(Revoked.alert(), AlertDescription::CERTIFICATE_REVOKED);
}

#[test]
fn what_no_list_says_of_is_unknown() {
    let line = line();
    let accepted = |revocation: &mut Revocation<'_>| revocation.unknown = UnknownRevocation::Accepted;
    for lists in
        [Vec::new(), std::vec![list(&line.root, &[], LATER)], std::vec![list(&line.between, &[], LATER)]]
    {
        assert_eq!(judge(&line, &lists, |_| ()), Err(RevocationUnknown));
        assert_eq!(judge(&line, &lists, accepted), Ok(()));
    }
    assert_eq!(judge(&line, &[list(&line.between, &[8], LATER)], accepted), Err(Revoked));
    assert_eq!(RevocationUnknown.alert(), AlertDescription::CERTIFICATE_UNKNOWN);
}

#[test]
fn a_list_that_is_out_of_date_says_nothing_unless_that_is_taken() {
    let line = line();
    let lists = |below: &[u64]| [list(&line.root, &[], LATER), list(&line.between, below, (3, 1))];
    let accepted = |revocation: &mut Revocation<'_>| revocation.expired = ExpiredList::Accepted;
    assert_eq!(judge(&line, &lists(&[]), |_| ()), Err(RevocationUnknown));
    assert_eq!(judge(&line, &lists(&[]), accepted), Ok(()));
    assert_eq!(judge(&line, &lists(&[8]), accepted), Err(Revoked));
}

#[test]
fn as_many_lists_count_as_the_limit_says() {
    let line = line();
    let of_root = list(&line.root, &[], LATER);
    for (before, judged) in [
        (MAX_REVOCATION_LISTS - 2, Revoked),
        // The one that matters is behind the last that counts.
        (MAX_REVOCATION_LISTS - 1, RevocationUnknown),
    ] {
        let mut lists = std::vec![of_root.clone(); before + 1];
        lists.push(list(&line.between, &[8], LATER));
        assert_eq!(judge(&line, &lists, |_| {}), Err(judged), "{before}");
    }
}

#[test]
fn a_list_by_somebody_else_of_the_same_name_says_nothing() {
    let (line, other) = (line(), line());
    let lists = [list(&line.root, &[], LATER), list(&other.between, &[], LATER)];
    let accepted = |revocation: &mut Revocation<'_>| revocation.unknown = UnknownRevocation::Accepted;
    assert_eq!(judge(&line, &lists, |_| ()), Err(RevocationUnknown));
    assert_eq!(judge(&line, &lists, accepted), Err(RevocationUnknown), "forged is not unknown");
}

#[test]
fn lists_that_can_not_be_parsed() {
    let whole = list(&line().root, &[1, 2], LATER);
    let refused = (0..whole.len()).all(|cut| RevocationList::from_der(&whole[..cut]).is_err());
    assert!(refused && RevocationList::from_der(&whole).is_ok());
}
