//! Messages of TLS 1.3 of any bytes are read or refused; what is read and can be written is written again as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate::wire::Writer;
use tidegate::wire::certificate::Certificate;
use tidegate::wire::certificate_request::CertificateRequest;
use tidegate::wire::encrypted_extensions::EncryptedExtensions;
use tidegate::wire::enums::ExtensionType;
use tidegate::wire::extension::ExtensionSet;
use tidegate::wire::new_session_ticket::NewSessionTicket;
use tidegate::wire::pre_shared_key::{ImportedIdentity, OfferedPsks};

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
    match kind % 6 {
        0 => {
            let Ok(request) = CertificateRequest::parse(body) else { return };
            assert!(request.signature_algorithms.iter().count() > 0);
            assert!(request.authorities.is_none_or(|names| names.iter().all(|name| !name.is_empty())));
            assert!(request.oid_filters.is_none_or(|all| all.iter().all(|(oid, _)| !oid.is_empty())));
        }
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
        _ => {
            let Ok(message) = EncryptedExtensions::parse(body, offered()) else { return };
            let again = encode(&|w| message.encode(w));
            let again = EncryptedExtensions::parse(&again[4..], offered()).unwrap();
            assert_eq!(format!("{message:?}"), format!("{again:?}"));
        }
    }
});
