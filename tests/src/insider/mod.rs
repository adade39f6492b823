//! An insider: a man in the middle who knows the secrets of both ends.
//!
//! Each end is a real connection whose provider tells its secrets. The insider opens what an end says with the sender's
//! keys, shows it message by message, and seals what is passed on with the receiver's: it may change, drop, repeat and
//! invent messages in any state, and the receiver's own record layer finds nothing wrong. What it can't do, unless it
//! is told to, is make a Finished for a transcript that the ends don't share.
//!
//! Whenever an end says that it is connected, its witness looks at what the end has really seen.

mod answers;
mod ground;
mod keys;
mod messages;
mod random;
mod scenario;
mod secrets;
mod side;
mod states;
mod witness;

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use answers::Application;
pub use answers::{Closed, Notes};
pub use ground::Ground;
pub use keys::{Version, clear};
use messages::split_record;
pub use messages::{is_retry, message};
pub use random::Seeded;
pub use scenario::{Scenario, Shown};
use side::Side;
pub use side::{APPLICATION, CLEAR, EARLY, Epoch, HANDSHAKE, Item, Said};
pub use states::{lines, watch_states};
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::wire::enums::{ContentType, HandshakeType};
use tidegate::{Client, Connection, Error, HandshakeSpace, MAX_CLIENT_SESSION, Server, Want};
use tidegate_std::provider::Watched;

use crate::middle::End;
use crate::sessions::{Kept, now};

type Crypto = Watched<RustCrypto<Seeded>>;
type InsideClient =
    Connection<Client<Shown>, Crypto, Arc<ClientConfig<Shown>>, Box<HandshakeSpace<Crypto>>, Box<[u8]>>;
type InsideServer = Connection<Server, Crypto, Arc<ServerConfig>, Box<HandshakeSpace<Crypto>>, Box<[u8]>>;

/// Events and items in one play, at most: a handshake takes a fraction of it, whatever becomes of it.
const BOUND: usize = 400;

/// Two ends, and the insider between them.
pub struct Insider {
    /// The client.
    pub client: InsideClient,
    /// The server.
    pub server: InsideServer,
    /// What the applications have seen: the client's, the server's.
    pub notes: [Notes; 2],
    /// The error of each end, if it failed.
    pub failed: [Option<Error>; 2],
    scenario: Scenario,
    kept: Rc<Kept>,
    sides: [Side; 2],
    /// What was said and is not passed on yet.
    queue: VecDeque<Item>,
    /// Bytes of each end that are less than a record.
    rest: [Vec<u8>; 2],
    alerts: [usize; 2],
    /// Where the peer's Finished is in what an end has seen, once that is connected.
    done: [Option<usize>; 2],
    finished: Finished,
    steps: usize,
}

/// Whose Finished an end gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finished {
    /// Its peer's.
    Passed,
    /// The insider's.
    Forged,
}

/// Passes an item on as it is.
#[must_use]
pub fn pass(item: Item) -> Vec<Item> {
    vec![item]
}

impl Insider {
    /// What is played.
    #[must_use]
    pub const fn scenario(&self) -> Scenario {
        self.scenario
    }

    /// The session that the client may go on with.
    fn session(&self) -> Option<Vec<u8>> {
        if self.scenario.version() == Version::Tls13 {
            return self.notes[0].tickets.last().cloned();
        }
        let mut bytes = vec![0; MAX_CLIENT_SESSION];
        let length = self.client.session()?.encode(now()?, &mut bytes)?;
        bytes.truncate(length);
        Some(bytes)
    }

    /// Lets both ends talk, each item past `meddle`, which says what is passed on in its place, until nobody has anything to
    /// say any more.
    ///
    /// # Panics
    /// If an end does more than it should, or a witness objects.
    pub fn play(&mut self, meddle: &mut dyn FnMut(Item) -> Vec<Item>) {
        while let Some(item) = self.said() {
            for item in meddle(item) {
                self.deliver(&item);
            }
        }
        self.check_both();
    }

    /// Lets both ends do what they can; what is said next.
    pub fn said(&mut self) -> Option<Item> {
        self.turn_both();
        self.queue.pop_front()
    }

    /// What this end says next, whatever the other one has to say before.
    pub fn said_by(&mut self, end: End) -> Option<Item> {
        self.turn_both();
        let at = self.queue.iter().position(|item| item.from == end)?;
        self.queue.remove(at)
    }

    /// All that is said and not passed on yet.
    pub fn upcoming(&mut self) -> Vec<Item> {
        self.turn_both();
        self.queue.iter().cloned().collect()
    }

    fn turn_both(&mut self) {
        for end in End::BOTH {
            let _ = self.turn(end);
        }
        if self.queue.is_empty() && self.is_to_begin_again() {
            self.sides.iter_mut().for_each(Side::begin_again);
            self.notes.iter_mut().for_each(|notes| (notes.connected, notes.accepted) = (None, None));
            self.done = [None; 2];
            let _ = self.turn(End::Client);
        }
    }

    /// Whether both ends are connected and another handshake is played; the client has been told then.
    fn is_to_begin_again(&mut self) -> bool {
        self.scenario == Scenario::Again12
            && !self.has_begun_again()
            && self.done.iter().all(Option::is_some)
            && self.failed == [None; 2]
            && self.client.renegotiate().is_ok()
    }

