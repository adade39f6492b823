//! What an idle connection is: bytes of its stream and of what it holds, with both ends counted apart.

use std::io::{self, Read, Write};
use std::mem::size_of;
use std::os::unix::net::UnixStream;

use allocation_counter::measure;
use rlimit::Resource;
use tidegate_std::tidegate::modes::Modes;
use tidegate_std::tokio::{client, server};
use tidegate_std::{Buffers, ClientStream, ServerStream};

use crate::ends::{connected, makers};

/// Bytes of an idle client and of an idle server, at most. Nearly all of it is the engine's own state.
const LIMIT: usize = 1024;

/// Connections in CI, and those of a report (`TIDEGATE_CONNECTIONS`).
const CONNECTIONS: usize = 1000;

/// How many, if there may be so many sockets.
fn connections() -> usize {
    let wanted = std::env::var("TIDEGATE_CONNECTIONS").ok().and_then(|count| count.parse().ok());
    let wanted = wanted.unwrap_or(CONNECTIONS);
    let files = 2 * wanted as u64 + 100;
    let _ = Resource::NOFILE.set(files, files.max(Resource::NOFILE.get_hard().unwrap_or(0)));
    let allowed = Resource::NOFILE.get_soft().unwrap_or(0);
    wanted.min(usize::try_from(allowed.saturating_sub(100) / 2).unwrap())
}

fn idle(stream: &mut impl Read) {
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn an_idle_connection_is_small() {
    let count = connections();
    let makers = makers(Modes::RELEASE_BUFFERS, Buffers::default());
    let (mut clients, mut servers) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let grown = measure(|| {
        for _ in 0..count {
            let (here, there) = UnixStream::pair().unwrap();
            here.set_nonblocking(true).unwrap();
            there.set_nonblocking(true).unwrap();
            let (mut client, mut server) = connected(&makers, [here, there]);
            client.write_all(b"question").unwrap();
            server.read_exact(&mut [0; 8]).unwrap();
            server.write_all(b"answer").unwrap();
            client.read_exact(&mut [0; 6]).unwrap();
            idle(&mut client);
            idle(&mut server);
            clients.push(client);
            servers.push(server);
        }
    });
    let freed =
        |work: &mut dyn FnMut()| usize::try_from(-measure(work).bytes_current).unwrap().div_ceil(count);
    let client = freed(&mut || clients.clear()) + size_of::<ClientStream<UnixStream>>();
    let server = freed(&mut || servers.clear()) + size_of::<ServerStream<UnixStream>>();
    let shared = usize::try_from(grown.bytes_current).unwrap() / count;
    println!("{count} connections: {client} bytes of a client, {server} of a server, with their streams");
    println!("on the heap, both ends and what all share: {shared} bytes of each");
    println!(
        "a stream of tokio: {} and {} bytes",
        size_of::<client::TlsStream<UnixStream>>(),
        size_of::<server::TlsStream<UnixStream>>()
    );
    assert!(client <= LIMIT && server <= LIMIT, "more than {LIMIT} bytes");
}
