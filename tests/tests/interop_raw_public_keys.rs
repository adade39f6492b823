//! Raw public keys (RFC 7250), with GnuTLS and rustls at either end.
#![allow(missing_docs, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use pem::Pem;
use rustls::client::AlwaysResolvesClientRawPublicKeys;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, ring, verify_tls13_signature_with_raw_key};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConnection, DigitallySignedStruct, Error, ServerConnection, SignatureScheme, StreamOwned,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use tidegate::config::{CertificateTypes, PeerCertificate, Versions};
use tidegate_std::{Acceptor, Connector, KnownKeys, OwnedIdentity, tidegate};
use tidegate_tests::interop::certificates::Folder;
use tidegate_tests::interop::gnutls;
use tidegate_tests::interop::program::{Program, have};

/// A key, and its public half.
struct Key {
    private: Vec<u8>,
    public: Vec<u8>,
}

impl Key {
    fn new(kind: &'static rcgen::SignatureAlgorithm) -> Self {
        let key = rcgen::KeyPair::generate_for(kind).unwrap();
        Self { private: key.serialize_der(), public: rcgen::PublicKeyData::subject_public_key_info(&key) }
    }

    fn der(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.private.clone()).unwrap()
    }

    fn identity(&self) -> OwnedIdentity {
        OwnedIdentity::from_key(&self.der()).unwrap()
    }

    fn certified(&self) -> Arc<CertifiedKey> {
        let key = ring::default_provider().key_provider.load_private_key(self.der()).unwrap();
        Arc::new(CertifiedKey::new(vec![CertificateDer::from(self.public.clone())], key))
    }
}

const KINDS: [&rcgen::SignatureAlgorithm; 3] =
    [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ED25519];

const VERSIONS: [Versions; 2] = [Versions::Tls12, Versions::Tls13];

fn raw(common: &mut tidegate::config::Common, versions: Versions) {
    common.versions = versions;
    common.own_certificates = CertificateTypes::RawPublicKey;
    common.peer_certificates = CertificateTypes::RawPublicKey;
}

/// One that has no key of its own, and so offers none: rustls takes the offer of one for a promise.
fn connector(known: &Key, versions: Versions) -> Connector {
    Connector::new(KnownKeys::new([known.public.clone()]))
        .configured(|config| raw(&mut config.common, versions))
}

fn acceptor(own: &Key, versions: Versions) -> Acceptor {
    Acceptor::new([own.identity()]).configured(|config| raw(&mut config.common, versions))
}

/// Our client says a line, and hears it again.
fn talk(connector: &Connector, address: SocketAddr) {
    let mut stream = connector.connect("localhost", TcpStream::connect(address).unwrap()).unwrap();
    stream.write_all(b"hello\n").unwrap();
    let mut line = String::new();
    BufReader::new(&mut stream).read_line(&mut line).unwrap();
    assert_eq!(line, "hello\n");
    assert!(stream.peer_certificates().is_empty());
}

/// Our server hears a line of its first client, and says another.
fn answer(acceptor: &Acceptor, listener: &TcpListener) {
    let mut stream = acceptor.accept(listener.accept().unwrap().0).unwrap();
    let mut line = String::new();
    BufReader::new(&mut stream).read_line(&mut line).unwrap();
    assert_eq!(line, "hello\n");
    stream.write_all(b"welcome\n").unwrap();
    stream.close().unwrap();
}

fn priority(versions: Versions) -> String {
    let priority = if versions == Versions::Tls12 { gnutls::PRIORITY12 } else { gnutls::PRIORITY };
    format!("{priority}:-CTYPE-ALL:+CTYPE-SRV-RAWPK:+CTYPE-CLI-RAWPK")
}

/// GnuTLS takes no other ends of lines in a public key.
fn unix(pem: &Pem) -> String {
    pem::encode_config(pem, pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF))
}

/// The files of a key.
fn files(folder: &Folder, key: &Key) -> [std::path::PathBuf; 2] {
    let files = [folder.file("key.pem"), folder.file("public.pem")];
    std::fs::write(&files[0], unix(&Pem::new("PRIVATE KEY", &key.private[..]))).unwrap();
    std::fs::write(&files[1], unix(&Pem::new("PUBLIC KEY", &key.public[..]))).unwrap();
    files
}

