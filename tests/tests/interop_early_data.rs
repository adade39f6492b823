//! Early data of TLS 1.3 with other implementations at either end.
#![allow(missing_docs, reason = "tests")]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

use rustls::server::ServerSessionMemoryCache;
use rustls::{ClientConnection, RootCertStore, ServerConnection, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, ServerName};
use tidegate::config::{Resumption, Versions};
use tidegate::{EarlyData, SessionKind};
use tidegate_std::{Acceptor, OwnedIdentity, ServerStream};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::program::{have, run};
use tidegate_tests::interop::sessions::connector;
use tidegate_tests::interop::{gnutls, openssl};

/// What came early, whether the session went on, and what became of early data.
type Seen = (Vec<u8>, SessionKind, EarlyData);

const FIRST: (&[u8], SessionKind, EarlyData) = (b"", SessionKind::New, EarlyData::None);
const NEXT: (&[u8], SessionKind, EarlyData) = (b"early\n", SessionKind::Resumed, EarlyData::Accepted);

fn expected() -> [Seen; 2] {
    [FIRST, NEXT].map(|(early, session, became)| (early.to_vec(), session, became))
}

/// A server of ours that answers early data before the handshake is done, and everybody with a line, for two clients.
fn serve(identity: &Identity) -> (SocketAddr, JoinHandle<Vec<Seen>>) {
    let key = PrivateKeyDer::try_from(identity.pki.key.as_slice()).unwrap();
    let own = OwnedIdentity::new(identity.pki.chain.clone(), &key).unwrap();
    let acceptor = Acceptor::new([own]).with_replayable_early_data(1000);
    let listener = Listener::new();
    let address = listener.address;
    let server = std::thread::spawn(move || {
        (0..2).map(|_| answer(acceptor.start(listener.accept()).unwrap()).unwrap()).collect()
    });
    (address, server)
}

fn answer(mut stream: ServerStream<TcpStream>) -> io::Result<Seen> {
    let (mut early, mut piece) = (Vec::new(), [0; 100]);
    loop {
        match stream.read_early_data(&mut piece)? {
            0 => break,
            count => early.extend_from_slice(&piece[..count]),
        }
        assert_eq!(stream.write_half_rtt_data(b"soon\n")?, 5);
    }
    stream.write_all(b"hello\n")?;
    // Some cut the connection instead.
    let _ = stream.close();
    let _ = stream.read_to_end(&mut Vec::new());
    Ok((early, stream.negotiated().session, stream.negotiated().early_data))
}

#[test]
#[ignore = "needs openssl"]
fn openssl_sends_us_early_data() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (address, server) = serve(&identity);
    let (session, file) = (identity.folder.file("session.pem"), identity.folder.file("early"));
    std::fs::write(&file, NEXT.0).unwrap();
    let client = || {
        let mut command = openssl::client(&identity, address);
        command.args(["-tls1_3", "-ign_eof"]);
        command
    };
    let said = run(client().arg("-sess_out").arg(&session));
    assert!(said.contains("hello"), "{said}");
    let said = run(client().arg("-sess_in").arg(&session).arg("-early_data").arg(&file));
    assert!(said.contains("Early data was accepted") && said.contains("soon\nhello"), "{said}");
    assert_eq!(server.join().unwrap(), expected());
}

#[test]
#[ignore = "needs gnutls-cli"]
fn gnutls_sends_us_early_data() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (address, server) = serve(&identity);
    let file = identity.folder.file("early");
    std::fs::write(&file, NEXT.0).unwrap();
    let mut command = gnutls::client(&identity, address, gnutls::PRIORITY);
    let said = run(command.args(["--resume", "--waitresumption", "--earlydata"]).arg(&file));
    assert!(said.contains("This is a resumed session"), "{said}");
    assert_eq!(server.join().unwrap(), expected());
}

#[test]
#[ignore = "needs gnutls-serv"]
fn gnutls_takes_our_early_data() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let make = || {
        let mut command = gnutls::server(&identity, gnutls::PRIORITY);
        command.args(["--echo", "--earlydata", "--maxearlydata", "1000"]);
        command
    };
    let (_program, address) = gnutls::start_server(make);
    assert_eq!(send(&identity, address), [EarlyData::None, EarlyData::Accepted]);
}

