//! The PRF against the vectors of the TLS working group
//! (<https://mailarchive.ietf.org/arch/msg/tls/fzVCzk-z3FShgGJ6DOXqM1ydxms/>), and what is derived with it against
//! values that were computed by an independent implementation over Python's hmac. Everything is derived by a provider
//! with an HMAC in pieces of its own, and by one without.

use hex_literal::hex;

use super::{Exported, Finisher, MASTER_SECRET, Randoms, export, extended_master_secret, key_block, prf};
use crate::crypto::rustcrypto::handing_on::as_software;
use crate::crypto::rustcrypto::randomness::NoRandomness;
use crate::crypto::rustcrypto::{AeadKey, Hash, KxSecret, RustCrypto};
use crate::crypto::{
    CryptoError, Digest, HMAC_PIECES, HashAlgorithm, MAX_SHARED_SECRET, NONCE, Provider, SignatureAlgorithm,
};
use crate::secret::Secret;
use crate::wire::enums::{CipherSuite, NamedGroup};

const RANDOMS: Randoms<'static> = Randoms { client: &[0x11; 32], server: &[0x22; 32] };

/// The values that follow from one hash: premaster secret 00 01 02 .., session hash a0 a1 .. af a0 a1 ..
struct Vectors {
    algorithm: HashAlgorithm,
    master: [u8; 48],
    key_block: [u8; 88],
    client: [u8; 12],
    server: [u8; 12],
    exported: [u8; 70],
    exported_empty_context: [u8; 20],
    exported_context: [u8; 20],
}

const SHA256: Vectors = Vectors {
    algorithm: HashAlgorithm::Sha256,
    master: hex!(
        "9bedb824c59ce094077b0d6d1289a16b552a9cf00b7eda914fa2294cac61753b86b142cba13b6681c74c7acff9b69372"
    ),
    key_block: hex!(
        "b03c9f9fdf9bdf66dd2d432002b9341826dbad38490b095e78e45a177d08a479d735c0ba561c49850e7d1a46"
        "2de4736debdca09b7f34ad8dbcfba785daeb40b38e5920940f5cf00fda2143e2e6a521acc4762a46b9c8f98e"
    ),
    client: hex!("125bca438205ba8184a7a61f"),
    server: hex!("87d3718829a3ea302c483307"),
    exported: hex!(
        "1d4edfecd251e80b36e76ab9b245f4ea21bff177cc5a760fdb26b4e84527a393206f"
        "82291c67475a7014ed6f4b361e4e25764a1211c5731d516bf0c9bbea874819948fd9fcc3"
    ),
    exported_empty_context: hex!("39e6fe20788341562ed7c5204dc680bfa611ff8f"),
    exported_context: hex!("aebe513d92c285d380a4ded64484402c5a78b248"),
};

const SHA384: Vectors = Vectors {
    algorithm: HashAlgorithm::Sha384,
    master: hex!(
        "86434f81196991575258de0250cee26d67983a37880b596d4a3aff8182e4ab04d1ade3a598372b1adc2eefeda0f909c8"
    ),
    key_block: hex!(
        "a9427eff8654f70fb91bc56af115f2d395874701ad798c86cee5e2bd98024118f658f5eb5bc9daab50f49578"
        "b18842a4a36253c5472af41b261b20f05e0756763a3c5f20873270ae57d5936b75ce6153ad2e14642833e83c"
    ),
    client: hex!("c32448c4325b94dfa75380e6"),
    server: hex!("efe97873992d3a18c1c4e317"),
    exported: hex!(
        "1185cb6a2eef9962b14c6135ff3121870ae5d527d81e039a424d3c9334a6df546508"
        "2cf18c344253b636c2b4dd42cd30e3f15503f6bece99b84fea692596566a2867db945763"
    ),
    exported_empty_context: hex!("e88679435f58b2df8db6f7c9742c6c41b323da7d"),
    exported_context: hex!("ff13d5766f2e95ecf259831c39964ea68cf2b111"),
};

type Software = RustCrypto<NoRandomness>;

/// Software that takes the trait's own way to an HMAC in pieces.
struct Joining(Software);

impl Provider for Joining {
    type Hash = Hash;
    type KeptHash = Hash;
    type AeadKey = AeadKey;
    type KxSecret = KxSecret;

    const SUITES: &'static [CipherSuite] = Software::SUITES;
    const GROUPS: &'static [NamedGroup] = Software::GROUPS;

    fn signature_algorithms(&self) -> &'static [SignatureAlgorithm] {
        self.0.signature_algorithms()
    }

    as_software!(0);
}

fn software() -> Software {
    RustCrypto::new(NoRandomness)
}

fn secret<const N: usize>(bytes: &[u8]) -> Secret<N> {
    let mut secret = Secret::empty();
    secret.fill(bytes.len()).iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    secret
}

/// The digest a0 a1 .. af a0 a1 .. of the hash's length.
fn transcript(algorithm: HashAlgorithm) -> Digest {
    let bytes: std::vec::Vec<u8> = (0xa0..=0xaf).cycle().take(algorithm.len()).collect();
    Digest::new(&bytes)
}

/// The first bytes of the PRF for the seed in one piece and in every two.
fn assert_prf(algorithm: HashAlgorithm, key: &[u8], seed: &[u8], expected: &[u8]) {
    for cut in 0..=seed.len() {
        let (first, second) = seed.split_at_checked(cut).unwrap();
        for length in 0..=expected.len() {
            let (mut own, mut joined) = (std::vec![0; length], std::vec![0; length]);
            let seed: [&[u8]; 4] = [first, b"", second, b""];
            prf(&mut software(), algorithm, key, (b"test label", seed), &mut own).unwrap();
            prf(&mut Joining(software()), algorithm, key, (b"test label", seed), &mut joined).unwrap();
            assert_eq!((&own[..], &joined[..]), (&expected[..length], &expected[..length]));
        }
    }
}

