//! Two ends, what lies between them, and the script that they follow.

mod answers;
mod calls;
mod extensions;
mod fields;
mod messages;
mod provider;
mod script;
mod settings;
mod shown;
mod wire;

use tidegate::{Error, HandshakeSpace};

use answers::{Desk, Mood};
use provider::Frail;
use script::{next, some};
use settings::{Client, Server, Settings};
use wire::{Wire, content_type};

/// Steps of a script; the rest is not looked at.
const STEPS: usize = 300;
/// Events that an end may tell in one turn: more would be one that does not end.
const TURNS: usize = 2000;

/// The two ends.
pub(crate) struct Ends {
    settings: Settings,
    client: Client,
    server: Server,
    /// From the client, and from the server.
    wires: [Wire; 2],
    /// What each failed with.
    failed: [Option<Error>; 2],
    buffers: Vec<Box<[u8]>>,
    spaces: Vec<Box<HandshakeSpace<Frail>>>,
    desk: Desk,
    /// Whether what an end says lies with it until it is moved.
    is_held: bool,
    /// Whether nobody has come between the ends, and each has done what it should.
    is_honest: bool,
    steps: usize,
}

/// The same with either end; `which` is 0 for the client.
macro_rules! at {
    ($ends:expr, $which:expr, $end:ident => $body:expr) => {
        if $which == 0 {
            let $end = &mut $ends.client;
            $body
        } else {
            let $end = &mut $ends.server;
            $body
        }
    };
}
use at;

impl Ends {
    /// Two that have not begun.
    pub(crate) fn new(settings: u32) -> Self {
        let settings = Settings(settings);
        let (client, server) = (settings.client(None), settings.server());
        Self {
            settings,
            client,
            server,
            wires: [Wire::default(), Wire::default()],
            failed: [None; 2],
            buffers: Vec::new(),
            spaces: Vec::new(),
            desk: Desk::new(),
            is_held: false,
            is_honest: true,
            steps: 0,
        }
    }

    /// Whether what the engine tells developers is looked at.
    pub(crate) fn is_logged(&self) -> bool {
        self.settings.is_logged()
    }

    /// Does one step of the script; whether there was one.
    pub(crate) fn step(&mut self, script: &mut &[u8]) -> bool {
        self.steps += 1;
        if script.is_empty() || self.steps > STEPS {
            return false;
        }
        let code = next(script);
        let which = usize::from(code & 1);
        match code >> 1 {
            0..8 => self.settle(),
            8 => self.turn(which),
            9 => _ = self.deliver(which, usize::from(next(script))),
            what @ (10..20 | 90..) => self.disturb(which, what, script),
            what @ 20..60 => self.call(which, what, script),
            what => self.apply(which, what, script),
        }
        true
    }

    /// Lets both go on until nothing moves any more, or for some rounds.
    fn settle(&mut self) {
        for _ in 0..40 {
            self.turn(0);
            self.turn(1);
            if self.deliver(0, usize::MAX) + self.deliver(1, usize::MAX) == 0 {
                return;
            }
        }
    }

    fn turn(&mut self, which: usize) {
        let result = at!(self, which, end => self.desk.turn(end, which, TURNS));
        if self.is_honest
            && let Err(error @ Error::PeerMisbehaved(_)) = result
        {
            panic!("{error} says an end of one that did what it should");
        }
        match (self.failed[which], result) {
            (None, result) => self.failed[which] = result.err(),
            (Some(before), result) => assert_eq!(result, Err(before), "what failed stays so"),
        }
    }

    /// Moves so many bytes; how many moved.
    fn deliver(&mut self, from: usize, count: usize) -> usize {
        self.collect(from);
        let ready = self.wires[from].ready(count);
        let moved = at!(self, 1 - from, end => end.feed_incoming(ready));
        self.wires[from].moved(moved);
        moved
    }

    fn collect(&mut self, from: usize) {
        at!(self, from, end => {
            let length = end.outgoing().len();
            self.wires[from].sent(end.outgoing());
            end.outgoing_sent(length);
        });
    }

    /// What somebody between them does, who has the keys.
    fn disturb(&mut self, from: usize, what: u8, script: &mut &[u8]) {
        self.collect(from);
        self.is_honest = false;
        let wire = &mut self.wires[from];
        match what {
            10 => wire.change(next(script), next(script)),
            11 => wire.drop_one(),
            12 => wire.repeat(),
            13 => wire.swap(),
            14 => wire.cut(next(script)),
            15 => wire.add_clear(content_type(next(script)), some(script)),
            16 => wire.add_sealed(content_type(next(script)), some(script)),
            17 => wire.add_message(next(script), some(script), true),
            18 => wire.add_message(next(script), some(script), false),
            19 => wire.add_anything(some(script)),
            90 => wire.join(),
            91 => wire.split(next(script)),
            92 => wire.put_header(next(script), next(script)),
            93 => wire.flood(next(script)),
            94 => wire.lengthen(usize::from(next(script)) * 97),
            _ => wire.alter(script),
        }
    }

    /// What changes who they are and how they answer.
    fn apply(&mut self, which: usize, what: u8, script: &mut &[u8]) {
        match what {
            60 => self.desk.mood = Mood::Accept,
            61 => self.desk.mood = Mood::Curious,
            62 => self.desk.mood = Mood::Defer,
            63 => self.desk.mood = Mood::Refuse,
            64 => self.desk.mood = Mood::Excess,
            65..70 => self.begin_again(next(script)),
            70 => self.change_session(next(script), next(script)),
            71 => {
                self.is_honest = false;
                at!(self, which, end => end.provider().fail_in(next(script)));
            }
            72 => at!(self, which, end => end.resume_ask()),
            87 => self.desk.ahead += 30 * u64::from(next(script)),
            86 => self.is_held = !self.is_held,
            _ => self.ask(which, what, script),
        }
    }

    /// Another connection, with the client's session, if it has one; one of the settings may be another then.
    fn begin_again(&mut self, bit: u8) {
        if let Some(session) = self.client.session() {
            let mut bytes = vec![0; tidegate::MAX_CLIENT_SESSION];
            let length = session.encode(crate::shop::NOW, &mut bytes);
            self.desk.session = length.map(|length| bytes[..length].to_vec());
        }
        self.settings.0 ^= 1_u32.checked_shl(bit.into()).unwrap_or(0);
        let buffer = self.settings.buffer();
        self.buffers.retain(|one| one.len() <= buffer);
        self.client = self.settings.client(self.desk.session.as_deref());
        self.server = self.settings.server();
        self.wires = [Wire::default(), Wire::default()];
        self.failed = [None; 2];
    }

    /// Not even what a client has kept is to be relied on.
    fn change_session(&mut self, place: u8, with: u8) {
        self.is_honest = false;
        let Some(session) = &mut self.desk.session else { return };
        let length = session.len().max(1);
        if let Some(byte) = session.get_mut(usize::from(place) * usize::from(place) / 16 % length) {
            *byte ^= with;
        }
    }

    /// What holds after every step.
    pub(crate) fn check(&mut self) {
        for which in 0..2 {
            if !self.is_held {
                self.collect(which);
            }
            let failed = at!(self, which, end => end.error());
            self.wires[which].check(failed.is_some());
        }
    }
}
