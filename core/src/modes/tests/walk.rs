//! Walks every world that can be reached, by every call, with every answer of the environment.
//!
//! A write is made under each set of the modes that a write looks at, a read and a shutdown likewise, all of them with
//! and without `RELEASE_BUFFERS`. The others of the 16 sets give the same: the enumerations of the single machines
//! assert it in each of their states. Modes change freely from call to call.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test names the outcomes that it is about")]

use std::collections::HashSet;
use std::format;
use std::hash::{BuildHasherDefault, Hasher};
use std::string::String;
use std::vec::Vec;

use super::driver::{Answer, Call, Moment, Pool, Under, make};
use super::environment::Environment;
use super::invariants::{self, Made, OF_A_PASSAGE, Passage};
use super::world::{Buffer, Inbound, Protocol, World};
use crate::modes::read::ReadKind;
use crate::modes::release::BufferState;
use crate::modes::shutdown::ShutdownOutcome;
use crate::modes::write::{Close, Content};
use crate::modes::{Completion, Handshake, Modes};

struct Walk {
    completion: Completion,
    protocol: Protocol,
    seen: HashSet<World, BuildHasherDefault<Mix>>,
    todo: Vec<World>,
    /// Calls made, by which world came from world.
    transitions: u64,
    moments: Vec<Moment>,
}

impl Walk {
    fn everywhere(completion: Completion, protocol: Protocol) -> Self {
        let mut walk = Self {
            completion,
            protocol,
            seen: HashSet::default(),
            todo: Vec::new(),
            transitions: 0,
            moments: Vec::new(),
        };
        walk.reach(World::new());
        while let Some(world) = walk.todo.pop() {
            walk.ends(&world);
            walk.writes(&world);
            calls(&world, protocol).into_iter().for_each(|call| {
                walk.every_mode(&world, call);
            });
        }
        walk
    }

    fn reach(&mut self, world: World) {
        if self.seen.insert(world) {
            self.todo.push(world);
        }
    }

    /// Every write, right or wrong where a retry is awaited. The length of records matters only where one is built.
    fn writes(&mut self, world: &World) {
        let pending = world.write.retry_span().is_some();
        let others = [
            (Content::Same, Buffer::Elsewhere),
            (Content::Different, Buffer::Home),
            (Content::Different, Buffer::Elsewhere),
        ];
        // What a wrong retry is does not depend on the protocol.
        let others = match (pending, self.protocol) {
            (false, _) => &[],
            (true, Protocol::Tls13) => &others[..],
            #[cfg(feature = "tls12")]
            (true, Protocol::Tls12Client | Protocol::Tls12Server) => &others[1..2],
        };
        // Shorter ones do for what is new, and three times as fast.
        let most = if self.protocol == Protocol::Tls13 { 5 } else { 4 };
        for len in 0..=most {
            for (content, from) in [(Content::Same, Buffer::Home)].iter().chain(others) {
                let call = |split| Call::Write { len, content: *content, from: *from, split };
                let _ = self.every_mode(world, call(1))
                    && self.every_mode(world, call(2))
                    && self.every_mode(world, call(3));
            }
        }
    }

    /// Makes a call under every mode set that it looks at; whether a record of data was built.
    fn every_mode(&mut self, world: &World, call: Call) -> bool {
        let mut seals = false;
        for modes in mode_sets(call) {
            if !matches!(call, Call::Write { split: 2.., .. }) {
                self.repeated(world, call, modes);
            }
            seals |= self.every_answer(world, call, modes);
        }
        seals
    }

