//! Early data of streams, which can be replayed.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use tidegate::{EarlyData, EarlyDataRefusal};
use tidegate_std::{Acceptor, Connector, ServerStream};

use crate::pki::Pki;

const LIMIT: u32 = 20_000;

fn makers() -> (Connector, Acceptor) {
    let pki = Pki::new();
    (pki.connector(), pki.acceptor().with_replayable_early_data(LIMIT))
}

/// Lets this have a server whose handshake has not begun, at the other end of the socket.
fn begin<O: Send + 'static>(
    acceptor: &Acceptor,
    act: impl FnOnce(ServerStream<TcpStream>) -> io::Result<O> + Send + 'static,
) -> (TcpStream, JoinHandle<O>) {
    let (listener, acceptor) = (TcpListener::bind("127.0.0.1:0").unwrap(), acceptor.clone());
    let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let server =
        std::thread::spawn(move || act(acceptor.start(listener.accept().unwrap().0).unwrap()).unwrap());
    (socket, server)
}

fn all_early_data(stream: &mut ServerStream<TcpStream>) -> io::Result<Vec<u8>> {
    let (mut early, mut piece) = (Vec::new(), [0; 1000]);
    loop {
        match stream.read_early_data(&mut piece)? {
            0 => return Ok(early),
            count => early.extend_from_slice(&piece[..count]),
        }
    }
}

/// Writes as much as goes early, and the rest later; how much went early, what came early, and what became of it.
fn send(connector: &Connector, acceptor: &Acceptor, data: &[u8]) -> (usize, Vec<u8>, EarlyData) {
    let later = data.len();
    let (socket, server) = begin(acceptor, move |mut stream| {
        stream.handshake()?;
        let early = all_early_data(&mut stream)?;
        stream.write_all(b"hello")?;
        stream.close()?;
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest)?;
        let refused = matches!(stream.negotiated().early_data, EarlyData::Refused(_));
        assert!(refused || early.len() + rest.len() == later);
        Ok((early, stream.negotiated().early_data))
    });
    let mut stream = connector.start("localhost", socket).unwrap();
    let mut written = 0;
    while let rest @ [_, ..] = &data[written..] {
        match stream.write_early_data(rest).unwrap() {
            0 => break,
            count => written += count,
        }
    }
    stream.write_all(&data[written..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "hello");
    stream.close().unwrap();
    let (early, became) = server.join().unwrap();
    (written, early, became)
}

#[test]
fn early_data_is_read_by_name_and_once_for_each_ticket() {
    let (connector, acceptor) = makers();
    assert_eq!(send(&connector, &acceptor, b"first"), (0, Vec::new(), EarlyData::None));
    let session = connector.take_session("localhost").unwrap();
    connector.put_session("localhost", &session);
    assert_eq!(send(&connector, &acceptor, b"once"), (4, b"once".to_vec(), EarlyData::Accepted));
    connector.put_session("localhost", &session);
    let replayed = EarlyData::Refused(EarlyDataRefusal::Application);
    assert_eq!(send(&connector, &acceptor, b"once"), (4, Vec::new(), replayed));
    assert_eq!(send(&connector, &acceptor, b"again"), (5, b"again".to_vec(), EarlyData::Accepted));
}

#[test]
fn what_a_ticket_does_not_take_goes_later() {
    let (connector, acceptor) = makers();
    send(&connector, &acceptor, b"first");
    let data = vec![7; 30_000];
    assert_eq!(send(&connector, &acceptor, &data), (20_000, data[..20_000].to_vec(), EarlyData::Accepted));
}

#[test]
fn nobody_takes_early_data_by_default() {
    let pki = Pki::new();
    let (connector, acceptor) = (pki.connector(), pki.acceptor());
    for _ in 0..2 {
        assert_eq!(send(&connector, &acceptor, b"not early"), (0, Vec::new(), EarlyData::None));
    }
    let promising = acceptor.clone().configured(|config| config.common.max_early_data = 100);
    send(&connector, &promising, b"first");
    let refused = EarlyData::Refused(EarlyDataRefusal::Application);
    assert_eq!(send(&connector, &promising, b"early"), (5, Vec::new(), refused), "nobody let it in by name");
}

/// It does not wait for the end of the client's handshake.
#[test]
fn early_data_is_answered_before_the_handshake_is_done() {
    let (connector, acceptor) = makers();
    send(&connector, &acceptor, b"first");
    let (socket, server) = begin(&acceptor, |mut stream| {
        let mut piece = [0; 9];
        let count = stream.read_early_data(&mut piece)?;
        assert!(&piece[..count] == b"question" && stream.is_handshaking());
        assert_eq!(stream.write_half_rtt_data(b"answer")?, 6);
        assert_eq!(stream.read_early_data(&mut piece)?, 0);
        assert!(!stream.is_handshaking());
        assert_eq!(stream.write_half_rtt_data(b"late")?, 0);
        stream.close()
    });
    let mut stream = connector.start("localhost", socket).unwrap();
    assert_eq!(stream.write_early_data(b"question").unwrap(), 8);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!((&*answer, stream.negotiated().early_data), ("answer", EarlyData::Accepted));
    server.join().unwrap();
}

#[test]
fn without_early_data_nothing_is_answered_before_the_handshake_is_done() {
    let (connector, acceptor) = makers();
    let (socket, server) = begin(&acceptor, |mut stream| {
        assert_eq!(stream.write_half_rtt_data(b"answer")?, 0);
        assert!(!stream.is_handshaking());
        assert_eq!(stream.read_early_data(&mut [0; 9])?, 0);
        stream.close()
    });
    let mut stream = connector.connect("localhost", socket).unwrap();
    assert_eq!(stream.read(&mut [0; 9]).unwrap(), 0);
    assert_eq!(stream.write_early_data(b"late").unwrap(), 0);
    server.join().unwrap();
}
