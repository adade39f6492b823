//! Fetching a page by HTTP/1.1.

use std::io::{self, BufRead, Read as _, Write as _};

use tidegate_std::ClientStream;

use crate::args::ClientArguments;
use crate::failure::{Code, Failure};
use crate::patient::Patient;
use crate::show;

/// Bytes of a response's header, or of the line before a chunk.
const HEADER: u64 = 64 << 10;

/// How the end of a body is told.
#[derive(Debug, PartialEq, Eq)]
enum Body {
    Chunked,
    Length(u64),
    UntilClosed,
}

type Socket = ClientStream<Patient>;

pub(super) fn fetch(
    stream: &mut Socket,
    host: &str,
    path: &str,
    arguments: &ClientArguments,
) -> Result<(), Failure> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: tidegate/{}\r\nConnection: close\r\n\r\n",
        authority(host, &arguments.target),
        env!("CARGO_PKG_VERSION")
    );
    let failed = |error| Failure::of_stream(&error, format!("fetching {path} from {}", arguments.target));
    stream.write_all(request.as_bytes()).and_then(|()| stream.flush()).map_err(failed)?;
    let header = header(stream).map_err(failed)?;
    if arguments.verbose {
        anstream::eprintln!("{}", show::printable_lines(&header));
    }
    let body = body(&header)?;
    let mut out = io::stdout().lock();
    match copy(stream, body, &mut out).and_then(|()| out.flush()) {
        // Who reads our output has seen enough.
        Err(error)
            if error.kind() == io::ErrorKind::BrokenPipe && tidegate_std::tls_error(&error).is_none() => {}
        result => result.map_err(failed)?,
    }
    // The page is complete; a server that is gone by now does not matter.
    let _ = stream.close();
    Ok(())
}

/// The host, and the port unless it is that of https (RFC 9110, section 7.2).
fn authority(host: &str, target: &str) -> String {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    match target.rsplit_once(':') {
        Some((_, port)) if port != "443" => format!("{host}:{port}"),
        _ => host,
    }
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

fn copy(stream: &mut Socket, body: Body, out: &mut impl io::Write) -> io::Result<()> {
    match body {
        Body::UntilClosed => io::copy(stream, out).map(|_| ()),
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

fn copy_exactly(stream: &mut Socket, length: u64, out: &mut impl io::Write) -> io::Result<()> {
    match io::copy(&mut io::Read::take(stream, length), out)? {
        count if count == length => Ok(()),
        count => Err(io::Error::other(format!("the page ends after {count} of {length} bytes"))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, authority, body};

    #[test]
    fn a_port_is_named_unless_it_is_the_usual_one() {
        assert_eq!(authority("a.test", "127.0.0.1:443"), "a.test");
        assert_eq!(authority("a.test", "a.test:4433"), "a.test:4433");
        assert_eq!(authority("::1", "[::1]:4433"), "[::1]:4433");
    }

    #[test]
    fn the_end_of_a_body_is_told_in_three_ways() {
        let head = |field: &str| body(&format!("HTTP/1.1 200 OK\r\n{field}\r\n\r\n")).unwrap();
        assert_eq!(head("Content-Length: 12"), Body::Length(12));
        assert_eq!(head("transfer-encoding: gzip, Chunked"), Body::Chunked);
        assert_eq!(head("Server: x"), Body::UntilClosed);
        assert!(body("220 mail.test ESMTP\r\n").is_err());
    }
}
