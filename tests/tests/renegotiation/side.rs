//! One end: everything that an application may do, by chance.

use std::collections::VecDeque;
use std::fmt;

use tidegate::modes::Modes;
use tidegate::modes::write::WrongRetry;
use tidegate::{BufferPool, Event, Pool, ReadError, RenegotiateError, Side as Direction, Want, WriteError};

use crate::end::{End, Owned, Space};
use crate::stream::{Random, Stream};

/// What an end did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) written: usize,
    pub(crate) read: usize,
    /// Renegotiations that this end has asked for.
    pub(crate) asked: usize,
    /// Handshakes that ended here, but for one that another began right behind.
    pub(crate) done: usize,
    /// Writes that had to wait until data was read that stands before a handshake.
    pub(crate) behind_data: usize,
    pub(crate) parked: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        let Self { written, read, asked, done, behind_data, parked } = self;
        *written += other.written;
        *read += other.read;
        *asked += other.asked;
        *done += other.done;
        *behind_data += other.behind_data;
        *parked += other.parked;
    }
}

/// How much may move at once.
#[derive(Clone, Copy)]
pub(crate) struct Width {
    /// At a time.
    pub(crate) budget: usize,
    /// On the way to the peer.
    pub(crate) wire: usize,
    /// In one record to the peer.
    pub(crate) record: usize,
}

/// How much is taken from the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ahead {
    /// What the incoming buffer has room for.
    AsMuchAsFits,
    /// No more than the record that comes next lacks.
    OneRecord,
}

pub(crate) struct Side<R: End> {
    pub(crate) connection: Owned<R, R::Config>,
    pub(crate) random: Random,
    pub(crate) width: Width,
    pub(crate) ahead: Ahead,
    /// Renegotiations of our own: one in so many steps; none at all for 0.
    pub(crate) asks: usize,
    /// What this end writes, and what its peer does.
    pub(crate) own: Stream,
    pub(crate) peers: Stream,
    pub(crate) counts: Counts,
    /// On the way to the peer.
    pub(crate) wire: VecDeque<u8>,
    pool: BufferPool<Box<[u8]>>,
    space: Option<Space>,
    /// Length and address of the write under way.
    pending: Option<(usize, usize)>,
    /// Bytes put where they will be sealed.
    placed: usize,
    /// How many handshakes were done when the room for them was lent.
    lent_after: usize,
    /// Bytes in a record of ours.
    fragment: usize,
    was_handshaking: bool,
}

impl<R: End> Side<R> {
    pub(crate) fn new(
        connection: Owned<R, R::Config>,
        streams: [Stream; 2],
        random: Random,
        width: Width,
    ) -> Self {
        let [own, peers] = streams;
        let mut pool = BufferPool::new();
        for side in [Direction::Incoming, Direction::Outgoing] {
            if random.once_in(2) {
                assert!(pool.put(side, vec![0; 1 << 15].into_boxed_slice()).is_none());
            }
        }
        let ahead = if random.once_in(2) { Ahead::OneRecord } else { Ahead::AsMuchAsFits };
        Self {
            connection,
            ahead,
            random,
            width,
            asks: 0,
            own,
            peers,
            counts: Counts::default(),
            wire: VecDeque::new(),
            pool,
            space: None,
            pending: None,
            placed: 0,
            lent_after: 0,
            fragment: 1 << 14,
            was_handshaking: true,
        }
    }

    /// What changes when anything moves.
    pub(crate) fn progress(&self) -> (Counts, usize, usize) {
        (self.counts, self.wire.len(), self.connection.outgoing().len())
    }

    /// What the last handshake came to.
    pub(crate) fn exported(&mut self) -> [u8; 16] {
        let mut out = [0; 16];
        self.connection.export_keying_material(b"EXPORTER-test", Some(b""), &mut out).unwrap();
        out
    }

