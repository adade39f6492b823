//! What asks are about.

use heapless::Vec;

#[cfg(feature = "_client-certificates")]
use super::verify_peer::Whose;
#[cfg(feature = "raw-public-keys")]
use crate::config::CertificateType;
#[cfg(any(feature = "psk", feature = "tls12"))]
use crate::config::Common;
use crate::config::IdentityId;
use crate::crypto::Provider;
use crate::engine::HandshakeSpace;
#[cfg(any(feature = "tls12", feature = "psk", feature = "raw-public-keys"))]
use crate::engine::Negotiated;
#[cfg(any(feature = "_client-certificates", feature = "raw-public-keys"))]
use crate::engine::Peer;
#[cfg(feature = "psk")]
use crate::engine::{Origin, PskSpace, protocol};
#[cfg(feature = "tls12")]
use crate::engine::{SessionSlots, SignedHashes};
use crate::limits;
use crate::wire::DecodeError;
use crate::wire::certificate::{Certificate, CertificateChain};
#[cfg(any(feature = "tls12", feature = "psk"))]
use crate::wire::enums::CipherSuite;
use crate::wire::enums::SignatureScheme;
#[cfg(feature = "tls12")]
use crate::wire::enums::{NamedGroup, ProtocolVersion};
use crate::wire::extension::ExtensionSet;
#[cfg(feature = "tls12")]
use crate::wire::tls12;

/// The slots of the handshake space that asks are about.
pub(super) struct Asked<'a> {
    pub(super) server_name: &'a str,
    offered: ExtensionSet,
    #[cfg(feature = "post-handshake-auth")]
    pub(super) late_request: &'a [u8],
    #[cfg(feature = "raw-public-keys")]
    pub(super) types: Types,
    #[cfg(feature = "tls12")]
    pub(super) version: Option<ProtocolVersion>,
    #[cfg(feature = "_client-certificates")]
    pub(super) whose: Whose,
    /// Those of TLS 1.2 that may be chosen, if it is TLS 1.2.
    #[cfg(feature = "tls12")]
    pub(super) suites: [Option<CipherSuite>; 2],
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub(super) cipher_suite: CipherSuite,
    #[cfg(feature = "tls12")]
    pub(super) hashes: SignedHashes,
    #[cfg(feature = "tls12")]
    pub(super) group: NamedGroup,
    #[cfg(feature = "tls12")]
    pub(super) peer_certificate: &'a [u8],
    #[cfg(feature = "tls12")]
    pub(super) session_id: &'a [u8],
    #[cfg(feature = "tls12")]
    pub(super) session: &'a mut SessionSlots,
    #[cfg(feature = "cookies")]
    pub(super) cookie: &'a mut Vec<u8, { limits::COOKIE }>,
    #[cfg(feature = "psk")]
    pub(super) psk: &'a mut PskSpace,
    /// What the sessions of the connection come from.
    #[cfg(feature = "psk")]
    pub(super) origin: Option<&'a mut Origin>,
    /// The application protocol; empty for none.
    #[cfg(feature = "psk")]
    pub(super) protocol: &'a [u8],
    /// What both roles are configured with, once it is known.
    #[cfg(any(feature = "tls12", feature = "psk"))]
    pub(super) common: Option<&'a Common>,
    pub(super) peer_key: &'a mut Vec<u8, { limits::PUBLIC_KEY }>,
    pub(super) identity: &'a mut Option<(IdentityId, SignatureScheme)>,
    pub(super) input: &'a [u8],
    pub(super) signature: &'a mut Vec<u8, { limits::SIGNATURE }>,
}

/// What each end shows.
#[cfg(feature = "raw-public-keys")]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Types {
    pub(super) own: CertificateType,
    peer: CertificateType,
}

