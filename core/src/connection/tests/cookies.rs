//! Servers that keep nothing of a client until it has shown a cookie (RFC 8446, section 4.2.2).

use std::vec::Vec;

use super::hellos::{ClientHelloParts, vector};
use super::played_client::{Share, hear_flight_for};
use super::puppet::{Puppet, change_cipher_spec, clear};
use super::subject::{SEALED, Shown, Subject, drain, feed, refuses, run, server};
use crate::buffers::full_incoming;
use crate::config::{Cookies, ServerConfig};
use crate::connection::{CookieTooLong, Event, Want};
use crate::crypto::CryptoError;
use crate::engine::HelloRetry;
use crate::error::{Error, Internal, LimitExceeded, PeerMisbehaved};
use crate::wire::enums::{CipherSuite, ContentType, ExtensionType, NamedGroup};
use crate::wire::extension::ExtensionSet;
use crate::wire::server_hello::ServerHello;
use crate::{Server, limits};

const KEY_SHARE: ExtensionType = ExtensionType::KEY_SHARE;

fn fresh_server() -> Subject<Server> {
    let mut config = ServerConfig::new(Shown);
    config.common.cookies = Cookies::Required;
    let buffer = full_incoming(config.common.max_handshake_message);
    server(config, buffer)
}

/// What a client knows once it has been given a cookie.
struct Given {
    puppet: Puppet,
    share: Share,
    /// The second hello, as it should be.
    hello: ClientHelloParts,
}

/// A server answers a first hello with a cookie: with a share of X25519 in it, or with none.
fn given(subject: &mut Subject<Server>, with_share: bool) -> Given {
    let mut puppet = Puppet::new(4);
    let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
    let mut hello = share.hello();
    if !with_share {
        *hello.content(KEY_SHARE) = std::vec![0, 0];
    }
    feed(subject, &puppet.say(&hello.encode()));
    puppet.fold();
    assert_eq!(run(subject), Ok(Want::Incoming));
    let heard = puppet.hear_messages(&drain(subject)).remove(0);
    let request = ServerHello::parse(&heard[4..]).unwrap();
    assert!(request.is_hello_retry_request());
    let offered = ExtensionSet::default().with(ExtensionType::SUPPORTED_VERSIONS).with(KEY_SHARE);
    let extensions = request.retry_extensions(offered).unwrap();
    assert_eq!(extensions.selected_group, (!with_share).then_some(NamedGroup::X25519));
    let cookie = extensions.cookie.unwrap().to_vec();
    assert!(cookie.starts_with(SEALED));
    let mut hello = share.hello();
    hello.extensions.push((ExtensionType::COOKIE, vector(&cookie)));
    Given { puppet, share, hello }
}

/// The server goes on with the second hello.
fn goes_on(subject: &mut Subject<Server>, given: Given) {
    let Given { mut puppet, share, hello } = given;
    hear_flight_for(share, (subject, &mut puppet), &|parts| *parts = hello.clone(), &[]);
    feed(subject, &puppet.client_finished());
    assert_eq!(run(subject), Ok(Want::Incoming));
    assert!(!subject.is_handshaking());
    assert_eq!(subject.negotiated().hello_retry, HelloRetry::Yes);
    assert_eq!(subject.server_name(), None);
}

#[test]
fn any_server_that_opens_the_cookie_goes_on() {
    for with_share in [true, false] {
        let mut subject = fresh_server();
        let given = given(&mut subject, with_share);
        goes_on(&mut subject, given);

        // Another, to which the change_cipher_spec that stood before the second hello comes first.
        let given = self::given(&mut fresh_server(), with_share);
        let mut other = fresh_server();
        feed(&mut other, &change_cipher_spec());
        goes_on(&mut other, given);
    }
}

#[test]
fn nothing_is_kept_in_between() {
    let mut subject = fresh_server();
    let _ = given(&mut subject, false);
    let space = subject.space.as_deref().unwrap();
    assert!(space.transcript.is_none() && space.hello_digest.is_none());
    assert!(space.cookie.is_empty() && space.session_id.is_empty());
    assert_eq!(subject.negotiated().cipher_suite, None);
}