    /// Whether another handshake has begun on the same connection.
    #[must_use]
    pub fn has_begun_again(&self) -> bool {
        self.sides[0].before_this > 0
    }

    /// Lets an end do what it can: what it waits for.
    ///
    /// # Errors
    /// The end's.
    ///
    /// # Panics
    /// If it does more than it should, or its witness objects.
    pub fn turn(&mut self, end: End) -> Result<Want, Error> {
        let before = self.notes[end as usize].connected;
        let result = self.answer(end);
        self.failed[end as usize] = result.err();
        self.listen(end);
        if result.is_ok() && self.has_begun_again() {
            self.notice_second(end);
        }
        if before.is_none() && self.notes[end as usize].connected.is_some() {
            let done = self.sides[end as usize].before_finished().map(<[Said]>::len);
            self.done[end as usize] = Some(done.expect("the peer has finished"));
            self.check(end);
        }
        result
    }

    /// An end says only once that it is connected; of another handshake it has to be asked.
    fn notice_second(&mut self, end: End) {
        let (handshaking, negotiated) = match end {
            End::Client => (self.client.is_handshaking(), *self.client.negotiated()),
            End::Server => (self.server.is_handshaking(), *self.server.negotiated()),
        };
        let finished = self.sides[end as usize].before_finished().is_some();
        if finished && !handshaking {
            self.notes[end as usize].connected = Some(negotiated);
        }
    }

    fn answer(&mut self, end: End) -> Result<Want, Error> {
        let Self { client, server, scenario, kept, notes, .. } = self;
        let notes = &mut notes[end as usize];
        let mut application = Application { end, scenario: *scenario, kept, notes };
        loop {
            let event = match end {
                End::Client => client.next_event()?,
                End::Server => server.next_event()?,
            };
            if let Some(want) = application.answer(event) {
                return Ok(want);
            }
            assert!(application.notes.events < BOUND, "the {end:?} does not come to an end");
        }
    }

    /// Opens what an end has to say.
    fn listen(&mut self, end: End) {
        let bytes = match end {
            End::Client => take(&mut self.client),
            End::Server => take(&mut self.server),
        };
        self.rest[end as usize].extend(bytes);
        while let Some(record) = split_record(&mut self.rest[end as usize]) {
            let items = self.sides[end as usize].say(&record);
            let alerts = items.iter().filter(|item| item.kind == ContentType::ALERT).count();
            self.alerts[end as usize] += alerts;
            self.queue.extend(items);
        }
        assert!(self.alerts[end as usize] <= 1, "one alert is enough");
    }

    /// From now on each Finished is made anew for whoever gets it, as only the peer itself could: over what that end has seen, with
    /// its secrets.
    pub fn forge(&mut self) {
        self.finished = Finished::Forged;
    }

    /// The Finished that the other end waits for from this one, if it has the secrets for it.
    #[must_use]
    pub fn forged(&self, from: End) -> Option<Vec<u8>> {
        let side = &self.sides[from.peer() as usize];
        Some(message(HandshakeType::FINISHED, &witness::verify_data(side, from, &side.view)?))
    }

    /// Passes an item on to the other end than the one that it is from, in one record.
    pub fn deliver(&mut self, item: &Item) {
        let to = item.from.peer();
        let is_forged =
            self.finished == Finished::Forged && item.message_type() == Some(HandshakeType::FINISHED);
        let forged = self.forged(item.from).filter(|_| is_forged);
        let item = &Item { content: forged.unwrap_or_else(|| item.content.clone()), ..item.clone() };
        // Early data that a server does not take is sealed with keys that it does not have.
        let record = self.sides[to as usize].seal(item.epoch, item.kind, &item.content);
        let record = record.unwrap_or_else(|| clear(ContentType::APPLICATION_DATA, &[0; 40]));
        self.deliver_record(to, &record);
        if item.kind == ContentType::HANDSHAKE && self.failed[to as usize].is_none() {
            self.sides[to as usize].hear(&item.content);
        }
        let _ = self.turn(to);
    }

    /// A record that this end will take for its peer's.
    pub fn seal(&mut self, item: &Item) -> Option<Vec<u8>> {
        self.sides[item.from.peer() as usize].seal(item.epoch, item.kind, &item.content)
    }

    /// Bytes for an end, as they are.
    ///
    /// # Panics
    /// If there is no end of them.
    pub fn deliver_record(&mut self, to: End, record: &[u8]) {
        self.steps += 1;
        assert!(self.steps < BOUND, "there is no end of it");
        match to {
            End::Client => self.client.feed_incoming(record),
            End::Server => self.server.feed_incoming(record),
        };
    }
}

fn take<R, C, I>(connection: &mut Connection<R, Crypto, C, Box<HandshakeSpace<Crypto>>, I>) -> Vec<u8>
where
    R: tidegate::Role,
    C: std::ops::Deref<Target = R::Config>,
    I: tidegate::storage::Storage<<Crypto as tidegate::crypto::Provider>::AeadKey>,
{
    let bytes = connection.outgoing().to_vec();
    connection.outgoing_sent(bytes.len());
    bytes
}
