//! Two ends, what lies between them, and the script that they follow.

mod answers;
mod settings;
mod wire;

use tidegate::modes::Modes;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate::{Error, HandshakeSpace, ServerName};

use super::null::Null;
use super::shop::Shop;
use answers::{client_turn, server_turn};
use settings::{Client, Server, Settings};
use wire::Wire;

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
    spaces: Vec<Box<HandshakeSpace<Null>>>,
    shop: Shop,
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

/// Takes one byte of a script; 0 at its end.
fn next(script: &mut &[u8]) -> u8 {
    let Some((&byte, rest)) = script.split_first() else { return 0 };
    *script = rest;
    byte
}

/// Takes as many bytes as the next one says.
fn some<'a>(script: &mut &'a [u8]) -> &'a [u8] {
    let length = usize::from(next(script)).min(script.len());
    let (bytes, rest) = script.split_at(length);
    *script = rest;
    bytes
}

/// Whatever a call says, it may say it.
fn ignore<T>(_: T) {}

impl Ends {
    /// Two that have not begun.
    pub(crate) fn new(settings: u16) -> Self {
        let settings = Settings::new(settings);
        let (client, server) = (settings.client(), settings.server());
        Self {
            settings,
            client,
            server,
            wires: [Wire::default(), Wire::default()],
            failed: [None; 2],
            buffers: Vec::new(),
            spaces: Vec::new(),
            shop: Shop::new(),
            steps: 0,
        }
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
            9 => ignore(self.deliver(which, usize::from(next(script)))),
            10..20 => self.disturb(which, code >> 1, script),
            _ => self.call(which, code >> 1, script),
        }
        true
    }

    /// Lets both go on until nothing moves any more, or for some rounds.
    fn settle(&mut self) {
        for _ in 0..10 {
            self.turn(0);
            self.turn(1);
            if self.deliver(0, usize::MAX) + self.deliver(1, usize::MAX) == 0 {
                return;
            }
        }
    }

    fn turn(&mut self, which: usize) {
        let result = match which {
            0 => client_turn(&mut self.client, &self.shop, TURNS),
            _ => server_turn(&mut self.server, &self.shop, TURNS),
        };
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
        let wire = &mut self.wires[from];
        match what {
            10 => wire.change(next(script), next(script)),
            11 => wire.drop_one(),
            12 => wire.repeat(),
            13 => wire.swap(),
            14 => wire.cut(next(script)),
            15 => wire.add_clear(next(script), some(script)),
            16 => wire.add_sealed(next(script), some(script)),
            17 => wire.add_message(next(script), some(script), true),
            18 => wire.add_message(next(script), some(script), false),
            _ => wire.add_anything(some(script)),
        }
    }

    /// What an application does.
    fn call(&mut self, which: usize, what: u8, script: &mut &[u8]) {
        let size = usize::from(next(script)) * 97;
        match what {
            20..30 => at!(self, which, end => ignore(end.write_app_data(&vec![7; size]))),
            30..40 => at!(self, which, end => ignore(end.read_app_data(&mut vec![0; size]))),
            40 => at!(self, which, end => end.close()),
            41 => at!(self, which, end => ignore(end.update_keys(KeyUpdateRequest::UPDATE_REQUESTED))),
            42 => at!(self, which, end => ignore(end.renegotiate())),
            43 => at!(self, which, end => ignore(end.abandon_write())),
            44 => at!(self, which, end => end.incoming_ended()),
            45 => at!(self, which, end => ignore(end.shutdown())),
            46 => {
                at!(self, which, end => ignore(end.set_mode(Modes::ENABLE_PARTIAL_WRITE.set(Modes::RELEASE_BUFFERS))))
            }
            47 => at!(self, which, end => ignore(end.clear_mode(Modes::AUTO_RETRY))),
            48 => at!(self, which, end => ignore(end.export_keying_material(b"label", None, &mut [0; 32]))),
            49 => ignore(self.server.new_session_ticket()),
            50 => ignore(self.client.write_early_data(&vec![7; size])),
            51 => ignore(self.server.write_half_rtt_data(&vec![7; size])),
            52 => self.fill(which, size),
            _ => self.hand_over(which, what),
        }
    }

    /// Writes where the engine's own buffer lies.
    fn fill(&mut self, which: usize, size: usize) {
        at!(self, which, end => {
            let Ok(space) = end.app_data_space() else { return };
            let count = size.min(space.len());
            space[..count].fill(7);
            ignore(end.app_data_filled(count));
        });
    }

    /// Takes from an end what it was lent, or lends it again.
    fn hand_over(&mut self, which: usize, what: u8) {
        let name = ServerName::try_from(settings::NAME).unwrap();
        match what {
            53 => self.buffers.extend(at!(self, which, end => end.detach_incoming())),
            54 => self.buffers.extend(at!(self, which, end => end.detach_outgoing())),
            55 => self.spaces.extend(at!(self, which, end => end.detach_handshake())),
            56 => {
                let Some(buffer) = self.buffers.pop() else { return };
                assert!(buffer.iter().all(|byte| *byte == 0), "wiped");
                ignore(at!(self, which, end => end.attach_incoming(buffer)));
            }
            57 => {
                let Some(buffer) = self.buffers.pop() else { return };
                ignore(at!(self, which, end => end.attach_outgoing(buffer)));
            }
            58 => {
                let Some(space) = self.spaces.pop() else { return };
                if which == 0 {
                    ignore(self.client.attach_handshake(space, &name));
                } else {
                    ignore(self.server.attach_handshake(space));
                }
            }
            _ => self.buffers.push(vec![0; self.settings.buffer].into()),
        }
    }

    /// What holds after every step.
    pub(crate) fn check(&mut self) {
        for which in 0..2 {
            self.collect(which);
            let failed = at!(self, which, end => end.error());
            self.wires[which].check(failed.is_some());
        }
    }
}
