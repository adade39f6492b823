//! What a stream does at its ends and between: how often it polls, what it writes, how it closes, what it keeps.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tidegate::modes::Modes;
use tidegate_std::tokio::{TlsStream, client, server};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::pki::Pki;
use crate::tasks::{Flag, within};
use crate::wire::{Width, Wire};

/// Both ends of a connection, behind the handshake and the tickets.
fn connected(modes: Modes) -> (client::TlsStream<Wire>, server::TlsStream<Wire>) {
    let pki = Pki::new();
    let [here, there] = Wire::pair(0, Width::WIDE);
    let connector = pki.connector().configured(|config| config.common.modes = modes);
    let acceptor = pki.acceptor().configured(|config| config.common.modes = modes);
    let mut client = client::TlsStream::from(connector.start("localhost", here).unwrap());
    let mut server = server::TlsStream::from(acceptor.start(there).unwrap());
    let done = (0..9).any(|_| {
        within(1, client.handshake()).is_some_and(|outcome| outcome.is_ok())
            & within(1, server.handshake()).is_some_and(|outcome| outcome.is_ok())
    });
    assert!(done && within(1, client.fill_buf()).is_none(), "tickets are no data");
    (client, server)
}

#[test]
fn a_poll_that_finds_nothing_asks_the_transport_once() {
    let (mut client, _server) = connected(Modes::empty());
    let (flag, waker) = Flag::new();
    let before = client.get_ref().polls();
    for polls in 1..4 {
        let mut context = Context::from_waker(&waker);
        assert!(Pin::new(&mut client).poll_fill_buf(&mut context).is_pending());
        let now = client.get_ref().polls();
        assert_eq!(
            (now.reads - before.reads, now.writes, now.flushes),
            (polls, before.writes, before.flushes)
        );
    }
    assert_eq!(flag.count(), 0, "nobody wakes a task that waits for the peer");
}

#[test]
fn a_writer_waits_while_the_transport_takes_nothing() {
    let (mut client, mut server) = connected(Modes::empty());
    client.get_ref().set_width(Width { most: 0, ..Width::WIDE });
    let data = vec![7; 1 << 20];
    let (flag, waker) = Flag::new();
    let mut context = Context::from_waker(&waker);
    let mut accepted = 0;
    while let Poll::Ready(count) = Pin::new(&mut client).poll_write(&mut context, &data) {
        accepted += count.unwrap();
    }
    let before = client.get_ref().polls().writes;
    assert!(Pin::new(&mut client).poll_write(&mut context, &data).is_pending());
    assert!(client.get_ref().polls().writes - before <= 2, "it does not spin");
    assert!(accepted > 0 && accepted < data.len(), "{accepted} bytes are no more than the buffer holds");
    assert_eq!(flag.count(), 0);
    client.get_ref().set_width(Width::WIDE);
    within(1, client.flush()).unwrap().unwrap();
    let mut received = vec![0; accepted];
    within(1, server.read_exact(&mut received)).unwrap().unwrap();
    assert!(received == data[..accepted]);
}

#[test]
fn the_pieces_of_a_vectored_write_share_a_record() {
    let (mut client, mut server) = connected(Modes::empty());
    assert!(client.is_write_vectored());
    let pieces = [&b"one "[..], b"", b"two ", b"three"].map(IoSlice::new);
    assert_eq!(within(1, client.write_vectored(&pieces)).unwrap().unwrap(), 13);
    assert_eq!(within(1, server.fill_buf()).unwrap().unwrap(), b"one two three");
    server.consume(13);
    let large = vec![1; 20_000];
    let pieces = [&b"head"[..], &large, b"tail"].map(IoSlice::new);
    assert_eq!(within(1, client.write_vectored(&pieces)).unwrap().unwrap(), 20_008);
    let sent = client.get_ref().sent();
    let first = 5 + usize::from(u16::from_be_bytes([sent[3], sent[4]]));
    let second = 5 + usize::from(u16::from_be_bytes([sent[first + 3], sent[first + 4]]));
    assert_eq!(first + second, sent.len(), "two records");
    assert_eq!(within(1, client.write_vectored(&[])).unwrap().unwrap(), 0);
}

