//! Streams that talk a line with another implementation, again and again, and tell whether their sessions went on.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;

use rustls_pki_types::PrivateKeyDer;
use tidegate::SessionKind;
use tidegate::config::{Resumption, Versions};
use tidegate_std::{Acceptor, Connector, OwnedIdentity, Roots};

use super::certificates::Identity;

/// What three connections are where sessions go on.
pub const NEW_THEN_RESUMED: [SessionKind; 3] = [SessionKind::New, SessionKind::Resumed, SessionKind::Resumed];

/// A client of this version that goes on with sessions, and knows the identity's root.
///
/// # Panics
/// If the root can't be taken.
#[must_use]
pub fn connector(identity: &Identity, versions: Versions, way: Resumption) -> Connector {
    let mut roots = Roots::new();
    roots.add(&identity.pki.root).expect("a root");
    Connector::new(roots).configured(|config| {
        config.common.versions = versions;
        config.common.resumption = way;
    })
}

/// Connects, says a line, and hears it, backwards perhaps; whether the session was a new one.
///
/// # Panics
/// If anything of that fails.
#[must_use]
pub fn talk(connector: &Connector, address: SocketAddr) -> SessionKind {
    let transport = TcpStream::connect(address).expect("a connection");
    let mut stream = BufReader::new(connector.connect("localhost", transport).expect("a handshake"));
    stream.get_mut().write_all(b"hello\n").expect("a line is sent");
    let mut line = String::new();
    stream.read_line(&mut line).expect("a line comes");
    assert!(["olleh\n", "hello\n"].contains(&&*line), "{line:?}");
    let mut stream = stream.into_inner();
    stream.close().expect("an end");
    stream.negotiated().session
}

/// A server of this version that answers so many clients with a line each, and tells whether their sessions were new ones.
///
/// # Panics
/// If the identity can't be used or there is no port; the thread if a client fails.
#[must_use]
pub fn serve(
    identity: &Identity,
    (versions, way): (Versions, Resumption),
    clients: usize,
) -> (SocketAddr, JoinHandle<Vec<SessionKind>>) {
    let key = PrivateKeyDer::try_from(identity.pki.key.as_slice()).expect("a key");
    let own = OwnedIdentity::new(identity.pki.chain.clone(), &key).expect("an identity");
    let acceptor = Acceptor::new([own]).configured(|config| {
        config.common.versions = versions;
        config.common.resumption = way;
    });
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let server = std::thread::spawn(move || {
        let mut kinds = Vec::new();
        for _ in 0..clients {
            let transport = listener.accept().expect("a client").0;
            let mut stream = acceptor.accept(transport).expect("a handshake");
            kinds.push(stream.negotiated().session);
            stream.write_all(b"hello\n").expect("a line is sent");
            // Some cut the connection instead.
            let _ = stream.close();
            let _ = stream.read_to_end(&mut Vec::new());
        }
        kinds
    });
    (address, server)
}
