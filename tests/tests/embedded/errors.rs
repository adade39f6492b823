//! What goes wrong, what is said of it, and what goes on afterwards.

use std::thread;

use embedded_io_async::{BufRead, Read, Write};
use tidegate::config::{Resumption, Versions};
use tidegate::embedded::{Answer, AsyncStream, ClientAnswers, Duplex, ServerAnswers, StreamError, answering};
use tidegate::error::{CertificateError, Error, PeerMisbehaved, Refused};
use tidegate::{Event, Want};
use tidegate_tests::pair::{OwnedClient, OwnedServer};

use crate::ends::{
    AsyncClient, AsyncServer, BlockingClient, BlockingServer, Pinned, Shape, VERSIONS, duplexes, pki,
};
use crate::pipe::{Broken, Pipe, Rx, Tx};
use crate::random::Random;
use crate::tasks::{Tasks, block_on};

const TRUNCATED: StreamError<Broken> = StreamError::Tls(Error::PeerMisbehaved(PeerMisbehaved::Truncated));
const CLOSED: StreamError<Broken> = StreamError::Tls(Error::Refused(Refused::Closed));
/// A record of data that nobody sealed.
const GARBAGE: &[u8] = &[
    23, 3, 3, 0, 40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
    25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
];

fn in_version(versions: Versions) -> Shape {
    Shape { versions, ..Shape::PLAIN }
}

fn both(client: impl Future<Output = ()>, server: impl Future<Output = ()>) {
    Tasks::new(Random::new(1)).with(client).with(server).run();
}

fn connected(versions: Versions, pipes: &[Pipe; 2]) -> (AsyncClient, AsyncServer) {
    let (mut client, mut server) = in_version(versions).asynchronous(pipes);
    both(async { client.handshake().await.unwrap() }, async { server.handshake().await.unwrap() });
    (client, server)
}

fn connected_blocking(versions: Versions, pipes: &[Pipe; 2]) -> (BlockingClient, BlockingServer) {
    let (mut client, mut server) = in_version(versions).blocking(pipes);
    thread::scope(|scope| {
        scope.spawn(|| client.handshake().unwrap());
        scope.spawn(|| server.handshake().unwrap());
    });
    (client, server)
}

/// Every call says this.
macro_rules! stays {
    ($error:expr, $stream:expr $(, $wait:tt)*) => {
        for _ in 0..2 {
            assert_eq!($stream.read(&mut [0; 9])$(.$wait)*, Err($error));
            assert_eq!($stream.fill_buf()$(.$wait)*, Err($error));
            assert_eq!($stream.write(b"data")$(.$wait)*, Err($error));
            assert_eq!($stream.flush()$(.$wait)*, Err($error));
            assert_eq!($stream.close()$(.$wait)*, Err($error));
            assert_eq!($stream.handshake()$(.$wait)*, Err($error));
        }
    };
}

mod in_calls {
    use embedded_io::{BufRead, Read, Write};

    use super::{BlockingClient, BlockingServer, Broken, StreamError};

    pub(super) fn stays(error: StreamError<Broken>, stream: &mut BlockingServer) {
        stays!(error, stream);
    }

    pub(super) fn read(stream: &mut BlockingServer) -> Result<Vec<u8>, StreamError<Broken>> {
        let mut out = [0; 99];
        stream.read(&mut out).map(|count| out[..count].to_vec())
    }

    pub(super) fn write(stream: &mut BlockingClient, data: &[u8]) -> Result<usize, StreamError<Broken>> {
        stream.write(data)
    }

    pub(super) fn flush(stream: &mut BlockingClient) -> Result<(), StreamError<Broken>> {
        stream.flush()
    }
}

#[test]
fn a_transport_that_ends_early_is_an_error_that_stays() {
    for versions in VERSIONS {
        let pipes = Shape::PLAIN.pipes();
        let (_client, mut server) = connected(versions, &pipes);
        pipes[0].cut();
        block_on(async { stays!(TRUNCATED, server, await) });

        let pipes = Shape::PLAIN.pipes();
        let (_client, mut server) = connected_blocking(versions, &pipes);
        pipes[0].cut();
        in_calls::stays(TRUNCATED, &mut server);
    }
}

