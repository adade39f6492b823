//! Stapled OCSP responses, with rustls and GnuTLS at the other end. Nobody looks into them: any bytes will do.
#![allow(missing_docs, reason = "tests")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::crypto::ring;
use rustls::{ServerConnection, StreamOwned};
use rustls_pki_types::PrivateKeyDer;
use tidegate::config::{Ocsp, Versions};
use tidegate::driver::Verify;
use tidegate::error::CertificateError;
use tidegate::wire::certificate::CertificateChain;
use tidegate_std::{Acceptor, Connector, OwnedIdentity, Roots, tidegate};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::gnutls;
use tidegate_tests::interop::program::{Program, have};

const RESPONSE: &[u8] = b"any bytes will do";

/// Notes what was stapled.
struct Noting {
    roots: Roots,
    noted: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Verify for Noting {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        server_name: &str,
    ) -> Result<&'c [u8], CertificateError> {
        *self.noted.lock().unwrap() = chain.ocsp_response().map(<[u8]>::to_vec);
        self.roots.verify_server(chain, server_name)
    }
}

/// What our client finds stapled at this server.
fn stapled(
    connector: impl Fn(Connector) -> Connector,
    identity: &Identity,
    socket: TcpStream,
) -> Option<Vec<u8>> {
    let noted: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
    let mut roots = Roots::new();
    roots.add(&identity.pki.root).unwrap();
    let connector = connector(Connector::new(Noting { roots, noted: Arc::clone(&noted) }));
    let mut stream = connector.connect("localhost", socket).unwrap();
    stream.write_all(b"hello\n").unwrap();
    stream.read_exact(&mut [0; 6]).unwrap();
    noted.lock().unwrap().take()
}

fn asking(connector: Connector) -> Connector {
    connector.configured(|config| {
        config.common.ocsp = Ocsp::Requested;
        config.common.versions = Versions::Tls13;
    })
}

#[test]
fn our_client_is_shown_what_rustls_staples() {
    let identity = Identity::new(Kind::EcdsaP256);
    let key = PrivateKeyDer::try_from(identity.pki.key.clone()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert_with_ocsp(identity.pki.chain.clone(), key, RESPONSE.to_vec())
        .unwrap();
    let config = Arc::new(config);
    let serve = || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let config = Arc::clone(&config);
        std::thread::spawn(move || {
            let connection = ServerConnection::new(config).unwrap();
            let mut tls = StreamOwned::new(connection, listener.accept().unwrap().0);
            let mut line = [0; 6];
            tls.read_exact(&mut line).unwrap();
            tls.write_all(&line).unwrap();
        });
        socket
    };
    assert_eq!(stapled(asking, &identity, serve()).as_deref(), Some(RESPONSE));
    assert_eq!(stapled(|connector| connector, &identity, serve()), None, "nobody asked");
    let both = |connector: Connector| connector.configured(|config| config.common.ocsp = Ocsp::Requested);
    assert_eq!(stapled(both, &identity, serve()), None, "not where TLS 1.2 may be chosen");
}

#[test]
#[ignore = "needs gnutls-cli"]
fn our_server_staples_for_gnutls() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let key = PrivateKeyDer::try_from(identity.pki.key.clone()).unwrap();
    let own = OwnedIdentity::new(identity.pki.chain.clone(), &key).unwrap();
    let acceptor = Acceptor::new([own.with_ocsp_response(RESPONSE.to_vec())]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let saved = identity.folder.file("saved.der");
    let mut command = gnutls::client(&identity, listener.local_addr().unwrap(), gnutls::PRIORITY);
    command.arg("--no-ca-verification").arg("--save-ocsp").arg(&saved);
    let mut program = Program::start(&mut command);
    program.say(b"hello\n");
    // Whatever it makes of bytes that are no response, it saves them before.
    let _ =
        acceptor.accept(listener.accept().unwrap().0).and_then(|mut stream| stream.read_exact(&mut [0; 6]));
    program.finish();
    assert_eq!(std::fs::read(saved).unwrap(), RESPONSE);
}
