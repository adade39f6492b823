//! The certificates that a peer showed.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use tidegate::SessionKind;
use tidegate::wire::enums::ProtocolVersion;

use crate::stream::{End, OwnedConnection};

/// Certificates, leaf first. Copies share them.
#[derive(Clone, Debug, Default)]
pub struct Chain(Option<Arc<Vec<CertificateDer<'static>>>>);

impl Deref for Chain {
    type Target = [CertificateDer<'static>];

    fn deref(&self) -> &Self::Target {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl From<Vec<CertificateDer<'static>>> for Chain {
    fn from(certificates: Vec<CertificateDer<'static>>) -> Self {
        Self((!certificates.is_empty()).then(|| Arc::new(certificates)))
    }
}

/// The chain that was shown last to whoever shares this: many connections to one server hold it once.
#[derive(Debug, Default)]
pub(crate) struct LastChain(Mutex<Chain>);

impl LastChain {
    /// These certificates.
    pub(crate) fn share<'a>(&self, certificates: impl Iterator<Item = &'a [u8]> + Clone) -> Chain {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !last.iter().map(|certificate| &**certificate).eq(certificates.clone()) {
            *last = own(certificates);
        }
        last.clone()
    }
}

/// A copy of these certificates.
pub(crate) fn own<'a>(certificates: impl Iterator<Item = &'a [u8]>) -> Chain {
    certificates.map(|der| CertificateDer::from(der.to_vec())).collect::<Vec<_>>().into()
}

/// The certificates of the peer. In a renegotiation those of the handshake before count until it is done: who shows others
/// has not proven yet that they are its own, and data of before still comes.
#[derive(Debug, Default)]
pub struct PeerCertificates {
    /// What is shown in the handshake that is in progress.
    pub(crate) shown: Chain,
    /// Those of the session that the handshake may go on with, which shows none: they count if it does.
    pub(crate) found: Chain,
    /// Those of the last handshake that is done.
    known: Chain,
    past: Past,
    /// How far the handshake is that a session may come from.
    progress: Progress,
    retained: Retained,
}

/// Whether a handshake was done that said who the peer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Past {
    /// None: what is shown counts.
    #[default]
    Silent,
    /// What it said counts, even where that is nobody.
    Known,
}

/// Where the certificates stand that a session which begins now is one of.
#[derive(Clone, Copy, Debug, Default)]
enum Progress {
    /// They are shown in this handshake, if any are.
    #[default]
    Full,
    /// They were shown when the session began that this handshake goes on with.
    Resumed,
    /// The handshake is done.
    Done,
}

/// What is kept of a client once its certificates have been looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Retained {
    /// All of them.
    #[default]
    Chain,
    /// The SHA-256 of its own, in the place of a chain.
    Digest,
}

impl PeerCertificates {
    /// None yet; of each so much is kept.
    pub(crate) fn retaining(retained: Retained) -> Self {
        Self { retained, ..Self::default() }
    }

    /// A digest takes the place of what was shown just now, if no more is to be kept.
    pub(crate) fn reduce(&mut self) {
        if self.retained == Retained::Chain {
            return;
        }
        let digest = self.shown.first().map(|leaf| CertificateDer::from(Sha256::digest(leaf).to_vec()));
        self.shown = digest.into_iter().collect::<Vec<_>>().into();
    }

    /// As far as they count. Those of a first handshake are there as soon as they were shown.
    pub(crate) fn get(&self) -> &Chain {
        match self.past {
            Past::Silent => &self.shown,
            Past::Known => &self.known,
        }
    }

    /// Looks where the connection is, before it is asked what comes next.
    pub(crate) fn follow<R: End>(&mut self, connection: &OwnedConnection<R, R::Config>) {
        let resumed = connection.negotiated().session == SessionKind::Resumed;
        self.progress = match (connection.is_handshaking(), resumed) {
            (false, _) => Progress::Done,
            (true, true) => Progress::Resumed,
            (true, false) => Progress::Full,
        };
    }

    /// Those that a session which begins now is kept with: of the client that it goes on with.
    pub(crate) fn of_new_session(&self) -> &Chain {
        match self.progress {
            Progress::Full => &self.shown,
            Progress::Resumed => &self.found,
            Progress::Done => self.get(),
        }
    }

    /// No handshake is in progress: what was shown in the last one counts, or when its session began, and nothing does if
    /// nothing was. One that failed changes nothing.
    pub(crate) fn settle<R: End>(&mut self, connection: &OwnedConnection<R, R::Config>) {
        if connection.error().is_some() {
            return;
        }
        let resumed = connection.negotiated().session == SessionKind::Resumed;
        let found = std::mem::take(&mut self.found);
        if resumed && !found.is_empty() {
            self.shown = found;
        }
        let is_tls12 = connection.negotiated().version() == Some(ProtocolVersion::TLS_1_2);
        let nobody = is_tls12 && connection.peer_certificate_digest().is_none();
        if nobody || !self.shown.is_empty() {
            (self.known, self.past) = (std::mem::take(&mut self.shown), Past::Known);
        }
    }
}
