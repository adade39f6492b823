//! Messages of TLS 1.3 of any bytes are read or refused; what is read and can be written is written again as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate::wire::certificate::Certificate;
use tidegate::wire::certificate_request::{self, CertificateRequest};
use tidegate::wire::encrypted_extensions::EncryptedExtensions;
use tidegate::wire::enums::{ExtensionType, NamedGroup, SignatureScheme};
use tidegate::wire::extension::ExtensionSet;
use tidegate::wire::new_session_ticket::NewSessionTicket;
use tidegate::wire::pre_shared_key::{ImportedIdentity, OfferedPsks};
use tidegate::wire::server_hello::{ServerHello, ServerHelloAnswer};
use tidegate::wire::{Writer, encode_key_update, parse_alert, parse_key_update};

/// Everything that a hello of ours may offer.
fn offered() -> ExtensionSet {
    let all = [
        ExtensionType::SERVER_NAME,
        ExtensionType::MAX_FRAGMENT_LENGTH,
        ExtensionType::STATUS_REQUEST,
        ExtensionType::SUPPORTED_GROUPS,
        ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION,
        ExtensionType::CLIENT_CERTIFICATE_TYPE,
        ExtensionType::SERVER_CERTIFICATE_TYPE,
        ExtensionType::RECORD_SIZE_LIMIT,
        ExtensionType::EARLY_DATA,
    ];
    all.into_iter().fold(ExtensionSet::default(), ExtensionSet::with)
}

fn encode(body: &dyn Fn(&mut Writer<'_>)) -> Vec<u8> {
    let mut bytes = vec![0; Writer::measure(body).unwrap()];
    body(&mut Writer::new(&mut bytes, 0));
    bytes
}

fn certificate(body: &[u8]) {
    let Ok(message) = Certificate::parse(body, offered()) else { return };
    assert!(message.chain.iter().all(|certificate| !certificate.is_empty()));
    assert_eq!(message.chain.iter().next().is_none(), message.chain.is_empty());
    assert!(message.chain.ocsp_response().is_none_or(|response| response.len() < body.len()));
    let count = message.chain.iter().count();
    match message.with_raw_public_key() {
        Ok(key) => assert_eq!((count, key.chain.raw_public_key().is_some()), (count.min(1), count == 1)),
        Err(_) => assert!(count > 1),
    }
    let chain = |each: &mut dyn FnMut(&[u8])| message.chain.iter().for_each(each);
    let again = encode(&|w| Certificate::encode_with_context(w, message.request_context, &chain));
    let again = Certificate::parse(&again[4..], offered()).unwrap();
    assert_eq!(again.request_context, message.request_context);
    assert!(again.chain.iter().eq(message.chain.iter()));
}

fn certificate_request(body: &[u8]) {
    let Ok(request) = CertificateRequest::parse(body) else { return };
    assert!(request.signature_algorithms.iter().count() > 0);
    assert!(request.authorities.is_none_or(|names| names.iter().all(|name| !name.is_empty())));
    assert!(request.oid_filters.is_none_or(|all| all.iter().all(|(oid, _)| !oid.is_empty())));
    let of_certificates = request.signature_algorithms_cert.unwrap_or(request.signature_algorithms);
    let schemes =
        |each: &mut dyn FnMut(_)| request.signature_algorithms.iter().map(SignatureScheme).for_each(each);
    let others = |each: &mut dyn FnMut(_)| of_certificates.iter().map(SignatureScheme).for_each(each);
    let names = |each: &mut dyn FnMut(&[u8])| {
        request.authorities.iter().flat_map(|names| names.iter()).for_each(each)
    };
    let again = encode(&|w| certificate_request::encode(w, &schemes, &others, &names));
    let again = CertificateRequest::parse(&again[4..]).unwrap();
    assert!(again.signature_algorithms.iter().eq(request.signature_algorithms.iter()));
    assert!(again.signature_algorithms_cert.unwrap().iter().eq(of_certificates.iter()));
    let listed = |request: CertificateRequest<'_>| {
        request.authorities.map(|names| names.iter().map(<[u8]>::to_vec).collect::<Vec<_>>())
    };
    assert_eq!(listed(again), listed(request));
}

