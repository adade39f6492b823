//! With OpenSSL, in both directions: `openssl s_server` and `openssl s_client`.
#![allow(missing_docs, reason = "tests")]

use std::fs::File;
use std::process::{Command, Stdio};

use tidegate::config::{ClientConfig, Protocols, ServerConfig};
use tidegate::error::{CertificateError, LimitExceeded, PeerIncompatible, PeerMisbehaved, Refused};
use tidegate::limits::DEFAULT_HANDSHAKE_MESSAGE;
use tidegate::sign::SoftwareSigner;
use tidegate::wire::enums::{AlertDescription, KeyUpdateRequest};
use tidegate::{Client, Error, Server};
use tidegate_tests::interop::certificates::{Flaw, Identity, Kind};
use tidegate_tests::interop::end::End;
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::matrix::{self, Cell};
use tidegate_tests::interop::openssl::{choose, client, server, server_of, start_server, version};
use tidegate_tests::interop::program::{Program, have};
use tidegate_tests::interop::setup::{Setup, Trust};

type OurClient<'a> = End<Client, Trust<'a>>;
type OurServer = End<Server, SoftwareSigner>;

const MEGABYTES: usize = 10 << 20;
/// Bytes of a record with a KeyUpdate: its header, the message, the content type, the tag.
const KEY_UPDATE: usize = 5 + 5 + 1 + 16;

// --- Our client, s_server ---------------------------------------------------------------------------------------------

