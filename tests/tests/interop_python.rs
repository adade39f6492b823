//! With Python's `ssl`, in both directions.
#![allow(missing_docs, reason = "tests")]

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use tidegate::Error;
use tidegate::config::{ClientConfig, Protocols, ServerConfig};
use tidegate::error::{CertificateError, PeerMisbehaved, Refused};
use tidegate::wire::enums::{AlertDescription, NamedGroup};
use tidegate_tests::interop::certificates::{Flaw, Identity, Kind};
use tidegate_tests::interop::end::End;
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::matrix::{self, Cell};
use tidegate_tests::interop::program::{Program, have};
use tidegate_tests::interop::setup::Setup;

/// What Python calls a group, as far as it has one to choose.
fn curve(group: NamedGroup) -> &'static str {
    match group {
        NamedGroup::X25519 => "X25519",
        NamedGroup::SECP256R1 => "prime256v1",
        NamedGroup::SECP384R1 => "secp384r1",
        _ => panic!("{group}"),
    }
}

/// In TLS 1.2 a choice would be one of the certificates' curves, too: the other end chooses alone.
fn chosen_curve(cell: &Cell) -> &'static str {
    if cell.is_tls12() { "" } else { curve(cell.group) }
}

fn start_server(identity: &Identity, version: &str, curve: &str, protocols: &str) -> (Program, SocketAddr) {
    let mut command = Command::new("python3");
    command.args(["-c", include_str!("../src/interop/server.py")]);
    let program =
        Program::start(command.arg(identity.chain()).arg(identity.key()).args([version, curve, protocols]));
    let said = program.wait_for(";");
    let port = said.trim().trim_start_matches("listening ").trim_end_matches(';').parse().unwrap();
    (program, (Ipv4Addr::LOCALHOST, port).into())
}

fn start_client(identity: &Identity, listener: &Listener, [version, curve, protocols]: [&str; 3]) -> Program {
    let mut command = Command::new("python3");
    let port = listener.address.port().to_string();
    command.args(["-c", include_str!("../src/interop/client.py"), "127.0.0.1", &port]);
    Program::start(command.arg(identity.root()).args([version, curve, protocols]))
}

#[test]
#[ignore = "needs python3 and openssl"]
fn client_matrix() {
    if have(&["python3", "openssl"]) {
        matrix::run("our client, Python server", &matrix::cells(&Kind::ALL), client_cell);
        matrix::run("our client, Python server", &matrix::cells12(&Kind::ALL), client_cell);
    }
}

fn client_cell(cell: &Cell, identity: &Identity) {
    let (program, address) = start_server(identity, cell.version_name(), chosen_curve(cell), "spdy,echo");
    let mut config = ClientConfig::new();
    cell.choose(&mut config.common, &cell.client_groups());
    config.common.protocols = Protocols::new([&b"h2"[..], b"echo"]).unwrap();
    let mut client = End::connect(address, config, &identity.pki, cell.setup());
    client.handshake().unwrap();
    cell.check(client.connection.negotiated());
    assert_eq!(client.connection.protocol(), Some(&b"echo"[..]));
    client.write(b"hello\n").unwrap();
    assert_eq!(client.read_until("\n").unwrap(), "hello\n");
    client.close().unwrap();
    assert_eq!(client.read_to_end().unwrap(), b"");
    let (status, said) = program.finish();
    assert!(status.success() && said.contains("closed"), "{status}\n{said}");
    assert!(
        said.contains(&format!("connected {} {} echo", cell.version_name(), cell.suite_name())),
        "{said}"
    );
}

#[test]
#[ignore = "needs python3"]
fn server_matrix() {
    if have(&["python3"]) {
        // Python chooses one group or leaves the choice to OpenSSL, which shares a key of X25519 then.
        let mut cells = matrix::cells(&Kind::OURS);
        cells.retain(|cell| cell.shared == cell.group || cell.shared == NamedGroup::X25519);
        matrix::run("Python client, our server", &cells, server_cell);
        matrix::run("Python client, our server", &matrix::cells12(&Kind::OURS), server_cell);
    }
}

