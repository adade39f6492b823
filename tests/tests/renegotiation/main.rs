//! Two ends of TLS 1.2 that write, read and renegotiate at once, by every interface there is and under every mode, through
//! a transport that takes and gives what chance says: every byte is delivered once, in order, and nobody waits for ever.
//!
//! A seed says all. `TIDEGATE_DUPLEX` has other seeds (`FIRST..END`) and steps for each (`FIRST..END:STEPS`).
#![allow(missing_docs, reason = "tests")]

mod end;
mod side;
mod stream;

use std::sync::Arc;
use std::time::Instant;

use end::{CHAINS, NAME, Owned, Software};
use side::{Counts, Side, Width};
use stream::{Random, Stream};
use tidegate::config::{ClientConfig, Common, Permission, ServerConfig, Versions};
use tidegate::modes::{Completion, Modes};
use tidegate::wire::enums::{CipherSuite, NamedGroup};
use tidegate::{Client, HandshakeSpace, Lent, Server, ServerName, buffers, limits};

const ASKED: &str = "TIDEGATE_DUPLEX";
/// Together a million.
const SEEDS: u64 = 100;
const STEPS: usize = 10_000;
/// Steps after which everything under way must end.
const STRETCH: usize = 2_000;
/// Turns of both ends and the transport in which something must move.
const PATIENCE: usize = 2_000;

/// Says where it was if a test fails.
struct Place {
    seed: u64,
    step: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("seed {}, step {}", self.seed, self.step);
        }
    }
}

struct Duplex {
    client: Side<Client>,
    server: Side<Server>,
    random: Random,
    place: Place,
}

impl Duplex {
    fn new(seed: u64) -> Self {
        let random = Random::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let suites = [
            CipherSuite::TLS_AES_128_GCM_SHA256,
            CipherSuite::TLS_AES_256_GCM_SHA384,
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
        ];
        let suite = suites[random.below(3)];
        let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(CHAINS));
        set(&mut client.common, suite, seed & 1, &random);
        set(&mut server.common, suite, seed >> 1 & 1, &random);
        let name = ServerName::try_from(NAME).unwrap();
        let (client_provider, server_provider) = (Software::new(random.fork()), Software::new(random.fork()));
        let (client_lent, server_lent) = (lend(&random), lend(&random));
        let budget = [8, 200, 3_000, 40_000][random.below(4)];
        let width_to = |incoming: &[u8]| width(budget, incoming.len(), &random, seed & 3);
        let (to_client, to_server) = (width_to(&client_lent.incoming), width_to(&server_lent.incoming));
        let client =
            Owned::<_, ClientConfig>::new(Arc::new(client), client_provider, &name, client_lent).unwrap();
        let server = Owned::<_, ServerConfig>::new(Arc::new(server), server_provider, server_lent).unwrap();
        let (there, back) = (Stream::new(&random), Stream::new(&random));
        let mut duplex = Self {
            client: Side::new(client, [there.clone(), back.clone()], random.clone(), to_server),
            server: Side::new(server, [back, there], random.clone(), to_client),
            random,
            place: Place { seed, step: 0 },
        };
        duplex.settle();
        // The client alone, the server alone, and both at once.
        let often = 40 + 6_000 / (budget + 20);
        duplex.client.asks = if seed % 3 == 1 { 0 } else { often };
        duplex.server.asks = if seed.is_multiple_of(3) { 0 } else { often };
        duplex
    }

    fn run(&mut self, steps: usize) {
        for step in 0..steps {
            self.place.step = step;
            match self.random.below(4) {
                0 => self.client.step(),
                1 => self.server.step(),
                2 => self.client.transport(&mut self.server.wire),
                _ => self.server.transport(&mut self.client.wire),
            }
            if step % STRETCH == STRETCH - 1 {
                self.settle();
            }
        }
        self.settle();
    }

    /// Lets everything under way end, and nothing new begin.
    fn settle(&mut self) {
        let mut still = 0;
        let mut before = self.state();
        while !self.is_idle() {
            self.client.go_on();
            self.server.go_on();
            for _ in 0..4 {
                self.client.transport(&mut self.server.wire);
                self.server.transport(&mut self.client.wire);
            }
            let now = self.state();
            still = if now == before { still + 1 } else { 0 };
            before = now;
            assert!(still < PATIENCE, "nothing moves: {:#?} {:#?}", self.client, self.server);
        }
        let (client, server) = (&self.client.counts, &self.server.counts);
        assert_eq!((client.written, server.written), (server.read, client.read));
        assert_eq!(self.client.exported(), self.server.exported(), "both speak of the same handshake");
    }

    fn is_idle(&self) -> bool {
        let (client, server) = (&self.client, &self.server);
        let read = client.counts.read == server.counts.written && server.counts.read == client.counts.written;
        client.is_idle() && server.is_idle() && read
    }

    /// What changes when anything moves.
    fn state(&self) -> [(Counts, usize, usize); 2] {
        [self.client.progress(), self.server.progress()]
    }
}

