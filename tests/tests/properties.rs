//! What holds whatever two ends do, and whatever happens to their bytes on the way.
#![allow(missing_docs, reason = "tests")]

use std::cell::RefCell;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::modes::{Completion, Modes};
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate::{Error, Event, WriteError};
use tidegate_tests::at;
use tidegate_tests::pair::{Buffers, End, Pair};
use tidegate_tests::pki::Pki;

/// What an end, or what lies between them, may do.
#[derive(Clone, Debug)]
enum Operation {
    Write(End, usize),
    Abandon(End),
    Read(End, usize),
    Event(End),
    Exchange(usize),
    Update(End, KeyUpdateRequest),
    Park(End),
    SetMode(End, Modes),
    ClearMode(End, Modes),
    Close(End),
}

fn end() -> impl Strategy<Value = End> + Clone {
    prop_oneof![Just(End::Client), Just(End::Server)]
}

fn modes() -> impl Strategy<Value = Modes> {
    (0_u32..0x20).prop_map(Modes::from_bits)
}

fn operation() -> impl Strategy<Value = Operation> {
    let request =
        prop_oneof![Just(KeyUpdateRequest::UPDATE_REQUESTED), Just(KeyUpdateRequest::UPDATE_NOT_REQUESTED)];
    prop_oneof![
        6 => (end(), prop_oneof![0..40_usize, 0..5000_usize]).prop_map(|(end, count)| Operation::Write(end, count)),
        1 => end().prop_map(Operation::Abandon),
        6 => (end(), 0..3000_usize).prop_map(|(end, count)| Operation::Read(end, count)),
        3 => end().prop_map(Operation::Event),
        9 => prop_oneof![1..30_usize, 1..3000_usize].prop_map(Operation::Exchange),
        1 => (end(), request).prop_map(|(end, request)| Operation::Update(end, request)),
        1 => end().prop_map(Operation::Park),
        1 => (end(), modes()).prop_map(|(end, modes)| Operation::SetMode(end, modes)),
        1 => (end(), modes()).prop_map(|(end, modes)| Operation::ClearMode(end, modes)),
    ]
}

/// What was written, what of it is pending, and what was read.
#[derive(Default)]
struct Stream {
    written: Vec<u8>,
    /// The write that must be repeated.
    pending: Option<Vec<u8>>,
    read: Vec<u8>,
    next: u8,
}

/// Two ends and the streams that they write.
struct World {
    pair: Pair,
    streams: [Stream; 2],
}

impl World {
    fn new(completion: Completion, buffers: [Buffers; 2]) -> Self {
        let pki = Pki::new(&rcgen::PKCS_ED25519);
        let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
        client.common.completion = completion;
        server.common.completion = completion;
        let pair = Pair::with_buffers(pki, client, server, buffers);
        Self { pair, streams: Default::default() }
    }

    fn apply(&mut self, operation: Operation) -> Result<(), Error> {
        match operation {
            Operation::Write(end, count) => return self.write(end, count),
            Operation::Abandon(end) => {
                let stream = &mut self.streams[end as usize];
                let sealed = at!(self.pair, end, connection => connection.abandon_write());
                if let Some(pending) = stream.pending.take() {
                    stream.written.extend_from_slice(&pending[..sealed]);
                }
            }
            Operation::Read(end, count) => {
                let mut out = vec![0; count];
                if let Ok(count) = at!(self.pair, end, connection => connection.read_app_data(&mut out)) {
                    self.streams[end.peer() as usize].read.extend_from_slice(&out[..count]);
                }
            }
            Operation::Event(end) => drop(self.pair.turn(end)?),
            Operation::Exchange(chunk) => {
                self.pair.chunk = chunk;
                self.pair.exchange();
            }
            // Too early, too late, or while a write is pending: refused, and nothing changes.
            Operation::Update(end, request) => {
                let _ = at!(self.pair, end, connection => connection.update_keys(request));
            }
            Operation::Park(end) => at!(self.pair, end, connection => {
                if let Some(buffer) = connection.detach_incoming() {
                    connection.attach_incoming(buffer).unwrap();
                }
                if let Some(buffer) = connection.detach_outgoing() {
                    connection.attach_outgoing(buffer).unwrap();
                }
            }),
            Operation::SetMode(end, modes) => {
                at!(self.pair, end, connection => connection.set_mode(modes));
            }
            Operation::ClearMode(end, modes) => {
                at!(self.pair, end, connection => connection.clear_mode(modes));
            }
            Operation::Close(end) => at!(self.pair, end, connection => connection.close()),
        }
        Ok(())
    }

