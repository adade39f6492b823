//! `tidegate client`: connects, shows with whom, and carries bytes.

mod early;
mod get;
mod pipe;

use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tidegate::config::{CertificateTypes, Permission};
use tidegate::modes::Modes;
use tidegate::x509::RevocationDepth;
use tidegate_std::{
    AcceptAnything, ClientStream, Connector, KnownKeys, OwnedIdentity, RevocationLists, Roots,
};

use early::Early;

use crate::args::ClientArguments;
use crate::failure::Failure;
use crate::patient::Patient;
use crate::show::{self, DIM, GOOD, WARN};

/// For each address to connect to, and for the handshake.
const PATIENCE: Duration = Duration::from_secs(15);

/// For each wait of a fetch, unless another limit is given.
const ANSWER: Duration = Duration::from_secs(60);

pub(crate) fn run(arguments: &ClientArguments) -> Result<(), Failure> {
    arguments.common.start_trace();
    let connector = connector(arguments)?;
    let host = host(&arguments.target)?;
    let name = arguments.name.as_deref().unwrap_or(host);
    let socket = dial(&arguments.target)?;
    let doing = format!("handshake with {}", arguments.target);
    let failed = |error| Failure::of_stream(&error, &doing);
    let socket = Patient::hurried(socket, PATIENCE).map_err(failed)?;
    take_session(&connector, name, arguments);
    let mut early = Early::read(arguments)?;
    let mut stream = connector.start(name, socket).map_err(failed)?;
    let result = early.begin(&mut stream).and_then(|()| stream.handshake());
    if !arguments.common.quiet {
        tell(&stream);
    }
    if let Err(error) = result {
        stream.get_mut().part();
        return Err(failed(error));
    }
    for export in &arguments.common.export {
        anstream::eprintln!("{GOOD}exported{GOOD:#} {}", export.line(&mut stream)?);
    }
    early.finish(&mut stream, arguments.common.quiet).map_err(failed)?;
    choose_modes(&mut stream, arguments.modes());
    let carried = match &arguments.get {
        Some(path) => {
            let limit = arguments.timeout.unwrap_or(ANSWER);
            stream.get_mut().relax(Some(limit)).map_err(failed)?;
            get::fetch(&mut stream, name, path, arguments)
        }
        None => {
            stream.get_mut().relax(None).map_err(failed)?;
            pipe::carry(stream, &arguments.target, arguments.timeout)
        }
    };
    keep_session(&connector, name, arguments)?;
    carried
}

/// Takes the session out of its file: each is used once, whatever becomes of the connection.
fn take_session(connector: &Connector, name: &str, arguments: &ClientArguments) {
    let Some(path) = &arguments.session else { return };
    if let Ok(session) = std::fs::read(path) {
        connector.put_session(name, &session);
        let _ = std::fs::remove_file(path);
    }
}

