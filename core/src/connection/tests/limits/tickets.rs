//! How long tickets may be, and how many there are.

use core::time::Duration;
use std::vec::Vec;

use crate::buffers::full_incoming;
use crate::config::{ClientConfig, Resumption, ServerConfig};
use crate::connection::tests::hellos::vector;
use crate::connection::tests::played_client::hear_flight;
use crate::connection::tests::played_server::{Stage, configured_client_at};
use crate::connection::tests::puppet::{Puppet, message};
use crate::connection::tests::subject::{Shown, Subject, drain, feed, run, server};
use crate::connection::{Event, KeepSession, TicketTooLong, Want};
use crate::limits::{TICKET, TICKETS};
use crate::session::MAX_CLIENT_SESSION;
use crate::wire::enums::{ContentType, ExtensionType, HandshakeType};
use crate::{Server, UnixTime};

/// The session of a ticket of so many bytes, as a client keeps it.
fn kept(length: usize) -> Option<usize> {
    let mut config = ClientConfig::new();
    config.common.resumption = Resumption::ByTicket;
    config.common.max_handshake_message = TICKET + 100;
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = configured_client_at(Stage::Connected, config, buffer);
    let ticket = vector(&std::vec![5; length]);
    let body = [&[0, 0, 1, 0, 1, 2, 3, 4, 1, 9][..], &ticket, &[0, 0]].concat();
    let message = message(HandshakeType::NEW_SESSION_TICKET, &body);
    feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, &message));
    let Ok(Event::Ticket(mut ticket)) = subject.next_event() else { panic!("a ticket") };
    let now = UnixTime::since_unix_epoch(Duration::from_secs(1000));
    let kept = ticket.encode(now, &mut [0; MAX_CLIENT_SESSION]);
    assert_eq!(run(&mut subject), Ok(Want::Incoming), "whatever becomes of it");
    kept
}

#[test]
fn a_client_keeps_no_longer_ticket_than_there_is_room_for() {
    assert!(kept(TICKET).is_some());
    assert_eq!(kept(TICKET + 1), None);
}

/// A server that has heard a client's Finished, and what follows is its tickets.
fn giving() -> (Subject<Server>, Puppet) {
    let mut config = ServerConfig::new(Shown);
    config.common.resumption = Resumption::ByTicket;
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (server(config, buffer), Puppet::new(4));
    let modes = (ExtensionType::PSK_KEY_EXCHANGE_MODES, std::vec![1, 1]);
    hear_flight(&mut subject, &mut puppet, &|hello| hello.extensions.push(modes.clone()), &[]);
    let finished = puppet.client_finished();
    feed(&mut subject, &finished);
    (subject, puppet)
}

/// Answers every ask for a ticket; what left.
fn given(answer: impl Fn(KeepSession<'_>)) -> Vec<Vec<u8>> {
    let (mut subject, mut puppet) = giving();
    let mut given = Vec::new();
    loop {
        let event = subject.next_event().unwrap();
        let is_over = matches!(event, Event::Want(Want::Incoming));
        if let Event::KeepSession(ask) = event {
            answer(ask);
        }
        given.extend(drain(&mut subject));
        if is_over {
            break;
        }
    }
    puppet.hear_messages(&given)
}

#[test]
fn a_server_gives_no_longer_ticket_than_clients_like_ours_keep() {
    let long = given(|ask| assert_eq!(ask.give_ticket(&[5; TICKET], 60), Ok(())));
    assert_eq!(long.len(), usize::from(TICKETS));
    assert!(long.iter().all(|message| message.len() > TICKET));
    let none = given(|ask| assert_eq!(ask.give_ticket(&[5; TICKET + 1], 60), Err(TicketTooLong)));
    assert_eq!(none, [[0; 0]; 0]);
}
