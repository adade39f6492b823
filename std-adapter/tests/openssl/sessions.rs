//! Sessions: SSL_get1_session(3), SSL_set_session(3), SSL_CTX_set_session_cache_mode(3).

use tidegate::wire::enums::ProtocolVersion;
use tidegate_std::openssl::{
    BioPair, ErrorCode, Options, Reason, SessionCacheMode, Ssl, SslContext, SslSession,
};
use tidegate_std::{AcceptAnything, IdentityList};

use crate::duo::{Duo, context, read_all};
use crate::pki::Pki;

fn tls12() -> SslContext {
    let context = context();
    context.set_max_proto_version(ProtocolVersion::TLS_1_2);
    context
}

/// Two ends that go on with this session if they may, and carry a line.
fn connected(context: &SslContext, session: Option<&SslSession>) -> Duo {
    let mut duo = Duo::new(context, 0);
    assert_eq!(duo.client.set_session(session), 1);
    duo.handshake();
    assert_eq!(duo.client.session_reused(), duo.server.session_reused());
    assert_eq!((duo.client.write(b"there"), duo.server_reads().as_slice()), (5, &b"there"[..]));
    duo
}

/// Whether the ends of this context go on with a session of theirs. Where they do not, there is none.
fn resumes(context: &SslContext) -> bool {
    let first = connected(context, None);
    assert_eq!(first.client.session_reused(), 0);
    let Some(session) = first.client.get1_session() else { return false };
    assert_eq!(connected(context, Some(&session)).client.session_reused(), 1);
    true
}

#[test]
fn a_session_goes_on_as_often_as_it_is_set() {
    let context = tls12();
    let first = connected(&context, None);
    let session = first.client.get1_session().unwrap();
    assert!(first.server.get1_session().is_none() && session.is_resumable() == 1);
    for _ in 0..2 {
        let next = connected(&context, Some(&session));
        assert_eq!(next.client.session_reused(), 1);
        let again = next.client.get1_session().unwrap();
        assert_eq!(connected(&context, Some(&again)).client.session_reused(), 1);
        // Nobody showed any, and OpenSSL's session has them.
        assert_eq!(next.client.peer_certificates(), first.client.peer_certificates());
        assert!(next.client.peer_certificate().is_some());
    }
    assert_eq!(connected(&context, None).client.session_reused(), 0, "a client looks for none by itself");
}

#[test]
fn tickets_and_the_cache_of_the_server_are_turned_off_apart() {
    for (options, mode, expected) in [
        (Options::empty(), SessionCacheMode::Server, true),
        (Options::empty(), SessionCacheMode::Off, true),
        (Options::NO_TICKET, SessionCacheMode::Server, true),
        (Options::NO_TICKET, SessionCacheMode::Both, true),
        (Options::NO_TICKET, SessionCacheMode::Client, false),
        (Options::NO_TICKET, SessionCacheMode::Off, false),
    ] {
        let context = tls12();
        assert_eq!(context.get_session_cache_mode(), SessionCacheMode::Server);
        assert_eq!(context.set_session_cache_mode(mode), SessionCacheMode::Server);
        context.set_options(options);
        assert_eq!(resumes(&context), expected, "{options:?}, {mode:?}");
    }
}

#[test]
fn a_client_without_tickets_is_kept_where_the_cache_is_on() {
    for (mode, expected) in [(SessionCacheMode::Server, 1), (SessionCacheMode::Off, 0)] {
        let context = tls12();
        context.set_session_cache_mode(mode);
        let connect = |session: Option<&SslSession>| {
            let mut duo = Duo::new(&context, 0);
            duo.client.set_options(Options::NO_TICKET);
            assert_eq!(duo.client.set_session(session), 1);
            duo.handshake();
            duo
        };
        let session = connect(None).client.get1_session();
        assert_eq!(connect(session.as_ref()).client.session_reused(), expected, "{mode:?}");
    }
}

#[test]
fn who_trusts_others_or_is_somebody_else_takes_no_session_of_before() {
    let changes: [fn(&SslContext); 3] = [
        |context| context.set_verifier(AcceptAnything),
        |context| context.set_identities([Pki::new().identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256)]),
        |context| {
            let other = Pki::new().identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256);
            context.configure_client(|config| config.identities = IdentityList::new([other]));
        },
    ];
    for change in changes {
        let context = tls12();
        let session = connected(&context, None).client.get1_session().unwrap();
        context.configure_client(|config| config.common.max_send_fragment = 1000);
        let mut client = Ssl::new(&context, BioPair::new(0, 0).0);
        assert_eq!(client.set_session(Some(&session)), 1);
        change(&context);
        let mut client = Ssl::new(&context, BioPair::new(0, 0).0);
        assert_eq!(client.set_session(Some(&session)), 0);
        assert_eq!((client.reason(), client.get_error(0)), (Some(Reason::OtherContext), ErrorCode::Ssl));
        assert!(client.get1_session().is_none());
    }
    // The server's own store goes with its identities.
    let context = tls12();
    context.set_options(Options::NO_TICKET);
    let session = connected(&context, None).client.get1_session().unwrap();
    let other = Pki::new().identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256);
    context.configure_server(|config| config.identities = IdentityList::new([other]));
    let mut duo = Duo::new(&context, 0);
    assert_eq!(duo.client.set_session(Some(&session)), 1);
    let _ = (duo.client.connect(), duo.server.accept(), duo.client.connect());
    assert_eq!((duo.client.session_reused(), duo.client.get_verify_result().is_err()), (0, true));
}

