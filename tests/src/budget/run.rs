//! Runs a program in the emulator, with its peer at the other end of the UART.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread::{self, JoinHandle};

use rustls_pki_types::PrivateKeyDer;
use tidegate::wire::enums::NamedGroup;
use tidegate::x509::CertificateDer;
use tidegate_std::{Acceptor, Connector, OwnedIdentity, Roots};

use super::Figures;
use super::program::{Program, Work};
use crate::firmware::build::folder;
use crate::firmware::device::Device;
use crate::firmware::frames;
use crate::firmware::line::{Line, Ways};
use crate::firmware::report::Report;
use crate::interop::openssl::start_server;

/// The name that the certificates are for.
const NAME: &str = "device.test";
/// Bytes that a server is to send back.
const LINE: usize = 1024;
/// Connections of the program `many`.
const CHANNELS: usize = 8;

/// Runs a program to its end; the figures that it printed.
///
/// # Errors
/// It does not do its work, or its peer does not.
///
/// # Panics
/// If the emulator or OpenSSL can't be started, or a program hangs.
pub fn run(program: &Program, image: &Path) -> io::Result<Figures> {
    let start = || Device::start_file(&program.to_string(), image, &[]);
    let report = match program.work {
        Work::Linked => return Ok(Figures::new()),
        Work::Client(chain) => with_server(&mut peer(chain), start)?,
        Work::KeyedClient => with_server(&mut keyed_peer(), start)?,
        Work::HybridClient(chain) => {
            let (address, server) = hybrid_server(chain)?;
            let (device, uart) = start();
            let _line = Line::lay(uart, TcpStream::connect(address)?, Ways::CLEAN);
            let report = device.finish();
            match server.join() {
                Ok(Ok(Some(NamedGroup::X25519MLKEM768))) => report,
                other => return Err(io::Error::other(format!("{program}: {other:?}; {report:?}"))),
            }
        }
        Work::Clients => {
            let servers: Vec<_> = (0..CHANNELS).map(|_| start_server(&mut peer("p256"))).collect();
            let addresses: Vec<_> = servers.iter().map(|(_, address)| *address).collect();
            let (device, uart) = start();
            // It ends with the device, which says how that went.
            thread::spawn(move || frames::serve(uart, &addresses));
            device.finish()
        }
        Work::Server => {
            let (device, uart) = start();
            converse(uart)?;
            device.finish()
        }
    };
    match (report.status, report.failures.is_empty() && report.others.is_empty()) {
        (Some(0), true) => Ok(report.figures),
        _ => Err(io::Error::other(format!("{program}: {report:?}"))),
    }
}

/// A client, with an OpenSSL at the other end of its line.
fn with_server(peer: &mut Command, start: impl Fn() -> (Device, TcpStream)) -> io::Result<Report> {
    let (_server, address) = start_server(peer);
    let (device, uart) = start();
    let _line = Line::lay(uart, TcpStream::connect(address)?, Ways::CLEAN);
    Ok(device.finish())
}

/// An OpenSSL that sends back each line, reversed, and has one of the chains in flash.
fn peer(chain: &str) -> Command {
    let file = |name| folder().join("pki").join(chain).join(name);
    let mut command = Command::new("openssl");
    command.args(["s_server", "-accept", "127.0.0.1:0", "-rev", "-certform", "DER", "-cert"]);
    command.arg(file("leaf.der")).args(["-keyform", "DER", "-key"]).arg(file("leaf-key.der"));
    command
}

/// An OpenSSL that sends back each line, reversed, and has nothing but the key of the program `psk`.
fn keyed_peer() -> Command {
    let mut command = Command::new("openssl");
    command.args(["s_server", "-accept", "127.0.0.1:0", "-tls1_3", "-nocert", "-rev", "-allow_no_dhe_kex"]);
    // A key is bound to the hash of one suite.
    command.args(["-ciphersuites", "TLS_AES_128_GCM_SHA256", "-psk_identity", "device", "-psk"]);
    command.arg("42".repeat(32));
    command
}

/// A server of ours that sends back each line; the group that it agreed on with the one client.
fn hybrid_server(chain: &str) -> io::Result<(SocketAddr, JoinHandle<io::Result<Option<NamedGroup>>>)> {
    let file = |name| fs::read(folder().join("pki").join(chain).join(name));
    let key = PrivateKeyDer::try_from(file("leaf-key.der")?).map_err(io::Error::other)?;
    let identity = OwnedIdentity::new(vec![CertificateDer::from(file("leaf.der")?)], &key);
    let acceptor = Acceptor::new([identity.map_err(io::Error::other)?]);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || {
        let mut stream = acceptor.accept(listener.accept()?.0)?;
        let mut piece = [0; LINE];
        while let count @ 1.. = stream.read(&mut piece)? {
            stream.write_all(&piece[..count])?;
            stream.flush()?;
        }
        stream.close()?;
        Ok(stream.negotiated().group)
    });
    Ok((address, server))
}

/// The peer of a server: says a line, hears it again, and closes.
fn converse(uart: TcpStream) -> io::Result<()> {
    let root = fs::read(folder().join("pki/p256/root.der"))?;
    let mut roots = Roots::default();
    let added = roots.add(&CertificateDer::from(root.as_slice()));
    added.map_err(|error| io::Error::other(error.to_string()))?;
    let mut stream = Connector::new(roots).connect(NAME, uart)?;
    let mut line = vec![b'.'; LINE - 1];
    line.push(b'\n');
    stream.write_all(&line)?;
    stream.flush()?;
    let mut heard = Vec::new();
    BufReader::new(&mut stream).read_until(b'\n', &mut heard)?;
    stream.close()?;
    stream.read_to_end(&mut heard)?;
    if heard == line { Ok(()) } else { Err(io::Error::other("the server sends back something else")) }
}