#[test]
fn the_prf_with_sha256() {
    assert_prf(
        HashAlgorithm::Sha256,
        &hex!("9bbe436ba940f017b17652849a71db35"),
        &hex!("a0ba9f936cda311827a6f796ffd5198c"),
        &hex!(
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0f"
            "a022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66"
        ),
    );
}

#[test]
fn the_prf_with_sha384() {
    assert_prf(
        HashAlgorithm::Sha384,
        &hex!("b80b733d6ceefcdc71566ea48e5567df"),
        &hex!("cd665cf6a8447dd6ff8b27555edb7465"),
        &hex!(
            "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534"
            "cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d"
            "90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f"
        ),
    );
}

#[test]
fn the_master_secret_is_bound_to_the_handshake_and_the_premaster_secret_is_gone() {
    for Vectors { algorithm, master, .. } in [SHA256, SHA384] {
        let bytes: std::vec::Vec<u8> = (0..48).take(algorithm.len()).collect();
        let (mut premaster, mut derived) = (secret(&bytes), Secret::empty());
        let hash = transcript(algorithm);
        extended_master_secret(&mut software(), algorithm, &mut premaster, &hash, &mut derived).unwrap();
        assert_eq!(derived.as_bytes(), master);
        assert!(premaster.is_empty(), "wiped");
    }
}

#[test]
fn a_key_block_of_every_length_begins_alike() {
    for Vectors { algorithm, master, key_block: expected, .. } in [SHA256, SHA384] {
        let master = secret::<MASTER_SECRET>(&master);
        for length in [40, 72, 88] {
            let mut block = Secret::<{ super::KEY_BLOCK }>::empty();
            key_block(&mut software(), algorithm, &master, RANDOMS, block.fill(length)).unwrap();
            assert_eq!(block.as_bytes(), &expected[..length]);
        }
    }
}

#[test]
fn each_side_has_a_finished_of_its_own() {
    for Vectors { algorithm, master, client, server, .. } in [SHA256, SHA384] {
        let (master, hash) = (secret::<MASTER_SECRET>(&master), transcript(algorithm));
        for (finisher, expected) in [(Finisher::Client, client), (Finisher::Server, server)] {
            let mut data = [0; 12];
            super::verify_data(&mut software(), algorithm, &master, (finisher, &hash), &mut data).unwrap();
            assert_eq!(data, expected, "{finisher:?}");
        }
    }
}

/// Exports as many bytes as `out` has.
fn exports(
    vectors: &Vectors,
    label: &[u8],
    context: Option<&[u8]>,
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let master = secret::<MASTER_SECRET>(&vectors.master);
    let exported = Exported { randoms: RANDOMS, label, context };
    export(&mut software(), vectors.algorithm, &master, exported, out)
}

#[test]
fn an_exporter_tells_no_context_from_an_empty_one() {
    for vectors in [SHA256, SHA384] {
        let label = b"EXPERIMENTAL-label";
        let (mut long, mut short) = ([0; 70], [0; 20]);
        exports(&vectors, label, None, &mut long).unwrap();
        assert_eq!(long, vectors.exported);
        exports(&vectors, label, Some(b""), &mut short).unwrap();
        assert_eq!(short, vectors.exported_empty_context);
        exports(&vectors, label, Some(b"context"), &mut short).unwrap();
        assert_eq!(short, vectors.exported_context);
    }
}

#[test]
fn an_exporter_takes_no_label_of_the_handshake_and_no_context_past_its_length_field() {
    for label in super::RESERVED_LABELS {
        assert_eq!(exports(&SHA256, label, None, &mut [0; 20]), Err(CryptoError::Failed));
        assert_eq!(exports(&SHA256, &[label, b"!"].concat(), None, &mut [0; 20]), Err(CryptoError::Failed));
    }
    let context = std::vec![0; 65536];
    assert!(exports(&SHA256, b"EXPORTER", Some(&context[..65535]), &mut [0; 20]).is_ok());
    assert_eq!(exports(&SHA256, b"EXPORTER", Some(&context), &mut [0; 20]), Err(CryptoError::Failed));
}

#[test]
fn pieces_are_joined_as_far_as_the_buffer_goes() {
    let (bytes, mut whole, mut pieces) = ([7; HMAC_PIECES + 1], [0; 32], [0; 32]);
    let (fitting, last) = bytes.split_at_checked(HMAC_PIECES).unwrap();
    let (first, second) = fitting.split_at_checked(100).unwrap();
    let (sha256, mut provider) = (HashAlgorithm::Sha256, Joining(software()));
    provider.hmac(sha256, b"key", fitting, &mut whole).unwrap();
    provider.hmac_pieces(sha256, b"key", &[first, second], &mut pieces).unwrap();
    assert_eq!(whole, pieces);
    let error = provider.hmac_pieces(sha256, b"key", &[first, second, last], &mut pieces).unwrap_err();
    assert_eq!(error, CryptoError::Failed);
    provider.0.hmac_pieces(sha256, b"key", &[first, second, last], &mut pieces).unwrap();
    assert_eq!(software().hmac_pieces(sha256, b"key", &[], &mut [0; 31]), Err(CryptoError::Failed));
}