#[test]
fn garbage_is_an_error_that_the_peer_is_told_first() {
    for versions in VERSIONS {
        let bad = StreamError::Tls(Error::PeerMisbehaved(PeerMisbehaved::BadRecordMac));
        let pipes = Shape::PLAIN.pipes();
        let (mut client, mut server) = connected(versions, &pipes);
        pipes[0].put(GARBAGE);
        block_on(async {
            assert_eq!(server.read(&mut [0; 9]).await, Err(bad));
            let told = client.read(&mut [0; 9]).await;
            assert!(matches!(told, Err(StreamError::Tls(Error::AlertReceived(_)))), "{told:?}");
            stays!(bad, server, await);
        });

        let pipes = Shape::PLAIN.pipes();
        let (_client, mut server) = connected_blocking(versions, &pipes);
        pipes[0].put(GARBAGE);
        assert_eq!(in_calls::read(&mut server), Err(bad));
        assert!(!pipes[1].take().is_empty(), "an alert");
        in_calls::stays(bad, &mut server);
    }
}

#[test]
fn halves_say_the_same() {
    for versions in VERSIONS {
        let bad = StreamError::Tls(Error::PeerMisbehaved(PeerMisbehaved::BadRecordMac));
        let pipes = Shape::PLAIN.pipes();
        let (_client, server) = connected(versions, &pipes);
        pipes[0].put(GARBAGE);
        let mut split = server.into_split();
        let (mut reader, mut writer) = split.halves();
        block_on(async {
            assert_eq!(reader.read(&mut [0; 9]).await, Err(bad));
            assert!(!pipes[1].take().is_empty(), "an alert");
            for _ in 0..2 {
                assert_eq!(reader.read(&mut [0; 9]).await, Err(bad));
                assert_eq!(writer.write(b"data").await, Err(bad));
                assert_eq!(writer.flush().await, Err(bad));
                assert_eq!(writer.close().await, Err(bad));
            }
        });
        let mut server = split.join();
        block_on(async { stays!(bad, server, await) });
    }
}

#[test]
fn a_half_that_waits_for_the_other_hears_of_its_error() {
    let pipes = Shape::PLAIN.pipes();
    let mut split = Shape::PLAIN.asynchronous(&pipes).0.into_split();
    let (mut reader, mut writer) = split.halves();
    pipes[1].cut();
    both(async { assert_eq!(reader.read(&mut [0; 9]).await, Err(TRUNCATED)) }, async {
        assert_eq!(writer.write(b"data").await, Err(TRUNCATED));
    });

    let pipes = Shape::PLAIN.pipes();
    let mut split = Shape::PLAIN.asynchronous(&pipes).0.into_split();
    let (mut reader, mut writer) = split.halves();
    both(async { assert_eq!(reader.read(&mut [0; 9]).await, Err(CLOSED)) }, async {
        for _ in 0..10 {
            crate::tasks::yield_now().await;
        }
        assert_eq!(writer.close().await, Ok(()));
    });
}

/// Nobody listens to the peer, so that the writer would wait for ever.
#[test]
fn a_writer_hears_that_its_readers_transport_has_failed() {
    let pipes = Shape::PLAIN.pipes();
    let mut split = Shape::PLAIN.asynchronous(&pipes).0.into_split();
    let (mut reader, mut writer) = split.halves();
    pipes[1].fail_next_read();
    both(async { assert_eq!(reader.read(&mut [0; 9]).await, Err(StreamError::Transport(Broken))) }, async {
        assert_eq!(writer.write(b"data").await, Err(StreamError::Waits(Want::Incoming)));
    });
}

