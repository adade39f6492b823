//! A hundred thousand idle connections in one process, and how many bytes each of them is. Writes a table, `idle.md`, and a
//! chart, `idle.svg`.
//!
//! ```text
//! cargo run --release -p tidegate-std --example idle
//! ```

use std::alloc::System;
use std::error::Error;
use std::io::{self, Read, Write};
use std::mem::size_of;
use std::path::PathBuf;

use clap::Parser;
use indicatif::ProgressBar;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tidegate_std::openssl::BioPair;
use tidegate_std::tidegate::config::{Common, Resumption};
use tidegate_std::tidegate::modes::Modes;
use tidegate_std::{Acceptor, ClientStream, Connector, OwnedIdentity, Roots, ServerStream};
use tidegate_tests::chart::{Line, Panel, lines};
use tidegate_tests::pki::Pki;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Connections that are counted apart: at each step from the one before.
const STEPS: [usize; 6] = [1, 10, 100, 1000, 10_000, 100_000];

#[derive(Parser)]
struct Arguments {
    /// How many connections.
    #[arg(long, default_value_t = 100_000)]
    connections: usize,
    /// Where the table and the chart go.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/speed"))]
    out: PathBuf,
}

/// Both ends, behind a handshake and a message each way. Their transport is taken away: it is not what is counted.
type Pair = (ClientStream<()>, ServerStream<()>);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let makers = makers()?;
    // Makers and lists of free buffers have what they have for all.
    drop(connect(&makers)?);
    let (mut pairs, region) = (Vec::<Box<Pair>>::new(), Region::new(ALLOCATOR));
    let (bar, mut points) = (ProgressBar::new(arguments.connections as u64), Vec::new());
    let mut table = String::from("| connections | bytes of each, both ends |\n|--:|--:|\n");
    for step in STEPS.into_iter().filter(|step| *step <= arguments.connections) {
        pairs.reserve_exact(step - pairs.len());
        while pairs.len() < step {
            pairs.push(Box::new(connect(&makers)?));
            bar.inc(1);
        }
        let change = region.change();
        let bytes = (change.bytes_allocated as f64 - change.bytes_deallocated as f64) / step as f64;
        points.push((step as f64, bytes));
        table += &format!("| {step} | {bytes:.0} |\n");
    }
    bar.finish_and_clear();
    let ends = [size_of::<ClientStream<()>>(), size_of::<ServerStream<()>>()];
    let ends = format!("A client's stream is {} bytes of that, a server's {}.\n", ends[0], ends[1]);
    let panel = Panel {
        title: "bytes of an idle connection, both ends".to_owned(),
        lines: vec![Line { name: String::new(), points }],
    };
    std::fs::create_dir_all(&arguments.out)?;
    std::fs::write(arguments.out.join("idle.svg"), lines("connections", &[panel]))?;
    std::fs::write(arguments.out.join("idle.md"), format!("{INTRODUCTION}{table}\n{ends}"))?;
    println!("{table}\n{ends}");
    Ok(())
}

fn makers() -> Result<(Connector, Acceptor), Box<dyn Error>> {
    let pki = Pki::with_chain(&rcgen::PKCS_ECDSA_P256_SHA256, 1);
    let mut roots = Roots::new();
    roots.add(&pki.root).map_err(|error| format!("{error:?}"))?;
    let identity = OwnedIdentity::new(pki.chain.clone(), &pki.key.as_slice().try_into()?)?;
    let configure = |common: &mut Common| {
        common.modes = common.modes.set(Modes::RELEASE_BUFFERS);
        common.resumption = Resumption::Off;
    };
    let connector = Connector::new(roots).configured(|config| configure(&mut config.common));
    Ok((connector, Acceptor::new([identity]).configured(|config| configure(&mut config.common))))
}

fn connect((connector, acceptor): &(Connector, Acceptor)) -> io::Result<Pair> {
    let (here, there) = BioPair::new(0, 0);
    let mut client = connector.start("localhost", here)?;
    let mut server = acceptor.start(there)?;
    while unless_blocked(client.handshake())?.is_none() | unless_blocked(server.handshake())?.is_none() {}
    let mut message = [7; 100];
    client.write_all(&message)?;
    server.read_exact(&mut message)?;
    server.write_all(&message)?;
    client.read_exact(&mut message)?;
    let is_idle = unless_blocked(client.read(&mut message))?.is_none()
        && unless_blocked(server.read(&mut message))?.is_none();
    match is_idle {
        true => Ok((client.map_transport(drop), server.map_transport(drop))),
        false => Err(io::Error::other("there was more")),
    }
}

fn unless_blocked<O>(result: io::Result<O>) -> io::Result<Option<O>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        result => result.map(Some),
    }
}

const INTRODUCTION: &str = "\
# What idle connections hold

Both ends of each connection in one process, behind a full handshake of TLS 1.3 and a message each way, with RELEASE_BUFFERS:
the growth of the heap, by number of connections. The transport is not counted.

![Bytes of an idle connection by number of connections](idle.svg)

`cargo run --release -p tidegate-std --example idle` makes this page and the chart.

";
