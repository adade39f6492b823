//! Keys that both ends have before, and sessions that are kept elsewhere.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use tidegate::config::ExternalKeys;
use tidegate::crypto::HashAlgorithm;
use tidegate::{Event, ExternalPsk};
use zeroize::Zeroizing;

use super::{Acceptor, Connector};
use crate::certificates::Chain;
use crate::sessions::NewSession;

/// An external pre-shared key of TLS 1.3 with its name, used with SHA-256. It must be as good as random.
#[derive(Clone)]
pub struct PreSharedKey {
    identity: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl PreSharedKey {
    /// A key, at most [`limits::PSK`](tidegate::limits::PSK) bytes, and its name, which anyone may see.
    #[must_use]
    pub fn new(identity: &[u8], key: &[u8]) -> Self {
        Self { identity: identity.to_vec(), key: Zeroizing::new(key.to_vec()) }
    }

    /// Its name.
    #[must_use]
    pub fn identity(&self) -> &[u8] {
        &self.identity
    }

    pub(super) fn borrow(&self) -> ExternalPsk<'_> {
        ExternalPsk { identity: &self.identity, key: &self.key, hash: HashAlgorithm::Sha256 }
    }
}

impl fmt::Debug for PreSharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreSharedKey").finish_non_exhaustive()
    }
}

/// The keys of an acceptor.
#[derive(Clone, Debug, Default)]
pub struct PreSharedKeys(Vec<PreSharedKey>);

impl PreSharedKeys {
    /// Answers a client that offers one of these; other events come back.
    pub(crate) fn answer<'a>(&self, event: Event<'a>) -> Option<Event<'a>> {
        let Event::FindPsk(ask) = event else { return Some(event) };
        let known = ask.identities().find_map(|offered| {
            let psk = self.0.iter().find(|psk| psk.identity == offered.identity)?;
            Some((offered.index, psk))
        });
        let Some((index, psk)) = known else { return Some(Event::FindPsk(ask)) };
        // One that can't be used is answered with none.
        ask.external(index, &psk.key, HashAlgorithm::Sha256).unwrap_or(());
        None
    }
}

impl Connector {
    /// Clients that offer this key: to a server that takes it, it stands for certificates. With
    /// [`ExternalKeys::Required`] in the configuration nothing else will do. Sessions of before are left to the makers that this one
    /// was cloned from, and those of servers that know the key are not for them.
    #[must_use]
    pub fn with_psk(mut self, psk: PreSharedKey) -> Self {
        self.psk = Some(psk);
        Arc::make_mut(&mut self.shared).sessions = Arc::default();
        self.configured(|config| {
            if config.common.external_keys == ExternalKeys::Off {
                config.common.external_keys = ExternalKeys::Allowed;
            }
        })
    }

    /// Takes the session of TLS 1.3 with this server out, to be kept elsewhere, in a file for example. It holds a secret.
    #[must_use]
    pub fn take_session(&self, server_name: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.shared.sessions.take(&kept_under(server_name)).map(|session| session.bytes)
    }

    /// Puts a session back, for the next connection with this server. One that is not for it, or whose time is over, makes for a
    /// full handshake. The certificates that the server showed when it began are not known any more, and nobody verifies them
    /// again: it is for who trusts those whom the connector trusted that the session is of, and
    /// [`Common::session_context`](tidegate::config::Common::session_context) tells such connectors apart.
    pub fn put_session(&self, server_name: &str, session: &[u8]) {
        let name = kept_under(server_name);
        self.shared.sessions.keep_ticket(&name, NewSession::kept(session), Chain::default());
    }
}

/// The name as connections have it: without a trailing dot, an address in its usual form.
fn kept_under(server_name: &str) -> String {
    match server_name.parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => server_name.trim_end_matches('.').to_owned(),
    }
}

impl Acceptor {
    /// Servers that take clients with one of these keys, which stands for certificates of either end. Where certificates of
    /// clients are required, a key is passed over: it shows none. Sessions of before are left to the makers that this one was cloned
    /// from.
    #[must_use]
    pub fn with_psks(mut self, psks: impl IntoIterator<Item = PreSharedKey>) -> Self {
        self.forget_sessions();
        self.shared().answers.2.0 = Arc::new(PreSharedKeys(psks.into_iter().collect()));
        self.configured(|config| {
            if config.common.external_keys == ExternalKeys::Off {
                config.common.external_keys = ExternalKeys::Allowed;
            }
        })
    }
}
