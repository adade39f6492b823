//! What stands at a limit and one past it, where no other test of the matter does.

#[cfg(feature = "early-data")]
pub(super) mod ages;
#[cfg(feature = "psk")]
mod keys;
#[cfg(feature = "psk")]
mod tickets;

use super::played_client::{Share, fresh_server};
use super::played_server::{Stage, certificate, client_at};
use super::puppet::{Puppet, Seeded, clear};
use super::subject::{Subject, drain, feed, lend, refuses, run, signer};
use crate::buffers::full_incoming;
use crate::config::{ClientConfig, IdentityId};
use crate::connection::{Event, PublicKeyTooLong, Sign, SignatureTooLong, Want};
use crate::crypto::rustcrypto::RustCrypto;
use crate::error::{CertificateError, PeerMisbehaved, Refused};
use crate::limits::{HOST_NAME, PLAINTEXT, PUBLIC_KEY, SIGNATURE, WORTHWHILE_ROOM};
use crate::record::outgoing::MAX_OVERHEAD;
use crate::wire::enums::{ContentType, ExtensionType, HandshakeType, NamedGroup};
use crate::{Client, Server, ServerName, WriteError};

/// A server that is asked to sign, and the client that has heard what went before.
fn signing() -> (Subject<Server>, Puppet) {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    let share = Share::new(&mut puppet.provider, NamedGroup::X25519);
    feed(&mut subject, &puppet.say(&share.hello().encode()));
    let Ok(Event::ChooseIdentity(ask)) = subject.next_event() else { panic!("an ask") };
    ask.choose(IdentityId(0), signer().scheme()).unwrap();
    drop(asked_to_sign(&mut subject));
    puppet.hear_flight_as_client(share, &drain(&mut subject));
    (subject, puppet)
}

fn asked_to_sign(subject: &mut Subject<Server>) -> Sign<'_> {
    let Ok(Event::Sign(ask)) = subject.next_event() else { panic!("an ask") };
    ask
}

#[test]
fn a_signature_is_as_long_as_that_of_an_rsa_key_of_4096_bits() {
    let (mut subject, mut puppet) = signing();
    assert_eq!(asked_to_sign(&mut subject).answer(&[7; SIGNATURE]), Ok(()));
    assert_eq!(run(&mut subject), Ok(Want::Incoming));
    let heard = puppet.hear_messages(&drain(&mut subject));
    assert_eq!(heard[0][0], HandshakeType::CERTIFICATE_VERIFY.0);
    assert!(heard[0].ends_with(&[7; SIGNATURE]));

    let (mut subject, mut puppet) = signing();
    assert_eq!(asked_to_sign(&mut subject).answer(&[7; SIGNATURE + 1]), Err(SignatureTooLong));
    assert_eq!(run(&mut subject), Err(Refused::Signature.into()));
    let alert = std::vec![2, crate::Error::from(Refused::Signature).alert().unwrap().0];
    assert_eq!(puppet.hear(&drain(&mut subject)), [(ContentType::ALERT, alert)]);
}

#[test]
fn a_peers_key_is_as_long_as_that_of_rsa_with_4096_bits() {
    for (length, refused) in [(PUBLIC_KEY, false), (PUBLIC_KEY + 1, true)] {
        let (mut subject, mut puppet) = client_at(Stage::CertificateOrRequest);
        feed(&mut subject, &puppet.say(&certificate()));
        let Ok(Event::VerifyPeer(ask)) = subject.next_event() else { panic!("an ask") };
        let taken = ask.accept(&std::vec![7; length]);
        assert_eq!(taken, if refused { Err(PublicKeyTooLong) } else { Ok(()) });
        let error = Refused::Certificate(CertificateError::UnsupportedAlgorithm);
        let expected = if refused { Err(error.into()) } else { Ok(Want::Incoming) };
        assert_eq!(run(&mut subject), expected);
        let alert = std::vec![2, crate::Error::from(error).alert().unwrap().0];
        let heard = puppet.hear(&drain(&mut subject));
        assert_eq!(heard, if refused { std::vec![(ContentType::ALERT, alert)] } else { std::vec![] });
    }
}

/// A hello that asks for a name of so many bytes.
fn named(puppet: &mut Puppet, length: usize) -> std::vec::Vec<u8> {
    let name = std::vec![b'a'; length];
    let names = [&[0][..], &super::hellos::vector(&name)].concat();
    let mut hello = Share::new(&mut puppet.provider, NamedGroup::X25519).hello();
    hello.extensions.push((ExtensionType::SERVER_NAME, super::hellos::vector(&names)));
    clear(ContentType::HANDSHAKE, &hello.encode())
}

#[test]
fn a_client_asks_for_no_longer_name_than_there_is() {
    let (mut subject, mut puppet) = (fresh_server(), Puppet::new(4));
    feed(&mut subject, &named(&mut puppet, HOST_NAME));
    let Ok(Event::ChooseIdentity(ask)) = subject.next_event() else { panic!("an ask") };
    assert_eq!(ask.server_name().map(str::len), Some(HOST_NAME));
    let record = named(&mut puppet, HOST_NAME + 1);
    refuses(&mut fresh_server(), &mut puppet, &record, PeerMisbehaved::IllegalParameter);
}

#[test]
fn a_record_is_begun_where_there_is_room_that_is_worth_it() {
    for (left, fits) in [(WORTHWHILE_ROOM, true), (WORTHWHILE_ROOM - 1, false)] {
        let (mut subject, _) = client_at(Stage::Connected);
        let whole = subject.outgoing.as_ref().unwrap().len();
        let overhead = whole - subject.app_data_space().unwrap().len();
        assert!(overhead <= MAX_OVERHEAD);
        assert!(subject.app_data_filled(whole - 2 * overhead - left).is_ok());
        let room = subject.app_data_space().map(|room| room.len());
        assert_eq!(room, if fits { Ok(left) } else { Err(WriteError::Blocked(Want::Outgoing)) });
        let written = subject.write_app_data(&[7; WORTHWHILE_ROOM]);
        assert_eq!(written, if fits { Ok(left) } else { Err(WriteError::Blocked(Want::Outgoing)) });
    }
}

#[test]
fn no_record_is_made_longer_than_records_are() {
    for (fragment, can_be) in [(0, false), (1, true), (PLAINTEXT, true), (PLAINTEXT + 1, false)] {
        let mut config = ClientConfig::new();
        config.common.max_send_fragment = fragment;
        let (name, lent) = (ServerName::try_from("server").unwrap(), lend(full_incoming(4096)));
        let made = Subject::<Client>::new(config.into(), RustCrypto::new(Seeded(1)), &name, lent);
        assert_eq!(made.is_ok(), can_be, "{fragment}");
    }
}
