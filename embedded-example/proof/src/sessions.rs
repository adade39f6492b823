//! Sessions of either version.

use core::fmt::Debug;
use core::hint::black_box;
use core::ops::{Deref, DerefMut};
use core::time::Duration;

use tidegate::config::{ClientConfig, Identities, ServerConfig};
use tidegate::ticket::TicketKeys;
use tidegate::{Client, Event, HandshakeSpace, MAX_CLIENT_SESSION, MAX_SERVER_SESSION, Server, UnixTime};

use super::Any;
use super::stub::Stub;

pub(super) fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(black_box(1)))
}

/// Deals with an event, whatever it is.
pub(super) fn look(event: Event<'_>) -> Option<Event<'_>> {
    let Event::KeepSession(ask) = event else { return Some(event) };
    let mut session = [0; MAX_SERVER_SESSION];
    black_box((ask.id(), ask.encode(now(), black_box(60), &mut session)));
    match black_box(0) {
        0 => drop(black_box(ask.give_ticket(black_box(&[1; 90]), black_box(60)).is_ok())),
        1 => ask.defer(),
        _ => ask.done(),
    }
    None
}

/// What a client alone can.
pub(super) fn exercise_client<'b, T, C, H>(connection: &mut Any<'b, Client<T>, C, H>)
where
    T: Identities + Debug,
    C: Deref<Target = ClientConfig<T>>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    let session = &mut [0; MAX_CLIENT_SESSION];
    while black_box(true) {
        #[cfg(feature = "tls12")]
        if let Some(kept) = connection.session() {
            black_box((kept.lifetime(), kept.encode(now(), session)));
        }
        #[cfg(feature = "psk")]
        super::psk::offer(connection);
        black_box(connection.resume(black_box(&*session), now()).is_ok());
        black_box(connection.next_event().is_ok());
    }
}

/// What keeps the sessions of a server.
pub(super) fn exercise_server<C, H>(connection: &mut Any<'_, Server, C, H>)
where
    C: Deref<Target = ServerConfig>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    let (mut keys, mut room) = (TicketKeys::new(), [0; MAX_SERVER_SESSION]);
    while black_box(true) {
        match black_box(0) {
            0 => keys.install(black_box([1; _]), black_box(&[1; _])),
            1 => drop(black_box(keys.renew(&mut Stub).is_ok())),
            2 => drop(black_box(keys.seal(&mut Stub, black_box(&[1; 90]), &mut room).is_ok())),
            3 => drop(black_box(keys.open(&mut Stub, black_box(&[1; 90]), &mut room))),
            4 => drop(black_box(keys.is_current(black_box(&[1; 90])))),
            #[cfg(feature = "psk")]
            5 => drop(black_box((connection.new_session_ticket().is_ok(), connection.is_ticket_queued()))),
            _ => drop(black_box(connection.next_event().is_ok())),
        }
    }
}