fn set(common: &mut Common, suite: CipherSuite, completion: u64, random: &Random) {
    common.versions = Versions::Tls12;
    common.renegotiation.by_us = Permission::Granted;
    common.renegotiation.by_peer = Permission::Granted;
    common.renegotiation.limit = u32::MAX;
    common.cipher_suites = [suite].into_iter().collect();
    // The second is that of the certificates.
    common.groups = [NamedGroup::X25519, NamedGroup::SECP256R1].into_iter().collect();
    common.completion = if completion == 0 { Completion::Sealed } else { Completion::Drained };
    common.modes = Modes::from_bits(random.below(32) as u32 & 0x17);
}

/// Small buffers and large ones.
fn lend(random: &Random) -> Lent<Box<HandshakeSpace<Software>>, Box<[u8]>> {
    let message = limits::DEFAULT_HANDSHAKE_MESSAGE;
    let (least, most) = (buffers::min_incoming(message), buffers::full_incoming(message));
    let incoming = [least, 6144, most, least + random.below(20_000)][random.below(4)];
    let (least, most) = (buffers::MIN_OUTGOING, buffers::FULL_OUTGOING);
    let outgoing = [least, 1024, most, least + random.below(20_000)][random.below(4)];
    let buffer = |length| vec![0; length].into_boxed_slice();
    Lent { space: Box::default(), incoming: buffer(incoming), outgoing: buffer(outgoing) }
}

/// Where both ends have sealed completion, what is on its way is limited too. In drained completion, as in OpenSSL, what
/// has begun to leave stands before reads, and two ends that both wait so could not read each other free.
fn width(budget: usize, incoming: usize, random: &Random, completions: u64) -> Width {
    let record = (incoming - limits::DEFAULT_HANDSHAKE_MESSAGE).min(1 << 14);
    let wire = if completions == 0 { 1 + random.below(10 * record) } else { usize::MAX };
    Width { budget, wire, record }
}

#[test]
fn a_million_steps_of_full_duplex() {
    let (seeds, steps) = asked().unwrap_or((0..SEEDS, STEPS));
    let start = Instant::now();
    let mut total = [Counts::default(); 2];
    let mut alone = [0; 2];
    for seed in seeds.clone() {
        let mut duplex = Duplex::new(seed);
        duplex.run(steps);
        let (client, server) = (duplex.client.counts, duplex.server.counts);
        if seed % 3 < 2 {
            alone[(seed % 3) as usize] += client.done - 1;
        }
        total[0].add(client);
        total[1].add(server);
    }
    println!("{seeds:?} with {steps} steps each, {:?}: {total:#?}, alone {alone:?}", start.elapsed());
    if std::env::var_os(ASKED).is_some() {
        return;
    }
    let [client, server] = total;
    assert!(client.read > 1_000_000 && server.read > 1_000_000);
    assert!(client.behind_data > 100 && server.behind_data > 100);
    assert!(client.parked > 100 && server.parked > 100);
    assert!(client.asked > 500 && server.asked > 500 && client.done > 1_000 && server.done > 1_000);
    assert!(alone[0] > 300 && alone[1] > 300);
}

/// What the environment asks for.
fn asked() -> Option<(std::ops::Range<u64>, usize)> {
    let asked = std::env::var(ASKED).ok()?;
    let (seeds, steps) = asked.split_once(':').unwrap_or((&asked, ""));
    let (first, end) = seeds.split_once("..").unwrap();
    Some((first.parse().unwrap()..end.parse().unwrap(), steps.parse().unwrap_or(STEPS)))
}
