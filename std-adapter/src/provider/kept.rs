//! Signatures that were found right before.

use std::sync::{Mutex, OnceLock, PoisonError};

use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};
use sha2::{Digest as _, Sha256};
use tidegate::crypto::SignatureAlgorithm;

use super::signature_algorithms;

/// Sets of places; a signature has its place in one of them.
const SETS: usize = 64;

/// Signatures in a set, at most. A further one displaces the oldest.
const WAYS: usize = 4;

/// SHA-256 of what was verified.
type Fingerprint = [u8; 32];

/// Signatures that these algorithms found right. Whether one is right follows from algorithm, key, message and signature alone, so
/// that whoever asks again gets the answer that the algorithm would give.
#[derive(Debug)]
struct Kept(Mutex<[[Option<Fingerprint>; WAYS]; SETS]>);

impl Kept {
    const fn new() -> Self {
        Self(Mutex::new([[None; WAYS]; SETS]))
    }

    fn has(&self, signature: &Fingerprint) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept[set(signature)].iter().flatten().any(|one| one == signature)
    }

    fn put(&self, signature: Fingerprint) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let set = &mut kept[set(&signature)];
        set.rotate_right(1);
        set[0] = Some(signature);
    }
}

fn set(signature: &Fingerprint) -> usize {
    const { assert!(SETS <= 256) }
    usize::from(signature[0]) % SETS
}

/// An algorithm that is asked once for each signature that is right.
#[derive(Debug)]
struct Keeping {
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    /// Where it stands in the list: two may have the names of one.
    number: usize,
    kept: &'static Kept,
}

