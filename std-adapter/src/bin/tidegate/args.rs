//! The command line.

mod common;
mod export;

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use tidegate::modes::Modes;

use common::CommonArguments;
pub(crate) use export::Export;

const EXIT_CODES: &str = "\
Exit codes:
  0  all went well
  1  TLS failed: the peer broke the protocol, or there is nothing both ends support
  2  wrong usage: an option, a file that can't be used; or stdin or stdout failed
  3  the peer's certificate was refused
  4  the connection itself failed: refused, cut, timed out, address in use";

const CLIENT_EXAMPLES: &str = "\
Examples:
  tidegate client example.org:443 --get /
  tidegate client localhost:4433 --ca ca.pem
  tidegate client localhost:4433 --ca ca.pem --trace --export EXPORTER-mine:32
  tidegate client 192.0.2.7:8443 --name api.example.org --alpn http/1.1 --get /status
  tidegate client example.org:443 --session FILE --early-data REQUEST
  tidegate client intranet.example:443 --cert chain.pem --key key.pem --get /";

const CLIENT_KEYS: &str = "\
On a terminal, a line of nothing but R begins another handshake on a connection of TLS 1.2, as in openssl s_client; what
comes from elsewhere is sent as it is.";

const SERVER_EXAMPLES: &str = "\
Examples:
  tidegate server --www --self-signed ca.pem
  tidegate server --listen 0.0.0.0:8443 --cert chain.pem --key key.pem
  tidegate server --cert chain.pem --key key.pem --client-ca ca.pem --require-client-cert
  tidegate server --self-signed ca.pem --name test.example,127.0.0.1 --once 1";

/// TLS 1.2 and 1.3 from the command line.
///
/// Without a command: the demo.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Option<Task>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Connect to a server; send it stdin, print what it sends
    Client(ClientArguments),
    /// Serve clients, each in a thread
    Server(ServerArguments),
    /// Show a handshake, the speed on this machine and the modes
    Demo(DemoArguments),
}

impl Default for Task {
    fn default() -> Self {
        Self::Demo(DemoArguments::default())
    }
}

#[derive(Args, Debug, Default)]
pub(crate) struct DemoArguments {
    /// Only the modes of OpenSSL's manual pages, and all of them: writes, reads, shutdown, bytes of idle connections
    #[arg(long)]
    pub(crate) modes: bool,
}

#[derive(Args, Debug)]
#[command(after_help = format!("{CLIENT_KEYS}\n\n{CLIENT_EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct ClientArguments {
    /// Where to connect to, as example.org:443 or [::1]:443
    #[arg(value_name = "HOST:PORT")]
    pub(crate) target: String,
    /// Trust the certificates in this PEM file instead of the machine's
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The name that the server must prove, if it is not HOST
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Certificate chain in PEM, leaf first, to show to a server that asks for one
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) cert: Option<PathBuf>,
    /// Private key of --cert in PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// Refuse a server whose certificate is on the revocation lists in this PEM file, or whose issuer has no list there
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    pub(crate) crl: Option<PathBuf>,
    /// Expect no certificate but this public key in PEM (RFC 7250)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ca", "insecure", "crl", "tls12"])]
    pub(crate) raw_public_key: Option<PathBuf>,
    /// Accept any certificate: anybody can then be that server
    #[arg(long, conflicts_with = "ca")]
    pub(crate) insecure: bool,
    /// Go on with the session of TLS 1.3 in this file, if there is one, and keep the next one there; who has the file can read
    /// what is sent under it
    #[arg(long, value_name = "FILE")]
    pub(crate) session: Option<PathBuf>,
    /// Send what is in this file as early data, as far as the session takes it, and the rest after the handshake. Whoever sees
    /// early data can send it again: it is for what may happen twice. What the server refuses is not sent again
    #[arg(long, value_name = "FILE", requires = "session", conflicts_with = "get")]
    pub(crate) early_data: Option<PathBuf>,
    /// Fetch this path by HTTP/1.1 and print the page; its status does not change the exit code
    #[arg(long, value_name = "PATH", value_parser = path)]
    pub(crate) get: Option<String>,
    /// With --get: show the header of the response, too
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Seconds without progress after the handshake, until the client gives up: 60 with --get, else no limit
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Modes: partial (a write may take a part), moving (a retried write may come from elsewhere), release (no buffers
    /// while idle), no-auto-retry (a read may return without data)
    #[arg(long, value_name = "MODES", value_delimiter = ',', value_parser = ["partial", "moving", "release", "no-auto-retry"], hide_possible_values = true)]
    modes: Vec<String>,
    #[command(flatten)]
    pub(crate) common: CommonArguments,
}

