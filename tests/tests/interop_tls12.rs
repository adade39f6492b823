//! TLS 1.2 with OpenSSL and GnuTLS: what it has beside TLS 1.3. The matrices stand with those of TLS 1.3.
#![allow(missing_docs, reason = "tests")]

use std::process::Command;

use tidegate::config::{ClientConfig, Common, Permission, ServerConfig, Versions};
use tidegate::error::PeerIncompatible;
use tidegate::sign::SoftwareSigner;
use tidegate::wire::enums::{AlertDescription, ProtocolVersion};
use tidegate::{Client, Error, Role, Server};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::end::End;
use tidegate_tests::interop::gnutls::{self, PRIORITY12};
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::matrix::SUITES;
use tidegate_tests::interop::openssl;
use tidegate_tests::interop::program::{Program, have};
use tidegate_tests::interop::setup::{Answer, Setup, Trust};

type OurClient<'a> = End<Client, Trust<'a>>;
type OurServer = End<Server, SoftwareSigner>;

/// How many bytes go each way around a renegotiation.
const LENGTH: usize = 100_000;

// --- Configurations and ends ------------------------------------------------------------------------------------------

/// TLS 1.2 alone, with everything about renegotiation allowed.
fn renegotiating(common: &mut Common) {
    common.versions = Versions::Tls12;
    common.renegotiation.by_us = Permission::Granted;
    common.renegotiation.by_peer = Permission::Granted;
}

/// TLS 1.2 alone: no renegotiation.
fn plain(common: &mut Common) {
    common.versions = Versions::Tls12;
}

fn client_config(change: impl FnOnce(&mut Common)) -> ClientConfig {
    let mut config = ClientConfig::new();
    change(&mut config.common);
    config
}

fn server_config(
    identity: &Identity,
    change: impl FnOnce(&mut Common),
) -> ServerConfig<tidegate_tests::pki::Chain> {
    let mut config = ServerConfig::new(identity.pki.identities());
    change(&mut config.common);
    config
}

/// Our client that has shaken hands with an `s_server` of TLS 1.2 with these options.
fn to_openssl<'a>(
    identity: &'a Identity,
    options: &[&str],
    change: impl FnOnce(&mut Common),
) -> (OurClient<'a>, Program) {
    let (program, address) = openssl::start_server(openssl::server12(identity).args(options));
    let mut client = End::connect(address, client_config(change), &identity.pki, Setup::ROOMY);
    client.handshake().unwrap();
    (client, program)
}

/// Our server that has shaken hands with this program.
fn from(
    identity: &Identity,
    change: impl FnOnce(&mut Common),
    program: impl FnOnce(&Listener) -> Command,
) -> (OurServer, Program) {
    let listener = Listener::new();
    let program = Program::start(&mut program(&listener));
    let config = server_config(identity, change);
    let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::ROOMY);
    server.handshake().unwrap();
    (server, program)
}

fn from_openssl(
    identity: &Identity,
    options: &[&str],
    change: impl FnOnce(&mut Common),
) -> (OurServer, Program) {
    from(identity, change, |listener| {
        let mut command = openssl::client(identity, listener.address);
        command.arg("-tls1_2").args(options);
        command
    })
}

/// A line each way, each of which must come as it went.
fn exchange<R: Role, A: Answer>(end: &mut End<R, A>, program: &mut Program, word: &str) {
    let line = format!("{word} to us\n");
    program.say(line.as_bytes());
    assert_eq!(end.read_until("\n").unwrap(), line);
    let line = format!("{word} to them\n");
    end.write(line.as_bytes()).unwrap();
    program.wait_for(&line);
}

/// Many bytes of ours, that must come as they went.
fn pour<R: Role, A: Answer>(end: &mut End<R, A>, program: &Program, word: &str) {
    let content: Vec<u8> = (0..LENGTH).map(|at| b'a' + u8::try_from(at % 23).unwrap()).collect();
    let mark = format!("pouring {word}\n");
    end.write(mark.as_bytes()).unwrap();
    end.write(&content).unwrap();
    assert!(program.output_after(&mark, LENGTH) == content, "what went is something else");
}

// --- Renegotiation with OpenSSL ---------------------------------------------------------------------------------------

