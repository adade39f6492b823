//! The command, as a script sees it: exit codes, and messages that name what they are about.
#![allow(missing_docs, reason = "tests")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

fn tidegate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> (Option<i32>, String, Vec<u8>) {
    let Output { status, stdout, stderr } = tidegate(arguments).output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap(), stdout)
}

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tidegate-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server that is gone with the test.
struct Server {
    child: Child,
    address: String,
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    fn new(arguments: &[&str]) -> Self {
        let arguments = [&["server", "--listen", "127.0.0.1:0"], arguments].concat();
        let mut child = tidegate(&arguments).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, address, _stdout: stdout }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_page_is_fetched_and_a_wrong_server_refused() {
    let folder = Folder::new("page");
    let (ca, other) = (folder.file("ca.pem"), folder.file("other.pem"));
    let server = Server::new(&["--www", "--self-signed", &ca]);
    let stranger = Server::new(&["--self-signed", &other, "--name", "elsewhere.test"]);
    let (code, told, page) = run(&["client", &server.address, "--ca", &ca, "--get", "/"]);
    let page = String::from_utf8(page).unwrap();
    assert!(code == Some(0) && told.contains("connected TLS 1.3"), "{told}");
    assert!(page.contains("TLS 1.3") && page.trim_end().ends_with("</table>"), "{page}");

    let (code, told, _) = run(&["client", &server.address, "--ca", &ca, "--name", "other.test"]);
    assert!(code == Some(3) && told.contains("not for the name") && told.contains("--name"), "{told}");
    let (code, told, _) = run(&["client", &stranger.address, "--ca", &ca, "--name", "elsewhere.test"]);
    assert!(code == Some(3) && told.contains("hint") && told.contains("--ca"), "{told}");
    let (code, told, _) = run(&["client", &stranger.address, "--insecure", "--get", "/", "-q"]);
    assert!(code == Some(1) && told.contains("warning") && told.contains("no HTTP/1"), "{told}");
}

#[test]
fn stdin_goes_there_and_back() {
    let folder = Folder::new("echo");
    let ca = folder.file("ca.pem");
    let server = Server::new(&["--echo", "--self-signed", &ca]);
    let content: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    for modes in ["partial", "moving", "partial,moving,release,no-auto-retry"] {
        let arguments = ["client", &server.address, "--ca", &ca, "-q", "--modes", modes, "--buffer", "9000"];
        let mut client = tidegate(&arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = client.stdin.take().unwrap();
        let sent = content.clone();
        let writer = std::thread::spawn(move || stdin.write_all(&sent).unwrap());
        let output = client.wait_with_output().unwrap();
        writer.join().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stdout == content, "{modes}: {} bytes", output.stdout.len());
    }
}

/// A certificate for a client, and its key: an authority's that a server makes for itself.
fn client_identity(folder: &Folder) -> [String; 2] {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["client.test".into()]).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "client.test");
    let files = [folder.file("client.pem"), folder.file("client-key.pem")];
    fs::write(&files[0], params.self_signed(&key).unwrap().pem()).unwrap();
    fs::write(&files[1], key.serialize_pem()).unwrap();
    files
}

