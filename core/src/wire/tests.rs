//! Round trips and refusals of the wire codec.

use std::vec::Vec;

use super::client_hello::ClientHello;
use super::encrypted_extensions::EncryptedExtensions;
use super::enums::{CipherSuite, ExtensionType, HandshakeType, NamedGroup, SignatureScheme};
use super::extension::ExtensionSet;
use super::server_hello::{ServerHello, ServerHelloAnswer};
#[cfg(feature = "tls12")]
use super::tls12::hello_offer::OfferedVersions;
use super::{ClientHelloOffer, DecodeError, Writer, parse_alert, parse_key_update};

pub(super) const OFFER: ClientHelloOffer<'static> = ClientHelloOffer {
    random: &[7; 32],
    session_id: &[9; 32],
    cipher_suites: &[CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_CHACHA20_POLY1305_SHA256],
    server_name: Some("example.com"),
    groups: &[NamedGroup::X25519, NamedGroup::SECP256R1],
    signature_algorithms: Some(&|each| each(SignatureScheme::ED25519)),
    signature_algorithms_cert: &|each| each(SignatureScheme::RSA_PKCS1_SHA256),
    protocols: b"\x02h2\x08http/1.1",
    record_size_limit: Some(2049),
    max_fragment_length: Some(3),
    cookie: Some(b"cookie"),
    #[cfg(feature = "post-handshake-auth")]
    post_handshake_auth: None,
    #[cfg(feature = "ocsp")]
    status_request: None,
    #[cfg(feature = "raw-public-keys")]
    server_certificate_types: &[],
    #[cfg(feature = "raw-public-keys")]
    client_certificate_types: &[],
    key_share: (NamedGroup::X25519, &[5; 32]),
    #[cfg(feature = "mlkem")]
    second_key_share: None,
    #[cfg(feature = "psk")]
    psk: super::pre_shared_key::PskOffer {
        modes: &[super::enums::PskKeyExchangeMode::PSK_DHE_KE],
        psks: None,
        #[cfg(feature = "early-data")]
        early_data: None,
    },
    #[cfg(feature = "tls12")]
    versions: OfferedVersions::Tls13,
};

