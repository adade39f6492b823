//! Pre-shared keys of TLS 1.3 between the two ends: sessions that go on, external keys.
#![allow(missing_docs, reason = "tests")]

use std::time::Duration;

use tidegate::config::{
    ClientConfig, Common, Cookies, ExternalKeys, Preferences, Protocols, PskExchange, Resumption,
    ServerConfig, Versions,
};
use tidegate::crypto::HashAlgorithm;
use tidegate::error::{Internal, PeerIncompatible, PeerMisbehaved};
use tidegate::wire::enums::{AlertDescription, CipherSuite, NamedGroup};
use tidegate::{
    Error, ExternalPsk, HelloRetry, PskRefused, ServerNameUse, SessionKind, SessionRefused, UnixTime,
};
use tidegate_tests::pair::{Buffers, End, Pair, now};
use tidegate_tests::pki::Pki;
use tidegate_tests::sessions::{External, Kept};

const KEY: [u8; 32] = [0x42; 32];
const SHA256: HashAlgorithm = HashAlgorithm::Sha256;
const EXTERNAL: ExternalPsk<'static> = ExternalPsk { identity: b"device 7", key: &KEY, hash: SHA256 };

fn configured(buffers: Buffers, change: impl Fn(&mut Common, End)) -> Pair {
    let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
    change(&mut client.common, End::Client);
    change(&mut server.common, End::Server);
    Pair::new(pki, client, server, buffers)
}

/// Two ends that go on with sessions.
fn resuming(change: impl Fn(&mut Common, End)) -> Pair {
    configured(Buffers::FULL, |common, end| {
        common.resumption = Resumption::ByTicket;
        change(common, end);
    })
}

/// The same two ends, changed, in another connection that offers nothing yet.
fn next_with(before: Pair, change: impl Fn(&mut Common, End)) -> Pair {
    let mut client = before.client.config().clone();
    let mut server = ServerConfig::new(before.pki.identities());
    server.common = before.server.config().common.clone();
    change(&mut client.common, End::Client);
    change(&mut server.common, End::Server);
    let mut pair = Pair::new(before.pki.clone(), client, server, Buffers::FULL);
    pair.sessions = before.sessions;
    pair
}

/// Another connection of the same two ends, with the session of before.
fn again(before: Pair, session: &[u8]) -> Pair {
    let mut pair = next_with(before, |_, _| ());
    pair.client.resume(session, now().unwrap()).unwrap();
    pair
}

fn kinds(pair: &Pair) -> [SessionKind; 2] {
    [pair.client.negotiated().session, pair.server.negotiated().session]
}

fn assert_data_flows(pair: &mut Pair) {
    for end in End::BOTH {
        assert_eq!(pair.carry(end, b"as it should"), Ok(b"as it should".to_vec()));
    }
}

/// Shakes hands and returns the last session that the client was given.
#[track_caller]
fn session_of(pair: &mut Pair) -> Vec<u8> {
    pair.handshake().unwrap();
    pair.tickets.pop().expect("a ticket")
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(now().unwrap().as_secs() + seconds))
}

fn only<T: Clone>(item: T) -> Preferences<T> {
    Preferences::from_slice(&[item]).unwrap()
}

#[test]
fn a_session_goes_on_by_its_ticket() {
    for way in [Resumption::ByTicket, Resumption::ById] {
        let mut pair = resuming(|common, _| common.resumption = way);
        let mut session = session_of(&mut pair);
        assert_eq!((kinds(&pair), pair.tickets.len()), ([SessionKind::New; 2], 1), "one more");
        assert_eq!(pair.client.negotiated().server_name, ServerNameUse::Acknowledged);
        for chunk in [1, 100, usize::MAX] {
            let mut next = again(pair, &session);
            next.chunk = chunk;
            session = session_of(&mut next);
            assert_eq!(kinds(&next), [SessionKind::Resumed; 2], "{way:?}");
            assert_eq!(next.client.negotiated().group, next.server.negotiated().group);
            assert!(next.client.negotiated().group.is_some(), "keys were exchanged");
            assert_eq!(next.client.negotiated().signature_scheme, None);
            // A server says nothing of the name where a session goes on (RFC 6066, section 3).
            assert_eq!(next.client.negotiated().server_name, ServerNameUse::Unknown);
            next.chunk = usize::MAX;
            assert_data_flows(&mut next);
            pair = next;
        }
        let kept = pair.sessions.by_id.borrow().len();
        assert_eq!(kept, if way == Resumption::ById { 8 } else { 0 });
    }
}