#[test]
fn a_client_shows_its_certificate_and_one_without_is_let_in_or_not() {
    let folder = Folder::new("clients");
    let ([chain, key], ca) = (client_identity(&folder), folder.file("ca.pem"));
    let asking = ["--www", "--self-signed", &ca, "--client-ca", &chain];
    let required = [&asking[..], &["--require-client-cert"]].concat();
    let fetch = |server: &Server, more: &[&str]| {
        let (code, told, page) =
            run(&[&["client", &server.address, "--ca", &ca, "--get", "/"], more].concat());
        (code, told, String::from_utf8(page).unwrap())
    };
    let own = ["--cert", &chain, "--key", &key];
    for (options, version) in [(&asking[..], "1.2"), (&required, "1.2"), (&asking, "1.3"), (&required, "1.3")]
    {
        let flag = format!("--tls{}", version.replace('.', ""));
        let server = Server::new(&[options, &[&*flag]].concat());
        let (code, told, page) = fetch(&server, &own);
        assert!(code == Some(0) && told.contains(&format!("connected TLS {version}")), "{told}");
        assert!(page.contains("<th>client<td>CN=client.test"), "{page}");
    }
    let server = Server::new(&asking);
    let (code, told, page) = fetch(&server, &[]);
    assert!(code == Some(0) && !page.contains("client.test"), "{told}\n{page}");

    for (version, alert) in [("--tls12", "HANDSHAKE_FAILURE"), ("--tls13", "CERTIFICATE_REQUIRED")] {
        let mut server = Server::new(&[&required[..], &[version, "--once", "1"]].concat());
        let (code, told, _) = fetch(&server, &[]);
        assert!(code == Some(1) && told.contains(alert) && told.contains("--cert"), "{told}");
        assert_eq!(server.child.wait().unwrap().code(), Some(1));
    }

    let stranger = Folder::new("strangers");
    let [chain, key] = client_identity(&stranger);
    let mut server = Server::new(&[&asking[..], &["--once", "1"]].concat());
    let (code, told, _) = fetch(&server, &["--cert", &chain, "--key", &key]);
    assert!(code == Some(1) && told.contains("hint"), "{told}");
    assert_eq!(server.child.wait().unwrap().code(), Some(3));
    for wrong in [&["client", "a:1", "--cert", &chain][..], &["client", "a:1", "--key", &key]] {
        assert_eq!(run(wrong).0, Some(2), "{wrong:?}");
    }
    let (code, told, _) = run(&["server", "--self-signed", &ca, "--require-client-cert"]);
    assert!(code == Some(2) && told.contains("--client-ca"), "{told}");
    let (code, told, _) = run(&["server", "--self-signed", &ca, "--client-ca", &folder.file("missing.pem")]);
    assert!(code == Some(2) && told.contains("missing.pem"), "{told}");
}

#[test]
fn a_key_that_is_known_stands_for_certificates() {
    let folder = Folder::new("raw-keys");
    let (key, other) = (rcgen::KeyPair::generate().unwrap(), rcgen::KeyPair::generate().unwrap());
    let files = ["private.pem", "public.pem", "other.pem"].map(|name| folder.file(name));
    fs::write(&files[0], key.serialize_pem()).unwrap();
    fs::write(&files[1], key.public_key_pem()).unwrap();
    fs::write(&files[2], other.public_key_pem()).unwrap();
    let server = Server::new(&["--www", "--raw-public-key", &files[0]]);
    let fetch = |key: &str| run(&["client", &server.address, "--raw-public-key", key, "--get", "/"]);
    let (code, told, _) = fetch(&files[1]);
    assert!(code == Some(0) && told.contains("connected TLS 1.3"), "{told}");
    let (code, told, _) = fetch(&files[2]);
    assert!(code == Some(3) && told.contains("issue"), "{told}");
    let (code, told, _) = fetch(&files[0]);
    assert!(code == Some(2) && told.contains("holds no public key"), "{told}");
    let (code, told, _) = run(&["client", &server.address, "--insecure", "--get", "/"]);
    assert!(code == Some(1) && told.contains("--raw-public-key"), "{told}");
}

