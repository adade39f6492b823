//! Hellos, read back and spoilt.

use std::vec::Vec;

use super::super::hello_offer::{OfferedVersions, Tls12Offer};
use super::super::server_hello::{ServerHelloAnswer, ServerHelloExtensions};
use super::body_of;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{CipherSuite, ExtensionType, HandshakeType};
use crate::wire::extension::{Carrier, ExtensionSet, allowed};
use crate::wire::server_hello::ServerHello;
use crate::wire::tests::{OFFER, hello_with_block};
use crate::wire::{ClientHelloOffer, DecodeError};

/// All extensions of a ServerHello, and the set of them.
const EXTENSIONS: ServerHelloExtensions<'static> = ServerHelloExtensions {
    server_name: Some(()),
    protocol: Some(b"h2"),
    record_size_limit: Some(64),
    max_fragment_length: Some(2),
    extended_master_secret: Some(()),
    session_ticket: Some(()),
    ec_point_formats: Some(()),
    renegotiation_info: Some(&[6; 24]),
    #[cfg(feature = "raw-public-keys")]
    server_certificate_type: Some(2),
    #[cfg(feature = "raw-public-keys")]
    client_certificate_type: Some(0),
};

fn all_offered() -> ExtensionSet {
    // Whatever the crate knows: numbers above that have no bit.
    (0..=u16::MAX).map(ExtensionType).fold(ExtensionSet::default(), ExtensionSet::with)
}

fn server_hello(extensions: ServerHelloExtensions<'_>) -> Vec<u8> {
    let cipher_suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    let answer = ServerHelloAnswer { random: &[1; 32], session_id: &[2; 32], cipher_suite, extensions };
    body_of(HandshakeType::SERVER_HELLO, &|w| answer.encode(w))
}

/// What the extensions of a ServerHello with this block are read as.
fn read_block(block: &[u8], offered: ExtensionSet) -> Result<(), DecodeError> {
    let bare = server_hello(ServerHelloExtensions::default());
    let length = u16::try_from(block.len()).unwrap().to_be_bytes();
    let body = [&bare[..], &length, block].concat();
    ServerHello::parse(&body).unwrap().tls12_extensions(offered).map(|_| ())
}

#[test]
fn a_server_hello_reads_back() {
    let body = server_hello(EXTENSIONS);
    let hello = ServerHello::parse(&body).unwrap();
    assert_eq!(hello.legacy_version.0, 0x0303);
    assert_eq!(hello.cipher_suite.0, 0xc02f);
    assert_eq!((hello.session_id, hello.compression_method), (&[2; 32][..], 0));
    assert_eq!(hello.selected_version(), Ok(None));
    assert_eq!(hello.tls12_extensions(all_offered()), Ok(EXTENSIONS));
    let first = ServerHelloExtensions { renegotiation_info: Some(&[]), ..Default::default() };
    let body = server_hello(first);
    assert_eq!(ServerHello::parse(&body).unwrap().tls12_extensions(all_offered()), Ok(first));
    assert!(body.ends_with(&[0, 5, 0xff, 1, 0, 1, 0]));
}

#[test]
fn a_server_hello_without_extensions_ends_before_them() {
    let body = server_hello(ServerHelloExtensions::default());
    assert_eq!(body.len(), 2 + 32 + 33 + 2 + 1);
    let hello = ServerHello::parse(&body).unwrap();
    assert_eq!(hello.tls12_extensions(ExtensionSet::default()), Ok(ServerHelloExtensions::default()));
}

#[test]
fn every_cut_of_the_extensions_of_a_server_hello_is_malformed() {
    let (whole, bare) = (server_hello(EXTENSIONS), server_hello(ServerHelloExtensions::default()));
    let block = &whole[bare.len() + 2..];
    let mut starts = 0;
    for end in 0..block.len() {
        match read_block(&block[..end], all_offered()) {
            // A cut between two extensions leaves a shorter block, and nothing is missing in it.
            Ok(()) => starts += 1,
            Err(error) => assert_eq!(error, DecodeError::Malformed, "cut at {end}"),
        }
    }
    assert_eq!(starts, if cfg!(feature = "raw-public-keys") { 10 } else { 8 });
}

