//! With rustls, in both directions and in this process: needs no program and always runs.
#![allow(missing_docs, reason = "tests")]

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::ops::DerefMut;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustls::crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs, ring};
use rustls::{ClientConnection, ConnectionCommon, RootCertStore, ServerConnection, SideData, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, ServerName};
use tidegate::config::{ClientConfig, Protocols, ServerConfig};
use tidegate::error::{CertificateError, PeerMisbehaved, Refused};
use tidegate::modes::Completion;
use tidegate::wire::enums::{AlertDescription, CipherSuite, KeyUpdateRequest, NamedGroup};
use tidegate::{Error, HelloRetry, Role};
use tidegate_tests::interop::certificates::{Flaw, Identity, Kind};
use tidegate_tests::interop::end::End;
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::matrix::{self, Cell};
use tidegate_tests::interop::program::PATIENCE;
use tidegate_tests::interop::setup::{Answer, Setup, Trust};

const MEGABYTES: usize = 10 << 20;
const LABEL: &[u8] = b"EXPERIMENTAL-tidegate";

// --- The peer ---------------------------------------------------------------------------------------------------------

/// What a peer does with its end of the connection.
type Act<C> = fn(StreamOwned<C, TcpStream>) -> io::Result<Vec<u8>>;
type Peer = JoinHandle<io::Result<Vec<u8>>>;

fn start_client(config: rustls::ClientConfig, listener: &Listener, act: Act<ClientConnection>) -> Peer {
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let address = listener.address;
    thread::spawn(move || act(StreamOwned::new(connection, patient(TcpStream::connect(address).unwrap()))))
}

fn start_server(config: rustls::ServerConfig, listener: Listener, act: Act<ServerConnection>) -> Peer {
    let connection = ServerConnection::new(Arc::new(config)).unwrap();
    thread::spawn(move || act(StreamOwned::new(connection, patient(listener.accept()))))
}

fn patient(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Sends back what comes, up to a close_notify, and answers that.
fn echo<C, S>(mut tls: StreamOwned<C, TcpStream>) -> io::Result<Vec<u8>>
where
    C: DerefMut<Target = ConnectionCommon<S>>,
    S: SideData,
{
    let mut piece = [0; 4096];
    loop {
        let count = tls.read(&mut piece)?;
        if count == 0 {
            break;
        }
        tls.write_all(&piece[..count])?;
    }
    tls.conn.send_close_notify();
    tls.flush()?;
    let mut material = vec![0; 40];
    material = tls.conn.export_keying_material(material, LABEL, None).map_err(io::Error::other)?;
    Ok(material)
}

/// Takes everything before it sends it back.
fn store<C, S>(mut tls: StreamOwned<C, TcpStream>) -> io::Result<Vec<u8>>
where
    C: DerefMut<Target = ConnectionCommon<S>>,
    S: SideData,
{
    let mut content = vec![0; MEGABYTES];
    tls.read_exact(&mut content)?;
    tls.write_all(&content)?;
    tls.flush()?;
    echo(tls)
}

/// Changes its keys after every line.
fn refresh<C, S>(mut tls: StreamOwned<C, TcpStream>) -> io::Result<Vec<u8>>
where
    C: DerefMut<Target = ConnectionCommon<S>>,
    S: SideData,
{
    let mut line = [0; 6];
    for _ in 0..8 {
        tls.read_exact(&mut line)?;
        tls.write_all(&line)?;
        tls.conn.refresh_traffic_keys().map_err(io::Error::other)?;
        tls.write_all(&line)?;
    }
    echo(tls)
}

/// Ends without a close_notify.
fn cut<C, S>(mut tls: StreamOwned<C, TcpStream>) -> io::Result<Vec<u8>>
where
    C: DerefMut<Target = ConnectionCommon<S>>,
    S: SideData,
{
    tls.read_exact(&mut [0; 6])?;
    Ok(Vec::new())
}

/// One of TLS 1.3 stands for those of TLS 1.2 with the same AEAD, too.
fn rustls_provider(suite: Option<CipherSuite>, groups: &[NamedGroup]) -> Arc<CryptoProvider> {
    let mut provider = ring::default_provider();
    provider.cipher_suites.retain(|have| {
        let have = CipherSuite(u16::from(have.suite()));
        let like = have.tls12_parts().map_or(have, |(_, suite)| suite);
        suite.is_none_or(|suite| suite == like)
    });
    let group = |group: &NamedGroup| -> &'static dyn SupportedKxGroup {
        match *group {
            NamedGroup::X25519 => ring::kx_group::X25519,
            NamedGroup::SECP256R1 => ring::kx_group::SECP256R1,
            NamedGroup::SECP384R1 => ring::kx_group::SECP384R1,
            NamedGroup::X25519MLKEM768 => aws_lc_rs::kx_group::X25519MLKEM768,
            _ => panic!("{group}"),
        }
    };
    provider.kx_groups = groups.iter().map(group).collect();
    Arc::new(provider)
}

