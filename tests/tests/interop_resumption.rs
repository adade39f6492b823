//! Sessions of TLS 1.3 that go on, with rustls, Python's `ssl` and Node at either end.
#![allow(missing_docs, reason = "tests")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustls::crypto::ring;
use rustls::{ClientConnection, HandshakeKind, RootCertStore, ServerConnection, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, ServerName};
use tidegate::SessionKind;
use tidegate::config::{Resumption, Versions};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::program::{Program, have, run};
use tidegate_tests::interop::sessions::{NEW_THEN_RESUMED, connector, serve, talk};

const VERSIONS: Versions = Versions::Tls13;
const WAYS: [Resumption; 2] = [Resumption::ByTicket, Resumption::ById];
/// What a script prints.
const NEW_THEN_REUSED: &str = "new\nreused\nreused\n";

fn rustls_client(identity: &Identity) -> Arc<rustls::ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(identity.pki.root.clone()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

#[test]
fn rustls_goes_on_with_our_sessions() {
    let identity = Identity::new(Kind::EcdsaP256);
    for way in WAYS {
        let (address, server) = serve(&identity, (VERSIONS, way), 3);
        let config = rustls_client(&identity);
        let kinds = [(); 3].map(|()| {
            let name = ServerName::try_from("localhost").unwrap();
            let connection = ClientConnection::new(Arc::clone(&config), name).unwrap();
            let mut stream = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
            let mut line = String::new();
            stream.read_to_string(&mut line).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
            (line, stream.conn.handshake_kind())
        });
        let [full, resumed] =
            [HandshakeKind::Full, HandshakeKind::Resumed].map(|kind| ("hello\n".to_owned(), Some(kind)));
        assert_eq!(kinds, [full, resumed.clone(), resumed], "{way:?}");
        assert_eq!(server.join().unwrap(), NEW_THEN_RESUMED, "{way:?}");
    }
}

/// Echoes a line to each of three clients; how each handshake was.
fn rustls_server(identity: &Identity) -> (SocketAddr, JoinHandle<[Option<HandshakeKind>; 3]>) {
    let key = PrivateKeyDer::try_from(identity.pki.key.clone()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap();
    let config = config.with_no_client_auth().with_single_cert(identity.pki.chain.clone(), key).unwrap();
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        [(); 3].map(|()| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, listener.accept().unwrap().0);
            let mut line = [0; 6];
            stream.read_exact(&mut line).unwrap();
            stream.write_all(&line).unwrap();
            assert_eq!(stream.read(&mut line).unwrap(), 0);
            stream.conn.handshake_kind()
        })
    });
    (address, server)
}

#[test]
fn our_client_goes_on_with_sessions_of_rustls() {
    let identity = Identity::new(Kind::EcdsaP256);
    let (address, server) = rustls_server(&identity);
    let connector = connector(&identity, VERSIONS, Resumption::ByTicket);
    assert_eq!([(); 3].map(|()| talk(&connector, address)), NEW_THEN_RESUMED);
    let [full, resumed] = [HandshakeKind::Full, HandshakeKind::Resumed].map(Some);
    assert_eq!(server.join().unwrap(), [full, resumed, resumed]);
}

/// The interpreter, how it takes a script, and its scripts: a client's (PORT ROOT), a server's (CHAIN KEY).
struct Scripts {
    interpreter: &'static str,
    option: &'static str,
    client: &'static str,
    server: &'static str,
    /// What its server makes of three connections.
    serves: [SessionKind; 3],
}

const PYTHON: Scripts = Scripts {
    interpreter: "python3",
    option: "-c",
    client: include_str!("../src/interop/resuming_client.py"),
    server: include_str!("../src/interop/resuming_server.py"),
    serves: NEW_THEN_RESUMED,
};
const NODE: Scripts = Scripts {
    interpreter: "node",
    option: "-e",
    client: include_str!("../src/interop/resuming_client.js"),
    server: include_str!("../src/interop/resuming_server.js"),
    // It gives no ticket where a session goes on, and two in the first handshake, of which we use each once.
    serves: [SessionKind::New, SessionKind::Resumed, SessionKind::Resumed],
};

fn goes_on_with_our_sessions(scripts: &Scripts) {
    let identity = Identity::new(Kind::EcdsaP256);
    for way in WAYS {
        let (address, server) = serve(&identity, (VERSIONS, way), 3);
        let mut command = Command::new(scripts.interpreter);
        command.args([scripts.option, scripts.client, &address.port().to_string()]);
        assert_eq!(run(command.arg(identity.root())), NEW_THEN_REUSED, "{way:?}");
        assert_eq!(server.join().unwrap(), NEW_THEN_RESUMED, "{way:?}");
    }
}

fn has_sessions_that_we_go_on_with(scripts: &Scripts) {
    let identity = Identity::new(Kind::EcdsaP256);
    let mut command = Command::new(scripts.interpreter);
    command.args([scripts.option, scripts.server]).arg(identity.chain()).arg(identity.key());
    let program = Program::start(&mut command);
    let said = program.wait_for(";");
    let port = said.trim().trim_start_matches("listening ").trim_end_matches(';').parse().unwrap();
    let address = (Ipv4Addr::LOCALHOST, port).into();
    let connector = connector(&identity, VERSIONS, Resumption::ByTicket);
    assert_eq!([(); 3].map(|()| talk(&connector, address)), scripts.serves);
    let (status, said) = program.finish();
    let told = scripts.serves.map(|kind| if kind == SessionKind::Resumed { "reused\n" } else { "new\n" });
    assert!(status.success() && said.ends_with(&told.concat()), "{status}\n{said}");
}

#[test]
#[ignore = "needs python3"]
fn python_goes_on_with_our_sessions_and_we_with_its() {
    if have(&["python3"]) {
        goes_on_with_our_sessions(&PYTHON);
        has_sessions_that_we_go_on_with(&PYTHON);
    }
}

#[test]
#[ignore = "needs node"]
fn node_goes_on_with_our_sessions_and_we_with_its() {
    if have(&["node"]) {
        goes_on_with_our_sessions(&NODE);
        has_sessions_that_we_go_on_with(&NODE);
    }
}
