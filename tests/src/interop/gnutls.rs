//! GnuTLS: `gnutls-serv` and `gnutls-cli`.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;

use tidegate::wire::enums::{CipherSuite, NamedGroup};

use super::certificates::Identity;
use super::matrix::Cell;
use super::program::Program;

/// TLS 1.3 with everything that we have.
pub const PRIORITY: &str = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

/// TLS 1.2 with everything that we have, and secure renegotiation.
pub const PRIORITY12: &str = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305";

/// A priority string of one suite and these groups.
///
/// # Panics
/// For suites and groups that are none of ours.
#[must_use]
pub fn priority(cell: &Cell, groups: &[NamedGroup]) -> String {
    let cipher = match cell.suite {
        CipherSuite::TLS_AES_128_GCM_SHA256 => "AES-128-GCM",
        CipherSuite::TLS_AES_256_GCM_SHA384 => "AES-256-GCM",
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => "CHACHA20-POLY1305",
        suite => panic!("{suite}"),
    };
    let group = |group: &NamedGroup| match *group {
        NamedGroup::X25519 => ":+GROUP-X25519",
        NamedGroup::SECP256R1 => ":+GROUP-SECP256R1",
        NamedGroup::SECP384R1 => ":+GROUP-SECP384R1",
        _ => panic!("{group}"),
    };
    let groups: String = groups.iter().map(group).collect();
    let version = if cell.is_tls12() { PRIORITY12 } else { PRIORITY };
    format!("{version}:-CIPHER-ALL:+{cipher}:-GROUP-ALL{groups}")
}

/// `gnutls-serv` with an identity, without a port.
#[must_use]
pub fn server(identity: &Identity, priority: &str) -> Command {
    let mut command = Command::new("gnutls-serv");
    command.args(["--priority", priority, "--x509certfile"]).arg(identity.chain());
    command.arg("--x509keyfile").arg(identity.key());
    command
}

/// Starts a server on a free port. It can't choose one itself, and another program may be quicker to take what we
/// found free; then it is tried again.
///
/// # Panics
/// If it does not start.
#[must_use]
pub fn start_server(make: impl Fn() -> Command) -> (Program, SocketAddr) {
    let mut last = String::new();
    for _ in 0..10 {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let program = Program::start(make().args(["--port", &address.port().to_string()]));
        match program.try_wait_for("listening on IPv4 0.0.0.0 port ") {
            Ok(said) if !said.contains("failed") => {
                program.wait_for("...done");
                return (program, address);
            }
            Ok(said) | Err(said) => last = said,
        }
    }
    panic!("gnutls-serv does not start; it said:\n{last}");
}

/// `gnutls-cli` that trusts an identity's root and insists on it.
#[must_use]
pub fn client(identity: &Identity, address: SocketAddr, priority: &str) -> Command {
    let mut command = Command::new("gnutls-cli");
    command.args(["--port", &address.port().to_string(), "--priority", priority, "--x509cafile"]);
    command.arg(identity.root());
    command.args(["--sni-hostname", identity.name, "--verify-hostname", identity.name, "127.0.0.1"]);
    command
}
