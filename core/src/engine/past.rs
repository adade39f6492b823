//! What a connection keeps of its handshakes, by version.

#[cfg(feature = "psk")]
use super::Origin;
#[cfg(feature = "tls12")]
use super::{Peer, Tls12, VerifyData};
#[cfg(feature = "tls12")]
use crate::config::{Common, Resumption};

/// What outlives a handshake beside keys and choices: of one version, since no connection has both.
#[derive(Debug)]
#[cfg_attr(not(feature = "psk"), derive(Default))]
#[allow(clippy::large_enum_variant, reason = "it is there to be no larger than the larger of the two")]
pub(crate) enum Past {
    /// Of TLS 1.3, and as long as no version is agreed on.
    #[cfg(feature = "psk")]
    Tls13(Origin),
    /// As long as there is no Finished of TLS 1.2.
    #[cfg(not(feature = "psk"))]
    #[default]
    None,
    /// From the first Finished of TLS 1.2 on.
    #[cfg(feature = "tls12")]
    Tls12(Tls12),
}

#[cfg(feature = "psk")]
impl Default for Past {
    fn default() -> Self {
        Self::Tls13(Origin::default())
    }
}

#[cfg(feature = "psk")]
impl Past {
    /// What sessions of TLS 1.3 come from.
    pub(crate) const fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Tls13(origin) => Some(origin),
            #[cfg(feature = "tls12")]
            Self::Tls12(_) => None,
        }
    }

    /// As [`Past::origin`], to be changed.
    pub(crate) const fn origin_mut(&mut self) -> Option<&mut Origin> {
        match self {
            Self::Tls13(origin) => Some(origin),
            #[cfg(feature = "tls12")]
            Self::Tls12(_) => None,
        }
    }
}

#[cfg(feature = "tls12")]
impl Past {
    /// What was kept of TLS 1.2.
    pub(crate) const fn tls12(&self) -> Option<&Tls12> {
        match self {
            Self::Tls12(tls12) => Some(tls12),
            #[cfg(feature = "psk")]
            Self::Tls13(_) => None,
            #[cfg(not(feature = "psk"))]
            Self::None => None,
        }
    }

    /// Changes it. What there was of the other version goes.
    pub(crate) fn keep_tls12(&mut self, keep: impl FnOnce(&mut Tls12)) {
        if let Self::Tls12(tls12) = self {
            return keep(tls12);
        }
        let mut tls12 = Tls12::default();
        keep(&mut tls12);
        *self = Self::Tls12(tls12);
    }

    /// What the peer's Finished or ours said last; empty before.
    pub(crate) fn verify_data(&self, owner: Peer) -> VerifyData {
        self.tls12().map(|tls12| tls12.verify_data(owner).clone()).unwrap_or_default()
    }

    /// Whether there was a handshake of TLS 1.2 already. In a first full one the server's Finished comes last, and
    /// what asks comes before it.
    pub(crate) fn is_bound(&self) -> bool {
        self.tls12().is_some_and(|tls12| !tls12.server_verify_data.is_empty())
    }

    /// Whether this handshake may go on with a session, or begin one that goes on: a first one, if it is configured.
    pub(crate) fn resumption(&self, common: &Common) -> Resumption {
        if self.is_bound() { Resumption::Off } else { common.resumption }
    }
}

#[cfg(all(test, feature = "tls12"))]
mod tests {
    use super::Past;
    use crate::config::{ClientConfig, Common, Resumption};
    use crate::engine::Peer;

    fn said(owner: Peer) -> Past {
        let mut past = Past::default();
        past.keep_tls12(|tls12| tls12.verify_data_mut(owner).push(7).unwrap());
        past
    }

    #[test]
    fn a_new_connection_is_bound_to_nothing() {
        let past = Past::default();
        assert!(past.tls12().is_none() && !past.is_bound());
        assert!(past.verify_data(Peer::Client).is_empty() && past.verify_data(Peer::Server).is_empty());
    }

    #[test]
    fn what_is_kept_of_one_version_takes_the_place_of_the_other() {
        let past = said(Peer::Client);
        assert!(past.tls12().is_some());
        #[cfg(feature = "psk")]
        assert!(Past::default().origin().is_some() && past.origin().is_none());
    }

    #[test]
    fn what_is_kept_later_stands_beside_what_was() {
        let mut past = said(Peer::Client);
        past.keep_tls12(|tls12| tls12.server_random = [3; 32]);
        assert_eq!(past.verify_data(Peer::Client).as_slice(), [7]);
        assert_eq!(past.tls12().unwrap().server_random, [3; 32]);
    }

    #[test]
    fn the_servers_finished_binds_and_ends_resumption() {
        let common = Common { resumption: Resumption::ByTicket, ..ClientConfig::new().common };
        let past = said(Peer::Client);
        assert_eq!((past.is_bound(), past.resumption(&common)), (false, Resumption::ByTicket));
        let past = said(Peer::Server);
        assert_eq!((past.is_bound(), past.resumption(&common)), (true, Resumption::Off));
    }
}
