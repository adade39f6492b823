//! An end of a recorded connection.
#![expect(clippy::wildcard_enum_match_arm, reason = "what is not for one function is for the next")]

use std::boxed::Box;
use std::vec::Vec;

use super::super::puppet::{Puppet, split_record};
use super::super::subject::drain;
use super::provider::Replay;
use super::{Proof, Trace};
use crate::UnixTime;
use crate::config::{Identities, IdentityId};
use crate::connection::{Connection, Event, Lent, Want};
use crate::crypto::SecretLabel;
use crate::engine::{HandshakeSpace, Machine, Role};
use crate::wire::enums::{CipherSuite, ContentType};

/// When everything happens.
pub(super) const NOW: UnixTime = UnixTime::since_unix_epoch(core::time::Duration::from_secs(1_500_000_000));

pub(super) type Replaying<R> =
    Connection<R, Replay, Box<<R as Machine>::Config>, Box<HandshakeSpace<Replay>>, Vec<u8>>;

/// A connection that does what its trace says, and what it met.
pub(super) struct End<R: Role> {
    pub(super) connection: Replaying<R>,
    pub(super) trace: Trace,
    /// What this end shows of itself, and the other.
    pub(super) own: Proof,
    pub(super) other: Proof,
    /// What the connection goes back to, and where it goes on.
    pub(super) session: Vec<u8>,
    pub(super) early_data: Vec<u8>,
    pub(super) data: Vec<u8>,
    /// What a server has sealed in its cookie.
    sealed: Vec<u8>,
}

/// The certificates of an end.
#[derive(Debug)]
pub(super) struct Shown(pub(super) &'static [u8]);

impl Identities for Shown {
    fn for_each_certificate(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(self.0);
    }
}

pub(super) fn lend() -> Lent<Box<HandshakeSpace<Replay>>, Vec<u8>> {
    let incoming = crate::buffers::full_incoming(crate::limits::DEFAULT_HANDSHAKE_MESSAGE);
    Lent { space: Box::default(), incoming: std::vec![0; incoming], outgoing: std::vec![0; 4096] }
}

impl<R: Role> End<R> {
    pub(super) fn new(connection: Replaying<R>, trace: Trace, (own, other): (Proof, Proof)) -> Self {
        let (session, early_data, data, sealed) = Default::default();
        Self { connection, trace, own, other, session, early_data, data, sealed }
    }

    /// Feeds bytes of the trace and does what follows from them.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Want {
        assert_eq!(self.connection.feed_incoming(bytes), bytes.len());
        self.run()
    }

    /// Answers every ask as the trace does.
    pub(super) fn run(&mut self) -> Want {
        let Self { connection, trace, own, other, session, early_data, data, sealed } = self;
        loop {
            let event = connection.next_event().unwrap();
            let event = go_on(event, session).and_then(|event| take(event, early_data, data));
            match event.and_then(|event| answer_cookie(event, trace, sealed)) {
                Some(Event::Want(want)) => return want,
                Some(Event::VerifyPeer(ask)) => {
                    assert_eq!(ask.chain().iter().collect::<Vec<_>>(), [other.certificate]);
                    ask.accept(other.public_key()).unwrap();
                }
                Some(Event::ChooseIdentity(ask)) => ask.choose(IdentityId(0), own.scheme).unwrap(),
                Some(Event::Sign(ask)) => {
                    assert_eq!(ask.message(), own.signed);
                    ask.answer(own.signature).unwrap();
                }
                Some(Event::Connected(_) | Event::PeerClosed) | None => {}
                Some(other) => panic!("{other:?}"),
            }
        }
    }

    /// Everything that leaves, but for what middleboxes get: the RFC's implementation gives it where section 7 says.
    pub(super) fn sent(&mut self) -> Vec<u8> {
        let sent = drain(&mut self.connection);
        let mut rest = &sent[..];
        let mut all = Vec::new();
        while let Some((record, behind)) = split_record(rest) {
            rest = behind;
            if ContentType(record[0]) != ContentType::CHANGE_CIPHER_SPEC {
                all.extend_from_slice(record);
            }
        }
        all
    }

    /// The messages of these records, under this secret, in one record: so the RFC's implementation sends them.
    pub(super) fn joined(&self, records: &[u8], label: SecretLabel) -> Vec<u8> {
        let secret = self.connection.provider().secret(label);
        let mut puppet = Puppet::new(0);
        let Puppet { reading, writing, provider, .. } = &mut puppet;
        for protection in [reading, writing] {
            let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
            protection.install_copy(provider, None, suite, &secret).unwrap();
        }
        let messages: Vec<u8> = puppet.hear(records).into_iter().flat_map(|(_, content)| content).collect();
        puppet.record(ContentType::HANDSHAKE, &messages)
    }

    /// Both ends say that they are done.
    pub(super) fn close(&mut self, own: &[u8], others: &[u8]) {
        self.connection.close();
        assert_eq!(self.sent(), own);
        assert_eq!(self.hear(others), Want::Nothing);
    }
}

