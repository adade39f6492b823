//! What must be true of an end that says that it is connected.
//!
//! A witness believes nothing that the engine says. It has the messages that the end has said and heard, the key that the
//! application accepted, and the secrets; it makes transcript hashes, signatures' inputs and Finished itself.

use tidegate::config::PeerCertificate;
use tidegate::crypto::{SIGNATURE_ALGORITHMS, SecretLabel, verify_digest_with_spki, verify_with_spki};
use tidegate::wire::enums::{HandshakeType, SignatureScheme};
use tidegate::{EarlyData, Negotiated, SessionKind};

use super::keys::{Version, expand_label, hash, hmac, prf};
use super::messages::{is_retry, message};
use super::side::{Said, Side};
use super::{Insider, states};
use crate::middle::End;

impl Insider {
    /// The state that an end is in, where [`watch_states`](super::watch_states) was called before.
    #[must_use]
    pub fn state(&self, end: End) -> String {
        match self.failed[end as usize] {
            Some(_) => "Failed".to_owned(),
            None => states::state(end),
        }
    }

    /// Messages that an end has said and heard.
    #[must_use]
    pub fn view(&self, end: End) -> &[Said] {
        &self.sides[end as usize].view
    }

    /// What must be true of an end that says that it is connected: its peer has finished this very handshake, and is who it
    /// should be.
    pub(super) fn check(&self, end: End) {
        let side = &self.sides[end as usize];
        let notes = &self.notes[end as usize];
        let negotiated = notes.connected.expect("asked only then");
        assert_eq!(negotiated.version().map(|version| version.0), Some(number(side.version())));
        check_finished(end, side);
        let key = notes.accepted.as_deref();
        let let_in = self.scenario == super::Scenario::EarlyData;
        assert!(
            notes.early_data == 0 || let_in && negotiated.early_data == EarlyData::Accepted,
            "early data"
        );
        match end {
            End::Client if negotiated.session == SessionKind::New => check_server(side, key),
            End::Client => self.check_key(end, &negotiated),
            End::Server => self.check_client(side, key, &negotiated),
        }
    }

    /// A server that requires certificates has seen one, and its proof; one that was shown is proved.
    fn check_client(&self, side: &Side, key: Option<&[u8]>, negotiated: &Negotiated) {
        let shown = side.before(End::Client, HandshakeType::CERTIFICATE_VERIFY).is_some();
        let required = self.scenario.server().client_certificates == PeerCertificate::Required;
        assert_eq!(shown, key.is_some(), "who was accepted has proved it, and nobody else");
        assert!(shown || !required, "a server that requires certificates has seen one");
        assert_eq!(negotiated.client_signature_scheme.is_some(), shown);
        if negotiated.session != SessionKind::New {
            self.check_key(End::Server, negotiated);
        }
        let Some(key) = key else { return };
        let before = side.before(End::Client, HandshakeType::CERTIFICATE_VERIFY).expect("shown");
        let proof = &side.view[before.len()].message[4..];
        match side.version() {
            Version::Tls13 => check_proof(side, End::Client, before, key, proof),
            Version::Tls12 => {
                let (scheme, signature) = signed(proof);
                let digest = hash(&joined(before));
                verify_digest_with_spki(SIGNATURE_ALGORITHMS, scheme, key, &digest, signature)
                    .expect("proof");
            }
        }
    }

    /// A pre-shared key stands for certificates only where it was offered, and nobody shows one beside it.
    fn check_key(&self, end: End, negotiated: &Negotiated) {
        let offered = match negotiated.session {
            SessionKind::External => self.scenario == super::Scenario::External,
            SessionKind::Resumed => self.scenario.resumes(),
            SessionKind::New => false,
        };
        assert!(offered, "{:?} was not offered", negotiated.session);
        let side = &self.sides[end as usize];
        assert!(side.before(End::Server, HandshakeType::CERTIFICATE).is_none(), "a key and a certificate");
    }

    /// What both ends say of the handshake is the same, as far as they say that it is done.
    ///
    /// # Panics
    /// If it is not.
    pub fn check_both(&self) {
        for end in End::BOTH {
            let Some(done) = self.done[end as usize] else { continue };
            let [own, peers] = [end, end.peer()].map(|end| &self.sides[end as usize]);
            let own = &own.view[..=done];
            assert!(peers.view.starts_with(own), "the {end:?} is connected in a handshake of its own");
        }
        let [Some(client), Some(server)] = [0, 1].map(|end| self.notes[end].connected) else { return };
        let agreed = |negotiated: Negotiated| {
            let Negotiated { cipher_suite, group, signature_scheme, session, hello_retry, .. } = negotiated;
            let shown = [negotiated.server_certificate, negotiated.client_certificate];
            let is_early = negotiated.early_data == EarlyData::Accepted;
            (cipher_suite, group, signature_scheme, session, hello_retry, shown, is_early)
        };
        assert_eq!(agreed(client), agreed(server));
    }
}

