//! Answering a server's asks about sessions.

use crate::connection::Event;
use crate::limits;

/// Keeps the sessions of a server.
#[cfg(any(feature = "tls12", feature = "psk"))]
pub trait Sessions {
    /// The time; without one no session goes on or is kept.
    fn now(&self) -> Option<crate::UnixTime>;

    /// Seconds that a session is good for; a day at most, and for 0.
    fn lifetime(&self) -> u32 {
        0
    }

    /// Opens a ticket into `out`; how long the session is.
    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize>;

    /// Whether a client that goes on with this ticket gets a new one, since its key is to go, for example. The default says no.
    /// In TLS 1.3 it gets new ones anyway.
    #[cfg(feature = "tls12")]
    fn renews(&self, _ticket: &[u8]) -> bool {
        false
    }

    /// Seals a session into `out`; how long the ticket is.
    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize>;

    /// Whether this ticket or id was never used before, at any server that takes it: replayable early data that comes with it
    /// is let in then (RFC 8446, section 8.1). The default says no.
    #[cfg(feature = "early-data")]
    fn is_first_use(&self, _ticket: &[u8]) -> bool {
        false
    }

    /// Finds the session that was kept under this id, into `out`; how long it is. The default keeps none.
    fn find(&self, _id: &[u8], _out: &mut [u8]) -> Option<usize> {
        None
    }

    /// Keeps a session under this id. The default does not.
    fn keep(&self, _id: &[u8], _session: &[u8]) {}
}

/// Answers a server's asks about sessions; other events come back. Where a client of TLS 1.3 offers several, the first that can
/// go on does.
#[cfg(any(feature = "tls12", feature = "psk"))]
pub fn answer_sessions<'a>(event: Event<'a>, sessions: &impl Sessions) -> Option<Event<'a>> {
    match event {
        #[cfg(feature = "tls12")]
        Event::FindSession(ask) => find_session(ask, sessions, Room::empty().fill(ROOM)),
        #[cfg(feature = "psk")]
        Event::FindPsk(ask) => find_psk(ask, sessions, Room::empty().fill(ROOM)),
        Event::KeepSession(ask) => keep_session(ask, sessions, Room::empty().fill(ROOM)),
        other => return Some(other),
    }
    None
}

/// Bytes of a session that is being opened.
#[cfg(any(feature = "tls12", feature = "psk"))]
const ROOM: usize = crate::MAX_SERVER_SESSION + crate::crypto::TAG;

/// Made for an ask alone: most events are none.
#[cfg(any(feature = "tls12", feature = "psk"))]
type Room = crate::secret::Secret<ROOM>;

#[cfg(feature = "tls12")]
fn find_session(ask: crate::FindSession<'_>, sessions: &impl Sessions, room: &mut [u8]) {
    let found = match (ask.ticket(), ask.id()) {
        (Some(ticket), _) => sessions.open(ticket, room),
        (None, Some(id)) => sessions.find(id, room),
        (None, None) => None,
    };
    let (Some(session), Some(now)) = (found.and_then(|length| room.get(..length)), sessions.now()) else {
        return ask.none();
    };
    // One that can't be used is answered with none.
    match ask.ticket().is_some_and(|ticket| sessions.renews(ticket)) {
        true => ask.resume_with_new_ticket(session, now).unwrap_or(()),
        false => ask.resume(session, now).unwrap_or(()),
    }
}

/// Tries the tickets that are offered, no more than a client of good will has.
#[cfg(feature = "psk")]
fn find_psk(ask: crate::FindPsk<'_>, sessions: &impl Sessions, room: &mut [u8]) {
    let Some(now) = sessions.now() else { return ask.none() };
    for psk in ask.identities().take(limits::PSKS) {
        let opened = if ask.takes_tickets() { sessions.open(psk.identity, room) } else { None };
        let found = opened.or_else(|| sessions.find(psk.identity, room));
        let session = found.and_then(|length| room.get(..length)).unwrap_or_default();
        if ask.check(session, now).is_ok() {
            #[cfg(feature = "early-data")]
            if ask.has_early_data() && sessions.is_first_use(psk.identity) {
                return ask.resume_with_replayable_early_data(psk.index, session, now).unwrap_or(());
            }
            return ask.resume(psk.index, session, now).unwrap_or(());
        }
    }
    ask.none();
}

#[cfg(any(feature = "tls12", feature = "psk"))]
fn keep_session(ask: crate::KeepSession<'_>, sessions: &impl Sessions, room: &mut [u8]) {
    let made = sessions.now().and_then(|now| ask.encode(now, sessions.lifetime(), room));
    let Some(session) = made.and_then(|length| room.get(..length)) else { return ask.done() };
    if let Some(id) = ask.id() {
        sessions.keep(id, session);
        return ask.done();
    }
    let mut ticket = [0; limits::TICKET];
    match sessions.seal(session, &mut ticket).and_then(|length| ticket.get(..length)) {
        Some(ticket) => ask.give_ticket(ticket, sessions.lifetime()).unwrap_or(()),
        None => ask.done(),
    }
}