#[test]
#[ignore = "needs openssl"]
fn client_matrix() {
    if have(&["openssl"]) {
        matrix::run("our client, openssl s_server", &matrix::cells(&Kind::ALL), client_cell);
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_matrix_of_tls12() {
    if have(&["openssl"]) {
        matrix::run("our client, openssl s_server", &matrix::cells12(&Kind::ALL), client_cell);
    }
}

fn client_cell(cell: &Cell, identity: &Identity) {
    let mut command = server_of(identity, version(cell));
    choose(command.arg("-rev"), cell, &cell.server_groups());
    let (mut program, address) = start_server(&mut command);
    let mut config = ClientConfig::new();
    cell.choose(&mut config.common, &cell.client_groups());
    let mut client = End::connect(address, config, &identity.pki, cell.setup());
    client.handshake().unwrap();
    cell.check(client.connection.negotiated());
    client.write(b"hello\n").unwrap();
    assert_eq!(client.read_until("\n").unwrap(), "olleh\n");
    assert_eq!(client.tickets, if cell.is_tls12() { 0 } else { 2 });
    client.close().unwrap();
    assert_eq!(client.read_to_end().unwrap(), b"");
    let said = program.wait_for("CONNECTION CLOSED");
    assert!(said.contains(&format!("Ciphersuite: {}", cell.suite_name())), "{said}");
    program.hang_up();
}

/// A client with these settings that has shaken hands, and the server's program.
fn connected<'a>(
    identity: &'a Identity,
    command: &mut Command,
    config: ClientConfig,
    setup: Setup,
) -> (OurClient<'a>, Program) {
    let (program, address) = start_server(command);
    let mut client = End::connect(address, config, &identity.pki, setup);
    client.handshake().unwrap();
    (client, program)
}

#[test]
#[ignore = "needs openssl"]
fn client_refuses_bad_certificates() {
    if !have(&["openssl"]) {
        return;
    }
    let flaws = [
        (Flaw::Expired, CertificateError::Expired, "alert certificate expired"),
        (Flaw::NotValidYet, CertificateError::NotValidYet, "alert certificate expired"),
        (Flaw::OtherName, CertificateError::NameMismatch, "alert bad certificate"),
        (Flaw::OtherRoot, CertificateError::UnknownIssuer, "alert unknown ca"),
        (Flaw::ForgedRoot, CertificateError::BadSignature, "alert bad certificate"),
    ];
    for (flaw, error, alert) in flaws {
        let identity = Identity::flawed(flaw);
        let (program, address) = start_server(&mut server(&identity));
        let mut client = End::connect(address, ClientConfig::new(), &identity.pki, Setup::ROOMY);
        let fault = client.handshake().unwrap_err().tls();
        assert_eq!(fault, Error::Refused(Refused::Certificate(error)), "{flaw:?}");
        client.linger();
        program.wait_for(alert);
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_with_a_small_buffer_has_a_server_send_small_records() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    assert_eq!(identity.pki.chain.len(), 3);
    let page = identity.folder.file("page");
    let content = noise(300_000);
    std::fs::write(&page, &content).unwrap();
    // The second takes records of 512 bytes, the shortest that OpenSSL can be asked for.
    let tight = Setup {
        incoming: 2048 + 513 + 5 + 8 + 16,
        outgoing: tidegate::buffers::MIN_OUTGOING,
        ..Setup::SMALL
    };
    for (setup, message) in [(Setup::SMALL, DEFAULT_HANDSHAKE_MESSAGE), (tight, 2048)] {
        let mut config = ClientConfig::new();
        config.common.max_handshake_message = message;
        let mut command = server(&identity);
        command.arg("-HTTP").current_dir(page.parent().unwrap());
        let (mut client, _program) = connected(&identity, &mut command, config, setup);
        client.write(b"GET /page HTTP/1.0\r\n\r\n").unwrap();
        assert_eq!(client.read(content.len()).unwrap(), content);
        assert_eq!(client.read_to_end().unwrap(), b"");
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_and_server_change_keys() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, mut program) =
        connected(&identity, &mut server(&identity), ClientConfig::new(), Setup::ROOMY);
    program.say(b"tickets came before\n");
    client.read_until("\n").unwrap();
    for (place, command) in ["k\n", "K\n", "K\n"].into_iter().enumerate() {
        // It takes what comes in one piece for one command, or for none.
        program.say(command.as_bytes());
        assert_eq!(client.answered().unwrap(), if command == "K\n" { KEY_UPDATE } else { 0 });
        let line = format!("after {place} with {command}");
        program.say(line.as_bytes());
        assert_eq!(client.read_until("\n").unwrap(), line);
        client.write(format!("our answer {place}\n").as_bytes()).unwrap();
        program.wait_for(&format!("our answer {place}\n"));
    }
    let requests = [KeyUpdateRequest::UPDATE_NOT_REQUESTED, KeyUpdateRequest::UPDATE_REQUESTED];
    for (place, request) in requests.into_iter().cycle().take(6).enumerate() {
        client.connection.update_keys(request).unwrap();
        client.write(format!("new keys {place}\n").as_bytes()).unwrap();
        program.wait_for(&format!("new keys {place}\n"));
        program.say(format!("seen {place}\n").as_bytes());
        assert_eq!(client.read_until("\n").unwrap(), format!("seen {place}\n"));
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_agrees_on_a_protocol() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, program) = connected(
        &identity,
        server(&identity).args(["-alpn", "spdy,http/1.1,h2"]),
        client_config_with_protocols(&[b"h2", b"http/1.1"]),
        Setup::ROOMY,
    );
    assert_eq!(client.connection.protocol(), Some(&b"http/1.1"[..]));
    program.wait_for("ALPN protocols selected: http/1.1");
    client.close().unwrap();

    let (program, address) = start_server(server(&identity).args(["-alpn", "spdy"]));
    let config = client_config_with_protocols(&[b"h2"]);
    let mut client = End::connect(address, config, &identity.pki, Setup::ROOMY);
    let fault = client.handshake().unwrap_err().tls();
    assert_eq!(fault, Error::AlertReceived(AlertDescription::NO_APPLICATION_PROTOCOL));
    program.wait_for("no application protocol");
}

#[test]
#[ignore = "needs openssl"]
fn client_has_no_certificate_to_show() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let requests = &mut server(&identity);
    requests.args(["-rev", "-verify", "1"]);
    let (mut client, _program) = connected(&identity, requests, ClientConfig::new(), Setup::ROOMY);
    client.write(b"hello\n").unwrap();
    assert_eq!(client.read_until("\n").unwrap(), "olleh\n");

    let requires = &mut server(&identity);
    requires.args(["-Verify", "1"]);
    let (mut client, program) = connected(&identity, requires, ClientConfig::new(), Setup::ROOMY);
    let fault = client.read_to_end().unwrap_err().tls();
    assert_eq!(fault, Error::AlertReceived(AlertDescription::CERTIFICATE_REQUIRED));
    program.wait_for("peer did not return a certificate");
}

#[test]
#[ignore = "needs openssl"]
fn client_tells_an_end_from_a_cut() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut client, _program) =
        connected(&identity, server(&identity).arg("-www"), ClientConfig::new(), Setup::ROOMY);
    client.write(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let page = String::from_utf8(client.read_to_end().unwrap()).unwrap();
    assert!(page.starts_with("HTTP/1.0 200 ok") && page.trim_end().ends_with("</HTML>"), "{page}");
    client.close().unwrap();

    // Q: s_server closes the socket and nothing else.
    let (mut client, mut program) =
        connected(&identity, &mut server(&identity), ClientConfig::new(), Setup::ROOMY);
    program.say(b"the last line\n");
    assert_eq!(client.read_until("\n").unwrap(), "the last line\n");
    program.say(b"Q\n");
    let fault = client.read_to_end().unwrap_err().tls();
    assert_eq!(fault, Error::PeerMisbehaved(PeerMisbehaved::Truncated));
    program.finish();
}