type Spoil = fn(&mut ClientHelloParts);

fn cookie(hello: &mut ClientHelloParts) -> &mut Vec<u8> {
    hello.content(ExtensionType::COOKIE)
}

/// A second hello spoilt like this is refused with this, by the same server and by another.
#[track_caller]
fn refuses_second(with_share: bool, spoil: Spoil, error: PeerMisbehaved) {
    for by_another in [false, true] {
        let mut subject = fresh_server();
        let Given { mut puppet, mut hello, .. } = given(&mut subject, with_share);
        if by_another {
            subject = fresh_server();
        }
        spoil(&mut hello);
        let record = clear(ContentType::HANDSHAKE, &hello.encode());
        refuses(&mut subject, &mut puppet, &record, error);
    }
}

#[test]
fn a_cookie_that_is_not_ours_is_illegal() {
    let spoils: [Spoil; 6] = [
        |hello| *cookie(hello) = vector(b"x"),
        |hello| *cookie(hello) = vector(&[9; 1000]),
        |hello| cookie(hello)[2] ^= 1,
        // What was opened is none of ours either: cut, longer, of an unknown suite.
        |hello| *cookie(hello) = vector(SEALED),
        |hello| {
            let longer = [&cookie(hello)[2..], &[0]].concat();
            *cookie(hello) = vector(&longer);
        },
        |hello| cookie(hello)[2 + SEALED.len() + 1] = 4,
    ];
    for spoil in spoils {
        refuses_second(true, spoil, PeerMisbehaved::BadCookie);
    }
}

#[test]
fn a_second_hello_repeats_the_first() {
    let spoils: [Spoil; 6] = [
        |hello| hello.session_id[0] ^= 1,
        |hello| hello.suites.push(0x1303),
        |hello| *hello.content(ExtensionType::SIGNATURE_ALGORITHMS) = vector(&[8, 7]),
        |hello| hello.extensions.push((ExtensionType(0xfafa), Vec::new())),
        |hello| hello.extensions.push((ExtensionType::EARLY_DATA, Vec::new())),
        |hello| hello.extensions.swap(1, 2),
    ];
    for (spoil, with_share) in spoils.into_iter().flat_map(|spoil| [true, false].map(|share| (spoil, share)))
    {
        refuses_second(with_share, spoil, PeerMisbehaved::ChangedClientHello);
    }
    // A share that was not asked for, or the one that was not sent.
    refuses_second(true, |hello| hello.content(KEY_SHARE)[10] ^= 1, PeerMisbehaved::ChangedClientHello);
    refuses_second(
        false,
        |hello| *hello.content(KEY_SHARE) = std::vec![0, 0],
        PeerMisbehaved::ChangedClientHello,
    );
}

#[test]
fn who_was_given_a_cookie_shows_it() {
    let spoils: [Spoil; 2] = [
        |hello| hello.remove(ExtensionType::COOKIE),
        |hello| {
            hello.remove(ExtensionType::COOKIE);
            hello.remove(KEY_SHARE);
            hello.remove(ExtensionType::SUPPORTED_VERSIONS);
        },
    ];
    for spoil in spoils {
        let mut subject = fresh_server();
        let Given { mut puppet, mut hello, .. } = given(&mut subject, true);
        spoil(&mut hello);
        let record = clear(ContentType::HANDSHAKE, &hello.encode());
        refuses(&mut subject, &mut puppet, &record, PeerMisbehaved::ChangedClientHello);
    }
}

#[test]
fn a_server_without_cookies_does_not_look_at_one_that_comes_first() {
    let mut puppet = Puppet::new(4);
    let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
    let mut subject = super::played_client::fresh_server();
    let with_cookie = |hello: &mut ClientHelloParts| {
        hello.extensions.push((ExtensionType::COOKIE, vector(b"from elsewhere")));
    };
    hear_flight_for(share, (&mut subject, &mut puppet), &with_cookie, &[]);
}

