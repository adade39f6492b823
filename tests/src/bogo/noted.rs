//! What callbacks see and say while a connection runs.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use tidegate::ChooseIdentity;
use tidegate::config::{CertificateType, IdentityId};
use tidegate::crypto::Direction;
use tidegate::driver::{Verify, VerifyClient};
use tidegate::error::CertificateError;
use tidegate::wire::certificate::CertificateChain;
use tidegate::wire::enums::HandshakeType;
use tidegate::x509::signs_handshakes;
use tidegate_std::{AcceptAnything, IdentityChoice, OwnedIdentity};

use super::flags::{Config, Kind};

/// What the callbacks of a connection share with its driver.
#[derive(Clone, Debug, Default)]
pub(super) struct Noted(Arc<Mutex<Notes>>);

/// What is known of the connection that runs.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) config: Config,
    /// Each credential: what it may sign with, and which authorities it is for where it must be for one.
    pub(super) offers: Vec<Offer>,
    /// Which credential was chosen; none for the default one.
    pub(super) chosen: Option<usize>,
    /// Whether the peer's certificates were looked at, and what came of it.
    pub(super) verified: Option<Verdict>,
    /// Whether a server was asked for an identity.
    pub(super) has_seen_hello: bool,
    /// Whether a callback was asked to open a ticket.
    pub(super) has_opened_ticket: bool,
    /// Renegotiations that we were asked for and began.
    pub(super) explicit_renegotiations: usize,
    /// Finished messages of the peer.
    handshakes: usize,
    /// The type of the last message that was received.
    pub(super) last_message: Option<u8>,
    /// The secrets that data is protected with, as a key log has them.
    pub(super) secrets: String,
    /// Why a callback refused.
    pub(super) cause: Option<&'static str>,
    /// An expectation that a callback saw fail.
    pub(super) complaint: Option<String>,
}

/// What the verifier said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    Bad,
}

/// A credential as far as it can be chosen.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// Its number among those of the command line; none for the default one.
    pub(super) number: Option<usize>,
    pub(super) kind: Kind,
    pub(super) identity: Arc<OwnedIdentity>,
    /// The names of its issuers, where it is shown only to who asks for one of them.
    pub(super) issuers: Option<Vec<Vec<u8>>>,
}

