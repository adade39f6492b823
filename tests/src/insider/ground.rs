//! What a play begins with.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use tidegate::crypto::HashAlgorithm;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::{ExternalPsk, HandshakeSpace, Lent, ServerName};
use tidegate_std::provider::Watched;

use super::random::Seeded;
use super::scenario::Scenario;
use super::secrets::Secrets;
use super::side::Side;
use super::{Crypto, Finished, InsideClient, InsideServer, Insider, pass};
use crate::buffers::Buffers;
use crate::middle::End;
use crate::sessions::{External, Kept, now};

/// The external key of both ends.
const EXTERNAL: ExternalPsk<'static> =
    ExternalPsk { identity: b"device 7", key: &[0x42; 32], hash: HashAlgorithm::Sha256 };

/// What is kept from one play of a scenario to the next: the server's keys for tickets, and the session that goes on.
#[derive(Clone)]
pub struct Ground {
    scenario: Scenario,
    kept: Rc<Kept>,
    session: Option<Vec<u8>>,
}

impl Ground {
    /// What is played on it.
    #[must_use]
    pub const fn scenario(&self) -> Scenario {
        self.scenario
    }

    /// Shakes hands once where a session is to go on.
    ///
    /// # Panics
    /// If that fails.
    #[must_use]
    pub fn new(scenario: Scenario) -> Self {
        let mut kept = Kept::new();
        kept.used = (scenario != Scenario::EarlyRefused).then(RefCell::default);
        kept.renews = scenario == Scenario::Resumed12;
        let key = <[u8; 32]>::try_from(EXTERNAL.key).unwrap();
        kept.external.insert(EXTERNAL.identity.to_vec(), External::Plain(key, EXTERNAL.hash));
        let mut ground = Self { scenario, kept: Rc::new(kept), session: None };
        if scenario.resumes() {
            let mut first = Insider::new(&ground);
            first.play(&mut pass);
            ground.session = first.session();
            assert!(ground.session.is_some(), "a session for {scenario:?}: {:?}", first.failed);
        }
        ground
    }
}

impl Insider {
    /// Two fresh ends; the client offers what the scenario has it offer.
    ///
    /// # Panics
    /// If an end can't be made.
    #[must_use]
    pub fn new(ground: &Ground) -> Self {
        let Ground { scenario, kept, session } = ground.clone();
        let secrets = [Secrets::default(), Secrets::default()];
        let crypto = |end: End| {
            let seeded = RustCrypto::new(Seeded::new(end as u64 + 1));
            Watched::over(seeded, secrets[end as usize].onlookers())
        };
        let name = ServerName::try_from("localhost").unwrap();
        let mut client =
            InsideClient::new(Arc::new(scenario.client()), crypto(End::Client), &name, lend()).unwrap();
        let server = InsideServer::new(Arc::new(scenario.server()), crypto(End::Server), lend()).unwrap();
        if let Some(session) = &session {
            client.resume(session, now().unwrap()).unwrap();
        }
        if scenario == Scenario::External {
            client.offer_psk(EXTERNAL).unwrap();
        }
        if let Some(used) = &kept.used {
            used.borrow_mut().clear();
        }
        let [of_client, of_server] = secrets;
        let mut insider = Self {
            client,
            server,
            notes: Default::default(),
            failed: [None; 2],
            scenario,
            kept,
            sides: [Side::new(End::Client, of_client), Side::new(End::Server, of_server)],
            queue: VecDeque::new(),
            rest: Default::default(),
            alerts: [0; 2],
            done: [None; 2],
            finished: Finished::Passed,
            steps: 0,
        };
        if scenario.has_early_data() && session.is_some() {
            assert_eq!(insider.client.write_early_data(b"early"), Ok(5));
        }
        insider
    }
}

fn lend() -> Lent<Box<HandshakeSpace<Crypto>>, Box<[u8]>> {
    let buffer = |length| vec![0; length].into_boxed_slice();
    let Buffers { incoming, outgoing } = Buffers::FULL;
    Lent { space: Box::default(), incoming: buffer(incoming), outgoing: buffer(outgoing) }
}
