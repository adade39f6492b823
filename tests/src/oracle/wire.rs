//! The transport between the tested end and its peer: two queues of bytes, and how much passes.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;

use super::trace::Budget;

/// Bytes of a record's header.
const HEADER: usize = 5;
/// No limit.
const UNLIMITED: Budget = Budget { records: None, half: false };

/// Both directions. What the tested end sends and receives is limited, what the peer does is not.
#[derive(Debug)]
pub struct Wire {
    to_peer: VecDeque<u8>,
    to_tested: VecDeque<u8>,
    sending: Gate,
    receiving: Gate,
    has_ended: bool,
    refuses: bool,
    sent: Records,
    received: Records,
}

/// A wire that both ends and the harness share.
pub type SharedWire = Rc<RefCell<Wire>>;

impl Wire {
    /// An empty one, without limits.
    #[must_use]
    pub fn new() -> SharedWire {
        let (sending, receiving) = (Gate::new(), Gate::new());
        let (sent, received) = (Records::default(), Records::default());
        let (to_peer, to_tested) = (VecDeque::new(), VecDeque::new());
        let wire =
            Self { to_peer, to_tested, sending, receiving, has_ended: false, refuses: false, sent, received };
        Rc::new(RefCell::new(wire))
    }

    /// Sets what passes from the tested end from now on.
    pub fn set_send_budget(&mut self, budget: Budget) {
        self.sending.budget = budget;
    }

    /// Sets what passes to the tested end from now on.
    pub fn set_receive_budget(&mut self, budget: Budget) {
        self.receiving.budget = budget;
    }

    /// Ends the transport behind what it holds for the tested end.
    pub fn end(&mut self) {
        self.has_ended = true;
    }

    /// Makes the tested end's sending fail from now on.
    pub fn refuse(&mut self) {
        self.refuses = true;
    }

    /// Puts bytes before the peer that the tested end did not send, behind what waits there.
    pub fn forge(&mut self, bytes: &[u8]) {
        self.to_peer.extend(bytes);
    }

    /// The complete records that the tested end has sent so far.
    #[must_use]
    pub fn sent(&self) -> &[Vec<u8>] {
        &self.sent.complete
    }

    /// The complete records that the peer has sent so far.
    #[must_use]
    pub fn received(&self) -> &[Vec<u8>] {
        &self.received.complete
    }

    /// How many of the peer's records the tested end has taken off the wire.
    #[must_use]
    pub const fn taken(&self) -> usize {
        self.receiving.completed
    }

    /// Whether the tested end has sent a record in part.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.sent.rest.is_empty()
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.refuses {
            return Err(io::Error::from(ErrorKind::BrokenPipe));
        }
        let count = self.sending.admit(bytes);
        let bytes = &bytes[..count];
        self.to_peer.extend(bytes);
        self.sent.add(bytes);
        if count == 0 { Err(io::Error::from(ErrorKind::WouldBlock)) } else { Ok(count) }
    }

    fn receive(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let waiting = self.to_tested.make_contiguous();
        if waiting.is_empty() && self.has_ended {
            return Ok(0);
        }
        let offered = &waiting[..room.len().min(waiting.len())];
        let count = self.receiving.admit_of(offered, waiting);
        take(&mut self.to_tested, &mut room[..count])
    }
}

/// Moves the first bytes of a queue into `room`; it must have them.
fn take(queue: &mut VecDeque<u8>, room: &mut [u8]) -> io::Result<usize> {
    if room.is_empty() {
        return Err(io::Error::from(ErrorKind::WouldBlock));
    }
    queue.read(room)
}

/// Lets whole records pass as its budget allows, and perhaps half of one more.
#[derive(Debug)]
struct Gate {
    budget: Budget,
    /// The header of the record that is passing, as far as it has passed.
    header: Vec<u8>,
    /// How much of that record has passed.
    passed: usize,
    /// Records that have passed whole.
    completed: usize,
}

impl Gate {
    const fn new() -> Self {
        Self { budget: UNLIMITED, header: Vec::new(), passed: 0, completed: 0 }
    }

    /// How many of these bytes pass; they count as passed.
    fn admit(&mut self, bytes: &[u8]) -> usize {
        self.admit_of(bytes, bytes)
    }

    /// As [`Gate::admit`], where more is known of what follows: `offered` begins `known`.
    fn admit_of(&mut self, offered: &[u8], known: &[u8]) -> usize {
        let mut count = 0;
        while count < offered.len() {
            let step = self.allowed(&known[count..]).min(offered.len() - count);
            if step == 0 {
                break;
            }
            self.pass(&known[count..count + step], self.total(&known[count..]));
            count += step;
        }
        count
    }

    /// The length of the record that is passing, if its header is known.
    fn total(&self, next: &[u8]) -> Option<usize> {
        let mut header = self.header.iter().chain(next).skip(3);
        let length = u16::from_be_bytes([*header.next()?, *header.next()?]);
        Some(HEADER + usize::from(length))
    }