/// Keeps the session that goes on with the last ticket, for who called only.
fn keep_session(connector: &Connector, name: &str, arguments: &ClientArguments) -> Result<(), Failure> {
    let Some(path) = &arguments.session else { return Ok(()) };
    let Some(session) = connector.take_session(name) else { return Ok(()) };
    let failed = |error| Failure::usage(format!("--session {}: {error}", path.display()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    std::io::Write::write_all(&mut file, &session).map_err(failed)
}

fn connector(arguments: &ClientArguments) -> Result<Connector, Failure> {
    let common = &arguments.common;
    let connector = trusting(arguments)?;
    let (protocols, context) = (common.protocols()?, session_context(arguments));
    let connector = connector.with_buffers(common.buffers()).configured(|config| {
        common.apply(arguments.modes(), &mut config.common);
        config.common.protocols = protocols;
        config.common.session_context = context.into();
        if arguments.raw_public_key.is_some() {
            config.common.peer_certificates = CertificateTypes::RawPublicKey;
        }
        // Only who sits at the terminal ever asks for it.
        config.common.renegotiation.by_us = Permission::Granted;
    });
    let connector = match (&arguments.cert, &arguments.key) {
        (Some(chain), Some(key)) => connector.with_identities([OwnedIdentity::from_pem_files(chain, key)?]),
        (None, _) | (_, None) => connector,
    };
    let connector = match &common.psk {
        Some(psk) => connector.with_psk(psk.clone()),
        None => connector,
    };
    Ok(match common.key_log()? {
        Some(log) => connector.with_key_log(log),
        None => connector,
    })
}

/// Says who is trusted and who we are: a session in a file takes the place of both, and is for those alone for whom it was made.
fn session_context(arguments: &ClientArguments) -> [u8; 32] {
    let content = |path: &Option<PathBuf>| path.as_ref().map(|path| std::fs::read(path).unwrap_or_default());
    let parts = [
        arguments.insecure.then(Vec::new),
        content(&arguments.ca),
        content(&arguments.crl),
        content(&arguments.raw_public_key),
        content(&arguments.cert),
        arguments.common.psk.as_ref().map(|psk| psk.identity().to_vec()),
    ];
    let mut hash = Sha256::new();
    for (number, part) in (0_u8..).zip(parts) {
        let Some(part) = part else { continue };
        hash.update([number]);
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Whom it trusts.
fn trusting(arguments: &ClientArguments) -> Result<Connector, Failure> {
    if let Some(path) = &arguments.raw_public_key {
        return Ok(Connector::new(KnownKeys::from_pem_file(path)?));
    }
    if arguments.insecure {
        anstream::eprintln!(
            "{WARN}warning:{WARN:#} --insecure: the server's certificate is not checked; anybody in between can              read and change everything"
        );
        return Ok(Connector::new(AcceptAnything));
    }
    let roots = match &arguments.ca {
        Some(path) => Roots::from_pem_file(path)?,
        None => Roots::native().map_err(|error| {
            Failure::from(error).with_hint("give the authorities to trust with --ca FILE")
        })?,
    };
    Ok(Connector::new(with_lists(roots, arguments.crl.as_deref())?))
}

/// The roots with the revocation lists in a file. The peer's own certificate is looked up: those above it are few, and many
/// have no list at hand.
pub(crate) fn with_lists(roots: Roots, path: Option<&Path>) -> Result<Roots, Failure> {
    let Some(path) = path else { return Ok(roots) };
    let mut lists = RevocationLists::from_pem_file(path)?;
    lists.depth = RevocationDepth::Leaf;
    Ok(roots.with_revocation(lists))
}

/// Exactly the modes asked for: whoever offers a blocked write again, as this program does, needs no partial writes.
fn choose_modes<T>(stream: &mut ClientStream<T>, modes: Modes) {
    if !modes.contains(Modes::ENABLE_PARTIAL_WRITE) {
        stream.clear_mode(Modes::ENABLE_PARTIAL_WRITE);
    }
}

/// The host of `HOST:PORT`.
fn host(target: &str) -> Result<&str, Failure> {
    let (host, port) = target.rsplit_once(':').unwrap_or((target, ""));
    if host.is_empty() || port.parse::<u16>().is_err() {
        let message = format!("{target:?} is not HOST:PORT");
        return Err(
            Failure::usage(message).with_hint("for example example.org:443, 127.0.0.1:4433 or [::1]:4433")
        );
    }
    Ok(host.trim_start_matches('[').trim_end_matches(']'))
}

fn dial(target: &str) -> Result<TcpStream, Failure> {
    let addresses = target.to_socket_addrs().map_err(|error| {
        Failure::connection(format!("{target}: the name can't be resolved: {error}"))
            .with_hint("check the spelling and the network")
    })?;
    let mut failure = Failure::connection(format!("{target}: the name has no address"));
    for address in addresses {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(socket) => return Ok(socket),
            Err(error) => failure = Failure::of_stream(&error, format!("connecting to {target} ({address})")),
        }
    }
    Err(failure)
}

/// Who the peer is and what was agreed, as far as it got.
fn tell<T>(stream: &ClientStream<T>) {
    if !stream.is_handshaking() && stream.connection().error().is_none() {
        anstream::eprintln!("{GOOD}connected{GOOD:#} {}", show::summary(stream));
    }
    let certificates = stream.peer_certificates();
    if !certificates.is_empty() {
        anstream::eprint!("{DIM}certificates\n{}{DIM:#}", show::chain(certificates));
    }
}
