//! The face over sockets: blocking ones never want anything, non-blocking ones say what.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use tidegate::modes::Modes;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate_std::openssl::{ErrorCode, Ssl, SslContext};

use crate::duo::context;

const LENGTH: usize = 3 << 20;

fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let there = listener.accept().unwrap().0;
    // Small records in both directions, each waiting for the other's acknowledgement, would take seconds.
    here.set_nodelay(true).unwrap();
    there.set_nodelay(true).unwrap();
    (here, there)
}

fn ends(context: &SslContext) -> (Ssl<TcpStream>, Ssl<TcpStream>) {
    let (here, there) = sockets();
    let mut client = Ssl::new(context, here);
    client.set_host_name("localhost");
    (client, Ssl::new(context, there))
}

fn content() -> Vec<u8> {
    (0..LENGTH).map(|at| u8::try_from(at * 11 % 253).unwrap()).collect()
}

#[test]
fn on_blocking_sockets_every_call_ends_with_a_result() {
    let (mut client, mut server) = ends(&context());
    let echo = std::thread::spawn(move || {
        assert_eq!(server.accept(), 1);
        let mut buffer = vec![0; 50_000];
        loop {
            match server.read(&mut buffer) {
                0 => break,
                count => {
                    let data = &buffer[..usize::try_from(count).unwrap()];
                    assert_eq!(server.write(data), count);
                    assert_eq!(server.key_update(KeyUpdateRequest::UPDATE_REQUESTED), 1);
                }
            }
        }
        assert_eq!((server.get_error(0), server.shutdown()), (ErrorCode::ZeroReturn, 1));
    });
    assert_eq!(client.connect(), 1);
    let (content, mut received) = (content(), vec![0; 50_000]);
    for chunk in content.chunks(40_000) {
        assert_eq!(client.write(chunk), i32::try_from(chunk.len()).unwrap());
        let mut back = Vec::new();
        while back.len() < chunk.len() {
            let count = client.read(&mut received);
            assert!(count > 0, "{:?}", client.reason());
            back.extend_from_slice(&received[..usize::try_from(count).unwrap()]);
        }
        assert!(back == chunk);
    }
    assert_eq!([client.shutdown(), client.shutdown()], [0, 1]);
    echo.join().unwrap();
}

#[test]
fn without_auto_retry_a_blocking_read_returns_once_for_a_message() {
    let (mut client, mut server) = ends(&context());
    let peer = std::thread::spawn(move || {
        assert_eq!(server.accept(), 1);
        assert_eq!(server.key_update(KeyUpdateRequest::UPDATE_NOT_REQUESTED), 1);
        assert_eq!(server.write(b"data"), 4);
        server
    });
    client.clear_mode(Modes::AUTO_RETRY);
    assert_eq!(client.connect(), 1);
    let mut buffer = [0; 9];
    assert_eq!((client.read(&mut buffer), client.get_error(-1)), (-1, ErrorCode::WantRead));
    assert_eq!((client.read(&mut buffer), &buffer[..4]), (4, &b"data"[..]));
    peer.join().unwrap();
}

/// Repeats a call as a program would that waits for its socket; what it came to.
fn patiently(ssl: &mut Ssl<TcpStream>, mut call: impl FnMut(&mut Ssl<TcpStream>) -> i32) -> i32 {
    for _ in 0..50_000 {
        let result = call(ssl);
        match ssl.get_error(result) {
            ErrorCode::WantRead | ErrorCode::WantWrite => std::thread::sleep(Duration::from_micros(200)),
            ErrorCode::None
            | ErrorCode::Ssl
            | ErrorCode::Syscall
            | ErrorCode::ZeroReturn
            | ErrorCode::EarlyDataRejected
            | ErrorCode::WantRenegotiate => return result,
        }
    }
    panic!("nothing comes of it");
}

#[test]
fn on_non_blocking_sockets_a_call_that_wants_is_repeated() {
    let (mut client, mut server) = ends(&context());
    client.get_ref().set_nonblocking(true).unwrap();
    server.get_ref().set_nonblocking(true).unwrap();
    let reader = std::thread::spawn(move || {
        assert_eq!(patiently(&mut server, Ssl::accept), 1);
        let (mut all, mut buffer) = (Vec::new(), vec![0; 20_000]);
        loop {
            match patiently(&mut server, |ssl| ssl.read(&mut buffer)) {
                0 => return all,
                count => all.extend_from_slice(&buffer[..usize::try_from(count).unwrap()]),
            }
        }
    });
    assert_eq!(patiently(&mut client, Ssl::connect), 1);
    let content = content();
    assert_eq!(patiently(&mut client, |ssl| ssl.write(&content)), i32::try_from(LENGTH).unwrap());
    assert_eq!(patiently(&mut client, Ssl::shutdown), 0);
    assert!(reader.join().unwrap() == content);
}