fn rustls_client(
    identity: &Identity,
    suite: Option<CipherSuite>,
    groups: &[NamedGroup],
) -> rustls::ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(identity.pki.root.clone()).unwrap();
    rustls::ClientConfig::builder_with_provider(rustls_provider(suite, groups))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn rustls_server(
    identity: &Identity,
    suite: Option<CipherSuite>,
    groups: &[NamedGroup],
) -> rustls::ServerConfig {
    let key = PrivateKeyDer::try_from(identity.pki.key.clone()).unwrap();
    rustls::ServerConfig::builder_with_provider(rustls_provider(suite, groups))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.pki.chain.clone(), key)
        .unwrap()
}

// --- Our client, a rustls server --------------------------------------------------------------------------------------

#[test]
fn client_matrix() {
    let cells = [matrix::cells(&Kind::OURS), matrix::cells12(&Kind::OURS)].concat();
    matrix::run("our client, rustls server", &cells, |cell: &Cell, identity| {
        let listener = Listener::new();
        let address = listener.address;
        let mut theirs = rustls_server(identity, Some(cell.suite), &[cell.group]);
        theirs.alpn_protocols = vec![b"echo".to_vec()];
        let peer = start_server(theirs, listener, echo);
        let mut config = ClientConfig::new();
        cell.choose(&mut config.common, &cell.client_groups());
        config.common.protocols = Protocols::new([&b"h2"[..], b"echo"]).unwrap();
        let mut client = End::connect(address, config, &identity.pki, cell.setup());
        client.handshake().unwrap();
        cell.check(client.connection.negotiated());
        assert_eq!(client.connection.protocol(), Some(&b"echo"[..]));
        converse(&mut client, peer);
        assert_eq!(client.tickets > 0, !cell.is_tls12());
    });
}

#[test]
fn client_refuses_bad_certificates() {
    let flaws = [
        (Flaw::Expired, CertificateError::Expired, "CertificateExpired"),
        (Flaw::NotValidYet, CertificateError::NotValidYet, "CertificateExpired"),
        (Flaw::OtherName, CertificateError::NameMismatch, "BadCertificate"),
        (Flaw::OtherRoot, CertificateError::UnknownIssuer, "UnknownCA"),
        (Flaw::ForgedRoot, CertificateError::BadSignature, "BadCertificate"),
    ];
    for (flaw, error, alert) in flaws {
        let identity = Identity::flawed(flaw);
        let (mut client, peer) = to_rustls(&identity, Setup::ROOMY, ClientConfig::new(), echo);
        let fault = client.handshake().unwrap_err().tls();
        assert_eq!(fault, Error::Refused(Refused::Certificate(error)), "{flaw:?}");
        client.linger();
        let told = peer.join().unwrap().unwrap_err().to_string();
        assert_eq!(told, format!("received fatal alert: {alert}"));
    }
}

/// Our client and a rustls server that does this.
fn to_rustls(
    identity: &Identity,
    setup: Setup,
    config: ClientConfig,
    act: Act<ServerConnection>,
) -> (End<tidegate::Client, Trust<'_>>, Peer) {
    let listener = Listener::new();
    let address = listener.address;
    let mut theirs = rustls_server(identity, None, &matrix::GROUPS);
    // It knows no extension for it.
    theirs.max_fragment_size = (setup.incoming < Setup::ROOMY.incoming).then_some(2048);
    let peer = start_server(theirs, listener, act);
    (End::connect(address, config, &identity.pki, setup), peer)
}

#[test]
fn client_carries_ten_megabytes_each_way() {
    let identity = Identity::new(Kind::EcdsaP256);
    for completion in [Completion::Sealed, Completion::Drained] {
        let mut config = ClientConfig::new();
        config.common.completion = completion;
        let (mut client, peer) = to_rustls(&identity, Setup::ROOMY, config, store);
        client.handshake().unwrap();
        carry(&mut client, peer);
    }
}

