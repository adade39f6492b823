//! Certificates of clients: SSL_CTX_set_verify(3), SSL_CTX_load_verify_locations(3).

use std::sync::{Arc, Mutex};

use pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use tidegate::error::{CertificateError, Error, PeerIncompatible, Refused};
use tidegate::modes::Modes;
use tidegate::wire::enums::{AlertDescription, ProtocolVersion};
use tidegate_std::openssl::{
    BioPair, ErrorCode, Reason, SessionCacheMode, Ssl, SslContext, SslSession, VerifyMode,
};

use tidegate_std::{IdentityChoice, Roots};

use crate::duo::{Duo, context};
use crate::pki::Pki;

fn roots(pki: &Pki) -> Roots {
    let mut roots = Roots::new();
    roots.add(&pki.root).unwrap();
    roots
}

/// As [`contexts`], in TLS 1.2.
fn contexts12() -> (SslContext, SslContext) {
    let (client, server) = contexts();
    assert_eq!(server.set_max_proto_version(ProtocolVersion::TLS_1_2), 1);
    (client, server)
}

/// Contexts of a client without certificates and of a server.
fn contexts() -> (SslContext, SslContext) {
    let (pki, [client, server]) = (Pki::new(), [SslContext::new(), SslContext::new()]);
    client.set_verifier(roots(&pki));
    server.set_identities([pki.identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256)]);
    (client, server)
}

/// Drives both ends until nothing moves; the results of their last calls.
fn shake(client: &SslContext, server: &SslContext) -> (Duo, [i32; 2]) {
    let (here, there) = BioPair::new(0, 0);
    let mut duo = Duo { client: Ssl::new(client, here), server: Ssl::new(server, there) };
    duo.client.set_host_name("localhost");
    let mut results = [-1; 2];
    for _ in 0..6 {
        results = [duo.client.connect(), duo.server.accept()];
    }
    (duo, results)
}

#[test]
fn a_client_shows_its_certificate_to_a_server_that_asks() {
    let clients = Pki::new();
    for (mode, shown) in [(VerifyMode::None, 0), (VerifyMode::Peer, 1), (VerifyMode::PeerFailIfNoPeerCert, 1)]
    {
        for (contexts, version) in [(contexts as Contexts, "TLSv1.3"), (contexts12, "TLSv1.2")] {
            shows(contexts(), &clients, (mode, shown), version);
        }
    }
}

type Contexts = fn() -> (SslContext, SslContext);

fn shows(
    (client, server): (SslContext, SslContext),
    clients: &Pki,
    (mode, shown): (VerifyMode, usize),
    version: &str,
) {
    let identity = clients.identity("client", &rcgen::PKCS_ECDSA_P384_SHA384);
    let own = identity.chain().to_vec();
    client.set_identities([identity]);
    server.set_client_verifier(roots(clients));
    server.set_verify(mode);
    assert_eq!(server.get_verify_mode(), mode);
    let (duo, results) = shake(&client, &server);
    assert_eq!(results, [1, 1], "{mode:?}: {:?}", duo.server.reason());
    assert_eq!(duo.server.peer_certificates(), &own[..shown]);
    assert_eq!(duo.server.peer_certificate(), own[..shown].first());
    assert_eq!((duo.server.get_verify_result(), duo.client.get_verify_result()), (Ok(()), Ok(())));
    assert_eq!((duo.server.get_version(), duo.client.get_version()), (version, version));
}