    /// Repeats the pending write, or begins a new one.
    fn write(&mut self, end: End, count: usize) -> Result<(), Error> {
        let stream = &mut self.streams[end as usize];
        let data = stream.pending.take().unwrap_or_else(|| {
            (0..count)
                .map(|_| {
                    stream.next = stream.next.wrapping_mul(5).wrapping_add(17);
                    stream.next
                })
                .collect()
        });
        match at!(self.pair, end, connection => connection.write_app_data(&data)) {
            Ok(count) => stream.written.extend_from_slice(&data[..count]),
            Err(WriteError::Blocked(_)) => stream.pending = Some(data),
            Err(WriteError::Failed(error)) => return Err(error),
            Err(other) => panic!("{other}"),
        }
        Ok(())
    }

    /// What was read is always the beginning of what was written.
    fn assert_streams(&self) {
        for stream in &self.streams {
            let offered = stream.written.iter().chain(stream.pending.iter().flatten());
            assert!(stream.read.len() <= offered.clone().count(), "more than was written");
            assert!(stream.read.iter().zip(offered).all(|(read, written)| read == written), "other bytes");
        }
    }

    /// Lets everything arrive.
    fn finish(&mut self) {
        self.pair.chunk = usize::MAX;
        for _ in 0..100_000 {
            let mut moved = self.pair.exchange();
            for end in End::BOTH {
                let _ = self.pair.turn(end);
                let data = self.pair.read(end);
                moved += data.len() + at!(self.pair, end, connection => connection.outgoing().len());
                self.streams[end.peer() as usize].read.extend(data);
                if self.streams[end as usize].pending.is_some() {
                    self.write(end, 0).unwrap();
                    moved += 1;
                }
            }
            if moved == 0 {
                return;
            }
        }
        panic!("it never ends");
    }
}

fn buffers() -> impl Strategy<Value = [Buffers; 2]> {
    let one = || {
        let incoming = Buffers::SMALLEST.incoming..Buffers::FULL.incoming;
        let outgoing = Buffers::SMALLEST.outgoing..3000;
        (incoming, outgoing).prop_map(|(incoming, outgoing)| Buffers { incoming, outgoing })
    };
    (one(), one()).prop_map(|(client, server)| [client, server])
}

fn completion() -> impl Strategy<Value = Completion> {
    prop_oneof![Just(Completion::Sealed), Just(Completion::Drained)]
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

#[test]
fn what_arrives_is_what_was_written_whatever_the_ends_do() {
    let strategy = (completion(), buffers(), vec(operation(), 1..250));
    let result = runner(150).run(&strategy, |(completion, buffers, operations)| {
        let mut world = World::new(completion, buffers);
        for operation in operations {
            world.apply(operation).unwrap();
            world.assert_streams();
        }
        world.finish();
        for stream in &world.streams {
            assert!(stream.read == stream.written, "{} of {}", stream.read.len(), stream.written.len());
        }
        Ok(())
    });
    result.unwrap();
}

#[test]
fn nothing_panics_and_no_data_is_wrong_when_ends_close_at_any_time() {
    let operation = prop_oneof![20 => operation(), 1 => end().prop_map(Operation::Close)];
    // A write after a close is refused: no new ones here but those that a close interrupts.
    let result = runner(100).run(&(completion(), buffers(), vec(operation, 1..250)), |case| {
        let (completion, buffers, operations) = case;
        let mut world = World::new(completion, buffers);
        let mut closed = [false; 2];
        for operation in operations {
            let writes = matches!(operation, Operation::Write(end, _) | Operation::Abandon(end) if closed[end as usize]);
            if writes {
                continue;
            }
            if let Operation::Close(end) = operation {
                closed[end as usize] = true;
            }
            if world.apply(operation).is_err() {
                break;
            }
            world.assert_streams();
        }
        Ok(())
    });
    result.unwrap();
}

/// What a man in the middle does to one record.
#[derive(Clone, Copy, Debug)]
enum Harm {
    Flip { at: usize, bit: u8 },
    Drop,
    Cut { to: usize },
    Repeat,
    Add { byte: u8 },
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        4 => (any::<usize>(), 0..8_u8).prop_map(|(at, bit)| Harm::Flip { at, bit }),
        1 => Just(Harm::Drop),
        1 => any::<usize>().prop_map(|to| Harm::Cut { to }),
        1 => Just(Harm::Repeat),
        1 => any::<u8>().prop_map(|byte| Harm::Add { byte }),
    ]
}