#[test]
fn a_shutdown_is_the_end_of_the_stream_and_leaves_the_other_direction_open() {
    let (mut client, mut server) = connected(Modes::empty());
    within(1, client.write_all(b"question")).unwrap().unwrap();
    within(1, client.shutdown()).unwrap().unwrap();
    within(1, client.shutdown()).unwrap().unwrap();
    assert_eq!(client.get_ref().polls().shutdowns, 2);
    let mut question = String::new();
    within(1, server.read_to_string(&mut question)).unwrap().unwrap();
    assert_eq!(question, "question");
    let refused = within(1, client.write(b"more")).unwrap().unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::BrokenPipe);
    within(1, server.write_all(b"answer")).unwrap().unwrap();
    within(1, server.shutdown()).unwrap().unwrap();
    let mut answer = String::new();
    within(1, client.read_to_string(&mut answer)).unwrap().unwrap();
    assert_eq!(answer, "answer");
}

#[test]
fn a_shutdown_that_was_dropped_goes_on() {
    let (mut client, mut server) = connected(Modes::empty());
    client.get_ref().set_width(Width { most: 0, ..Width::WIDE });
    assert!(within(3, client.shutdown()).is_none());
    assert_eq!(client.get_ref().polls().shutdowns, 0, "close_notify has not left");
    client.get_ref().set_width(Width::WIDE);
    within(1, client.shutdown()).unwrap().unwrap();
    assert_eq!(within(1, server.read(&mut [0])).unwrap().unwrap(), 0);
}

#[test]
fn a_transport_that_ends_without_a_word_cuts_the_stream() {
    let (mut client, mut server) = connected(Modes::empty());
    within(1, server.write_all(b"half of it")).unwrap().unwrap();
    server.get_ref().cut();
    let mut out = Vec::new();
    let error = within(1, client.read_to_end(&mut out)).unwrap().unwrap_err();
    assert_eq!((error.kind(), &out[..]), (io::ErrorKind::UnexpectedEof, &b"half of it"[..]));
}

#[test]
fn an_idle_stream_holds_no_record_buffers() {
    let (mut client, mut server) = connected(Modes::RELEASE_BUFFERS);
    assert_eq!(client.tls().connection().buffer_bytes(), 0, "while it waits");
    within(1, server.write_all(b"hello")).unwrap().unwrap();
    assert_eq!(server.tls().connection().buffer_bytes(), 0, "after a write");
    assert_eq!(within(1, client.fill_buf()).unwrap().unwrap(), b"hello");
    assert!(client.tls().connection().buffer_bytes() > 0, "data is lent from one");
    client.consume(5);
    assert_eq!(client.tls().connection().buffer_bytes(), 0, "after a read");
}

#[test]
fn either_end_is_of_one_type() {
    let (client, server) = connected(Modes::empty());
    let (mut client, mut server) = (TlsStream::from(client), TlsStream::from(server));
    let mut keys = [[0; 16]; 2];
    client.export_keying_material(b"label", None, &mut keys[0]).unwrap();
    server.export_keying_material(b"label", None, &mut keys[1]).unwrap();
    assert_eq!(keys[0], keys[1]);
    assert_eq!((client.peer_certificates().len(), server.peer_certificates().len()), (1, 0));
    assert_eq!(client.negotiated().cipher_suite, server.negotiated().cipher_suite);
    within(1, client.write_all(b"hello")).unwrap().unwrap();
    assert_eq!(within(1, server.fill_buf()).unwrap().unwrap(), b"hello");
    assert_eq!(client.into_inner().polls().shutdowns, 0);
}

#[test]
fn early_data_has_calls_of_its_own() {
    let pki = Pki::new();
    let (connector, acceptor) = (pki.connector(), pki.acceptor().with_replayable_early_data(1000));
    let connector = connector.configured(|config| config.common.max_early_data = 1000);
    for round in 0..2 {
        let [here, there] = Wire::pair(0, Width::WIDE);
        let mut client = client::TlsStream::from(connector.start("localhost", here).unwrap());
        let mut server = server::TlsStream::from(acceptor.start(there).unwrap());
        let sent = within(1, client.write_early_data(b"early")).unwrap().unwrap();
        assert_eq!(sent, 5 * round, "with the session of the first round");
        let mut out = [0; 9];
        let early = within(1, server.read_early_data(&mut out));
        if round == 1 {
            assert_eq!(early.unwrap().unwrap(), 5);
            assert_eq!(within(1, server.write_half_rtt_data(b"answer")).unwrap().unwrap(), 6);
        }
        assert!((0..9).any(|_| {
            let early = within(1, server.read_early_data(&mut out)).map(Result::unwrap);
            assert!(early.is_none_or(|more| more == 0), "no more of it");
            within(1, client.handshake()).is_some() & early.is_some()
        }));
        within(1, server.write_all(b" and more")).unwrap().unwrap();
        let mut answer = vec![0; 9 + 6 * round];
        within(2, client.read_exact(&mut answer)).unwrap().unwrap();
        assert!(b"answer and more".ends_with(&answer));
    }
}