#[test]
fn client_with_small_buffers_carries_ten_megabytes_each_way() {
    let identity = Identity::new(Kind::EcdsaP256);
    assert_eq!(identity.pki.chain.len(), 3);
    let (mut client, peer) = to_rustls(&identity, Setup::SMALL, ClientConfig::new(), store);
    client.handshake().unwrap();
    carry(&mut client, peer);
}

#[test]
fn client_and_server_change_keys() {
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, peer) = to_rustls(&identity, Setup::ROOMY, ClientConfig::new(), refresh);
    client.handshake().unwrap();
    change_keys(&mut client, peer);
}

/// Groups of the client, of the server, the one that both find, and whether it takes another hello.
const HYBRIDS: [(&[NamedGroup], &[NamedGroup], NamedGroup, HelloRetry); 6] = {
    use NamedGroup as G;
    use {HelloRetry::No, HelloRetry::Yes};
    const H: NamedGroup = NamedGroup::X25519MLKEM768;
    [
        (&[H, G::X25519], &[H, G::X25519], H, No),
        (&[H, G::X25519], &[G::X25519], G::X25519, No),
        (&[H, G::X25519, G::SECP256R1], &[G::SECP256R1], G::SECP256R1, Yes),
        (&[H], &[H], H, No),
        (&[G::X25519, H], &[H], H, Yes),
        (&[G::SECP256R1, H], &[H], H, Yes),
    ]
};

#[test]
fn client_exchanges_keys_of_ml_kem() {
    let identity = Identity::new(Kind::EcdsaP256);
    for (ours, theirs, group, retry) in HYBRIDS {
        for setup in [Setup::ROOMY, Setup::SMALL, Setup { chunk: 1, ..Setup::SMALL }] {
            let listener = Listener::new();
            let address = listener.address;
            let mut theirs = rustls_server(&identity, None, theirs);
            theirs.max_fragment_size = Some(2048);
            let peer = start_server(theirs, listener, echo);
            let mut config = ClientConfig::new();
            config.common.groups.extend_from_slice(ours).unwrap();
            let mut client = End::connect(address, config, &identity.pki, setup);
            client.handshake().unwrap();
            let negotiated = client.connection.negotiated();
            assert_eq!((negotiated.group, negotiated.hello_retry), (Some(group), retry), "{ours:?}");
            converse(&mut client, peer);
        }
    }
}

#[test]
fn client_tells_a_cut() {
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, peer) = to_rustls(&identity, Setup::ROOMY, ClientConfig::new(), cut);
    client.handshake().unwrap();
    see_cut(&mut client, peer);
}

// --- A rustls client, our server --------------------------------------------------------------------------------------

#[test]
fn server_matrix() {
    let cells = [matrix::cells(&Kind::OURS), matrix::cells12(&Kind::OURS)].concat();
    matrix::run("rustls client, our server", &cells, |cell: &Cell, identity| {
        let listener = Listener::new();
        let mut theirs = rustls_client(identity, Some(cell.suite), &cell.client_groups());
        theirs.alpn_protocols = vec![b"echo".to_vec()];
        let peer = start_client(theirs, &listener, echo);
        let mut config = ServerConfig::new(identity.pki.identities());
        cell.choose(&mut config.common, &[cell.group]);
        config.common.protocols = Protocols::new([&b"h2"[..], b"echo"]).unwrap();
        let mut server = End::accept(listener.accept(), config, &identity.pki, cell.setup());
        server.handshake().unwrap();
        cell.check(server.connection.negotiated());
        assert_eq!(server.connection.protocol(), Some(&b"echo"[..]));
        assert_eq!(server.connection.server_name(), Some("localhost"));
        converse(&mut server, peer);
    });
}

/// Our server and a rustls client that does this.
fn from_rustls(
    identity: &Identity,
    setup: Setup,
    act: Act<ClientConnection>,
) -> (End<tidegate::Server, tidegate::sign::SoftwareSigner>, Peer) {
    let listener = Listener::new();
    let mut theirs = rustls_client(identity, None, &matrix::GROUPS);
    theirs.max_fragment_size = (setup.incoming < Setup::ROOMY.incoming).then_some(2048);
    let peer = start_client(theirs, &listener, act);
    let config = ServerConfig::new(identity.pki.identities());
    (End::accept(listener.accept(), config, &identity.pki, setup), peer)
}

