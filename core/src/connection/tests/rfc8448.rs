//! The handshakes of RFC 8448, byte for byte, with a client whose random numbers are those of the trace.

use std::boxed::Box;
use std::vec::Vec;

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use super::puppet::split_record;
use super::rfc8448_bytes::{RETRY, SIMPLE};
use super::subject::drain;
use crate::config::ClientConfig;
use crate::connection::{Connection, Event, Lent, Want};
use crate::crypto::rustcrypto::{AeadKey, Hash, KxSecret, RustCrypto};
use crate::crypto::{
    CryptoError, Digest, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SecretLabel, SignatureAlgorithm,
    SignatureUse,
};
use crate::engine::HandshakeSpace;
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, NamedGroup, SignatureScheme};
use crate::{Client, ServerName};

/// What a section of the RFC records. Hellos of the client are messages, everything else is records.
pub(super) struct Trace {
    pub(super) random: &'static [u8],
    /// The private keys of the client, one for each share.
    pub(super) scalars: &'static [u8],
    pub(super) client_hello: &'static [u8],
    pub(super) retry: &'static [u8],
    pub(super) second_client_hello: &'static [u8],
    pub(super) server_hello: &'static [u8],
    pub(super) server_flight: &'static [u8],
    /// A message.
    pub(super) certificate: &'static [u8],
    pub(super) signed: &'static [u8],
    pub(super) signature: &'static [u8],
    pub(super) client_finished: &'static [u8],
    pub(super) ticket: &'static [u8],
    pub(super) client_data: &'static [u8],
    pub(super) server_data: &'static [u8],
    pub(super) client_close: &'static [u8],
    pub(super) server_close: &'static [u8],
}

/// The random numbers of a trace.
struct Script(Vec<u8>);

impl rand_core::TryRng for Script {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        panic!("only bytes are asked for")
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        panic!("only bytes are asked for")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        let bytes = self.0.drain(..out.len());
        out.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Script {}

/// Takes the RFC's key of 1024 bits, which no real verifier may, by comparing with what the RFC's server signed.
#[derive(Debug)]
struct Recorded;

impl SignatureVerificationAlgorithm for Recorded {
    fn verify_signature(&self, _: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let known = [SIMPLE, RETRY].into_iter().any(|t| (t.signed, t.signature) == (message, signature));
        if known { Ok(()) } else { Err(InvalidSignature) }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_PSS_SHA256
    }
}

static ALGORITHMS: [SignatureAlgorithm; 1] = [SignatureAlgorithm {
    scheme: SignatureScheme::RSA_PSS_RSAE_SHA256,
    usage: SignatureUse::HandshakeAndCertificates,
    verifier: &Recorded,
    #[cfg(feature = "tls12")]
    digest_verifier: None,
}];

/// Software with the trace's numbers and verifier; keeps the secrets that it is told.
struct Replay {
    software: RustCrypto<Script>,
    secrets: Vec<(SecretLabel, Vec<u8>)>,
}

/// Hands calls on to the software.
macro_rules! as_software {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(fn $name(&mut self, $($argument: $kind),*) -> Result<$result, CryptoError> {
            self.software.$name($($argument),*)
        })*
    };
}

impl Provider for Replay {
    type Hash = Hash;
    type AeadKey = AeadKey;
    type KxSecret = KxSecret;

    const SUITES: &'static [CipherSuite] = RustCrypto::<Script>::SUITES;
    /// Those of the RFC's time.
    const GROUPS: &'static [NamedGroup] = &[NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        &ALGORITHMS
    }

    fn on_secret(&mut self, label: SecretLabel, _: &[u8; 32], secret: &[u8]) {
        self.secrets.push((label, secret.to_vec()));
    }

    as_software! {
        fill_random(out: &mut [u8]) -> ();
        hash_start(algorithm: HashAlgorithm) -> Hash;
        hash_update(hash: &mut Hash, bytes: &[u8]) -> ();
        hash_digest(hash: &Hash) -> Digest;
        hmac(algorithm: HashAlgorithm, key: &[u8], message: &[u8], out: &mut [u8]) -> ();
        hkdf_extract(algorithm: HashAlgorithm, salt: &[u8], input: &[u8], out: &mut [u8]) -> ();
        hkdf_expand(algorithm: HashAlgorithm, secret: &[u8], info: &[&[u8]], out: &mut [u8]) -> ();
        aead_key(suite: CipherSuite, key: &[u8]) -> AeadKey;
        seal(key: &AeadKey, nonce: &[u8; NONCE], aad: &[u8], record: &mut [u8]) -> ();
        open(key: &AeadKey, nonce: &[u8; NONCE], aad: &[u8], record: &mut [u8]) -> ();
        kx_start(group: NamedGroup, secret: &mut KxSecret, public: &mut [u8]) -> usize;
        kx_finish(
            group: NamedGroup,
            secret: &mut KxSecret,
            peer: &[u8],
            shared: &mut Secret<MAX_SHARED_SECRET>
        ) -> ();
        kx_respond(
            group: NamedGroup,
            peer: &[u8],
            public: &mut [u8],
            shared: &mut Secret<MAX_SHARED_SECRET>
        ) -> usize;
    }
}

type Replaying = Connection<Client, Replay, Box<ClientConfig>, Box<HandshakeSpace<Replay>>, Vec<u8>>;

