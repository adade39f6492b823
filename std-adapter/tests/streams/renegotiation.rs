//! Renegotiation: nothing new in the streams, whichever end wants it.

use std::io::{self, BufRead as _, Read, Write};
use std::net::{TcpListener, TcpStream};

use tidegate::RenegotiateError;
use tidegate::config::Permission;
use tidegate::error::PeerIncompatible;
use tidegate::wire::enums::ProtocolVersion;
use tidegate_std::{ClientStream, End, ServerStream, Stream, tls_error};

use crate::narrow::{Narrow, Random};
use crate::pki::{Pki, serve};

/// More than a socket holds, and less than is set aside.
const LENGTH: usize = 900_000;

fn content(first: u8) -> Vec<u8> {
    (0..LENGTH).map(|at| first.wrapping_add((at * 31 % 251) as u8)).collect()
}

/// A server that does this with its client, and that client.
fn connected<R: Send + 'static>(
    with_client: impl FnOnce(ServerStream<TcpStream>) -> R + Send + 'static,
) -> (ClientStream<TcpStream>, std::thread::JoinHandle<R>) {
    let (connector, acceptor) = Pki::new().renegotiating();
    let (socket, server) = serve(acceptor, |stream| with_client(stream.unwrap()));
    let stream = connector.connect("localhost", socket).unwrap();
    assert_eq!(stream.negotiated().version(), Some(ProtocolVersion::TLS_1_2));
    (stream, server)
}

/// Sends lines back, and renegotiates behind each where it is told to.
fn echo(mut stream: ServerStream<TcpStream>, renegotiates: bool) {
    let mut line = String::new();
    while stream.read_line(&mut line).unwrap() > 0 {
        if renegotiates {
            // The line came behind the handshake that was wanted before it.
            assert!(!stream.connection().is_renegotiation_pending());
            stream.renegotiate().unwrap();
        }
        stream.write_all(line.as_bytes()).unwrap();
        line.clear();
    }
    stream.close().unwrap();
}

#[test]
fn a_blocking_client_renegotiates_between_lines() {
    let (mut stream, server) = connected(|stream| echo(stream, false));
    for round in 0..4 {
        stream.renegotiate().unwrap();
        assert!(stream.connection().is_renegotiation_pending());
        // Each of these drives it.
        match round {
            0 => stream.handshake().unwrap(),
            1 => stream.flush().unwrap(),
            _ => {}
        }
        let line = format!("line {round}\n");
        stream.write_all(line.as_bytes()).unwrap();
        let mut back = String::new();
        stream.read_line(&mut back).unwrap();
        assert_eq!(back, line);
        assert!(!stream.connection().is_renegotiation_pending(), "round {round}");
        assert!(stream.connection().error().is_none() && !stream.is_handshaking());
    }
    stream.close().unwrap();
    assert_eq!(stream.read(&mut [0; 9]).unwrap(), 0);
    server.join().unwrap();
}

#[test]
fn a_blocking_server_renegotiates_between_lines() {
    let (mut stream, server) = connected(|stream| echo(stream, true));
    for round in 0..4 {
        let line = format!("line {round}\n");
        stream.write_all(line.as_bytes()).unwrap();
        let mut back = String::new();
        stream.read_line(&mut back).unwrap();
        assert_eq!(back, line);
    }
    stream.close().unwrap();
    assert_eq!(stream.read_to_end(&mut Vec::new()).unwrap(), 0);
    server.join().unwrap();
}

#[test]
fn what_a_write_meets_on_its_way_is_read_later() {
    let (mut stream, server) = connected(|mut stream| {
        stream.write_all(&content(1)).unwrap();
        let mut received = vec![0; LENGTH];
        stream.read_exact(&mut received).unwrap();
        stream.write_all(b"behind").unwrap();
        stream.close().unwrap();
        received == content(2)
    });
    stream.renegotiate().unwrap();
    stream.write_all(&content(2)).unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    assert!(received == [&content(1)[..], b"behind"].concat());
    assert!(server.join().unwrap());
}

#[test]
fn a_write_that_meets_more_than_is_kept_is_repeated_behind_a_read() {
    let (mut stream, server) = connected(|mut stream| {
        (1..=3).for_each(|part| stream.write_all(&content(part)).unwrap());
        let mut received = vec![0; LENGTH];
        stream.read_exact(&mut received).unwrap();
        stream.close().unwrap();
        received == content(9)
    });
    stream.renegotiate().unwrap();
    let (mut received, mut part, mut blocked) = (Vec::new(), vec![0; 50_000], 0);
    let (own, mut written) = (content(9), 0);
    while written < own.len() {
        match stream.write(&own[written..]) {
            Ok(count) => written += count,
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                blocked += 1;
                let count = stream.read(&mut part).unwrap();
                assert!(count > 0);
                received.extend_from_slice(&part[..count]);
            }
        }
    }
    assert!(blocked > 0 && !stream.connection().is_renegotiation_pending());
    stream.read_to_end(&mut received).unwrap();
    assert!(received == [content(1), content(2), content(3)].concat());
    assert!(server.join().unwrap());
}

#[test]
fn a_server_that_writes_while_its_client_answers_loses_nothing() {
    let (mut stream, server) = connected(|mut stream| {
        stream.renegotiate().unwrap();
        stream.write_all(&content(1)).unwrap();
        stream.close().unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        received == b"hello"
    });
    stream.write_all(b"hello").unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    assert!(received == content(1));
    stream.close().unwrap();
    assert!(server.join().unwrap());
}