#[test]
#[ignore = "needs openssl"]
fn client_carries_ten_megabytes_each_way() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let content = noise(MEGABYTES);
    std::fs::write(identity.folder.file("page"), &content).unwrap();
    let mut command = server(&identity);
    command.arg("-HTTP").current_dir(identity.root().parent().unwrap());
    let (mut client, _program) = connected(&identity, &mut command, ClientConfig::new(), Setup::ROOMY);
    client.write(b"GET /page HTTP/1.0\r\n\r\n").unwrap();
    assert!(client.read(MEGABYTES).unwrap() == content, "what came is something else");

    let (mut client, program) =
        connected(&identity, &mut server(&identity), ClientConfig::new(), Setup::ROOMY);
    client.write(b"begin\n").unwrap();
    client.write(&content).unwrap();
    assert!(program.output_after("begin\n", MEGABYTES) == content, "what went is something else");
}

#[test]
#[ignore = "needs openssl"]
fn client_and_server_derive_the_same_keying_material() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for suite in matrix::SUITES {
        let mut config = ClientConfig::new();
        config.common.cipher_suites.push(suite).unwrap();
        let mut command = server(&identity);
        command.args(["-keymatexport", "EXPERIMENTAL-tidegate", "-keymatexportlen", "40"]);
        let (mut client, program) = connected(&identity, &mut command, config, Setup::ROOMY);
        let mut material = [0; 40];
        client.connection.export_keying_material(b"EXPERIMENTAL-tidegate", None, &mut material).unwrap();
        program.wait_for(&format!("Keying material: {}", hexadecimal(&material)));
    }
}

/// RFC 9266, of which s_server knows the exporter that it is made by.
#[test]
#[ignore = "needs openssl"]
fn client_and_server_bind_the_same_channel() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for suite in matrix::SUITES {
        let mut config = ClientConfig::new();
        config.common.cipher_suites.push(suite).unwrap();
        let mut command = server(&identity);
        command.args(["-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32"]);
        let (mut client, program) = connected(&identity, &mut command, config, Setup::ROOMY);
        let binding = client.connection.tls_exporter().unwrap();
        program.wait_for(&format!("Keying material: {}", hexadecimal(&binding)));
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_takes_padded_records() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let mut command = server(&identity);
    command.args(["-rev", "-record_padding", "1000"]);
    let (mut client, _program) = connected(&identity, &mut command, ClientConfig::new(), Setup::ROOMY);
    client.write(b"hello\n").unwrap();
    assert_eq!(client.read_until("\n").unwrap(), "olleh\n");
}

