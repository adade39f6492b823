//! Transports with manners of their own: one that collects, one that breaks in one direction, one that is given up.

use std::io::{self, ErrorKind, Read, Write};

use tidegate::config::Protocols;
use tidegate::modes::Modes;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate_std::openssl::{BioPair, ErrorCode, Reason, Ssl, SslContext, SslWant};

use crate::duo::{Duo, context};

/// Keeps what it is given until it is flushed; takes nothing any more once it is broken.
struct Manners {
    pair: BioPair,
    collected: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Works,
    /// The next flush is interrupted, the one after that not ready.
    Disturbed(u8),
    Broken,
}

impl Manners {
    fn over(pair: BioPair) -> Self {
        Self { pair, collected: Vec::new(), state: State::Works }
    }
}

impl Read for Manners {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.pair.read(out)
    }
}

impl Write for Manners {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.state == State::Broken {
            return Err(ErrorKind::BrokenPipe.into());
        }
        self.collected.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.state {
            State::Disturbed(1) => {
                self.state = State::Disturbed(0);
                return Err(ErrorKind::Interrupted.into());
            }
            State::Disturbed(_) => {
                self.state = State::Works;
                return Err(ErrorKind::WouldBlock.into());
            }
            State::Works | State::Broken => {}
        }
        self.pair.write_all(&std::mem::take(&mut self.collected))
    }
}

fn ends(context: &SslContext) -> (Ssl<Manners>, Ssl<BioPair>) {
    let (here, there) = BioPair::new(40_000, 40_000);
    let (mut client, mut server) = (Ssl::new(context, Manners::over(here)), Ssl::new(context, there));
    client.set_host_name("localhost");
    client.set_connect_state();
    server.set_accept_state();
    (client, server)
}

fn connected(context: &SslContext) -> (Ssl<Manners>, Ssl<BioPair>) {
    let (mut client, mut server) = ends(context);
    assert!((0..9).any(|_| (client.do_handshake(), server.do_handshake()) == (1, 1)));
    (client, server)
}

#[test]
fn what_a_transport_collects_is_flushed_before_something_is_waited_for() {
    let (mut client, mut server) = ends(&context());
    client.get_mut().state = State::Disturbed(1);
    assert_eq!((client.connect(), client.get_error(-1)), (-1, ErrorCode::WantRead));
    assert!(server.get_ref().pending() > 100, "the ClientHello is on its way");
    assert!((0..9).any(|_| (client.do_handshake(), server.do_handshake()) == (1, 1)));
}

#[test]
fn what_the_peer_said_is_read_though_nothing_can_be_sent() {
    let (mut client, mut server) = connected(&context());
    assert_eq!((server.write(b"413 too large"), server.shutdown()), (13, 0));
    client.get_mut().state = State::Broken;
    for _ in 0..2 {
        assert_eq!((client.write(b"more"), client.get_error(-1)), (-1, ErrorCode::Syscall));
        assert_eq!(client.reason(), Some(Reason::Transport(ErrorKind::BrokenPipe)));
    }
    let mut out = [0; 99];
    assert_eq!((client.read(&mut out), &out[..13]), (13, &b"413 too large"[..]));
    assert_eq!((client.read(&mut out), client.get_error(0)), (0, ErrorCode::ZeroReturn));
}

#[test]
fn the_alert_of_a_server_is_read_though_nothing_can_be_sent() {
    let (mut client, mut server) = ends(&context());
    // handshake_failure, in clear: a server that is busy says so and closes.
    server.get_mut().write_all(&[21, 3, 3, 0, 2, 2, 40]).unwrap();
    client.get_mut().state = State::Broken;
    assert_eq!((client.connect(), client.get_error(-1)), (-1, ErrorCode::Ssl));
    let (mut silent, _server) = ends(&context());
    silent.get_mut().state = State::Broken;
    assert_eq!((silent.connect(), silent.get_error(-1)), (-1, ErrorCode::Syscall));
    assert_eq!(silent.want(), SslWant::Writing);
    assert!(matches!(client.reason(), Some(Reason::Failed(tidegate::Error::AlertReceived(_)))));
}

#[test]
fn a_write_that_is_given_up_lets_close_notify_leave() {
    let mut duo = Duo::connected(Modes::AUTO_RETRY, 17_000);
    let data = vec![5; 40_000];
    assert_eq!(duo.client.write(&data), -1);
    assert_eq!((duo.client.shutdown(), duo.client.get_error(-1)), (-1, ErrorCode::WantWrite));
    let sealed = duo.client.abandon_write();
    drop(data);
    let mut received = duo.server_reads();
    assert_eq!(duo.client.shutdown(), 0);
    received.extend(duo.server_reads());
    assert_eq!((received.len(), duo.server.get_shutdown()), (sealed, 2));
}

#[test]
fn a_change_of_the_context_reaches_the_next_connection_and_loses_nothing() {
    let context = context();
    let protocols = Protocols::new([&b"h2"[..]]).unwrap();
    context.configure_client(|config| config.common.protocols = protocols);
    context.configure_server(|config| config.common.protocols = protocols);
    let early = Duo::new(&context, 0);
    context.configure_client(|config| config.common.protocols = Protocols::none());
    for (mut duo, protocol) in [(early, Some(&b"h2"[..])), (Duo::new(&context, 0), None)] {
        duo.handshake();
        assert_eq!((duo.client.alpn_selected(), duo.server.alpn_selected()), (protocol, protocol));
        assert_eq!(duo.server.servername(), Some("localhost"));
        let (mut here, mut there) = ([0; 20], [1; 20]);
        assert_eq!(duo.client.export_keying_material(&mut here, b"EXPERIMENTAL test", None), 1);
        assert_eq!(duo.server.export_keying_material(&mut there, b"EXPERIMENTAL test", None), 1);
        assert_eq!(here, there);
    }
}

#[test]
fn a_start_that_was_refused_has_not_begun() {
    let context = SslContext::new();
    let (here, _there) = BioPair::new(0, 0);
    let mut ssl = Ssl::new(&context, here);
    assert_eq!((ssl.accept(), ssl.reason()), (-1, Some(Reason::NotConfigured)));
    assert_eq!(ssl.set_host_name("localhost"), 1, "nothing has begun");
    ssl.set_connect_state();
    assert_eq!((ssl.do_handshake(), ssl.reason()), (-1, Some(Reason::NotConfigured)));
}

#[test]
fn with_read_ahead_the_connection_says_that_it_has_more() {
    let mut duo = Duo::connected(Modes::AUTO_RETRY, 0);
    duo.server.set_read_ahead(true);
    assert_eq!((duo.client.write(b"one"), duo.client.write(b"two")), (3, 3));
    assert!(!duo.server.has_pending());
    let mut out = [0; 9];
    assert_eq!((duo.server.read(&mut out), duo.server.pending()), (3, 0));
    assert!(duo.server.has_pending() && duo.server.get_ref().pending() == 0);
    assert_eq!((duo.server.read(&mut out), duo.server.has_pending()), (3, false));
    assert_eq!(duo.server.key_update(KeyUpdateRequest(7)), 0);
    assert_eq!(duo.server.reason(), Some(Reason::BadKeyUpdate));
}