#[test]
fn a_session_is_for_one_name_and_one_id_context() {
    let context = tls12();
    let session = connected(&context, None).client.get1_session().unwrap();
    assert_eq!((context.set_session_id_context(&[7; 33]), context.set_session_id_context(&[7; 32])), (0, 1));
    assert_eq!(connected(&context, Some(&session)).client.session_reused(), 0);
    let session = connected(&context, None).client.get1_session().unwrap();
    assert_eq!(connected(&context, Some(&session)).client.session_reused(), 1);
    let mut duo = Duo::new(&context, 0);
    duo.client.set_host_name("other.test");
    assert_eq!(duo.client.set_session(Some(&session)), 1);
    let _ = (duo.client.connect(), duo.server.accept(), duo.client.connect());
    assert!(duo.client.get_verify_result().is_err(), "it is verified by the other name");
}

#[test]
fn a_connection_that_fails_takes_its_session_along() {
    let context = tls12();
    let mut duo = connected(&context, None);
    let session = duo.client.get1_session().unwrap();
    drop(std::mem::replace(&mut duo.server, Ssl::new(&context, BioPair::new(0, 0).0)));
    assert_eq!((duo.client.read(&mut [0; 9]), session.is_resumable()), (0, 0));
    assert!(duo.client.error().is_some());
    assert_eq!(connected(&context, Some(&session)).client.session_reused(), 0);
}

#[test]
fn a_server_forgets_it_too() {
    let context = tls12();
    context.set_options(Options::NO_TICKET);
    let mut duo = connected(&context, None);
    let session = duo.client.get1_session().unwrap();
    drop(std::mem::replace(&mut duo.client, Ssl::new(&context, BioPair::new(0, 0).0)));
    assert_eq!((duo.server.read(&mut [0; 9]), session.is_resumable()), (0, 1));
    assert!(duo.server.error().is_some());
    assert_eq!(connected(&context, Some(&session)).client.session_reused(), 0);
}

#[test]
fn a_session_is_set_before_the_handshake_and_can_be_taken_back() {
    let context = tls12();
    let mut duo = connected(&context, None);
    let session = duo.client.get1_session().unwrap();
    assert_eq!((duo.client.set_session(None), duo.client.reason()), (0, Some(Reason::InHandshake)));
    assert!(duo.client.get1_session().is_some());
    let mut next = Duo::new(&context, 0);
    assert_eq!(next.client.set_session(Some(&session)), 1);
    assert!(next.client.get1_session().is_some(), "the one that was set");
    assert_eq!(next.client.set_session(None), 1);
    next.handshake();
    assert_eq!(next.client.session_reused(), 0);
}

#[test]
fn connections_of_tls13_have_none_yet() {
    let context = context();
    let session = connected(&tls12(), None).client.get1_session();
    assert!(session.is_some());
    let mut duo = connected(&context, None);
    assert!(duo.client.get1_session().is_none() && read_all(&mut duo.client).is_empty());
    // One of TLS 1.2 is offered beside TLS 1.3, which the server prefers.
    context.set_max_proto_version(ProtocolVersion::TLS_1_2);
    let session = connected(&context, None).client.get1_session().unwrap();
    context.set_max_proto_version(ProtocolVersion(0));
    let duo = connected(&context, Some(&session));
    assert_eq!((duo.client.session_reused(), duo.client.get_version()), (0, "TLSv1.3"));
    assert!(duo.client.get1_session().is_none() && session.is_resumable() == 1);
}

/// A session of TLS 1.3 comes with a ticket, which a read meets; the handshake of the server ends when it has left.
#[test]
fn a_session_of_tls_1_3_comes_with_a_ticket() {
    let context = context();
    for (options, tickets) in [(Options::empty(), 1), (Options::empty(), 2), (Options::NO_TICKET, 1)] {
        context.clear_options(Options::NO_TICKET);
        context.set_options(options);
        assert_eq!((context.set_num_tickets(tickets), context.get_num_tickets()), (1, tickets));
        let first = ticketed(&context, None);
        assert_eq!(first.client.session_reused(), 0);
        let session = first.client.get1_session().expect("a session");
        let next = ticketed(&context, Some(&session));
        assert_eq!(next.client.session_reused(), 1, "{options:?}");
        assert_eq!(next.client.peer_certificates(), first.client.peer_certificates());
        assert!(next.client.get1_session().is_some());
    }
    assert_eq!(context.set_num_tickets(256), 0);
}

/// Two ends of TLS 1.3 that go on with this session if they may; the client has met the tickets.
fn ticketed(context: &SslContext, session: Option<&SslSession>) -> Duo {
    let mut duo = Duo::new(context, 0);
    assert_eq!(duo.client.set_session(session), 1);
    duo.handshake();
    assert_eq!(duo.client.session_reused(), duo.server.session_reused());
    assert_eq!(duo.server.write(b"there"), 5);
    assert_eq!(read_all(&mut duo.client), b"there");
    duo
}
