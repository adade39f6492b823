//! A server that answers requests of HTTP/1.1 and sends everything else back.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tidegate_std::Acceptor;
use tidegate_std::tokio::server::TlsStream;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, copy_buf, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// How long a client may take for its handshake.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a client may say nothing.
const SILENCE: Duration = Duration::from_secs(300);

/// How long to wait where no further client can be taken, for want of file descriptors for example.
const PAUSE: Duration = Duration::from_millis(50);

/// Bytes of a line, at most.
const LINE: u64 = 8192;

/// What every request is answered with.
pub(crate) const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 15\r\n\r\nthe tide is in\n";

/// Serves whoever comes, each in a task of its own.
pub(crate) async fn serve(acceptor: Acceptor, listener: TcpListener) -> io::Result<()> {
    let acceptor = Arc::new(acceptor);
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let acceptor = Arc::clone(&acceptor);
        // What one client does must not end the server.
        tokio::spawn(async move { drop(serve_one(&acceptor, socket).await) });
    }
}

async fn serve_one(acceptor: &Acceptor, socket: TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut stream = timeout(PATIENCE, acceptor.accept_async(socket)).await??;
    let mut line = String::new();
    while read_line(&mut stream, &mut line).await? > 0 {
        if !line.contains(" HTTP/1.") {
            stream.write_all(line.as_bytes()).await?;
            return echo(stream).await;
        }
        let is_last = skip_headers(&mut stream, line.trim_end().ends_with("1.0")).await?;
        stream.write_all(ANSWER).await?;
        if is_last {
            break;
        }
    }
    stream.shutdown().await
}

/// A line, at the end of the stream none.
async fn read_line(stream: &mut TlsStream<TcpStream>, line: &mut String) -> io::Result<usize> {
    line.clear();
    timeout(SILENCE, stream.take(LINE).read_line(line)).await?
}

/// Passes over the rest of a request; whether no other one follows.
async fn skip_headers(stream: &mut TlsStream<TcpStream>, mut is_last: bool) -> io::Result<bool> {
    let mut line = String::new();
    loop {
        let ends = read_line(stream, &mut line).await? == 0 || line == "\r\n";
        if ends {
            return Ok(is_last);
        }
        match line.to_ascii_lowercase().trim_end() {
            "connection: close" => is_last = true,
            "connection: keep-alive" => is_last = false,
            _ => {}
        }
    }
}

/// Reads and writes at once.
async fn echo(stream: TlsStream<TcpStream>) -> io::Result<()> {
    let (reader, mut writer) = split(stream);
    copy_buf(&mut tokio::io::BufReader::new(reader), &mut writer).await?;
    writer.shutdown().await
}