#[test]
#[ignore = "needs gnutls-serv"]
fn our_client_knows_the_key_of_gnutls() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    // One on Ed25519 has its public half beside it, which GnuTLS 3.7 does not read.
    for (kind, versions) in KINDS[..2].iter().flat_map(|kind| VERSIONS.map(|versions| (kind, versions))) {
        let (key, folder) = (Key::new(kind), Folder::new());
        let [private, public] = files(&folder, &key);
        let make = || {
            let mut command = std::process::Command::new("gnutls-serv");
            command.args(["--echo", "--disable-client-cert", "--priority", &priority(versions)]);
            command.arg("--rawpkkeyfile").arg(&private).arg("--rawpkfile").arg(&public);
            command
        };
        let (_program, address) = gnutls::start_server(make);
        talk(&connector(&key, versions), address);
        let stranger = connector(&Key::new(kind), versions);
        assert!(stranger.connect("localhost", TcpStream::connect(address).unwrap()).is_err());
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn gnutls_takes_the_key_of_our_server() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    for (kind, versions) in KINDS.iter().flat_map(|kind| VERSIONS.map(|versions| (kind, versions))) {
        let key = Key::new(kind);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let mut command = std::process::Command::new("gnutls-cli");
        command.args(["--insecure", "--priority", &priority(versions), "--port", &port, "127.0.0.1"]);
        let mut program = Program::start(&mut command);
        program.say(b"hello\n");
        answer(&acceptor(&key, versions), &listener);
        program.wait_for("welcome");
    }
}

// --- rustls, in this process: always runs -----------------------------------------------------------------------------

/// Takes one key.
#[derive(Debug)]
struct Known(Vec<u8>, WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        key: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        assert_eq!(key.as_ref(), self.0);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 alone".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(key.as_ref());
        verify_tls13_signature_with_raw_key(message, &key, signature, &self.1)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.1.supported_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

#[test]
fn our_client_knows_the_key_of_rustls() {
    for kind in KINDS {
        let key = Key::new(kind);
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(key.certified())));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut tls = StreamOwned::new(connection, listener.accept().unwrap().0);
            let mut line = [0; 6];
            tls.read_exact(&mut line).unwrap();
            tls.write_all(&line).unwrap();
        });
        talk(&connector(&key, Versions::Tls13), address);
        server.join().unwrap();
    }
}

#[test]
fn rustls_and_our_server_know_each_others_keys() {
    for (kind, asks) in KINDS.into_iter().flat_map(|kind| [(kind, false), (kind, true)]) {
        let (key, own) = (Key::new(kind), Key::new(kind));
        let provider = ring::default_provider();
        let algorithms = provider.signature_verification_algorithms;
        let builder = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Known(key.public.clone(), algorithms)));
        let resolver = Arc::new(AlwaysResolvesClientRawPublicKeys::new(own.certified()));
        // Nor does it take an offer that is not answered.
        let config = match asks {
            true => builder.with_client_cert_resolver(resolver),
            false => builder.with_no_client_auth(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let client = std::thread::spawn(move || {
            let name = "localhost".try_into().unwrap();
            let connection = ClientConnection::new(Arc::new(config), name).unwrap();
            let mut tls = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
            tls.write_all(b"hello\n").unwrap();
            let mut line = [0; 8];
            tls.read_exact(&mut line).unwrap();
            line
        });
        let acceptor = match asks {
            true => acceptor(&key, Versions::Tls13)
                .with_client_certificates(PeerCertificate::Required, KnownKeys::new([own.public.clone()])),
            false => acceptor(&key, Versions::Tls13),
        };
        answer(&acceptor, &listener);
        assert_eq!(client.join().unwrap(), *b"welcome\n");
    }
}

#[test]
fn both_of_our_ends_show_keys_and_know_no_others() {
    // One on Ed25519 signs no handshake of TLS 1.2 for a client.
    for (versions, kind) in
        [(Versions::Tls12, KINDS[1]), (Versions::Both, KINDS[1]), (Versions::Tls13, KINDS[2])]
    {
        let (server, client) = (Key::new(KINDS[0]), Key::new(kind));
        for (shown, is_known) in [(&client, true), (&server, false)] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let acceptor = acceptor(&server, versions)
                .with_client_certificates(PeerCertificate::Required, KnownKeys::new([client.public.clone()]));
            let serving = std::thread::spawn(move || acceptor.accept(listener.accept().unwrap().0).is_ok());
            let connector = connector(&server, versions).with_identities([shown.identity()]);
            let connected = connector.connect("localhost", TcpStream::connect(address).unwrap());
            // In TLS 1.3 a client is done before the server has looked at its key.
            assert!(connected.is_ok() == is_known || versions != Versions::Tls12);
            assert_eq!(serving.join().unwrap(), is_known);
        }
    }
}