#[test]
fn server_is_told_what_is_wrong_with_its_certificate() {
    let flaws = [
        (Flaw::Expired, AlertDescription::CERTIFICATE_EXPIRED, "expired"),
        (Flaw::NotValidYet, AlertDescription::CERTIFICATE_EXPIRED, "not valid yet"),
        (Flaw::OtherName, AlertDescription::BAD_CERTIFICATE, "not valid for name"),
        (Flaw::OtherRoot, AlertDescription::UNKNOWN_CA, "UnknownIssuer"),
        (Flaw::ForgedRoot, AlertDescription::DECRYPT_ERROR, "BadSignature"),
    ];
    for (flaw, alert, reason) in flaws {
        let identity = Identity::flawed(flaw);
        let (mut server, peer) = from_rustls(&identity, Setup::ROOMY, echo);
        let fault = server.handshake().unwrap_err().tls();
        assert_eq!(fault, Error::AlertReceived(alert), "{flaw:?}");
        let told = peer.join().unwrap().unwrap_err().to_string();
        assert!(told.contains(reason), "{flaw:?}: {told}");
    }
}

#[test]
fn server_carries_ten_megabytes_each_way() {
    let identity = Identity::new(Kind::EcdsaP256);
    for setup in [Setup::ROOMY, Setup::SMALL] {
        let (mut server, peer) = from_rustls(&identity, setup, store);
        server.handshake().unwrap();
        carry(&mut server, peer);
    }
}

#[test]
fn server_and_client_change_keys() {
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, peer) = from_rustls(&identity, Setup::ROOMY, refresh);
    server.handshake().unwrap();
    change_keys(&mut server, peer);
}

#[test]
fn server_exchanges_keys_of_ml_kem() {
    let identity = Identity::new(Kind::EcdsaP256);
    for (theirs, ours, group, retry) in HYBRIDS {
        for setup in [Setup::ROOMY, Setup::SMALL, Setup { chunk: 1, ..Setup::SMALL }] {
            let listener = Listener::new();
            let mut theirs = rustls_client(&identity, None, theirs);
            theirs.max_fragment_size = Some(2048);
            let peer = start_client(theirs, &listener, echo);
            let mut config = ServerConfig::new(identity.pki.identities());
            config.common.groups.extend_from_slice(ours).unwrap();
            let mut server = End::accept(listener.accept(), config, &identity.pki, setup);
            server.handshake().unwrap();
            let negotiated = server.connection.negotiated();
            assert_eq!((negotiated.group, negotiated.hello_retry), (Some(group), retry), "{ours:?}");
            converse(&mut server, peer);
        }
    }
}

#[test]
fn server_tells_a_cut() {
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, peer) = from_rustls(&identity, Setup::ROOMY, cut);
    server.handshake().unwrap();
    see_cut(&mut server, peer);
}

// --- What both directions do ------------------------------------------------------------------------------------------

/// A line there and back, then both directions closed.
fn converse<R: Role, A: Answer>(end: &mut End<R, A>, peer: Peer) {
    end.write(b"hello\n").unwrap();
    assert_eq!(end.read_until("\n").unwrap(), "hello\n");
    finish(end, peer);
}

/// Closes, and looks whether both ends derive the same from what they agreed on.
fn finish<R: Role, A: Answer>(end: &mut End<R, A>, peer: Peer) {
    end.close().unwrap();
    assert_eq!(end.read_to_end().unwrap(), b"");
    let mut material = [0; 40];
    end.connection.export_keying_material(LABEL, None, &mut material).unwrap();
    assert_eq!(peer.join().unwrap().unwrap(), material);
}

fn carry<R: Role, A: Answer>(end: &mut End<R, A>, peer: Peer) {
    let content: Vec<u8> = (0..MEGABYTES).map(|place| (place % 251).to_le_bytes()[0]).collect();
    end.write(&content).unwrap();
    assert!(end.read(MEGABYTES).unwrap() == content, "what came is something else");
    finish(end, peer);
}

fn change_keys<R: Role, A: Answer>(end: &mut End<R, A>, peer: Peer) {
    let requests = [KeyUpdateRequest::UPDATE_NOT_REQUESTED, KeyUpdateRequest::UPDATE_REQUESTED];
    for (place, request) in (0..8).zip(requests.into_iter().cycle()) {
        let line = format!("line {place}");
        end.connection.update_keys(request).unwrap();
        end.write(line.as_bytes()).unwrap();
        assert_eq!(end.read(12).unwrap(), line.repeat(2).as_bytes());
    }
    finish(end, peer);
}

fn see_cut<R: Role, A: Answer>(end: &mut End<R, A>, peer: Peer) {
    end.write(b"hello\n").unwrap();
    let fault = end.read_to_end().unwrap_err().tls();
    assert_eq!(fault, Error::PeerMisbehaved(PeerMisbehaved::Truncated));
    peer.join().unwrap().unwrap();
}