fn do_harm(harm: Harm, record: &mut Vec<u8>) {
    match harm {
        Harm::Flip { at, bit } => {
            let at = at % record.len();
            record[at] ^= 1 << bit;
        }
        Harm::Drop => record.clear(),
        Harm::Cut { to } => record.truncate(to % record.len()),
        Harm::Repeat => record.extend_from_within(..),
        Harm::Add { byte } => record.push(byte),
    }
}

/// Harms the record of this number; notes the records that each end sends.
fn put_middle(pair: &mut Pair, number: usize, harm: Harm) -> Rc<RefCell<Vec<(End, u8, usize)>>> {
    let sent = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&sent);
    pair.middle = Some(Box::new(move |from, record| {
        noted.borrow_mut().push((from, record[0], record.len()));
        if noted.borrow().len() == number + 1 {
            do_harm(harm, record);
        }
    }));
    sent
}

#[test]
fn harmed_data_never_arrives_and_the_error_stays() {
    let result = runner(150).run(&(end(), 0..6_usize, harm()), |(from, number, harm)| {
        let mut pair = Pair::connected();
        let sent = put_middle(&mut pair, number, harm);
        let data: Vec<u8> = (0..100_000_u32).map(|at| (at % 251) as u8).collect();
        let (mut written, mut arrived) = (0, Vec::new());
        for _ in 0..40 {
            written += pair.write(from, &data[written..]).unwrap_or(0);
            pair.exchange();
            arrived.extend(pair.read(from.peer()));
        }
        assert!(data.starts_with(&arrived), "wrong data");
        // A record that something follows is whole, and only the next is harmed.
        let whole = usize::from(matches!(harm, Harm::Repeat | Harm::Add { .. }));
        assert!(arrived.len() <= (number + whole) * 16_384, "the harmed record was taken");
        at!(pair, from.peer(), peer => peer.incoming_ended());
        let first = pair.turn(from.peer());
        assert!(first.is_err(), "harm is an error: {harm:?}");
        assert_eq!(pair.turn(from.peer()), first, "sticky");
        while pair.exchange() > 0 {}
        let alerts = sent.borrow().iter().filter(|(end, _, _)| *end == from.peer()).count();
        assert_eq!(alerts, 1, "one alert and nothing else");
        Ok(())
    });
    result.unwrap();
}

#[test]
fn a_harmed_handshake_is_no_handshake_or_the_same() {
    let result = runner(300).run(&(0..14_usize, harm()), |(number, harm)| {
        let pki = Pki::new(&rcgen::PKCS_ED25519);
        let server = ServerConfig::new(pki.identities());
        let mut pair =
            Pair::new(pki, ClientConfig::new(), server, Buffers { incoming: 6144, outgoing: 1024 });
        drop(put_middle(&mut pair, number, harm));
        let errors = pair.settle();
        for (end, error) in End::BOTH.into_iter().zip(errors) {
            let again = at!(pair, end, connection => connection.next_event().map(|event| {
                assert!(!matches!(event, Event::AppData(_)), "nobody wrote anything");
            }));
            assert_eq!(again.err(), error, "sticky");
        }
        // What both ends believe to be done is done: they export the same.
        let (mut client, mut server) = ([0; 16], [0; 16]);
        let exported = [
            pair.client.export_keying_material(b"label", None, &mut client),
            pair.server.export_keying_material(b"label", None, &mut server),
        ];
        let connected = !pair.client.is_handshaking() && !pair.server.is_handshaking();
        if connected && exported.iter().all(Result::is_ok) {
            assert_eq!(client, server);
        }
        Ok(())
    });
    result.unwrap();
}
