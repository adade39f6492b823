//! The secrets of TLS 1.2 (RFC 5246, sections 5, 6.3, 7.4.9 and 8.1).

use crate::copy::copy;
use crate::crypto::{CryptoError, Digest, HashAlgorithm, MAX_DIGEST, MAX_SHARED_SECRET, Provider};
use crate::secret::Secret;
use crate::wire::RANDOM;

/// Bytes of a master secret.
pub(crate) const MASTER_SECRET: usize = 48;
/// Bytes of the longest key block: two keys of 32 bytes and two IVs of 12 (RFC 7905).
pub(crate) const KEY_BLOCK: usize = 88;
/// Bytes of a Finished's contents.
pub(crate) const VERIFY_DATA: usize = 12;

/// What the handshake itself derives: an exporter's label must not begin with any of these (RFC 5705, section 4). For
/// "key expansion" it would be the keys that come out but for the order of the random values.
const RESERVED_LABELS: [&[u8]; 5] =
    [b"client finished", b"server finished", b"master secret", b"extended master secret", b"key expansion"];

/// The random values of both hellos.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Randoms<'a> {
    pub(crate) client: &'a [u8; RANDOM],
    pub(crate) server: &'a [u8; RANDOM],
}

/// Whose Finished it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finisher {
    Client,
    Server,
}

/// What an exporter's output is bound to, beside the master secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exported<'a> {
    pub(crate) randoms: Randoms<'a>,
    pub(crate) label: &'a [u8],
    /// None and an empty one are not the same.
    pub(crate) context: Option<&'a [u8]>,
}

/// From the premaster secret, which is wiped, to the master secret (RFC 7627, section 4). `session_hash` is the
/// transcript up to and including the ClientKeyExchange.
///
/// # Errors
/// [`CryptoError`] of the provider.
pub(crate) fn extended_master_secret<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    premaster: &mut Secret<MAX_SHARED_SECRET>,
    session_hash: &Digest,
    out: &mut Secret<MASTER_SECRET>,
) -> Result<(), CryptoError> {
    let seed: [&[u8]; 4] = [session_hash.as_bytes(), b"", b"", b""];
    let label: &[u8] = b"extended master secret";
    let result = prf(provider, algorithm, premaster.as_bytes(), (label, seed), out.fill(MASTER_SECRET));
    premaster.wipe();
    result
}

/// The key block (RFC 5246, section 6.3) into `out`, which is as long as the suite's keys and IVs together: a
/// [`Secret`] of [`KEY_BLOCK`] bytes has room for every suite.
///
/// # Errors
/// [`CryptoError`] of the provider.
pub(crate) fn key_block<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    master: &Secret<MASTER_SECRET>,
    randoms: Randoms<'_>,
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let seed: [&[u8]; 4] = [randoms.server, randoms.client, b"", b""];
    prf(provider, algorithm, master.as_bytes(), (b"key expansion", seed), out)
}

/// The verify_data of a Finished (RFC 5246, section 7.4.9) over a transcript.
///
/// # Errors
/// [`CryptoError`] of the provider.
pub(crate) fn verify_data<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    master: &Secret<MASTER_SECRET>,
    (finisher, transcript): (Finisher, &Digest),
    out: &mut [u8; VERIFY_DATA],
) -> Result<(), CryptoError> {
    let label: &[u8] = match finisher {
        Finisher::Client => b"client finished",
        Finisher::Server => b"server finished",
    };
    let seed: [&[u8]; 4] = [transcript.as_bytes(), b"", b"", b""];
    prf(provider, algorithm, master.as_bytes(), (label, seed), out)
}

/// Keying material for others (RFC 5705, section 4) into `out`.
///
/// # Errors
/// [`CryptoError`] of the provider; [`CryptoError::Failed`] for a label that the handshake itself uses and for a context
/// that does not fit its length field.
pub(crate) fn export<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    master: &Secret<MASTER_SECRET>,
    exported: Exported<'_>,
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let Exported { randoms, label, context } = exported;
    if RESERVED_LABELS.iter().any(|reserved| label.starts_with(reserved)) {
        return Err(CryptoError::Failed);
    }
    let length = u16::try_from(context.unwrap_or_default().len()).map_err(|_| CryptoError::Failed)?;
    let length = length.to_be_bytes();
    let (length, context): (&[u8], &[u8]) = match context {
        Some(context) => (&length, context),
        None => (b"", b""),
    };
    let seed: [&[u8]; 4] = [randoms.client, randoms.server, length, context];
    prf(provider, algorithm, master.as_bytes(), (label, seed), out)
}

/// PRF (RFC 5246, section 5) into `out`; the seed comes in pieces.
fn prf<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    secret: &[u8],
    (label, [first, second, third, fourth]): (&[u8], [&[u8]; 4]),
    out: &mut [u8],
) -> Result<(), CryptoError> {
    // A(1), A(2) and so on, the first of which is made of the seed.
    let mut link = Secret::<MAX_DIGEST>::empty();
    let mut next = Secret::<MAX_DIGEST>::empty();
    let mut block = Secret::<MAX_DIGEST>::empty();
    let seed: [&[u8]; 5] = [label, first, second, third, fourth];
    provider.hmac_pieces(algorithm, secret, &seed, link.fill(algorithm.len()))?;
    let mut rest = out;
    loop {
        let message: [&[u8]; 6] = [link.as_bytes(), label, first, second, third, fourth];
        provider.hmac_pieces(algorithm, secret, &message, block.fill(algorithm.len()))?;
        let count = rest.len().min(algorithm.len());
        let (now, later) = rest.split_at_mut_checked(count).unwrap_or_default();
        copy(now, block.as_bytes());
        if later.is_empty() {
            return Ok(());
        }
        rest = later;
        provider.hmac(algorithm, secret, link.as_bytes(), next.fill(algorithm.len()))?;
        link.take_from(&mut next);
    }
}

#[cfg(test)]
mod tests;
