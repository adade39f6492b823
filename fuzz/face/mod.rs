//! Two connections over a pair, and what is done with them.

mod end;
mod made;

use end::End;
use tidegate_std::openssl::Options;
use tidegate_std::tidegate::modes::Modes;
use tidegate_std::tidegate::wire::enums::{AlertDescription, KeyUpdateRequest, ProtocolVersion};

/// Steps of a script; the rest is not looked at.
const STEPS: usize = 200;

/// Both ends.
pub(crate) struct Duo {
    /// The client, and the server.
    ends: [End; 2],
    steps: usize,
}

/// Takes one byte of a script; 0 at its end.
fn next(script: &mut &[u8]) -> u8 {
    let Some((&byte, rest)) = script.split_first() else { return 0 };
    *script = rest;
    byte
}

impl Duo {
    /// Two that have not begun, over a pair of these capacities.
    pub(crate) fn new(settings: u8, first: usize, second: usize) -> Self {
        let [mut client, mut server] = made::pair(first, second);
        if settings & 1 == 1 {
            server.set_max_proto_version(ProtocolVersion::TLS_1_2);
        }
        for (ssl, bit) in [(&mut client, 1), (&mut server, 2)] {
            if settings >> bit & 1 == 1 {
                ssl.clear_options(Options::NO_RENEGOTIATION);
                ssl.set_options(Options::ALLOW_CLIENT_RENEGOTIATION);
            }
            ssl.set_read_ahead(settings >> bit & 4 == 4);
        }
        if settings & 0x20 == 0 {
            client.set_session(made::session(settings & 1).as_ref());
        }
        Self { ends: [End::new(client), End::new(server)], steps: 0 }
    }

    /// Does one step; whether there was one.
    pub(crate) fn step(&mut self, script: &mut &[u8]) -> bool {
        self.steps += 1;
        if script.is_empty() || self.steps > STEPS {
            return false;
        }
        let code = next(script);
        let which = usize::from(code & 1);
        match code >> 1 & 31 {
            0 => self.shake_hands(),
            1..8 => self.ends[which].write(usize::from(next(script)) * 97),
            8 => self.ends[which].write_other(next(script)),
            9..15 => self.read(which, usize::from(next(script)) * 97),
            what => self.ends[which].call(what, script),
        }
        true
    }

    /// Lets both go on with their handshake.
    fn shake_hands(&mut self) {
        for _ in 0..20 {
            let results = self.ends.each_mut().map(End::do_handshake);
            if results == [1, 1] {
                return;
            }
        }
    }

    fn read(&mut self, which: usize, length: usize) {
        let data = self.ends[which].read(length);
        self.ends[1 - which].was_read(&data);
    }

    /// Everything that was read was written.
    pub(crate) fn compare(&self) {
        self.ends.iter().for_each(End::compare);
    }
}

impl End {
    /// What else an application does.
    fn call(&mut self, what: u8, script: &mut &[u8]) {
        match what {
            15 => self.peek(usize::from(next(script)) * 97),
            16..18 => self.shutdown(),
            18..20 => drop(self.ssl.set_mode(Modes::from_bits(u32::from(next(script) & 0x17)))),
            20 => drop(self.ssl.clear_mode(Modes::from_bits(u32::from(next(script) & 0x17)))),
            21 => drop(self.ssl.key_update(KeyUpdateRequest(next(script) & 1))),
            22 => drop(self.ssl.renegotiate()),
            23 => drop(self.do_handshake()),
            24 => self.abandon(),
            25 => drop(self.ssl.new_session_ticket()),
            26 => drop(self.ssl.set_split_send_fragment(512 + usize::from(next(script)) * 62)),
            27 => self.ssl.set_read_ahead(next(script) & 1 == 1),
            28 if next(script) == 0x55 => self.fail(AlertDescription::INTERNAL_ERROR),
            29 if next(script) == 0x55 => self.ssl.get_mut().shutdown_write(),
            _ => assert_eq!(self.ssl.write_num(&[], -1), -1),
        }
    }
}
