//! Servers that have every client show a cookie.

use std::io::{Read, Write};

use tidegate::HelloRetry;
use tidegate::SessionKind;
use tidegate_std::Acceptor;

use crate::pki::{Pki, serve};

#[test]
fn every_client_is_heard_twice_and_its_session_goes_on() {
    let pki = Pki::new();
    let connector = pki.connector();
    let acceptor: Acceptor = pki.acceptor().with_cookies();
    for session in [SessionKind::New, SessionKind::Resumed] {
        let (socket, server) = serve(acceptor.clone(), |stream| {
            let mut stream = stream.unwrap();
            stream.write_all(b"hello").unwrap();
            stream.close().unwrap();
            (stream.negotiated().hello_retry, stream.negotiated().session)
        });
        let mut stream = connector.connect("localhost", socket).unwrap();
        let mut received = String::new();
        stream.read_to_string(&mut received).unwrap();
        assert_eq!(received, "hello");
        assert_eq!(
            (stream.negotiated().hello_retry, stream.negotiated().session),
            (HelloRetry::Yes, session)
        );
        assert_eq!(server.join().unwrap(), (HelloRetry::Yes, session));
    }
}
