//! How cost grows with the number of connections: a server in a process of its own, and a crowd of clients in this one. Writes a
//! table, `scale.md`, and a chart, `scale.svg`.
//!
//! ```text
//! cargo run --release -p tidegate-std --features tokio --example scale
//! ```

use std::alloc::System;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use clap::Parser;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tidegate_std::tidegate::config::{Common, Resumption};
use tidegate_std::tidegate::modes::Modes;
use tidegate_std::{Acceptor, Connector, OwnedIdentity, Roots};
use tidegate_tests::chart::{Line, Panel, lines};
use tidegate_tests::pki::Pki;
use tokio::net::TcpListener;

#[path = "shared/crowd.rs"]
mod crowd;
#[path = "shared/serve.rs"]
mod serve;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Numbers of connections.
const STEPS: [usize; 9] = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000];

/// Connections before anything is measured.
const BEFORE: usize = 100;

#[derive(Parser)]
struct Arguments {
    /// The largest number of connections.
    #[arg(long, default_value_t = 10_000)]
    most: usize,
    /// How long the clients ask, for each number.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Where the table and the chart go.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/speed"))]
    out: PathBuf,
    /// Be the server.
    #[arg(long, hide = true)]
    serve: bool,
}

/// What was measured at a number of connections.
struct Row {
    connections: usize,
    handshakes: f64,
    requests: f64,
    median: Duration,
    slow: Duration,
    bytes: f64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    if arguments.serve {
        return be_the_server().await;
    }
    let mut server = Server::start()?;
    let lasting = Duration::from_secs(arguments.seconds);
    let _ = measure(&mut server, BEFORE, Duration::from_millis(100)).await?;
    let mut rows = Vec::new();
    for connections in STEPS.into_iter().filter(|step| *step <= arguments.most) {
        let row = measure(&mut server, connections, lasting).await?;
        eprintln!(
            "{connections} connections: {:.0} handshakes/s, {:.0} requests/s",
            row.handshakes, row.requests
        );
        rows.push(row);
    }
    write(&arguments.out, &rows)?;
    println!("{}", table(&rows));
    Ok(())
}

async fn measure(server: &mut Server, connections: usize, lasting: Duration) -> io::Result<Row> {
    let before = server.heap()?;
    let (clients, took) = crowd::connect(&server.target, connections).await?;
    let (clients, answers) = crowd::ask(clients, lasting).await?;
    // Servers that wait for the next request are idle.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let bytes = (server.heap()? - before) as f64 / connections as f64;
    drop(clients);
    tokio::time::sleep(Duration::from_millis(300)).await;
    Ok(Row {
        connections,
        handshakes: connections as f64 / took.as_secs_f64(),
        requests: answers.rate(),
        median: answers.within(500),
        slow: answers.within(990),
        bytes,
    })
}

/// The other process.
struct Server {
    child: Child,
    asked: ChildStdin,
    says: BufReader<ChildStdout>,
    target: crowd::Target,
}

impl Server {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let asked = child.stdin.take().ok_or("no stdin")?;
        let mut says = BufReader::new(child.stdout.take().ok_or("no stdout")?);
        let (mut address, mut root) = (String::new(), String::new());
        says.read_line(&mut address)?;
        says.read_line(&mut root)?;
        let root: Vec<u8> =
            root.split_whitespace().map(str::parse).collect::<Result<_, std::num::ParseIntError>>()?;
        let mut roots = Roots::new();
        roots.add(&root.into()).map_err(|error| format!("{error:?}"))?;
        let connector = Connector::new(roots).configured(|config| configure(&mut config.common));
        let target =
            crowd::Target { connector, address: address.trim().parse()?, name: "localhost".to_owned() };
        Ok(Self { child, asked, says, target })
    }

    /// Bytes on its heap.
    fn heap(&mut self) -> io::Result<i64> {
        let mut line = String::new();
        writeln!(self.asked)?;
        self.says.read_line(&mut line)?;
        line.trim().parse().map_err(io::Error::other)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Full handshakes, and no record buffers while idle.
fn configure(common: &mut Common) {
    common.modes = common.modes.set(Modes::RELEASE_BUFFERS);
    common.resumption = Resumption::Off;
}

/// Says its address and its root, then for each line how much it has on its heap.
async fn be_the_server() -> Result<(), Box<dyn Error>> {
    let pki = Pki::with_chain(&rcgen::PKCS_ECDSA_P256_SHA256, 1);
    let identity = OwnedIdentity::new(pki.chain.clone(), &pki.key.as_slice().try_into()?)?;
    let acceptor = Acceptor::new([identity]).configured(|config| configure(&mut config.common));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    println!("{}", pki.root.iter().map(u8::to_string).collect::<Vec<_>>().join(" "));
    std::thread::spawn(|| {
        for _ in io::stdin().lines() {
            let stats = ALLOCATOR.stats();
            println!("{}", stats.bytes_allocated as i64 - stats.bytes_deallocated as i64);
        }
        std::process::exit(0);
    });
    Ok(serve::serve(acceptor, listener).await?)
}

fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| connections | handshakes/s | requests/s | median, ms | 99 %, ms | bytes of each at the server |\n\
         |--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let _ = writeln!(
            table,
            "| {} | {:.0} | {:.0} | {:.3} | {:.3} | {:.0} |",
            row.connections,
            row.handshakes,
            row.requests,
            row.median.as_secs_f64() * 1000.0,
            row.slow.as_secs_f64() * 1000.0,
            row.bytes
        );
    }
    table
}

fn write(folder: &Path, rows: &[Row]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let line = |name: &str, value: fn(&Row) -> f64| Line {
        name: name.to_owned(),
        points: rows.iter().map(|row| (row.connections as f64, value(row))).collect(),
    };
    let panel = |title: &str, lines| Panel { title: title.to_owned(), lines };
    let panels = [
        panel("full handshakes/s, both ends", vec![line("", |row| row.handshakes)]),
        panel("requests/s, both ends", vec![line("", |row| row.requests)]),
        panel(
            "latency of a request, ms",
            vec![
                line("median", |row| row.median.as_secs_f64() * 1000.0),
                line("99 %", |row| row.slow.as_secs_f64() * 1000.0),
            ],
        ),
        panel("bytes of an idle connection, task included", vec![line("", |row| row.bytes)]),
    ];
    std::fs::write(folder.join("scale.svg"), lines("connections", &panels))?;
    std::fs::write(folder.join("scale.md"), format!("{INTRODUCTION}{}", table(rows)))
}

const INTRODUCTION: &str = "\
# How cost grows with connections

A server over tokio (`std-adapter/examples/shared/serve.rs`) in one process and its clients in another, over TCP on one machine:
every client asks again as soon as it was answered. Full handshakes of TLS 1.3, RELEASE_BUFFERS at both ends. The bytes are the growth
of the server's heap while all connections are idle, the tasks of tokio and their sockets' share of it included.

![Handshakes, requests, latency and bytes by number of connections](scale.svg)

`cargo run --release -p tidegate-std --features tokio --example scale` makes this page and the chart.

";