#[test]
#[ignore = "needs openssl"]
fn client_follows_the_requests_of_s_server() {
    if !have(&["openssl"]) {
        return;
    }
    for kind in [Kind::EcdsaP256, Kind::Rsa2048] {
        let identity = Identity::new(kind);
        let (mut client, mut program) = to_openssl(&identity, &[], renegotiating);
        exchange(&mut client, &mut program, "before");
        for round in 0..3 {
            // "r" asks for a handshake; "R" for a certificate with it, of which we have none.
            program.say(b"r\n");
            assert!(client.answered().unwrap() > 100, "a ClientHello");
            exchange(&mut client, &mut program, &format!("after {round}"));
            assert!(!client.connection.is_renegotiation_pending());
            pour(&mut client, &program, &round.to_string());
        }
        client.close().unwrap();
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_shows_no_certificate_when_s_server_asks_again_for_one() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, mut program) = to_openssl(&identity, &[], renegotiating);
    exchange(&mut client, &mut program, "before");
    program.say(b"R\n");
    assert!(client.answered().unwrap() > 100, "a ClientHello");
    exchange(&mut client, &mut program, "after");
    assert!(!client.connection.is_renegotiation_pending());
}

#[test]
#[ignore = "needs openssl"]
fn client_renegotiates_with_s_server() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, mut program) = to_openssl(&identity, &["-client_renegotiation"], renegotiating);
    for round in 0..3 {
        exchange(&mut client, &mut program, &format!("before {round}"));
        client.connection.renegotiate().unwrap();
        // What we write next is what drives it.
        pour(&mut client, &program, &round.to_string());
        assert!(!client.connection.is_renegotiation_pending());
    }
    exchange(&mut client, &mut program, "after");
}

#[test]
#[ignore = "needs openssl"]
fn client_is_refused_by_s_server() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, mut program) = to_openssl(&identity, &[], renegotiating);
    exchange(&mut client, &mut program, "before");
    client.connection.renegotiate().unwrap();
    let fault = client.read_until("never").unwrap_err().tls();
    assert_eq!(fault, Error::PeerIncompatible(PeerIncompatible::Renegotiation));
}

#[test]
#[ignore = "needs openssl"]
fn client_refuses_what_s_server_asks_for_and_goes_on() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, mut program) = to_openssl(&identity, &[], plain);
    exchange(&mut client, &mut program, "before");
    program.say(b"r\n");
    // A warning: header, nonce, alert, tag.
    assert_eq!(client.answered().unwrap(), 5 + 8 + 2 + 16);
    assert!(!client.connection.is_renegotiation_pending() && client.connection.error().is_none());
    client.write(b"we go on\n").unwrap();
    // OpenSSL takes a refusal for the end.
    program.wait_for("no renegotiation");
}

#[test]
#[ignore = "needs openssl"]
fn server_lets_s_client_renegotiate() {
    if !have(&["openssl"]) {
        return;
    }
    for kind in Kind::OURS {
        let identity = Identity::new(kind);
        let (mut server, mut program) = from_openssl(&identity, &[], renegotiating);
        exchange(&mut server, &mut program, "before");
        for round in 0..3 {
            program.say(b"R\n");
            server.follow().unwrap();
            program.wait_for("RENEGOTIATING");
            exchange(&mut server, &mut program, &format!("after {round} with {kind:?}"));
            pour(&mut server, &program, &round.to_string());
        }
        server.close().unwrap();
    }
}

#[test]
#[ignore = "needs openssl"]
fn server_asks_s_client_to_renegotiate() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, mut program) = from_openssl(&identity, &[], renegotiating);
    exchange(&mut server, &mut program, "before");
    for round in 0..3 {
        server.connection.renegotiate().unwrap();
        pour(&mut server, &program, &format!("behind request {round}"));
        // s_client may leave a line lying that is typed around this: what it says now is its Finished.
        server.follow().unwrap();
        pour(&mut server, &program, &format!("after {round}"));
    }
}

#[test]
#[ignore = "needs openssl"]
fn server_refuses_what_s_client_begins_and_goes_on() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, mut program) = from_openssl(&identity, &[], plain);
    exchange(&mut server, &mut program, "before");
    program.say(b"R\n");
    assert_eq!(server.answered().unwrap(), 5 + 8 + 2 + 16);
    assert!(!server.connection.is_renegotiation_pending() && server.connection.error().is_none());
    server.write(b"we go on\n").unwrap();
    program.wait_for("no renegotiation");
}