#[test]
fn a_session_goes_on_through_the_smallest_buffers_and_in_either_hash() {
    for suite in [CipherSuite::TLS_AES_256_GCM_SHA384, CipherSuite::TLS_CHACHA20_POLY1305_SHA256] {
        let mut pair = configured(Buffers::SMALLEST, |common, _| {
            common.resumption = Resumption::ByTicket;
            common.cipher_suites = only(suite);
        });
        let session = session_of(&mut pair);
        let mut next = again(pair, &session);
        next.handshake().unwrap();
        assert_eq!(kinds(&next), [SessionKind::Resumed; 2], "{suite}");
        assert_eq!(next.client.negotiated().cipher_suite, Some(suite));
    }
}

#[test]
fn the_suite_of_a_session_may_change_and_its_hash_may_not() {
    let first = CipherSuite::TLS_AES_128_GCM_SHA256;
    let mut pair = resuming(|common, _| common.cipher_suites = only(first));
    let session = session_of(&mut pair);
    let other = CipherSuite::TLS_CHACHA20_POLY1305_SHA256;
    let mut unlike = next_with(pair, |common, _| common.cipher_suites = only(other));
    unlike.client.resume(&session, now().unwrap()).unwrap();
    unlike.handshake().unwrap();
    assert_eq!(kinds(&unlike), [SessionKind::New; 2], "the client offers the suite of its session no more");
    let both = Preferences::from_slice(&[other, first]).unwrap();
    let mut next = next_with(unlike, |common, _| common.cipher_suites = both.clone());
    next.client.resume(&session, now().unwrap()).unwrap();
    next.handshake().unwrap();
    assert_eq!(
        (kinds(&next), next.client.negotiated().cipher_suite),
        ([SessionKind::Resumed; 2], Some(other))
    );
    let sha384 = only(CipherSuite::TLS_AES_256_GCM_SHA384);
    let mut last = next_with(next, |common, _| common.cipher_suites = sha384.clone());
    assert_eq!(last.client.resume(&session, now().unwrap()), Err(SessionRefused::CipherSuite));
}

/// A session of another hash than that of the suite that both like best now does not go on.
#[test]
fn a_session_fits_the_suite_that_is_chosen() {
    let mut pair = resuming(|common, _| common.cipher_suites = only(CipherSuite::TLS_AES_128_GCM_SHA256));
    let session = session_of(&mut pair);
    let both = [CipherSuite::TLS_AES_256_GCM_SHA384, CipherSuite::TLS_AES_128_GCM_SHA256];
    let mut next =
        next_with(pair, |common, _| common.cipher_suites = Preferences::from_slice(&both).unwrap());
    next.client.resume(&session, now().unwrap()).unwrap();
    next.handshake().unwrap();
    assert_eq!(next.client.negotiated().cipher_suite, Some(CipherSuite::TLS_AES_256_GCM_SHA384));
    assert_eq!(kinds(&next), [SessionKind::New; 2]);
    let mut last = next_with(next, |common, end| {
        if end == End::Server {
            common.cipher_suites = only(CipherSuite::TLS_AES_256_GCM_SHA384);
        }
    });
    last.client.resume(&session, now().unwrap()).unwrap();
    last.handshake().unwrap();
    assert_eq!(kinds(&last), [SessionKind::New; 2], "no suite fits");
}

#[test]
fn a_session_goes_on_after_a_hello_retry_request() {
    let mut pair = resuming(|_, _| ());
    let session = session_of(&mut pair);
    let mut next = next_with(pair, |common, end| {
        common.groups = match end {
            End::Client => Preferences::from_slice(&[NamedGroup::X25519, NamedGroup::SECP256R1]).unwrap(),
            End::Server => only(NamedGroup::SECP256R1),
        };
    });
    next.client.resume(&session, now().unwrap()).unwrap();
    next.handshake().unwrap();
    assert_eq!(next.client.negotiated().hello_retry, HelloRetry::Yes);
    assert_eq!(kinds(&next), [SessionKind::Resumed; 2]);
    assert_data_flows(&mut next);
}