#[test]
fn a_server_on_a_revocation_list_is_refused() {
    let folder = Folder::new("crl");
    let issuer_key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec![]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = params.self_signed(&issuer_key).unwrap();
    let issuer = rcgen::Issuer::new(params, issuer_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
    params.serial_number = Some(rcgen::SerialNumber::from(7));
    let leaf = params.signed_by(&key, &issuer).unwrap();
    let files = ["root.pem", "chain.pem", "key.pem"].map(|name| folder.file(name));
    for (file, text) in files.iter().zip([root.pem(), leaf.pem(), key.serialize_pem()]) {
        fs::write(file, text).unwrap();
    }
    let [root, chain, key] = &files;
    let server = Server::new(&["--www", "--cert", chain, "--key", key]);
    for (serial, expected) in [(8, Some(0)), (7, Some(3))] {
        let revoked = rcgen::RevokedCertParams {
            serial_number: rcgen::SerialNumber::from(serial),
            revocation_time: rcgen::date_time_ymd(2025, 2, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = rcgen::CertificateRevocationListParams {
            this_update: rcgen::date_time_ymd(2025, 2, 1),
            next_update: rcgen::date_time_ymd(2200, 1, 1),
            crl_number: rcgen::SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        let file = folder.file("list.pem");
        fs::write(&file, list.signed_by(&issuer).unwrap().pem().unwrap()).unwrap();
        let (code, told, _) = run(&["client", &server.address, "--ca", root, "--crl", &file, "--get", "/"]);
        assert_eq!(code, expected, "{told}");
        assert_eq!(told.contains("revoked"), expected != Some(0), "{told}");
    }
    let (code, told, _) = run(&["client", &server.address, "--ca", root, "--crl", root, "--get", "/"]);
    assert!(code == Some(2) && told.contains("BEGIN X509 CRL"), "{told}");
}

#[test]
fn nothing_in_common_is_said() {
    let folder = Folder::new("common");
    let ca = folder.file("ca.pem");
    let server = Server::new(&["--self-signed", &ca, "--suites", "TLS_AES_256_GCM_SHA384", "--alpn", "h2"]);
    let client = |more: &[&str]| run(&[&["client", &server.address, "--ca", &ca], more].concat());
    let (code, told, _) = client(&["--suites", "TLS_CHACHA20_POLY1305_SHA256"]);
    assert!(code == Some(1) && told.contains("--suites"), "{told}");
    let (code, told, _) = client(&["--alpn", "http/1.1"]);
    assert!(code == Some(1) && told.contains("--alpn"), "{told}");
}

#[test]
fn a_server_survives_what_is_no_client_and_counts() {
    let folder = Folder::new("survive");
    let ca = folder.file("ca.pem");
    let arguments = ["--self-signed", &ca, "--www", "--once", "3", "--handshake-timeout", "0.3"];
    let mut server = Server::new(&arguments);
    TcpStream::connect(&server.address).unwrap().write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let silent = TcpStream::connect(&server.address).unwrap();
    assert_eq!(run(&["client", &server.address, "--ca", &ca, "--get", "/"]).0, Some(0));
    // The code of the first that failed: the one that spoke no TLS.
    assert_eq!(server.child.wait().unwrap().code(), Some(1));
    drop(silent);
}

#[test]
fn a_request_in_drops_does_not_keep_its_place() {
    let folder = Folder::new("drops");
    let ca = folder.file("ca.pem");
    let arguments = ["--self-signed", &ca, "--www", "--once", "1", "--handshake-timeout", "1"];
    let mut server = Server::new(&arguments);
    let mut client =
        tidegate(&["client", &server.address, "--ca", &ca, "-q"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = client.stdin.take().unwrap();
    let drops = std::thread::spawn(move || {
        // Well over the limit in all, well under it each.
        for _ in 0..30 {
            std::thread::sleep(std::time::Duration::from_millis(200));
            if stdin.write_all(b"x").is_err() {
                break;
            }
        }
    });
    let output = client.wait_with_output().unwrap();
    assert!(output.stdout.starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(server.child.wait().unwrap().code(), Some(4));
    drops.join().unwrap();
}

#[test]
fn a_bad_request_is_answered() {
    let folder = Folder::new("bad");
    let ca = folder.file("ca.pem");
    let server = Server::new(&["--self-signed", &ca, "--www"]);
    for (request, status) in [(vec![b'x'; 20_000], "HTTP/1.1 431 "), (b"GET / HT".to_vec(), "HTTP/1.1 400 ")]
    {
        let arguments = ["client", &server.address, "--ca", &ca, "-q"];
        let mut client = tidegate(&arguments).stdin(Stdio::piped()).spawn().unwrap();
        client.stdin.take().unwrap().write_all(&request).unwrap();
        let output = client.wait_with_output().unwrap();
        assert!(output.stdout.starts_with(status.as_bytes()), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_silent_server_is_not_waited_for() {
    let folder = Folder::new("silent");
    let ca = folder.file("ca.pem");
    let server = Server::new(&["--self-signed", &ca, "--echo"]);
    // Stdin stays open and says nothing, and so does an echo.
    let arguments = ["client", &server.address, "--ca", &ca, "--timeout", "0.3"];
    let mut client = tidegate(&arguments).stdin(Stdio::piped()).spawn().unwrap();
    let stdin = client.stdin.take();
    let output = client.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(4) && told.contains("timed out"), "{told}");
    drop(stdin);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stdout_is_not_the_connection() {
    let folder = Folder::new("full");
    let ca = folder.file("ca.pem");
    let server = Server::new(&["--self-signed", &ca, "--www"]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output =
        tidegate(&["client", &server.address, "--ca", &ca, "--get", "/"]).stdout(full).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && told.contains("writing to stdout"), "{told}");
}

#[test]
fn the_other_end_is_described() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mail = std::thread::spawn(move || {
        let _ = listener.accept().unwrap().0.write_all(b"220 mail.test ESMTP\r\n");
        drop(listener.accept().unwrap());
        drop(listener);
    });
    let (code, told, _) = run(&["client", &address, "--insecure"]);
    assert!(code == Some(1) && told.contains("does not speak TLS") && told.contains("port"), "{told}");
    let (code, told, _) = run(&["client", &address, "--insecure"]);
    assert!(code == Some(4) && told.contains("handshake with"), "{told}");
    mail.join().unwrap();
    let (code, told, _) = run(&["client", &address, "--insecure"]);
    assert!(code == Some(4) && told.contains("refused"), "{told}");
}

/// A key in PKCS#1, as far as its section's name says.
const RSA: &str = "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n";

#[test]
fn what_a_user_gives_is_named() {
    let folder = Folder::new("usage");
    let write = |name: &str, text: &str| {
        fs::write(Path::new(&folder.file(name)), text).unwrap();
        folder.file(name)
    };
    let pair = |signer: rcgen::KeyPair| {
        let certificate =
            rcgen::CertificateParams::new(vec!["a.test".into()]).unwrap().self_signed(&signer).unwrap();
        (certificate.pem(), signer.serialize_pem())
    };
    let (certificate, key) = pair(rcgen::KeyPair::generate().unwrap());
    let (_, other_key) = pair(rcgen::KeyPair::generate().unwrap());
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let (certificate, key) = (write("cert.pem", &certificate), write("key.pem", &key));
    let cases = [
        (&certificate, &write("other.pem", &other_key), "does not belong to"),
        (&certificate, &write("encrypted.pem", &encrypted), "is encrypted"),
        (&certificate, &write("rsa.pem", RSA), "is not supported"),
        (&certificate, &certificate, "holds no private key"),
        (&key, &key, "holds no certificate"),
        (&certificate, &folder.file("missing.pem"), "missing.pem: can't be read"),
        (&certificate, &write("broken.pem", "-----BEGIN PRIVATE KEY-----\n!\n"), "is no proper PEM"),
    ];
    for (certificate, key, what) in cases {
        let (code, told, _) = run(&["server", "--cert", certificate, "--key", key]);
        assert!(code == Some(2) && told.contains(what) && told.contains(".pem"), "{what}: {told}");
    }
    let good = ["server", "--cert", &certificate, "--key", &key];
    let (code, told, _) = run(&[&good[..], &["--buffer", "100"]].concat());
    assert!(code == Some(2) && told.contains("bytes would do"), "{told}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, told, _) = run(&[&good[..], &["--listen", &address]].concat());
    assert!(code == Some(4) && told.contains(&address) && told.contains("in use"), "{told}");
    for arguments in [&["client", "nowhere"][..], &["server"], &["client", "a:1", "--suites", "x"], &["fly"]]
    {
        assert_eq!(run(arguments).0, Some(2), "{arguments:?}");
    }
}

#[test]
fn the_demo_fits_a_terminal() {
    let (code, told, shown) = run(&[]);
    let shown = String::from_utf8(shown).unwrap();
    assert_eq!((code, told.as_str()), (Some(0), ""));
    for part in ["ClientHello", "TLS_AES", "MB/s", "WANT_WRITE", "SSL, moved", "WANT_READ"] {
        assert!(shown.contains(part), "no {part:?} in\n{shown}");
    }
    assert!(shown.lines().all(|line| line.chars().count() <= 80 && !line.contains('\u{1b}')), "{shown}");
}

/// What `demo --modes` shows, a space between two words.
fn modes_shown() -> Vec<String> {
    let (code, told, shown) = run(&["demo", "--modes"]);
    let shown = String::from_utf8(shown).unwrap();
    assert_eq!((code, told.as_str()), (Some(0), ""), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80 && !line.contains('\u{1b}')), "{shown}");
    shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The figures behind a name in the table of idle connections: heap, of it record buffers, OpenSSL's heap. None where
/// something was not measured.
fn figures(shown: &[String], name: &str) -> [Option<usize>; 3] {
    let parts: Vec<Vec<&str>> = shown
        .iter()
        .filter_map(|line| line.strip_prefix(name))
        .map(|rest| rest.split(' ').collect())
        .collect();
    let rows: Vec<[&str; 4]> = parts.into_iter().filter_map(|parts| parts.try_into().ok()).collect();
    let [["", heap, buffers, other]] = rows[..] else { panic!("no row {name:?} in {shown:#?}") };
    [heap, buffers, other].map(|figure| figure.parse().ok())
}

const RELEASED: [&str; 2] = ["RELEASE_BUFFERS", "RELEASE_BUFFERS, last write partial"];

#[test]
fn the_demo_of_the_modes_shows_what_each_call_returned() {
    let shown = modes_shown();
    let count = |line: &str| shown.iter().filter(|shown| shown.as_str() == line).count();
    assert_eq!(count("SSL_write(client, data, 40000) 16384 NONE"), 2, "partial: {shown:#?}");
    assert_eq!(count("SSL_write(client, copy, 40000) -1 SSL, moved"), 1, "{shown:#?}");
    assert_eq!(count("SSL_write(client, copy + 16384, 23616) -1 SSL, moved"), 1, "partial: {shown:#?}");
    assert_eq!(count("SSL_write(client, copy + 16384, 23616) 16384 NONE"), 1, "both: {shown:#?}");
    assert_eq!(shown.iter().filter(|line| line.ends_with(" -1 SSL, shorter")).count(), 4, "{shown:#?}");
    assert_eq!(count("The server has read 160000 bytes, as written"), 1, "{shown:#?}");
    assert_eq!(count("The server has read 40000 bytes, as written"), 2, "{shown:#?}");
    assert_eq!(count("SSL_read(client, buf, 100) -1 WANT_READ"), 1, "AUTO_RETRY off: {shown:#?}");
    assert_eq!(count("SSL_read(client, buf, 100) 5 NONE"), 3, "{shown:#?}");
    assert_eq!(count("SSL_shutdown(client) -1 WANT_WRITE"), 1, "{shown:#?}");
    assert_eq!(count("SSL_read(server, buf, 100) 0 ZERO_RETURN"), 1, "{shown:#?}");
    let [heap, buffers, _] = figures(&shown, "default");
    assert!(buffers > Some(32_768), "{shown:#?}");
    for name in RELEASED {
        let [released_heap, released, _] = figures(&shown, name);
        assert_eq!(released, Some(0), "{name}");
        assert!(heap.is_none() || heap.unwrap() - released_heap.unwrap() >= buffers.unwrap(), "{name}");
    }
}

#[test]
#[ignore = "needs libssl.so.3 and glibc"]
fn idle_connections_cost_less_than_those_of_openssl() {
    let shown = modes_shown();
    let required = std::env::var_os("TIDEGATE_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    if let Some(why) = shown.iter().find(|line| line.contains("not measured")) {
        assert!(!required, "missing: {why}");
        println!("not run: {why}");
        return;
    }
    for (wrong, verdict) in
        [("SSL_write(copy)", "-1 SSL, then"), ("SSL_read", "-1 SSL, then"), ("SSL_shutdown", "-1")]
    {
        let line = format!(": {wrong} {verdict} ");
        assert_eq!(shown.iter().filter(|shown| shown.contains(&line)).count(), 1, "{line}: {shown:#?}");
    }
    let [_, _, default] = figures(&shown, "default");
    let [_, _, released] = figures(&shown, "RELEASE_BUFFERS");
    assert!(default.unwrap() > released.unwrap() + 2 * 16_384, "{shown:#?}");
    for name in RELEASED {
        let [heap, _, other] = figures(&shown, name);
        assert!(heap.unwrap() > 0 && heap.unwrap() * 4 < other.unwrap(), "{name}: {shown:#?}");
    }
}

#[test]
fn one_version_alone_is_one_version() {
    let folder = Folder::new("versions");
    let ca = folder.file("ca.pem");
    for (server, client, agreed) in [
        (&["--tls12"][..], &[][..], Some("TLS 1.2")),
        (&[], &["--tls12"], Some("TLS 1.2")),
        (&[], &["--tls13"], Some("TLS 1.3")),
        (&["--tls13"], &["--tls12"], None),
    ] {
        let server = Server::new(&[&["--www", "--self-signed", &ca][..], server].concat());
        let arguments = [&["client", &server.address, "--ca", &ca, "--get", "/"][..], client].concat();
        let (code, told, page) = run(&arguments);
        let Some(agreed) = agreed else {
            assert!(code == Some(1) && told.contains("--tls12"), "{told}");
            continue;
        };
        assert!(code == Some(0) && told.contains(&format!("connected {agreed}, ")), "{told}");
        assert!(String::from_utf8(page).unwrap().contains(agreed), "{told}");
    }
    let (code, told, _) = run(&["client", "localhost:1", "--tls12", "--tls13"]);
    assert!(code == Some(2) && told.contains("--tls13"), "{told}");
    let (code, _, help) = run(&["client", "--help"]);
    assert!(code == Some(0) && String::from_utf8(help).unwrap().contains("a line of nothing but R"));
}

#[test]
fn a_trace_has_a_line_for_each_message_and_state() {
    let folder = Folder::new("trace");
    let ca = folder.file("ca.pem");
    let arguments =
        ["server", "--listen", "127.0.0.1:0", "--once", "1", "--www", "--trace", "--self-signed", &ca];
    let mut server = tidegate(&arguments).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on ").unwrap();
    let (code, told, _) = run(&["client", address, "--ca", &ca, "--get", "/", "--trace", "-q"]);
    let served = String::from_utf8(server.wait_with_output().unwrap().stderr).unwrap();
    assert_eq!(code, Some(0), "{told}");
    let client = ["client: SendClientHello", "sending CLIENT_HELLO, ", "client: WaitServerHello"];
    let client = [&client[..], &["client: received SERVER_HELLO, ", "client: Connected"]].concat();
    let server = ["server: received CLIENT_HELLO, ", "server: SendServerHello", "sending SERVER_HELLO, "];
    let server = [&server[..], &["server: received FINISHED, ", "server: Connected"]].concat();
    for (expected, said) in [(client, &told), (server, &served)] {
        let places: Vec<_> = expected.iter().map(|line| said.find(line)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{expected:?} in {said}");
    }
    // Who of several it is about.
    assert!(served.lines().all(|line| line.starts_with("127.0.0.1:")), "{served}");
    let (_, told, _) = run(&["client", address, "--ca", &ca, "-q"]);
    assert!(!told.contains("client: "), "{told}");
}

#[test]
fn what_is_exported_is_named_as_wanted() {
    for wrong in ["EXPORTER-a", ":32", "EXPORTER-a:0", "EXPORTER-a:2000"] {
        let (code, told, _) = run(&["client", "a:1", "--export", wrong]);
        assert!(code == Some(2) && told.contains("--export"), "{wrong}: {told}");
    }
}

/// Whether the server showed a certificate in the handshake that this tells of.
fn shows_certificate(told: &str) -> bool {
    told.contains("CERTIFICATE")
}

#[test]
fn a_session_in_a_file_goes_on_once() {
    let folder = Folder::new("session");
    let (ca, file) = (folder.file("ca.pem"), folder.file("session"));
    let server = Server::new(&["--www", "--self-signed", &ca]);
    let arguments = ["client", &server.address, "--ca", &ca, "--get", "/", "--session", &file, "--trace"];
    for expected in [true, false, false] {
        let (code, told, _) = run(&arguments);
        assert_eq!((code, shows_certificate(&told)), (Some(0), expected), "{told}");
        assert!(Path::new(&file).exists(), "the next one");
    }
    fs::write(&file, b"this is none").unwrap();
    let (code, told, _) = run(&arguments);
    assert!(code == Some(0) && shows_certificate(&told), "{told}");
}

#[test]
fn a_session_in_a_file_is_for_whom_was_trusted_then() {
    let folder = Folder::new("session-trust");
    let (ca, file) = (folder.file("ca.pem"), folder.file("session"));
    let server = Server::new(&["--www", "--self-signed", &ca]);
    let get = |trust: &[&str]| {
        let arguments = ["client", &server.address, "--get", "/", "--session", &file, "--trace"];
        let (code, told, _) = run(&[&arguments, trust].concat());
        assert_eq!(code, Some(0), "{told}");
        shows_certificate(&told)
    };
    assert_eq!([get(&["--insecure"]), get(&["--insecure"])], [true, false]);
    assert!(get(&["--ca", &ca]), "what nobody has verified does not go on");
    assert_eq!([get(&["--ca", &ca]), get(&["--insecure"])], [false, true]);
}

#[test]
fn a_key_that_both_ends_have_stands_for_certificates() {
    let folder = Folder::new("psk");
    let ca = folder.file("ca.pem");
    let key = format!("device:{}", "42".repeat(32));
    let server = Server::new(&["--www", "--self-signed", &ca, "--psk", &key]);
    let get =
        |psk: &str| run(&["client", &server.address, "--ca", &ca, "--get", "/", "--trace", "--psk", psk]);
    let (code, told, _) = get(&key);
    assert!(code == Some(0) && !shows_certificate(&told), "{told}");
    let (code, told, _) = get(&key.replace("device", "stranger"));
    assert!(code == Some(0) && shows_certificate(&told), "{told}");
    let (code, told, _) = get(&key.replace("42", "43"));
    assert!(code == Some(1) && told.contains("decrypt_error") || told.contains("DECRYPT_ERROR"), "{told}");
    for wrong in ["device", "device:42", "device:zz", ":4242"] {
        assert_eq!(get(wrong).0, Some(2), "{wrong}");
    }
}

#[test]
fn early_data_from_a_file_goes_once_with_each_session() {
    let folder = Folder::new("early");
    let (ca, file, data) = (folder.file("ca.pem"), folder.file("session"), folder.file("data"));
    fs::write(&data, b"GET /early HTTP/1.1\r\n\r\n").unwrap();
    let server = Server::new(&["--www", "--self-signed", &ca, "--early-data", "1000"]);
    let arguments = [
        "client",
        &server.address,
        "--ca",
        &ca,
        "--session",
        &file,
        "--early-data",
        &data,
        "--timeout",
        "20",
    ];
    let (code, told, page) = run(&arguments);
    let page = String::from_utf8(page).unwrap();
    assert!(code == Some(0) && told.contains("no early data"), "{told}");
    assert!(page.contains("GET /early"), "it goes after the handshake: {page}");
    let session = fs::read(&file).unwrap();
    let (code, told, page) = run(&arguments);
    let page = String::from_utf8(page).unwrap();
    assert!(code == Some(0) && told.contains("early data 23 of 23 bytes"), "{told}");
    assert!(page.contains("GET /early") && page.contains("<th>early data"), "{page}");
    fs::write(&file, &session).unwrap();
    let (_, told, page) = run(&arguments);
    assert!(
        told.contains("early data refused") && !String::from_utf8(page).unwrap().contains("/early"),
        "{told}"
    );
    assert_eq!(run(&["client", &server.address, "--early-data", &data]).0, Some(2), "without a session");
}