#[test]
#[ignore = "needs openssl"]
fn client_is_told_that_there_is_nothing_in_common() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let cases = [
        (["-ciphersuites", "TLS_AES_128_CCM_SHA256"], AlertDescription::HANDSHAKE_FAILURE),
        (["-groups", "P-521"], AlertDescription::HANDSHAKE_FAILURE),
    ];
    for (options, alert) in cases {
        let (_program, address) = start_server(server(&identity).args(options));
        let mut client = End::connect(address, ClientConfig::new(), &identity.pki, Setup::ROOMY);
        assert_eq!(client.handshake().unwrap_err().tls(), Error::AlertReceived(alert), "{options:?}");
    }
}

// --- s_client, our server ---------------------------------------------------------------------------------------------

#[test]
#[ignore = "needs openssl"]
fn server_matrix() {
    if have(&["openssl"]) {
        matrix::run("openssl s_client, our server", &matrix::cells(&Kind::OURS), server_cell);
    }
}

#[test]
#[ignore = "needs openssl"]
fn server_matrix_of_tls12() {
    if have(&["openssl"]) {
        matrix::run("openssl s_client, our server", &matrix::cells12(&Kind::OURS), server_cell);
    }
}

fn server_cell(cell: &Cell, identity: &Identity) {
    let listener = Listener::new();
    let mut command = client(identity, listener.address);
    choose(command.args(["-brief", version(cell)]), cell, &cell.client_groups());
    let mut program = Program::start(&mut command);
    let mut config = ServerConfig::new(identity.pki.identities());
    cell.choose(&mut config.common, &[cell.group]);
    let mut server = End::accept(listener.accept(), config, &identity.pki, cell.setup());
    server.handshake().unwrap();
    cell.check(server.connection.negotiated());
    assert_eq!(server.connection.server_name(), Some("localhost"));
    program.say(b"hello\n");
    assert_eq!(server.read_until("\n").unwrap(), "hello\n");
    server.write(b"welcome\n").unwrap();
    program.wait_for("welcome\n");
    server.close().unwrap();
    assert_eq!(server.read_to_end().unwrap(), b"");
    // It waits for the end of the socket, half a second at most.
    server.cut();
    let (status, said) = program.finish();
    assert!(status.success() && said.contains("Verification: OK"), "{status}\n{said}");
    assert!(said.contains(&format!("Ciphersuite: {}", cell.suite_name())), "{said}");
}

/// A server with these settings that an `s_client` with these options has connected to, and that program.
fn accepted(
    identity: &Identity,
    options: &[&str],
    config: Option<ServerConfig<tidegate_tests::pki::Chain>>,
    setup: Setup,
) -> (OurServer, Program) {
    let listener = Listener::new();
    let program = Program::start(client(identity, listener.address).args(options));
    let config = config.unwrap_or_else(|| ServerConfig::new(identity.pki.identities()));
    (End::accept(listener.accept(), config, &identity.pki, setup), program)
}

#[test]
#[ignore = "needs openssl"]
fn server_is_told_what_is_wrong_with_its_certificate() {
    if !have(&["openssl"]) {
        return;
    }
    let flaws = [
        (Flaw::Expired, AlertDescription::CERTIFICATE_EXPIRED, "certificate has expired"),
        (Flaw::NotValidYet, AlertDescription::BAD_CERTIFICATE, "certificate is not yet valid"),
        (Flaw::OtherName, AlertDescription::BAD_CERTIFICATE, "hostname mismatch"),
        (Flaw::OtherRoot, AlertDescription::UNKNOWN_CA, "unable to get local issuer certificate"),
        (Flaw::ForgedRoot, AlertDescription::UNKNOWN_CA, "unable to get local issuer certificate"),
    ];
    for (flaw, alert, reason) in flaws {
        let identity = Identity::flawed(flaw);
        let (mut server, program) = accepted(&identity, &[], None, Setup::ROOMY);
        let fault = server.handshake().unwrap_err().tls();
        assert_eq!(fault, Error::AlertReceived(alert), "{flaw:?}");
        program.wait_for(reason);
    }
}

