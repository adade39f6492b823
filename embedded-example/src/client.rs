//! A client alone, to be measured: what of Tidegate a device needs that only connects to others.
//!
//! There is nobody to talk to. It hears its own words, fails, and says so.
#![no_std]
#![no_main]

mod board;

use core::fmt::Write;

use board::{Console, Exit, InsecureEmulatorRng};
use tidegate::config::ClientConfig;
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{Webpki, answer_client};
use tidegate::error::Refused;
use tidegate::x509::{CertificateDer, WebpkiVerifier, trust_anchor_from_der};
use tidegate::{ClientConnection, Error, Event, HandshakeSpace, Lent, ServerName};

/// 2 kB records and handshake messages of 4 kB.
const INCOMING: usize = 6144;
const OUTGOING: usize = 1024;

const ROOT: &[u8] = include_bytes!("../pki/root.der");

static CONFIG: ClientConfig = config();

/// The defaults; with the feature `tls12` both versions.
const fn config() -> ClientConfig {
    #[cfg_attr(not(feature = "tls12"), expect(unused_mut, reason = "only TLS 1.2 is not a default"))]
    let mut config = ClientConfig::new();
    #[cfg(feature = "tls12")]
    {
        use tidegate::config::{Permission, Versions};
        config.common.versions = Versions::Both;
        config.common.renegotiation.by_peer = Permission::Granted;
    }
    config
}

#[board::entry]
fn main() -> ! {
    let result = talk();
    let shown = match result {
        Ok(count) => writeln!(Console, "{count} bytes").map(|()| Exit::Success),
        Err(error) => writeln!(Console, "failed: {error}").map(|()| Exit::Failure),
    };
    board::exit(shown.unwrap_or(Exit::Failure));
}

/// Asks for something; how much came.
fn talk() -> Result<usize, Error> {
    let mut space = HandshakeSpace::new();
    let (mut incoming, mut outgoing) = ([0; INCOMING], [0; OUTGOING]);
    let lent = Lent { space: &mut space, incoming: &mut incoming[..], outgoing: &mut outgoing[..] };
    let name = ServerName::try_from("device.test").map_err(|_| Error::Refused(Refused::ServerName))?;
    let provider = RustCrypto::new(InsecureEmulatorRng::new());
    let mut client = ClientConnection::new(&CONFIG, provider, &name, lent)
        .map_err(|_| Error::Refused(Refused::ServerName))?;
    let root = CertificateDer::from(ROOT);
    let anchors =
        [trust_anchor_from_der(&root).map_err(|error| Error::Refused(Refused::Certificate(error)))?];
    let verifier =
        Webpki { verifier: WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS), clock: board::time };
    loop {
        match answer_client(client.next_event()?, &verifier) {
            Some(Event::Want(_)) => listen(&mut client),
            // A short write finds room.
            Some(Event::Connected(_)) => drop(client.write_app_data(b"hello, server")),
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

/// Where a device would send to its network and hear from it.
fn listen(client: &mut ClientConnection<'_, RustCrypto<InsecureEmulatorRng>>) {
    let mut heard = [0; 64];
    let count = client.take_outgoing(&mut heard);
    client.feed_incoming(heard.get(..count).unwrap_or_default());
}