#[test]
#[ignore = "needs openssl"]
fn openssl_takes_our_early_data() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let mut command = openssl::server(&identity);
    let (program, address) = openssl::start_server(command.args(["-early_data", "-max_early_data", "1000"]));
    let connector = connector(&identity, Versions::Tls13, Resumption::ByTicket);
    for turn in [EarlyData::None, EarlyData::Accepted] {
        let socket = TcpStream::connect(address).unwrap();
        let mut stream = connector.start("localhost", socket).unwrap();
        let written = stream.write_early_data(NEXT.0).unwrap();
        assert_eq!(written > 0, turn == EarlyData::Accepted);
        stream.handshake().unwrap();
        assert_eq!(stream.negotiated().early_data, turn);
        // It prints what comes, and its tickets come with the first read.
        stream.get_mut().set_read_timeout(Some(std::time::Duration::from_millis(500))).unwrap();
        assert!(stream.read(&mut [0; 9]).is_err());
        stream.close().unwrap();
    }
    assert!(program.wait_for("early\n").contains("early"));
}

/// Two connections with early data, if that goes, to a server that sends back a line.
fn send(identity: &Identity, address: SocketAddr) -> [EarlyData; 2] {
    let connector = connector(identity, Versions::Tls13, Resumption::ByTicket);
    [(); 2].map(|()| {
        let socket = TcpStream::connect(address).unwrap();
        let mut stream = connector.start("localhost", socket).unwrap();
        let written = stream.write_early_data(NEXT.0).unwrap();
        stream.write_all(b"hello\n").unwrap();
        let mut line = [0; 6];
        stream.read_exact(&mut line).unwrap();
        if line == NEXT.0 {
            stream.read_exact(&mut line).unwrap();
        }
        assert_eq!(&line, b"hello\n");
        stream.close().unwrap();
        assert_eq!(written > 0, stream.negotiated().early_data != EarlyData::None);
        stream.negotiated().early_data
    })
}

// --- rustls, in this process -----------------------------------------------------------------------------------------

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

#[test]
fn rustls_sends_us_early_data() {
    let identity = Identity::new(Kind::EcdsaP256);
    let (address, server) = serve(&identity);
    let mut roots = RootCertStore::empty();
    roots.add(identity.pki.root.clone()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(provider());
    let config = config.with_protocol_versions(&[&rustls::version::TLS13]).unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.enable_early_data = true;
    let config = Arc::new(config);
    for accepted in [false, true] {
        let name = ServerName::try_from("localhost").unwrap();
        let mut connection = ClientConnection::new(Arc::clone(&config), name).unwrap();
        assert_eq!(connection.early_data().is_some(), accepted);
        if let Some(mut early) = connection.early_data() {
            early.write_all(NEXT.0).unwrap();
        }
        let mut tls = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
        let mut said = String::new();
        tls.read_to_string(&mut said).unwrap();
        assert_eq!(
            (&*said, tls.conn.is_early_data_accepted()),
            (["hello\n", "soon\nhello\n"][usize::from(accepted)], accepted)
        );
    }
    assert_eq!(server.join().unwrap(), expected());
}

#[test]
fn rustls_takes_our_early_data() {
    let identity = Identity::new(Kind::EcdsaP256);
    let key = PrivateKeyDer::try_from(identity.pki.key.clone()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider());
    let config = config.with_protocol_versions(&[&rustls::version::TLS13]).unwrap();
    let mut config = config.with_no_client_auth().with_single_cert(identity.pki.chain.clone(), key).unwrap();
    config.max_early_data_size = 1000;
    config.session_storage = ServerSessionMemoryCache::new(8);
    let (config, listener) = (Arc::new(config), Listener::new());
    let address = listener.address;
    let server = std::thread::spawn(move || {
        [(); 2].map(|()| {
            let mut tls =
                StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), listener.accept());
            let mut line = [0; 6];
            tls.read_exact(&mut line).unwrap();
            let mut early = Vec::new();
            if let Some(mut data) = tls.conn.early_data() {
                data.read_to_end(&mut early).unwrap();
            }
            tls.write_all(&line).unwrap();
            tls.conn.send_close_notify();
            tls.flush().unwrap();
            let _ = tls.read(&mut [0]);
            early
        })
    });
    assert_eq!(send(&identity, address), [EarlyData::None, EarlyData::Accepted]);
    assert_eq!(server.join().unwrap(), [b"".to_vec(), NEXT.0.to_vec()]);
}