impl Noted {
    pub(super) fn lock(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another connection begins, with these flags and credentials.
    pub(super) fn begin(&self, config: &Config, offers: Vec<Offer>) {
        *self.lock() = Notes { config: config.clone(), offers, ..Notes::default() };
    }

    /// The connection goes on without the early data that was refused, with these flags.
    pub(super) fn retry(&self, config: &Config) {
        let mut notes = self.lock();
        (notes.config, notes.verified) = (config.clone(), None);
    }

    /// What takes a key log down.
    pub(super) fn secrets(&self) -> Secrets {
        Secrets(self.clone())
    }

    /// Which identity to show.
    pub(super) fn choose(&self, ask: &ChooseIdentity<'_>) -> IdentityChoice {
        let mut notes = self.lock();
        notes.has_seen_hello = true;
        if let Some(complaint) = notes.complain(ask) {
            notes.complaint = Some(complaint);
            return IdentityChoice::Refuse;
        }
        for (flag, cause) in
            [("-fail-early-callback", "CONNECTION_REJECTED"), ("-fail-ddos-callback", "CONNECTION_REJECTED")]
        {
            if notes.config.has(flag) {
                notes.cause = Some(cause);
                return IdentityChoice::Refuse;
            }
        }
        if notes.config.has("-fail-cert-callback") {
            return IdentityChoice::Fail;
        }
        notes.pick(ask)
    }

    /// Notes a message that came by.
    pub(super) fn see(&self, direction: Direction, kind: HandshakeType) {
        if direction == Direction::Received {
            let mut notes = self.lock();
            notes.last_message = Some(kind.0);
            notes.handshakes += usize::from(kind == HandshakeType::FINISHED);
        }
    }

    /// How many handshakes are done, as far as the peer's part goes.
    pub(super) fn handshakes(&self) -> usize {
        self.lock().handshakes
    }

    /// A raw public key is known by its digest.
    fn verify_key(&self, key: &[u8]) -> Result<(), CertificateError> {
        let notes = self.lock();
        let known = notes.config.bytes("-expect-peer-rpk-sha256");
        let is_other = known.is_some_and(|digest| digest != Sha256::digest(key).as_slice());
        if notes.config.has("-verify-fail") || is_other {
            return Err(CertificateError::Other);
        }
        Ok(())
    }

    fn verify(&self, chain: CertificateChain<'_>) -> Result<(), CertificateError> {
        if let Some(key) = chain.raw_public_key() {
            return self.verify_key(key);
        }
        if !chain.iter().next().is_some_and(signs_handshakes) {
            return Err(CertificateError::WrongUsage);
        }
        let mut notes = self.lock();
        if notes.verified.is_some() {
            notes.complaint = Some("Certificate verified twice.".to_owned());
        }
        let fails = notes.config.has("-verify-fail");
        notes.verified = Some(if fails { Verdict::Bad } else { Verdict::Good });
        let matters = ["-verify-peer", "-require-any-client-certificate"];
        if fails && matters.iter().any(|flag| notes.config.has(flag)) {
            // As BoringSSL's two kinds of callback answer by default.
            let custom = notes.config.has("-use-custom-verify-callback");
            return Err(if custom { CertificateError::Other } else { CertificateError::Unwanted });
        }
        Ok(())
    }
}

/// Takes a key log down.
pub(super) struct Secrets(Noted);

impl io::Write for Secrets {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().secrets.push_str(&String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Notes {
    /// The secret of this name in the key log.
    pub(super) fn secret(&self, name: &str) -> Option<Vec<u8>> {
        let line = self.secrets.lines().rev().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        let hex = line.split(' ').nth(1)?.as_bytes();
        let digits = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        hex.chunks(2).map(digits).collect()
    }

    /// What is not as the flags expect it of a ClientHello or CertificateRequest.
    fn complain(&self, ask: &ChooseIdentity<'_>) -> Option<String> {
        let name = ask.server_name();
        if self.config.has("-server") && self.config.has("-expect-no-server-name") && name.is_some() {
            return Some(format!("Expected no server name but got {name:?}."));
        }
        let expected = self.config.text("-expect-advertised-alpn");
        if let Some(expected) = expected.filter(|_| self.config.has("-server")) {
            let mut list = Vec::new();
            for name in ask.protocols().into_iter().flat_map(|names| names.iter()) {
                list.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
                list.extend_from_slice(name);
            }
            if list != expected.as_bytes() {
                return Some("bad ALPN select callback inputs.".to_owned());
            }
        }
        let expected = self.config.list("-expect-peer-verify-pref").ok()?;
        let listed: Vec<u16> = ask.schemes().into_iter().flat_map(|schemes| schemes.iter()).collect();
        if !expected.is_empty() && listed != expected {
            return Some(format!("peer verify preferences mismatch: {listed:04x?}, wanted {expected:04x?}"));
        }
        self.complain_of_authorities(ask)
    }

    fn complain_of_authorities(&self, ask: &ChooseIdentity<'_>) -> Option<String> {
        let expected = self.config.text("-expect-client-ca-list")?;
        let named: Vec<Vec<u8>> =
            ask.authorities().into_iter().flat_map(|names| names.iter()).map(<[u8]>::to_vec).collect();
        let hex = |bytes: &Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let named = named.iter().map(hex).collect::<Vec<_>>().join(",");
        let expected = expected.strip_prefix('<').map_or(expected, |_| "");
        (named != expected).then(|| format!("authorities {named:?}, wanted {expected:?}"))
    }

    /// The first credential that the peer takes, in the order of the command line.
    fn pick(&mut self, ask: &ChooseIdentity<'_>) -> IdentityChoice {
        if self.offers.is_empty() && !self.config.has("-server") {
            return IdentityChoice::Nothing;
        }
        let named: Vec<&[u8]> = ask.authorities().into_iter().flat_map(|names| names.iter()).collect();
        let has_type = |offer: &Offer| match ask.certificate_type() {
            CertificateType::X509 => offer.kind == Kind::X509,
            CertificateType::RawPublicKey => offer.kind == Kind::RawPublicKey,
        };
        let is_named = |offer: &Offer| match &offer.issuers {
            Some(issuers) => issuers.iter().any(|issuer| named.contains(&issuer.as_slice())),
            None => true,
        };
        let found = self.offers.iter().enumerate().find_map(|(place, offer)| {
            let scheme = offer.identity.scheme_for(ask).filter(|_| has_type(offer) && is_named(offer))?;
            Some((place, scheme, offer.number))
        });
        if let Some((place, scheme, number)) = found {
            self.chosen = number;
            return IdentityChoice::This(IdentityId(u16::try_from(place).unwrap_or(u16::MAX)), scheme);
        }
        self.cause = Some(match self.offers.as_slice() {
            offers if !offers.iter().any(has_type) => "UNKNOWN_CERTIFICATE_TYPE",
            offers if !offers.iter().any(is_named) => "NO_MATCHING_ISSUER",
            _ => "NO_COMMON_SIGNATURE_ALGORITHMS",
        });
        IdentityChoice::Refuse
    }
}

impl Verify for Noted {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        server_name: &str,
    ) -> Result<&'c [u8], CertificateError> {
        let key = AcceptAnything.verify_server(chain, server_name)?;
        self.verify(chain).map(|()| key)
    }
}

impl VerifyClient for Noted {
    fn verify_client<'c>(&'c self, chain: CertificateChain<'c>) -> Result<&'c [u8], CertificateError> {
        let key = AcceptAnything.verify_server(chain, "")?;
        self.verify(chain).map(|()| key)
    }
}
