//! What an idle connection costs, here and in OpenSSL: the same calls, counted by the same allocator.

use tidegate::modes::Modes;
use tidegate_std::openssl::{BioPair, ErrorCode, Ssl, SslContext};

use super::beside::Beside;
use super::calls::{Calls, read_all, shake_hands};
use super::duo::{TRANSPORT, failed};
use super::foreign::{self, Libssl, heap_in_use};
use crate::failure::Failure;
use crate::made::Made;
use crate::show::{DIM, HEAD};

/// Connections that are counted.
const COUNT: usize = 200;

/// Connections that are freed before: the allocator keeps the first pieces of each size that a thread frees, and counts
/// them as in use. What it still keeps so makes a figure a few bytes too low.
const BEFORE: usize = 16;

/// Bytes that go each way.
const MESSAGE: usize = 100;

/// What a server wrote last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastWrite {
    Whole,
    Partial,
}

const ROWS: &[(&str, Modes, LastWrite)] = &[
    ("default", Modes::AUTO_RETRY, LastWrite::Whole),
    ("RELEASE_BUFFERS", Modes::AUTO_RETRY.set(Modes::RELEASE_BUFFERS), LastWrite::Whole),
    (
        "RELEASE_BUFFERS, last write partial",
        Modes::AUTO_RETRY.set(Modes::RELEASE_BUFFERS).set(Modes::ENABLE_PARTIAL_WRITE),
        LastWrite::Partial,
    ),
];

/// The table.
pub(super) fn show(context: &SslContext, made: &Made, beside: &Beside) -> Result<(), Failure> {
    anstream::println!(
        "\n{HEAD}Idle{HEAD:#} servers, {COUNT}, after a handshake and {MESSAGE} bytes each way: bytes of each\n\
         {DIM}{:<40}{:>9}{:>15}{:>16}{DIM:#}",
        "  heap by mallinfo2, transport excluded",
        "Tidegate",
        "record buffers",
        beside.get().map_or_else(|_| "OpenSSL".to_owned(), |(libssl, _)| libssl.name()),
    );
    for (name, modes, last) in ROWS {
        let (heap, buffers) = tidegate(context, *modes, *last)?;
        let other = match beside.get() {
            Ok((libssl, _)) => openssl(libssl, made, *modes, *last)?,
            Err(_) => None,
        };
        anstream::println!("  {name:<38}{:>9}{buffers:>15}{:>16}", cell(heap), cell(other));
    }
    anstream::println!(
        "  {DIM}Tidegate's list for all connections keeps {} record buffers{DIM:#}",
        context.free_list().len()
    );
    if let Err(why) = heap_in_use() {
        anstream::println!("  heap: not measured, {why}");
    }
    if let Err(why) = beside.get() {
        anstream::println!("  OpenSSL: not measured, {why}");
    }
    Ok(())
}

fn cell(bytes: Option<usize>) -> String {
    bytes.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string())
}

/// Bytes of heap, and of record buffers, for each connection.
fn tidegate(context: &SslContext, modes: Modes, last: LastWrite) -> Result<(Option<usize>, usize), Failure> {
    let mut pairs: Vec<_> = (0..COUNT + BEFORE).map(|_| BioPair::new(TRANSPORT, TRANSPORT)).collect();
    let mut servers = Vec::new();
    for (here, there) in &mut pairs {
        let (mut client, mut server) = (Ssl::new(context, here), Box::new(Ssl::new(context, there)));
        client.set_host_name("localhost");
        client.set_connect_state();
        server.set_accept_state();
        server.set_mode(modes);
        settle(&mut client, &mut *server, last)?;
        servers.push(server);
    }
    let buffers: usize = servers.iter().map(|server| server.buffer_bytes()).sum();
    let buffers = buffers / servers.len();
    Ok((bytes_of_each(servers), buffers))
}

/// Bytes of heap for each connection.
fn openssl(libssl: Libssl, made: &Made, modes: Modes, last: LastWrite) -> Result<Option<usize>, Failure> {
    let idle = || {
        let clients = foreign::Context::new(libssl, &made.leaf, &made.key)?;
        let servers = foreign::Context::new(libssl, &made.leaf, &made.key)?;
        servers.set_mode(modes);
        let (mut transports, mut idle) = (Vec::new(), Vec::new());
        for _ in 0..COUNT + BEFORE {
            let transport = foreign::Transport::new(libssl, TRANSPORT)?;
            let (mut client, mut server) = (transport.client(&clients)?, transport.server(&servers)?);
            settle(&mut client, &mut server, last).map_err(|failure| failure.message)?;
            transports.push(transport);
            idle.push(server);
        }
        Ok(bytes_of_each(idle))
    };
    idle().map_err(|why: String| failed(format!("OpenSSL: {why}")))
}

/// Bytes of heap that each connection gives back when it is dropped, if they can be counted.
fn bytes_of_each<T>(mut connections: Vec<T>) -> Option<usize> {
    connections.truncate(COUNT);
    let with = heap_in_use().ok()?;
    connections.clear();
    let without = heap_in_use().ok()?;
    Some(with.saturating_sub(without) / COUNT)
}

/// A handshake, a message each way, and a last read by the server that finds nothing.
fn settle(client: &mut impl Calls, server: &mut impl Calls, last: LastWrite) -> Result<(), Failure> {
    if !shake_hands(client, server) {
        return Err(failed("a handshake failed"));
    }
    exchange(client, server, MESSAGE)?;
    exchange(server, client, MESSAGE)?;
    if last == LastWrite::Partial {
        exchange(server, client, 2 * TRANSPORT)?;
    }
    match server.read(&mut [0]) {
        result @ ..=0 if server.get_error(result) == ErrorCode::WantRead => Ok(()),
        _ => Err(failed("a server is not idle")),
    }
}

/// A single write, of which all that it took is read.
fn exchange(from: &mut impl Calls, to: &mut impl Calls, length: usize) -> Result<(), Failure> {
    match usize::try_from(from.write(&vec![1; length])) {
        Ok(written @ 1..) if read_all(to) == written => Ok(()),
        _ => Err(failed("a message was lost")),
    }
}
