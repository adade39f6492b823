//! The command as a user types it, against programs that we did not write.
#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

use tidegate_tests::interop::certificates::{Flaw, Folder, Identity, Kind};
use tidegate_tests::interop::openssl::{self, start_server};
use tidegate_tests::interop::program::{Ending, PATIENCE, Program, have, run};

/// Bytes of a TLS record's header and of the longest ciphertext behind it.
const RECORD: usize = 5 + (16 << 10) + 256;

// --- tidegate client --------------------------------------------------------------------------------------------------

#[test]
#[ignore = "needs openssl"]
fn client_fetches_a_page() {
    if !have(&["openssl"]) {
        return;
    }
    for kind in [Kind::EcdsaP256, Kind::Rsa2048] {
        let identity = Identity::new(kind);
        let (_server, address) = start_server(openssl::server(&identity).arg("-www"));
        for target in [address.to_string(), format!("localhost:{}", address.port())] {
            let (code, told, page) = fetch(&target, &["--ca", text(&identity.root())]);
            assert_eq!(code, Some(0), "{told}");
            assert!(page.starts_with("<HTML>") && page.trim_end().ends_with("</HTML>"), "{page}");
            assert!(page.contains("s_server -accept") && page.contains("TLSv1.3"), "{page}");
            assert!(told.contains("connected TLS 1.3, TLS_") && told.contains("issued by"), "{told}");
            assert!(!told.contains("warning") && !told.contains("error"), "{told}");
        }
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_says_what_is_wrong_with_a_certificate_and_what_to_try() {
    if !have(&["openssl"]) {
        return;
    }
    let flaws = [
        (Flaw::Expired, "has expired", "a new certificate", "alert certificate expired"),
        (Flaw::NotValidYet, "not valid yet", "clock", "alert certificate expired"),
        (Flaw::OtherName, "not for the name", "--name", "alert bad certificate"),
        (Flaw::OtherRoot, "issued by", "--ca FILE", "alert unknown ca"),
        (Flaw::ForgedRoot, "signature", "--ca", "alert bad certificate"),
    ];
    for (flaw, what, hint, alert) in flaws {
        let identity = Identity::flawed(flaw);
        let (server, address) = start_server(openssl::server(&identity).arg("-www"));
        let target = address.to_string();
        let (code, told, page) = fetch(&target, &["--ca", text(&identity.root())]);
        assert_eq!((code, page.as_str()), (Some(3), ""), "{flaw:?}: {told}");
        let (error, advice) = message(&told);
        assert!(error.contains(&target) && error.contains(what), "{flaw:?}: {told}");
        assert!(advice.contains(hint), "{flaw:?}: {told}");
        server.wait_for(alert);
        let (code, told, page) = fetch(&target, &["--insecure"]);
        assert!(code == Some(0) && page.contains("</HTML>"), "{flaw:?}: {told}");
        assert!(told.contains("warning: --insecure") && told.contains("not checked"), "{told}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_insists_on_the_name_that_it_is_given() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::flawed(Flaw::OtherName);
    let (server, address) = start_server(openssl::server(&identity).arg("-www"));
    let (address, root) = (address.to_string(), identity.root());
    let with_name = |name| fetch(&address, &["--ca", text(&root), "--name", name]);
    let (code, told, page) = with_name("elsewhere.example");
    assert!(code == Some(0) && page.contains("</HTML>"), "{told}");
    let (code, told, _) = with_name("localhost");
    assert!(code == Some(3) && message(&told).0.contains("not for the name"), "{told}");
    server.wait_for("alert bad certificate");
    // Neither the machine's authorities nor an empty file know this one.
    let (code, told, _) = fetch(&address, &["--name", "elsewhere.example"]);
    assert!([Some(2), Some(3)].contains(&code) && message(&told).1.contains("--ca FILE"), "{told}");
    let (code, told, _) = fetch(&address, &["--ca", text(&identity.key())]);
    assert!(code == Some(2) && message(&told).0.contains("holds no certificate"), "{told}");
}

#[test]
#[ignore = "needs openssl"]
fn client_takes_a_certificate_signed_by_itself_unless_it_is_an_authority() {
    if !have(&["openssl"]) {
        return;
    }
    let folder = Folder::new();
    let (key, certificate) = (folder.file("key.pem"), folder.file("cert.pem"));
    for (constraint, expected) in [("CA:FALSE", 0), ("critical,CA:TRUE", 3)] {
        let mut request = Command::new("openssl");
        request.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
        request.args(["-subj", "/CN=myself", "-addext", "subjectAltName=DNS:localhost", "-addext"]);
        request.arg(format!("basicConstraints={constraint}")).arg("-keyout").arg(&key);
        run(request.arg("-out").arg(&certificate));
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0", "-www", "-key"]).arg(&key);
        let (_server, address) = start_server(command.arg("-cert").arg(&certificate));
        let target = format!("localhost:{}", address.port());
        let (code, told, _) = fetch(&target, &["--ca", text(&certificate)]);
        assert_eq!(code, Some(expected), "{constraint}: {told}");
        assert!(code == Some(0) || message(&told).1.contains("CA:FALSE"), "{told}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_carries_lines_both_ways() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (server, address) = start_server(openssl::server(&identity).arg("-rev"));
    let mut client = Program::start(&mut client(&identity, address, &[]));
    for (line, reversed) in [("hello\n", "olleh\n"), ("the tide is in\n", "ni si edit eht\n")] {
        client.say(line.as_bytes());
        client.wait_for(reversed);
    }
    let Ending { status, output, errors } = client.end();
    assert_eq!(status.code(), Some(0), "{errors}");
    assert_eq!(String::from_utf8_lossy(&output), "olleh\nni si edit eht\n");
    server.wait_for("CONNECTION CLOSED");
}

#[test]
#[ignore = "needs openssl"]
fn client_hears_the_answer_after_it_has_closed_its_direction() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (_server, address) = start_server(openssl::server(&identity).arg("-www"));
    let request = identity.folder.file("request");
    fs::write(&request, "GET / HTTP/1.0\r\n\r\n").unwrap();
    for modes in ["partial", "moving", "partial,moving,release,no-auto-retry"] {
        let stdin = Stdio::from(fs::File::open(&request).unwrap());
        let mut client = client(&identity, address, &["--modes", modes]);
        let Ending { status, output, errors } = Program::start_with(&mut client, stdin).end();
        let page = String::from_utf8_lossy(&output);
        assert_eq!(status.code(), Some(0), "{errors}");
        assert!(page.starts_with("HTTP/1.0 200 ok\r\n") && page.trim_end().ends_with("</HTML>"), "{page}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_carries_a_file_and_tells_an_end_from_a_cut() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let content = noise(3 << 20);
    let file = identity.folder.file("content");
    fs::write(&file, &content).unwrap();
    let (mut server, address) = start_server(&mut openssl::server(&identity));
    let stdin = Stdio::from(fs::File::open(&file).unwrap());
    let Ending { status, errors, .. } =
        Program::start_with(&mut client(&identity, address, &["-q"]), stdin).end();
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    let said = server.output_after("", content.len());
    let begin = content.first_chunk::<64>().unwrap();
    let place = said.windows(64).position(|place| place == begin).expect("the begin of the file");
    let start = String::from_utf8_lossy(&said[..place]).into_owned();
    assert!(server.output_after(&start, content.len()) == content, "what went is something else");

    let client = Program::start(&mut client(&identity, address, &[]));
    client.wait_for("connected");
    server.say(b"the last line\n");
    client.wait_for("the last line\n");
    server.say(b"Q\n");
    let Ending { status, output, errors } = client.end();
    assert_eq!((status.code(), output.as_slice()), (Some(4), &b"the last line\n"[..]), "{errors}");
    assert!(message(&errors).1.contains("may be incomplete"), "{errors}");
    server.finish();
}

#[test]
#[ignore = "needs openssl"]
fn client_chooses_what_the_server_sees() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let cases = [
        ("TLS_AES_128_GCM_SHA256", "X25519", "x25519"),
        ("TLS_AES_256_GCM_SHA384", "SECP256R1", "secp256r1"),
        ("tls_chacha20_poly1305_sha256", "secp384r1,x25519", "secp384r1:x25519"),
    ];
    for (suites, groups, shared) in cases {
        let (server, address) = start_server(openssl::server(&identity).args(["-alpn", "h2,http/1.1"]));
        let choices = ["--suites", suites, "--groups", groups, "--alpn", "spdy,http/1.1"];
        let Ending { status, errors, .. } =
            Program::start_with(&mut client(&identity, address, &choices), Stdio::null()).end();
        assert_eq!(status.code(), Some(0), "{errors}");
        let suite = suites.to_uppercase();
        assert!(errors.contains(&suite) && errors.contains("http/1.1"), "{errors}");
        let said = server.wait_for("DONE\n");
        for line in [
            format!("CIPHER is {suite}"),
            "ALPN protocols selected: http/1.1".to_owned(),
            format!("Supported groups: {shared}\n"),
        ] {
            assert!(said.contains(&line), "no {line:?} in\n{said}");
        }
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_with_short_buffers_fetches_a_long_page() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let page: String = (0..20_000).map(|line| format!("line {line}\n")).collect();
    fs::write(identity.folder.file("page"), &page).unwrap();
    let mut server = openssl::server(&identity);
    server.arg("-WWW").current_dir(identity.root().parent().unwrap());
    let (_server, address) = start_server(&mut server);
    for bytes in ["5000", "9000", "40000"] {
        let options = ["--get", "page", "--verbose", "--buffer", bytes];
        let Ending { status, output, errors } =
            Program::start(&mut client(&identity, address, &options)).end();
        assert_eq!(status.code(), Some(0), "{bytes}: {errors}");
        assert!(errors.contains("HTTP/1.0 200 ok"), "{errors}");
        assert!(output == page.as_bytes(), "{bytes}: {} bytes came", output.len());
    }
}

#[test]
#[ignore = "needs openssl"]
fn client_asks_by_http_and_takes_a_page_in_chunks() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    // What is typed there is sent here.
    let (mut server, address) = start_server(&mut openssl::server(&identity));
    let by_name =
        Program::start(&mut client(&identity, address, &["--get", "a/b?c=d", "--name", "localhost"]));
    let port = address.port();
    server.wait_for(&format!("GET /a/b?c=d HTTP/1.1\r\nHost: localhost:{port}\r\n"));
    server.wait_for("Connection: close\r\n\r\n");
    server.say(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nThe \r\n5;x=y\r\ntide.\r\n0\r\n\r\n",
    );
    let (code, told, page) = apart(by_name);
    assert_eq!((code, page.as_str()), (Some(0), "The tide."), "{told}");
    server.wait_for("DONE\n");

    let cut = Program::start(&mut client(&identity, address, &["--get", "/"]));
    server.wait_for(&format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"));
    server.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nThe tide\n");
    cut.wait_for("The tide\n");
    server.say(b"Q\n");
    let (code, told, page) = apart(cut);
    assert_eq!((code, page.as_str()), (Some(4), "The tide\n"), "{told}");
    assert!(message(&told).1.contains("may be incomplete"), "{told}");
}

#[test]
#[ignore = "needs openssl"]
fn client_logs_the_secrets_that_the_server_has() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (ours, theirs) = (identity.folder.file("ours"), identity.folder.file("theirs"));
    let (root, log) = (identity.root(), text(&ours));
    let (server, address) =
        start_server(openssl::server(&identity).arg("-www").arg("-keylogfile").arg(&theirs));
    for suite in ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"] {
        let options = ["--ca", text(&root), "--suites", suite, "--keylog", log];
        let (code, told, _) = fetch(&address.to_string(), &options);
        assert_eq!(code, Some(0), "{told}");
    }
    // What it logs is in the file at its end at the latest.
    drop(server);
    let (ours, theirs) = (key_log(&ours), key_log(&theirs));
    assert_eq!(ours.len(), 2 * LABELS.len());
    assert!(ours.is_subset(&theirs), "{ours:#?}\n{theirs:#?}");
}

#[test]
#[ignore = "needs openssl"]
fn client_says_that_a_server_is_too_old_or_has_nothing_in_common() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let root = identity.root();
    let mut old = Command::new("openssl");
    old.args(["s_server", "-accept", "127.0.0.1:0", "-tls1_2", "-www", "-key"]).arg(identity.key());
    old.arg("-cert").arg(identity.chain());
    let server = |options: &[&str]| {
        let mut command = openssl::server(&identity);
        command.args(options);
        command
    };
    let cases = [
        (old, "--tls13"),
        (server(&["-ciphersuites", "TLS_AES_128_CCM_SHA256"]), "--suites"),
        (server(&["-groups", "P-521"]), "--groups"),
        (server(&["-alpn", "h2"]), "--alpn"),
    ];
    for (mut command, hint) in cases {
        let (_server, address) = start_server(&mut command);
        let target = address.to_string();
        let (code, told, page) = fetch(&target, &["--ca", text(&root), "--alpn", "http/1.1", "--tls13"]);
        assert_eq!((code, page.as_str()), (Some(1), ""), "{hint}: {told}");
        let (error, advice) = message(&told);
        assert!(error.contains(&target) && advice.contains(hint), "{hint}: {told}");
    }
}

#[test]
#[ignore = "needs python3"]
fn client_says_that_a_server_does_not_speak_tls() {
    if !have(&["python3"]) {
        return;
    }
    let folder = Folder::new();
    let mut command = Command::new("python3");
    command.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"]);
    let server = Program::start(command.arg(folder.file("")));
    let said = server.wait_for(") ...");
    let port = said.split("port ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    let target = format!("127.0.0.1:{port}");
    let (code, told, page) = fetch(&target, &["--insecure"]);
    assert_eq!((code, page.as_str()), (Some(1), ""), "{told}");
    let (error, advice) = message(&told);
    assert!(error.contains(&target) && error.contains("does not speak TLS"), "{told}");
    assert!(advice.contains("port"), "{told}");
}

// --- tidegate server --------------------------------------------------------------------------------------------------

const REQUEST: &[u8] = b"GET /tide HTTP/1.1\r\nHost: localhost\r\n\r\n";
const PAGE: &str = "This page came over this connection";

#[test]
#[ignore = "needs openssl"]
fn server_shows_openssl_a_page() {
    if !have(&["openssl"]) {
        return;
    }
    for kind in Kind::OURS.into_iter().chain([Kind::Rsa2048]) {
        let identity = Identity::new(kind);
        let server = Server::new(&identity, &["--www"]);
        let mut client =
            Program::start(openssl::client(&identity, server.address).arg("-brief").arg("-ign_eof"));
        client.say(REQUEST);
        let (status, said) = client.finish();
        assert!(status.success() && said.contains("Verification: OK"), "{said}");
        assert!(said.contains(PAGE) && said.trim_end().contains("</table>"), "{said}");
        assert!(said.contains("<td>localhost") && said.contains("GET /tide HTTP/1.1"), "{said}");
        server.program.wait_for("bytes in");
    }
}

#[test]
#[ignore = "needs curl"]
fn server_shows_curl_a_page() {
    if !have(&["curl"]) {
        return;
    }
    for kind in Kind::OURS {
        let identity = Identity::new(kind);
        let server = Server::new(&identity, &["--www", "--alpn", "http/1.1"]);
        let (code, said, page) = curl(&identity, &server, &["--verbose"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(page.contains(PAGE) && page.trim_end().ends_with("</table>"), "{page}");
        assert!(said.contains("SSL certificate verify ok.") && said.contains("accepted http/1.1"), "{said}");
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let server = Server::new(&identity, &["--www"]);
    let (code, said, page) = curl(&identity, &server, &["--head"]);
    assert!(code == Some(0) && page.contains("200 OK") && !page.contains(PAGE), "{said}{page}");
    let (code, said, page) = curl(&identity, &server, &["--data", "x=1", "--include"]);
    assert!(code == Some(0) && page.contains("405 Method Not Allowed"), "{said}{page}");
}

#[test]
#[ignore = "needs curl"]
fn server_makes_a_certificate_that_curl_takes() {
    if !have(&["curl"]) {
        return;
    }
    let identity = Identity::flawed(Flaw::None);
    let ca = identity.root();
    let options = ["server", "--listen", "127.0.0.1:0", "--www", "--self-signed", text(&ca)];
    let server = Server::start(&options);
    let (code, said, page) = curl(&identity, &server, &[]);
    assert!(code == Some(0) && page.contains(PAGE), "{said}");
    // The same name and address, another authority.
    let stranger = Identity::new(Kind::EcdsaP256);
    let (code, said, _) = curl(&stranger, &server, &[]);
    assert!(code == Some(60) && said.contains("local issuer certificate"), "{said}");
    server.program.wait_for("UNKNOWN_CA");
}

#[test]
#[ignore = "needs chromium"]
fn server_shows_chromium_a_page() {
    if !have(&["chromium"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let server = Server::new(&identity, &["--www", "--alpn", "http/1.1"]);
    let mut command = Command::new("chromium");
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"]);
    command.args(["--disable-background-networking", "--no-proxy-server", "--dump-dom"]);
    command.arg(format!("--user-data-dir={}", identity.folder.file("chromium").display()));
    command.arg(format!("https://localhost:{}/", server.address.port()));
    let (status, said) = Program::start(&mut command).finish();
    assert!(status.success() && said.contains(PAGE) && said.contains("TLS 1.3"), "{status}\n{said}");
    assert!(said.contains("GET / HTTP/1.1") && said.contains("<td>localhost"), "{said}");
}

#[test]
#[ignore = "needs openssl"]
fn server_echoes_to_several_at_once() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let server = Server::new(&identity, &["--echo"]);
    let mut clients: Vec<Program> = (0..6)
        .map(|_| Program::start(openssl::client(&identity, server.address).args(["-brief", "-ign_eof"])))
        .collect();
    // Each is answered while all the others are connected, the last one first.
    for (number, client) in clients.iter_mut().enumerate().rev() {
        client.wait_for("Verification: OK");
        client.say(format!("line of {number}\n").as_bytes());
        client.wait_for(&format!("line of {number}\n"));
    }
    for (number, client) in clients.iter_mut().enumerate() {
        client.say(format!("again {number}\n").as_bytes());
        let said = client.wait_for(&format!("again {number}\n"));
        assert_eq!(said.matches("line of").count(), 1, "{said}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn server_echoes_a_file() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let content = noise(2 << 20);
    let file = identity.folder.file("content");
    fs::write(&file, &content).unwrap();
    for options in [&["--echo"][..], &["--modes", "release", "--buffer", "6000"]] {
        let server = Server::new(&identity, options);
        let stdin = Stdio::from(fs::File::open(&file).unwrap());
        let mut client = openssl::client(&identity, server.address);
        let client = Program::start_with(client.args(["-quiet", "-max_send_frag", "2048"]), stdin);
        assert!(client.output_after("", content.len()) == content, "what came back is something else");
    }
}

#[test]
#[ignore = "needs curl, openssl"]
fn server_survives_what_is_no_client() {
    if !have(&["curl", "openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let server = Server::new(&identity, &["--www", "--handshake-timeout", "3"]);
    let connect = || TcpStream::connect(server.address).unwrap();
    let silent = connect();
    let mut half = connect();
    // The begin of a ClientHello that never goes on.
    half.write_all(&[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]).unwrap();
    drop(connect());
    let mut gone = connect();
    gone.write_all(&[22, 3, 1, 2, 0, 1]).unwrap();
    drop(gone);
    let garbage = [b"GET / HTTP/1.1\r\n\r\n".to_vec(), noise(RECORD), vec![0; 3 * RECORD], vec![22; RECORD]];
    for bytes in &garbage {
        assert_eq!(alert(connect(), bytes).first(), Some(&21), "no alert for {:?}...", &bytes[..8]);
    }
    // Leaves in the middle of its request.
    let mut client = Program::start(openssl::client(&identity, server.address).args(["-brief", "-ign_eof"]));
    client.wait_for("Verification: OK");
    client.say(b"GET / HTTP/1.1\r\n");
    drop(client);
    let (code, said, page) = curl(&identity, &server, &[]);
    assert!(code == Some(0) && page.contains(PAGE), "{said}");
    let said = server.program.wait_for("timed out");
    assert!(said.contains("does not speak TLS"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    drop((silent, half));
    assert_eq!(curl(&identity, &server, &[]).0, Some(0));
}

#[test]
#[ignore = "needs openssl"]
fn server_survives_a_client_that_leaves_in_the_middle() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let server = Server::new(&identity, &["--echo"]);
    let file = identity.folder.file("content");
    fs::write(&file, noise(8 << 20)).unwrap();
    for _ in 0..3 {
        let stdin = Stdio::from(fs::File::open(&file).unwrap());
        let client = Program::start_with(openssl::client(&identity, server.address).arg("-quiet"), stdin);
        client.output_after("", 100_000);
        drop(client);
    }
    let mut client = Program::start(openssl::client(&identity, server.address).arg("-quiet"));
    client.say(b"still there?\n");
    client.wait_for("still there?\n");
    let said = server.program.wait_for("connection");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
#[ignore = "needs openssl"]
fn server_chooses_what_the_client_sees() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let cases = [
        ("TLS_AES_128_GCM_SHA256", "X25519", "X25519", "h2"),
        ("TLS_AES_256_GCM_SHA384", "SECP256R1", "prime256v1", "http/1.1"),
        ("TLS_CHACHA20_POLY1305_SHA256", "SECP384R1", "secp384r1", "spdy,http/1.1"),
    ];
    for (suite, group, key, protocols) in cases {
        let choices = ["--suites", suite, "--groups", group, "--alpn", protocols];
        let server = Server::new(&identity, &choices);
        let mut command = openssl::client(&identity, server.address);
        let client = Program::start(command.args(["-alpn", "http/1.1,h2"]));
        let said = client.wait_for("Verify return code: 0 (ok)");
        let protocol = protocols.rsplit(',').next().unwrap();
        for line in [format!("Cipher is {suite}"), key.to_owned(), format!("ALPN protocol: {protocol}")] {
            assert!(said.contains(&line), "no {line:?} in\n{said}");
        }
        client.finish();
        server.program.wait_for(&format!("TLS 1.3, {suite}, {group}, "));
    }
}

/// Two hellos leave OpenSSL, since the first is answered with a cookie.
#[test]
#[ignore = "needs openssl"]
fn server_has_openssl_show_a_cookie() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for (options, hellos) in [(&["--www", "--stateless-retry"][..], 2), (&["--www"], 1)] {
        let server = Server::new(&identity, options);
        let mut command = openssl::client(&identity, server.address);
        let mut client = Program::start(command.args(["-tls1_3", "-msg", "-ign_eof"]));
        client.say(REQUEST);
        let (status, said) = client.finish();
        assert!(status.success() && said.contains(PAGE), "{said}");
        assert_eq!(said.matches(", ClientHello").count(), hellos, "{said}");
        server.program.wait_for("bytes in");
    }
}

#[test]
#[ignore = "needs openssl"]
fn server_logs_the_secrets_that_the_client_has() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (ours, theirs) = (identity.folder.file("ours"), identity.folder.file("theirs"));
    let server = Server::new(&identity, &["--keylog", text(&ours)]);
    let mut command = openssl::client(&identity, server.address);
    let client = Program::start(command.arg("-keylogfile").arg(&theirs));
    client.wait_for("Verify return code: 0 (ok)");
    client.finish();
    server.program.wait_for("bytes in");
    let (ours, theirs) = (key_log(&ours), key_log(&theirs));
    assert_eq!(ours.len(), LABELS.len());
    assert!(ours.is_subset(&theirs), "{ours:#?}\n{theirs:#?}");
}

#[test]
#[ignore = "needs curl, openssl"]
fn server_says_what_is_wrong_with_a_client() {
    if !have(&["curl", "openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let cases = [
        (["-max_protocol", "TLSv1.2"], "alert protocol version", "version of TLS"),
        (["-groups", "P-521"], "alert handshake failure", "group"),
        (["-ciphersuites", "TLS_AES_128_CCM_SHA256"], "alert handshake failure", "cipher suite"),
        (["-alpn", "h3"], "alert no application protocol", "application protocol"),
    ];
    for (options, alert, what) in cases {
        let server = Server::new(&identity, &["--tls13", "--www", "--alpn", "http/1.1", "--once", "1"]);
        let mut command = openssl::client(&identity, server.address);
        let (status, said) = Program::start(command.args(options)).finish();
        assert!(!status.success() && said.contains(alert), "{said}");
        let Ending { status, errors, .. } = server.program.end();
        assert!(status.code() == Some(1) && errors.contains(what), "{what}: {errors}");
    }
    let server = Server::new(&identity, &["--tls13", "--www"]);
    let (code, said, _) = curl(&identity, &server, &["--tls-max", "1.2"]);
    assert!(code == Some(35) && said.contains("alert protocol version"), "{said}");
}

// --- TLS 1.2 ----------------------------------------------------------------------------------------------------------

#[test]
#[ignore = "needs openssl"]
fn both_commands_speak_the_version_that_they_are_told() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let root = identity.root();
    for (theirs, ours, agreed) in [
        ("-no_ssl3", &["--tls12"][..], "TLS 1.2"),
        ("-no_ssl3", &["--tls13"], "TLS 1.3"),
        ("-no_ssl3", &[], "TLS 1.3"),
        ("-tls1_2", &[], "TLS 1.2"),
    ] {
        let (_server, address) = start_server(openssl::server_of(&identity, theirs).arg("-www"));
        let (code, told, page) = fetch(&address.to_string(), &[&["--ca", text(&root)], ours].concat());
        assert_eq!(code, Some(0), "{told}");
        assert!(told.contains(&format!("connected {agreed}, TLS_")), "{told}");
        assert!(page.contains(&agreed.replace("TLS ", "TLSv")), "{page}");

        let server = Server::new(&identity, ours);
        let mut client = openssl::client(&identity, server.address);
        let client = Program::start(client.args(["-brief", theirs]));
        client.wait_for(&format!("Protocol version: {}", agreed.replace("TLS ", "TLSv")));
        client.finish();
        server.program.wait_for(agreed);
    }
    let (_server, address) = start_server(openssl::server12(&identity).arg("-www"));
    let (code, told, _) = fetch(&address.to_string(), &["--ca", text(&root), "--tls13"]);
    assert!(code == Some(1) && message(&told).1.contains("--tls13"), "{told}");
}

#[test]
#[ignore = "needs openssl"]
fn both_commands_log_the_master_secret_that_the_other_end_has() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (ours, theirs) = (identity.folder.file("ours"), identity.folder.file("theirs"));
    let (root, log) = (identity.root(), text(&ours));
    let (server, address) =
        start_server(openssl::server12(&identity).arg("-www").arg("-keylogfile").arg(&theirs));
    let (code, told, _) = fetch(&address.to_string(), &["--ca", text(&root), "--keylog", log]);
    assert_eq!(code, Some(0), "{told}");
    drop(server);

    let server = Server::new(&identity, &["--tls12", "--keylog", log]);
    let mut command = openssl::client(&identity, server.address);
    let client = Program::start(command.arg("-keylogfile").arg(&theirs));
    client.wait_for("Verify return code: 0 (ok)");
    client.finish();
    server.program.wait_for("bytes in");
    let (ours, theirs) = (key_log(&ours), key_log(&theirs));
    assert!(ours.len() == 2 && ours.iter().all(|line| line.starts_with("client_random ")), "{ours:#?}");
    assert!(ours.is_subset(&theirs), "{ours:#?}\n{theirs:#?}");
}

#[test]
#[ignore = "needs openssl"]
fn both_commands_export_what_the_other_end_does() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let ours = ["--export", "EXPORTER-a:40", "--export", "EXPORTER-a:of this:40"];
    let theirs = ["-keymatexport", "EXPORTER-a", "-keymatexportlen", "40"];
    let material = |program: &Program| {
        String::from_utf8(program.output_after("Keying material: ", 80)).unwrap().to_lowercase()
    };
    for version in ["-tls1_2", "-tls1_3"] {
        let (server, address) = start_server(openssl::server_of(&identity, version).args(theirs));
        let client = Program::start_with(&mut client(&identity, address, &ours), Stdio::null());
        let material_of_server = material(&server);
        let (_, told) = client.finish();
        assert!(told.contains(&format!("exported EXPORTER-a {material_of_server}\n")), "{told}");
        assert_eq!(told.matches(&material_of_server).count(), 1, "the context has no part in it: {told}");

        let server = Server::new(&identity, &ours);
        let client = Program::start(openssl::client(&identity, server.address).arg(version).args(theirs));
        server.program.wait_for(&format!("exported EXPORTER-a {}\n", material(&client)));
        client.finish();
    }
}

#[test]
#[ignore = "needs openssl"]
fn both_commands_renegotiate_where_they_are_told_to() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, address) = start_server(&mut openssl::server12(&identity));
    let mut ours = Program::start(&mut client(&identity, address, &["--renegotiate"]));
    ours.wait_for("connected");
    for round in 0..2 {
        server.say(b"r\n");
        server.wait_for("SSL_do_handshake -> 1");
        // What comes from no terminal is sent as it is.
        ours.say(format!("R\nround {round}\n").as_bytes());
        server.wait_for(&format!("R\nround {round}\n"));
        server.say(format!("back {round}\n").as_bytes());
        ours.wait_for(&format!("back {round}\n"));
    }

    let server = Server::new(&identity, &["--tls12", "--renegotiate"]);
    let mut theirs = Program::start(&mut openssl::client(&identity, server.address));
    theirs.wait_for("Verify return code: 0 (ok)");
    theirs.say(b"R\n");
    theirs.wait_for("RENEGOTIATING");
    theirs.wait_for("verify return:1\ndepth=0");
    theirs.say(b"echoed after it\n");
    theirs.wait_for("echoed after it\n");
    theirs.hang_up();
    server.program.wait_for("bytes in");
}

#[test]
#[ignore = "needs openssl"]
fn neither_command_renegotiates_unless_it_is_told_to() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (mut server, address) = start_server(&mut openssl::server12(&identity));
    let ours = Program::start(&mut client(&identity, address, &[]));
    ours.wait_for("connected");
    server.say(b"r\n");
    server.wait_for("no renegotiation");

    let server = Server::new(&identity, &["--tls12"]);
    let mut theirs = Program::start(&mut openssl::client(&identity, server.address));
    theirs.wait_for("Verify return code: 0 (ok)");
    theirs.say(b"R\n");
    theirs.wait_for("no renegotiation");
}

#[test]
#[ignore = "needs openssl"]
fn both_commands_know_certificates_of_clients() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (clients, root) = (Identity::for_client(Kind::EcdsaP384), identity.root());
    let (chain, key, authority) = (clients.chain(), clients.key(), clients.root());
    let own = ["--cert", text(&chain), "--key", text(&key)];
    for version in ["-tls1_2", "-tls1_3"] {
        let mut server = openssl::server_of(&identity, version);
        server.args(["-www", "-Verify", "3", "-verify_return_error", "-CAfile"]).arg(&authority);
        let (_server, address) = start_server(&mut server);
        let fetch = |own: &[&str]| fetch(&address.to_string(), &[&["--ca", text(&root)], own].concat());
        let (code, told, page) = fetch(&own);
        assert!(code == Some(0) && page.contains("Client certificate"), "{told}\n{page}");
        let (code, told, _) = fetch(&[]);
        assert!(code != Some(0) && told.contains("--cert"), "{told}");
    }

    let asks = ["--client-ca", text(&authority), "--require-client-cert"];
    for (option, version, refusal) in
        [("-tls1_3", "1.3", "certificate required"), ("-tls1_2", "1.2", "handshake failure")]
    {
        let server = Server::new(&identity, &asks);
        let client = || {
            let mut client = openssl::client(&identity, server.address);
            client.args(["-brief", option]);
            client
        };
        let mut showing = client();
        showing.args(["-cert", text(&chain), "-key", text(&key), "-cert_chain", text(&chain)]);
        let showing = Program::start(&mut showing);
        showing.wait_for(&format!("Protocol version: TLSv{version}"));
        showing.finish();
        let said = server.program.wait_for(", client CN=");
        assert!(said.contains(&format!("TLS {version}")), "{said}");
        Program::start(&mut client()).wait_for(refusal);
    }
}

/// Types at a terminal, each line once the text before it has come: a program, then texts and lines in turn.
const TYPIST: &str = r#"
import os, pty, signal, sys, time
signal.alarm(15)
program, script = sys.argv[1].split("\n"), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.environ["NO_COLOR"] = "1"
    os.execvp(program[0], program)
said, end = b"", time.time() + 20
for text, line in zip(script[::2], script[1::2]):
    while text.encode() not in said and time.time() < end:
        said += os.read(terminal, 4096)
    os.write(terminal, line.encode())
try:
    while time.time() < end:
        said += os.read(terminal, 4096)
except OSError:
    pass
print(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

#[test]
#[ignore = "needs openssl and python3"]
fn the_key_r_on_a_terminal_renegotiates() {
    if !have(&["openssl", "python3"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (root, program) = (identity.root(), env!("CARGO_BIN_EXE_tidegate"));
    let type_at = |address: SocketAddr, script: &[&str]| {
        let client = [program, "client", &address.to_string(), "--ca", text(&root)].join("\n");
        let mut typist = Command::new("python3");
        typist.args(["-c", TYPIST, &client]).args(script);
        Program::start_with(&mut typist, Stdio::null()).finish()
    };
    let end = "\u{4}";
    let options = ["-rev", "-client_renegotiation"];
    let (_server, address) = start_server(openssl::server12(&identity).args(options));
    let script =
        ["connected", "hello\n", "olleh", "R\n", "renegotiated TLS 1.2, TLS_", "again\n", "niaga", end];
    let (status, said) = type_at(address, &script);
    assert!(status.success() && said.contains("renegotiating"), "{said}");

    // In TLS 1.3 there is none.
    let (_server, address) = start_server(openssl::server(&identity).arg("-rev"));
    let script = ["connected", "R\n", "no renegotiation: TLS 1.3 has no", "still\n", "llits", end];
    let (status, said) = type_at(address, &script);
    assert!(status.success(), "{said}");
}

// --- What both need ---------------------------------------------------------------------------------------------------

const LABELS: [&str; 5] = [
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
    "EXPORTER_SECRET",
];
/// What TLS 1.2 has in their place.
const MASTER_SECRET: &str = "CLIENT_RANDOM";

fn tidegate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command.args(arguments);
    command
}

/// `tidegate client` that trusts an identity's root.
fn client(identity: &Identity, address: SocketAddr, options: &[&str]) -> Command {
    let (target, root) = (address.to_string(), identity.root());
    tidegate(&[&["client", &target, "--ca", text(&root)], options].concat())
}

/// `tidegate client` asks a server for its page: the exit code, what it told, the page.
fn fetch(target: &str, options: &[&str]) -> (Option<i32>, String, String) {
    let arguments = [&["client", target, "--get", "/"], options].concat();
    apart(Program::start_with(&mut tidegate(&arguments), Stdio::null()))
}

fn apart(program: Program) -> (Option<i32>, String, String) {
    let Ending { status, output, errors } = program.end();
    (status.code(), errors, String::from_utf8_lossy(&output).into_owned())
}

/// What went wrong, and what to try: the last two lines, one each.
fn message(told: &str) -> (&str, &str) {
    let mut lines = told.lines().skip_while(|line| !line.starts_with("error: "));
    (
        lines.next().unwrap_or_default(),
        lines.next().and_then(|line| line.strip_prefix(" hint: ")).unwrap_or_default(),
    )
}

/// A running `tidegate server`.
struct Server {
    program: Program,
    address: SocketAddr,
}

impl Server {
    /// With this identity, on a free port.
    fn new(identity: &Identity, options: &[&str]) -> Self {
        let (chain, key) = (identity.chain(), identity.key());
        let files = ["--cert", text(&chain), "--key", text(&key)];
        Self::start(&[&["server", "--listen", "127.0.0.1:0"], &files[..], options].concat())
    }

    fn start(arguments: &[&str]) -> Self {
        let program = Program::start(&mut tidegate(arguments));
        let said = program.wait_for("\n");
        let address = said.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{said}"));
        Self { address: address.parse().unwrap(), program }
    }
}

/// curl asks a server for its page, trusting an identity's root: the exit code, what it told, the page.
fn curl(identity: &Identity, server: &Server, options: &[&str]) -> (Option<i32>, String, String) {
    let port = server.address.port();
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--max-time", "15", "--noproxy", "*", "--cacert"]);
    command.arg(identity.root()).args(["--resolve", &format!("localhost:{port}:{}", Ipv4Addr::LOCALHOST)]);
    apart(Program::start(command.args(options).arg(format!("https://localhost:{port}/"))))
}

/// What a server answers to these bytes, until it hangs up.
fn alert(mut socket: TcpStream, bytes: &[u8]) -> Vec<u8> {
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    // It may hang up before it has read everything.
    let _ = socket.write_all(bytes).and_then(|()| socket.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    answer
}

/// The lines of a key log in NSS's format, each of the right form.
fn key_log(file: &Path) -> BTreeSet<String> {
    let log = fs::read_to_string(file).unwrap();
    let lines = log.lines().filter(|line| !line.starts_with('#'));
    lines.inspect(|line| assert!(is_of_form(line), "{line}")).map(str::to_lowercase).collect()
}

fn is_of_form(line: &str) -> bool {
    let is_hexadecimal = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let [label, random, secret] = line.split(' ').collect::<Vec<_>>()[..] else { return false };
    (LABELS.contains(&label) || label == MASTER_SECRET)
        && random.len() == 64
        && [64, 96].contains(&secret.len())
        && is_hexadecimal(random)
        && is_hexadecimal(secret)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
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