#[test]
#[ignore = "needs openssl"]
fn server_and_client_change_keys() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, mut program) = accepted(&identity, &[], None, Setup::ROOMY);
    server.handshake().unwrap();
    for (place, command) in ["k\n", "K\n", "K\n"].into_iter().enumerate() {
        // It takes what comes in one piece for one command, or for none.
        program.say(command.as_bytes());
        assert_eq!(server.answered().unwrap(), if command == "K\n" { KEY_UPDATE } else { 0 });
        let line = format!("after {place} with {command}");
        program.say(line.as_bytes());
        assert_eq!(server.read_until("\n").unwrap(), line);
        server.write(format!("our answer {place}\n").as_bytes()).unwrap();
        program.wait_for(&format!("our answer {place}\n"));
    }
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
#[ignore = "needs openssl"]
fn server_agrees_on_a_protocol() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let config = || {
        let mut config = ServerConfig::new(identity.pki.identities());
        config.common.protocols = Protocols::new([&b"h2"[..], b"http/1.1"]).unwrap();
        Some(config)
    };
    let (mut server, program) = accepted(&identity, &["-alpn", "spdy,http/1.1,h2"], config(), Setup::ROOMY);
    server.handshake().unwrap();
    assert_eq!(server.connection.protocol(), Some(&b"h2"[..]));
    program.wait_for("ALPN protocol: h2");

    let (mut server, program) = accepted(&identity, &["-alpn", "spdy"], config(), Setup::ROOMY);
    let fault = server.handshake().unwrap_err().tls();
    assert_eq!(fault, Error::PeerIncompatible(PeerIncompatible::ApplicationProtocol));
    server.linger();
    program.wait_for("alert no application protocol");

    let (mut server, program) = accepted(&identity, &[], config(), Setup::ROOMY);
    server.handshake().unwrap();
    assert_eq!(server.connection.protocol(), None);
    program.wait_for("No ALPN negotiated");
}

#[test]
#[ignore = "needs openssl"]
fn server_keeps_to_a_clients_fragment_length() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let content = noise(100_000);
    for length in ["512", "1024", "2048", "4096"] {
        let options = ["-maxfraglen", length, "-quiet"];
        let (mut server, program) = accepted(&identity, &options, None, Setup::ROOMY);
        server.handshake().unwrap();
        server.write(&content).unwrap();
        assert!(program.output_after("", content.len()) == content, "what went is something else");
    }
}

#[test]
#[ignore = "needs openssl"]
fn server_with_small_buffers_takes_small_records() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    // A client that is told no limit has to be asked to keep to one.
    let options = ["-quiet", "-max_send_frag", "1024", "-record_padding", "300"];
    let content = noise(100_000);
    let input = identity.folder.file("input");
    std::fs::write(&input, &content).unwrap();
    let listener = Listener::new();
    let input = Stdio::from(File::open(input).unwrap());
    let _program = Program::start_with(client(&identity, listener.address).args(options), input);
    let config = ServerConfig::new(identity.pki.identities());
    let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::SMALL);
    server.handshake().unwrap();
    assert!(server.read(content.len()).unwrap() == content, "what came is something else");
}

