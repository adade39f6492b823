//! What pre-shared keys of TLS 1.3 alone have, and early data.

use core::fmt::Debug;
use core::hint::black_box;
use core::ops::{Deref, DerefMut};

use tidegate::config::{ClientConfig, Identities};
use tidegate::crypto::HashAlgorithm;
use tidegate::{Client, Event, ExternalPsk, FindPsk, HandshakeSpace, MAX_CLIENT_SESSION, Role, Ticket};

use super::Any;
use super::sessions::now;
use super::stub::Stub;

/// Deals with an event, whatever it is.
pub(super) fn look(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::FindPsk(ask) => find(ask),
        Event::Ticket(ticket) => keep(ticket),
        #[cfg(feature = "early-data")]
        Event::EarlyData(mut data) => {
            black_box(data.bytes());
            data.consume(black_box(3));
        }
        event => return Some(event),
    }
    None
}

fn find(ask: FindPsk<'_>) {
    for psk in ask.identities() {
        black_box((psk.identity, psk.obfuscated_age));
    }
    black_box((ask.server_name(), ask.fits(hash()), ask.check(black_box(&[1; 90]), now()).is_ok()));
    black_box(ask.takes_tickets());
    let (index, bytes) = (black_box(0), black_box(&[1; 90]));
    match black_box(0) {
        0 => drop(black_box(ask.resume(index, bytes, now()).is_ok())),
        1 => drop(black_box(ask.external(index, bytes, hash()).is_ok())),
        2 => drop(black_box(ask.imported(index, bytes, hash()).is_ok())),
        #[cfg(feature = "early-data")]
        3 if ask.has_early_data() => {
            black_box(ask.resume_with_replayable_early_data(index, bytes, now()).is_ok());
        }
        4 => ask.defer(),
        _ => ask.none(),
    }
}

/// Makes a session of a ticket.
fn keep(mut ticket: Ticket<'_>) {
    let mut session = [0; MAX_CLIENT_SESSION];
    black_box((ticket.message(), ticket.encode(now(), &mut session)));
}

fn hash() -> HashAlgorithm {
    if black_box(true) { HashAlgorithm::Sha256 } else { HashAlgorithm::Sha384 }
}

/// What a client alone can.
pub(super) fn offer<'b, T, C, H>(connection: &mut Any<'b, Client<T>, C, H>)
where
    T: Identities + Debug,
    C: Deref<Target = ClientConfig<T>>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    let psk = ExternalPsk { identity: black_box(b"key"), key: black_box(&[1; 32]), hash: hash() };
    match black_box(0) {
        0 => drop(black_box(connection.offer_psk(psk).is_ok())),
        #[cfg(feature = "early-data")]
        1 => drop(black_box(connection.write_early_data(black_box(&[1; 90])).is_ok())),
        _ => drop(black_box(connection.offer_imported_psk(psk, black_box(b"context")).is_ok())),
    }
}

/// What both ends can.
pub(super) fn data<R, C, H>(connection: &mut Any<'_, R, C, H>, data: &mut [u8])
where
    R: Role,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    let taker: tidegate::Taker<'_> = &mut |bytes| black_box(bytes).len().min(black_box(3));
    match black_box(0) {
        0 => drop(black_box(connection.read_app_data_telling(data, Some(taker), &mut keep))),
        #[cfg(feature = "early-data")]
        1 => drop(black_box(connection.export_early_keying_material(black_box(b"label"), &[], data))),
        _ => drop(black_box(connection.peek_app_data_telling(data, None, &mut keep))),
    }
}
