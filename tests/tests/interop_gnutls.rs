//! With GnuTLS, in both directions: `gnutls-serv` and `gnutls-cli`.
#![allow(missing_docs, reason = "tests")]

use std::process::Command;

use tidegate::config::{ClientConfig, Protocols, ServerConfig, Versions};
use tidegate::error::{CertificateError, PeerIncompatible, PeerMisbehaved, Refused};
use tidegate::sign::SoftwareSigner;
use tidegate::wire::enums::{AlertDescription, KeyUpdateRequest};
use tidegate::{Client, Error, Server};
use tidegate_tests::interop::certificates::{Flaw, Identity, Kind};
use tidegate_tests::interop::end::End;
use tidegate_tests::interop::gnutls::{PRIORITY, client, priority, server, start_server};
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::matrix::{self, Cell};
use tidegate_tests::interop::program::{Program, have};
use tidegate_tests::interop::setup::{Setup, Trust};

/// What the RSA keys are made with, and the programs themselves.
const SERVER: &[&str] = &["gnutls-serv", "openssl"];
const CLIENT: &[&str] = &["gnutls-cli"];

// --- Our client, gnutls-serv ------------------------------------------------------------------------------------------

#[test]
#[ignore = "needs gnutls-serv and openssl"]
fn client_matrix() {
    if have(SERVER) {
        matrix::run("our client, gnutls-serv", &matrix::cells(&Kind::ALL), client_cell);
        matrix::run("our client, gnutls-serv", &matrix::cells12(&Kind::ALL), client_cell);
    }
}

fn client_cell(cell: &Cell, identity: &Identity) {
    let priority = priority(cell, &cell.server_groups());
    let (program, address) = start_server(|| {
        let mut command = server(identity, &priority);
        command.args(["--echo", "--disable-client-cert"]);
        command
    });
    let mut config = ClientConfig::new();
    cell.choose(&mut config.common, &cell.client_groups());
    let mut client = End::connect(address, config, &identity.pki, cell.setup());
    client.handshake().unwrap();
    cell.check(client.connection.negotiated());
    client.write(b"hello\n").unwrap();
    assert_eq!(client.read_until("\n").unwrap(), "hello\n");
    assert_eq!(client.tickets > 0, !cell.is_tls12());
    client.close().unwrap();
    assert_eq!(client.read_to_end().unwrap(), b"");
    program.wait_for("- Given server name[1]: localhost");
}

/// A client that has shaken hands with a gnutls-serv with these options, and that program.
fn connected<'a>(
    identity: &'a Identity,
    options: &[&str],
    config: ClientConfig,
    setup: Setup,
) -> (End<Client, Trust<'a>>, Program) {
    let (program, address) = start_server(|| {
        let mut command = server(identity, PRIORITY);
        command.args(options);
        command
    });
    let mut client = End::connect(address, config, &identity.pki, setup);
    client.handshake().unwrap();
    (client, program)
}

#[test]
#[ignore = "needs gnutls-serv"]
fn client_refuses_bad_certificates() {
    if !have(&SERVER[..1]) {
        return;
    }
    let flaws = [
        (Flaw::Expired, CertificateError::Expired, "Alert[2|45]"),
        (Flaw::NotValidYet, CertificateError::NotValidYet, "Alert[2|45]"),
        (Flaw::OtherName, CertificateError::NameMismatch, "Alert[2|42]"),
        (Flaw::OtherRoot, CertificateError::UnknownIssuer, "Alert[2|48]"),
        (Flaw::ForgedRoot, CertificateError::BadSignature, "Alert[2|42]"),
    ];
    for (flaw, error, alert) in flaws {
        let identity = Identity::flawed(flaw);
        let (program, address) = start_server(|| {
            let mut command = server(&identity, PRIORITY);
            command.args(["--debug", "5"]);
            command
        });
        let mut client = End::connect(address, ClientConfig::new(), &identity.pki, Setup::ROOMY);
        let fault = client.handshake().unwrap_err().tls();
        assert_eq!(fault, Error::Refused(Refused::Certificate(error)), "{flaw:?}");
        client.linger();
        program.wait_for(alert);
    }
}

