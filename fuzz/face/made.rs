//! What all connections have in common, and sessions to go on with.

use std::sync::{Mutex, OnceLock};

use pki_types::{CertificateDer, PrivateKeyDer};
use tidegate_std::openssl::{BioPair, Ssl, SslContext, SslSession};
use tidegate_std::tidegate::wire::enums::ProtocolVersion;
use tidegate_std::{AcceptAnything, OwnedIdentity};

/// Of one context, so that sessions go on.
fn context() -> &'static SslContext {
    static CONTEXT: OnceLock<SslContext> = OnceLock::new();
    CONTEXT.get_or_init(|| {
        let context = SslContext::new();
        let chain = vec![CertificateDer::from_slice(include_bytes!("../pki/leaf.der")).into_owned()];
        let key = PrivateKeyDer::Pkcs8(include_bytes!("../pki/leaf.key").as_slice().into());
        context.set_identities([OwnedIdentity::new(chain, &key).unwrap()]);
        context.set_verifier(AcceptAnything);
        context
    })
}

/// A client and a server that have not begun.
pub(super) fn pair(first: usize, second: usize) -> [Ssl<BioPair>; 2] {
    let (client, server) = BioPair::new(first, second);
    let (mut client, mut server) = (Ssl::new(context(), client), Ssl::new(context(), server));
    client.set_connect_state();
    client.set_host_name("server.example.test");
    server.set_accept_state();
    [client, server]
}

/// One of TLS 1.3, or of TLS 1.2: handshakes that go on with it cost less. None of them is spoilt yet.
pub(super) fn session(tls12: u8) -> Option<SslSession> {
    static SESSIONS: [Mutex<Option<SslSession>>; 2] = [Mutex::new(None), Mutex::new(None)];
    let mut session = SESSIONS[usize::from(tls12)].lock().unwrap();
    if session.as_ref().is_none_or(|session| session.is_resumable() == 0) {
        *session = made(tls12);
    }
    session.clone()
}

fn made(tls12: u8) -> Option<SslSession> {
    let [mut client, mut server] = pair(0, 0);
    if tls12 == 1 {
        server.set_max_proto_version(ProtocolVersion::TLS_1_2);
    }
    while [client.do_handshake(), server.do_handshake()] != [1, 1] {}
    client.read(&mut [0; 9]);
    client.get1_session()
}