/// A message, its header included.
pub(super) fn encode(body: &dyn Fn(&mut Writer<'_>)) -> Vec<u8> {
    let mut bytes = std::vec![0; Writer::measure(body).unwrap()];
    body(&mut Writer::new(&mut bytes, 0));
    bytes
}

fn offer_bytes() -> Vec<u8> {
    encode(&|w| OFFER.encode(w))
}

/// A ClientHello body whose extension block is `block`.
pub(super) fn hello_with_block(block: &[u8]) -> Vec<u8> {
    encode(&|w| {
        w.u16(0x0303);
        w.put(&[0; 32]);
        w.vec_u8(&|_| ());
        w.vec_u16(&|w| w.u16(0x1301));
        w.vec_u8(&|w| w.u8(0));
        w.vec_u16(&|w| w.put(block));
    })
}

#[test]
fn an_offer_reads_back_as_it_was_made() {
    let bytes = offer_bytes();
    assert_eq!(bytes[0], HandshakeType::CLIENT_HELLO.0);
    let hello = ClientHello::parse(&bytes[4..]).unwrap();
    assert_eq!(hello.session_id, [9; 32]);
    assert_eq!(hello.cipher_suites.iter().collect::<Vec<_>>(), [0x1301, 0x1303]);
    let extensions = hello.extensions;
    assert_eq!(extensions.server_name, Some(&b"example.com"[..]));
    assert_eq!(extensions.protocols.unwrap().iter().collect::<Vec<_>>(), [&b"h2"[..], b"http/1.1"]);
    assert_eq!(extensions.key_shares.unwrap().find(NamedGroup::X25519), Some(&[5; 32][..]));
    assert_eq!(extensions.cookie, Some(&b"cookie"[..]));
    assert_eq!(extensions.record_size_limit, Some(2049));
    assert_eq!(extensions.max_fragment_length, Some(3));
    assert!(extensions.supported_versions.unwrap().contains(0x0304));
}

#[test]
fn a_message_in_pieces_is_the_message() {
    let whole = offer_bytes();
    for piece in 1..whole.len() {
        let mut joined = Vec::new();
        while joined.len() < whole.len() {
            let mut room = std::vec![0; piece];
            let mut writer = Writer::new(&mut room, joined.len());
            OFFER.encode(&mut writer);
            assert_eq!(writer.total(), whole.len());
            let written = writer.written();
            joined.extend_from_slice(&room[..written]);
        }
        assert_eq!(joined, whole);
    }
}

#[test]
fn every_cut_hello_is_malformed() {
    let bytes = offer_bytes();
    let body = &bytes[4..];
    for end in (0..body.len()).filter(|end| *end != 32 + 2 + 33 + 6 + 2) {
        assert_eq!(ClientHello::parse(&body[..end]).unwrap_err(), DecodeError::Malformed, "cut at {end}");
    }
}

#[test]
fn a_length_that_does_not_fit_its_field_is_noticed() {
    assert_eq!(Writer::measure(&|w| w.vec_u8(&|w| w.put(&[0; 256]))), None);
    assert_eq!(Writer::measure(&|w| w.vec_u8(&|w| w.put(&[0; 255]))), Some(256));
}

#[test]
fn repeated_extensions_are_refused_known_or_not() {
    for extension in [ExtensionType::EARLY_DATA.0, 0x1234] {
        let [high, low] = extension.to_be_bytes();
        let block = [high, low, 0, 0].repeat(2);
        let error = ClientHello::parse(&hello_with_block(&block)).unwrap_err();
        assert_eq!(error, DecodeError::DuplicateExtension);
    }
}

#[test]
fn repetitions_among_many_unknown_extensions_are_looked_for_in_the_first() {
    const NOTED: u16 = crate::limits::UNKNOWN_EXTENSIONS as u16;
    let parse = |last: u16| {
        let kinds = (0..2 * NOTED).chain([last]).map(|number| 0x4000 + number);
        let block: Vec<u8> = kinds.flat_map(|kind| [kind.to_be_bytes(), [0, 0]].concat()).collect();
        ClientHello::parse(&hello_with_block(&block)).map(|_| ())
    };
    assert_eq!(parse(NOTED - 1), Err(DecodeError::DuplicateExtension));
    assert_eq!(parse(NOTED), Ok(()));
}

#[test]
fn misplaced_and_unsolicited_extensions_are_told_apart() {
    let offered = ExtensionSet::default().with(ExtensionType::KEY_SHARE);
    let body = |extension: ExtensionType| {
        encode(&|w| {
            w.vec_u16(&|w| {
                w.u16(extension.0);
                w.vec_u16(&|_| ());
            })
        })
    };
    let parse = |extension| EncryptedExtensions::parse(&body(extension), offered).unwrap_err();
    assert_eq!(parse(ExtensionType::KEY_SHARE), DecodeError::MisplacedExtension);
    assert_eq!(parse(ExtensionType::SERVER_NAME), DecodeError::UnsolicitedExtension);
    assert_eq!(parse(ExtensionType(0x0a0a)), DecodeError::UnsolicitedExtension);
}

#[test]
fn pre_shared_key_must_be_last() {
    let psk = [0, 41, 0, 1, 0];
    let unknown = [0x12, 0x34, 0, 0];
    assert!(ClientHello::parse(&hello_with_block(&[&unknown[..], &psk].concat())).is_ok());
    let error = ClientHello::parse(&hello_with_block(&[&psk[..], &unknown].concat())).unwrap_err();
    assert_eq!(error, DecodeError::IllegalParameter);
}

#[test]
fn two_key_shares_of_one_group_are_refused() {
    let share = [0, 29, 0, 1, 1];
    let block = [&[0, 51, 0, 12, 0, 10][..], &share, &share].concat();
    assert_eq!(ClientHello::parse(&hello_with_block(&block)).unwrap_err(), DecodeError::IllegalParameter);
}

#[test]
fn server_hello_and_retry_are_told_apart_by_the_random() {
    let offered =
        ExtensionSet::default().with(ExtensionType::KEY_SHARE).with(ExtensionType::SUPPORTED_VERSIONS);
    let answer = ServerHelloAnswer {
        random: &[1; 32],
        session_id: &[2; 32],
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        group: NamedGroup::X25519,
        public_value: Some(&[3; 32]),
        #[cfg(feature = "cookies")]
        cookie: None,
        #[cfg(feature = "psk")]
        pre_shared_key: None,
    };
    let bytes = encode(&|w| answer.encode(w));
    let hello = ServerHello::parse(&bytes[4..]).unwrap();
    assert!(!hello.is_hello_retry_request());
    let share = hello.extensions(offered).unwrap().key_share;
    assert_eq!(share, Some((NamedGroup::X25519, &[3; 32][..])));

    let retry = ServerHelloAnswer { public_value: None, ..answer };
    let bytes = encode(&|w| retry.encode(w));
    let hello = ServerHello::parse(&bytes[4..]).unwrap();
    assert!(hello.is_hello_retry_request());
    assert_eq!(hello.retry_extensions(offered).unwrap().selected_group, Some(NamedGroup::X25519));
}

#[test]
fn small_messages_have_one_length() {
    assert!(parse_key_update(&[0]).is_ok());
    assert_eq!(parse_key_update(&[2]).unwrap_err(), DecodeError::IllegalParameter);
    assert_eq!(parse_key_update(&[0, 0]).unwrap_err(), DecodeError::Malformed);
    assert_eq!(parse_alert(&[2]).unwrap_err(), DecodeError::Malformed);
    assert_eq!(parse_alert(&[2, 40, 1]).unwrap_err(), DecodeError::Malformed);
}

#[cfg(feature = "ocsp")]
#[test]
fn an_ocsp_response_is_found_behind_another_extension() {
    let offered = ExtensionSet::default()
        .with(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP)
        .with(ExtensionType::STATUS_REQUEST);
    let timestamps: &[u8] = &[0, 18, 0, 5, 1, 0, 0, 1, 7];
    let status: &[u8] = &[0, 5, 0, 5, 1, 0, 0, 1, 9];
    let entry = [&[0, 0, 1, b'c', 0, 18], timestamps, status].concat();
    let body = [&[0, 0, 0, entry.len() as u8], &entry[..]].concat();
    let chain = super::certificate::Certificate::parse(&body, offered).unwrap().chain;
    assert_eq!(chain.ocsp_response(), Some(&[9][..]));
}