#[test]
fn an_extension_of_a_server_hello_answers_an_offer_and_has_its_place() {
    let info = [0xff, 1, 0, 1, 0];
    assert_eq!(read_block(&info, ExtensionSet::default()), Err(DecodeError::UnsolicitedExtension));
    assert_eq!(read_block(&info.repeat(2), all_offered()), Err(DecodeError::DuplicateExtension));
    // An unknown one was never offered; and one of TLS 1.3 has no place here, offered or not.
    assert_eq!(read_block(&[0x0a, 0x0a, 0, 0], all_offered()), Err(DecodeError::UnsolicitedExtension));
    let versions = [0, 43, 0, 2, 3, 4];
    assert_eq!(read_block(&versions, all_offered()), Err(DecodeError::MisplacedExtension));
    assert_eq!(read_block(&versions, ExtensionSet::default()), Err(DecodeError::UnsolicitedExtension));
}

#[test]
fn the_table_has_a_column_for_the_server_hello() {
    let known = (0..=u16::MAX).map(ExtensionType).filter(|extension| extension.name().is_some());
    let here: Vec<u16> = known
        .filter(|extension| allowed(*extension, Carrier::Tls12ServerHello) == Some(true))
        .map(|extension| extension.0)
        .collect();
    let types: &[u16] = if cfg!(feature = "raw-public-keys") { &[19, 20] } else { &[] };
    assert_eq!(here, [&[0, 1, 10, 11, 16][..], types, &[23, 28, 35, 65281]].concat());
    assert_eq!(allowed(ExtensionType(0x0a0a), Carrier::Tls12ServerHello), None);
    assert_eq!(allowed(ExtensionType::RENEGOTIATION_INFO, Carrier::EncryptedExtensions), Some(false));
}

#[test]
fn illegal_contents_of_a_server_hello_are_refused() {
    let refused = |block: &[u8]| read_block(block, all_offered()).unwrap_err();
    assert_eq!(read_block(&[0, 11, 0, 3, 2, 1, 0], all_offered()), Ok(()), "more formats than one");
    assert_eq!(refused(&[0, 11, 0, 3, 2, 1, 2]), DecodeError::IllegalParameter, "no uncompressed format");
    assert_eq!(refused(&[0, 11, 0, 1, 0]), DecodeError::Malformed, "no format");
    assert_eq!(refused(&[0, 28, 0, 2, 0, 63]), DecodeError::IllegalParameter, "a limit below 64");
    assert_eq!(refused(&[0, 16, 0, 6, 0, 4, 1, b'a', 1, b'b']), DecodeError::Malformed, "two protocols");
    assert_eq!(refused(&[0, 16, 0, 2, 0, 0]), DecodeError::Malformed, "no protocol");
    assert_eq!(refused(&[0xff, 1, 0, 0]), DecodeError::Malformed, "no verify_data, not even an empty one");
    assert_eq!(refused(&[0xff, 1, 0, 2, 0, 0]), DecodeError::Malformed, "more than verify_data");
    for empty in [0, 23, 35] {
        assert_eq!(refused(&[0, empty, 0, 1, 0]), DecodeError::Malformed, "contents in {empty}");
    }
}

const FIRST: Tls12Offer<'static> =
    Tls12Offer { session_ticket: Some(&[]), renegotiation_info: &[], fallback: None };

/// The hello of an offer.
fn with_hello(offer: ClientHelloOffer<'_>, work: impl Fn(ClientHello<'_>)) {
    let body = body_of(HandshakeType::CLIENT_HELLO, &|w| offer.encode(w));
    work(ClientHello::parse(&body).unwrap());
}

#[test]
fn a_client_that_falls_back_says_so() {
    for fallback in [None, Some(())] {
        let offer = Tls12Offer { fallback, ..FIRST };
        let offer = ClientHelloOffer { versions: OfferedVersions::Tls12(offer), ..OFFER };
        with_hello(offer, |hello| {
            let says = hello.cipher_suites.contains(CipherSuite::TLS_FALLBACK_SCSV.0);
            assert_eq!(says, fallback.is_some());
        });
    }
}