    /// Anything.
    pub(crate) fn step(&mut self) {
        if self.asks > 0 && self.random.once_in(self.asks) {
            self.renegotiate();
        }
        match self.random.below(100) {
            0..25
                if self.pending.is_some() || self.wire.len() < 10 * self.width.record.min(self.fragment) =>
            {
                self.write()
            }
            0..65 => self.read(),
            65..70 => self.peek(),
            70..80 => self.look(),
            80..85 => self.write_in_place(),
            85..88 => self.change_modes(),
            88..90 => self.connection.release_into(&mut self.pool),
            90..92 => self.detach(),
            92..94 => self.attach(),
            94..96 => self.connection.resume_ask(),
            96..98 => self.space = self.space.take().or_else(|| self.connection.detach_handshake()),
            98 => self.change_fragment(),
            _ => self.abandon(),
        }
        self.count_handshakes();
    }

    /// What a fair application does: it goes on with what is under way, and takes what comes.
    pub(crate) fn go_on(&mut self) {
        self.fill_placed();
        if self.pending.is_some() {
            self.write();
        }
        if self.random.once_in(2) {
            self.look()
        } else {
            self.read()
        }
        self.count_handshakes();
    }

    /// Whether nothing is under way here.
    pub(crate) fn is_idle(&self) -> bool {
        self.pending.is_none()
            && self.placed == 0
            && self.wire.is_empty()
            && self.connection.outgoing().is_empty()
            && !self.connection.is_renegotiation_pending()
            && !self.connection.is_handshaking()
    }

    /// Bytes leave, and bytes arrive.
    pub(crate) fn transport(&mut self, arriving: &mut VecDeque<u8>) {
        let mut budget = self.random.below(self.width.budget + 1);
        let room = self.width.wire.saturating_sub(self.wire.len());
        let leaving = self.connection.outgoing();
        let count = leaving.len().min(budget).min(room);
        self.wire.extend(&leaving[..count]);
        self.connection.outgoing_sent(count);

        budget = self.random.below(self.width.budget + 1).min(arriving.len());
        if self.ahead == Ahead::OneRecord {
            budget = budget.min(self.connection.incoming_missing().bytes());
        }
        if budget > 0 && !self.random.once_in(4) {
            assert!(self.connection.acquire_one(Direction::Incoming, &mut self.pool));
        }
        let bytes = &arriving.make_contiguous()[..budget];
        let taken = self.connection.feed_incoming(bytes);
        arriving.drain(..taken);
    }

    fn renegotiate(&mut self) {
        self.placed = 0;
        match self.connection.renegotiate() {
            Ok(()) => self.counts.asked += 1,
            Err(RenegotiateError::Handshaking) => assert!(self.connection.is_handshaking()),
            Err(error) => panic!("{error}"),
        }
    }