const fn number(version: Version) -> u16 {
    match version {
        Version::Tls12 => 0x0303,
        Version::Tls13 => 0x0304,
    }
}

/// The messages as a transcript has them (RFC 8446, section 4.4.1).
fn joined(said: &[Said]) -> Vec<u8> {
    let mut messages: Vec<Vec<u8>> = said.iter().map(|said| said.message.clone()).collect();
    if messages.get(1).is_some_and(|message| is_retry(message)) {
        messages[0] = message(HandshakeType::MESSAGE_HASH, &hash(&messages[0]));
    }
    messages.concat()
}

/// The last Finished that the peer said is the one that the secrets and the messages before it make.
fn check_finished(end: End, side: &Side) {
    let before = side.before_finished().expect("the peer has finished");
    let expected = verify_data(side, end.peer(), before).expect("secrets of the handshake");
    assert_eq!(side.view[before.len()].message[4..], expected, "a Finished over what the {end:?} has seen");
}

/// What is in a Finished by this end, with the secrets of the side that gets it.
pub(super) fn verify_data(side: &Side, by: End, before: &[Said]) -> Option<Vec<u8>> {
    let digest = hash(&joined(before));
    Some(match side.version() {
        Version::Tls13 => {
            let label = match by {
                End::Client => SecretLabel::ClientHandshakeTraffic,
                End::Server => SecretLabel::ServerHandshakeTraffic,
            };
            hmac(&expand_label(&side.secret(label)?, "finished", 32), &digest)
        }
        Version::Tls12 => {
            let label = if by == End::Client { "client finished" } else { "server finished" };
            prf(&side.secret(SecretLabel::ClientRandom)?, label, &digest, 12)
        }
    })
}

/// A client has verified a chain, and a signature over this handshake with its key.
fn check_server(side: &Side, key: Option<&[u8]>) {
    let key = key.expect("a client that is connected has verified a chain");
    let shown = |kind| side.view.iter().filter(|said| said.by == End::Server && said.kind() == kind).count();
    assert_eq!(shown(HandshakeType::CERTIFICATE), 1, "one chain");
    match side.version() {
        Version::Tls13 => {
            let before = side.before(End::Server, HandshakeType::CERTIFICATE_VERIFY);
            let before = before.expect("a client that is connected has a CertificateVerify");
            check_proof(side, End::Server, before, key, &side.view[before.len()].message[4..]);
        }
        Version::Tls12 => {
            let before = side.before(End::Server, HandshakeType::SERVER_KEY_EXCHANGE);
            let before = before.expect("a client that is connected has a ServerKeyExchange");
            let body = &side.view[before.len()].message[4..];
            let (params, proof) = body.split_at(4 + usize::from(body[3]));
            let (scheme, signature) = signed(proof);
            let [client, server] = side.randoms(side.before_this).expect("both hellos");
            let input = [&client[..], &server, params].concat();
            verify_with_spki(SIGNATURE_ALGORITHMS, scheme, key, &input, signature).expect("a proof");
        }
    }
}

/// RFC 8446, section 4.4.3.
fn check_proof(side: &Side, by: End, before: &[Said], key: &[u8], proof: &[u8]) {
    let context = match by {
        End::Client => "TLS 1.3, client CertificateVerify",
        End::Server => "TLS 1.3, server CertificateVerify",
    };
    let input = [&[b' '; 64], context.as_bytes(), &[0], &hash(&joined(before))].concat();
    let (scheme, signature) = signed(proof);
    let verified = verify_with_spki(SIGNATURE_ALGORITHMS, scheme, key, &input, signature);
    assert_eq!(verified, Ok(()), "a proof over the handshake, with a retry: {}", side.has_retry());
}

/// Scheme and signature.
fn signed(proof: &[u8]) -> (SignatureScheme, &[u8]) {
    let (head, signature) = proof.split_at(4);
    (SignatureScheme(u16::from_be_bytes([head[0], head[1]])), signature)
}