impl<'a> Asked<'a> {
    pub(super) fn of<P: Provider>(space: &'a mut HandshakeSpace<P>) -> Self {
        Self {
            server_name: space.server_name.as_str(),
            offered: space.offered,
            #[cfg(feature = "post-handshake-auth")]
            late_request: &space.late_request,
            #[cfg(feature = "raw-public-keys")]
            types: Types::default(),
            #[cfg(feature = "tls12")]
            version: None,
            #[cfg(feature = "_client-certificates")]
            whose: Whose::Server,
            #[cfg(feature = "tls12")]
            suites: space.tls12.suites,
            #[cfg(any(feature = "tls12", feature = "psk"))]
            cipher_suite: CipherSuite(0),
            #[cfg(feature = "tls12")]
            hashes: space.signed_hashes(),
            #[cfg(feature = "tls12")]
            group: NamedGroup(0),
            #[cfg(feature = "tls12")]
            peer_certificate: space.tls12.peer_certificate.as_bytes(),
            #[cfg(feature = "tls12")]
            session_id: &space.session_id,
            #[cfg(feature = "tls12")]
            session: &mut space.tls12.session,
            #[cfg(feature = "cookies")]
            cookie: &mut space.cookie,
            #[cfg(feature = "psk")]
            psk: &mut space.psk,
            #[cfg(feature = "psk")]
            origin: None,
            #[cfg(feature = "psk")]
            protocol: &[],
            #[cfg(any(feature = "tls12", feature = "psk"))]
            common: None,
            peer_key: &mut space.peer_key,
            identity: &mut space.identity,
            input: &space.signature_input,
            signature: &mut space.signature,
        }
    }

    /// With what the connection knows beside its handshake space.
    #[cfg(feature = "tls12")]
    pub(super) fn in_connection(self, negotiated: &Negotiated, common: &'a Common) -> Self {
        Self {
            version: negotiated.version(),
            cipher_suite: negotiated.cipher_suite.unwrap_or(CipherSuite(0)),
            group: negotiated.group.unwrap_or(NamedGroup(0)),
            common: Some(common),
            ..self
        }
    }

    /// The configuration that sessions of TLS 1.2 are made under.
    #[cfg(feature = "tls12")]
    pub(super) fn context(&self) -> &'a [u8] {
        self.common.map_or(&[], |common| &common.session_context)
    }

    /// With what each end shows.
    #[cfg(feature = "raw-public-keys")]
    pub(super) fn with_types(self, own: Peer, negotiated: &Negotiated) -> Self {
        let (own, peer) = match own {
            Peer::Client => (negotiated.client_certificate, negotiated.server_certificate),
            Peer::Server => (negotiated.server_certificate, negotiated.client_certificate),
        };
        Self { types: Types { own, peer }, ..self }
    }

    /// Where the peer is this end.
    #[cfg(feature = "_client-certificates")]
    pub(super) fn of_peer(self, peer: Peer) -> Self {
        let whose = match peer {
            Peer::Client => Whose::Client,
            Peer::Server => Whose::Server,
        };
        Self { whose, ..self }
    }

    /// With what the sessions of the connection are made of.
    #[cfg(feature = "psk")]
    pub(super) fn with_origin(
        self,
        negotiated: &Negotiated,
        common: &'a Common,
        origin: Option<&'a mut Origin>,
    ) -> Self {
        Self {
            cipher_suite: negotiated.cipher_suite.unwrap_or(CipherSuite(0)),
            protocol: protocol(negotiated, common),
            common: Some(common),
            origin,
            ..self
        }
    }

    /// The chain in the body of a Certificate message.
    pub(super) fn chain<'m>(&self, body: &'m [u8]) -> Result<CertificateChain<'m>, DecodeError> {
        #[cfg(feature = "tls12")]
        if self.version == Some(ProtocolVersion::TLS_1_2) {
            #[cfg(feature = "raw-public-keys")]
            if self.types.peer == CertificateType::RawPublicKey {
                return tls12::certificate::parse_raw_public_key(body);
            }
            return tls12::certificate::parse(body);
        }
        let certificate = Certificate::parse(body, self.offered)?;
        #[cfg(feature = "raw-public-keys")]
        if self.types.peer == CertificateType::RawPublicKey {
            return certificate.with_raw_public_key().map(|certificate| certificate.chain);
        }
        Ok(certificate.chain)
    }
}
