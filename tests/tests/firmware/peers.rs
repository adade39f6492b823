//! Who is at the other end of the line.

use std::net::{SocketAddr, TcpStream};

use tidegate_tests::firmware::device::Device;
use tidegate_tests::firmware::line::{Line, Ways};
use tidegate_tests::firmware::report::Report;
use tidegate_tests::interop::certificates::Identity;
use tidegate_tests::interop::listener::Listener;
use tidegate_tests::interop::program::Program;
use tidegate_tests::interop::{gnutls, openssl};

/// `openssl s_server` that sends back each line, the other way round.
pub(crate) fn openssl_server(identity: &Identity) -> (Program, SocketAddr) {
    openssl::start_server(openssl::server(identity).arg("-rev"))
}

/// `gnutls-serv` that sends back what it gets.
pub(crate) fn gnutls_server(identity: &Identity) -> (Program, SocketAddr) {
    gnutls::start_server(|| {
        let mut command = gnutls::server(identity, gnutls::PRIORITY);
        command.args(["--echo", "--disable-client-cert"]);
        command
    })
}

/// `openssl s_client`.
pub(crate) fn openssl_client(identity: &Identity, address: SocketAddr) -> Program {
    Program::start(&mut openssl::client(identity, address))
}

/// `gnutls-cli`.
pub(crate) fn gnutls_client(identity: &Identity, address: SocketAddr) -> Program {
    Program::start(&mut gnutls::client(identity, address, gnutls::PRIORITY))
}

/// A client on the device, over a line, with a server.
pub(crate) fn run_client(name: &str, address: SocketAddr, ways: Ways) -> (Report, Line) {
    run_client_with(name, &[], address, ways)
}

/// As [`run_client`], with words on the program's command line.
pub(crate) fn run_client_with(name: &str, words: &[&str], address: SocketAddr, ways: Ways) -> (Report, Line) {
    let (device, uart) = Device::start(name, words);
    let line = Line::lay(uart, TcpStream::connect(address).unwrap(), ways);
    (device.finish(), line)
}

/// The server on the device, over a line, and a client that connects to it.
pub(crate) fn start_server(
    client: impl FnOnce(SocketAddr) -> Program,
    ways: Ways,
) -> (Device, Line, Program) {
    let (device, uart) = Device::start("server", &[]);
    let listener = Listener::new();
    let client = client(listener.address);
    let line = Line::lay(uart, listener.accept(), ways);
    (device, line, client)
}
