//! What TLS 1.2 alone has.

use core::hint::black_box;
use core::ops::{Deref, DerefMut};
use core::time::Duration;

use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::ticket::TicketKeys;
use tidegate::{
    Client, Connection, Event, HandshakeSpace, Lent, MAX_CLIENT_SESSION, MAX_SERVER_SESSION, Server,
    ServerName, UnixTime,
};

use super::stub::Stub;
use super::{Any, Chain, exercise};

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(black_box(1)))
}

/// Deals with an event, whatever it is.
pub(super) fn look(event: Event<'_>) {
    match event {
        Event::SignDigest(ask) => {
            black_box((ask.digest(), ask.scheme(), ask.identity()));
            match black_box(0) {
                0 => drop(black_box(ask.answer(black_box(&[1; 70])))),
                1 => ask.defer(),
                _ => ask.refuse(),
            }
        }
        Event::FindSession(ask) => {
            black_box((ask.id(), ask.ticket()));
            match black_box(0) {
                0 => drop(black_box(ask.resume(black_box(&[1; 90]), now()).is_ok())),
                1 => ask.defer(),
                _ => ask.none(),
            }
        }
        Event::KeepSession(ask) => {
            let mut session = [0; MAX_SERVER_SESSION];
            black_box((ask.id(), ask.encode(now(), black_box(60), &mut session)));
            match black_box(0) {
                0 => drop(black_box(ask.give_ticket(black_box(&[1; 90]), black_box(60)).is_ok())),
                1 => ask.defer(),
                _ => ask.done(),
            }
        }
        event => drop(black_box(event)),
    }
}

/// A client that may show certificates.
pub(super) fn client<'b>(name: &ServerName<'_>, lent: Lent<&'b mut HandshakeSpace<Stub>, &'b mut [u8]>) {
    let config = black_box(ClientConfig::with_identities(Chain));
    if let Ok(connection) = Connection::<Client<Chain>, _, _, _, _>::new(&config, Stub, name, lent) {
        exercise(exercise_client(connection, name));
    }
}

/// What a client alone can.
fn exercise_client<'b, C, H>(
    mut connection: Any<'b, Client<Chain>, C, H>,
    name: &ServerName<'_>,
) -> Any<'b, Client<Chain>, C, H>
where
    C: Deref<Target = ClientConfig<Chain>>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    let mut session = [0; MAX_CLIENT_SESSION];
    while black_box(true) {
        match (black_box(0), connection.session()) {
            (0, Some(kept)) => drop(black_box((kept.lifetime(), kept.encode(now(), &mut session)))),
            (1, _) => drop(black_box(connection.resume(black_box(&session), now()).is_ok())),
            (2, _) => drop(black_box(connection.next_event().is_ok())),
            _ => {
                if let Some(space) = connection.detach_handshake() {
                    black_box(connection.attach_handshake(space, name).is_ok());
                }
            }
        }
    }
    connection
}

/// What a server alone can, and what keeps its sessions.
pub(super) fn exercise_server<'b, C, H>(mut connection: Any<'b, Server, C, H>) -> Any<'b, Server, C, H>
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
            4 => drop(black_box(connection.next_event().is_ok())),
            _ => {
                if let Some(space) = connection.detach_handshake() {
                    black_box(connection.attach_handshake(space).is_ok());
                }
            }
        }
    }
    connection
}