fn server_cell(cell: &Cell, identity: &Identity) {
    let listener = Listener::new();
    let curve = if cell.shared == cell.group { chosen_curve(cell) } else { "" };
    let program = start_client(identity, &listener, [cell.version_name(), curve, "spdy,echo"]);
    let mut config = ServerConfig::new(identity.pki.identities());
    cell.choose(&mut config.common, &[cell.group]);
    config.common.protocols = Protocols::new([&b"h2"[..], b"echo"]).unwrap();
    let mut server = End::accept(listener.accept(), config, &identity.pki, cell.setup());
    server.handshake().unwrap();
    cell.check(server.connection.negotiated());
    assert_eq!(server.read_until("\n").unwrap(), "hello\n");
    server.write(b"welcome\n").unwrap();
    assert_eq!(server.read_to_end().unwrap(), b"");
    server.close().unwrap();
    let (status, said) = program.finish();
    assert!(status.success() && said.contains("closed"), "{status}\n{said}");
    assert!(
        said.contains(&format!("connected {} {} echo", cell.version_name(), cell.suite_name())),
        "{said}"
    );
}

#[test]
#[ignore = "needs python3"]
fn bad_certificates_are_refused_both_ways() {
    if !have(&["python3"]) {
        return;
    }
    use AlertDescription as Alert;
    let flaws = [
        (Flaw::Expired, CertificateError::Expired, "CERTIFICATE_EXPIRED", Alert::CERTIFICATE_EXPIRED),
        (Flaw::NotValidYet, CertificateError::NotValidYet, "CERTIFICATE_EXPIRED", Alert::BAD_CERTIFICATE),
        (Flaw::OtherName, CertificateError::NameMismatch, "BAD_CERTIFICATE", Alert::BAD_CERTIFICATE),
        (Flaw::OtherRoot, CertificateError::UnknownIssuer, "UNKNOWN_CA", Alert::UNKNOWN_CA),
    ];
    for (flaw, error, ours, theirs) in flaws {
        let identity = Identity::flawed(flaw);
        let (program, address) = start_server(&identity, "", "", "");
        let mut client = End::connect(address, ClientConfig::new(), &identity.pki, Setup::ROOMY);
        let fault = client.handshake().unwrap_err().tls();
        assert_eq!(fault, Error::Refused(Refused::Certificate(error)), "{flaw:?}");
        client.linger();
        program.wait_for(&format!("ALERT_{ours}"));

        let listener = Listener::new();
        let program = start_client(&identity, &listener, [""; 3]);
        let config = ServerConfig::new(identity.pki.identities());
        let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::ROOMY);
        assert_eq!(server.handshake().unwrap_err().tls(), Error::AlertReceived(theirs), "{flaw:?}");
        program.wait_for("failed SSLCertVerificationError");
    }
}

#[test]
#[ignore = "needs python3"]
fn a_cut_is_told_both_ways() {
    if !have(&["python3"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let config = || ServerConfig::new(identity.pki.identities());
    let listener = Listener::new();
    let program = start_client(&identity, &listener, [""; 3]);
    let mut server = End::accept(listener.accept(), config(), &identity.pki, Setup::ROOMY);
    server.read_until("\n").unwrap();
    server.cut();
    program.wait_for("EOF occurred in violation of protocol");

    let listener = Listener::new();
    let program = start_client(&identity, &listener, [""; 3]);
    let mut server = End::accept(listener.accept(), config(), &identity.pki, Setup::ROOMY);
    server.read_until("\n").unwrap();
    drop(program);
    let fault = server.read_to_end().unwrap_err().tls();
    assert_eq!(fault, Error::PeerMisbehaved(PeerMisbehaved::Truncated));
}