/// A retry fixes the suite: a key of another hash is not offered again.
#[test]
fn a_hello_retry_request_drops_sessions_of_another_hash() {
    let sha256 = CipherSuite::TLS_AES_128_GCM_SHA256;
    let both = [CipherSuite::TLS_AES_256_GCM_SHA384, sha256];
    let mut pair = resuming(|common, _| common.cipher_suites = only(sha256));
    let session = session_of(&mut pair);
    let mut next = next_with(pair, |common, end| {
        common.cipher_suites = match end {
            End::Client => Preferences::from_slice(&both).unwrap(),
            End::Server => only(CipherSuite::TLS_AES_256_GCM_SHA384),
        };
        common.groups = match end {
            End::Client => Preferences::from_slice(&[NamedGroup::X25519, NamedGroup::SECP256R1]).unwrap(),
            End::Server => only(NamedGroup::SECP256R1),
        };
    });
    next.client.resume(&session, now().unwrap()).unwrap();
    next.handshake().unwrap();
    assert_eq!(next.client.negotiated().hello_retry, HelloRetry::Yes);
    assert_eq!(kinds(&next), [SessionKind::New; 2]);
}

#[test]
fn without_a_key_exchange_by_name_alone() {
    use PskExchange::{Ephemeral, EphemeralOrNone, None};
    let cases = [
        ((Ephemeral, EphemeralOrNone), SessionKind::Resumed, true),
        ((EphemeralOrNone, EphemeralOrNone), SessionKind::Resumed, true),
        ((EphemeralOrNone, None), SessionKind::Resumed, false),
        ((None, EphemeralOrNone), SessionKind::Resumed, false),
        ((None, None), SessionKind::Resumed, false),
    ];
    for ((client, server), kind, exchanges) in cases {
        let mut pair = resuming(|common, end| {
            common.psk_exchange = if end == End::Client { client } else { server };
        });
        let session = session_of(&mut pair);
        let mut next = again(pair, &session);
        next.handshake().unwrap();
        assert_eq!(kinds(&next), [kind; 2], "{client:?} {server:?}");
        for negotiated in [next.client.negotiated(), next.server.negotiated()] {
            assert_eq!(negotiated.group.is_some(), exchanges, "{client:?} {server:?}");
        }
        assert_data_flows(&mut next);
    }
}

#[test]
fn a_client_that_could_not_use_them_gets_no_tickets() {
    for (client, server) in
        [(PskExchange::Ephemeral, PskExchange::None), (PskExchange::None, PskExchange::Ephemeral)]
    {
        let mut pair = resuming(|common, end| {
            common.psk_exchange = if end == End::Client { client } else { server };
        });
        pair.handshake().unwrap();
        assert!(pair.tickets.is_empty());
    }
}

#[test]
fn as_many_tickets_as_are_configured() {
    for count in [0, 1, 5] {
        let mut pair = resuming(|common, _| common.tickets = count);
        pair.handshake().unwrap();
        assert_eq!(pair.tickets.len(), usize::from(count));
        let mut sessions = pair.tickets.clone();
        sessions.dedup();
        assert_eq!(sessions.len(), usize::from(count), "each its own");
        for session in sessions {
            pair = again(pair, &session);
            pair.handshake().unwrap();
            assert_eq!(kinds(&pair), [SessionKind::Resumed; 2]);
        }
    }
}

#[test]
fn a_ticket_of_another_server_is_passed_over() {
    let mut pair = resuming(|_, _| ());
    let session = session_of(&mut pair);
    let mut next = again(pair, &session);
    next.sessions = Kept::new();
    next.handshake().unwrap();
    assert_eq!(kinds(&next), [SessionKind::New; 2]);
    assert_data_flows(&mut next);
}

/// A ticket that was cut or changed on its way through a store.
#[test]
fn a_spoilt_ticket_is_passed_over() {
    let mut pair = resuming(|_, _| ());
    let session = session_of(&mut pair);
    let ticket = session.windows(2).rposition(|window| window == [0, 0]).unwrap();
    let mut spoilt = session.clone();
    // The last byte of the sealed session, before ages and times.
    let last = session.len() - 4 - 4 - 8 - 8 - 4 - 1;
    assert!(ticket < session.len());
    spoilt[last] ^= 1;
    let mut next = again(pair, &spoilt);
    next.handshake().unwrap();
    assert_eq!(kinds(&next), [SessionKind::New; 2]);
    let mut last = next_with(next, |_, _| ());
    for cut in [0, 1, session.len() / 2, session.len() - 1] {
        let refused = last.client.resume(&session[..cut], now().unwrap());
        assert_eq!(refused, Err(SessionRefused::Malformed), "{cut} bytes");
    }
}