#[test]
#[ignore = "needs openssl"]
fn s_client_is_refused_by_its_own_options() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, mut program) = from_openssl(&identity, &["-no_renegotiation"], renegotiating);
    exchange(&mut server, &mut program, "before");
    server.connection.renegotiate().unwrap();
    let fault = server.read_until("never").unwrap_err().tls();
    assert_eq!(fault, Error::PeerIncompatible(PeerIncompatible::Renegotiation));
}

// --- Renegotiation with GnuTLS ----------------------------------------------------------------------------------------

#[test]
#[ignore = "needs gnutls-cli"]
fn server_lets_gnutls_cli_renegotiate() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, mut program) = from(&identity, renegotiating, |listener| {
        let mut command = gnutls::client(&identity, listener.address, PRIORITY12);
        command.arg("--inline-commands");
        command
    });
    program.wait_for("Simple Client Mode");
    exchange(&mut server, &mut program, "before");
    for round in 0..3 {
        program.say(b"^renegotiate^\n");
        exchange(&mut server, &mut program, &format!("after {round}"));
        assert!(!server.connection.is_renegotiation_pending());
        pour(&mut server, &program, &round.to_string());
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_lets_gnutls_cli_rehandshake_at_once() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, mut program) = from(&identity, renegotiating, |listener| {
        let mut command = gnutls::client(&identity, listener.address, PRIORITY12);
        command.arg("--rehandshake");
        command
    });
    let before = server.sent;
    program.say(b"after it\n");
    assert_eq!(server.read_until("\n").unwrap(), "after it\n");
    assert!(server.sent - before > 500, "a whole flight was sent");
    program.wait_for("ReHandshake was completed");
    exchange(&mut server, &mut program, "then");
    program.hang_up();
    assert_eq!(server.read_to_end().unwrap(), b"");
    server.close().unwrap();
    let (status, said) = program.finish();
    assert!(status.success(), "{status}\n{said}");
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_asks_gnutls_cli_to_renegotiate() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, mut program) =
        from(&identity, renegotiating, |listener| gnutls::client(&identity, listener.address, PRIORITY12));
    program.wait_for("Simple Client Mode");
    exchange(&mut server, &mut program, "before");
    // It takes no data between the request and the end of the handshake.
    server.renegotiate().unwrap();
    program.wait_for("Received rehandshake request");
    exchange(&mut server, &mut program, "after");
    pour(&mut server, &program, "then");
}

#[test]
#[ignore = "needs gnutls-serv"]
fn client_renegotiates_with_gnutls_serv() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (_program, address) = gnutls::start_server(|| {
        let mut command = gnutls::server(&identity, PRIORITY12);
        command.args(["--echo", "--disable-client-cert"]);
        command
    });
    let mut client = End::connect(address, client_config(renegotiating), &identity.pki, Setup::ROOMY);
    client.handshake().unwrap();
    for round in 0..3 {
        let line = format!("before {round}\n");
        client.write(line.as_bytes()).unwrap();
        assert_eq!(client.read_until("\n").unwrap(), line);
        client.connection.renegotiate().unwrap();
        let line = format!("after {round}\n");
        client.write(line.as_bytes()).unwrap();
        assert_eq!(client.read_until("\n").unwrap(), line);
        assert!(!client.connection.is_renegotiation_pending());
    }
}

// --- Versions ---------------------------------------------------------------------------------------------------------

#[test]
#[ignore = "needs openssl"]
fn client_of_both_versions_takes_what_the_server_has() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let both = || client_config(|common| common.versions = Versions::Both);
    for (option, expected) in [
        ("-tls1_2", ProtocolVersion::TLS_1_2),
        ("-tls1_3", ProtocolVersion::TLS_1_3),
        ("-no_ssl3", ProtocolVersion::TLS_1_3),
    ] {
        let (mut program, address) = openssl::start_server(&mut openssl::server_of(&identity, option));
        let mut client = End::connect(address, both(), &identity.pki, Setup::ROOMY);
        client.handshake().unwrap();
        assert_eq!(client.connection.negotiated().version(), Some(expected), "{option}");
        exchange(&mut client, &mut program, option);
    }
    for (option, versions) in [("-tls1_2", Versions::Tls13), ("-tls1_3", Versions::Tls12)] {
        let (_program, address) = openssl::start_server(&mut openssl::server_of(&identity, option));
        let config = client_config(|common| common.versions = versions);
        let mut client = End::connect(address, config, &identity.pki, Setup::ROOMY);
        let fault = client.handshake().unwrap_err().tls();
        assert_eq!(fault, Error::AlertReceived(AlertDescription::PROTOCOL_VERSION), "{option}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn server_of_both_versions_takes_what_the_client_has() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (option, expected) in [
        ("-tls1_2", ProtocolVersion::TLS_1_2),
        ("-tls1_3", ProtocolVersion::TLS_1_3),
        ("-no_ssl3", ProtocolVersion::TLS_1_3),
    ] {
        let (mut server, mut program) = from(
            &identity,
            |common| common.versions = Versions::Both,
            |listener| {
                let mut command = openssl::client(&identity, listener.address);
                command.arg(option);
                command
            },
        );
        assert_eq!(server.connection.negotiated().version(), Some(expected), "{option}");
        exchange(&mut server, &mut program, option);
    }
}

