//! What the provider says: a source of randomness that fails, and secrets for a key log.
#![allow(missing_docs, reason = "tests")]

use std::cell::Cell;

use getrandom::SysRng;
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::crypto::CryptoError;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::answer_server;
use tidegate::error::{Error, Internal};
use tidegate::{Client, Connection, Event, HandshakeSpace, Lent, Server, ServerName, Want};
use tidegate_tests::pair::{Buffers, Pair};
use tidegate_tests::pki::{Chain, Pki};

use rand_core::{TryCryptoRng, TryRng};

/// Gives randomness so many times, then fails.
struct Ends(Cell<usize>);

#[derive(Debug)]
struct Ended;

impl core::fmt::Display for Ended {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("no more randomness")
    }
}

impl core::error::Error for Ended {}

impl TryRng for Ends {
    type Error = Ended;

    fn try_next_u32(&mut self) -> Result<u32, Ended> {
        Err(Ended)
    }

    fn try_next_u64(&mut self) -> Result<u64, Ended> {
        Err(Ended)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Ended> {
        let left = self.0.get().checked_sub(1).ok_or(Ended)?;
        self.0.set(left);
        SysRng.try_fill_bytes(out).map_err(|_| Ended)
    }
}

impl TryCryptoRng for Ends {}

type Provider = RustCrypto<Ends>;
type Lends = Lent<Box<HandshakeSpace<Provider>>, Box<[u8]>>;

fn provider(times: usize) -> Provider {
    RustCrypto::new(Ends(Cell::new(times)))
}

fn lend() -> Lends {
    Lent {
        space: Box::default(),
        incoming: vec![0; Buffers::FULL.incoming].into(),
        outgoing: vec![0; 4096].into(),
    }
}

const FAILED: Error = Error::Internal(Internal::Crypto(CryptoError::Randomness));

#[test]
fn a_client_without_randomness_fails_before_it_sends_anything() {
    let name = ServerName::try_from("localhost").unwrap();
    for times in 0..3 {
        let mut client = Connection::<Client, _, _, _, _>::new(
            Box::new(ClientConfig::new()),
            provider(times),
            &name,
            lend(),
        )
        .unwrap();
        assert_eq!(client.next_event().unwrap_err(), FAILED);
        assert_eq!(client.outgoing(), b"", "after {times} random values");
        assert_eq!(client.next_event().unwrap_err(), FAILED);
        assert_eq!(client.error(), Some(FAILED));
    }
}

#[test]
fn a_server_without_randomness_says_internal_error_and_nothing_else() {
    for times in 0..2 {
        let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
        let config: Box<ServerConfig> = Box::new(ServerConfig::<Chain>::new(pki.identities()));
        let mut server = Connection::<Server, _, _, _, _>::new(config, provider(times), lend()).unwrap();
        let mut client = Pair::try_client(ClientConfig::new(), Buffers::FULL).unwrap();
        assert!(matches!(client.next_event(), Ok(Event::Want(Want::Incoming))));
        server.feed_incoming(client.outgoing());
        let signer = pki.signer();
        let error = loop {
            match server.next_event() {
                Ok(event) => assert!(answer_server(event, &signer).is_none()),
                Err(error) => break error,
            }
        };
        assert_eq!(error, FAILED);
        assert_eq!(server.outgoing(), [21, 3, 3, 0, 2, 2, 80], "after {times} random values");
    }
}