#[test]
#[ignore = "needs gnutls-serv"]
fn client_with_a_small_buffer_has_a_server_send_small_records() {
    if !have(&SERVER[..1]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    assert_eq!(identity.pki.chain.len(), 3);
    let page = identity.folder.file("page");
    let content = "all work and no play ".repeat(10_000);
    std::fs::write(&page, &content).unwrap();
    let options = ["--http", "--httpdata", page.to_str().unwrap()];
    let (mut client, _program) = connected(&identity, &options, ClientConfig::new(), Setup::SMALL);
    client.write(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let answer = String::from_utf8(client.read_to_end().unwrap()).unwrap();
    assert!(answer.ends_with(&content), "{} bytes", answer.len());
}

#[test]
#[ignore = "needs gnutls-serv"]
fn client_changes_keys_and_has_no_certificate_to_show() {
    if !have(&SERVER[..1]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    // Unless it is told otherwise, gnutls-serv asks for a certificate.
    let (mut client, _program) = connected(&identity, &["--echo"], ClientConfig::new(), Setup::ROOMY);
    let requests = [KeyUpdateRequest::UPDATE_NOT_REQUESTED, KeyUpdateRequest::UPDATE_REQUESTED];
    for (place, request) in requests.into_iter().cycle().take(6).enumerate() {
        client.connection.update_keys(request).unwrap();
        let line = format!("new keys {place}\n");
        client.write(line.as_bytes()).unwrap();
        assert_eq!(client.read_until("\n").unwrap(), line);
    }
    client.close().unwrap();
    assert_eq!(client.read_to_end().unwrap(), b"");

    let (mut client, program) =
        connected(&identity, &["--require-client-cert"], ClientConfig::new(), Setup::ROOMY);
    let fault = client.read_to_end().unwrap_err().tls();
    assert_eq!(fault, Error::AlertReceived(AlertDescription::CERTIFICATE_REQUIRED));
    program.wait_for("Certificate is required");
}

#[test]
#[ignore = "needs gnutls-serv"]
fn client_keeps_to_a_servers_record_size_limit() {
    if !have(&SERVER[..1]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let lines = format!("{}\n", "all work and no play ".repeat(100));
    for size in ["512", "1024"] {
        let options = ["--echo", "--recordsize", size];
        let (mut client, _program) = connected(&identity, &options, ClientConfig::new(), Setup::ROOMY);
        for _ in 0..10 {
            client.write(lines.as_bytes()).unwrap();
            assert_eq!(client.read(lines.len()).unwrap(), lines.as_bytes());
        }
    }
}

#[test]
#[ignore = "needs gnutls-serv"]
fn client_agrees_on_a_protocol() {
    if !have(&SERVER[..1]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let config = |name: &'static [u8]| {
        let mut config = ClientConfig::new();
        config.common.protocols = Protocols::new([name, b"http/1.1"]).unwrap();
        config
    };
    let options = ["--alpn", "h2", "--alpn-fatal"];
    let (client, program) = connected(&identity, &options, config(b"h2"), Setup::ROOMY);
    assert_eq!(client.connection.protocol(), Some(&b"h2"[..]));
    program.wait_for("- Application protocol: h2");

    let (_program, address) = start_server(|| {
        let mut command = server(&identity, PRIORITY);
        command.args(options);
        command
    });
    let mut client = End::connect(address, config(b"h3"), &identity.pki, Setup::ROOMY);
    let fault = client.handshake().unwrap_err().tls();
    assert_eq!(fault, Error::AlertReceived(AlertDescription::NO_APPLICATION_PROTOCOL));
}

#[test]
#[ignore = "needs gnutls-serv"]
fn client_derives_the_same_keying_material() {
    if !have(&SERVER[..1]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let options = ["--keymatexport", "EXPERIMENTAL-tidegate", "--keymatexportsize", "40"];
    for suite in matrix::SUITES {
        let mut config = ClientConfig::new();
        config.common.cipher_suites.push(suite).unwrap();
        let (mut client, program) = connected(&identity, &options, config, Setup::ROOMY);
        program.wait_for(&format!("- Key material: {}", keying_material(&mut client)));
    }
}

#[test]
#[ignore = "needs gnutls-serv"]
fn client_tells_a_cut() {
    if !have(&SERVER[..1]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, program) = connected(&identity, &["--echo"], ClientConfig::new(), Setup::ROOMY);
    client.write(b"hello\n").unwrap();
    assert_eq!(client.read_until("\n").unwrap(), "hello\n");
    drop(program);
    let fault = client.read_to_end().unwrap_err().tls();
    assert_eq!(fault, Error::PeerMisbehaved(PeerMisbehaved::Truncated));
}

// --- gnutls-cli, our server -------------------------------------------------------------------------------------------

#[test]
#[ignore = "needs gnutls-cli"]
fn server_matrix() {
    if have(CLIENT) {
        matrix::run("gnutls-cli, our server", &matrix::cells(&Kind::OURS), server_cell);
        matrix::run("gnutls-cli, our server", &matrix::cells12(&Kind::OURS), server_cell);
    }
}

fn server_cell(cell: &Cell, identity: &Identity) {
    let listener = Listener::new();
    let priority = priority(cell, &cell.client_groups());
    let mut command = client(identity, listener.address, &priority);
    let mut program = Program::start(command.arg("--single-key-share"));
    let mut config = ServerConfig::new(identity.pki.identities());
    cell.choose(&mut config.common, &[cell.group]);
    let mut server = End::accept(listener.accept(), config, &identity.pki, cell.setup());
    server.handshake().unwrap();
    cell.check(server.connection.negotiated());
    assert_eq!(server.connection.server_name(), Some("localhost"));
    program.wait_for("- Status: The certificate is trusted.");
    program.say(b"hello\n");
    assert_eq!(server.read_until("\n").unwrap(), "hello\n");
    server.write(b"welcome\n").unwrap();
    program.wait_for("welcome\n");
    program.hang_up();
    assert_eq!(server.read_to_end().unwrap(), b"");
    server.close().unwrap();
    let (status, said) = program.finish();
    assert!(status.success(), "{status}\n{said}");
}

/// A server with this configuration that a gnutls-cli with these options has connected to, and that program.
fn accepted(
    identity: &Identity,
    options: &[&str],
    config: ServerConfig<tidegate_tests::pki::Chain>,
    setup: Setup,
) -> (End<Server, SoftwareSigner>, Program) {
    let listener = Listener::new();
    let mut command: Command = client(identity, listener.address, PRIORITY);
    let program = Program::start(command.args(options));
    (End::accept(listener.accept(), config, &identity.pki, setup), program)
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_is_told_what_is_wrong_with_its_certificate() {
    if !have(CLIENT) {
        return;
    }
    let flaws = [
        (Flaw::Expired, "The certificate chain uses expired certificate."),
        (Flaw::NotValidYet, "The certificate chain uses not yet valid certificate."),
        (Flaw::OtherName, "The name in the certificate does not match the expected."),
        (Flaw::OtherRoot, "The certificate issuer is unknown."),
        (Flaw::ForgedRoot, "The certificate is NOT trusted."),
    ];
    for (flaw, reason) in flaws {
        let identity = Identity::flawed(flaw);
        let config = ServerConfig::new(identity.pki.identities());
        let (mut server, program) = accepted(&identity, &[], config, Setup::ROOMY);
        let fault = server.handshake().unwrap_err().tls();
        assert_eq!(fault, Error::AlertReceived(AlertDescription::BAD_CERTIFICATE), "{flaw:?}");
        program.wait_for(reason);
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_and_client_change_keys() {
    if !have(CLIENT) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let config = ServerConfig::new(identity.pki.identities());
    let (mut server, mut program) = accepted(&identity, &["--inline-commands"], config, Setup::ROOMY);
    server.handshake().unwrap();
    program.wait_for("Simple Client Mode");
    program.say(b"^rekey^\n");
    program.say(b"after its new keys\n");
    assert_eq!(server.read_until("after its new keys\n").unwrap(), "after its new keys\n");
    let requests = [KeyUpdateRequest::UPDATE_NOT_REQUESTED, KeyUpdateRequest::UPDATE_REQUESTED];
    for (place, request) in requests.into_iter().cycle().take(6).enumerate() {
        server.connection.update_keys(request).unwrap();
        server.write(format!("new keys {place}\n").as_bytes()).unwrap();
        program.wait_for(&format!("new keys {place}\n"));
        program.say(format!("seen {place}\n").as_bytes());
        assert_eq!(server.read_until("\n").unwrap(), format!("seen {place}\n"));
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_agrees_on_a_protocol() {
    if !have(CLIENT) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let config = || {
        let mut config = ServerConfig::new(identity.pki.identities());
        config.common.protocols = Protocols::new([&b"h2"[..], b"http/1.1"]).unwrap();
        config
    };
    let options = ["--alpn", "http/1.1"];
    let (mut server, program) = accepted(&identity, &options, config(), Setup::ROOMY);
    server.handshake().unwrap();
    assert_eq!(server.connection.protocol(), Some(&b"http/1.1"[..]));
    program.wait_for("- Application protocol: http/1.1");

    let (mut server, program) = accepted(&identity, &["--alpn", "h3"], config(), Setup::ROOMY);
    let fault = server.handshake().unwrap_err().tls();
    assert_eq!(fault, Error::PeerIncompatible(PeerIncompatible::ApplicationProtocol));
    server.linger();
    program.wait_for("[120]: No supported application protocol");
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_keeps_to_a_clients_record_size_limit() {
    if !have(CLIENT) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let content = "all work and no play\n".repeat(5_000);
    for size in ["512", "1024", "4096"] {
        let config = ServerConfig::new(identity.pki.identities());
        let (mut server, program) = accepted(&identity, &["--recordsize", size], config, Setup::ROOMY);
        server.handshake().unwrap();
        server.write(content.as_bytes()).unwrap();
        let came = program.output_after("Simple Client Mode:\n\n", content.len());
        assert!(came == content.as_bytes(), "what came is something else");
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_with_small_buffers_has_a_client_send_small_records() {
    if !have(CLIENT) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let config = ServerConfig::new(identity.pki.identities());
    // GnuTLS offers record_size_limit, so that ours goes with the answer.
    let (mut server, mut program) = accepted(&identity, &[], config, Setup::SMALL);
    server.handshake().unwrap();
    // gnutls-cli makes one record of what it reads at once, and drops what is over the limit.
    program.say(&[b'x'; 4000]);
    let limit = Setup::SMALL.incoming - tidegate::limits::DEFAULT_HANDSHAKE_MESSAGE - 5 - 8 - 16 - 1;
    assert_eq!(server.read(limit).unwrap(), vec![b'x'; limit]);
    program.say(b"the end\n");
    assert_eq!(server.read_until("\n").unwrap(), "the end\n");
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_derives_the_same_keying_material() {
    if !have(CLIENT) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let config = ServerConfig::new(identity.pki.identities());
    let options = ["--keymatexport", "EXPERIMENTAL-tidegate", "--keymatexportsize", "40"];
    let (mut server, program) = accepted(&identity, &options, config, Setup::ROOMY);
    server.handshake().unwrap();
    program.wait_for(&format!("- Key material: {}", keying_material(&mut server)));
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_and_client_bind_the_same_channel() {
    if !have(CLIENT) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (version, priority) in
        [(Versions::Tls13, PRIORITY), (Versions::Tls12, "NORMAL:-VERS-ALL:+VERS-TLS1.2")]
    {
        let mut config = ServerConfig::new(identity.pki.identities());
        config.common.versions = version;
        let listener = Listener::new();
        let program = Program::start(client(&identity, listener.address, priority).arg("--verbose"));
        let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::ROOMY);
        server.handshake().unwrap();
        let binding = hexadecimal(&server.connection.tls_exporter().unwrap());
        program.wait_for(&format!("- 'tls-exporter': {binding}"));
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_tells_an_end_from_a_cut() {
    if !have(CLIENT) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let config = || ServerConfig::new(identity.pki.identities());
    let (mut server, mut program) = accepted(&identity, &[], config(), Setup::ROOMY);
    server.handshake().unwrap();
    program.say(b"the last line\n");
    program.hang_up();
    assert_eq!(server.read_to_end().unwrap(), b"the last line\n");
    server.close().unwrap();
    program.finish();

    let (mut server, program) = accepted(&identity, &[], config(), Setup::ROOMY);
    server.handshake().unwrap();
    program.wait_for("Simple Client Mode");
    drop(program);
    let fault = server.read_to_end().unwrap_err().tls();
    assert_eq!(fault, Error::PeerMisbehaved(PeerMisbehaved::Truncated));

    // GnuTLS tells them apart too.
    let (mut server, program) = accepted(&identity, &[], config(), Setup::ROOMY);
    server.handshake().unwrap();
    server.close().unwrap();
    program.wait_for("Peer has closed the GnuTLS connection");

    let (mut server, program) = accepted(&identity, &[], config(), Setup::ROOMY);
    server.handshake().unwrap();
    server.cut();
    program.wait_for("non-properly terminated");
}

// --- What both need ---------------------------------------------------------------------------------------------------

fn keying_material<R: tidegate::Role, A>(end: &mut End<R, A>) -> String {
    let mut material = [0; 40];
    end.connection.export_keying_material(b"EXPERIMENTAL-tidegate", None, &mut material).unwrap();
    hexadecimal(&material)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