/// What is asked and told about sessions; other events come back.
fn go_on<'a>(event: Event<'a>, session: &mut Vec<u8>) -> Option<Event<'a>> {
    let mut kept = [0; crate::MAX_CLIENT_SESSION];
    match event {
        Event::FindPsk(ask) => {
            assert!(ask.has_early_data());
            ask.resume_with_replayable_early_data(0, session, NOW).unwrap();
        }
        Event::KeepSession(ask) => {
            let length = ask.encode(NOW, LIFETIME, &mut kept).unwrap();
            *session = kept[..length].to_vec();
            ask.give_ticket(ticket(), LIFETIME).unwrap();
        }
        Event::Ticket(mut ticket) => {
            let length = ticket.encode(NOW, &mut kept).unwrap();
            *session = kept[..length].to_vec();
        }
        other => return Some(other),
    }
    None
}

/// Data of either kind is taken; other events come back.
fn take<'a>(event: Event<'a>, early: &mut Vec<u8>, read: &mut Vec<u8>) -> Option<Event<'a>> {
    let (mut data, to) = match event {
        Event::EarlyData(data) => (data, early),
        Event::AppData(data) => (data, read),
        other => return Some(other),
    };
    to.extend_from_slice(data.bytes());
    data.consume(usize::MAX);
    None
}

/// The trace's cookie stands for what was sealed; other events come back.
fn answer_cookie<'a>(event: Event<'a>, trace: &Trace, sealed: &mut Vec<u8>) -> Option<Event<'a>> {
    match event {
        Event::SealCookie(ask) => {
            *sealed = ask.content().to_vec();
            ask.answer(cookie(trace)).unwrap();
        }
        Event::OpenCookie(ask) => {
            assert_eq!(ask.cookie(), cookie(trace));
            ask.accept(sealed).unwrap();
        }
        other => return Some(other),
    }
    None
}

/// Seconds that the ticket of section 3 is good for.
const LIFETIME: u32 = 30;

/// The ticket of section 3, as the hello of section 4 shows it.
fn ticket() -> &'static [u8] {
    let hello = super::traces::RESUMED.client_hello;
    let hello = crate::wire::client_hello::ClientHello::parse(&hello[4..]).unwrap();
    let offered = hello.extensions.pre_shared_key.unwrap();
    let offered = crate::wire::pre_shared_key::OfferedPsks::parse(offered).unwrap();
    offered.iter().next().unwrap().identity
}

/// The cookie of a trace, as its second hello shows it.
fn cookie(trace: &Trace) -> &'static [u8] {
    let hello = crate::wire::client_hello::ClientHello::parse(&trace.second_client_hello[4..]).unwrap();
    hello.extensions.cookie.unwrap()
}