#[test]
#[ignore = "needs openssl"]
fn server_names_the_buffer_that_a_client_needs() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, mut program) = accepted(&identity, &[], None, Setup::SMALL);
    server.handshake().unwrap();
    // s_client reads its input in pieces of 8 kB and makes a record of each.
    program.say(&noise(8 << 10));
    let fault = server.read(1).unwrap_err().tls();
    let Error::LimitExceeded(LimitExceeded::IncomingBuffer { needed }) = fault else { panic!("{fault:?}") };
    server.linger();
    program.wait_for("alert record overflow");

    let setup = Setup { incoming: needed.bytes(), ..Setup::SMALL };
    let (mut server, mut program) = accepted(&identity, &[], None, setup);
    server.handshake().unwrap();
    program.say(&noise(8 << 10));
    assert_eq!(server.read(8 << 10).unwrap(), noise(8 << 10));
}

#[test]
#[ignore = "needs openssl"]
fn server_tells_an_end_from_a_cut() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, mut program) = accepted(&identity, &[], None, Setup::ROOMY);
    server.handshake().unwrap();
    program.say(b"the last line\n");
    assert_eq!(server.read_until("\n").unwrap(), "the last line\n");
    program.say(b"Q\n");
    assert_eq!(server.read_to_end().unwrap(), b"");
    server.close().unwrap();
    program.finish();

    let (mut server, program) = accepted(&identity, &[], None, Setup::ROOMY);
    server.handshake().unwrap();
    drop(program);
    let fault = server.read_to_end().unwrap_err().tls();
    assert_eq!(fault, Error::PeerMisbehaved(PeerMisbehaved::Truncated));

    // OpenSSL tells it too.
    let (mut server, program) = accepted(&identity, &[], None, Setup::ROOMY);
    server.handshake().unwrap();
    program.wait_for("Verify return code: 0 (ok)");
    server.cut();
    program.wait_for("unexpected eof while reading");
}

#[test]
#[ignore = "needs openssl"]
fn server_carries_ten_megabytes_each_way() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let content = noise(MEGABYTES);
    let file = identity.folder.file("content");
    std::fs::write(&file, &content).unwrap();
    let listener = Listener::new();
    let input = Stdio::from(File::open(file).unwrap());
    let program = Program::start_with(client(&identity, listener.address).arg("-quiet"), input);
    let config = ServerConfig::new(identity.pki.identities());
    let mut server = End::accept(listener.accept(), config, &identity.pki, Setup::ROOMY);
    server.handshake().unwrap();
    assert!(server.read(MEGABYTES).unwrap() == content, "what came is something else");
    server.write(&content).unwrap();
    assert!(program.output_after("", MEGABYTES) == content, "what went is something else");
}

#[test]
#[ignore = "needs openssl"]
fn server_passes_over_a_pre_shared_key() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let options = ["-psk", "00112233445566778899aabbccddeeff", "-ciphersuites", "TLS_AES_128_GCM_SHA256"];
    let (mut server, mut program) = accepted(&identity, &options, None, Setup::ROOMY);
    server.handshake().unwrap();
    program.say(b"hello\n");
    assert_eq!(server.read_until("\n").unwrap(), "hello\n");
    program.wait_for("Verify return code: 0 (ok)");
}

#[test]
#[ignore = "needs openssl"]
fn server_says_that_there_is_nothing_in_common() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let cases = [
        (
            ["-ciphersuites", "TLS_AES_128_CCM_SHA256"],
            PeerIncompatible::CipherSuite,
            "alert handshake failure",
        ),
        (["-groups", "P-521"], PeerIncompatible::Group, "alert handshake failure"),
        (["-max_protocol", "TLSv1.2"], PeerIncompatible::Version, "alert protocol version"),
    ];
    for (options, error, alert) in cases {
        let (mut server, program) = accepted(&identity, &options, None, Setup::ROOMY);
        let fault = server.handshake().unwrap_err().tls();
        assert_eq!(fault, Error::PeerIncompatible(error), "{options:?}");
        server.linger();
        program.wait_for(alert);
    }
}

// --- What both need ---------------------------------------------------------------------------------------------------

fn client_config_with_protocols(names: &[&[u8]]) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.common.protocols = Protocols::new(names.iter().copied()).unwrap();
    config
}

/// Bytes without a pattern as long as a record.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