#[test]
fn who_says_no_goes_on_and_who_asked_does_not() {
    let (connector, acceptor) = Pki::new().renegotiating();
    let refused = |error: io::Error| tls_error(&error) == Some(PeerIncompatible::Renegotiation.into());
    let denies =
        connector.clone().configured(|config| config.common.renegotiation.by_peer = Permission::Denied);
    let (socket, server) = serve(acceptor.clone(), |stream| {
        let mut stream = stream.unwrap();
        stream.renegotiate().unwrap();
        stream.write_all(b"asked").unwrap();
        stream.read(&mut [0; 9]).unwrap_err()
    });
    let mut stream = denies.connect("localhost", socket).unwrap();
    let mut received = [0; 5];
    stream.read_exact(&mut received).unwrap();
    assert_eq!(&received, b"asked");
    stream.write_all(b"fine").unwrap();
    assert!(refused(server.join().unwrap()));

    let denies = acceptor.configured(|config| config.common.renegotiation.by_peer = Permission::Denied);
    let (socket, server) = serve(denies, |stream| {
        let mut stream = stream.unwrap();
        let mut received = [0; 5];
        stream.read_exact(&mut received).unwrap();
        let refused = stream.read(&mut [0; 9]).is_err();
        (received, refused)
    });
    let mut stream = connector.connect("localhost", socket).unwrap();
    stream.write_all(b"hello").unwrap();
    stream.renegotiate().unwrap();
    assert!(refused(stream.read(&mut [0; 9]).unwrap_err()));
    // What the server hears next is why the client has left.
    assert_eq!(server.join().unwrap(), (*b"hello", true));
}

#[test]
fn an_end_stands_behind_a_request_that_has_just_left() {
    let (mut stream, server) = connected(|mut stream| {
        stream.renegotiate().unwrap();
        stream.close()
    });
    assert_eq!(stream.read(&mut [0; 9]).unwrap(), 0);
    server.join().unwrap().unwrap();
}

#[test]
fn nobody_renegotiates_by_default() {
    let pki = Pki::new();
    let (_, acceptor) = pki.renegotiating();
    let (socket, server) = serve(acceptor, |stream| stream.and_then(|mut stream| stream.read(&mut [0; 9])));
    let mut stream = pki.connector().connect("localhost", socket).unwrap();
    assert_eq!(stream.renegotiate(), Err(RenegotiateError::Denied));
    stream.write_all(b"fine").unwrap();
    assert_eq!(server.join().unwrap().unwrap(), 4);
}

/// Repeats a call over a transport that is never ready when it should be.
fn insist<O>(mut call: impl FnMut() -> io::Result<O>) -> Option<O> {
    match call() {
        Ok(outcome) => Some(outcome),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
        Err(error) => panic!("{error}"),
    }
}

/// Both ends over a transport that passes a few bytes at a time.
fn narrow(seed: u64) -> (ClientStream<Narrow>, ServerStream<Narrow>) {
    let (connector, acceptor) = Pki::new().renegotiating();
    let ([here, there], width) = Narrow::pair(&Random::new(seed));
    let mut client = connector.start("localhost", here).unwrap();
    let mut server = acceptor.start(there).unwrap();
    assert!((0..9).any(|_| client.handshake().is_ok() & server.handshake().is_ok()));
    width.set(Some((50, usize::MAX)));
    (client, server)
}

/// Lets `begins` renegotiate by [`Stream::handshake`] while `answers` reads; whether both are done.
fn shake<A: End, B: End>(begins: &mut Stream<A, Narrow>, answers: &mut Stream<B, Narrow>) -> bool {
    begins.renegotiate().unwrap();
    (0..100_000).any(|_| {
        let done = insist(|| begins.handshake()).is_some();
        assert_eq!(insist(|| answers.read(&mut [0; 9])), None);
        done && !begins.connection().is_renegotiation_pending() && !answers.is_handshaking()
    })
}

#[test]
fn a_non_blocking_handshake_is_repeated_until_it_is_done() {
    for seed in 0..4 {
        let (mut client, mut server) = narrow(seed);
        assert!(shake(&mut client, &mut server), "seed {seed}: the client");
        // A server's request is out with its handshake; the rest comes with its reads.
        server.renegotiate().unwrap();
        let done = (0..100_000).any(|_| {
            let _ = insist(|| server.handshake());
            assert_eq!(insist(|| server.read(&mut [0; 9])), None);
            assert_eq!(insist(|| client.read(&mut [0; 9])), None);
            !server.connection().is_renegotiation_pending() && !client.is_handshaking()
        });
        assert!(done, "seed {seed}: the server");
        assert!((0..1000).any(|_| insist(|| client.write(b"x")).is_some()));
        assert!((0..1000).any(|_| insist(|| client.flush()).is_some()));
        assert!((0..1000).any(|_| insist(|| server.read(&mut [0; 9])) == Some(1)));
    }
}

#[test]
fn a_closed_client_waits_for_no_renegotiation() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (connector, acceptor) = Pki::new().renegotiating();
    let here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let there = listener.accept().unwrap().0;
    let server = std::thread::spawn(move || {
        let mut stream = acceptor.accept(there).unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        stream.write_all(b"too late").and_then(|()| stream.close()).unwrap();
        received
    });
    let mut client = connector.connect("localhost", here).unwrap();
    client.write_all(b"bye").unwrap();
    client.close().unwrap();
    assert_eq!(client.renegotiate(), Err(RenegotiateError::Closed));
    let mut received = Vec::new();
    client.read_to_end(&mut received).unwrap();
    assert_eq!((received.as_slice(), server.join().unwrap().as_slice()), (&b"too late"[..], &b"bye"[..]));
}