#[test]
fn an_expired_session_is_refused_by_either_end() {
    let mut pair = resuming(|_, _| ());
    let session = session_of(&mut pair);
    let mut next = again(pair, &session);
    next.sessions.ahead = 2 * 86_400;
    next.handshake().unwrap();
    assert_eq!(kinds(&next), [SessionKind::New; 2], "expired at the server");
    let mut other = next_with(next, |_, _| ());
    assert_eq!(other.client.resume(&session, at(2 * 86_400)), Err(SessionRefused::Expired));
}

#[test]
fn a_session_belongs_to_its_name_and_its_configuration() {
    let mut pair = resuming(|_, _| ());
    let session = session_of(&mut pair);
    let context = |common: &mut Common| common.session_context = [1].into_iter().collect();
    let mut other = next_with(pair, |common, end| {
        if end == End::Client {
            context(common)
        }
    });
    assert_eq!(other.client.resume(&session, now().unwrap()), Err(SessionRefused::OtherPeer));
    let mut at_server = next_with(other, |common, end| match end {
        End::Client => common.session_context.clear(),
        End::Server => context(common),
    });
    at_server.client.resume(&session, now().unwrap()).unwrap();
    at_server.handshake().unwrap();
    assert_eq!(kinds(&at_server), [SessionKind::New; 2], "made under another context of the server");
    let mut off = next_with(at_server, |common, _| common.resumption = Resumption::Off);
    assert_eq!(off.client.resume(&session, now().unwrap()), Err(SessionRefused::NotNow));
    let mut tls12 = next_with(off, |common, _| {
        common.resumption = Resumption::ByTicket;
        common.versions = Versions::Tls12;
    });
    assert_eq!(tls12.client.resume(&session, now().unwrap()), Err(SessionRefused::NotNow));
}

#[test]
fn a_server_that_does_not_go_on_with_sessions_passes_them_over() {
    let mut pair = resuming(|_, _| ());
    let session = session_of(&mut pair);
    let mut next = next_with(pair, |common, end| {
        if end == End::Server {
            common.resumption = Resumption::Off;
        }
    });
    next.client.resume(&session, now().unwrap()).unwrap();
    next.handshake().unwrap();
    assert_eq!((kinds(&next), next.tickets.len()), ([SessionKind::New; 2], 0));
}

/// The whole life of a chain of sessions is counted from the first handshake (RFC 8446, section 4.6.1).
#[test]
fn resumption_does_not_renew_the_authentication() {
    let mut pair = resuming(|_, _| ());
    pair.sessions.lifetime = 2 * 86_400;
    let mut session = session_of(&mut pair);
    for day in 0..6 {
        let mut next = next_with(pair, |_, _| ());
        next.sessions.ahead = day * 86_400;
        next.client.resume(&session, now().unwrap()).unwrap();
        next.handshake().unwrap();
        assert_eq!(next.server.negotiated().session, SessionKind::Resumed, "day {day}");
        session = next.tickets.pop().unwrap();
        pair = next;
    }
    let mut last = next_with(pair, |_, _| ());
    last.sessions.ahead = 7 * 86_400;
    last.client.resume(&session, now().unwrap()).unwrap();
    last.handshake().unwrap();
    assert_eq!(last.server.negotiated().session, SessionKind::New, "after seven days");
}