#[test]
fn a_transport_that_fails_once_is_asked_again() {
    for versions in VERSIONS {
        let pipes = Shape::PLAIN.pipes();
        let (mut client, mut server) = in_version(versions).asynchronous(&pipes);
        pipes[0].fail_next_write();
        pipes[1].fail_next_read();
        both(
            async {
                for _ in 0..2 {
                    assert_eq!(client.handshake().await, Err(StreamError::Transport(Broken)));
                }
                client.handshake().await.unwrap();
                pipes[0].fail_next_write();
                assert_eq!(client.write(b"data").await, Ok(4));
                assert_eq!(client.flush().await, Err(StreamError::Transport(Broken)));
                assert_eq!(client.write(b"more").await, Ok(4));
                client.flush().await.unwrap();
                client.close().await.unwrap();
            },
            async {
                let (mut all, mut out) = (Vec::new(), [0; 9]);
                while let count @ 1.. = server.read(&mut out).await.unwrap() {
                    all.extend_from_slice(&out[..count]);
                }
                assert_eq!(all, b"datamore");
            },
        );

        let pipes = Shape::PLAIN.pipes();
        let (mut client, mut server) = connected_blocking(versions, &pipes);
        pipes[0].fail_next_write();
        assert_eq!(in_calls::write(&mut client, b"data"), Ok(4));
        assert_eq!(in_calls::flush(&mut client), Err(StreamError::Transport(Broken)));
        assert_eq!(in_calls::flush(&mut client), Ok(()));
        pipes[0].fail_next_read();
        assert_eq!(in_calls::read(&mut server), Err(StreamError::Transport(Broken)));
        assert_eq!(in_calls::read(&mut server), Ok(b"data".to_vec()));
    }
}

#[test]
fn nothing_is_written_behind_a_close() {
    for versions in VERSIONS {
        let pipes = Shape::PLAIN.pipes();
        let (mut client, mut server) = connected_blocking(versions, &pipes);
        client.close().unwrap();
        assert_eq!(in_calls::write(&mut client, b"data"), Err(StreamError::Closed));
        assert_eq!(in_calls::read(&mut server), Ok(Vec::new()));
        client.close().unwrap();

        let (client, mut server) = connected(versions, &Shape::PLAIN.pipes());
        let mut split = client.into_split();
        let (mut reader, mut writer) = split.halves();
        block_on(async {
            assert_eq!(writer.close().await, Ok(()));
            assert_eq!(writer.write(b"data").await, Err(StreamError::Closed));
            assert_eq!(server.read(&mut [0; 9]).await, Ok(0));
            assert_eq!(server.write(b"still open").await, Ok(10));
            server.close().await.unwrap();
            let mut out = [0; 99];
            assert_eq!(reader.read(&mut out).await, Ok(10));
            assert_eq!(reader.read(&mut out).await, Ok(0));
        });
    }
}

#[test]
fn who_closes_in_a_handshake_has_ended_it() {
    let (mut client, _server) = Shape::PLAIN.blocking(&Shape::PLAIN.pipes());
    assert_eq!(client.close(), Ok(()));
    assert_eq!(client.close(), Ok(()));
    assert_eq!(in_calls::write(&mut client, b"data"), Err(CLOSED));
    assert_eq!(client.handshake(), Err(CLOSED));
}

type Answered<K, A> = AsyncStream<K, A, Duplex<Rx, Tx>>;

fn answered<A: Answer, B: Answer>(
    (client, server): (OwnedClient, OwnedServer),
    (by_client, by_server): (A, B),
    pipes: &[Pipe; 2],
) -> (Answered<OwnedClient, A>, Answered<OwnedServer, B>) {
    let [to_client, to_server] = duplexes(pipes);
    (AsyncStream::new(client, by_client, to_server), AsyncStream::new(server, by_server, to_client))
}

/// Defers every ask once.
#[expect(clippy::wildcard_enum_match_arm, reason = "other events are no asks")]
fn twice(mut answers: impl Answer) -> impl Answer {
    let mut was_deferred = false;
    answering(move |event| {
        let is_ask = matches!(event, Event::VerifyPeer(_) | Event::ChooseIdentity(_) | Event::Sign(_));
        let is_deferred = is_ask && !was_deferred;
        was_deferred = if is_ask { is_deferred } else { was_deferred };
        match event {
            Event::VerifyPeer(ask) if is_deferred => ask.defer(),
            Event::ChooseIdentity(ask) if is_deferred => ask.defer(),
            Event::Sign(ask) if is_deferred => ask.defer(),
            event => return answers.answer(event),
        }
        None
    })
}

