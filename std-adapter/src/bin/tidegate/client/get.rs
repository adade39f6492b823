//! Fetching a page by HTTP/1.1.

use std::io::{self, BufRead, Read as _, Write as _};

use tidegate_std::ClientStream;

use crate::args::ClientArguments;
use crate::failure::{Code, Failure};
use crate::patient::Patient;
use crate::show;

/// Bytes of a response's header, or of the line before a chunk.
const HEADER: u64 = 64 << 10;

/// Interim responses before the one that counts.
const INTERIM: u32 = 16;

/// How the end of a body is told.
#[derive(Debug, PartialEq, Eq)]
enum Body {
    Chunked,
    Length(u64),
    UntilClosed,
}

type Socket = ClientStream<Patient>;

/// How the transfer of a body ended early.
enum Stop {
    /// The connection, or what it brought.
    Peer(io::Error),
    /// Our own output.
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Peer(error)
    }
}

pub(super) fn fetch(
    stream: &mut Socket,
    name: &str,
    path: &str,
    arguments: &ClientArguments,
) -> Result<(), Failure> {
    let port = arguments.target.rsplit_once(':').map_or("", |(_, port)| port);
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: tidegate/{}\r\nConnection: close\r\n\r\n",
        host(name, port),
        env!("CARGO_PKG_VERSION")
    );
    let failed = |error| Failure::of_stream(&error, format!("fetching {path} from {}", arguments.target));
    stream.write_all(request.as_bytes()).and_then(|()| stream.flush()).map_err(failed)?;
    let header = final_header(stream, arguments.verbose).map_err(failed)?;
    let body = body(&header)?;
    let status = header.lines().next().unwrap_or_default();
    if !arguments.verbose && !is_success(status) {
        anstream::eprintln!("{}", show::printable_lines(status));
    }
    let mut out = io::stdout().lock();
    match copy(stream, body, &mut out).and_then(|()| out.flush().map_err(Stop::Output)) {
        Ok(()) => {}
        // Who reads our output has seen enough.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(Stop::Output(error)) => return Err(Failure::of_own("writing to stdout", &error)),
        Err(Stop::Peer(error)) => return Err(failed(error)),
    }
    // The page is complete; a server that is gone by now does not matter.
    let _ = stream.close();
    Ok(())
}

/// The Host field: an IPv6 address in brackets, and the port where it is not the one of https (RFC 9110, section 7.2).
fn host(name: &str, port: &str) -> String {
    let name = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
    if port == "443" { name } else { format!("{name}:{port}") }
}

fn status_class(status: &str) -> Option<char> {
    status.split(' ').nth(1)?.chars().next()
}

fn is_success(status: &str) -> bool {
    status_class(status) == Some('2')
}

/// The header of the response itself: interim ones (1xx) go before it (RFC 9110, section 15.2).
fn final_header(stream: &mut Socket, verbose: bool) -> io::Result<String> {
    for _ in 0..INTERIM {
        let header = header(stream)?;
        if verbose {
            anstream::eprintln!("{}", show::printable_lines(&header));
        }
        if !header.starts_with("HTTP/1.") || status_class(&header) != Some('1') {
            return Ok(header);
        }
    }
    Err(io::Error::other("the server sends interim responses only"))
}

/// Everything up to the empty line.
fn header(stream: &mut Socket) -> io::Result<String> {
    let mut header = Vec::new();
    let mut limited = io::Read::take(stream, HEADER);
    loop {
        let start = header.len();
        let count = limited.read_until(b'\n', &mut header)?;
        if count == 0 {
            return Err(io::Error::other("the response has no end of its header"));
        }
        if header[start..].trim_ascii().is_empty() {
            return Ok(String::from_utf8_lossy(&header).into_owned());
        }
    }
}

fn body(header: &str) -> Result<Body, Failure> {
    let mut lines = header.lines();
    let status = lines.next().unwrap_or_default();
    if !status.starts_with("HTTP/1.") {
        let message = format!("the answer is no HTTP/1: {:?}", status.chars().take(60).collect::<String>());
        return Err(Failure { code: Code::Tls, message, hint: None });
    }
    let field = |wanted: &str| {
        let mut fields = header.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
    };
    if field("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().ends_with("chunked")) {
        return Ok(Body::Chunked);
    }
    Ok(field("content-length").and_then(|value| value.parse().ok()).map_or(Body::UntilClosed, Body::Length))
}

fn copy(stream: &mut Socket, body: Body, out: &mut impl io::Write) -> Result<(), Stop> {
    match body {
        Body::UntilClosed => copy_at_most(stream, u64::MAX, out).map(|_| ()),
        Body::Length(length) => copy_exactly(stream, length, out),
        Body::Chunked => loop {
            let mut line = Vec::new();
            io::Read::take(&mut *stream, HEADER).read_until(b'\n', &mut line)?;
            let text = String::from_utf8_lossy(&line);
            let digits = text.split(';').next().unwrap_or_default().trim();
            let length = u64::from_str_radix(digits, 16)
                .map_err(|_| io::Error::other("a chunk without its length"))?;
            if length == 0 {
                return Ok(());
            }
            copy_exactly(stream, length, out)?;
            stream.read_exact(&mut [0; 2])?;
        },
    }
}

fn copy_exactly(stream: &mut Socket, length: u64, out: &mut impl io::Write) -> Result<(), Stop> {
    match copy_at_most(stream, length, out)? {
        count if count == length => Ok(()),
        count => Err(Stop::Peer(io::Error::other(format!("the page ends after {count} of {length} bytes")))),
    }
}

/// Copies until the end or the limit, and tells the two sides' errors apart, as [`io::copy`] does not.
fn copy_at_most(stream: &mut Socket, limit: u64, out: &mut impl io::Write) -> Result<u64, Stop> {
    let mut limited = io::Read::take(stream, limit);
    loop {
        let data = limited.fill_buf()?;
        if data.is_empty() {
            return Ok(limit - limited.limit());
        }
        out.write_all(data).map_err(Stop::Output)?;
        let count = data.len();
        limited.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, body, host, is_success};

    #[test]
    fn the_end_of_a_body_is_told_in_three_ways() {
        let head = |field: &str| body(&format!("HTTP/1.1 200 OK\r\n{field}\r\n\r\n")).unwrap();
        assert_eq!(head("Content-Length: 12"), Body::Length(12));
        assert_eq!(head("transfer-encoding: gzip, Chunked"), Body::Chunked);
        assert_eq!(head("Server: x"), Body::UntilClosed);
        assert!(body("220 mail.test ESMTP\r\n").is_err());
    }

    #[test]
    fn a_host_is_named_as_http_wants_it() {
        assert_eq!(host("a.test", "443"), "a.test");
        assert_eq!(host("::1", "4433"), "[::1]:4433");
    }

    #[test]
    fn a_status_has_a_class() {
        assert!(is_success("HTTP/1.1 204 No Content") && !is_success("HTTP/1.1 404 Not Found"));
    }
}