#[test]
fn an_offer_of_both_versions_has_what_both_need() {
    let offer = ClientHelloOffer { versions: OfferedVersions::Both(FIRST), ..OFFER };
    with_hello(offer, |hello| {
        let suites: Vec<u16> = hello.cipher_suites.iter().collect();
        assert_eq!(suites, [0x1301, 0x1303, 0xc02b, 0xc02f, 0xcca9, 0xcca8]);
        let extensions = hello.extensions;
        assert!(extensions.supported_versions.unwrap().iter().eq([0x0304, 0x0303]));
        assert!(extensions.key_shares.is_some() && extensions.cookie.is_some());
        assert_eq!(extensions.extended_master_secret, Some(()));
        assert_eq!(extensions.renegotiation_info, Some(&[][..]));
        assert_eq!(extensions.ec_point_formats, Some(&[0][..]));
        assert_eq!(extensions.session_ticket, Some(&[][..]));
    });
    let tls13 = ClientHelloOffer { versions: OfferedVersions::Tls13, ..OFFER }.extensions();
    let tls12 = [11, 23, 35, 65281].map(ExtensionType);
    assert_eq!(offer.extensions(), tls12.into_iter().fold(tls13, ExtensionSet::with));
}

#[test]
fn an_offer_of_tls12_alone_has_nothing_of_tls13() {
    let versions = OfferedVersions::Tls12(Tls12Offer {
        session_ticket: None,
        renegotiation_info: &[8; 12],
        fallback: None,
    });
    let offer = ClientHelloOffer { versions, ..OFFER };
    with_hello(offer, |hello| {
        let suites: Vec<u16> = hello.cipher_suites.iter().collect();
        assert_eq!(suites, [0xc02b, 0xc02f, 0xcca9, 0xcca8]);
        let extensions = hello.extensions;
        assert!(extensions.supported_versions.is_none() && extensions.key_shares.is_none());
        assert!(extensions.psk_key_exchange_modes.is_none() && extensions.cookie.is_none());
        assert!(extensions.supported_groups.is_some() && extensions.signature_algorithms.is_some());
        assert_eq!(extensions.renegotiation_info, Some(&[8; 12][..]));
        assert_eq!(extensions.session_ticket, None);
    });
    let answers = offer.extensions();
    for absent in [35, 43, 44, 51].map(ExtensionType) {
        assert!(!answers.contains(absent), "{absent}");
    }
    for there in [0, 10, 11, 16, 23, 28, 65281].map(ExtensionType) {
        assert!(answers.contains(there), "{there}");
    }
}

#[test]
fn an_offer_of_tls13_alone_has_nothing_of_tls12() {
    with_hello(OFFER, |hello| {
        assert!(hello.cipher_suites.iter().eq([0x1301, 0x1303]));
        assert!(hello.extensions.supported_versions.unwrap().iter().eq([0x0304]));
        assert_eq!(hello.extensions.extended_master_secret, None);
        assert_eq!(hello.extensions.session_ticket, None);
        assert_eq!(hello.extensions.renegotiation_info, None);
        assert_eq!(hello.extensions.ec_point_formats, None);
    });
}

#[test]
fn illegal_contents_of_a_client_hello_are_refused() {
    let blocks: [&[u8]; 5] = [
        &[0, 23, 0, 1, 0],
        &[0, 11, 0, 1, 0],
        &[0, 11, 0, 3, 1, 0, 0],
        &[0xff, 1, 0, 0],
        &[0xff, 1, 0, 2, 2, 0],
    ];
    for block in blocks {
        let error = ClientHello::parse(&hello_with_block(block)).unwrap_err();
        assert_eq!(error, DecodeError::Malformed, "{block:?}");
    }
    let ticket = hello_with_block(&[0, 35, 0, 3, 1, 2, 3]);
    assert_eq!(ClientHello::parse(&ticket).unwrap().extensions.session_ticket, Some(&[1, 2, 3][..]));
}
