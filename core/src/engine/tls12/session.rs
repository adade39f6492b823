//! The session of a handshake: one of before that is to go on, then the one that may go on later.

use heapless::Vec;

use crate::copy::copy;
use crate::crypto::{CertificateDigest, Provider, SecretLabel};
use crate::engine::tls12::MasterSecret;
use crate::engine::{Context, SessionKind};
use crate::error::{Error, Internal};
use crate::limits;
use crate::schedule12::MASTER_SECRET;
use crate::secret::{Secret, wipe_bytes};
use crate::session::KeptSession;
use crate::wire::enums::{CipherSuite, NamedGroup};

/// The slots of a session.
#[derive(Debug)]
pub(crate) struct SessionSlots {
    /// The master secret: of the session that is to go on, then of the handshake.
    pub(crate) master: Secret<MASTER_SECRET>,
    /// The session that is to go on, if one is.
    pub(crate) old: Option<OldSession>,
    /// The ticket that a client shows, then the one that the server gives.
    pub(crate) ticket: Vec<u8, { limits::TICKET }>,
    /// Seconds that the new ticket is good for, as the server says; 0 where it does not say.
    pub(crate) ticket_lifetime: u32,
}

/// What must be the same where a session goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OldSession {
    pub(crate) cipher_suite: CipherSuite,
    pub(crate) group: NamedGroup,
    pub(crate) peer_certificate: CertificateDigest,
    /// When it began, in seconds since 1970.
    pub(crate) issued: u64,
    pub(crate) renewal: Renewal,
}

/// Whether a server gives a new ticket for a session that goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// The client keeps the one that it has.
    #[default]
    None,
    /// In place of the one that it showed.
    Due,
}

impl SessionSlots {
    pub(crate) const fn new() -> Self {
        Self { master: Secret::empty(), old: None, ticket: Vec::new(), ticket_lifetime: 0 }
    }

    /// A session of before is to go on. One whose parts have other lengths than ours have is none.
    pub(crate) fn keep(&mut self, session: &KeptSession<'_>, renewal: Renewal) -> Option<()> {
        if session.master_secret.len() != MASTER_SECRET || session.cipher_suite.tls12_parts().is_none() {
            return None;
        }
        self.forget();
        self.ticket.extend_from_slice(session.ticket).ok()?;
        let master = self.master.fill(MASTER_SECRET);
        copy(master, session.master_secret);
        self.old = Some(OldSession {
            cipher_suite: session.cipher_suite,
            group: session.group,
            peer_certificate: CertificateDigest::new(session.peer_certificate),
            issued: session.issued,
            renewal,
        });
        Some(())
    }

    /// The session of before does not go on; all is wiped.
    pub(crate) fn forget(&mut self) {
        self.old = None;
        self.master.wipe();
        self.forget_ticket();
    }

    pub(crate) fn forget_ticket(&mut self) {
        wipe_bytes(&mut self.ticket);
        self.ticket.clear();
        self.ticket_lifetime = 0;
    }
}

impl<P: Provider> Context<'_, P> {
    /// A session goes on: its master secret is in its slot, and nobody shows a certificate. A ticket that comes now is a new one.
    pub(crate) fn resume_session(&mut self) -> Result<MasterSecret, Error> {
        let Self { provider, space, negotiated, .. } = self;
        let space = &mut **space;
        let session = &mut space.tls12.session;
        session.forget_ticket();
        let old = session.old.ok_or(Internal::State)?;
        space.tls12.peer_certificate = old.peer_certificate;
        // No keys are exchanged anew, and nobody signs.
        (negotiated.group, negotiated.signature_scheme) = (Some(old.group), None);
        #[cfg(feature = "client-auth")]
        {
            negotiated.client_signature_scheme = None;
        }
        negotiated.session = SessionKind::Resumed;
        provider.on_secret(SecretLabel::ClientRandom, &space.client_random, session.master.as_bytes());
        self.derive_key_block()
    }
}