#[derive(Args, Debug)]
#[command(after_help = format!("{SERVER_EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct ServerArguments {
    /// Address to listen at; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4433", value_parser = address)]
    pub(crate) listen: SocketAddr,
    /// Certificate chain in PEM, leaf first; may be given several times, chosen by the name that a client asks for
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) cert: Vec<PathBuf>,
    /// Private key in PEM, one for each --cert
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Vec<PathBuf>,
    /// Make a certificate for localhost on the spot, and write the authority behind it to this file
    #[arg(long, value_name = "CA_OUT", conflicts_with = "cert")]
    pub(crate) self_signed: Option<PathBuf>,
    /// With --self-signed: make the certificate for these names and addresses instead
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "self_signed")]
    pub(crate) name: Vec<String>,
    /// Ask clients for a certificate, and let in those that show none or one under an authority in this PEM file
    #[arg(long, value_name = "FILE")]
    pub(crate) client_ca: Option<PathBuf>,
    /// With --client-ca: refuse a client whose certificate is on the revocation lists in this PEM file, or whose issuer has no
    /// list there
    #[arg(long, value_name = "FILE", requires = "client_ca")]
    pub(crate) crl: Option<PathBuf>,
    /// Show the public key of this private key in PEM in place of certificates (RFC 7250)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cert", "self_signed", "tls12"])]
    pub(crate) raw_public_key: Option<PathBuf>,
    /// With --client-ca: let in no client that shows none
    #[arg(long, requires = "client_ca")]
    pub(crate) require_client_cert: bool,
    /// Take so many bytes of early data with each ticket, once, and answer it as any other data. Whoever sees it can send it
    /// again, and a client may with another ticket: what it asks for may be done twice
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    pub(crate) early_data: Option<u32>,
    /// Do nothing for a client before it has sent back what is needed of its first message, sealed in a cookie: no keys are
    /// exchanged for those who only begin. It takes a round trip more
    #[arg(long, conflicts_with = "tls12")]
    pub(crate) stateless_retry: bool,
    #[command(flatten)]
    pub(crate) service: ServiceArguments,
    /// End after this many connections, with the exit code of the first that failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) once: Option<u64>,
    /// Connections at the same time; more wait
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) connections: u32,
    /// Seconds for a handshake, and with --www again for a request
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) handshake_timeout: Duration,
    /// Seconds without a byte after which an echo ends; with --www, seconds for a whole answer
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) idle_timeout: Duration,
    /// Modes: release (no buffers while idle), no-auto-retry (a read may return without data)
    #[arg(long, value_name = "MODES", value_delimiter = ',', value_parser = ["release", "no-auto-retry"], hide_possible_values = true)]
    modes: Vec<String>,
    #[command(flatten)]
    pub(crate) common: CommonArguments,
}

/// What clients get.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub(crate) struct ServiceArguments {
    /// Answer each request with a page that shows what was negotiated
    #[arg(long)]
    pub(crate) www: bool,
    /// Send back whatever comes (this is the default)
    #[arg(long)]
    echo: bool,
}

/// A path of HTTP, from the root.
fn path(text: &str) -> Result<String, String> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("a path has no spaces; write %20".to_owned());
    }
    Ok(if text.starts_with('/') { text.to_owned() } else { format!("/{text}") })
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let first = text.to_socket_addrs().map_err(|error| error.to_string())?.next();
    first.ok_or_else(|| "the name has no address".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().map_err(|error| error.to_string())?;
    let duration = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    Some(duration).filter(|duration| !duration.is_zero()).ok_or_else(|| "more than 0 is needed".to_owned())
}

impl ClientArguments {
    /// The modes asked for.
    pub(crate) fn modes(&self) -> Modes {
        modes(&self.modes)
    }
}

impl ServerArguments {
    /// The modes asked for. Others have no effect: a server's writes wait until they are done.
    pub(crate) fn modes(&self) -> Modes {
        modes(&self.modes)
    }
}

fn modes(names: &[String]) -> Modes {
    names.iter().fold(Modes::default(), |modes, name| match name.as_str() {
        "partial" => modes.set(Modes::ENABLE_PARTIAL_WRITE),
        "moving" => modes.set(Modes::ACCEPT_MOVING_WRITE_BUFFER),
        "release" => modes.set(Modes::RELEASE_BUFFERS),
        _ => modes.clear(Modes::AUTO_RETRY),
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }

    #[test]
    fn a_path_begins_at_the_root() {
        assert_eq!(super::path("a/b?c").as_deref(), Ok("/a/b?c"));
        assert_eq!(super::path("/").as_deref(), Ok("/"));
        assert!(super::path("/a b").unwrap_err().contains("%20"));
    }
}
