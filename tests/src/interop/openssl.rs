//! OpenSSL: `s_server` and `s_client`.

use std::net::SocketAddr;
use std::process::Command;

use tidegate::wire::enums::NamedGroup;

use super::certificates::Identity;
use super::matrix::Cell;
use super::program::Program;

/// What OpenSSL calls a group.
///
/// # Panics
/// For a group that is none of ours.
#[must_use]
pub fn group_name(group: NamedGroup) -> &'static str {
    match group {
        NamedGroup::X25519 => "X25519",
        NamedGroup::SECP256R1 => "P-256",
        NamedGroup::SECP384R1 => "P-384",
        _ => panic!("{group}"),
    }
}

/// Groups as a list for `-groups` and for curl's `--curves`.
#[must_use]
pub fn group_list(groups: &[NamedGroup]) -> String {
    groups.iter().map(|group| group_name(*group)).collect::<Vec<_>>().join(":")
}

/// `openssl s_server` with an identity, on a free port, for TLS 1.3 alone.
#[must_use]
pub fn server(identity: &Identity) -> Command {
    server_of(identity, "-tls1_3")
}

/// As [`server`], for TLS 1.2 alone.
#[must_use]
pub fn server12(identity: &Identity) -> Command {
    server_of(identity, "-tls1_2")
}

/// As [`server`], with an option that says which versions.
#[must_use]
pub fn server_of(identity: &Identity, version: &str) -> Command {
    let mut command = Command::new("openssl");
    command.args(["s_server", "-accept", "127.0.0.1:0", version, "-key"]).arg(identity.key());
    command.arg("-cert").arg(identity.chain()).arg("-cert_chain").arg(identity.chain());
    command
}

/// Starts a server and waits for its address.
///
/// # Panics
/// If it does not start.
#[must_use]
pub fn start_server(command: &mut Command) -> (Program, SocketAddr) {
    let program = Program::start(command);
    let said = program.wait_for("ACCEPT ");
    let line = said.lines().find_map(|line| line.strip_prefix("ACCEPT ")).unwrap_or_default();
    let address = line.parse().unwrap_or_else(|_| panic!("no address in {said:?}"));
    (program, address)
}

/// `openssl s_client` that trusts an identity's root and insists on it.
#[must_use]
pub fn client(identity: &Identity, address: SocketAddr) -> Command {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address.to_string(), "-servername", identity.name]);
    command.args(["-verify_return_error", "-verify_hostname", identity.name, "-CAfile"]);
    command.arg(identity.root());
    command
}

/// The option for the version of a cell.
#[must_use]
pub fn version(cell: &Cell) -> &'static str {
    if cell.is_tls12() { "-tls1_2" } else { "-tls1_3" }
}

/// Has one suite and these groups chosen.
pub fn choose(command: &mut Command, cell: &Cell, groups: &[NamedGroup]) {
    let suites = if cell.is_tls12() { "-cipher" } else { "-ciphersuites" };
    command.args([suites, &cell.suite_name(), "-groups", &group_list(groups)]);
}
