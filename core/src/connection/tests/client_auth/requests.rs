//! What a CertificateRequest says, and what it may not.

use std::vec::Vec;

use super::super::hellos::{block, vector};
use super::super::subject::refuses;
use super::client::asked;
use crate::connection::Event;
use crate::error::PeerMisbehaved;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::enums::{ExtensionType, SignatureScheme};

/// The body of a request with these extensions beside signature_algorithms.
fn request(extensions: &[(ExtensionType, &[u8])]) -> Vec<u8> {
    let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256.0.to_be_bytes();
    let mut all = std::vec![(ExtensionType::SIGNATURE_ALGORITHMS, vector(&scheme))];
    all.extend(extensions.iter().map(|(kind, content)| (*kind, content.to_vec())));
    [&[0][..], &block(&all)].concat()
}

const FILTERS: &[u8] = &[0, 16, 5, 6, 3, 0x55, 0x1d, 0x0f, 0, 0, 3, 6, 1, 9, 0, 2, 8, 8];

#[test]
fn a_client_is_told_what_the_server_takes() {
    let body = request(&[
        (ExtensionType::SIGNATURE_ALGORITHMS_CERT, &[0, 4, 4, 1, 8, 7]),
        (ExtensionType::CERTIFICATE_AUTHORITIES, &[0, 9, 0, 2, 0x30, 0, 0, 3, 0x30, 1, 0]),
        (ExtensionType::OID_FILTERS, FILTERS),
        (ExtensionType(0xfafa), b"passed over"),
    ]);
    let (mut subject, _) = asked(1, &body);
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    assert!(ask.offers(SignatureScheme::ECDSA_SECP256R1_SHA256));
    assert!(!ask.offers(SignatureScheme::ED25519), "for certificates alone");
    let schemes = ask.certificate_schemes().unwrap();
    assert_eq!(schemes.iter().collect::<Vec<_>>(), [0x0401, 0x0807]);
    let names = ask.authorities().unwrap().iter().collect::<Vec<_>>();
    assert_eq!(names, [&[0x30, 0][..], &[0x30, 1, 0]]);
    let filters = ask.oid_filters().unwrap().iter().collect::<Vec<_>>();
    assert_eq!(filters, [(&[6, 3, 0x55, 0x1d, 0x0f][..], &[][..]), (&[6, 1, 9], &[8, 8])]);
    assert_eq!((ask.server_name(), ask.protocols()), (Some("server"), None));
}

#[test]
fn a_request_that_says_less_tells_less() {
    let (mut subject, _) = asked(1, &request(&[]));
    let Event::ChooseIdentity(ask) = subject.next_event().unwrap() else { panic!("an ask") };
    assert!(ask.certificate_schemes().is_none() && ask.authorities().is_none());
    assert!(ask.oid_filters().is_none());
}

#[test]
fn lists_of_a_request_are_well_formed() {
    use ExtensionType as X;
    let refused: [(ExtensionType, &[u8], PeerMisbehaved); 11] = [
        (X::CERTIFICATE_AUTHORITIES, &[0, 0], PeerMisbehaved::Malformed),
        (X::CERTIFICATE_AUTHORITIES, &[0, 2, 0, 0], PeerMisbehaved::Malformed),
        (X::CERTIFICATE_AUTHORITIES, &[0, 4, 0, 3, 9, 9], PeerMisbehaved::Malformed),
        (X::CERTIFICATE_AUTHORITIES, &[0, 3, 0, 1, 9, 9], PeerMisbehaved::Malformed),
        (X::SIGNATURE_ALGORITHMS_CERT, &[0, 0], PeerMisbehaved::Malformed),
        (X::SIGNATURE_ALGORITHMS_CERT, &[0, 1, 4], PeerMisbehaved::Malformed),
        (X::OID_FILTERS, &[0, 3, 0, 0, 0], PeerMisbehaved::Malformed),
        (X::OID_FILTERS, &[0, 2, 1, 9], PeerMisbehaved::Malformed),
        (X::OID_FILTERS, &[0, 8, 1, 9, 0, 0, 1, 9, 0, 0], PeerMisbehaved::IllegalParameter),
        (X::SIGNATURE_ALGORITHMS, &[0, 2, 4, 3], PeerMisbehaved::DuplicateExtension),
        (X::KEY_SHARE, &[], PeerMisbehaved::MisplacedExtension),
    ];
    for (kind, content, error) in refused {
        let (mut subject, mut puppet) = asked(1, &request(&[(kind, content)]));
        refuses(&mut subject, &mut puppet, &[], error);
    }
}

#[test]
fn repetitions_among_many_filters_are_looked_for_in_the_first() {
    let entry = |number: u8| [2, 9, number, 0, 0];
    let list = |numbers: &[u8]| vector(&numbers.iter().copied().flat_map(entry).collect::<Vec<u8>>());
    let parse = |numbers: &[u8]| {
        let body = request(&[(ExtensionType::OID_FILTERS, &list(numbers))]);
        CertificateRequest::parse(&body).map(|_| ())
    };
    let many: Vec<u8> = (0..200).collect();
    assert_eq!(parse(&many), Ok(()));
    let noted = u8::try_from(crate::limits::OID_FILTERS).unwrap();
    assert!(parse(&[&many[..], &[noted - 1]].concat()).is_err());
    assert_eq!(parse(&[&many[..], &[noted]].concat()), Ok(()));
}