/// A server that asks, and the client of this context with this session; whether it went on, and whom both know.
fn go_on(
    [client, server]: [&SslContext; 2],
    session: Option<&SslSession>,
) -> (i32, [Vec<CertificateDer<'static>>; 2], Option<SslSession>) {
    let (here, there) = BioPair::new(0, 0);
    let mut duo = Duo { client: Ssl::new(client, here), server: Ssl::new(server, there) };
    duo.client.set_host_name("localhost");
    duo.client.set_connect_state();
    duo.server.set_accept_state();
    assert_eq!(duo.client.set_session(session), 1);
    duo.handshake();
    assert_eq!(duo.client.session_reused(), duo.server.session_reused());
    let known = [&duo.client, &duo.server].map(|ssl| ssl.peer_certificates().to_vec());
    (duo.client.session_reused(), known, duo.client.get1_session())
}

#[test]
fn who_goes_on_with_a_session_is_who_began_it() {
    let clients = Pki::new();
    for mode in [VerifyMode::Peer, VerifyMode::PeerFailIfNoPeerCert] {
        for cache in [SessionCacheMode::Server, SessionCacheMode::Off] {
            let (client, server) = contexts12();
            client.set_identities([clients.identity("client", &rcgen::PKCS_ECDSA_P256_SHA256)]);
            server.set_client_verifier(roots(&clients));
            server.set_verify(mode);
            server.set_session_cache_mode(cache);
            let (reused, known, session) = go_on([&client, &server], None);
            assert_eq!((reused, known.each_ref().map(Vec::len)), (0, [1, 1]));
            let kept = cache == SessionCacheMode::Server;
            assert_eq!(session.is_some(), kept, "{mode:?}, {cache:?}");
            for _ in 0..2 {
                let (reused, again, _) = go_on([&client, &server], session.as_ref());
                assert_eq!((reused == 1, &again), (kept, &known), "{mode:?}, {cache:?}");
            }
            // Whom others trust, they have to see.
            server.set_client_verifier(roots(&clients));
            let (reused, again, _) = go_on([&client, &server], session.as_ref());
            assert_eq!((reused, again), (0, known));
        }
    }
}

#[test]
fn a_session_that_is_given_later_is_of_the_same_client() {
    let clients = Pki::new();
    let (client, server) = contexts();
    client.set_identities([clients.identity("client", &rcgen::PKCS_ECDSA_P256_SHA256)]);
    server.set_client_verifier(roots(&clients));
    server.set_verify(VerifyMode::Peer);
    let (here, there) = BioPair::new(0, 0);
    let mut duo = Duo { client: Ssl::new(&client, here), server: Ssl::new(&server, there) };
    duo.client.set_host_name("localhost");
    duo.client.set_connect_state();
    duo.server.set_accept_state();
    duo.handshake();
    let known = duo.server.peer_certificates().to_vec();
    assert_eq!(known.len(), 1);
    // Those of the handshake are read, and then the other one.
    assert!(duo.client.read(&mut [0]) <= 0);
    let before = duo.client.get1_session();
    assert_eq!((duo.server.new_session_ticket(), duo.server.do_handshake()), (1, 1));
    assert!(duo.client.read(&mut [0]) <= 0);
    let mut session = duo.client.get1_session();
    assert!(before.is_some() && before != session);
    for _ in 0..3 {
        let (reused, [_, again], next) = go_on([&client, &server], session.as_ref());
        assert_eq!((reused, &again), (1, &known));
        session = next;
    }
}

#[test]
fn who_goes_on_with_a_session_of_nobody_is_nobody_and_not_let_in_where_a_certificate_is_required() {
    let (client, server) = contexts12();
    server.set_client_verifier(roots(&Pki::new()));
    server.set_verify(VerifyMode::Peer);
    let (_, _, session) = go_on([&client, &server], None);
    let (reused, [_, known], _) = go_on([&client, &server], session.as_ref());
    assert_eq!((reused, known.len()), (1, 0));
    server.set_verify(VerifyMode::PeerFailIfNoPeerCert);
    let (here, there) = BioPair::new(0, 0);
    let mut duo = Duo { client: Ssl::new(&client, here), server: Ssl::new(&server, there) };
    duo.client.set_host_name("localhost");
    assert_eq!(duo.client.set_session(session.as_ref()), 1);
    let _ = (duo.client.connect(), duo.server.accept(), duo.client.connect(), duo.server.accept());
    assert_eq!(duo.server.error(), Some(PeerIncompatible::ClientCertificate.into()));
}

#[test]
fn a_client_without_one_is_let_in_unless_that_is_refused() {
    let (client, server) = contexts();
    server.set_client_verifier(roots(&Pki::new()));
    server.set_verify(VerifyMode::Peer);
    let (mut duo, results) = shake(&client, &server);
    assert_eq!((results, duo.server.get_version()), ([1, 1], "TLSv1.3"));
    assert!(duo.server.peer_certificate().is_none());
    assert_eq!(duo.server.get_verify_result(), Ok(()), "X509_V_OK");

    server.set_verify(VerifyMode::PeerFailIfNoPeerCert);
    // In TLS 1.3 a client is done before it hears what the server says to its certificate.
    (duo, _) = shake(&client, &server);
    assert_eq!((duo.server.accept(), duo.client.connect()), (-1, 1));
    assert_eq!(duo.server.error(), Some(PeerIncompatible::CertificateRequired.into()));
    assert!(duo.client.read(&mut [0]) <= 0);
    assert_eq!(duo.client.error(), Some(Error::AlertReceived(AlertDescription::CERTIFICATE_REQUIRED)));

    server.set_max_proto_version(ProtocolVersion::TLS_1_2);
    let (duo, results) = shake(&client, &server);
    assert_eq!(results, [-1, -1]);
    assert_eq!(duo.server.get_error(-1), ErrorCode::Ssl);
    assert_eq!(duo.server.error(), Some(PeerIncompatible::ClientCertificate.into()));
    // "peer did not return a certificate": in TLS 1.2 its alert is handshake_failure (RFC 5246, section 7.4.6).
    assert_eq!(duo.client.error(), Some(Error::AlertReceived(AlertDescription::HANDSHAKE_FAILURE)));
}

#[test]
fn a_certificate_that_is_shown_must_be_trusted() {
    let clients = Pki::new();
    for mode in [VerifyMode::Peer, VerifyMode::PeerFailIfNoPeerCert] {
        for trusts_others in [true, false] {
            // In TLS 1.3 a client is done before it hears what the server says to its certificate.
            for (contexts, client_result) in [(contexts as Contexts, 1), (contexts12, -1)] {
                let (client, server) = contexts();
                client.set_identities([clients.identity("client", &rcgen::PKCS_ECDSA_P256_SHA256)]);
                if trusts_others {
                    server.set_client_verifier(roots(&Pki::new()));
                }
                server.set_verify(mode);
                mistrusts(&client, &server, client_result);
            }
        }
    }
}

fn mistrusts(client: &SslContext, server: &SslContext, client_result: i32) {
    let (mut duo, results) = shake(client, server);
    assert_eq!((results, duo.server.get_error(-1)), ([client_result, -1], ErrorCode::Ssl));
    assert_eq!(duo.server.get_verify_result(), Err(CertificateError::UnknownIssuer));
    let refused = Refused::Certificate(CertificateError::UnknownIssuer).into();
    assert_eq!(duo.server.reason(), Some(Reason::Failed(refused)));
    assert!(duo.client.read(&mut [0]) <= 0);
    assert_eq!(duo.client.error(), Some(Error::AlertReceived(AlertDescription::UNKNOWN_CA)));
}

#[test]
fn roots_from_files_are_for_both_ends() {
    let (pki, clients) = (Pki::new(), Pki::new());
    let folder = std::env::temp_dir();
    let file = |name: &str, pki: &Pki| {
        let path = folder.join(format!("tidegate-{}-{name}.pem", std::process::id()));
        std::fs::write(&path, pki.issuer.pem()).unwrap();
        path
    };
    let files = [file("servers", &pki), file("clients", &clients)];
    let context = SslContext::new();
    assert!(context.load_verify_locations(folder.join("tidegate-missing.pem")).is_err());
    context.set_identities([pki.identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256)]);
    context.set_verify(VerifyMode::PeerFailIfNoPeerCert);
    for file in &files {
        context.load_verify_locations(file).unwrap();
        std::fs::remove_file(file).unwrap();
    }
    for own in [&pki, &clients] {
        let client = context_of(own, &pki);
        assert_eq!(shake(&client, &context).1, [1, 1]);
    }
    assert_eq!(shake(&context, &context).1, [1, 1], "and the client of the same context");
    assert_eq!(shake(&context_of(&Pki::new(), &pki), &context).1[1], -1);
}

