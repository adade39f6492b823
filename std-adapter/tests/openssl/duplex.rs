//! Two ends that write and read at once, for as long as one likes, through transports that take and give next to
//! nothing: nothing is lost, nothing comes twice, nobody waits for ever.
//!
//! What is under way is not limited: as in OpenSSL, a KeyUpdate that has begun to leave stands before reads, and two
//! ends that both wait so could not read each other free. Streams know no such wait; theirs is limited.

use tidegate::config::Common;
use tidegate::modes::Modes;
use tidegate::wire::enums::{KeyUpdateRequest, ProtocolVersion};
use tidegate_std::openssl::{ErrorCode, Options, Ssl, SslContext};

use crate::duo::context;
use crate::narrow::{Narrow, Random, byte};

/// Calls for each set of modes and each seed: 512,000 in all.
const STEPS: usize = 6_000;
const SEEDS: u64 = 8;
/// The same with renegotiations, each of which takes a while.
const SEEDS_RENEGOTIATING: u64 = 2;
/// Calls after which everything must have arrived, once nothing new begins.
const PATIENCE: usize = 200_000;

/// One end, what it has written and what it has read.
struct End {
    ssl: Ssl<Narrow>,
    random: Random,
    /// The write under way, and the same bytes elsewhere.
    pending: Option<(Vec<u8>, Vec<u8>)>,
    written: usize,
    read: usize,
    updates: usize,
}

impl End {
    fn step(&mut self) {
        match self.random.below(20) {
            0 if self.ssl.version() == ProtocolVersion::TLS_1_2 => self.renegotiate(),
            0 => self.update_keys(),
            1..=9 => self.write(),
            10 => self.look(),
            11 => assert!(self.is_fine(self.ssl.error().map_or(1, |_| -1)), "{:?}", self.ssl.error()),
            _ => self.read(),
        }
    }

    fn update_keys(&mut self) {
        let request = [KeyUpdateRequest::UPDATE_NOT_REQUESTED, KeyUpdateRequest::UPDATE_REQUESTED];
        let done = self.ssl.key_update(request[self.random.below(2)]);
        assert!(done == 1 || self.pending.is_some() || self.ssl.reason().is_some());
        self.updates += usize::try_from(done).unwrap();
    }

    fn renegotiate(&mut self) {
        if self.random.below(20) == 0 {
            self.updates += usize::try_from(self.ssl.renegotiate()).unwrap();
        }
    }

    fn write(&mut self) {
        let (data, copy) = self.pending.take().unwrap_or_else(|| {
            let length = 1 + self.random.below(60);
            let data: Vec<u8> = (self.written..self.written + length).map(byte).collect();
            (data.clone(), data)
        });
        let moving = self.ssl.get_mode().contains(Modes::ACCEPT_MOVING_WRITE_BUFFER);
        let offered = if moving && self.random.below(2) == 0 { &copy } else { &data };
        let result = self.ssl.write(offered);
        assert!(self.is_fine(result), "{:?}", self.ssl.reason());
        match usize::try_from(result) {
            Ok(count) => self.written += count,
            Err(_) => self.pending = Some((data, copy)),
        }
    }

    fn read(&mut self) {
        let mut out = [0; 50];
        let length = 1 + self.random.below(50);
        let result = self.ssl.read(&mut out[..length]);
        assert!(self.is_fine(result), "{:?}", self.ssl.reason());
        for &got in &out[..usize::try_from(result).unwrap_or(0)] {
            assert_eq!(got, byte(self.read), "at {}", self.read);
            self.read += 1;
        }
    }

    fn look(&mut self) {
        let mut out = [0; 9];
        let result = self.ssl.peek(&mut out);
        assert!(self.is_fine(result), "{:?}", self.ssl.reason());
        let seen = &out[..usize::try_from(result).unwrap_or(0)];
        assert!(seen.iter().zip(self.read..).all(|(&got, place)| got == byte(place)));
    }

    fn is_fine(&self, result: i32) -> bool {
        result > 0 || matches!(self.ssl.get_error(result), ErrorCode::WantRead | ErrorCode::WantWrite)
    }
}

/// Both ends, connected, from here on over a narrow transport.
fn ends(context: &SslContext, modes: Modes, seed: u64) -> [End; 2] {
    let random = Random::new(seed);
    let (transports, width) = Narrow::pair(&random);
    let mut ends = transports.map(|transport| {
        let mut ssl = Ssl::new(context, transport);
        ssl.clear_mode(Modes::from_bits(u32::MAX));
        ssl.set_mode(modes);
        ssl.set_split_send_fragment(1 + random.below(24));
        ssl.set_read_ahead(random.below(2) == 0);
        End { ssl, random: random.clone(), pending: None, written: 0, read: 0, updates: 0 }
    });
    let [client, server] = &mut ends;
    client.ssl.set_host_name("localhost");
    assert!((0..9).any(|_| (client.ssl.connect(), server.ssl.accept()) == (1, 1)));
    width.set(Some((3, usize::MAX)));
    ends
}

#[test]
fn full_duplex_for_ever() {
    let updates = flood(&context(), SEEDS);
    assert!(updates > 200, "{updates} key updates");
}

#[test]
fn full_duplex_through_renegotiations_of_both_ends() {
    let context = context();
    context.set_max_proto_version(ProtocolVersion::TLS_1_2);
    context.clear_options(Options::NO_RENEGOTIATION);
    context.set_options(Options::ALLOW_CLIENT_RENEGOTIATION);
    let unlimited = |common: &mut Common| common.renegotiation.limit = u32::MAX;
    context.configure_client(|config| unlimited(&mut config.common));
    context.configure_server(|config| unlimited(&mut config.common));
    let renegotiations = flood(&context, SEEDS_RENEGOTIATING);
    assert!(renegotiations > 100, "{renegotiations} renegotiations");
}

/// Lets two ends talk with every set of modes; how often they were told to change keys.
fn flood(context: &SslContext, seeds: u64) -> usize {
    let mut updates = 0;
    for (seed, set) in (0..seeds).flat_map(|seed| (0..16).map(move |set| (seed, set))) {
        // The modes are bits 1, 2, 4 and 16.
        let modes = Modes::from_bits(set & 7 | (set & 8) << 1);
        let [mut client, mut server] = ends(context, modes, seed << 8 | u64::from(set));
        for _ in 0..STEPS / 2 {
            client.step();
            server.step();
        }
        let complete = (0..PATIENCE).any(|_| {
            for end in [&mut client, &mut server] {
                if end.pending.is_some() {
                    end.write();
                }
                end.read();
            }
            let idle = client.pending.is_none() && server.pending.is_none();
            idle && client.read == server.written && server.read == client.written
        });
        assert!(
            complete,
            "{modes:?}, seed {seed}: {:?}",
            [client.written, server.read, server.written, client.read]
        );
        let read = [client.read, server.read];
        assert!(read.iter().all(|&read| read > 100), "{modes:?}, seed {seed}: {read:?}");
        updates += client.updates + server.updates;
    }
    updates
}
