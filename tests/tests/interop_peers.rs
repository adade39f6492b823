//! Node.js, Python's `ssl` and tlslite-ng at either end: a test for each cell of what both can do.
#![allow(missing_docs, reason = "tests")]

use tidegate::config::{ClientConfig, PeerCertificate, Protocols, ServerConfig, Versions};
use tidegate::wire::enums::{KeyUpdateRequest, NamedGroup};
use tidegate::{HelloRetry, Role};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::end::{End, KnowingServer, KnownClient};
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::program::Program;
use tidegate_tests::interop::scripted::{Peer, Wish};
use tidegate_tests::interop::setup::{Answer, Setup};

const VERSIONS: [(Versions, &str); 2] = [(Versions::Tls12, "TLSv1.2"), (Versions::Tls13, "TLSv1.3")];
const TLS13: Wish<'_> = Wish { version: "TLSv1.3", group: "", protocols: "", client: None };
/// Bytes of a record with a KeyUpdate: its header, the message, the content type, the tag.
const KEY_UPDATE: usize = 5 + 5 + 1 + 16;

/// The cells of a peer, named by what happens and who is at which end.
macro_rules! cells {
    ($($peer:ident, $needs:literal: $kind:expr => $($cell:ident)*;)*) => {$(
        mod $peer {
            use super::Peer;
            $(
                #[test]
                #[ignore = $needs]
                fn $cell() {
                    if $kind.is_here() {
                        super::$cell($kind);
                    }
                }
            )*
        }
    )*};
}

cells! {
    node, "needs node": Peer::Node =>
        our_client_is_retried our_client_agrees_on_a_protocol our_client_changes_keys our_client_shows_its_certificate
        our_server_retries our_server_agrees_on_a_protocol our_server_changes_keys our_server_takes_a_certificate;
    python, "needs python3": Peer::Python =>
        our_client_is_retried our_client_agrees_on_a_protocol our_client_changes_keys our_client_shows_its_certificate
        our_server_retries our_server_agrees_on_a_protocol our_server_changes_keys our_server_takes_a_certificate;
    tlslite, "needs tlslite-ng": Peer::Tlslite =>
        our_client_is_retried our_client_agrees_on_a_protocol our_client_changes_keys our_client_shows_its_certificate
        our_server_retries our_server_agrees_on_a_protocol our_server_changes_keys our_server_takes_a_certificate
        a_server_changes_keys_with_us a_client_changes_keys_with_us;
}

// --- Our client -------------------------------------------------------------------------------------------------------

fn our_client_is_retried(peer: Peer) {
    let identity = Identity::new(Kind::EcdsaP256);
    let (program, address) = peer.start_server(&identity, Wish { group: "secp384r1", ..TLS13 });
    let mut config = ClientConfig::new();
    config.common.groups.extend_from_slice(&[NamedGroup::X25519, NamedGroup::SECP384R1]).unwrap();
    let mut client = End::connect(address, config, &identity.pki, Setup::ROOMY);
    client.handshake().unwrap();
    assert_eq!(client.connection.negotiated().hello_retry, HelloRetry::Yes);
    assert_eq!(client.connection.negotiated().group, Some(NamedGroup::SECP384R1));
    talk_to_server(client, &program);
}

fn our_client_agrees_on_a_protocol(peer: Peer) {
    let identity = Identity::new(Kind::EcdsaP256);
    for (versions, version) in VERSIONS {
        let wish = Wish { version, protocols: "spdy,echo", ..TLS13 };
        let (program, address) = peer.start_server(&identity, wish);
        let mut config = ClientConfig::new();
        config.common.versions = versions;
        config.common.protocols = Protocols::new([&b"h2"[..], b"echo"]).unwrap();
        let mut client = End::connect(address, config, &identity.pki, Setup::ROOMY);
        client.handshake().unwrap();
        assert_eq!(client.connection.protocol(), Some(&b"echo"[..]), "{version}");
        let said = talk_to_server(client, &program);
        assert!(said.contains(&format!("connected {version} ")) && said.contains(" echo"), "{said}");
    }
}

fn our_client_changes_keys(peer: Peer) {
    let identity = Identity::new(Kind::EcdsaP256);
    let (program, address) = peer.start_server(&identity, TLS13);
    let mut client = End::connect(address, ClientConfig::new(), &identity.pki, Setup::ROOMY);
    client.handshake().unwrap();
    for request in [KeyUpdateRequest::UPDATE_REQUESTED, KeyUpdateRequest::UPDATE_NOT_REQUESTED] {
        client.connection.update_keys(request).unwrap();
        client.write(b"under new keys\n").unwrap();
        assert_eq!(client.read_until("\n").unwrap(), "under new keys\n");
    }
    talk_to_server(client, &program);
}

fn our_client_shows_its_certificate(peer: Peer) {
    let (identity, own) = (Identity::new(Kind::EcdsaP256), Identity::for_client(Kind::EcdsaP256));
    for (versions, version) in VERSIONS {
        let (program, address) = peer.start_server(&identity, Wish { version, client: Some(&own), ..TLS13 });
        let mut config = ClientConfig::with_identities(own.pki.identities());
        config.common.versions = versions;
        let answers = KnownClient { own: &own.pki, peer: &identity.pki };
        let mut client = End::connect_as(address, config, answers, Setup::ROOMY);
        client.handshake().unwrap();
        let said = talk_to_server(client, &program);
        assert!(said.contains(&format!("shown {}", own.pki.chain[0].len())), "{version}: {said}");
    }
}

