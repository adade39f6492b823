//! What a server says.

use std::io::{self, BufRead, Read, Write};
use std::time::Duration;

use tidegate_std::ServerStream;

use crate::patient::Patient;
use crate::show;

/// Bytes of a request's header.
const REQUEST: u64 = 16 << 10;

/// For what was written and the close_notify behind it to leave.
const FAREWELL: Duration = Duration::from_secs(5);

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

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For a handshake, and for a request.
    pub(super) handshake: Duration,
    /// For each byte of an echo, and for a whole page.
    pub(super) idle: Duration,
}

/// What came of reading a request.
enum Request {
    /// All of it, up to the empty line.
    Whole(Vec<u8>),
    /// Nothing, from a client that only came to look.
    None,
    /// One that gets this status, and why.
    Bad(&'static str, io::Error),
}

impl Service {
    /// Serves a client to its end, and closes our direction, politely where the connection is alive.
    pub(super) fn answer(self, stream: &mut ServerStream<Patient>, limits: Limits) -> io::Result<Traffic> {
        let early = early_data(stream)?;
        let result = match self {
            Self::Echo => stream.get_mut().relax(Some(limits.idle)).and_then(|()| echo(stream, &early)),
            Self::Page => page(stream, &early, limits),
        };
        stream.get_mut().hurry(FAREWELL);
        let closed = stream.close();
        result.and_then(|traffic| closed.map(|()| traffic))
    }
}

/// The early data that came with the handshake.
fn early_data(stream: &mut ServerStream<Patient>) -> io::Result<Vec<u8>> {
    let (mut early, mut chunk) = (Vec::new(), vec![0; 16 << 10]);
    loop {
        match stream.read_early_data(&mut chunk)? {
            0 => return Ok(early),
            count => early.extend_from_slice(&chunk[..count]),
        }
    }
}

fn echo(stream: &mut ServerStream<Patient>, early: &[u8]) -> io::Result<Traffic> {
    let mut chunk = vec![0; 16 << 10];
    stream.write_all(early)?;
    let mut traffic = Traffic { received: early.len() as u64, sent: early.len() as u64 };
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
///
/// The limits are for all of the request and all of the answer: a byte now and then does not keep a place.
fn page(stream: &mut ServerStream<Patient>, early: &[u8], limits: Limits) -> io::Result<Traffic> {
    stream.get_mut().hurry(limits.handshake);
    let request = request(early.chain(&mut *stream))?;
    stream.get_mut().hurry(limits.idle);
    let request = match request {
        Request::Whole(request) => request,
        Request::None => return Ok(Traffic::default()),
        Request::Bad(status, why) => {
            respond(stream, "GET", status, &plain_page(status))?;
            return Err(why);
        }
    };
    let line =
        String::from_utf8_lossy(request.split(|byte| *byte == b'\n').next().unwrap_or_default()).into_owned();
    let method = line.split(' ').next().unwrap_or_default();
    let (status, body) = match method {
        "GET" | "HEAD" => ("200 OK", html(stream, line.trim())),
        _ => ("405 Method Not Allowed", plain_page("405 Only GET and HEAD")),
    };
    let sent = respond(stream, method, status, &body)?;
    Ok(Traffic { received: request.len() as u64, sent })
}

/// Writes a response; how many bytes.
fn respond(stream: &mut ServerStream<Patient>, method: &str, status: &str, body: &str) -> io::Result<u64> {
    let header = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let body = if method == "HEAD" { "" } else { body };
    let answer = [header.as_bytes(), body.as_bytes()].concat();
    stream.write_all(&answer)?;
    Ok(answer.len() as u64)
}

fn plain_page(text: &str) -> String {
    format!("<!doctype html><title>{text}</title><p>{text}\n")
}

/// Reads a request up to its empty line.
fn request(stream: impl BufRead) -> io::Result<Request> {
    let mut request = Vec::new();
    let mut limited = Read::take(stream, REQUEST);
    loop {
        let start = request.len();
        let count = match limited.read_until(b'\n', &mut request) {
            // The time is over, and the connection alive.
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
                return Ok(Request::Bad("408 Request Timeout", error));
            }
            result => result?,
        };
        if count == 0 && request.is_empty() {
            return Ok(Request::None);
        }
        if count == 0 && limited.limit() == 0 {
            let why = io::Error::other("the request is longer than 16 kB");
            return Ok(Request::Bad("431 Request Header Fields Too Large", why));
        }
        if count == 0 {
            return Ok(Request::Bad("400 Bad Request", io::Error::other("the request has no end")));
        }
        if start > 0 && request[start..].trim_ascii().is_empty() {
            return Ok(Request::Whole(request));
        }
    }
}

fn html(stream: &ServerStream<Patient>, request: &str) -> String {
    let mut facts = show::facts(stream);
    facts.push(("server name", stream.server_name().unwrap_or("none").to_owned()));
    if let Some(certificate) = stream.peer_certificates().first() {
        facts.push(("client", show::subject(certificate)));
    }
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
