//! What only a handshake needs.

use core::fmt;

use heapless::{String, Vec};
use zeroize::Zeroize;

#[cfg(feature = "psk")]
use super::PskSpace;
#[cfg(feature = "tls12")]
use super::Tls12Space;
#[cfg(all(feature = "raw-public-keys", feature = "_client-certificates"))]
use crate::config::CertificateTypes;
#[cfg(feature = "client-auth")]
use crate::config::PeerCertificate;
use crate::config::{IdentityId, Preferences};
use crate::crypto::{Digest, MAX_DIGEST, MAX_POINT, MAX_PUBLIC_VALUE, MAX_SHARED_SECRET, Provider};
use crate::limits;
use crate::schedule::KeySchedule;
use crate::secret::{Secret, wipe_bytes};
use crate::wire::enums::{CipherSuite, NamedGroup, SignatureScheme};
use crate::wire::extension::ExtensionSet;

/// Bytes of what is signed: of a CertificateVerify 64 spaces, a context string, a zero and a digest (RFC 8446,
/// section 4.4.3), of a ServerKeyExchange two random values and a key share (RFC 8422, section 5.4).
pub(crate) const SIGNATURE_INPUT: usize =
    if cfg!(feature = "tls12") { 32 + 32 + 4 + MAX_POINT } else { 64 + 33 + 1 + 48 };

/// Room for a handshake: key schedule, transcript, key shares, offers.
///
/// It is lent to a connection and handed back when the handshake is over, wiped slot by slot, so that idle
/// connections do not carry it; one may serve many connections, one after another.
pub struct HandshakeSpace<P: Provider> {
    pub(crate) schedule: KeySchedule,
    pub(crate) transcript: Option<P::Hash>,
    pub(crate) kx_secret: P::KxSecret,
    pub(crate) shared: Secret<MAX_SHARED_SECRET>,
    /// That of our Finished: made once, though the message may leave in pieces.
    pub(crate) verify_data: Secret<MAX_DIGEST>,
    /// Our public value.
    pub(crate) public_value: Vec<u8, MAX_PUBLIC_VALUE>,
    /// The group of a second share, whose public value ends ours.
    #[cfg(feature = "mlkem")]
    pub(crate) second_share: Option<NamedGroup>,
    /// Ours as a client's hello has it, the client's at a server.
    pub(crate) client_random: [u8; 32],
    /// A server's own.
    pub(crate) server_random: [u8; 32],
    pub(crate) session_id: Vec<u8, 32>,
    /// The name that is asked for, in the form of a name or an address.
    pub(crate) server_name: String<{ limits::HOST_NAME }>,
    pub(crate) cipher_suites: Preferences<CipherSuite>,
    pub(crate) groups: Preferences<NamedGroup>,
    /// From a HelloRetryRequest, to be returned; empty if there was none.
    pub(crate) cookie: Vec<u8, { limits::COOKIE }>,
    /// The record_size_limit that our ClientHello offers.
    pub(crate) size_offer: usize,
    /// The extensions of our ClientHello, which a server may answer.
    pub(crate) offered: ExtensionSet,
    /// What a second ClientHello must repeat of the first.
    pub(crate) hello_digest: Option<Digest>,
    /// The key that the verifier vouches for, as a SubjectPublicKeyInfo.
    pub(crate) peer_key: Vec<u8, { limits::PUBLIC_KEY }>,
    /// The identity chosen, and how it signs.
    pub(crate) identity: Option<(IdentityId, SignatureScheme)>,
    pub(crate) signature_input: Vec<u8, SIGNATURE_INPUT>,
    pub(crate) signature: Vec<u8, { limits::SIGNATURE }>,
    /// A CertificateRequest that came after the handshake, header and body; empty where there is none.
    #[cfg(feature = "post-handshake-auth")]
    pub(crate) late_request: Vec<u8, { limits::LATE_REQUEST }>,
    /// Whether a client wants an OCSP response.
    #[cfg(feature = "ocsp")]
    pub(crate) status_request: Option<()>,
    /// What a client says that it may show: certificates, which need not be said, where it has nothing to show.
    #[cfg(all(feature = "raw-public-keys", feature = "_client-certificates"))]
    pub(crate) own_types: CertificateTypes,
    /// What the server answers about record sizes.
    pub(crate) size_answer: SizeAnswer,
    /// What the server of this handshake of TLS 1.3 has asked its client for.
    #[cfg(feature = "client-auth")]
    pub(crate) client_certificate: PeerCertificate,
    /// What a client owes to middleboxes before its next record that is encrypted.
    pub(crate) middleboxes: Middleboxes,
    #[cfg(feature = "tls12")]
    pub(crate) tls12: Tls12Space<P::Hash>,
    #[cfg(feature = "psk")]
    pub(crate) psk: PskSpace,
    /// Messages of a recorded handshake, instead of those that would be encoded.
    #[cfg(test)]
    pub(crate) recorded: std::vec::Vec<&'static [u8]>,
}