/// The server changes its keys before it sends this back, and wants ours changed.
fn a_server_changes_keys_with_us(peer: Peer) {
    let identity = Identity::new(Kind::EcdsaP256);
    let (program, address) = peer.start_server(&identity, TLS13);
    let mut client = End::connect(address, ClientConfig::new(), &identity.pki, Setup::ROOMY);
    client.handshake().unwrap();
    client.write(b"update\n").unwrap();
    let before = client.sent;
    assert_eq!(client.read_until("\n").unwrap(), "update\n");
    assert_eq!(client.sent - before, KEY_UPDATE);
    talk_to_server(client, &program);
}

/// A line there and back, and an end in both directions; what the server said.
fn talk_to_server<R: Role, A: Answer>(mut client: End<R, A>, program: &Program) -> String {
    client.write(b"hello\n").unwrap();
    assert_eq!(client.read_until("\n").unwrap(), "hello\n");
    client.close().unwrap();
    assert_eq!(client.read_to_end().unwrap(), b"");
    program.wait_for("closed")
}

// --- Our server -------------------------------------------------------------------------------------------------------

fn our_server_retries(peer: Peer) {
    let (identity, listener) = (Identity::new(Kind::EcdsaP256), Listener::new());
    let program = peer.start_client(&identity, &listener, TLS13);
    let mut config = ServerConfig::new(identity.pki.identities());
    config.common.groups.push(NamedGroup::SECP384R1).unwrap();
    let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::ROOMY);
    server.handshake().unwrap();
    assert_eq!(server.connection.negotiated().hello_retry, HelloRetry::Yes);
    talk_to_client(server, &program);
}

fn our_server_agrees_on_a_protocol(peer: Peer) {
    let identity = Identity::new(Kind::EcdsaP256);
    for (versions, version) in VERSIONS {
        let listener = Listener::new();
        let program =
            peer.start_client(&identity, &listener, Wish { version, protocols: "spdy,echo", ..TLS13 });
        let mut config = ServerConfig::new(identity.pki.identities());
        config.common.versions = versions;
        config.common.protocols = Protocols::new([&b"h2"[..], b"echo"]).unwrap();
        let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::ROOMY);
        server.handshake().unwrap();
        assert_eq!(server.connection.protocol(), Some(&b"echo"[..]), "{version}");
        let said = talk_to_client(server, &program);
        assert!(said.contains(&format!("connected {version} ")) && said.contains(" echo"), "{said}");
    }
}

fn our_server_changes_keys(peer: Peer) {
    let (identity, listener) = (Identity::new(Kind::EcdsaP256), Listener::new());
    let program = peer.start_client(&identity, &listener, TLS13);
    let config = ServerConfig::new(identity.pki.identities());
    let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::ROOMY);
    assert_eq!(server.read_until("\n").unwrap(), "hello\n");
    server.connection.update_keys(KeyUpdateRequest::UPDATE_REQUESTED).unwrap();
    server.write(b"again\n").unwrap();
    assert_eq!(server.read_until("\n").unwrap(), "again\n");
    server.connection.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED).unwrap();
    end_with_client(server, &program);
}

fn our_server_takes_a_certificate(peer: Peer) {
    let (identity, theirs) = (Identity::new(Kind::EcdsaP256), Identity::for_client(Kind::EcdsaP256));
    for (versions, version) in VERSIONS {
        let listener = Listener::new();
        let wish = Wish { version, client: Some(&theirs), ..TLS13 };
        let program = peer.start_client(&identity, &listener, wish);
        let mut config = ServerConfig::new(identity.pki.identities());
        config.common.versions = versions;
        config.client_certificates = PeerCertificate::Required;
        let answers = KnowingServer { own: &identity.pki, peer: &theirs.pki };
        let server = End::accept_known(listener.accept(), config, answers, Setup::ROOMY);
        talk_to_client(server, &program);
    }
}

/// The client changes its keys before it says this back, and wants ours changed.
fn a_client_changes_keys_with_us(peer: Peer) {
    let (identity, listener) = (Identity::new(Kind::EcdsaP256), Listener::new());
    let program = peer.start_client(&identity, &listener, TLS13);
    let config = ServerConfig::new(identity.pki.identities());
    let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::ROOMY);
    assert_eq!(server.read_until("\n").unwrap(), "hello\n");
    server.write(b"update\n").unwrap();
    let before = server.sent;
    assert_eq!(server.read_until("\n").unwrap(), "update\n");
    assert_eq!(server.sent - before, KEY_UPDATE);
    end_with_client(server, &program);
}

/// A line of the client and the last one for it, and an end in both directions; what the client said.
fn talk_to_client<R: Role, A: Answer>(mut server: End<R, A>, program: &Program) -> String {
    assert_eq!(server.read_until("\n").unwrap(), "hello\n");
    end_with_client(server, program)
}

fn end_with_client<R: Role, A: Answer>(mut server: End<R, A>, program: &Program) -> String {
    server.write(b"welcome\n").unwrap();
    assert_eq!(server.read_to_end().unwrap(), b"");
    server.close().unwrap();
    program.wait_for("welcome");
    program.wait_for("closed")
}
