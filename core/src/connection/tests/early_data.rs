//! Early data of a client whose offer is not taken is passed over, up to a limit (RFC 8446, section 4.2.10).

use std::vec::Vec;

use super::hellos::ClientHelloParts;
use super::played_client::{fresh_server, hear_flight, retry};
use super::puppet::{Puppet, clear};
use super::subject::{feed, refuses, run};
use crate::connection::Want;
use crate::error::{LimitExceeded, PeerMisbehaved};
use crate::limits;
use crate::wire::enums::{ContentType, ExtensionType};

/// A record of so many bytes, its header included, that no key of ours opens.
fn early(total: usize) -> Vec<u8> {
    let length = total - 5;
    let header = [23, 3, 3, (length >> 8) as u8, length as u8];
    header.into_iter().chain(std::iter::repeat_n(0xab, length)).collect()
}

fn offer_early_data(hello: &mut ClientHelloParts) {
    hello.extensions.push((ExtensionType::EARLY_DATA, Vec::new()));
}

#[test]
fn early_data_is_passed_over() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    hear_flight(&mut subject, &mut puppet, &offer_early_data, &early(limits::REJECTED_EARLY_DATA / 2));
    feed(&mut subject, &early(limits::REJECTED_EARLY_DATA / 2));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let finished = puppet.client_finished();
    feed(&mut subject, &finished);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert!(!subject.is_handshaking());
}

#[test]
fn one_byte_too_much_early_data_is_refused() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    hear_flight(&mut subject, &mut puppet, &offer_early_data, &early(limits::REJECTED_EARLY_DATA));
    refuses(&mut subject, &mut puppet, &early(5), LimitExceeded::EarlyData);
}

#[test]
fn without_an_offer_nothing_is_passed_over() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    hear_flight(&mut subject, &mut puppet, &|_| (), &[]);
    refuses(&mut subject, &mut puppet, &early(100), PeerMisbehaved::BadRecordMac);
}

#[test]
fn after_a_readable_record_nothing_is_passed_over() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    hear_flight(&mut subject, &mut puppet, &offer_early_data, &early(100));
    let finished = puppet.client_finished();
    feed(&mut subject, &finished[..]);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    puppet.write_with(|schedule| &schedule.client_application);
    let data = puppet.record(ContentType::APPLICATION_DATA, b"data");
    feed(&mut subject, &data);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    refuses(&mut subject, &mut puppet, &early(100), PeerMisbehaved::BadRecordMac);
}

/// Whoever has finished sends no early data any more, under whichever keys.
#[test]
fn behind_the_finished_nothing_is_passed_over() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    hear_flight(&mut subject, &mut puppet, &offer_early_data, &early(100));
    let finished = puppet.client_finished();
    feed(&mut subject, &finished);
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    refuses(&mut subject, &mut puppet, &early(100), PeerMisbehaved::BadRecordMac);
}

#[cfg(feature = "early-data")]
#[test]
fn nothing_is_passed_over_where_early_data_is_taken() {
    let mut subject = super::limits::ages::resuming(0, 0);
    drop(super::subject::drain(&mut subject));
    feed(&mut subject, &early(100));
    assert_eq!(run(&mut subject), Err(PeerMisbehaved::BadRecordMac.into()));
    assert_eq!(super::subject::drain(&mut subject).len(), 5 + 3 + 16, "a sealed alert");
}

#[test]
fn after_a_retry_it_is_passed_over_in_clear_and_the_second_hello_ends_it() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    let hello = retry(&mut subject, &mut puppet, &offer_early_data);
    feed(&mut subject, &early(200));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    feed(&mut subject, &puppet.say(&hello.encode()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    assert_eq!(subject.engine.channel.early_data, None);
}

/// RFC 8446, section 5.1.
#[test]
fn nothing_is_passed_over_between_the_fragments_of_a_message() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    let hello = retry(&mut subject, &mut puppet, &offer_early_data);
    feed(&mut subject, &clear(ContentType::HANDSHAKE, &hello.encode()[..1]));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    refuses(&mut subject, &mut puppet, &early(100), PeerMisbehaved::UnexpectedMessage);
}
