//! What the two ends are answered when they ask.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::{Deref, Range};
use std::time::Duration;

use tidegate::config::IdentityId;
use tidegate::crypto::{CryptoError, HashAlgorithm};
use tidegate::driver::{
    ClientKeys, Cookies, Keys, Sessions, Verify, VerifyClient, answer_client, answer_client_certificate,
    answer_client_keys, answer_cookies, answer_server, answer_sessions, decline,
};
use tidegate::error::{CertificateError, Refused};
use tidegate::wire::certificate::CertificateChain;
use tidegate::wire::enums::SignatureScheme;
use tidegate::wire::pre_shared_key::ImportedIdentity;
use tidegate::{ChooseIdentity, Error, Event, MAX_CLIENT_SESSION, Role, UnixTime, limits};

use super::settings::{EXTERNAL, End};
use crate::shop::{NOW, Shop};

/// How the applications of both ends answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Accept,
    /// Having asked and printed whatever there is.
    Curious,
    Defer,
    Refuse,
    /// With more bytes than an answer may have.
    Excess,
}

/// What both applications have.
pub(crate) struct Desk {
    pub(crate) mood: Mood,
    /// The client's last session.
    pub(crate) session: Option<Vec<u8>>,
    /// Seconds that the server's clock is ahead.
    pub(crate) ahead: u64,
    shop: Shop,
    used: RefCell<HashSet<Vec<u8>>>,
    /// The server's, by their ids.
    by_id: RefCell<HashMap<Vec<u8>, Vec<u8>>>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let (used, by_id) = (RefCell::default(), RefCell::default());
        Self { mood: Mood::Accept, session: None, ahead: 0, shop: Shop::new(), used, by_id }
    }

    /// Lets an end do what it can, for so many events.
    pub(crate) fn turn<R: Role, C: Deref<Target = R::Config>>(
        &mut self,
        end: &mut End<R, C>,
        which: usize,
        limit: usize,
    ) -> Result<(), Error> {
        for _ in 0..limit {
            match self.answer(which, end.next_event()?) {
                Some(Event::EarlyData(data)) => data.consume(usize::MAX),
                Some(Event::Want(_) | Event::AppData(_)) => return Ok(()),
                Some(Event::Ticket(mut ticket)) => {
                    let mut session = vec![0; MAX_CLIENT_SESSION];
                    self.session = ticket.encode(NOW, &mut session).map(|length| session[..length].to_vec());
                }
                Some(_) | None => {}
            }
        }
        panic!("there is always another event");
    }

    fn answer<'a>(&self, which: usize, event: Event<'a>) -> Option<Event<'a>> {
        match self.mood {
            Mood::Accept => self.accept(which, event),
            Mood::Curious => {
                look_at(&event);
                self.accept(which, event)
            }
            Mood::Defer => defer(event),
            Mood::Refuse => decline(event),
            Mood::Excess => exceed(event),
        }
    }

    fn accept<'a>(&self, which: usize, event: Event<'a>) -> Option<Event<'a>> {
        let event = match which {
            0 => answer_client(event, self).and_then(|event| answer_client_keys(event, self)),
            _ => answer_client_certificate(event, self).and_then(|event| answer_server(event, self)),
        };
        let event = event.and_then(answer_external);
        event.and_then(|event| answer_sessions(event, self)).and_then(|event| answer_cookies(event, self))
    }
}

/// Answers a client that offers the external key; other events come back.
fn answer_external(event: Event<'_>) -> Option<Event<'_>> {
    let Event::FindPsk(ask) = event else { return Some(event) };
    let (name, key) = EXTERNAL;
    let external = ask.identities().find_map(|psk| {
        let imported = ImportedIdentity::parse(psk.identity).ok();
        let found = imported.as_ref().map_or(psk.identity, |imported| imported.external_identity);
        (found == name).then_some((psk.index, imported.is_some()))
    });
    let Some((index, is_imported)) = external else { return Some(Event::FindPsk(ask)) };
    let _ = match is_imported {
        true => ask.imported(index, key, HashAlgorithm::Sha256),
        false => ask.external(index, key, HashAlgorithm::Sha256),
    };
    None
}

fn defer(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::VerifyPeer(ask) => ask.defer(),
        Event::ChooseIdentity(ask) => ask.defer(),
        Event::Sign(ask) => ask.defer(),
        Event::SignDigest(ask) => ask.defer(),
        Event::FindSession(ask) => ask.defer(),
        Event::SealCookie(ask) => ask.defer(),
        Event::OpenCookie(ask) => ask.defer(),
        Event::FindPsk(ask) => ask.defer(),
        Event::KeepSession(ask) => ask.defer(),
        other => return Some(other),
    }
    None
}

