//! Messages of TLS 1.2 of any bytes are read or refused; what is read is written again as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate::wire::certificate::CertificateVerify;
use tidegate::wire::enums::ExtensionType;
use tidegate::wire::extension::ExtensionSet;
use tidegate::wire::server_hello::ServerHello;
use tidegate::wire::tls12::certificate_request::CertificateRequest;
use tidegate::wire::tls12::new_session_ticket::NewSessionTicket;
use tidegate::wire::tls12::server_key_exchange::{self, ServerKeyExchange};
use tidegate::wire::tls12::{certificate, certificate_request, client_key_exchange};
use tidegate::wire::{HANDSHAKE_HEADER, Writer};

/// Encodes a message again, and compares its body.
fn same(body: &[u8], encode: &dyn Fn(&mut Writer<'_>)) {
    let mut bytes = vec![0; Writer::measure(encode).unwrap()];
    encode(&mut Writer::new(&mut bytes, 0));
    assert_eq!(&bytes[HANDSHAKE_HEADER..], body);
}

fuzz_target!(|data: &[u8]| {
    let Some((&kind, body)) = data.split_first() else { return };
    match kind % 7 {
        0 => {
            let Ok(chain) = certificate::parse(body) else { return };
            same(body, &|w| certificate::encode(w, &|each| chain.iter().for_each(|one| each(one))));
        }
        1 => {
            let Ok(message) = ServerKeyExchange::parse(body) else { return };
            let (params, signed) =
                ((message.group, message.public_value), (message.scheme, message.signature));
            assert!(body.starts_with(message.params));
            same(body, &|w| server_key_exchange::encode(w, params, signed));
        }
        2 => {
            let Ok(value) = client_key_exchange::parse(body) else { return };
            same(body, &|w| client_key_exchange::encode(w, value));
        }
        3 => {
            let Ok(ticket) = NewSessionTicket::parse(body) else { return };
            same(body, &|w| ticket.encode(w));
        }
        4 => {
            let Ok(message) = CertificateRequest::parse(body) else { return };
            let schemes = |each: &mut dyn FnMut(_)| {
                message
                    .signature_algorithms
                    .iter()
                    .for_each(|scheme| each(tidegate::wire::enums::SignatureScheme(scheme)));
            };
            let names = |each: &mut dyn FnMut(&[u8])| message.authorities.iter().for_each(|name| each(name));
            same(body, &|w| certificate_request::encode(w, message.certificate_types, &schemes, &names));
        }
        5 => {
            let Ok(message) = CertificateVerify::parse(body) else { return };
            same(body, &|w| message.encode(w));
        }
        _ => {
            let Ok(hello) = ServerHello::parse(body) else { return };
            let offered = [
                ExtensionType::SERVER_NAME,
                ExtensionType::RENEGOTIATION_INFO,
                ExtensionType::EXTENDED_MASTER_SECRET,
                ExtensionType::SESSION_TICKET,
                ExtensionType::EC_POINT_FORMATS,
            ];
            let offered = offered.into_iter().fold(ExtensionSet::default(), ExtensionSet::with);
            let Ok(extensions) = hello.tls12_extensions(offered) else { return };
            assert!(extensions.record_size_limit.is_none() && extensions.protocol.is_none());
        }
    }
});