fn nobody(event: Event<'_>) -> Option<Event<'_>> {
    Some(event)
}

#[test]
fn an_ask_that_is_deferred_is_waited_for() {
    for versions in VERSIONS {
        let answers = (twice(ClientAnswers(Pinned)), twice(ServerAnswers(pki().signer())));
        let connections = in_version(versions).connections();
        let (mut client, mut server) = answered(connections, answers, &Shape::PLAIN.pipes());
        both(
            async {
                assert_eq!(client.handshake().await, Err(StreamError::Waits(Want::Answer)));
                assert_eq!(client.write(b"data").await, Err(StreamError::Waits(Want::Answer)));
                client.connection_mut().resume_ask();
                assert_eq!(client.write(b"data").await, Ok(4));
                client.flush().await.unwrap();
            },
            async {
                for _ in 0..2 {
                    assert_eq!(server.read(&mut [0; 9]).await, Err(StreamError::Waits(Want::Answer)));
                    server.connection_mut().resume_ask();
                }
                assert_eq!(server.read(&mut [0; 9]).await, Ok(4));
            },
        );
    }
}

#[test]
fn an_ask_that_nobody_answers_is_declined() {
    let refused = |error: Refused| Err(StreamError::Tls(Error::Refused(error)));
    for versions in VERSIONS {
        let answers = (nobody, ServerAnswers(pki().signer()));
        let (mut client, mut server) =
            answered(in_version(versions).connections(), answers, &Shape::PLAIN.pipes());
        both(
            async {
                let expected = refused(Refused::Certificate(CertificateError::Other));
                assert_eq!(client.handshake().await, expected);
            },
            async { assert!(server.read(&mut [0; 9]).await.is_err()) },
        );
        let answers = (ClientAnswers(Pinned), nobody);
        let (mut client, mut server) =
            answered(in_version(versions).connections(), answers, &Shape::PLAIN.pipes());
        both(async { assert!(client.handshake().await.is_err()) }, async {
            assert_eq!(server.handshake().await, refused(Refused::Identity));
        });
    }
}

#[test]
fn sessions_that_nobody_keeps_are_not_kept() {
    let connections =
        in_version(Versions::Tls12).connections_with(|common| common.resumption = Resumption::ByTicket);
    let answers = (ClientAnswers(Pinned), ServerAnswers(pki().signer()));
    let (mut client, mut server) = answered(connections, answers, &Shape::PLAIN.pipes());
    both(async { client.handshake().await.unwrap() }, async { server.handshake().await.unwrap() });
}

#[test]
fn a_buffer_that_was_handed_back_is_waited_for() {
    for versions in VERSIONS {
        let (mut client, mut server) = connected(versions, &Shape::PLAIN.pipes());
        block_on(async {
            let incoming = server.connection_mut().detach_incoming().unwrap();
            let outgoing = server.connection_mut().detach_outgoing().unwrap();
            client.write(b"data").await.unwrap();
            client.flush().await.unwrap();
            for _ in 0..2 {
                let waits = Err(StreamError::Waits(Want::IncomingBuffer));
                assert_eq!(server.read(&mut [0; 9]).await, waits);
                assert_eq!(server.fill_buf().await.map(<[u8]>::len), waits);
                assert_eq!(server.write(b"back").await, Err(StreamError::Waits(Want::OutgoingBuffer)));
            }
            server.connection_mut().attach_incoming(incoming).unwrap();
            assert_eq!(server.read(&mut [0; 9]).await, Ok(4));
            server.connection_mut().attach_outgoing(outgoing).unwrap();
            assert_eq!(server.write(b"back").await, Ok(4));
            server.flush().await.unwrap();
            assert_eq!(client.read(&mut [0; 9]).await, Ok(4));
        });
    }
}

#[test]
fn a_write_that_meets_data_in_a_renegotiation_goes_on_when_it_is_read() {
    let (mut client, mut server) = connected(Versions::Tls12, &Shape::PLAIN.pipes());
    both(
        async {
            client.connection_mut().renegotiate().unwrap();
            for _ in 0..2 {
                assert_eq!(client.write(b"data").await, Err(StreamError::Waits(Want::Event)));
                assert_eq!(client.handshake().await, Err(StreamError::Waits(Want::Event)));
            }
            assert_eq!(client.read(&mut [0; 99]).await, Ok(6));
            assert_eq!(client.write(b"data").await, Ok(4));
            client.flush().await.unwrap();
        },
        async {
            server.write(b"unread").await.unwrap();
            server.flush().await.unwrap();
            assert_eq!(server.read(&mut [0; 99]).await, Ok(4));
        },
    );
}
