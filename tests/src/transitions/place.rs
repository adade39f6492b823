//! How an end comes to a state, and what it does there with what it is told.

use tidegate::wire::enums::{ContentType, HandshakeType};
use tidegate::{Error, Want};

use super::samples::Samples;
use super::stimulus::Stimulus;
use crate::insider::{
    APPLICATION, CLEAR, Closed, Epoch, Ground, Insider, Item, Scenario, Version, watch_states,
};
use crate::middle::End;

/// A state that an end waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose.
    pub end: End,
    /// Its name, as in the engine's log.
    pub state: &'static str,
    /// In which handshake.
    pub scenario: Scenario,
    /// How many messages of its peer it has taken.
    pub heard: usize,
}

/// What becomes of what an end is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It waits in this state next.
    To(&'static str),
    /// It is where it was, and says nothing.
    Stays,
    /// It is where it was, and has said something.
    Answers,
    /// It is where it was, and its application has data.
    Data,
    /// It is where it was, and knows that its peer has closed.
    Closed,
    /// It does not look at it before its application has answered.
    Unread,
    /// It has failed with this alert.
    Alert(&'static str),
    /// It has failed, since its peer has: there is no alert.
    Failed,
    /// It has failed, and what it told its peer is not the alert of its error, once. Nowhere in the table.
    Untold,
}

/// How something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In a record, under the keys that are in force.
    Once,
    /// In clear, where keys are in force.
    Clear,
    /// Twice, one record after the other.
    Twice,
    /// The first byte in a record of its own.
    HeadFirst,
    /// The last byte in a record of its own.
    TailLast,
    /// In one record with what its peer says next; with itself once more where that is nothing.
    WithNext,
}

/// The plays of one scenario, and messages to tell.
pub(super) struct Stage<'a> {
    pub(super) place: Place,
    pub(super) ground: &'a Ground,
    pub(super) samples: &'a Samples,
}

impl Place {
    /// Whether keys are in force here, for what it is told.
    #[must_use]
    pub fn version(&self) -> Version {
        self.scenario.version()
    }

    fn is_ask(&self) -> bool {
        self.state.starts_with("Ask")
    }

    fn is_reached(&self, insider: &Insider, upcoming: &[Item]) -> bool {
        let heard = insider.view(self.end).iter().filter(|said| said.by != self.end).count();
        let again = self.scenario == Scenario::Again12;
        let settled = self.state != "Connected" || again || upcoming.is_empty();
        insider.has_begun_again() == again
            && insider.state(self.end) == self.state
            && (settled && heard == self.heard || self.is_ask())
    }
}

