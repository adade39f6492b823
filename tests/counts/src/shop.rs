//! What answers the asks: certificates, a key, tickets, and a clock that stands still.

use std::time::Duration;

use tidegate::config::IdentityId;
use tidegate::crypto::CryptoError;
use tidegate::driver::{Keys, Sessions, Verify};
use tidegate::error::{CertificateError, Refused};
use tidegate::ticket::TicketKeys;
use tidegate::wire::certificate::CertificateChain;
use tidegate::wire::enums::SignatureScheme;
use tidegate::{ChooseIdentity, UnixTime};

use super::accepting::KEY;
use super::null::Null;

/// A server's certificates: as long as two on P-256 are.
pub(crate) static CHAIN: &[&[&[u8]]] = &[&[&[0x30; 420], &[0x30; 430]]];

/// When everything happens.
pub(crate) const NOW: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(1_800_000_000));

/// Bytes of most signatures on P-256.
const SIGNATURE: usize = 71;

/// A server's certificates and keys, and the client's trust in them.
pub(crate) struct Shop(TicketKeys);

impl Shop {
    /// With a key for tickets.
    pub(crate) fn new() -> Self {
        let mut keys = TicketKeys::new();
        keys.install([1; 16], &[2; 32]);
        Self(keys)
    }
}

impl Verify for Shop {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        server_name: &str,
    ) -> Result<&'c [u8], CertificateError> {
        let is_whole = chain.iter().count() == 2 && !server_name.is_empty();
        if is_whole { Ok(&KEY) } else { Err(CertificateError::BadEncoding) }
    }
}

impl Keys for Shop {
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Result<(IdentityId, SignatureScheme), Refused> {
        let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
        if ask.offers(scheme) { Ok((IdentityId(0), scheme)) } else { Err(Refused::Identity) }
    }

    fn sign(
        &self,
        _: IdentityId,
        _: SignatureScheme,
        _: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        out.get_mut(..SIGNATURE).ok_or(CryptoError::Failed)?.fill(1);
        Ok(SIGNATURE)
    }
}

impl Sessions for Shop {
    fn now(&self) -> Option<UnixTime> {
        Some(NOW)
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        self.0.open(&mut Null, ticket, out)
    }

    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        self.0.seal(&mut Null, session, out).ok()
    }
}
