//! Alerts have levels (RFC 5246, section 7.2).

use super::super::puppet::alert;
use super::super::subject::{Hears, Subject, drain, feed, refuses, run};
use super::played_client::{self, server_at};
use super::played_server::{self, STAGES, Stage, advance, certificate, client_at};
use super::puppet::Puppet;
use super::{ROUNDS, Round};
use crate::connection::{Event, Want};
use crate::engine::Role;
use crate::error::{Error, LimitExceeded, PeerMisbehaved};
use crate::limits;
use crate::wire::enums::{AlertDescription, ContentType};

const ALERT: ContentType = ContentType::ALERT;
const WARNING: u8 = 1;
const FATAL: u8 = 2;

/// Feeds warnings up to the limit, and one more.
#[track_caller]
fn floods<R: Role>((mut subject, mut puppet): (Subject<R>, Puppet)) {
    let warnings =
        [AlertDescription::USER_CANCELED, AlertDescription::UNRECOGNIZED_NAME, AlertDescription(200)];
    for warning in warnings.into_iter().cycle().take(usize::from(limits::WARNING_ALERTS)) {
        feed(&mut subject, &puppet.record(ALERT, &[WARNING, warning.0]));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        assert!(drain(&mut subject).is_empty());
    }
    let record = puppet.record(ALERT, &[WARNING, AlertDescription::UNRECOGNIZED_NAME.0]);
    refuses(&mut subject, &mut puppet, &record, LimitExceeded::WarningAlerts);
}

#[test]
fn the_fifth_warning_is_one_too_many() {
    assert_eq!(limits::WARNING_ALERTS, 4);
    for (stage, round) in STAGES.into_iter().flat_map(|stage| ROUNDS.map(|round| (stage, round))) {
        floods(client_at(stage, round));
    }
    for round in ROUNDS {
        played_client::STAGES.into_iter().for_each(|stage| floods(server_at(stage, round)));
    }
}

#[test]
fn data_makes_up_for_warnings() {
    for stage in [Stage::Connected, Stage::Certificate] {
        let (mut subject, mut puppet) = client_at(stage, Round::Again);
        for _ in 0..3 {
            for _ in 0..limits::WARNING_ALERTS {
                feed(&mut subject, &puppet.record(ALERT, &[WARNING, 90]));
            }
            feed(&mut subject, &puppet.record(ContentType::APPLICATION_DATA, b"x"));
            assert_eq!(subject.read_app_data(&mut [0]), Ok(1));
        }
    }
}

#[test]
fn an_alert_that_is_no_warning_ends_the_connection_without_an_answer() {
    // What is neither a warning nor fatal is worse than both.
    for level in [FATAL, 0, 3, 255] {
        for description in [
            AlertDescription::HANDSHAKE_FAILURE,
            AlertDescription::NO_RENEGOTIATION,
            AlertDescription::USER_CANCELED,
            AlertDescription(200),
        ] {
            for (stage, round) in STAGES.into_iter().skip(1).flat_map(|stage| ROUNDS.map(|r| (stage, r))) {
                let (mut subject, mut puppet) = client_at(stage, round);
                let record = puppet.record(ALERT, &[level, description.0]);
                refuses(&mut subject, &mut puppet, &record, Error::AlertReceived(description));
            }
            for stage in played_client::STAGES.into_iter().skip(1) {
                let (mut subject, mut puppet) = server_at(stage, Round::First);
                let record = puppet.record(ALERT, &[level, description.0]);
                refuses(&mut subject, &mut puppet, &record, Error::AlertReceived(description));
            }
        }
    }
}

#[test]
fn a_close_notify_is_one_whatever_its_level() {
    for level in [WARNING, FATAL, 7] {
        let (mut subject, mut puppet) = client_at(Stage::Connected, Round::First);
        feed(&mut subject, &puppet.record(ALERT, &[level, 0]));
        assert!(matches!(subject.next_event(), Ok(Event::PeerClosed)));
    }
}

#[test]
fn an_alert_is_two_bytes_alone_in_its_record() {
    for content in [&[2][..], &[2, 40, 2], &[2, 40, 2, 40], &[1, 90, 1, 90]] {
        for round in ROUNDS {
            for stage in [Stage::Certificate, Stage::Connected] {
                let (mut subject, mut puppet) = client_at(stage, round);
                let record = puppet.record(ALERT, content);
                refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::Malformed);
            }
        }
    }
}

#[test]
fn warnings_may_stand_between_the_fragments_of_a_message() {
    for round in ROUNDS {
        let (mut subject, mut puppet) = client_at(Stage::Certificate, round);
        let message = certificate();
        let (first, second) = message.split_at(9);
        feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, first));
        feed(&mut subject, &puppet.record(ALERT, &[WARNING, 90]));
        feed(&mut subject, &puppet.record(ContentType::HANDSHAKE, second));
        puppet.transcript.extend_from_slice(&message);
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
        for stage in
            [Stage::ServerKeyExchange, Stage::HelloDoneOrRequest, Stage::ChangeCipherSpec, Stage::Finished]
        {
            advance(&mut subject, &mut puppet, stage);
        }
    }
}

#[test]
fn an_alert_in_clear_is_none_behind_the_change_of_keys() {
    for (stage, round) in [(Stage::Finished, Round::First), (Stage::Certificate, Round::Again)] {
        let (mut subject, mut puppet) = client_at(stage, round);
        let record = super::super::puppet::clear(ALERT, &alert(AlertDescription::HANDSHAKE_FAILURE));
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::BadRecordMac);
    }
}

#[test]
fn warnings_before_the_version_is_known() {
    let (mut subject, mut puppet) = client_at(Stage::ServerHello, Round::First);
    feed(&mut subject, &puppet.record(ALERT, &[WARNING, AlertDescription::UNRECOGNIZED_NAME.0]));
    for stage in [Stage::ServerHello, Stage::Certificate] {
        played_server::advance(&mut subject, &mut puppet, stage);
    }
    assert!(puppet.hear(&drain(&mut subject)).is_empty());
}

#[test]
fn a_warning_does_not_begin_the_count_of_empty_records_again() {
    const DATA: ContentType = ContentType::APPLICATION_DATA;
    let (mut subject, mut puppet) = client_at(Stage::Connected, Round::First);
    for _ in 0..limits::WARNING_ALERTS {
        for _ in 0..limits::EMPTY_RECORDS / limits::WARNING_ALERTS {
            feed(&mut subject, &puppet.record(DATA, b""));
        }
        feed(&mut subject, &puppet.record(ALERT, &[WARNING, AlertDescription::USER_CANCELED.0]));
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
    }
    let record = puppet.record(DATA, b"");
    refuses(&mut subject, &mut puppet, &record, LimitExceeded::EmptyRecords);
}