#[test]
fn the_protocol_is_negotiated_anew() {
    let names = |names: &[&'static [u8]]| Protocols::new(names.iter().copied()).unwrap();
    let mut pair = resuming(|common, _| common.protocols = names(&[b"h2", b"http/1.1"]));
    let session = session_of(&mut pair);
    let mut next = next_with(pair, |common, end| {
        if end == End::Server {
            common.protocols = names(&[b"http/1.1"]);
        }
    });
    next.client.resume(&session, now().unwrap()).unwrap();
    next.handshake().unwrap();
    assert_eq!(kinds(&next), [SessionKind::Resumed; 2]);
    assert_eq!(next.client.protocol(), Some(&b"http/1.1"[..]));
}

/// Two ends with an external key, used as `how`.
fn external(how: External, keys: ExternalKeys, change: impl Fn(&mut Common, End)) -> Pair {
    let mut pair = configured(Buffers::FULL, |common, end| {
        common.external_keys = keys;
        change(common, end);
    });
    pair.sessions.external.insert(EXTERNAL.identity.to_vec(), how);
    pair
}

#[test]
fn an_external_key_stands_for_certificates() {
    for keys in [ExternalKeys::Allowed, ExternalKeys::Required] {
        for exchange in [PskExchange::Ephemeral, PskExchange::EphemeralOrNone, PskExchange::None] {
            let mut pair = external(External::Plain(KEY, SHA256), keys, |common, _| {
                common.psk_exchange = exchange;
            });
            pair.client.offer_psk(EXTERNAL).unwrap();
            pair.handshake().unwrap();
            assert_eq!(kinds(&pair), [SessionKind::External; 2], "{keys:?} {exchange:?}");
            let negotiated = pair.client.negotiated();
            assert_eq!(negotiated.group.is_some(), exchange != PskExchange::None);
            assert_eq!(HashAlgorithm::of(negotiated.cipher_suite.unwrap()), SHA256);
            assert_data_flows(&mut pair);
        }
    }
}

#[test]
fn an_imported_key_serves_suites_of_any_hash() {
    for suite in [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384] {
        let mut pair =
            external(External::Imported(KEY, b"for this test"), ExternalKeys::Required, |common, end| {
                if end == End::Server {
                    common.cipher_suites = only(suite);
                }
            });
        pair.client.offer_imported_psk(EXTERNAL, b"for this test").unwrap();
        pair.handshake().unwrap();
        let negotiated = pair.client.negotiated();
        assert_eq!((kinds(&pair), negotiated.cipher_suite), ([SessionKind::External; 2], Some(suite)));
    }
}

/// The hello is hashed while it leaves, with the hash of the key that is offered first: a server that
/// knows the other alone chooses that.
#[test]
fn keys_of_both_hashes_are_offered_at_once() {
    const SHA384: HashAlgorithm = HashAlgorithm::Sha384;
    let other = ExternalPsk { identity: b"device 7 as well", key: &[0x43; 32], hash: SHA384 };
    let known = [
        (CipherSuite::TLS_AES_128_GCM_SHA256, EXTERNAL.identity, External::Plain(KEY, SHA256)),
        (CipherSuite::TLS_AES_256_GCM_SHA384, other.identity, External::Plain([0x43; 32], SHA384)),
    ];
    for (buffers, order) in [
        (Buffers::FULL, [EXTERNAL, other]),
        (Buffers::FULL, [other, EXTERNAL]),
        (Buffers::SMALLEST, [EXTERNAL, other]),
        (Buffers::SMALLEST, [other, EXTERNAL]),
    ] {
        for (suite, identity, how) in known {
            let mut pair = configured(buffers, |common, end| {
                common.external_keys = ExternalKeys::Required;
                if end == End::Server {
                    common.cipher_suites = only(suite);
                }
            });
            pair.sessions.external.insert(identity.to_vec(), how);
            order.iter().for_each(|psk| pair.client.offer_psk(*psk).unwrap());
            pair.handshake().unwrap();
            let chosen = pair.client.negotiated().cipher_suite;
            assert_eq!((kinds(&pair), chosen), ([SessionKind::External; 2], Some(suite)));
            assert_data_flows(&mut pair);
        }
    }
}

/// A server that knows none of the keys chooses a suite of another hash than that which the hello left with.
#[test]
fn a_suite_of_another_hash_than_that_of_the_key_offered() {
    for buffers in [Buffers::FULL, Buffers::SMALLEST] {
        let mut pair = configured(buffers, |common, end| {
            common.external_keys = ExternalKeys::Allowed;
            if end == End::Server {
                common.cipher_suites = only(CipherSuite::TLS_AES_256_GCM_SHA384);
            }
        });
        pair.sessions.external.insert(EXTERNAL.identity.to_vec(), External::Plain(KEY, SHA256));
        pair.client.offer_psk(EXTERNAL).unwrap();
        pair.handshake().unwrap();
        let chosen = pair.client.negotiated().cipher_suite;
        assert_eq!(kinds(&pair), [SessionKind::New; 2]);
        assert_eq!(chosen, Some(CipherSuite::TLS_AES_256_GCM_SHA384));
        assert_data_flows(&mut pair);
    }
}

/// A plain and an imported key with the same bytes are two keys: the binders tell them apart.
#[test]
fn an_imported_key_is_no_external_one() {
    let mut pair = external(External::Plain(KEY, SHA256), ExternalKeys::Required, |_, _| ());
    pair.client.offer_imported_psk(EXTERNAL, b"").unwrap();
    assert_eq!(pair.handshake(), Err(PeerMisbehaved::BadBinder.into()));
}

#[test]
fn a_session_of_an_external_key_goes_on() {
    let mut pair = external(External::Plain(KEY, SHA256), ExternalKeys::Required, |common, _| {
        common.resumption = Resumption::ByTicket;
    });
    pair.client.offer_psk(EXTERNAL).unwrap();
    let session = session_of(&mut pair);
    let mut next = again(pair, &session);
    next.handshake().unwrap();
    assert_eq!(kinds(&next), [SessionKind::Resumed; 2]);
}

#[test]
fn another_key_is_refused() {
    let mut pair = external(External::Plain([1; 32], SHA256), ExternalKeys::Allowed, |_, _| ());
    pair.client.offer_psk(EXTERNAL).unwrap();
    assert_eq!(pair.handshake(), Err(PeerMisbehaved::BadBinder.into()));
    assert_eq!(PeerMisbehaved::BadBinder.alert(), AlertDescription::DECRYPT_ERROR);
}

#[test]
fn an_unknown_name_leads_to_certificates_or_nowhere() {
    for (keys, expected) in [
        (ExternalKeys::Allowed, Ok(())),
        (ExternalKeys::Required, Err(Error::from(PeerIncompatible::PreSharedKey))),
    ] {
        let mut pair = external(External::Plain(KEY, SHA256), keys, |common, end| {
            if end == End::Client {
                common.external_keys = ExternalKeys::Allowed;
            }
        });
        pair.client.offer_psk(ExternalPsk { identity: b"a stranger", ..EXTERNAL }).unwrap();
        assert_eq!(pair.handshake(), expected);
    }
}

#[test]
fn a_client_that_needs_a_key_takes_nothing_else() {
    let mut pair = external(External::Plain(KEY, SHA256), ExternalKeys::Required, |common, end| {
        if end == End::Server {
            common.external_keys = ExternalKeys::Off;
        }
    });
    pair.client.offer_psk(EXTERNAL).unwrap();
    // A server of certificates finds no signature algorithms.
    assert_eq!(pair.handshake(), Err(PeerMisbehaved::MissingExtension.into()));
    let mut without = external(External::Plain(KEY, SHA256), ExternalKeys::Required, |_, _| ());
    assert_eq!(without.handshake(), Err(Internal::Configuration.into()), "it has none");
}

#[test]
fn keys_that_can_not_be_offered() {
    let mut off = configured(Buffers::FULL, |_, _| ());
    assert_eq!(off.client.offer_psk(EXTERNAL), Err(PskRefused), "not configured");
    let mut pair = external(External::Plain(KEY, SHA256), ExternalKeys::Allowed, |_, _| ());
    for psk in [
        ExternalPsk { key: &[], ..EXTERNAL },
        ExternalPsk { key: &[1; 65], ..EXTERNAL },
        ExternalPsk { identity: &[], ..EXTERNAL },
        ExternalPsk { identity: &[1; tidegate::limits::TICKET + 1], ..EXTERNAL },
    ] {
        assert_eq!(pair.client.offer_psk(psk), Err(PskRefused));
    }
    for _ in 0..3 {
        pair.client.offer_psk(EXTERNAL).unwrap();
    }
    assert_eq!(pair.client.offer_psk(EXTERNAL), Err(PskRefused), "no room");
    pair.handshake().unwrap();
    assert_eq!(pair.client.offer_psk(EXTERNAL), Err(PskRefused), "it has begun");
}

/// The Selfie attack (RFC 9257, section 4.1): someone in between leads a device's connection back to the device, which is a
/// server of the same key as well. The roles in the context of an imported key keep them apart.
#[test]
fn a_device_that_meets_itself_is_not_taken_in() {
    let reflected = |server: &'static [u8]| {
        let mut device = external(External::Imported(KEY, server), ExternalKeys::Required, |_, _| ());
        device.client.offer_imported_psk(EXTERNAL, b"from A to B").unwrap();
        device.handshake()
    };
    assert_eq!(reflected(b"from B to A"), Err(PeerIncompatible::PreSharedKey.into()));
    assert_eq!(reflected(b"from A to B"), Ok(()), "B itself");
}