/// A ServerHello or a HelloRetryRequest. What an encoder of ours has no form for is left out: a share of no group, an empty one.
fn server_hello(body: &[u8]) {
    let Ok(hello) = ServerHello::parse(body) else { return };
    let version = hello.selected_version();
    let own = [ExtensionType::KEY_SHARE, ExtensionType::PRE_SHARED_KEY, ExtensionType::SUPPORTED_VERSIONS];
    let offered = own.into_iter().fold(offered(), ExtensionSet::with);
    let read = |hello: &ServerHello<'_>| {
        if hello.is_hello_retry_request() {
            hello.retry_extensions(offered).map(|found| format!("{found:?}"))
        } else {
            hello.extensions(offered).map(|found| format!("{found:?}"))
        }
    };
    let Ok(told) = read(&hello) else { return };
    assert!(version.is_ok());
    let retry = hello.retry_extensions(offered).ok().filter(|_| hello.is_hello_retry_request());
    let found = hello.extensions(offered).ok().filter(|_| retry.is_none());
    let share = found.and_then(|found| found.key_share);
    let group = retry.map_or(share.map(|(group, _)| group), |retry| retry.selected_group);
    if group == Some(NamedGroup(0)) {
        return;
    }
    let answer = ServerHelloAnswer {
        random: hello.random,
        session_id: hello.session_id,
        cipher_suite: hello.cipher_suite,
        group: group.unwrap_or(NamedGroup(0)),
        public_value: found.map(|_| share.map_or(&[][..], |(_, value)| value)),
        cookie: retry.and_then(|retry| retry.cookie),
        pre_shared_key: found.and_then(|found| found.pre_shared_key),
    };
    let again = encode(&|w| answer.encode(w));
    let again = ServerHello::parse(&again[4..]).unwrap();
    assert_eq!((again.random, again.session_id), (hello.random, hello.session_id));
    assert_eq!((again.cipher_suite, read(&again)), (hello.cipher_suite, Ok(told)));
}

fn short_ones(body: &[u8]) {
    if let Ok(request) = parse_key_update(body) {
        assert_eq!(&encode(&|w| encode_key_update(w, request))[4..], body);
    }
    if let Ok((level, description)) = parse_alert(body) {
        assert_eq!([level.0, description.0], body);
    }
}

fn pre_shared_keys(content: &[u8]) {
    let Ok(offered) = OfferedPsks::parse(content) else { return };
    let mut count = 0;
    for psk in offered.iter() {
        assert_eq!(psk.index, count);
        assert!(!psk.identity.is_empty());
        assert!(offered.binder(psk.index).is_some());
        count += 1;
    }
    assert!(count > 0 && offered.binder(count).is_none());
    assert!(offered.binders_len() < content.len());
}

fuzz_target!(|data: &[u8]| {
    let Some((&kind, body)) = data.split_first() else { return };
    match kind % 8 {
        0 => certificate_request(body),
        1 => certificate(body),
        2 => pre_shared_keys(body),
        3 => {
            let Ok(imported) = ImportedIdentity::parse(body) else { return };
            assert_eq!(encode(&|w| imported.encode(w)), body);
        }
        4 => {
            let Ok(ticket) = NewSessionTicket::parse(body) else { return };
            let again = encode(&|w| ticket.encode(w));
            assert_eq!(NewSessionTicket::parse(&again[4..]), Ok(ticket));
        }
        5 => {
            let Ok(message) = EncryptedExtensions::parse(body, offered()) else { return };
            let again = encode(&|w| message.encode(w));
            let again = EncryptedExtensions::parse(&again[4..], offered()).unwrap();
            assert_eq!(format!("{message:?}"), format!("{again:?}"));
        }
        6 => server_hello(body),
        _ => short_ones(body),
    }
});
