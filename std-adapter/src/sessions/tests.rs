use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use tidegate::driver::Sessions as _;
use zeroize::Zeroizing;

use crate::certificates::PeerCertificates;

use super::{ClientSessions, KeptSession, LIFETIME, NewSession, Replays, ServerSessions, SessionsOf, lock};

thread_local! {
    /// How much later it is than it is.
    static LATER: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

fn clock() -> Instant {
    Instant::now() + LATER.get()
}

fn kept(name: u8) -> KeptSession {
    KeptSession { bytes: Zeroizing::new(vec![name]), certificates: vec![vec![name].into()].into() }
}

#[test]
fn tickets_are_good_at_the_server_that_sealed_them() {
    let (one, other) = (ServerSessions::default(), ServerSessions::default());
    let (mut ticket, mut session) = ([0; 200], [0; 200]);
    let length = one.seal(b"session", &mut ticket).unwrap();
    assert_eq!(one.open(&ticket[..length], &mut session), Some(7));
    assert_eq!(&session[..7], b"session");
    assert_eq!(other.open(&ticket[..length], &mut session), None);
}

#[test]
fn a_server_gives_up_what_is_too_old_whatever_it_is_asked_for() {
    let asks: [fn(&ServerSessions); 4] = [
        |sessions| assert!(sessions.open(b"ticket", &mut [0; 9]).is_none()),
        |sessions| assert!(sessions.find(b"nobody").is_none()),
        |sessions| sessions.keep(b"new", kept(2)),
        |sessions| sessions.forget(b"nobody"),
    ];
    for (ask, left) in asks.into_iter().zip([0, 0, 1, 0]) {
        let sessions = ServerSessions { clock, ..ServerSessions::default() };
        LATER.set(Duration::ZERO);
        sessions.seal(b"session", &mut [0; 200]).unwrap();
        sessions.keep(b"old", kept(1));
        let count = || {
            let store = sessions.store.as_ref().unwrap();
            (lock(&sessions.keys).len(), lock(store).names().len())
        };
        LATER.set(LIFETIME - Duration::from_secs(60));
        assert!(sessions.find(b"old").is_some());
        assert_eq!(count(), (1, 1));
        LATER.set(LIFETIME);
        assert!(sessions.find(b"old").is_none());
        sessions.keep(b"old", kept(1));
        LATER.set(LIFETIME * 2);
        ask(&sessions);
        assert_eq!(count(), (0, left));
    }
}

#[test]
fn a_client_keeps_a_session_for_as_long_as_its_server_says() {
    let sessions = ClientSessions { clock, ..ClientSessions::default() };
    let lifetime = Duration::from_secs(90);
    let session = |name| NewSession { bytes: Zeroizing::new(vec![name]), lifetime, max_early_data: 0 };
    LATER.set(Duration::ZERO);
    sessions.keep("one", session(1), vec![vec![1].into()].into());
    LATER.set(lifetime - Duration::from_secs(10));
    let found = sessions.get("one").unwrap();
    assert_eq!((&found.bytes[..], found.certificates.len()), (&[1][..], 1));
    sessions.keep("other", session(2), Vec::new().into());
    LATER.set(lifetime);
    assert!(sessions.get("other").is_some() && sessions.get("one").is_none());
    assert_eq!(lock(&sessions.store).names(), &["other"]);
}

/// Looks for a session in a ticket or under an id.
type Look = fn(&SessionsOf<'_>, &[u8]) -> Option<usize>;

#[test]
fn the_certificates_of_a_session_that_was_looked_at_and_refused_are_forgotten() {
    let sessions = ServerSessions::default();
    sessions.keep(b"of somebody", kept(1));
    let mut ticket = [0; 200];
    let length = sessions.seal(b"own", &mut ticket).unwrap();
    let next: [(Look, bool); 2] = [
        (|of, ticket| of.open(ticket, &mut [0; 200]), true),
        (|of, _| of.find(b"of nobody", &mut [0; 200]), false),
    ];
    for (look, is_there) in next {
        let mut certificates = PeerCertificates::default();
        let (replays, shown) = (Replays::Refused, RefCell::new(&mut certificates));
        let of = SessionsOf { sessions: &sessions, certificates: shown, replays };
        assert_eq!(of.find(b"of somebody", &mut [0; 200]), Some(1));
        assert!(!of.certificates.borrow().found.is_empty());
        assert_eq!(look(&of, &ticket[..length]).is_some(), is_there);
        assert!(of.certificates.borrow().found.is_empty());
    }
}