#[test]
fn a_client_that_meets_its_own_hello_is_not_taken_in() {
    let mut pair = external(External::Plain(KEY, SHA256), ExternalKeys::Required, |_, _| ());
    pair.client.offer_psk(EXTERNAL).unwrap();
    pair.client_turn().unwrap();
    let hello = pair.client.outgoing().to_vec();
    pair.client.outgoing_sent(hello.len());
    assert_eq!(pair.client.feed_incoming(&hello), hello.len());
    assert_eq!(pair.client.next_event().unwrap_err(), PeerMisbehaved::UnexpectedMessage.into());
}

#[test]
fn where_nothing_but_a_key_will_do_tls12_will_not() {
    let key = External::Plain(KEY, SHA256);
    for strict in End::BOTH {
        let mut pair = external(key, ExternalKeys::Off, |common, end| {
            (common.external_keys, common.versions) = if end == strict {
                (ExternalKeys::Required, Versions::Both)
            } else {
                (ExternalKeys::Off, Versions::Tls12)
            };
        });
        if strict == End::Client {
            pair.client.offer_psk(EXTERNAL).unwrap();
        }
        assert_eq!(pair.handshake(), Err(PeerIncompatible::Version.into()), "{strict:?}");
    }
    let mut both = external(key, ExternalKeys::Required, |common, _| common.versions = Versions::Both);
    both.client.offer_psk(EXTERNAL).unwrap();
    both.handshake().unwrap();
    assert_eq!(kinds(&both), [SessionKind::External; 2]);
}

