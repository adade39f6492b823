//! Our server with programs that speak HTTP: curl and Chromium.
#![allow(missing_docs, reason = "tests")]

use std::process::Command;
use std::thread;

use tidegate::config::{Protocols, ServerConfig};
use tidegate::wire::enums::AlertDescription;
use tidegate::{Error, Negotiated};
use tidegate_tests::interop::certificates::{Flaw, Identity, Kind};
use tidegate_tests::interop::end::End;
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::matrix::{self, Cell};
use tidegate_tests::interop::openssl::group_list;
use tidegate_tests::interop::program::{PATIENCE, Program, have};
use tidegate_tests::interop::setup::{Fault, Setup};
use tidegate_tests::pki::{Chain, Pki};

const PAGE: &str = "<!doctype html><title>t</title><p id=said>The tide is in.</p>";

/// Answers one request with the page and closes.
fn serve(
    listener: &Listener,
    config: ServerConfig<Chain>,
    pki: &Pki,
    setup: Setup,
) -> Result<Negotiated, Fault> {
    let mut server = End::accept(listener.accept(), config, pki, setup);
    server.handshake()?;
    server.read_until("\r\n\r\n")?;
    let length = PAGE.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n");
    server.write(format!("{head}Connection: close\r\n\r\n{PAGE}").as_bytes())?;
    // A client that has as much as was announced may be gone already.
    let _ = server.close();
    server.linger();
    Ok(*server.connection.negotiated())
}

fn curl(identity: &Identity, listener: &Listener) -> Command {
    let port = listener.address.port();
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--verbose", "--max-time", "20", "--noproxy", "*", "--cacert"]);
    command.arg(identity.root()).args(["--resolve", &format!("localhost:{port}:127.0.0.1")]);
    command.arg(format!("https://localhost:{port}/"));
    command
}

#[test]
#[ignore = "needs curl"]
fn curl_matrix() {
    if have(&["curl"]) {
        matrix::run("curl, our server", &matrix::cells(&Kind::OURS), curl_cell);
        matrix::run("curl, our server", &matrix::cells12(&Kind::OURS), curl_cell);
    }
}

fn curl_cell(cell: &Cell, identity: &Identity) {
    let listener = Listener::new();
    let mut command = curl(identity, &listener);
    command.args(["--curves", &group_list(&cell.client_groups())]);
    match cell.is_tls12() {
        true => command.args(["--tls-max", "1.2", "--ciphers", &cell.suite_name()]),
        false => command.args(["--tls13-ciphers", &cell.suite_name()]),
    };
    let program = Program::start(&mut command);
    let mut config = ServerConfig::new(identity.pki.identities());
    cell.choose(&mut config.common, &[cell.group]);
    config.common.protocols = Protocols::new([&b"http/1.1"[..]]).unwrap();
    cell.check(&serve(&listener, config, &identity.pki, cell.setup()).unwrap());
    let (status, said) = program.finish();
    assert!(status.success() && said.contains(PAGE), "{status}\n{said}");
    let using = format!("SSL connection using {} / {}", cell.version_name(), cell.suite_name());
    assert!(said.contains(&using), "{said}");
    assert!(
        said.contains("SSL certificate verify ok.") && said.contains("server accepted http/1.1"),
        "{said}"
    );
}

#[test]
#[ignore = "needs curl"]
fn curl_refuses_bad_certificates() {
    if !have(&["curl"]) {
        return;
    }
    let flaws = [
        (Flaw::Expired, AlertDescription::CERTIFICATE_EXPIRED, "certificate has expired"),
        (Flaw::OtherRoot, AlertDescription::UNKNOWN_CA, "unable to get local issuer certificate"),
    ];
    for (flaw, alert, reason) in flaws {
        let identity = Identity::flawed(flaw);
        let listener = Listener::new();
        let program = Program::start(&mut curl(&identity, &listener));
        let config = ServerConfig::new(identity.pki.identities());
        let fault = serve(&listener, config, &identity.pki, Setup::ROOMY).unwrap_err().tls();
        assert_eq!(fault, Error::AlertReceived(alert), "{flaw:?}");
        let (status, said) = program.finish();
        assert!(status.code() == Some(60) && said.contains(reason), "{status}\n{said}");
    }
}

#[test]
#[ignore = "needs chromium"]
fn chromium_shows_the_page() {
    if !have(&["chromium"]) {
        return;
    }
    for kind in [Kind::EcdsaP256, Kind::EcdsaP384] {
        let identity = Identity::new(kind);
        let listener = Listener::new();
        let mut command = Command::new("chromium");
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"]);
        command.args(["--disable-background-networking", "--no-proxy-server", "--dump-dom"]);
        command.arg(format!("--user-data-dir={}", identity.folder.file("chromium").display()));
        command.arg(format!("https://{}/", listener.address));
        let program = Program::start(&mut command);
        let negotiated = serve_browser(listener, &identity.pki);
        let (status, said) = program.finish();
        assert!(status.success() && said.contains("The tide is in."), "{status}\n{said}");
        assert!(kind.signs_with(negotiated.signature_scheme.unwrap()));
    }
}

/// Serves the connections of a browser, which opens some that it does not use; what was negotiated on the first that
/// had a request. Whatever comes later is served as long as the test runs.
fn serve_browser(listener: Listener, pki: &Pki) -> Negotiated {
    let (sender, served) = std::sync::mpsc::channel();
    let pki = Pki { root: pki.root.clone(), chain: pki.chain.clone(), key: pki.key.clone() };
    thread::spawn(move || {
        loop {
            let config = ServerConfig::new(pki.identities());
            match serve(&listener, config, &pki, Setup::ROOMY) {
                Ok(negotiated) if sender.send(negotiated).is_err() => return,
                Ok(_) => {}
                Err(fault) => eprintln!("a connection without a request: {fault:?}"),
            }
        }
    });
    served.recv_timeout(PATIENCE).expect("no request came")
}
