//! The connection under test, and what is expected of one that fails.

use core::fmt::Debug;
use core::ops::{Deref, DerefMut};
use std::boxed::Box;
use std::vec::Vec;

use super::puppet::{Puppet, Seeded, Software};
use crate::config::{ClientConfig, Identities, IdentityId, ServerConfig};
use crate::connection::{Connection, Event, Lent, Want};
use crate::crypto::rustcrypto::RustCrypto;
use crate::engine::{HandshakeSpace, Role};
use crate::error::Error;
use crate::sign::SoftwareSigner;
use crate::wire::enums::ContentType;
use crate::{Client, Server, ServerName};

pub(super) type Subject<R> = Connection<
    R,
    Software,
    Box<<R as crate::engine::Machine>::Config>,
    Box<HandshakeSpace<Software>>,
    Vec<u8>,
>;

/// The bytes of a certificate: nobody looks into it, since the verifier's answer is all that counts.
pub(super) const CERTIFICATE: &[u8] = b"not parsed by anybody";

/// How the cookies of tests begin, which are not sealed.
#[cfg(feature = "cookies")]
pub(super) const SEALED: &[u8] = b"sealed: ";

/// A key on P-256 that was made for this file.
pub(super) fn signer() -> SoftwareSigner {
    let mut sec1 = std::vec![0x30, 0x31, 2, 1, 1, 4, 32];
    sec1.extend_from_slice(&[0x42; 32]);
    sec1.extend_from_slice(&[0xa0, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    SoftwareSigner::from_der(&sec1).unwrap()
}

/// The public half of [`signer`].
pub(super) fn public_key() -> Vec<u8> {
    let mut spki = std::vec![0; crate::sign::MAX_SPKI];
    let length = signer().public_key_spki(&mut spki).unwrap();
    spki.truncate(length);
    spki
}

/// One identity.
#[derive(Debug)]
pub(super) struct Shown;

impl Identities for Shown {
    fn for_each_certificate(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(CERTIFICATE);
    }
}

pub(super) fn lend(buffer: usize) -> Lent<Box<HandshakeSpace<Software>>, Vec<u8>> {
    Lent { space: Box::default(), incoming: std::vec![0; buffer], outgoing: std::vec![0; 4096] }
}

pub(super) fn client<T: Identities + Debug>(config: ClientConfig<T>, buffer: usize) -> Subject<Client<T>> {
    let name = ServerName::try_from("server").unwrap();
    Subject::<Client<T>>::new(Box::new(config), RustCrypto::new(Seeded(1)), &name, lend(buffer)).unwrap()
}

pub(super) fn server<T: Identities + 'static>(config: ServerConfig<T>, buffer: usize) -> Subject<Server> {
    Subject::<Server>::new(Box::new(config), RustCrypto::new(Seeded(2)), lend(buffer)).unwrap()
}

/// Feeds all of the bytes.
pub(super) fn feed<R: Role>(subject: &mut Subject<R>, bytes: &[u8]) {
    assert_eq!(subject.feed_incoming(bytes), bytes.len(), "room for all");
}

/// Lets the connection do what it can, with yes to every ask; application data is taken.
pub(super) fn run<R: Role>(subject: &mut Subject<R>) -> Result<Want, Error> {
    loop {
        match subject.next_event()? {
            Event::Want(want) => return Ok(want),
            Event::VerifyPeer(ask) => ask.accept(&public_key()).unwrap(),
            Event::ChooseIdentity(ask) => ask.choose(IdentityId(0), signer().scheme()).unwrap(),
            Event::Sign(ask) => {
                let mut signature = [0; 128];
                let length = signer().sign(ask.message(), &mut signature).unwrap();
                ask.answer(&signature[..length]).unwrap();
            }
            #[cfg(feature = "tls12")]
            Event::SignDigest(ask) => ask.refuse(),
            #[cfg(feature = "tls12")]
            Event::FindSession(ask) => ask.none(),
            #[cfg(feature = "psk")]
            Event::FindPsk(ask) => ask.none(),
            #[cfg(feature = "cookies")]
            Event::SealCookie(ask) => {
                let cookie = [SEALED, ask.content()].concat();
                ask.answer(&cookie).unwrap();
            }
            #[cfg(feature = "cookies")]
            Event::OpenCookie(ask) => match ask.cookie().strip_prefix(SEALED) {
                Some(content) => ask.accept(content).unwrap(),
                None => ask.refuse(),
            },
            #[cfg(any(feature = "tls12", feature = "psk"))]
            Event::KeepSession(ask) => ask.done(),
            Event::AppData(data) => data.consume(usize::MAX),
            #[cfg(feature = "early-data")]
            Event::EarlyData(data) => data.consume(usize::MAX),
            Event::Connected(_) | Event::Ticket(_) | Event::PeerClosed => {}
        }
    }
}

/// Everything that waits to leave.
pub(super) fn drain<P, C, H, I, O, R>(connection: &mut Connection<R, P, C, H, I, O>) -> Vec<u8>
where
    R: Role,
    P: crate::crypto::Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: crate::storage::Storage<P::AeadKey>,
    O: crate::storage::Storage<P::AeadKey>,
{
    let mut all = Vec::new();
    while !connection.outgoing().is_empty() {
        all.extend_from_slice(connection.outgoing());
        connection.outgoing_sent(connection.outgoing().len());
    }
    all
}

/// A played peer that opens what the connection says.
pub(super) trait Hears {
    /// Opens whole records, all under the present key.
    fn hear(&mut self, bytes: &[u8]) -> Vec<(ContentType, Vec<u8>)>;
}

impl Hears for Puppet {
    fn hear(&mut self, bytes: &[u8]) -> Vec<(ContentType, Vec<u8>)> {
        Self::hear(self, bytes)
    }
}

/// Feeds bytes that must be refused with this error: once, with its one alert, for ever.
#[track_caller]
pub(super) fn refuses<R: Role>(
    subject: &mut Subject<R>,
    puppet: &mut impl Hears,
    bytes: &[u8],
    error: impl Into<Error>,
) {
    let error = error.into();
    feed(subject, bytes);
    assert_eq!(run(subject), Err(error));
    assert_eq!(run(subject), Err(error), "sticky");
    assert_eq!(subject.write_app_data(b"x"), Err(crate::WriteError::Failed(error)));
    assert_eq!(subject.read_app_data(&mut [0]), Err(crate::ReadError::Failed(error)));
    subject.close();
    let heard = puppet.hear(&drain(subject));
    let expected = error.alert().map(|alert| (ContentType::ALERT, std::vec![2, alert.0]));
    assert_eq!(heard, Vec::from_iter(expected), "the one alert of {error:?}");
    assert_eq!(subject.feed_incoming(bytes), 0, "nothing more is taken");
}
