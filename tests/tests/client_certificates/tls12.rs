//! Certificates of clients, in TLS 1.2.

use std::cell::Cell;

use tidegate::config::{PeerCertificate, Permission, Resumption};
use tidegate::error::{CertificateError, PeerIncompatible, PeerMisbehaved, Refused};
use tidegate::wire::enums::{AlertDescription, CipherSuite};
use tidegate::{Error, SessionKind};
use tidegate_tests::pair::now;
use tidegate_tests::pki::Pki;

use crate::duo::{Duo, Shows, client, nobody};

#[test]
fn a_client_shows_its_certificate_to_a_server_that_asks() {
    let ciphers = [
        CipherSuite::TLS_AES_128_GCM_SHA256,
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    ];
    for kind in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384] {
        for cipher in ciphers {
            for wish in [PeerCertificate::Requested, PeerCertificate::Required] {
                let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
                let mut duo = Duo::with(server, client(kind), wish, |common| {
                    common.cipher_suites = [cipher].into_iter().collect();
                });
                duo.assert_connected();
                assert!(duo.server.peer_certificate_digest().is_some());
            }
        }
    }
}

#[test]
fn it_does_so_in_any_chunks() {
    for chunk in [1, 50] {
        let mut duo = Duo::new(client(&rcgen::PKCS_ECDSA_P384_SHA384), PeerCertificate::Required);
        duo.chunk = chunk;
        duo.assert_connected();
    }
}

#[test]
fn a_server_that_does_not_ask_is_shown_none() {
    let mut duo = Duo::new(client(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::None);
    duo.assert_connected();
    assert!(duo.server.peer_certificate_digest().is_none());
}

#[test]
fn a_client_without_certificates_comes_in_where_none_is_required() {
    let mut duo = Duo::new(nobody(), PeerCertificate::Requested);
    duo.assert_connected();
    assert!(duo.server.peer_certificate_digest().is_none());
    let mut duo = Duo::new(nobody(), PeerCertificate::Required);
    let refused = Error::from(PeerIncompatible::ClientCertificate);
    let alert = Error::AlertReceived(AlertDescription::HANDSHAKE_FAILURE);
    let mut errors = duo.settle();
    errors[0] = errors[0].or(duo.client.error());
    assert_eq!(errors, [Some(alert), Some(refused)]);
}

#[test]
fn an_ed25519_key_signs_no_digest_and_is_not_shown() {
    let mut duo = Duo::new(client(&rcgen::PKCS_ED25519), PeerCertificate::Requested);
    duo.assert_connected();
    assert!(duo.server.peer_certificate_digest().is_none());
}

#[test]
fn a_certificate_of_somebody_else_is_refused() {
    let mut duo = Duo::new(client(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::Required);
    duo.own.root = client(&rcgen::PKCS_ECDSA_P256_SHA256).root;
    let [_, server] = duo.settle();
    let refused = |error| Some(Error::from(Refused::Certificate(error)));
    // Both roots have one name.
    assert!(
        [refused(CertificateError::BadSignature), refused(CertificateError::UnknownIssuer)].contains(&server)
    );
}

#[test]
fn a_certificate_for_servers_is_refused() {
    let mut duo = Duo::new(Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::Required);
    let [_, server] = duo.settle();
    assert_eq!(server, Some(Refused::Certificate(CertificateError::WrongUsage).into()));
}

#[test]
fn a_client_must_have_the_key() {
    let mut duo = Duo::new(client(&rcgen::PKCS_ECDSA_P256_SHA256), PeerCertificate::Required);
    duo.own.key = client(&rcgen::PKCS_ECDSA_P256_SHA256).key;
    let [_, server] = duo.settle();
    assert_eq!(server, Some(PeerMisbehaved::BadSignature.into()));
}

#[test]
fn a_renegotiation_shows_it_again() {
    let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let own = client(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut duo = Duo::with(server, own, PeerCertificate::Required, |common| {
        common.renegotiation.by_us = Permission::Granted;
        common.renegotiation.by_peer = Permission::Granted;
    });
    duo.assert_connected();
    duo.client.renegotiate().unwrap();
    duo.assert_connected();
    duo.server.renegotiate().unwrap();
    duo.assert_connected();
    assert!(!duo.server.is_renegotiation_pending());
}

/// Whoever shows a certificate has proved in its handshake's end that it is its own, and data still comes before.
#[test]
fn what_is_shown_in_a_renegotiation_counts_when_that_is_done() {
    let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let own = client(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut duo = Duo::with(server, own, PeerCertificate::Requested, |common| {
        common.renegotiation.by_us = Permission::Granted;
        common.renegotiation.by_peer = Permission::Granted;
        common.renegotiation.new_identity = Permission::Granted;
    });
    duo.chunk = 20;
    let mut before: Option<Vec<u8>> = None;
    for shows in [Shows::Nothing, Shows::Own, Shows::Nothing] {
        duo.shows = shows;
        let moments = Cell::new(0);
        let errors = duo.settle_under(|server| {
            if server.is_handshaking() {
                moments.set(moments.get() + 1);
                assert_eq!(server.peer_certificate_digest(), before.as_deref());
            }
        });
        assert_eq!(errors, [None, None]);
        assert!(moments.get() > 20, "{}", moments.get());
        before = duo.server.peer_certificate_digest().map(<[u8]>::to_vec);
        assert_eq!(before.is_some(), shows == Shows::Own);
        duo.server.renegotiate().unwrap();
    }
}

#[test]
fn a_session_that_goes_on_remembers_who_it_was() {
    let change = |common: &mut tidegate::config::Common| common.resumption = Resumption::ByTicket;
    let (server, own) = (Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256), client(&rcgen::PKCS_ECDSA_P256_SHA256));
    let mut duo = Duo::with(server.clone(), own.clone(), PeerCertificate::Required, change);
    duo.assert_connected();
    let who = duo.server.peer_certificate_digest().unwrap().to_vec();
    let mut session = vec![0; tidegate::MAX_CLIENT_SESSION];
    let length = duo.client.session().unwrap().encode(now().unwrap(), &mut session).unwrap();
    let mut next = Duo::with(server, own, PeerCertificate::Required, change);
    next.sessions = duo.sessions;
    next.client.resume(&session[..length], now().unwrap()).unwrap();
    next.assert_connected();
    for negotiated in [next.client.negotiated(), next.server.negotiated()] {
        assert_eq!(negotiated.session, SessionKind::Resumed);
        assert_eq!(negotiated.group, duo.client.negotiated().group, "that of the session");
        assert_eq!(negotiated.signature_scheme, None);
    }
    assert_eq!(next.server.peer_certificate_digest(), Some(&*who));
}

#[test]
fn a_session_without_a_certificate_does_not_stand_in_for_one() {
    let change = |common: &mut tidegate::config::Common| common.resumption = Resumption::ByTicket;
    let server = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut duo = Duo::with(server.clone(), nobody(), PeerCertificate::None, change);
    duo.assert_connected();
    let mut session = vec![0; tidegate::MAX_CLIENT_SESSION];
    let length = duo.client.session().unwrap().encode(now().unwrap(), &mut session).unwrap();
    let own = client(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut next = Duo::with(server, own, PeerCertificate::Required, change);
    next.sessions = duo.sessions;
    next.client.resume(&session[..length], now().unwrap()).unwrap();
    next.assert_connected();
    assert_eq!(next.server.negotiated().session, SessionKind::New);
}