    fn every_answer(&mut self, world: &World, call: Call, modes: Modes) -> bool {
        let attached = World { incoming: BufferState::Attached, outgoing: BufferState::Attached, ..*world };
        let releasing = modes.set(Modes::RELEASE_BUFFERS);
        let mut environment = Environment::every();
        let mut seals = false;
        loop {
            let without = self.passage(world, call, self.under(modes, Pool::Gives), &mut environment);
            seals |= self.moments.iter().any(Moment::is_seal);
            environment.rewind();
            let with = self.passage(world, call, self.under(releasing, Pool::Gives), &mut environment);
            let same = invariants::i15_release_changes_memory_alone(&without, &with);
            assert!(same, "I15: {world:?} {call:?} {modes:?} {without:?} {with:?}");
            if attached != *world {
                environment.rewind();
                let under = self.under(releasing, Pool::Gives);
                let there = make(call, attached, under, &mut environment, &mut self.moments);
                let same = call.is_about_buffers() || there.1 == with.1;
                assert!(same, "I15: {world:?} {call:?} {modes:?} {there:?} {with:?}");
            }
            if !environment.advance() {
                break;
            }
        }
        if attached != *world {
            self.without_buffers(world, call, modes);
        }
        seals
    }

    fn without_buffers(&mut self, world: &World, call: Call, modes: Modes) {
        let mut environment = Environment::every();
        loop {
            self.passage(world, call, self.under(modes, Pool::Empty), &mut environment);
            if !environment.advance() {
                break;
            }
        }
    }

    /// I17.
    fn repeated(&mut self, world: &World, call: Call, modes: Modes) {
        let lacks = [world.incoming, world.outgoing].contains(&BufferState::Released);
        let pools = if lacks { &[Pool::Gives, Pool::Empty][..] } else { &[Pool::Gives] };
        for pool in pools {
            let under = self.under(modes, *pool);
            let first = make(call, *world, under, &mut Environment::least(), &mut self.moments);
            let again = make(call, first.0, under, &mut Environment::least(), &mut self.moments);
            let holds = invariants::i17_an_unchanged_environment_repeats_its_result(&first, &again);
            assert!(holds, "I17: {world:?} {call:?} {modes:?} {first:?} {again:?}");
        }
    }

    /// I6 and V9: with a willing transport what is pending ends, and then a close that was asked for.
    fn ends(&mut self, world: &World) {
        // The peer closed in the middle of a renegotiation: nothing ends that, in OpenSSL as here.
        if world.renegotiation.is_begun() && world.read.is_closed() {
            return;
        }
        let Some((_, from)) = world.account.remembered else { return self.closes(world) };
        let retry = Call::Write { len: world.account.offered, content: Content::Same, from, split: 1 };
        for modes in mode_sets(retry) {
            let world = &self.renegotiated(world); // what came is read first
            let made = self.willing(world, retry, modes);
            let holds = invariants::i6_the_same_write_succeeds_once_the_transport_takes_it(&made);
            assert!(holds, "I6: {world:?} {modes:?} {made:?}");
            self.closes(&made.0);
        }
    }

    fn closes(&mut self, world: &World) {
        if world.write.close() == Close::Asked && world.failed.is_none() {
            let world = &self.renegotiated(world);
            let (_, answer) = self.willing(world, Call::Shutdown, Modes::empty());
            let said = [ShutdownOutcome::Sent, ShutdownOutcome::Both].map(Answer::Shut).contains(&answer);
            assert!(said, "V9: {world:?} {answer:?}");
        }
    }

    /// The world in which a renegotiation is over that was in progress.
    fn renegotiated(&mut self, world: &World) -> World {
        let read = Call::Read { len: 2, kind: ReadKind::Read };
        let (mut world, mut reads) = (*world, 0);
        while world.renegotiation.is_begun() && reads < 3 {
            (world, _) = self.willing(&world, read, Modes::AUTO_RETRY);
            reads += 1;
        }
        world
    }

    fn willing(&mut self, world: &World, call: Call, modes: Modes) -> Made {
        let under = self.under(modes, Pool::Gives);
        make(call, *world, under, &mut Environment::most(), &mut self.moments)
    }

    fn under(&self, modes: Modes, pool: Pool) -> Under {
        Under { completion: self.completion, protocol: self.protocol, modes, pool }
    }

    fn passage(&mut self, before: &World, call: Call, under: Under, environment: &mut Environment) -> Made {
        let (after, answer) = make(call, *before, under, environment, &mut self.moments);
        let (completion, modes) = (self.completion, under.modes);
        let passage =
            Passage { completion, modes, call, before, moments: &self.moments, answer, after: &after };
        let broken = OF_A_PASSAGE.iter().find(|(_, holds)| !holds(&passage));
        assert!(broken.is_none(), "{}", broken.map_or(String::new(), |(name, _)| passage.told(name)));
        self.transitions += 1;
        if after != *before {
            self.reach(after);
        }
        (after, answer)
    }
}