impl Stage<'_> {
    /// Both ends, with the one in its state, and what its peer is about to say.
    fn set(&self) -> (Insider, Vec<Item>) {
        let Place { end, state, .. } = self.place;
        watch_states();
        let mut insider = Insider::new(self.ground);
        if self.place.is_ask() {
            insider.notes[end as usize].holds = Some(state);
        }
        loop {
            while let Some(item) = insider.said_by(end) {
                insider.deliver(&item);
            }
            let upcoming = insider.upcoming();
            if self.place.is_reached(&insider, &upcoming) {
                return (insider, upcoming);
            }
            let item = insider.said().unwrap_or_else(|| panic!("{:?} is never reached", self.place));
            insider.deliver(&item);
        }
    }

    /// The keys that are in force here.
    fn epoch(&self, upcoming: &[Item]) -> Epoch {
        // In TLS 1.3 a change_cipher_spec is in clear among what is not.
        let counts = |item: &&Item| {
            self.place.version() == Version::Tls12 || item.kind != ContentType::CHANGE_CIPHER_SPEC
        };
        let after = if self.place.version() == Version::Tls12 { 1 } else { APPLICATION };
        upcoming.iter().find(counts).map_or(after, |item| item.epoch)
    }

    /// Whether keys are in force here.
    pub(super) fn has_keys(&self) -> bool {
        self.epoch(&self.set().1) != CLEAR
    }

    /// What comes of it.
    pub(super) fn tell(&self, stimulus: Stimulus, form: Form) -> Outcome {
        let (mut insider, upcoming) = self.set();
        let epoch = if form == Form::Clear { CLEAR } else { self.epoch(&upcoming) };
        let messages: Vec<&Item> =
            upcoming.iter().filter(|item| item.kind == ContentType::HANDSHAKE).collect();
        let legal = messages.first().filter(|item| Stimulus::of(&item.content) == Some(stimulus));
        let content = match legal {
            Some(legal) => legal.content.clone(),
            None => stimulus.content(self.place.version(), self.samples),
        };
        let next = messages.get(1).filter(|_| legal.is_some());
        let next = next.map_or(content.clone(), |next| next.content.clone());
        let before = Seen::of(&insider, self.place.end);
        let item = |epoch, content: &[u8]| Item {
            from: self.place.end.peer(),
            epoch,
            kind: stimulus.kind(),
            content: content.to_vec(),
        };
        let (head, tail) = (1.min(content.len()), content.len().saturating_sub(1));
        let records = match form {
            Form::Once | Form::Clear => vec![item(epoch, &content)],
            Form::Twice => vec![item(epoch, &content), item(next_epoch(epoch, &content), &content)],
            Form::HeadFirst => vec![item(epoch, &content[..head]), item(epoch, &content[head..])],
            Form::TailLast => vec![item(epoch, &content[..tail]), item(epoch, &content[tail..])],
            Form::WithNext => vec![item(epoch, &[content, next].concat())],
        };
        records.iter().for_each(|record| insider.deliver(record));
        before.compare(&mut insider, self.place.end)
    }
}

/// A KeyUpdate changes the keys of what follows it.
fn next_epoch(epoch: Epoch, content: &[u8]) -> Epoch {
    let updates = epoch >= APPLICATION && content.first() == Some(&HandshakeType::KEY_UPDATE.0);
    if updates { epoch + 1 } else { epoch }
}

/// What is seen of an end from outside.
struct Seen {
    state: String,
    data: usize,
    closed: Closed,
}

impl Seen {
    fn of(insider: &Insider, end: End) -> Self {
        let notes = &insider.notes[end as usize];
        let data = notes.data + notes.early_data;
        Self { state: insider.state(end), data, closed: notes.closed }
    }

    /// What is another way now.
    fn compare(&self, insider: &mut Insider, end: End) -> Outcome {
        let result = insider.turn(end);
        let now = Self::of(insider, end);
        let said: Vec<Item> = std::iter::from_fn(|| insider.said_by(end)).collect();
        match result {
            Err(error) if !is_told(error, &said) => Outcome::Untold,
            Err(Error::AlertReceived(_)) => Outcome::Failed,
            Err(error) => Outcome::Alert(name(error)),
            Ok(_) if now.state != self.state => Outcome::To(Box::leak(now.state.into_boxed_str())),
            Ok(Want::Answer) => Outcome::Unread,
            Ok(_) if now.data != self.data => Outcome::Data,
            Ok(_) if now.closed != self.closed => Outcome::Closed,
            Ok(_) if !said.is_empty() => Outcome::Answers,
            Ok(_) => Outcome::Stays,
        }
    }
}

/// Whether an end that has failed has said so: with the alert of its error, once, behind all else; and not at all where its peer
/// has failed before.
fn is_told(error: Error, said: &[Item]) -> bool {
    let alerts: Vec<&[u8]> = said
        .iter()
        .filter(|item| item.kind == ContentType::ALERT)
        .map(|item| item.content.as_slice())
        .collect();
    match error.alert() {
        None => alerts.is_empty(),
        Some(alert) => {
            alerts == [&[2, alert.0]] && said.last().is_some_and(|item| item.kind == ContentType::ALERT)
        }
    }
}

/// The alert of an error, by the name of the registry.
fn name(error: Error) -> &'static str {
    let alert = error.alert().and_then(tidegate::wire::enums::AlertDescription::name);
    let name = alert.unwrap_or_else(|| panic!("{error:?} has an alert"));
    Box::leak(name.to_lowercase().into_boxed_str())
}
