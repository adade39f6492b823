//! Round trips and refusals of TLS 1.2's messages.

mod hellos;

use std::vec::Vec;

use super::certificate_request::{self, CertificateRequest, ECDSA_SIGN, RSA_SIGN};
use super::new_session_ticket::NewSessionTicket;
use super::server_key_exchange::{self, ServerKeyExchange};
use super::{certificate, client_key_exchange, hello_request, server_hello_done};
use crate::wire::enums::{Authentication, CipherSuite, HandshakeType, NamedGroup, SignatureScheme};
use crate::wire::tests::encode;
use crate::wire::{DecodeError, Writer};

/// The body of a message of this type.
fn body_of(kind: HandshakeType, message: &dyn Fn(&mut Writer<'_>)) -> Vec<u8> {
    let bytes = encode(message);
    let (header, body) = bytes.split_first_chunk().unwrap();
    assert_eq!(crate::wire::parse_handshake_header(*header), (kind, body.len()));
    body.to_vec()
}

/// Every cut of a body is malformed, and so is a byte too many.
fn assert_one_length(body: &[u8], error: impl Fn(&[u8]) -> Option<DecodeError>) {
    for end in 0..body.len() {
        assert_eq!(error(&body[..end]), Some(DecodeError::Malformed), "cut at {end}");
    }
    let longer = [body, &[0]].concat();
    assert_eq!(error(&longer), Some(DecodeError::Malformed), "one byte more");
}

#[test]
fn suites_lead_to_their_variants_and_back() {
    for suite in [0x1301, 0x1302, 0x1303].map(CipherSuite) {
        let [ecdsa, rsa] = suite.tls12_variants() else { panic!("two variants of {suite}") };
        assert_eq!(ecdsa.tls12_parts(), Some((Authentication::Ecdsa, suite)));
        assert_eq!(rsa.tls12_parts(), Some((Authentication::Rsa, suite)));
        let name = suite.name().unwrap().strip_prefix("TLS_").unwrap();
        assert!(ecdsa.name().unwrap().ends_with(&std::format!("ECDHE_ECDSA_WITH_{name}")));
        assert!(rsa.name().unwrap().ends_with(&std::format!("ECDHE_RSA_WITH_{name}")));
        assert_eq!(suite.tls12_parts(), None);
    }
    assert!(CipherSuite::TLS_FALLBACK_SCSV.tls12_variants().is_empty());
    assert_eq!(CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV.tls12_parts(), None);
}

#[test]
fn a_chain_of_certificates_alone_reads_back() {
    let message = |w: &mut Writer<'_>| {
        certificate::encode(w, &|each| [&b"leaf"[..], b"root"].into_iter().for_each(&mut *each));
    };
    let body = body_of(HandshakeType::CERTIFICATE, &message);
    assert_eq!(body, b"\x00\x00\x0e\x00\x00\x04leaf\x00\x00\x04root");
    let chain = certificate::parse(&body).unwrap();
    assert_eq!(chain.iter().collect::<Vec<_>>(), [b"leaf", b"root"]);
    assert_eq!(chain.ocsp_response(), None);
    assert!(!chain.is_empty());
    assert_one_length(&body, |body| certificate::parse(body).err());
}

#[test]
fn a_chain_may_be_empty_and_a_certificate_may_not() {
    let body = body_of(HandshakeType::CERTIFICATE, &|w| certificate::encode(w, &|_| ()));
    assert!(certificate::parse(&body).unwrap().is_empty());
    assert_eq!(certificate::parse(&[0, 0, 3, 0, 0, 0]).unwrap_err(), DecodeError::Malformed);
    // An entry cut in the list, though the list is whole.
    assert_eq!(certificate::parse(&[0, 0, 4, 0, 0, 2, 1]).unwrap_err(), DecodeError::Malformed);
}

#[test]
fn a_server_key_exchange_reads_back_with_what_is_signed() {
    let share = (NamedGroup::X25519, &[5; 32][..]);
    let signed = (SignatureScheme::ECDSA_SECP256R1_SHA256, &b"signature"[..]);
    let message = |w: &mut Writer<'_>| server_key_exchange::encode(w, share, signed);
    let body = body_of(HandshakeType::SERVER_KEY_EXCHANGE, &message);
    let read = ServerKeyExchange::parse(&body).unwrap();
    assert_eq!((read.group, read.public_value), share);
    assert_eq!((read.scheme, read.signature), signed);
    assert_eq!(read.params, encode(&|w| server_key_exchange::encode_params(w, share.0, share.1)));
    assert_eq!(read.params, [&[3, 0, 29, 32][..], &[5; 32]].concat());
    assert_one_length(&body, |body| ServerKeyExchange::parse(body).err());
}