#[test]
fn sessions_of_certificates_and_of_keys_do_not_stand_for_each_other() {
    let key = || External::Plain(KEY, SHA256);
    let session_by = |by_key: bool| {
        let mut pair = external(key(), ExternalKeys::Allowed, |common, _| {
            common.resumption = Resumption::ByTicket;
        });
        if by_key {
            pair.client.offer_psk(EXTERNAL).unwrap();
        }
        let session = session_of(&mut pair);
        assert_eq!(kinds(&pair), [if by_key { SessionKind::External } else { SessionKind::New }; 2]);
        (pair, session)
    };
    for (by_key, refused) in [(false, ExternalKeys::Required), (true, ExternalKeys::Off)] {
        let (pair, session) = session_by(by_key);
        let mut careful = next_with(pair, |common, end| {
            if end == End::Client {
                common.external_keys = refused;
            }
        });
        let outcome = careful.client.resume(&session, now().unwrap());
        assert_eq!(outcome, Err(SessionRefused::OtherProof), "a client");
        let mut next = next_with(careful, |common, end| {
            common.external_keys = if end == End::Server { refused } else { ExternalKeys::Allowed };
        });
        next.client.resume(&session, now().unwrap()).unwrap();
        let outcome = next.handshake().map(|()| kinds(&next));
        let expected = match refused {
            ExternalKeys::Required => Err(PeerIncompatible::PreSharedKey.into()),
            ExternalKeys::Off | ExternalKeys::Allowed => Ok([SessionKind::New; 2]),
        };
        assert_eq!(outcome, expected, "a server");
    }
    // What a session goes back to is handed on.
    let (pair, session) = session_by(true);
    let mut next = again(pair, &session);
    let session = session_of(&mut next);
    let mut last = next_with(next, |common, _| common.external_keys = ExternalKeys::Required);
    last.client.resume(&session, now().unwrap()).unwrap();
    last.handshake().unwrap();
    assert_eq!(kinds(&last), [SessionKind::Resumed; 2]);
}

#[test]
fn keys_without_a_key_exchange_go_with_cookies() {
    for keys in [ExternalKeys::Allowed, ExternalKeys::Required] {
        let mut pair = external(External::Plain(KEY, SHA256), keys, |common, end| {
            common.psk_exchange = PskExchange::None;
            if end == End::Server {
                common.cookies = Cookies::Required;
            }
        });
        pair.client.offer_psk(EXTERNAL).unwrap();
        pair.handshake().unwrap();
        assert_eq!(kinds(&pair), [SessionKind::External; 2], "{keys:?}");
        assert_eq!(pair.server.negotiated().hello_retry, HelloRetry::Yes);
        assert_eq!(pair.server.negotiated().group, None);
    }
}