#[test]
#[ignore = "needs openssl"]
fn server_refuses_a_client_that_fell_back() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let listener = Listener::new();
    let mut command = openssl::client(&identity, listener.address);
    let program = Program::start(command.args(["-tls1_2", "-fallback_scsv"]));
    let config = server_config(&identity, |common| common.versions = Versions::Both);
    let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::ROOMY);
    let fault = server.handshake().unwrap_err().tls();
    assert_eq!(fault, Error::PeerIncompatible(PeerIncompatible::Fallback));
    server.linger();
    program.wait_for("inappropriate fallback");

    // Where TLS 1.2 is all there is, nobody fell.
    let (mut server, mut program) = from_openssl(&identity, &["-fallback_scsv"], plain);
    exchange(&mut server, &mut program, "fine");
}

// --- Short records ----------------------------------------------------------------------------------------------------

#[test]
#[ignore = "needs openssl"]
fn client_with_a_small_buffer_has_a_server_send_small_records() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let content: String = (0..40_000).map(|line| format!("{line}\n")).collect();
    std::fs::write(identity.folder.file("page"), &content).unwrap();
    let mut command = openssl::server12(&identity);
    command.arg("-HTTP").current_dir(identity.root().parent().unwrap());
    let (_program, address) = openssl::start_server(&mut command);
    let mut client = End::connect(address, client_config(plain), &identity.pki, Setup::SMALL);
    client.write(b"GET /page HTTP/1.0\r\n\r\n").unwrap();
    assert!(client.read(content.len()).unwrap() == content.as_bytes(), "what came is something else");
    assert_eq!(client.read_to_end().unwrap(), b"");
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_and_gnutls_cli_keep_to_each_others_record_size_limit() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for size in ["512", "1024", "4096"] {
        let (mut server, mut program) = from(&identity, plain, |listener| {
            let mut command = gnutls::client(&identity, listener.address, PRIORITY12);
            command.args(["--recordsize", size]);
            command
        });
        program.wait_for("Simple Client Mode");
        exchange(&mut server, &mut program, "before");
        pour(&mut server, &program, size);
    }
}

// --- The exporter -----------------------------------------------------------------------------------------------------

fn exported<R: Role, A: Answer>(end: &mut End<R, A>) -> [u8; 40] {
    let mut material = [0; 40];
    end.connection.export_keying_material(b"EXPERIMENTAL-tidegate", None, &mut material).unwrap();
    material
}

#[test]
#[ignore = "needs openssl"]
fn both_ends_derive_the_same_keying_material_as_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let options = ["-keymatexport", "EXPERIMENTAL-tidegate", "-keymatexportlen", "40"];
    let hexadecimal = |material: [u8; 40]| material.map(|byte| format!("{byte:02X}")).concat();
    for suite in SUITES {
        let chosen = |common: &mut Common| {
            plain(common);
            common.cipher_suites.push(suite).unwrap();
        };
        let (mut client, program) = to_openssl(&identity, &options, chosen);
        program.wait_for(&format!("Keying material: {}", hexadecimal(exported(&mut client))));
        let (mut server, program) = from_openssl(&identity, &options, chosen);
        program.wait_for(&format!("Keying material: {}", hexadecimal(exported(&mut server))));
    }
}

#[test]
#[ignore = "needs gnutls-cli"]
fn server_derives_the_same_keying_material_as_gnutls() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, program) = from(&identity, plain, |listener| {
        let mut command = gnutls::client(&identity, listener.address, PRIORITY12);
        command.args(["--keymatexport", "EXPERIMENTAL-tidegate", "--keymatexportsize", "40"]);
        command
    });
    let material = exported(&mut server).map(|byte| format!("{byte:02x}")).concat();
    program.wait_for(&format!("- Key material: {material}"));
}
