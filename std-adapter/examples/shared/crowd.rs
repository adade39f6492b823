//! A crowd of clients: how fast they connect, how fast they are answered.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tidegate_std::Connector;
use tidegate_std::tokio::client::TlsStream;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Handshakes that are in progress at once.
const AT_ONCE: usize = 64;

/// Whom clients connect to.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) connector: Connector,
    pub(crate) address: SocketAddr,
    pub(crate) name: String,
}

/// Clients that are connected.
pub(crate) type Crowd = Vec<TlsStream<TcpStream>>;

/// Connects so many clients; how long it took.
pub(crate) async fn connect(target: &Target, count: usize) -> io::Result<(Crowd, Duration)> {
    let (permits, mut tasks) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    let begin = Instant::now();
    for _ in 0..count {
        let permit = Arc::clone(&permits).acquire_owned().await.map_err(io::Error::other)?;
        let Target { connector, address, name } = target.clone();
        tasks.spawn(async move {
            let socket = TcpStream::connect(address).await?;
            socket.set_nodelay(true)?;
            let stream = connector.connect_async(&name, socket).await;
            drop(permit);
            stream
        });
    }
    let mut crowd = Crowd::with_capacity(count);
    while let Some(stream) = tasks.join_next().await {
        crowd.push(stream.map_err(io::Error::other)??);
    }
    Ok((crowd, begin.elapsed()))
}

/// What came of requests.
pub(crate) struct Answers {
    /// How long each took, in order of length.
    latencies: Vec<Duration>,
    took: Duration,
}

impl Answers {
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// The latency that so many of 1000 do not exceed.
    pub(crate) fn within(&self, thousandths: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * thousandths / 1000).copied().unwrap_or_default()
    }
}

/// Has every client ask again as soon as it was answered, for so long; the clients come back.
pub(crate) async fn ask(crowd: Crowd, lasting: Duration) -> io::Result<(Crowd, Answers)> {
    let (begin, mut tasks) = (Instant::now(), JoinSet::new());
    for mut stream in crowd {
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while begin.elapsed() < lasting {
                let asked = Instant::now();
                ask_once(&mut stream).await?;
                latencies.push(asked.elapsed());
            }
            Ok::<_, io::Error>((stream, latencies))
        });
    }
    let (mut crowd, mut latencies) = (Crowd::new(), Vec::new());
    while let Some(asked) = tasks.join_next().await {
        let (stream, took) = asked.map_err(io::Error::other)??;
        crowd.push(stream);
        latencies.extend(took);
    }
    let took = begin.elapsed();
    latencies.sort_unstable();
    Ok((crowd, Answers { latencies, took }))
}

async fn ask_once(stream: &mut TlsStream<TcpStream>) -> io::Result<()> {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    tokio::io::copy(&mut stream.take(length), &mut tokio::io::sink()).await?;
    Ok(())
}
