//! Implementations that are libraries of an interpreter: a script for each end, called the same way.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use super::certificates::Identity;
use super::listener::Listener;
use super::program::{Program, have, is_complete};

/// The interpreter that has tlslite-ng, if it is not `python3`.
const TLSLITE: &str = "TIDEGATE_TLSLITE_PYTHON";

/// A library, with a script for each end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// `tls` of Node.js.
    Node,
    /// `ssl` of Python.
    Python,
    /// tlslite-ng, which is written in Python.
    Tlslite,
}

/// What a script is told beside its certificates.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The one version, as OpenSSL calls it.
    pub version: &'a str,
    /// The one group, as it is called in RFC 8446; empty for what it takes by itself.
    pub group: &'a str,
    /// Application protocols.
    pub protocols: &'a str,
    /// Whose certificate it shows as a client, or takes as a server.
    pub client: Option<&'a Identity>,
}

impl Peer {
    /// Whether it is here. Without it a test has nothing to do.
    ///
    /// # Panics
    /// If it is missing and `TIDEGATE_REQUIRE_TOOLS=1` is set.
    #[must_use]
    pub fn is_here(self) -> bool {
        match self {
            Self::Node => have(&["node"]),
            Self::Python => have(&["python3"]),
            Self::Tlslite => {
                let mut command = Command::new(self.interpreter());
                let tried = command.args(["-c", "import tlslite"]).stderr(Stdio::null()).status();
                is_complete(if tried.is_ok_and(|status| status.success()) { &[] } else { &["tlslite-ng"] })
            }
        }
    }

    /// Starts a server that takes one connection and sends back what it hears.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_server(self, identity: &Identity, wish: Wish<'_>) -> (Program, SocketAddr) {
        let mut command = self.command(match self {
            Self::Node => include_str!("node_server.js"),
            Self::Python => include_str!("server.py"),
            Self::Tlslite => include_str!("tlslite_server.py"),
        });
        command.arg(identity.chain()).arg(identity.key()).args(wish.arguments());
        let program = Program::start(command.args(wish.client.map(Identity::root)));
        let said = program.wait_for(";");
        let port = said.trim().trim_start_matches("listening ").trim_end_matches(';').parse().unwrap();
        (program, (Ipv4Addr::LOCALHOST, port).into())
    }

    /// Starts a client that says `hello`, and says back once what is `again`.
    ///
    /// # Panics
    /// If it can't be started.
    #[must_use]
    pub fn start_client(self, identity: &Identity, listener: &Listener, wish: Wish<'_>) -> Program {
        let mut command = self.command(match self {
            Self::Node => include_str!("node_client.js"),
            Self::Python => include_str!("client.py"),
            Self::Tlslite => include_str!("tlslite_client.py"),
        });
        let port = listener.address.port().to_string();
        command.args(["127.0.0.1", &port]).arg(identity.root()).args(wish.arguments());
        let own = wish.client.map(|client| [client.chain(), client.key()]);
        Program::start(command.args(own.iter().flatten()))
    }

    fn interpreter(self) -> impl AsRef<OsStr> {
        match self {
            Self::Node => "node".into(),
            Self::Python => "python3".into(),
            Self::Tlslite => std::env::var_os(TLSLITE).unwrap_or_else(|| "python3".into()),
        }
    }

    fn command(self, script: &str) -> Command {
        let mut command = Command::new(self.interpreter());
        command.args([if self == Self::Node { "-e" } else { "-c" }, script]);
        command
    }
}

impl Wish<'_> {
    fn arguments(&self) -> [&str; 3] {
        [self.version, self.group, self.protocols]
    }
}