    fn write(&mut self) {
        self.placed = 0;
        let (length, which) = match self.pending {
            // What is appended to a retry is no mistake.
            Some((length, which)) if self.random.once_in(8) && length < 40_000 => {
                (length + self.random.below(9), which)
            }
            Some(pending) => pending,
            None => (self.length(), 0),
        };
        let moves = self.connection.mode().contains(Modes::ACCEPT_MOVING_WRITE_BUFFER);
        let which = if moves { self.random.below(2) } else { which };
        let result = match self.write_from(length, which) {
            // The address of the call that built the last record is the right one.
            Err(WriteError::Refused(WrongRetry::Moved)) if !moves => self.write_from(length, 1 - which),
            result => result,
        };
        match result {
            Ok(count) => {
                let partial = self.connection.mode().contains(Modes::ENABLE_PARTIAL_WRITE);
                assert!(count == length || partial && (1..length).contains(&count), "{count} of {length}");
                self.counts.written += count;
                self.pending = None;
            }
            Err(WriteError::Blocked(want)) => {
                self.pending = Some((length, which));
                self.counts.behind_data += usize::from(want == Want::Event);
                self.serve(want);
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn write_from(&mut self, length: usize, which: usize) -> Result<usize, WriteError> {
        let data = self.own.piece(self.counts.written, length, which);
        if self.random.once_in(2) {
            return self.connection.write_app_data(data);
        }
        let mut take = taker(&mut self.wire, self.width, &self.random);
        self.connection.write_app_data_over(data, &mut take)
    }

    fn length(&self) -> usize {
        let longest = (self.width.budget * 20).min(self.width.record.min(self.fragment) * 30).min(40_000);
        self.random.below(if self.random.once_in(8) { longest } else { longest.min(600) } + 1)
    }

    fn write_in_place(&mut self) {
        if self.placed > 0 && self.random.once_in(2) {
            return self.fill_placed();
        }
        self.placed = 0;
        let result = self.connection.app_data_space();
        match result {
            Ok(space) => {
                let count = self.random.below(space.len() + 1);
                space[..count].copy_from_slice(self.own.piece(self.counts.written, count, 0));
                (self.placed, self.pending) = (count, None);
                self.lent_after = self.counts.done;
            }
            Err(WriteError::Refused(WrongRetry::Different)) => assert!(self.pending.is_some()),
            Err(WriteError::Blocked(want)) => self.serve(want),
            Err(error) => panic!("{error}"),
        }
    }

    fn fill_placed(&mut self) {
        let sealed = self.connection.app_data_filled(self.placed).unwrap();
        if sealed == 0 {
            // Nothing but a renegotiation that began meanwhile gives the room up.
            let met = self.connection.is_handshaking() || self.counts.done > self.lent_after;
            assert!(self.placed == 0 || met);
        } else {
            assert_eq!(sealed, self.placed);
        }
        self.counts.written += sealed;
        self.placed = 0;
    }

    fn abandon(&mut self) {
        if self.pending.take().is_some() {
            self.counts.written += self.connection.abandon_write();
        }
    }

    fn read(&mut self) {
        let mut out = [0; 20_000];
        let length = self.random.below(if self.random.once_in(3) { 300 } else { out.len() });
        let out = &mut out[..length];
        let result = if self.random.once_in(2) {
            self.connection.read_app_data(out)
        } else {
            let mut take = taker(&mut self.wire, self.width, &self.random);
            self.connection.read_app_data_over(out, &mut take)
        };
        if let Some(count) = self.is_read(result) {
            assert!(out[..count] == *self.peers.piece(self.counts.read, count, 0), "at {}", self.counts.read);
            self.counts.read += count;
        }
    }

    fn peek(&mut self) {
        let mut out = [0; 20];
        let result = if self.random.once_in(2) {
            self.connection.peek_app_data(&mut out)
        } else {
            let mut take = taker(&mut self.wire, self.width, &self.random);
            self.connection.peek_app_data_over(&mut out, &mut take)
        };
        if let Some(count) = self.is_read(result) {
            assert_eq!(
                out[..count],
                *self.peers.piece(self.counts.read, count, 0),
                "at {}",
                self.counts.read
            );
        }
    }

    fn is_read(&mut self, result: Result<usize, ReadError>) -> Option<usize> {
        match result {
            Ok(count) => return Some(count),
            Err(ReadError::Blocked(want)) => self.serve(want),
            Err(ReadError::Progress) => assert!(!self.connection.mode().contains(Modes::AUTO_RETRY)),
            Err(error) => panic!("{error}"),
        }
        None
    }

    /// Defers an ask now and then.
    #[expect(clippy::wildcard_enum_match_arm, reason = "other events are no asks")]
    fn perhaps_later<'e>(random: &mut Random, event: Event<'e>) -> Option<Event<'e>> {
        match event {
            Event::VerifyPeer(ask) if random.once_in(8) => ask.defer(),
            Event::ChooseIdentity(ask) if random.once_in(8) => ask.defer(),
            Event::Sign(ask) if random.once_in(8) => ask.defer(),
            event => return Some(event),
        }
        None
    }

    /// Looks for an event, and deals with it.
    fn look(&mut self) {
        let event = self.connection.next_event().unwrap();
        let Some(event) = Self::perhaps_later(&mut self.random, event) else { return };
        match R::answer(event) {
            Some(Event::AppData(mut data)) => {
                let bytes = data.bytes();
                let expected = self.peers.piece(self.counts.read, bytes.len(), 0);
                assert!(*bytes == *expected, "at {}", self.counts.read);
                let count =
                    if self.random.once_in(2) { bytes.len() } else { self.random.below(bytes.len() + 1) };
                data.consume(count);
                self.counts.read += count;
            }
            Some(Event::Want(want)) if want != Want::Event => self.serve(want),
            None | Some(Event::Connected(_)) => {}
            Some(event) => panic!("{event:?}"),
        }
    }

    /// Does what the connection waits for, mostly at once.
    fn serve(&mut self, want: Want) {
        if self.random.once_in(8) {
            return;
        }
        match want {
            Want::IncomingBuffer => assert!(self.connection.acquire_one(Direction::Incoming, &mut self.pool)),
            Want::OutgoingBuffer => assert!(self.connection.acquire_one(Direction::Outgoing, &mut self.pool)),
            Want::HandshakeSpace => R::attach(&mut self.connection, self.space.take().unwrap()),
            Want::Answer => self.connection.resume_ask(),
            Want::Event if self.random.once_in(2) => self.read(),
            Want::Event => self.look(),
            Want::Incoming | Want::Outgoing => {}
            Want::Nothing => panic!("nobody has closed"),
        }
    }

    /// Mostly whole records, now and then short ones.
    fn change_fragment(&mut self) {
        let short = 1 + self.random.below(1 << self.random.below(14));
        self.fragment = if self.random.once_in(4) { short } else { 1 << 14 };
        self.connection.set_max_send_fragment(self.fragment);
    }

    fn change_modes(&mut self) {
        let modes = Modes::from_bits([1, 2, 4, 16][self.random.below(4)]);
        if self.random.once_in(2) {
            self.connection.set_mode(modes);
        } else {
            self.connection.clear_mode(modes);
        }
    }

    /// Takes both buffers away as far as they hold nothing. Of those in the pool, the first in becomes the first out.
    fn detach(&mut self) {
        for side in [Direction::Incoming, Direction::Outgoing] {
            let buffer = match side {
                Direction::Incoming => self.connection.detach_incoming(),
                Direction::Outgoing => self.connection.detach_outgoing(),
            };
            if let Some(buffer) = buffer {
                let other = self.pool.take(side);
                assert!(self.pool.put(side, buffer).is_none());
                if let Some(other) = other {
                    assert!(self.pool.put(side, other).is_none());
                }
            }
        }
        self.counts.parked += usize::from(self.connection.buffer_bytes() == 0);
    }

    fn attach(&mut self) {
        assert!(self.connection.acquire_from(&mut self.pool));
    }

    fn count_handshakes(&mut self) {
        let is_handshaking = self.connection.is_handshaking();
        self.counts.done += usize::from(self.was_handshaking && !is_handshaking);
        self.was_handshaking = is_handshaking;
    }
}

impl<R: End> fmt::Debug for Side<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Side")
            .field("connection", &self.connection)
            .field("counts", &self.counts)
            .field("pending", &self.pending)
            .field("mode", &self.connection.mode())
            .field("outgoing", &self.connection.outgoing().len())
            .field("missing", &self.connection.incoming_missing())
            .field("unread", &self.connection.pending_app_data())
            .field("renegotiation pending", &self.connection.is_renegotiation_pending())
            .field("wire", &self.wire.len())
            .finish_non_exhaustive()
    }
}

/// Takes so many bytes in all as chance has it, now and then none.
fn taker<'a>(wire: &'a mut VecDeque<u8>, width: Width, random: &Random) -> impl FnMut(&[u8]) -> usize + 'a {
    let mut budget = random.below(width.budget + 1).min(width.wire.saturating_sub(wire.len()));
    move |bytes| {
        let count = bytes.len().min(budget);
        wire.extend(&bytes[..count]);
        budget -= count;
        count
    }
}