impl Keeping {
    /// Each part with its length before it: no two sets of them are one string.
    fn fingerprint(&self, parts: [&[u8]; 3]) -> Fingerprint {
        let (key, signature) = (self.public_key_alg_id(), self.signature_alg_id());
        let mut hash = Sha256::new_with_prefix(self.number.to_le_bytes());
        for part in [key.as_ref(), signature.as_ref()].into_iter().chain(parts) {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

impl SignatureVerificationAlgorithm for Keeping {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let fingerprint = self.fingerprint([public_key, message, signature]);
        if self.kept.has(&fingerprint) {
            return Ok(());
        }
        self.algorithm.verify_signature(public_key, message, signature)?;
        self.kept.put(fingerprint);
        Ok(())
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}

/// These algorithms, which remember up to 256 signatures that they found right, in 8 kB. For certificates and revocation lists, which
/// are shown again and again: what is signed in a handshake never comes again.
///
/// What this makes stays for as long as the process: make it once.
#[must_use]
pub fn keeping_signatures(algorithms: &[SignatureAlgorithm]) -> &'static [SignatureAlgorithm] {
    let kept: &'static Kept = Box::leak(Box::new(Kept::new()));
    let keeping = algorithms.iter().enumerate().map(|(number, own)| SignatureAlgorithm {
        verifier: Box::leak(Box::new(Keeping { algorithm: own.verifier, number, kept })),
        ..*own
    });
    keeping.collect::<Vec<_>>().leak()
}

/// Those of the adapter, which all share what they remember.
pub(crate) fn kept_signature_algorithms() -> &'static [SignatureAlgorithm] {
    static ALGORITHMS: OnceLock<&[SignatureAlgorithm]> = OnceLock::new();
    ALGORITHMS.get_or_init(|| keeping_signatures(signature_algorithms()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use pki_types::{CertificateDer, ServerName, UnixTime, alg_id};
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use tidegate::crypto::SIGNATURE_ALGORITHMS;
    use tidegate::error::CertificateError;
    use tidegate::x509::{WebpkiVerifier, trust_anchor_from_der};

    use super::*;

    /// The year 2026, and 5138, in seconds since 1970.
    const NOW: u64 = 1_780_000_000;
    const NEVER: u64 = 100_000_000_000;

    /// Finds right what is signed with its key, and counts how often it was asked.
    #[derive(Debug)]
    struct Equal(AtomicU32);

    impl SignatureVerificationAlgorithm for Equal {
        fn verify_signature(&self, key: &[u8], _: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
            self.0.fetch_add(1, Ordering::Relaxed);
            if key == signature { Ok(()) } else { Err(InvalidSignature) }
        }

        fn public_key_alg_id(&self) -> AlgorithmIdentifier {
            alg_id::ED25519
        }

        fn signature_alg_id(&self) -> AlgorithmIdentifier {
            alg_id::ED25519
        }
    }

    /// An algorithm, and the same one as it is kept, twice.
    fn kept() -> (&'static Equal, Vec<&'static dyn SignatureVerificationAlgorithm>) {
        let equal: &'static Equal = Box::leak(Box::new(Equal(AtomicU32::new(0))));
        let algorithm = SignatureAlgorithm { verifier: equal, ..SIGNATURE_ALGORITHMS[0] };
        let algorithms = keeping_signatures(&[algorithm, algorithm]);
        (equal, algorithms.iter().map(|algorithm| algorithm.verifier).collect())
    }

    #[test]
    fn what_was_right_is_not_asked_again() {
        let (equal, algorithms) = kept();
        for _ in 0..3 {
            assert!(algorithms[0].verify_signature(b"key", b"message", b"key").is_ok());
        }
        assert_eq!(equal.0.load(Ordering::Relaxed), 1);
        assert!(algorithms[1].verify_signature(b"key", b"message", b"key").is_ok());
        assert_eq!(equal.0.load(Ordering::Relaxed), 2, "two that have one name stay two");
    }

    #[test]
    fn what_was_wrong_is_asked_again() {
        let (equal, algorithms) = kept();
        for _ in 0..3 {
            assert!(algorithms[0].verify_signature(b"key", b"message", b"kex").is_err());
        }
        assert_eq!(equal.0.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn each_part_counts_with_its_length() {
        let (equal, algorithms) = kept();
        let mut asked = 0;
        for [key, message, signature] in [
            [&b"ab"[..], b"cab", b"ab"],
            [b"abc", b"ab", b"abc"],
            [b"ab", b"c", b"ab"],
            [b"ab", b"cab", b"abc"],
        ] {
            asked += 1;
            assert_eq!(algorithms[0].verify_signature(key, message, signature).is_ok(), key == signature);
            assert_eq!(equal.0.load(Ordering::Relaxed), asked);
        }
    }

    #[test]
    fn one_that_was_displaced_is_asked_again() {
        let (equal, algorithms) = kept();
        let verify = |number: u32| {
            assert!(algorithms[0].verify_signature(b"key", &number.to_le_bytes(), b"key").is_ok());
            equal.0.load(Ordering::Relaxed)
        };
        let kept = SETS * WAYS;
        let many = 20 * u32::try_from(kept).unwrap();
        (0..many).for_each(|number| {
            verify(number);
        });
        assert_eq!(verify(many - 1), many, "the last is there");
        let missing = (0..many).rev().filter(|number| {
            let before = equal.0.load(Ordering::Relaxed);
            verify(*number) > before
        });
        assert!(missing.count() >= usize::try_from(many).unwrap() - kept, "no more are kept");
    }

    /// A certificate for `localhost`, and its issuer.
    fn certificates() -> [CertificateDer<'static>; 2] {
        let mut root = CertificateParams::new([]).unwrap();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
        let leaf = CertificateParams::new(["localhost".into()]).unwrap();
        let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &root).unwrap();
        [leaf.der().clone(), root.der().clone()]
    }

    #[test]
    fn what_is_kept_changes_no_verdict() {
        let algorithms = keeping_signatures(signature_algorithms());
        let verdict = |[leaf, root]: [&CertificateDer<'_>; 2], name: &str, time: u64| {
            let anchors = [trust_anchor_from_der(root).unwrap()];
            let verifier = WebpkiVerifier::new(&anchors, algorithms);
            let (name, time) =
                (ServerName::try_from(name).unwrap(), UnixTime::since_unix_epoch(Duration::from_secs(time)));
            verifier.verify_server([leaf.as_ref()].into_iter(), &name, Some(time)).map(drop)
        };
        let ([leaf, root], [_, other_root]) = (certificates(), certificates());
        let forged = CertificateDer::from([&leaf[..leaf.len() - 1], &[leaf[leaf.len() - 1] ^ 1]].concat());
        for _ in 0..2 {
            assert_eq!(verdict([&leaf, &root], "localhost", NOW), Ok(()));
            assert_eq!(verdict([&leaf, &root], "other.example", NOW), Err(CertificateError::NameMismatch));
            assert_eq!(verdict([&leaf, &root], "localhost", NEVER), Err(CertificateError::Expired));
            let refused = [
                verdict([&leaf, &other_root], "localhost", NOW),
                verdict([&forged, &root], "localhost", NOW),
            ];
            assert_eq!(refused, [Err(CertificateError::BadSignature); 2]);
        }
    }

    #[test]
    fn as_many_as_a_set_has_places_do_not_displace_one_another() {
        let kept = Kept::new();
        let all: Vec<_> = (0..5)
            .map(|last| {
                let mut one = [7; 32];
                one[31] = last;
                one
            })
            .collect();
        all[..WAYS].iter().for_each(|one| kept.put(*one));
        assert!(all[..WAYS].iter().all(|one| kept.has(one)));
        kept.put(all[WAYS]);
        assert_eq!(all.iter().map(|one| kept.has(one)).collect::<Vec<_>>(), [false, true, true, true, true]);
    }
}