    /// How many of the next bytes may pass, all of one record.
    fn allowed(&self, next: &[u8]) -> usize {
        let total = self.total(next).unwrap_or(usize::MAX);
        let limit = match self.budget {
            Budget { records: Some(0), half: false } => 0,
            Budget { records: Some(0), half: true } if total == usize::MAX => HEADER,
            Budget { records: Some(0), half: true } => (total / 2).max(HEADER),
            Budget { .. } => total,
        };
        limit.saturating_sub(self.passed)
    }

    fn pass(&mut self, bytes: &[u8], total: Option<usize>) {
        self.passed += bytes.len();
        self.header.extend(bytes.iter().take(HEADER - self.header.len()));
        if total == Some(self.passed) {
            self.header.clear();
            self.passed = 0;
            self.completed += 1;
            self.budget.records = self.budget.records.map(|left| left.saturating_sub(1));
        }
    }
}

/// A stream cut into records.
#[derive(Debug, Default)]
struct Records {
    complete: Vec<Vec<u8>>,
    rest: Vec<u8>,
}

impl Records {
    fn add(&mut self, bytes: &[u8]) {
        self.rest.extend(bytes);
        let mut start = 0;
        while let Some(length) = self.rest.get(start + 3..start + HEADER) {
            let end = start + HEADER + usize::from(u16::from_be_bytes([length[0], length[1]]));
            let Some(record) = self.rest.get(start..end) else { break };
            self.complete.push(record.to_vec());
            start = end;
        }
        self.rest.drain(..start);
    }
}

/// The tested end's side.
#[derive(Debug)]
pub struct TestedSide(pub SharedWire);

impl Read for TestedSide {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().receive(room)
    }
}

impl Write for TestedSide {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().send(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The peer's side.
#[derive(Debug)]
pub struct PeerSide(pub SharedWire);

impl Read for PeerSide {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut wire = self.0.borrow_mut();
        let count = room.len().min(wire.to_peer.len());
        take(&mut wire.to_peer, &mut room[..count])
    }
}

impl Write for PeerSide {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut wire = self.0.borrow_mut();
        wire.to_tested.extend(bytes);
        wire.received.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, PeerSide, TestedSide, Wire};
    use std::io::{ErrorKind, Read, Write};

    /// A record of so many bytes with its header.
    fn record(length: u8) -> Vec<u8> {
        [vec![23, 3, 3, 0, length - 5], vec![7; usize::from(length) - 5]].concat()
    }

    fn budget(records: usize, half: bool) -> Budget {
        Budget { records: Some(records), half }
    }

    #[test]
    fn whole_records_pass_and_half_of_one_more() {
        let wire = Wire::new();
        let mut tested = TestedSide(wire.clone());
        let three = [record(20), record(31), record(40)].concat();
        wire.borrow_mut().set_send_budget(budget(1, true));
        assert_eq!(tested.write(&three).unwrap(), 20 + 15);
        assert_eq!(tested.write(&three[35..]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(wire.borrow().is_partial());
        // The rest of the half record uses up the one that passes.
        wire.borrow_mut().set_send_budget(budget(1, false));
        assert_eq!(tested.write(&three[35..]).unwrap(), 16);
        assert_eq!(wire.borrow().sent(), [record(20), record(31)]);
        assert!(!wire.borrow().is_partial());
        // Half of a short record is its header at least.
        wire.borrow_mut().set_send_budget(budget(0, true));
        assert_eq!(tested.write(&record(7)).unwrap(), 5);
    }

    #[test]
    fn the_tested_end_receives_as_the_budget_says_in_pieces_of_any_size() {
        let wire = Wire::new();
        let mut tested = TestedSide(wire.clone());
        PeerSide(wire.clone()).write_all(&[record(20), record(31)].concat()).unwrap();
        wire.borrow_mut().set_receive_budget(budget(1, true));
        let mut room = [0; 100];
        assert_eq!(tested.read(&mut room[..5]).unwrap(), 5);
        assert_eq!(tested.read(&mut room[..15]).unwrap(), 15);
        assert_eq!(wire.borrow().taken(), 1);
        assert_eq!(tested.read(&mut room[..5]).unwrap(), 5);
        assert_eq!(tested.read(&mut room[..26]).unwrap(), 10);
        assert_eq!(tested.read(&mut room).unwrap_err().kind(), ErrorKind::WouldBlock);
        wire.borrow_mut().end();
        assert_eq!(tested.read(&mut room).unwrap_err().kind(), ErrorKind::WouldBlock);
        wire.borrow_mut().set_receive_budget(budget(9, false));
        assert_eq!(tested.read(&mut room).unwrap(), 16);
        assert_eq!(tested.read(&mut room).unwrap(), 0);
    }

    #[test]
    fn a_wire_that_refuses_takes_nothing() {
        let wire = Wire::new();
        wire.borrow_mut().refuse();
        assert_eq!(TestedSide(wire.clone()).write(&[1]).unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(PeerSide(wire).read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}