#[test]
fn a_cookie_is_no_longer_than_one_can_be() {
    let failed = Error::from(Internal::Crypto(CryptoError::Failed));
    for (length, fits) in [(0, false), (limits::COOKIE, true), (limits::COOKIE + 1, false)] {
        let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
        let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
        feed(&mut subject, &puppet.say(&share.hello().encode()));
        let Ok(Event::SealCookie(ask)) = subject.next_event() else { panic!("an ask") };
        assert_eq!(ask.answer(&std::vec![7; length]), if fits { Ok(()) } else { Err(CookieTooLong) });
        assert_eq!(run(&mut subject), if fits { Ok(Want::Incoming) } else { Err(failed) });
    }
    // What was in one that a client shows.
    for length in [limits::COOKIE, limits::COOKIE + 1] {
        let mut subject = fresh_server();
        let Given { mut puppet, hello, .. } = given(&mut subject, true);
        feed(&mut subject, &puppet.say(&hello.encode()));
        let Ok(Event::OpenCookie(ask)) = subject.next_event() else { panic!("an ask") };
        let taken = ask.accept(&std::vec![7; length]);
        assert_eq!(taken.is_ok(), length == limits::COOKIE);
        assert_eq!(run(&mut subject), Err(PeerMisbehaved::BadCookie.into()));
    }
}

#[test]
fn change_cipher_specs_before_a_hello_are_counted() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    for _ in 0..limits::CHANGE_CIPHER_SPECS {
        feed(&mut subject, &change_cipher_spec());
        assert_eq!(run(&mut subject), Ok(Want::Incoming));
    }
    refuses(&mut subject, &mut puppet, &change_cipher_spec(), LimitExceeded::ChangeCipherSpecs);
}

#[test]
fn every_suite_has_its_digests() {
    for suite in [CipherSuite::TLS_AES_256_GCM_SHA384, CipherSuite::TLS_CHACHA20_POLY1305_SHA256] {
        let mut puppet = Puppet::new(4);
        puppet.suite = suite;
        let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
        let mut hello = share.hello();
        hello.suites = std::vec![suite.0];
        let mut first = fresh_server();
        feed(&mut first, &puppet.say(&hello.encode()));
        puppet.fold();
        assert_eq!(run(&mut first), Ok(Want::Incoming));
        let heard = puppet.hear_messages(&drain(&mut first)).remove(0);
        let offered = ExtensionSet::default().with(ExtensionType::SUPPORTED_VERSIONS);
        let request = ServerHello::parse(&heard[4..]).unwrap();
        let cookie = request.retry_extensions(offered).unwrap().cookie.unwrap().to_vec();
        hello.extensions.push((ExtensionType::COOKIE, vector(&cookie)));
        goes_on(&mut fresh_server(), Given { puppet, share, hello });
    }
}

/// What a client sends of early data before it hears of the cookie is passed over (RFC 8446, section 4.2.10).
#[test]
fn early_data_before_the_second_hello_is_passed_over() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
    let mut hello = share.hello();
    hello.extensions.push((ExtensionType::EARLY_DATA, Vec::new()));
    feed(&mut subject, &puppet.say(&hello.encode()));
    puppet.fold();
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let heard = puppet.hear_messages(&drain(&mut subject)).remove(0);
    let offered = ExtensionSet::default().with(ExtensionType::SUPPORTED_VERSIONS);
    let request = ServerHello::parse(&heard[4..]).unwrap();
    let cookie = request.retry_extensions(offered).unwrap().cookie.unwrap().to_vec();
    feed(&mut subject, &clear(ContentType::APPLICATION_DATA, &[9; 100]));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    hello.extensions.pop();
    hello.extensions.push((ExtensionType::COOKIE, vector(&cookie)));
    goes_on(&mut subject, Given { puppet, share, hello });
}
