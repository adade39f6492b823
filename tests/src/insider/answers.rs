//! What the applications of both ends answer, and what they remember.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each function deals with some events and hands the others on"
)]

use tidegate::driver::{answer_client_keys, answer_server, answer_sessions, decline};
use tidegate::error::CertificateError;
use tidegate::{Event, Negotiated, VerifyPeer, Want};

use super::scenario::{Scenario, Shown};
use crate::cookies::answer_cookies;
use crate::middle::End;
use crate::sessions::{Kept, kept};

/// What the application of an end has seen.
#[derive(Debug, Default)]
pub struct Notes {
    /// The key that the peer must prove to have, once its certificates are accepted.
    pub accepted: Option<Vec<u8>>,
    /// What was agreed on, once the connection says that it is connected.
    pub connected: Option<Negotiated>,
    /// Bytes of application data that came.
    pub data: usize,
    /// Bytes of early data that came.
    pub early_data: usize,
    /// Sessions of TLS 1.3 that came.
    pub tickets: Vec<Vec<u8>>,
    /// Whether the peer has closed its direction.
    pub closed: Closed,
    /// The ask that is not answered yet, by its state.
    pub holds: Option<&'static str>,
    /// Events so far: what an end does is bounded.
    pub events: usize,
}

/// Whether a direction is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closed {
    /// Not yet.
    #[default]
    No,
    /// By a close_notify.
    Yes,
}

/// Who answers at an end.
pub(super) struct Application<'a> {
    pub(super) end: End,
    pub(super) scenario: Scenario,
    pub(super) kept: &'a Kept,
    pub(super) notes: &'a mut Notes,
}

impl Application<'_> {
    /// Deals with an event; a want comes back.
    pub(super) fn answer(&mut self, event: Event<'_>) -> Option<Want> {
        self.notes.events += 1;
        let event = self.hold(event)?;
        let event = self.note(event)?;
        let signer = Shown(self.end).signer();
        let event = match self.end {
            End::Client => answer_client_keys(event, &signer)?,
            End::Server => answer_server(event, &signer)?,
        };
        let event = self.kept.answer_external(event).and_then(|event| answer_sessions(event, self.kept))?;
        match decline(event)? {
            Event::Want(want) => Some(want),
            _ => None,
        }
    }

    /// Defers the ask that is to be held.
    fn hold<'a>(&self, event: Event<'a>) -> Option<Event<'a>> {
        if self.notes.holds != name(&event) || self.notes.holds.is_none() {
            return Some(event);
        }
        match event {
            Event::VerifyPeer(ask) => ask.defer(),
            Event::ChooseIdentity(ask) => ask.defer(),
            Event::Sign(ask) => ask.defer(),
            Event::SignDigest(ask) => ask.defer(),
            Event::FindSession(ask) => ask.defer(),
            Event::FindPsk(ask) => ask.defer(),
            Event::KeepSession(ask) => ask.defer(),
            Event::SealCookie(ask) => ask.defer(),
            Event::OpenCookie(ask) => ask.defer(),
            _ => {}
        }
        None
    }

    /// Takes notes, and answers what has nothing to do with keys or sessions.
    fn note<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        match event {
            Event::VerifyPeer(ask) => self.verify(ask),
            Event::Connected(negotiated) => self.notes.connected = Some(*negotiated),
            Event::AppData(mut data) => {
                self.notes.data += data.bytes().len();
                data.consume(usize::MAX);
            }
            Event::EarlyData(mut data) => {
                self.notes.early_data += data.bytes().len();
                data.consume(usize::MAX);
            }
            Event::Ticket(mut ticket) => self.notes.tickets.extend(kept(&mut ticket)),
            Event::PeerClosed => self.notes.closed = Closed::Yes,
            Event::ChooseIdentity(ask) if self.end == End::Client && !self.scenario.client_shows() => {
                ask.none();
            }
            event => return answer_cookies(event),
        }
        None
    }

    /// Accepts the one certificate that the peer has, or the one key where that is shown in its place.
    fn verify(&mut self, ask: VerifyPeer<'_>) {
        let peer = Shown(self.end.peer());
        let key = peer.public_key();
        let raw = ask.raw_public_key();
        assert_eq!(raw.is_some(), self.scenario == Scenario::RawKeys, "what both are configured for");
        if !raw.map_or_else(|| ask.chain().iter().eq([peer.certificate()]), |raw| raw == key) {
            return ask.refuse(CertificateError::UnknownIssuer);
        }
        ask.accept(&key).unwrap_or(());
        self.notes.accepted = Some(key);
    }
}

/// The state in which a connection asks this.
fn name(event: &Event<'_>) -> Option<&'static str> {
    match event {
        Event::VerifyPeer(_) => Some("AskVerifyPeer"),
        Event::ChooseIdentity(_) => Some("AskIdentity"),
        Event::Sign(_) | Event::SignDigest(_) => Some("AskSign"),
        Event::FindSession(_) => Some("AskSession"),
        Event::FindPsk(_) => Some("AskPsk"),
        Event::KeepSession(_) => Some("AskKeepSession"),
        Event::SealCookie(_) | Event::OpenCookie(_) => Some("AskCookie"),
        _ => None,
    }
}
