//! What a connection asks and tells.

use core::hint::black_box;

use tidegate::config::IdentityId;
use tidegate::error::{CertificateError, Error, Refused};
#[cfg(feature = "tls12")]
use tidegate::wire::enums::NamedGroup;
use tidegate::wire::enums::SignatureScheme;
use tidegate::{ChooseIdentity, Event, VerifyPeer};

/// Deals with an event, whatever it is.
pub(super) fn look(event: Result<Event<'_>, Error>) {
    match event {
        Ok(Event::VerifyPeer(ask)) => verify(ask),
        Ok(Event::ChooseIdentity(ask)) => choose(ask),
        Ok(Event::Sign(ask)) => {
            black_box((ask.message(), ask.scheme(), ask.identity()));
            match black_box(0) {
                0 => drop(black_box(ask.answer(black_box(&[1; 70])))),
                1 => ask.defer(),
                _ => ask.refuse(),
            }
        }
        #[cfg(not(feature = "psk"))]
        Ok(Event::Ticket(ticket)) => drop(black_box(ticket.message())),
        Ok(Event::AppData(mut data)) => {
            black_box(data.bytes());
            data.consume(black_box(3));
        }
        Ok(event) => look_further(event),
        Err(error) => drop(black_box((error, error.alert()))),
    }
}

/// The events that are there with a feature.
fn look_further(event: Event<'_>) {
    let event = Some(event);
    #[cfg(any(feature = "tls12", feature = "psk"))]
    let event = event.and_then(super::sessions::look);
    #[cfg(feature = "tls12")]
    let event = event.and_then(super::tls12::look);
    #[cfg(feature = "psk")]
    let event = event.and_then(super::psk::look);
    #[cfg(feature = "cookies")]
    let event = event.and_then(super::cookies::look);
    black_box(event);
}

fn verify(ask: VerifyPeer<'_>) {
    black_box((ask.chain().iter().count(), ask.server_name()));
    #[cfg(feature = "raw-public-keys")]
    black_box((ask.raw_public_key(), tidegate::driver::shown_key(ask.chain())));
    #[cfg(feature = "ocsp")]
    black_box(ask.ocsp_response());
    match black_box(0) {
        0 => drop(black_box(ask.accept(black_box(&[1; 90])))),
        1 => ask.defer(),
        _ => ask.refuse(black_box(CertificateError::Expired)),
    }
}

fn choose(ask: ChooseIdentity<'_>) {
    black_box((ask.server_name(), ask.offers(black_box(SignatureScheme::ED25519))));
    black_box((ask.certificate_schemes(), ask.protocols()));
    #[cfg(feature = "raw-public-keys")]
    black_box(ask.certificate_type());
    #[cfg(feature = "tls12")]
    black_box((ask.version(), ask.takes_key_on(NamedGroup(black_box(23)))));
    #[cfg(any(feature = "tls12", feature = "client-auth"))]
    black_box(ask.authorities().map(|names| names.iter().count()));
    #[cfg(feature = "client-auth")]
    black_box(ask.oid_filters().map(|filters| filters.iter().count()));
    match black_box(0) {
        0 => drop(black_box(ask.choose(IdentityId(black_box(0)), SignatureScheme(black_box(0x403))))),
        1 => ask.defer(),
        #[cfg(any(feature = "tls12", feature = "client-auth"))]
        2 => ask.none(),
        _ => ask.refuse(black_box(Refused::Identity)),
    }
}
