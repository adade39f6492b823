//! Certificates of clients, in TLS 1.3.

use tidegate::Error;
use tidegate::config::{Common, PeerCertificate, Versions};
use tidegate::error::{CertificateError, PeerIncompatible, PeerMisbehaved, Refused};
use tidegate::wire::enums::{AlertDescription, CipherSuite, ProtocolVersion};
use tidegate_tests::pki::Pki;

use crate::duo::{Duo, Shows, client, nobody};

fn tls13(common: &mut Common) {
    common.versions = Versions::Tls13;
}

fn duo(own: Pki, wish: PeerCertificate) -> Duo {
    Duo::with(Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256), own, wish, tls13)
}

#[test]
fn a_client_shows_its_certificate_to_a_server_that_asks() {
    let ciphers = [
        CipherSuite::TLS_AES_128_GCM_SHA256,
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    ];
    let kinds = [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ED25519];
    for (kind, cipher) in kinds.into_iter().flat_map(|kind| ciphers.map(|cipher| (kind, cipher))) {
        for wish in [PeerCertificate::Requested, PeerCertificate::Required] {
            let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
            let mut duo = Duo::with(server, client(kind), wish, |common| {
                tls13(common);
                common.cipher_suites = [cipher].into_iter().collect();
            });
            duo.assert_connected();
            assert_eq!(duo.judged, duo.own.chain.len());
        }
    }
}

#[test]
fn it_does_so_in_any_chunks() {
    for chunk in [1, 50] {
        let mut duo = duo(client(&rcgen::PKCS_ECDSA_P384_SHA384), PeerCertificate::Required);
        duo.chunk = chunk;
        duo.assert_connected();
        assert!(duo.judged > 0);
    }
}

#[test]
fn whichever_version_is_chosen_it_is_asked_for() {
    use Versions::{Both, Tls12, Tls13};
    let (v12, v13) = (ProtocolVersion::TLS_1_2, ProtocolVersion::TLS_1_3);
    for (versions, expected) in [(Both, v13), (Tls13, v13), (Tls12, v12)] {
        let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
        let own = client(&rcgen::PKCS_ECDSA_P256_SHA256);
        let mut duo = Duo::with(server, own, PeerCertificate::Required, |common| common.versions = versions);
        duo.assert_connected();
        assert_eq!((duo.server.negotiated().version(), duo.judged > 0), (Some(expected), true));
    }
}

#[test]
fn a_server_that_does_not_ask_is_shown_none() {
    let mut duo = duo(client(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::None);
    duo.assert_connected();
    assert_eq!(duo.judged, 0);
}

#[test]
fn a_client_without_certificates_comes_in_where_none_is_required() {
    for (own, shows) in [(nobody(), Shows::Own), (client(&rcgen::PKCS_ED25519), Shows::Nothing)] {
        let mut duo = duo(own.clone(), PeerCertificate::Requested);
        duo.shows = shows;
        duo.assert_connected();
        assert_eq!(duo.judged, 0);
        let mut duo = self::duo(own, PeerCertificate::Required);
        duo.shows = shows;
        duo.settle();
        let refused = Error::from(PeerIncompatible::CertificateRequired);
        let alert = Error::AlertReceived(AlertDescription::CERTIFICATE_REQUIRED);
        assert_eq!([duo.client.error(), duo.server.error()], [Some(alert), Some(refused)]);
    }
}

#[test]
fn a_certificate_of_somebody_else_is_refused() {
    let mut duo = duo(client(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::Requested);
    duo.own.root = client(&rcgen::PKCS_ECDSA_P256_SHA256).root;
    duo.settle();
    let refused = |error| Some(Error::from(Refused::Certificate(error)));
    // Both roots have one name.
    let either = [refused(CertificateError::BadSignature), refused(CertificateError::UnknownIssuer)];
    assert!(either.contains(&duo.server.error()));
}

#[test]
fn a_certificate_for_servers_is_refused() {
    let mut duo = duo(Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::Required);
    duo.settle();
    assert_eq!(duo.server.error(), Some(Refused::Certificate(CertificateError::WrongUsage).into()));
}

#[test]
fn a_client_must_have_the_key() {
    let mut duo = duo(client(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::Required);
    duo.own.key = client(&rcgen::PKCS_ECDSA_P256_SHA256).key;
    duo.settle();
    assert_eq!(duo.server.error(), Some(PeerMisbehaved::BadSignature.into()));
    assert_eq!(duo.client.error(), Some(Error::AlertReceived(AlertDescription::DECRYPT_ERROR)));
}