/// A client that has sent a ClientHello of its own and believes it was the trace's, which had no session id.
fn replay(trace: &Trace) -> Replaying {
    let script = [trace.random, &[0; 32], trace.scalars].concat();
    let provider = Replay { software: RustCrypto::new(Script(script)), secrets: Vec::new() };
    let lent = Lent { space: Box::default(), incoming: std::vec![0; 8192], outgoing: std::vec![0; 2048] };
    let name = ServerName::try_from("server").unwrap();
    let mut client = Replaying::new(Box::default(), provider, &name, lent).unwrap();
    assert!(matches!(client.next_event(), Ok(Event::Want(Want::Incoming))));
    drop(drain(&mut client));
    let space = client.space.as_deref_mut().unwrap();
    space.session_id.clear();
    space.recorded_hello = Some(trace.client_hello);
    client
}

/// Feeds the server's records up to its Finished; what the client sends then, without change_cipher_spec.
fn shake_hands(client: &mut Replaying, trace: &Trace) -> Vec<u8> {
    assert_eq!(client.feed_incoming(trace.server_hello), trace.server_hello.len());
    assert_eq!(client.feed_incoming(trace.server_flight), trace.server_flight.len());
    let Event::VerifyPeer(ask) = client.next_event().unwrap() else { panic!("an ask") };
    let certificate = ask.chain().iter().next().unwrap();
    assert!(trace.certificate.windows(certificate.len()).any(|window| window == certificate));
    ask.accept(public_key(certificate)).unwrap();
    assert!(matches!(client.next_event(), Ok(Event::Connected(_))));
    let sent = drain(client);
    match split_record(&sent) {
        Some((record, rest)) if record == [20, 3, 3, 0, 1, 1] => rest.to_vec(),
        _ => sent,
    }
}

/// The RSA key of the RFC's certificate: a SubjectPublicKeyInfo of 162 bytes.
fn public_key(certificate: &[u8]) -> &[u8] {
    const START: [u8; 6] = [0x30, 0x81, 0x9f, 0x30, 0x0d, 0x06];
    let start = certificate.windows(START.len()).position(|window| window == START).unwrap();
    &certificate[start..start + 162]
}

fn close(client: &mut Replaying, trace: &Trace) {
    client.close();
    assert_eq!(drain(client), trace.client_close);
    assert_eq!(client.feed_incoming(trace.server_close), trace.server_close.len());
    assert!(matches!(client.next_event(), Ok(Event::PeerClosed)));
}

#[test]
fn section_3_a_simple_handshake() {
    let mut client = replay(&SIMPLE);
    assert_eq!(shake_hands(&mut client, &SIMPLE), SIMPLE.client_finished);

    client.feed_incoming(SIMPLE.ticket);
    let Event::Ticket(ticket) = client.next_event().unwrap() else { panic!("a ticket") };
    let ticket = ticket.message();
    assert_eq!((ticket.lifetime, ticket.nonce, ticket.max_early_data), (30, &[0, 0][..], Some(1024)));

    let data = Vec::from_iter(0..50);
    assert_eq!(client.write_app_data(&data), Ok(50));
    assert_eq!(drain(&mut client), SIMPLE.client_data);
    client.feed_incoming(SIMPLE.server_data);
    let mut read = [0; 64];
    assert_eq!(client.read_app_data(&mut read), Ok(50));
    assert_eq!(read[..50], data);
    close(&mut client, &SIMPLE);
}

#[test]
fn section_3_every_logged_secret() {
    use hex_literal::hex;
    let mut client = replay(&SIMPLE);
    shake_hands(&mut client, &SIMPLE);
    let expected = [
        (
            SecretLabel::ClientHandshakeTraffic,
            hex!("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"),
        ),
        (
            SecretLabel::ServerHandshakeTraffic,
            hex!("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"),
        ),
        (
            SecretLabel::ClientTraffic,
            hex!("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"),
        ),
        (
            SecretLabel::ServerTraffic,
            hex!("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"),
        ),
        (SecretLabel::Exporter, hex!("fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50")),
    ];
    let expected = expected.map(|(label, secret)| (label, secret.to_vec()));
    assert_eq!(client.provider().secrets, expected);
}

#[test]
fn section_5_a_hello_retry_request() {
    let mut client = replay(&RETRY);
    client.feed_incoming(RETRY.retry);
    assert!(matches!(client.next_event(), Ok(Event::Want(Want::Incoming))));
    drop(drain(&mut client));
    // Our second hello is another than the trace's too: the transcript is what it was there.
    let Connection { space, provider, .. } = &mut client;
    let space = space.as_deref_mut().unwrap();
    let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
    space.start_transcript(provider, suite).unwrap();
    space.hash(provider, RETRY.client_hello).unwrap();
    space.fold_first_hello(provider, suite).unwrap();
    space.hash(provider, &RETRY.retry[5..]).unwrap();
    space.hash(provider, RETRY.second_client_hello).unwrap();
    assert_eq!(shake_hands(&mut client, &RETRY), RETRY.client_finished);
    assert_eq!(client.negotiated().group, Some(NamedGroup::SECP256R1));
    close(&mut client, &RETRY);
}

#[test]
fn a_trace_with_one_bit_changed_is_refused() {
    for place in [6, 100, 672] {
        let mut client = replay(&SIMPLE);
        client.feed_incoming(SIMPLE.server_hello);
        let mut flight = SIMPLE.server_flight.to_vec();
        flight[place] ^= 1;
        client.feed_incoming(&flight);
        let error = client.next_event().unwrap_err();
        assert_eq!(error, crate::error::PeerMisbehaved::BadRecordMac.into());
    }
}