/// Answers with what is too long, or was never there.
fn exceed(event: Event<'_>) -> Option<Event<'_>> {
    const LONG: [u8; 5000] = [0x30; 5000];
    match event {
        Event::VerifyPeer(ask) => assert!(ask.accept(&LONG).is_err()),
        Event::ChooseIdentity(ask) => {
            let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
            match ask.offers(scheme) {
                true => ask.choose(IdentityId(9), scheme).unwrap(),
                false => ask.refuse(Refused::Identity),
            }
        }
        Event::Sign(ask) => assert!(ask.answer(&LONG).is_err()),
        Event::SignDigest(ask) => assert!(ask.answer(&LONG).is_err()),
        Event::FindSession(ask) => assert!(ask.resume(&LONG, NOW).is_err()),
        Event::SealCookie(ask) => assert!(ask.answer(&LONG).is_err()),
        Event::OpenCookie(ask) => assert!(ask.accept(&LONG).is_err()),
        Event::FindPsk(ask) => assert!(ask.external(9, &LONG, HashAlgorithm::Sha256).is_err()),
        Event::KeepSession(ask) => assert!(ask.give_ticket(&LONG, u32::MAX).is_err()),
        other => return Some(other),
    }
    None
}

/// Whatever an event can be asked for, and what developers see of it.
fn look_at(event: &Event<'_>) {
    assert!(!format!("{event:?}").is_empty());
    match event {
        Event::Want(want) => assert!(!want.to_string().is_empty()),
        Event::VerifyPeer(ask) => {
            let shown = (ask.whose(), ask.server_name(), ask.raw_public_key());
            assert!(ask.chain().iter().count() > 0 || shown.2.is_some());
            assert!(ask.ocsp_response().is_none_or(|response| !response.is_empty()));
        }
        Event::ChooseIdentity(ask) => {
            let count = ask.schemes().map_or(0, |schemes| schemes.iter().count());
            let in_certificates = ask.certificate_schemes().map_or(0, |schemes| schemes.iter().count());
            let names = ask.protocols().map_or(0, |names| names.iter().count());
            let authorities = ask.authorities().map_or(0, |names| names.iter().count());
            let filters = ask.oid_filters().map_or(0, |filters| filters.iter().count());
            assert!(count + in_certificates + names + authorities + filters < 1 << 16);
            assert!(ask.server_name().is_none_or(|name| name.len() <= limits::HOST_NAME));
        }
        Event::Sign(ask) => assert!(!ask.message().is_empty()),
        Event::SignDigest(ask) => assert!(ask.digest().len() >= 32),
        Event::FindPsk(ask) => {
            assert!(ask.identities().all(|psk| !psk.identity.is_empty()));
            let session = ask.check(b"no session", NOW);
            assert!(session.is_err() && ask.server_name().is_none_or(|name| !name.is_empty()));
        }
        _ => {}
    }
}

/// Puts bytes where there is room for them; how many they are.
fn put(bytes: &[u8], room: &mut [u8]) -> Option<usize> {
    let place = room.get_mut(..bytes.len())?;
    place.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    Some(bytes.len())
}

impl Verify for Desk {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        name: &str,
    ) -> Result<&'c [u8], CertificateError> {
        chain.raw_public_key().map_or_else(|| self.shop.verify_server(chain, name), Ok)
    }
}

impl VerifyClient for Desk {
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        self.verify_server(chain, "client")
    }
}

impl Keys for Desk {
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Result<(IdentityId, SignatureScheme), Refused> {
        self.shop.choose(ask)
    }

    fn sign(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.shop.sign(identity, scheme, message, out)
    }
}

impl ClientKeys for Desk {
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Option<(IdentityId, SignatureScheme)> {
        self.shop.choose(ask).ok()
    }

    fn sign(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.shop.sign(identity, scheme, message, out)
    }

    fn sign_digest(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        digest: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.shop.sign(identity, scheme, digest, out)
    }
}

impl Sessions for Desk {
    fn now(&self) -> Option<UnixTime> {
        NOW.as_secs().checked_add(self.ahead).map(|now| UnixTime::since_unix_epoch(Duration::from_secs(now)))
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        self.shop.open(ticket, out)
    }

    /// By what chance decides of, an even ending.
    fn renews(&self, ticket: &[u8]) -> bool {
        ticket.len().is_multiple_of(2)
    }

    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        self.shop.seal(session, out)
    }

    fn is_first_use(&self, ticket: &[u8]) -> bool {
        self.used.borrow_mut().insert(ticket.to_vec())
    }

    fn find(&self, id: &[u8], out: &mut [u8]) -> Option<usize> {
        let kept = self.by_id.borrow();
        put(kept.get(id)?, out)
    }

    fn keep(&self, id: &[u8], session: &[u8]) {
        self.by_id.borrow_mut().insert(id.to_vec(), session.to_vec());
    }
}

/// Cookies that hold what they say, so that the input can have a say in it.
impl Cookies for Desk {
    fn seal(&self, content: &[u8], out: &mut [u8]) -> Option<usize> {
        put(content, out)
    }

    fn open(&self, cookie: &[u8], out: &mut [u8]) -> Option<Range<usize>> {
        Some(0..put(cookie, out)?)
    }
}