/// A client's, with a certificate under this root, that trusts servers under that one.
fn context_of(own: &Pki, servers: &Pki) -> SslContext {
    let context = SslContext::new();
    context.set_verifier(roots(servers));
    context.set_identities([own.identity("client", &rcgen::PKCS_ECDSA_P256_SHA256)]);
    context
}

#[test]
fn one_connection_asks_where_its_context_does_not() {
    let mut duo = Duo::new(&context(), 0);
    duo.server.set_verify(VerifyMode::PeerFailIfNoPeerCert);
    assert_eq!(duo.server.get_verify_mode(), VerifyMode::PeerFailIfNoPeerCert);
    assert_eq!(duo.server.context().get_verify_mode(), VerifyMode::None);
    let _ = (duo.client.connect(), duo.server.accept(), duo.client.connect(), duo.server.accept());
    assert_eq!(duo.server.get_verify_result(), Err(CertificateError::UnknownIssuer), "nobody is trusted");
    duo.server.set_verify(VerifyMode::None);
    assert_eq!(duo.server.get_verify_mode(), VerifyMode::PeerFailIfNoPeerCert, "the handshake has begun");
}

#[test]
fn a_server_of_tls13_alone_asks() {
    let mut duo = Duo::new(&context(), 0);
    duo.server.set_verify(VerifyMode::Peer);
    duo.server.set_min_proto_version(ProtocolVersion::TLS_1_3);
    let _ = (duo.client.connect(), duo.server.accept());
    assert_eq!((duo.client.connect(), duo.server.accept()), (1, -1));
    assert_eq!(duo.client.get_version(), "TLSv1.3");
    assert_eq!(duo.server.get_verify_result(), Err(CertificateError::UnknownIssuer), "nobody is trusted");
}