/// What can be done in a world, all but writing.
fn calls(world: &World, protocol: Protocol) -> Vec<Call> {
    let mut calls = Vec::from([Call::Shutdown, Call::Abandon, Call::Fail, Call::Attach]);
    calls.extend([Call::Take, Call::Drain, Call::DetachIncoming, Call::DetachOutgoing]);
    calls.extend([0, 1, 2].map(|len| Call::Read { len, kind: ReadKind::Read }));
    calls.push(Call::Read { len: 1, kind: ReadKind::Peek });
    calls.extend((world.handshake == Handshake::NoRole).then_some(Call::Handshake));
    match protocol {
        Protocol::Tls13 => calls_13(world, &mut calls),
        #[cfg(feature = "tls12")]
        Protocol::Tls12Client | Protocol::Tls12Server => {
            let connected = world.handshake == Handshake::Done || world.renegotiation.is_begun();
            calls.extend(connected.then_some(Call::Close));
            calls.push(Call::Renegotiate);
        }
    }
    calls
}

fn calls_13(world: &World, calls: &mut Vec<Call>) {
    calls.push(Call::UpdateKeys);
    let quiet = world.inbound == Inbound::default() && !world.read.is_closed();
    if world.handshake == Handshake::Done {
        calls.extend([Call::Close, Call::Owe, Call::Due]);
        calls.extend((quiet && world.write.close() == Close::Open).then_some(Call::Handshake));
    }
}

/// Every set of the modes that the call's machine looks at, without `RELEASE_BUFFERS`.
fn mode_sets(call: Call) -> Vec<Modes> {
    let (partial, moving) = (Modes::ENABLE_PARTIAL_WRITE, Modes::ACCEPT_MOVING_WRITE_BUFFER);
    match call {
        Call::Write { .. } => Vec::from([Modes::empty(), partial, moving, partial.set(moving)]),
        Call::Read { .. } | Call::Shutdown => Vec::from([Modes::empty(), Modes::AUTO_RETRY]),
        _ => Vec::from([Modes::empty()]),
    }
}

impl Passage<'_> {
    fn told(&self, broken: &str) -> String {
        let happened: Vec<_> = self.moments.iter().map(|moment| moment.what).collect();
        let Passage { call, modes, completion, answer, before, after, .. } = self;
        format!("{broken}: {call:?} {modes:?} {completion:?}\n{before:?}\n{happened:?} {answer:?}\n{after:?}")
    }
}

/// Fast, and good enough for worlds.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

fn walk(completion: Completion, protocol: Protocol) -> (usize, u64) {
    let started = std::time::Instant::now();
    let walk = Walk::everywhere(completion, protocol);
    let (worlds, transitions) = (walk.seen.len(), walk.transitions);
    let took = started.elapsed();
    std::println!("{protocol:?}, {completion:?}: {worlds} worlds, {transitions} transitions, {took:?}");
    (worlds, transitions)
}

#[test]
fn drained() {
    assert_eq!(walk(Completion::Drained, Protocol::Tls13), (14_576, 27_644_835));
}

#[test]
fn sealed() {
    assert_eq!(walk(Completion::Sealed, Protocol::Tls13), (4565, 6_388_157));
}

#[cfg(feature = "tls12")]
mod tls12 {
    use super::{Completion, Protocol, walk};

    #[test]
    fn client_drained() {
        assert_eq!(walk(Completion::Drained, Protocol::Tls12Client), (4038, 4_017_044));
    }

    #[test]
    fn client_sealed() {
        assert_eq!(walk(Completion::Sealed, Protocol::Tls12Client), (1157, 693_012));
    }

    #[test]
    fn server_drained() {
        assert_eq!(walk(Completion::Drained, Protocol::Tls12Server), (7208, 12_788_340));
    }

    #[test]
    fn server_sealed() {
        assert_eq!(walk(Completion::Sealed, Protocol::Tls12Server), (1611, 1_055_052));
    }
}