/// Whether middleboxes are owed a change_cipher_spec (RFC 8446, appendix D.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Middleboxes {
    #[default]
    Settled,
    Owed,
}

/// Which extension about record sizes a server answers, and with what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SizeAnswer {
    #[default]
    None,
    RecordSizeLimit(u16),
    MaxFragmentLength(u8),
}

impl<P: Provider> HandshakeSpace<P> {
    /// An empty space.
    #[must_use]
    pub fn new() -> Self {
        Self {
            schedule: KeySchedule::default(),
            transcript: None,
            kx_secret: P::KxSecret::default(),
            shared: Secret::empty(),
            verify_data: Secret::empty(),
            public_value: Vec::new(),
            #[cfg(feature = "mlkem")]
            second_share: None,
            client_random: [0; 32],
            server_random: [0; 32],
            session_id: Vec::new(),
            server_name: String::new(),
            cipher_suites: Preferences::new(),
            groups: Preferences::new(),
            cookie: Vec::new(),
            size_offer: limits::RECORD_SIZE_LIMIT,
            offered: ExtensionSet::default(),
            hello_digest: None,
            peer_key: Vec::new(),
            identity: None,
            signature_input: Vec::new(),
            signature: Vec::new(),
            #[cfg(feature = "post-handshake-auth")]
            late_request: Vec::new(),
            #[cfg(feature = "ocsp")]
            status_request: None,
            #[cfg(all(feature = "raw-public-keys", feature = "_client-certificates"))]
            own_types: CertificateTypes::X509,
            size_answer: SizeAnswer::None,
            #[cfg(feature = "client-auth")]
            client_certificate: PeerCertificate::None,
            middleboxes: Middleboxes::Settled,
            #[cfg(feature = "tls12")]
            tls12: Tls12Space::new(),
            #[cfg(feature = "psk")]
            psk: PskSpace::new(),
            #[cfg(test)]
            recorded: std::vec::Vec::new(),
        }
    }

    /// Wipes every slot; the space is as new.
    pub fn wipe(&mut self) {
        self.schedule.wipe();
        self.transcript = None;
        self.kx_secret.zeroize();
        self.shared.wipe();
        self.verify_data.wipe();
        wipe_bytes(&mut self.client_random);
        wipe_bytes(&mut self.server_random);
        clear(&mut self.public_value);
        clear(&mut self.session_id);
        clear(&mut self.cookie);
        clear(&mut self.peer_key);
        clear(&mut self.signature_input);
        clear(&mut self.signature);
        self.server_name.clear();
        self.cipher_suites.clear();
        self.groups.clear();
        self.offered = ExtensionSet::default();
        self.hello_digest = None;
        self.identity = None;
        self.forget_choices();
        self.middleboxes = Middleboxes::Settled;
        #[cfg(feature = "tls12")]
        self.tls12.wipe();
        #[cfg(feature = "psk")]
        self.psk.wipe();
    }

    fn forget_choices(&mut self) {
        #[cfg(feature = "mlkem")]
        {
            self.second_share = None;
        }
        #[cfg(all(feature = "raw-public-keys", feature = "_client-certificates"))]
        {
            self.own_types = CertificateTypes::X509;
        }
        self.size_answer = SizeAnswer::None;
        #[cfg(feature = "post-handshake-auth")]
        self.late_request.clear();
        #[cfg(feature = "ocsp")]
        {
            self.status_request = None;
        }
        #[cfg(feature = "client-auth")]
        {
            self.client_certificate = PeerCertificate::None;
        }
    }
}

/// Clearing alone would leave the bytes.
fn clear<const N: usize>(bytes: &mut Vec<u8, N>) {
    wipe_bytes(bytes);
    bytes.clear();
}

impl<P: Provider> Default for HandshakeSpace<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Provider> Drop for HandshakeSpace<P> {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl<P: Provider> fmt::Debug for HandshakeSpace<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeSpace").field("server_name", &self.server_name).finish_non_exhaustive()
    }
}