#[test]
fn a_spelled_out_curve_and_an_empty_point_are_refused() {
    for curve_type in [0, 1, 2, 4, 255] {
        let body = [curve_type, 0, 29, 1, 7, 4, 3, 0, 1, 9];
        assert_eq!(ServerKeyExchange::parse(&body).unwrap_err(), DecodeError::IllegalParameter);
    }
    assert!(ServerKeyExchange::parse(&[3, 0, 29, 1, 7, 4, 3, 0, 1, 9]).is_ok());
    assert_eq!(ServerKeyExchange::parse(&[3, 0, 29, 0, 4, 3, 0, 1, 9]).unwrap_err(), DecodeError::Malformed);
    assert_eq!(client_key_exchange::parse(&[0]).unwrap_err(), DecodeError::Malformed);
}

#[test]
fn a_client_key_exchange_reads_back() {
    let message = |w: &mut Writer<'_>| client_key_exchange::encode(w, &[4; 65]);
    let body = body_of(HandshakeType::CLIENT_KEY_EXCHANGE, &message);
    assert_eq!(client_key_exchange::parse(&body), Ok(&[4; 65][..]));
    assert_one_length(&body, |body| client_key_exchange::parse(body).err());
}

#[test]
fn a_certificate_request_reads_back() {
    let schemes = [SignatureScheme::ED25519, SignatureScheme::RSA_PSS_RSAE_SHA256];
    for authorities in [&[&b"one"[..], b"another"][..], &[]] {
        let message = |w: &mut Writer<'_>| {
            certificate_request::encode(
                w,
                &[RSA_SIGN, ECDSA_SIGN],
                &|each| schemes.into_iter().for_each(each),
                &|each| authorities.iter().for_each(|name| each(name)),
            );
        };
        let body = body_of(HandshakeType::CERTIFICATE_REQUEST, &message);
        let request = CertificateRequest::parse(&body).unwrap();
        assert_eq!(request.certificate_types, [1, 64]);
        assert!(request.signature_algorithms.iter().eq(schemes.map(|scheme| scheme.0)));
        assert_eq!(request.authorities.iter().collect::<Vec<_>>(), authorities);
        assert_one_length(&body, |body| CertificateRequest::parse(body).err());
    }
}

#[test]
fn a_certificate_request_must_name_types_and_schemes_and_no_empty_authority() {
    let bodies: [&[u8]; 4] = [
        &[0, 0, 2, 4, 3, 0, 0],
        &[1, 64, 0, 0, 0, 0],
        &[1, 64, 0, 1, 4, 0, 0],
        &[1, 64, 0, 2, 4, 3, 0, 2, 0, 0],
    ];
    for body in bodies {
        assert_eq!(CertificateRequest::parse(body).unwrap_err(), DecodeError::Malformed, "{body:?}");
    }
}

#[test]
fn a_ticket_reads_back_and_may_be_empty() {
    for ticket in [&b"ticket"[..], b""] {
        let ticket = NewSessionTicket { lifetime_hint: 0x0102_0304, ticket };
        let body = body_of(HandshakeType::NEW_SESSION_TICKET, &|w| ticket.encode(w));
        assert_eq!(body[..4], [1, 2, 3, 4]);
        assert_eq!(NewSessionTicket::parse(&body), Ok(ticket));
        assert_one_length(&body, |body| NewSessionTicket::parse(body).err());
    }
}

#[test]
fn messages_without_a_body_have_none() {
    assert_eq!(encode(&|w| hello_request::encode(w)), [0; 4]);
    assert_eq!(encode(&|w| server_hello_done::encode(w)), [14, 0, 0, 0]);
    assert_one_length(&[], |body| hello_request::parse(body).err());
    assert_one_length(&[], |body| server_hello_done::parse(body).err());
    assert_eq!((hello_request::parse(&[]), server_hello_done::parse(&[])), (Ok(()), Ok(())));
}
