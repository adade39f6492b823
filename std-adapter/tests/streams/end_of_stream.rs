//! How a stream ends.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;

use tidegate::error::{Error, PeerMisbehaved};
use tidegate_std::tls_error;

use crate::pki::{Pki, serve};

#[test]
fn half_a_connection_stays_open() {
    let pki = Pki::new();
    let (socket, server) = serve(pki.acceptor(), |stream| {
        let mut stream = stream.unwrap();
        let mut received = String::new();
        stream.read_to_string(&mut received).unwrap();
        stream.write_all(b"still here").unwrap();
        stream.close().unwrap();
        received
    });
    let mut stream = pki.connector().connect("localhost", socket).unwrap();
    stream.write_all(b"the end").unwrap();
    stream.close().unwrap();
    assert_eq!(stream.write(b"more").unwrap_err().kind(), ErrorKind::BrokenPipe);
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    assert_eq!((received.as_str(), server.join().unwrap().as_str()), ("still here", "the end"));
}

#[test]
fn a_cut_is_told_apart_from_an_end() {
    let pki = Pki::new();
    let (socket, server) = serve(pki.acceptor(), |stream| {
        let mut stream = stream.unwrap();
        stream.write_all(b"half of it").unwrap();
        stream.get_ref().shutdown(Shutdown::Write).unwrap();
    });
    let mut stream = pki.connector().connect("localhost", socket).unwrap();
    let mut received = Vec::new();
    for _ in 0..2 {
        let error = stream.read_to_end(&mut received).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        assert_eq!(tls_error(&error), Some(Error::PeerMisbehaved(PeerMisbehaved::Truncated)));
    }
    assert_eq!(received, b"half of it");
    server.join().unwrap();
}

#[test]
fn a_server_that_speaks_something_else_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    listener.accept().unwrap().0.write_all(b"220 mail.test ESMTP\r\n").unwrap();
    let error = Pki::new().connector().connect("localhost", socket).unwrap_err();
    assert_eq!(tls_error(&error), Some(Error::PeerMisbehaved(PeerMisbehaved::NotTls)));
}