/// A server that keeps a digest of its client's certificate, or all of it, and a client of TLS 1.2 with this session; whether it
/// went on, how many certificates the server knows then, and by which digest.
fn anonymous(
    [client, server]: [&SslContext; 2],
    keeps_digest: bool,
    session: Option<&SslSession>,
) -> (i32, usize, Option<Vec<u8>>, Option<SslSession>) {
    let (here, there) = BioPair::new(0, 0);
    let mut duo = Duo { client: Ssl::new(client, here), server: Ssl::new(server, there) };
    duo.client.set_host_name("localhost");
    duo.client.set_connect_state();
    duo.server.set_accept_state();
    duo.server.set_retain_only_sha256_of_client_certs(keeps_digest);
    assert_eq!(duo.client.set_session(session), 1);
    duo.handshake();
    assert!(duo.client.peer_sha256().is_none(), "it is for servers");
    let digest = duo.server.peer_sha256().map(<[u8]>::to_vec);
    (duo.server.session_reused(), duo.server.peer_certificates().len(), digest, duo.client.get1_session())
}

#[test]
fn a_server_may_keep_no_more_than_a_digest_of_its_client() {
    let clients = Pki::new();
    let (client, server) = contexts12();
    let identity = clients.identity("client", &rcgen::PKCS_ECDSA_P256_SHA256);
    let expected = Some(Sha256::digest(&identity.chain()[0]).to_vec());
    client.set_identities([identity]);
    server.set_client_verifier(roots(&clients));
    server.set_verify(VerifyMode::Peer);
    let ends = [&client, &server];
    let (reused, known, digest, session) = anonymous(ends, true, None);
    assert_eq!((reused, known, &digest), (0, 0, &expected));
    let (reused, known, digest, _) = anonymous(ends, true, session.as_ref());
    assert_eq!((reused, known, &digest), (1, 0, &expected));
    // Who wants all of it sees the client again.
    let (reused, known, digest, session) = anonymous(ends, false, session.as_ref());
    assert_eq!((reused, known, digest), (0, 1, None));
    assert_eq!(anonymous(ends, false, session.as_ref()).0, 1);
    assert_eq!(anonymous(ends, true, session.as_ref()).0, 0);
}

#[test]
fn a_client_hears_the_names_of_authorities() {
    let clients = Pki::new();
    for contexts in [contexts as Contexts, contexts12] {
        for names in [vec![b"one".to_vec(), b"another".to_vec()], vec![]] {
            let (client, server) = contexts();
            client.set_identities([clients.identity("client", &rcgen::PKCS_ECDSA_P256_SHA256)]);
            let heard = Arc::new(Mutex::new(Vec::new()));
            let told = Arc::clone(&heard);
            client.set_cert_cb(move |ask| {
                let names = ask.authorities().into_iter().flat_map(|names| names.iter());
                *told.lock().unwrap() = names.map(<[u8]>::to_vec).collect();
                IdentityChoice::ByList
            });
            server.set_client_verifier(roots(&clients));
            server.set_verify(VerifyMode::Peer);
            server.set_client_ca_list(names.clone());
            assert_eq!(shake(&client, &server).1, [1, 1]);
            assert_eq!(*heard.lock().unwrap(), names);
        }
    }
}

#[test]
fn a_client_that_falls_back_is_refused_by_a_server_that_knows_better() {
    for (falls_back, results) in [(false, [1, 1]), (true, [-1, -1])] {
        let (client, server) = contexts();
        assert_eq!(client.set_max_proto_version(ProtocolVersion::TLS_1_2), 1);
        if falls_back {
            client.set_mode(Modes::SEND_FALLBACK_SCSV);
        }
        let (duo, ended) = shake(&client, &server);
        assert_eq!(ended, results);
        let refused = falls_back.then(|| PeerIncompatible::Fallback.into());
        assert_eq!(duo.server.error(), refused);
    }
}
