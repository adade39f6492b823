//! What a server says.

use std::io::{self, BufRead, Read, Write};

use tidegate_std::ServerStream;

use crate::patient::Patient;
use crate::show;

/// Bytes of a request's header.
const REQUEST: u64 = 16 << 10;

/// What each client gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// Its own bytes.
    Echo,
    /// A page about the connection.
    Page,
}

/// Bytes of application data.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traffic {
    pub(super) received: u64,
    pub(super) sent: u64,
}

impl Service {
    /// Serves a client to its end, and closes our direction.
    pub(super) fn answer(self, stream: &mut ServerStream<Patient>) -> io::Result<Traffic> {
        let traffic = match self {
            Self::Echo => echo(stream)?,
            Self::Page => page(stream)?,
        };
        stream.close()?;
        Ok(traffic)
    }
}

fn echo(stream: &mut ServerStream<Patient>) -> io::Result<Traffic> {
    let mut chunk = vec![0; 16 << 10];
    let mut traffic = Traffic::default();
    loop {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(traffic);
        }
        let data = &chunk[..count];
        stream.write_all(data)?;
        traffic.received += data.len() as u64;
        traffic.sent += data.len() as u64;
    }
}

/// Reads a whole request before it answers: an answer to half of one would be lost when the socket closes.
fn page(stream: &mut ServerStream<Patient>) -> io::Result<Traffic> {
    let Some(request) = request(stream)? else { return Ok(Traffic::default()) };
    let line =
        String::from_utf8_lossy(request.split(|byte| *byte == b'\n').next().unwrap_or_default()).into_owned();
    let method = line.split(' ').next().unwrap_or_default();
    let (status, body) = match method {
        "GET" | "HEAD" => ("200 OK", html(stream, line.trim())),
        _ => {
            ("405 Method Not Allowed", "<!doctype html><title>405</title><p>Only GET and HEAD.\n".to_owned())
        }
    };
    let header = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let body = if method == "HEAD" { "" } else { &body };
    let answer = [header.as_bytes(), body.as_bytes()].concat();
    stream.write_all(&answer)?;
    Ok(Traffic { received: request.len() as u64, sent: answer.len() as u64 })
}

/// A request up to its empty line; none from a client that only came to look.
fn request(stream: &mut ServerStream<Patient>) -> io::Result<Option<Vec<u8>>> {
    let mut request = Vec::new();
    let mut limited = Read::take(stream, REQUEST);
    loop {
        let start = request.len();
        let count = limited.read_until(b'\n', &mut request)?;
        if count == 0 && request.is_empty() {
            return Ok(None);
        }
        if count == 0 {
            return Err(io::Error::other("the request has no end, or is longer than 16 kB"));
        }
        if start > 0 && request[start..].trim_ascii().is_empty() {
            return Ok(Some(request));
        }
    }
}

fn html(stream: &ServerStream<Patient>, request: &str) -> String {
    let mut facts = show::facts(stream);
    facts.push(("server name", stream.server_name().unwrap_or("none").to_owned()));
    facts.push(("request", request.to_owned()));
    let rows: String =
        facts.iter().map(|(name, value)| format!("<tr><th>{name}<td>{}\n", escape(value))).collect();
    format!(
        "<!doctype html>\n<meta charset=utf-8>\n<title>Tidegate</title>\n\
         <style>body{{font:16px sans-serif;margin:3em}}th{{text-align:left;padding-right:2em}}</style>\n\
         <h1>Tidegate</h1>\n<p>This page came over this connection:\n<table>\n{rows}</table>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
