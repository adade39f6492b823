//! How far the age of a ticket may be from what it should be.

use core::time::Duration;
use std::vec::Vec;

use crate::buffers::full_incoming;
use crate::config::{Resumption, ServerConfig};
use crate::connection::Event;
use crate::connection::tests::hellos::vector;
use crate::connection::tests::psk::{hello_with, with_binder};
use crate::connection::tests::puppet::{Puppet, clear};
use crate::connection::tests::subject::{Shown, Subject, feed, run, server};
use crate::engine::{EarlyData, EarlyDataRefusal, Origin};
use crate::limits::TICKET_AGE;
use crate::schedule::PskKind;
use crate::session::{KeptPsk, MAX_SERVER_SESSION, Proof};
use crate::wire::enums::{ContentType, ExtensionType};
use crate::{Server, UnixTime};

const KEY: [u8; 32] = [0x42; 32];
const ISSUED: u64 = 1000;

/// What a server keeps of a session that takes early data.
fn session(puppet: &mut Puppet) -> Vec<u8> {
    let (mut origin, mut session) = (Origin::default(), [0; MAX_SERVER_SESSION]);
    origin.bind(&mut puppet.provider, "", &[]).unwrap();
    let kept = KeptPsk {
        cipher_suite: puppet.suite,
        key: &KEY,
        binding: &origin.binding,
        proof: Proof::Certificate,
        peer_certificate: &[],
        protocol: &[],
        ticket: &[],
        age_add: u32::MAX,
        lifetime: 600,
        issued: ISSUED,
        authenticated: ISSUED,
        max_early_data: 100,
    };
    let length = kept.encode(&mut session).unwrap();
    session[..length].to_vec()
}

/// A server whose session goes on, of a client with early data; its ticket is so many milliseconds old, as the client says, and so
/// many seconds, as the server does.
pub(in crate::connection::tests) fn resuming(told: u32, own: u64) -> Subject<Server> {
    let mut config = ServerConfig::new(Shown);
    (config.common.resumption, config.common.max_early_data) = (Resumption::ByTicket, 100);
    let buffer = full_incoming(config.common.max_handshake_message);
    let (mut subject, mut puppet) = (server(config, buffer), Puppet::new(4));
    let identity = [&vector(b"ticket")[..], &told.wrapping_add(u32::MAX).to_be_bytes()].concat();
    let binders = [&[32][..], &[0; 32]].concat();
    let mut hello = hello_with(&mut puppet, &[1, 1], &[vector(&identity), vector(&binders)].concat());
    let last = hello.extensions.len() - 1;
    hello.extensions.insert(last, (ExtensionType::EARLY_DATA, Vec::new()));
    let hello = with_binder(&mut puppet, &hello, PskKind::Resumption);
    feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello));
    let (kept, now) = (session(&mut puppet), UnixTime::since_unix_epoch(Duration::from_secs(ISSUED + own)));
    let Ok(Event::FindPsk(ask)) = subject.next_event() else { panic!("an ask") };
    ask.resume_with_replayable_early_data(0, &kept, now).unwrap();
    run(&mut subject).unwrap();
    subject
}

#[test]
fn the_age_of_a_ticket_differs_by_no_more_than_a_minute() {
    let refused = EarlyData::Refused(EarlyDataRefusal::TicketAge);
    let (edge, own) = (TICKET_AGE * 1000, u64::from(TICKET_AGE));
    for (told, own, expected) in [
        (edge + 999, 0, EarlyData::Accepted),
        (edge + 1000, 0, refused),
        (0, own, EarlyData::Accepted),
        (0, own + 1, refused),
    ] {
        assert_eq!(resuming(told, own).negotiated().early_data, expected, "{told} ms, {own} s");
    }
}
