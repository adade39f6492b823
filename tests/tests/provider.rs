//! What the provider says: a source of randomness that fails, and secrets for a key log.
#![allow(missing_docs, reason = "tests")]

use std::cell::Cell;

use getrandom::SysRng;
use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::crypto::CryptoError;
use tidegate::crypto::rustcrypto::{AeadKey, RustCrypto};
use tidegate::driver::{Webpki, answer_client, answer_server};
use tidegate::error::{Error, Internal};
use tidegate::storage::Keyed;
use tidegate::x509::WebpkiVerifier;
use tidegate::{Client, Connection, Event, HandshakeSpace, Lent, Server, ServerName, Want};
use tidegate_tests::pair::{Buffers, End, Pair, now};
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

#[test]
fn expanded_keys_live_with_their_buffers_and_leave_wiped() {
    type Software = RustCrypto<SysRng>;
    type In = Keyed<AeadKey, [u8; 6144]>;
    type Out = Keyed<AeadKey, [u8; 2048]>;
    let pki = Pki::new(&rcgen::PKCS_ED25519);
    let (config, name) = (ClientConfig::new(), ServerName::try_from("localhost").unwrap());
    let mut server =
        Pair::new(pki.clone(), ClientConfig::new(), ServerConfig::new(pki.identities()), Buffers::FULL);
    let (mut incoming, mut outgoing) = (Keyed::new([0; 6144]), Keyed::new([0; 2048]));
    let lent: Lent<_, &mut In, &mut Out> = Lent {
        space: Box::<HandshakeSpace<Software>>::default(),
        incoming: &mut incoming,
        outgoing: &mut outgoing,
    };
    let mut client =
        Connection::<Client, _, _, _, _, _>::new(&config, RustCrypto::new(SysRng), &name, lent).unwrap();
    let anchors = [pki.anchor()];
    let verifier = WebpkiVerifier::new(&anchors, tidegate::crypto::SIGNATURE_ALGORITHMS);
    let verifier = Webpki { verifier, clock: now };
    while client.is_handshaking() || !client.outgoing().is_empty() {
        let _ = answer_client(client.next_event().unwrap(), &verifier);
        let count = server.server.feed_incoming(client.outgoing());
        client.outgoing_sent(count);
        server.server_turn().unwrap();
        let count = client.feed_incoming(server.server.outgoing());
        server.server.outgoing_sent(count);
    }
    for round in 0..3 {
        assert_eq!(client.write_app_data(&[round; 1000]).unwrap(), 1000);
        let count = server.server.feed_incoming(client.outgoing());
        client.outgoing_sent(count);
        assert_eq!(server.read(End::Server), [round; 1000]);
    }
    let (incoming, outgoing) = (client.detach_incoming().unwrap(), client.detach_outgoing().unwrap());
    assert!(incoming.parts().1.unwrap().is_none() && outgoing.parts().1.unwrap().is_none(), "the keys");
    assert!(incoming.bytes().iter().chain(outgoing.bytes()).all(|byte| *byte == 0), "the bytes");
    // The next buffers get keys of their own.
    assert!(client.attach_outgoing(outgoing).is_ok());
    assert_eq!(client.write_app_data(b"again").unwrap(), 5);
    assert_eq!(server.server.feed_incoming(client.outgoing()), client.outgoing().len());
    assert_eq!(server.read(End::Server), b"again");
}
