//! Who is trusted, and the certificates of clients: SSL_CTX_set_verify(3), SSL_CTX_load_verify_locations(3).

use std::path::Path;

use pki_types::CertificateDer;
use tidegate::Error;
use tidegate::config::PeerCertificate;
use tidegate::driver::{Verify, VerifyClient};
use tidegate::error::{CertificateError, Refused};

use super::context::SslContext;
use super::ssl::{HandshakeProgress, Ssl, SslRole};
use crate::certificates::Retained;
use crate::error::CredentialError;

/// Whether a server asks its clients for certificates: the `SSL_VERIFY_...` of SSL_CTX_set_verify(3).
///
/// Clients always verify their servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VerifyMode {
    /// `SSL_VERIFY_NONE`: it does not.
    #[default]
    None,
    /// `SSL_VERIFY_PEER`: it does, and takes clients without; a certificate that is shown must be trusted.
    Peer,
    /// `SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT`: it does, and no client without one is let in.
    PeerFailIfNoPeerCert,
}

impl From<VerifyMode> for PeerCertificate {
    fn from(mode: VerifyMode) -> Self {
        match mode {
            VerifyMode::None => Self::None,
            VerifyMode::Peer => Self::Requested,
            VerifyMode::PeerFailIfNoPeerCert => Self::Required,
        }
    }
}

impl SslContext {
    /// Whom clients trust, usually [`Roots`](crate::Roots). Without it no client connects: there is no
    /// `SSL_VERIFY_NONE` by omission.
    pub fn set_verifier(&self, verifier: impl Verify + Send + Sync + 'static) {
        self.lock().maker.set_verifier(verifier);
    }

    /// Whom servers trust that ask clients for certificates, usually [`Roots`](crate::Roots). Without it nobody is.
    pub fn set_client_verifier(&self, verifier: impl VerifyClient + Send + Sync + 'static) {
        self.lock().maker.set_client_verifier(verifier);
    }

    /// Trusts the certificates in a PEM file, and those of files before it: clients trust the servers under them, and servers
    /// the clients (`SSL_CTX_load_verify_locations`). Verifiers that were set are replaced.
    ///
    /// # Errors
    /// [`CredentialError`] with the file's name; nothing has changed.
    pub fn load_verify_locations(&self, file: impl AsRef<Path>) -> Result<(), CredentialError> {
        self.lock().maker.add_roots(file.as_ref())
    }

    /// The names of the authorities, in DER, that servers tell clients which they ask for certificates; none by default, and
    /// clients are not told any (`SSL_CTX_set_client_CA_list`). Whom servers trust does not change.
    pub fn set_client_ca_list(&self, names: impl IntoIterator<Item = Vec<u8>>) {
        self.lock().maker.set_authorities(names);
    }

    /// Whether servers ask clients for certificates (`SSL_CTX_set_verify`).
    pub fn set_verify(&self, mode: VerifyMode) {
        self.lock().settings.verify = mode;
    }

    /// Whether they do (`SSL_CTX_get_verify_mode`).
    #[must_use]
    pub fn get_verify_mode(&self) -> VerifyMode {
        self.lock().settings.verify
    }
}

impl<T> Ssl<T> {
    /// As [`SslContext::set_verify`], until the handshake begins (`SSL_set_verify`).
    pub fn set_verify(&mut self, mode: VerifyMode) {
        if self.handshake == HandshakeProgress::Before {
            self.settings.verify = mode;
        }
    }

    /// Whether a server keeps of its client's certificates no more than a digest, once it has verified them, in memory and with
    /// sessions; until the handshake begins (BoringSSL's `SSL_set_retain_only_sha256_of_client_certs`). Sessions of before, and of
    /// servers that keep all, do not go on then.
    pub fn set_retain_only_sha256_of_client_certs(&mut self, yes: bool) {
        if self.handshake == HandshakeProgress::Before {
            self.settings.retained = if yes { Retained::Digest } else { Retained::Chain };
        }
    }

    fn retains_digests(&self) -> bool {
        self.role == SslRole::Server && self.settings.retained == Retained::Digest
    }

    /// The SHA-256 of the client's own certificate, where that is all that is kept (BoringSSL's `SSL_SESSION_get0_peer_sha256`).
    #[must_use]
    pub fn peer_sha256(&self) -> Option<&[u8]> {
        let kept = self.tls.as_ref().filter(|_| self.retains_digests())?.certificates();
        kept.first().map(AsRef::as_ref)
    }

    /// Whether a server asks its client for certificates (`SSL_get_verify_mode`).
    #[must_use]
    pub const fn get_verify_mode(&self) -> VerifyMode {
        self.settings.verify
    }

    /// What the peer's certificates were refused for; nothing where they were accepted, and where none were shown
    /// (`SSL_get_verify_result`).
    ///
    /// # Errors
    /// [`CertificateError`], in place of the `X509_V_ERR_...`.
    pub fn get_verify_result(&self) -> Result<(), CertificateError> {
        match self.error() {
            Some(Error::Refused(Refused::Certificate(error))) => Err(error),
            Some(_) | None => Ok(()),
        }
    }

    /// The peer's own certificate, the first of [`Ssl::peer_certificates`]; none where it showed none
    /// (`SSL_get_peer_certificate`).
    #[must_use]
    pub fn peer_certificate(&self) -> Option<&CertificateDer<'static>> {
        self.peer_certificates().first()
    }

    /// The certificates that the peer showed in the last handshake, leaf first (`SSL_get_peer_cert_chain`). They were
    /// accepted if it is done; a renegotiation that is not changes nothing yet. Where a session goes on they are those that
    /// the peer showed when it began.
    #[must_use]
    pub fn peer_certificates(&self) -> &[CertificateDer<'static>] {
        if self.retains_digests() {
            return &[];
        }
        match self.tls.as_ref().map_or(&[][..], |tls| tls.certificates()) {
            [] => self.session_certificates(),
            shown => shown,
        }
    }
}
