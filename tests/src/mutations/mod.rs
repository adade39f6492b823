//! Handshakes in which one message is changed on its way, in every way that is listed.
//!
//! Whoever changes it knows the secrets of both ends, so that each receiver can open what it gets; see
//! [`insider`](crate::insider). No end may be connected in a handshake that the other one knows otherwise, or without the
//! proofs that it asked for; none may panic, go on for ever, or say more than one alert. The insider and its witnesses
//! see to all of that. The same is done once more by somebody who can make each Finished as well, which is the peer: there
//! it is the proofs alone that count.

mod change;
mod layout;

pub use change::Change;
use change::changes;
use tidegate::wire::enums::{ContentType, HandshakeType};

use crate::insider::{CLEAR, Ground, Insider, Item, Scenario, Version, pass};
use crate::middle::End;

/// What came of a scenario's mutations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Handshakes that were played.
    pub played: usize,
    /// In which an end failed.
    pub failed: usize,
    /// In which an end waits for what does not come.
    pub waiting: usize,
    /// In which both ends were connected: what was changed is no part of the handshake.
    pub connected: usize,
}

/// Who changes messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Somebody who has the secrets, and passes each Finished on.
    Insider,
    /// The peer itself, or as good as that: each Finished is made for what the receiver has seen. What an end must not be without
    /// are the signatures that it asked for.
    Peer,
}

/// Plays a scenario with every change of every item.
///
/// # Panics
/// If an end, or a witness, finds something that may not be.
#[must_use]
pub fn mutate(scenario: Scenario, by: By) -> Tally {
    let ground = Ground::new(scenario);
    let mut tally = Tally::default();
    for (place, item) in items(&ground).iter().enumerate() {
        for change in changes(item, scenario.version(), by) {
            let mutation = Mutation { place, item: item.clone(), change, held: None, passed: 0 };
            mutation.play(&ground, by, &mut tally);
        }
    }
    tally
}

/// What the ends say where nobody changes it.
fn items(ground: &Ground) -> Vec<Item> {
    let mut items = Vec::new();
    Insider::new(ground).play(&mut |item| {
        items.push(item.clone());
        pass(item)
    });
    items
}

/// One change, and how far it is.
#[derive(Clone, Debug)]
struct Mutation {
    /// Items before it.
    place: usize,
    /// What it is where nothing is changed.
    item: Item,
    change: Change,
    held: Option<Item>,
    passed: usize,
}

/// Says which mutation it was if it panics.
struct Named<'a>(Scenario, &'a Mutation);

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {:?} with {:?}", self.0, self.1);
        }
    }
}

impl Mutation {
    fn play(&self, ground: &Ground, by: By, tally: &mut Tally) {
        let _named = Named(ground.scenario(), self);
        let mut insider = Insider::new(ground);
        if by == By::Peer {
            insider.forge();
        }
        let mut this = self.clone();
        while let Some(item) = insider.said() {
            this.pass_on(&mut insider, item);
        }
        if let Some(held) = this.held {
            insider.deliver(&held);
        }
        while let Some(item) = insider.said() {
            insider.deliver(&item);
        }
        let came = tally.count(&insider);
        if by == By::Peer {
            return;
        }
        insider.check_both();
        assert!(came != Came::Connected || self.says_nothing(ground), "nobody noticed");
    }

    /// Whether what is changed is no part of the handshake, or only comes later.
    fn says_nothing(&self, ground: &Ground) -> bool {
        let is_late = self.item.message_type() == Some(HandshakeType::NEW_SESSION_TICKET)
            && ground.scenario().version() == Version::Tls13;
        self.item.kind != ContentType::HANDSHAKE || is_late || self.change == Change::Swap
    }

    fn pass_on(&mut self, insider: &mut Insider, item: Item) {
        let place = self.passed;
        self.passed += 1;
        if place != self.place {
            let held = self.held.take_if(|held| held.from == item.from);
            insider.deliver(&item);
            return held.iter().for_each(|held| insider.deliver(held));
        }
        if let Change::Damage(at, by) = self.change {
            return damage(insider, &item, at, by);
        }
        if self.change == Change::Swap {
            return self.held = Some(item);
        }
        let content = self.change.apply(&item, insider.scenario().version());
        let changed = Item { content, ..item };
        if self.change != Change::Drop {
            insider.deliver(&changed);
        }
        if self.change == Change::Repeat {
            insider.deliver(&changed);
        }
    }
}

/// A record that was sealed and does not arrive as it was.
fn damage(insider: &mut Insider, item: &Item, at: usize, by: u8) {
    assert_ne!(item.epoch, CLEAR);
    let to = item.from.peer();
    let failed = insider.failed[to as usize];
    let Some(mut record) = insider.seal(item) else { return };
    let place = record.len() - 1 - at;
    record[place] ^= by;
    insider.deliver_record(to, &record);
    let result = insider.turn(to);
    // As long as nothing could be opened it may be early data.
    let is_passed_over = insider.scenario() == Scenario::EarlyRefused
        && to == End::Server
        && insider.notes[to as usize].connected.is_none();
    assert!(result.is_err() || failed.is_some() || is_passed_over, "a damaged record was taken: {result:?}");
}

/// What came of a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    Failed,
    Connected,
    Waiting,
}

impl Tally {
    fn count(&mut self, insider: &Insider) -> Came {
        self.played += 1;
        let failed = insider.failed.iter().any(Option::is_some);
        let connected = End::BOTH.iter().all(|end| insider.notes[*end as usize].connected.is_some());
        let (count, came) = match (failed, connected) {
            (true, _) => (&mut self.failed, Came::Failed),
            (false, true) => (&mut self.connected, Came::Connected),
            (false, false) => (&mut self.waiting, Came::Waiting),
        };
        *count += 1;
        came
    }
}
