//! Tidegate in firmware: a Cortex-M or RISC-V without a heap.
//!
//! Client and server stand on the same device and talk through memory; what passes between them here passes over a UART
//! elsewhere. All that the connections work with is lent from the stack and handed back.
#![no_std]
#![no_main]

use core::fmt::{self, Write};

use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{Webpki, answer_client, answer_server};
use tidegate::error::Refused;
use tidegate::sign::SoftwareSigner;
use tidegate::x509::{CertificateDer, WebpkiVerifier, trust_anchor_from_der};
use tidegate::{
    ClientConnection, Error, Event, HandshakeSpace, Lent, ServerConnection, ServerName, WriteError,
};
use tidegate_firmware::board::{self, Console, Exit, InsecureEmulatorRng};
use tidegate_firmware::credentials::{CHAINS, LEAF_KEY, ROOTS};

type Software = RustCrypto<InsecureEmulatorRng>;

/// 2 kB records and handshake messages of 4 kB.
const INCOMING: usize = 6144;
const OUTGOING: usize = 1024;

static CLIENT: ClientConfig = client();
static SERVER: ServerConfig<&[&[&[u8]]]> = server();

/// The defaults; with the feature `tls12` a client that knows nothing newer.
const fn client() -> ClientConfig {
    #[cfg_attr(not(feature = "tls12"), expect(unused_mut, reason = "only TLS 1.2 is not a default"))]
    let mut config = ClientConfig::new();
    #[cfg(feature = "tls12")]
    {
        config.common.versions = tidegate::config::Versions::Tls12;
    }
    config
}

/// The defaults; with the feature `tls12` a server that knows both versions.
const fn server() -> ServerConfig<&'static [&'static [&'static [u8]]]> {
    #[cfg_attr(not(feature = "tls12"), expect(unused_mut, reason = "only TLS 1.2 is not a default"))]
    let mut config = ServerConfig::new(CHAINS);
    #[cfg(feature = "tls12")]
    {
        config.common.versions = tidegate::config::Versions::Both;
    }
    config
}

#[board::entry]
fn main() -> ! {
    let mut out = Console;
    let shown = match talk() {
        Ok(report) => writeln!(out, "{report}").map(|()| Exit::Success),
        Err(failure) => writeln!(out, "failed: {failure}").map(|()| Exit::Failure),
    };
    board::exit(shown.unwrap_or(Exit::Failure));
}

/// What went well.
struct Report {
    suite: Option<tidegate::wire::enums::CipherSuite>,
    echoed: usize,
}

/// What went wrong, where.
enum Failure {
    Setup(&'static str),
    Client(Error),
    Server(Error),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { suite, echoed } = self;
        write!(f, "tidegate firmware: connected with {suite:?}, {echoed} bytes there and back")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(what) => f.write_str(what),
            Self::Client(error) => write!(f, "client: {error}"),
            Self::Server(error) => write!(f, "server: {error}"),
        }
    }
}

fn talk() -> Result<Report, Failure> {
    let (mut client_space, mut server_space) = (HandshakeSpace::new(), HandshakeSpace::new());
    let mut buffers = ([0; INCOMING], [0; OUTGOING], [0; INCOMING], [0; OUTGOING]);
    let name = ServerName::try_from("device.test").map_err(|_| Failure::Setup("no name"))?;
    let lent = Lent { space: &mut client_space, incoming: &mut buffers.0[..], outgoing: &mut buffers.1[..] };
    let provider = || RustCrypto::new(InsecureEmulatorRng::new());
    let mut client = ClientConnection::new(&CLIENT, provider(), &name, lent)
        .map_err(|_| Failure::Setup("the client's buffers are too short"))?;
    let lent = Lent { space: &mut server_space, incoming: &mut buffers.2[..], outgoing: &mut buffers.3[..] };
    let mut server = ServerConnection::new(&SERVER, provider(), lent)
        .map_err(|_| Failure::Setup("the server's buffers are too short"))?;

    let mut echoed = 0;
    while echoed == 0 {
        echoed = client_turn(&mut client).map_err(Failure::Client)?;
        let moved = server.feed_incoming(client.outgoing());
        client.outgoing_sent(moved);
        server_turn(&mut server).map_err(Failure::Server)?;
        let moved = client.feed_incoming(server.outgoing());
        server.outgoing_sent(moved);
    }
    Ok(Report { suite: client.negotiated().cipher_suite, echoed })
}

/// Lets the client do what it can: it sends a greeting; how much of the answer came.
fn client_turn(client: &mut ClientConnection<'_, Software>) -> Result<usize, Error> {
    let root = CertificateDer::from(ROOTS.first().copied().unwrap_or_default());
    let anchors =
        trust_anchor_from_der(&root).map_err(|error| Error::Refused(Refused::Certificate(error)))?;
    let anchors = [anchors];
    let verifier =
        Webpki { verifier: WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS), clock: board::clock };
    loop {
        match answer_client(client.next_event()?, &verifier) {
            Some(Event::Want(_)) => return Ok(0),
            Some(Event::Connected(_)) => written(client.write_app_data(b"hello, server"))?,
            Some(Event::AppData(mut data)) => {
                let count = data.bytes().len();
                data.consume(count);
                client.close();
                return Ok(count);
            }
            Some(_) | None => {}
        }
    }
}

/// Lets the server do what it can: it sends back what it gets.
fn server_turn(server: &mut ServerConnection<'_, Software>) -> Result<(), Error> {
    let key = SoftwareSigner::from_der(LEAF_KEY).map_err(|_| Error::Refused(Refused::Signature))?;
    loop {
        match answer_server(server.next_event()?, &key) {
            Some(Event::Want(_)) => return Ok(()),
            Some(Event::AppData(mut data)) => {
                let mut echo = [0; 64];
                let count = data.bytes().len().min(echo.len());
                echo.iter_mut().zip(data.bytes()).for_each(|(to, from)| *to = *from);
                data.consume(count);
                written(server.write_app_data(echo.get(..count).unwrap_or_default()))?;
            }
            Some(_) | None => {}
        }
    }
}

/// A short write finds room: nothing else waits in the outgoing buffer here.
fn written(result: Result<usize, WriteError>) -> Result<(), Error> {
    match result {
        Ok(_) | Err(WriteError::Blocked(_) | WriteError::Refused(_) | WriteError::Closed) => Ok(()),
        Err(WriteError::Failed(error)) => Err(error),
    }
}
