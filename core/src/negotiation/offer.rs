//! The ClientHello that follows from configuration, provider and handshake space.

use crate::buffers;
#[cfg(feature = "psk")]
use crate::config::ExternalKeys;
#[cfg(feature = "post-handshake-auth")]
use crate::config::PostHandshakeAuth;
use crate::config::Preferences;
#[cfg(feature = "tls12")]
use crate::config::{Resumption, Versions};
use crate::crypto::{Provider, SignatureAlgorithm, SignatureUse};
#[cfg(feature = "early-data")]
use crate::engine::EarlyState;
use crate::engine::{Context, HandshakeSpace};
#[cfg(feature = "tls12")]
use crate::engine::{Peer, VerifyData};
use crate::error::{Error, Internal};
#[cfg(feature = "tls12")]
use crate::limits;
#[cfg(feature = "tls12")]
use crate::modes::Modes;
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types;
#[cfg(feature = "psk")]
use crate::negotiation::psk_offer;
use crate::negotiation::schemes::{EVERY_USE, schemes, uses_in_handshakes};
use crate::wire::enums::NamedGroup;
#[cfg(feature = "psk")]
use crate::wire::enums::PskKeyExchangeMode;
use crate::wire::extension::ExtensionSet;
#[cfg(feature = "psk")]
use crate::wire::pre_shared_key::{PskOffer, Psks};
#[cfg(feature = "tls12")]
use crate::wire::tls12::hello_offer::{OfferedVersions, Tls12Offer};
use crate::wire::{ClientHelloOffer, Schemes, Writer};

/// What goes into the hello beside the handshake space.
#[derive(Clone, Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) algorithms: &'static [SignatureAlgorithm],
    pub(crate) protocols: &'a [u8],
    pub(crate) group: NamedGroup,
    #[cfg(feature = "psk")]
    pub(crate) psk_modes: &'static [PskKeyExchangeMode],
    #[cfg(feature = "post-handshake-auth")]
    pub(crate) post_handshake_auth: Option<()>,
    #[cfg(feature = "ocsp")]
    pub(crate) status_request: Option<()>,
    #[cfg(feature = "raw-public-keys")]
    pub(crate) certificate_types: (&'static [u8], &'static [u8]),
    #[cfg(feature = "tls12")]
    pub(crate) versions: Versions,
    /// Of our last Finished; empty in a first handshake.
    #[cfg(feature = "tls12")]
    pub(crate) verify_data: VerifyData,
    #[cfg(feature = "tls12")]
    pub(crate) resumption: Resumption,
    #[cfg(feature = "tls12")]
    pub(crate) fallback: Option<()>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of<P: Provider>(context: &Context<'a, P>) -> Self {
        Self {
            algorithms: algorithms(context),
            protocols: protocols(context),
            group: context.negotiated.group.unwrap_or(NamedGroup(0)),
            #[cfg(feature = "psk")]
            psk_modes: psk_offer::modes(context.common.psk_exchange),
            #[cfg(feature = "post-handshake-auth")]
            post_handshake_auth: (context.common.post_handshake_auth == PostHandshakeAuth::Offered)
                .then_some(()),
            #[cfg(feature = "ocsp")]
            status_request: status_request(context),
            #[cfg(feature = "raw-public-keys")]
            certificate_types: certificate_types::offer(context),
            #[cfg(feature = "tls12")]
            versions: versions(context),
            #[cfg(feature = "tls12")]
            verify_data: context.past.verify_data(Peer::Client),
            #[cfg(feature = "tls12")]
            resumption: context.past.resumption(context.common),
            #[cfg(feature = "tls12")]
            fallback: context.common.modes.contains(Modes::SEND_FALLBACK_SCSV).then_some(()),
        }
    }

    /// Encodes the ClientHello.
    pub(crate) fn encode<P: Provider>(&self, space: &HandshakeSpace<P>, writer: &mut Writer<'_>) {
        #[cfg(test)]
        if let Some(recorded) = space.recorded(crate::wire::enums::HandshakeType::CLIENT_HELLO) {
            return writer.put(recorded);
        }
        self.with_offer(space, &mut |offer| offer.encode(writer));
    }

    /// The extensions that the server may answer.
    pub(crate) fn offered<P: Provider>(&self, space: &HandshakeSpace<P>) -> ExtensionSet {
        let mut offered = ExtensionSet::default();
        self.with_offer(space, &mut |offer| offered = offer.extensions());
        offered
    }

    fn with_offer<P: Provider>(&self, space: &HandshakeSpace<P>, work: &mut dyn FnMut(ClientHelloOffer<'_>)) {
        #[cfg(feature = "psk")]
        let psks: Psks<'_> = &|each| {
            for slot in space.psk.offered() {
                each(space.psk.identity(slot), slot.age, slot.binder.as_bytes());
            }
        };
        let handshakes: Schemes<'_> = &schemes(self.algorithms, self.handshake_uses());
        work(ClientHelloOffer {
            random: &space.client_random,
            session_id: &space.session_id,
            cipher_suites: &space.cipher_suites,
            server_name: Some(space.server_name.as_str()).filter(|name| is_host_name(name)),
            groups: &space.groups,
            signature_algorithms: Some(handshakes).filter(|_| !self.algorithms.is_empty()),
            signature_algorithms_cert: &schemes(self.algorithms, EVERY_USE),
            protocols: self.protocols,
            // Also where it limits nothing: a server may name its own only in answer to one (RFC 8449, section 5).
            record_size_limit: u16::try_from(self.size_limit(space)).ok(),
            max_fragment_length: buffers::max_fragment_length(space.size_offer).map(|(code, _)| code),
            #[cfg(feature = "post-handshake-auth")]
            post_handshake_auth: self.post_handshake_auth,
            #[cfg(feature = "ocsp")]
            status_request: self.status_request,
            #[cfg(feature = "raw-public-keys")]
            server_certificate_types: self.certificate_types.0,
            #[cfg(feature = "raw-public-keys")]
            client_certificate_types: self.certificate_types.1,
            cookie: Some(&*space.cookie).filter(|cookie| !cookie.is_empty()),
            key_share: (self.group, &space.public_value),
            #[cfg(feature = "mlkem")]
            second_key_share: second_share(space),
            #[cfg(feature = "psk")]
            psk: PskOffer {
                modes: self.psk_modes,
                psks: Some(psks).filter(|_| space.psk.offered().next().is_some()),
                #[cfg(feature = "early-data")]
                early_data: (space.psk.early.state == EarlyState::Used).then_some(()),
            },
            #[cfg(feature = "tls12")]
            versions: self.offered_versions(&space.tls12.session.ticket),
        });
    }

    /// The algorithms that may sign a handshake: in TLS 1.2 those of certificates too (RFC 8446, section 4.2.3).
    fn handshake_uses(&self) -> &'static [SignatureUse] {
        #[cfg(feature = "tls12")]
        if self.versions.has_tls12() {
            return EVERY_USE;
        }
        uses_in_handshakes(self.algorithms)
    }

    /// No more than the version's records have (RFC 8449, section 4).
    fn size_limit<P: Provider>(&self, space: &HandshakeSpace<P>) -> usize {
        #[cfg(feature = "tls12")]
        if !self.versions.has_tls13() {
            return space.size_offer.min(limits::PLAINTEXT);
        }
        space.size_offer
    }

    #[cfg(feature = "tls12")]
    fn offered_versions<'s>(&'s self, ticket: &'s [u8]) -> OfferedVersions<'s> {
        let session_ticket = (self.resumption == Resumption::ByTicket).then_some(ticket);
        let (renegotiation_info, fallback) = (&*self.verify_data, self.fallback);
        let offer = Tls12Offer { session_ticket, renegotiation_info, fallback };
        match self.versions {
            Versions::Tls13 => OfferedVersions::Tls13,
            Versions::Tls12 => OfferedVersions::Tls12(offer),
            Versions::Both => OfferedVersions::Both(offer),
        }
    }
}

/// Another handshake on a connection of TLS 1.2 is one of TLS 1.2.
#[cfg(feature = "tls12")]
pub(super) fn versions<P: Provider>(context: &Context<'_, P>) -> Versions {
    if context.past.is_bound() { Versions::Tls12 } else { context.common.allowed_versions() }
}

#[cfg(feature = "mlkem")]
fn second_share<P: Provider>(space: &HandshakeSpace<P>) -> Option<(NamedGroup, &[u8])> {
    const X25519: usize = 32;
    Some((space.second_share?, space.public_value.last_chunk::<X25519>()?))
}

/// Those that may sign for the server; none where nothing but a pre-shared key will do.
fn algorithms<P: Provider>(context: &Context<'_, P>) -> &'static [SignatureAlgorithm] {
    #[cfg(feature = "psk")]
    if context.common.external_keys == ExternalKeys::Required {
        return &[];
    }
    context.provider.signature_algorithms()
}

/// Whether an OCSP response is wanted. In TLS 1.2 it would come behind the certificates that it is about, when they have been
/// judged: it is not asked for where that may be chosen.
#[cfg(feature = "ocsp")]
fn status_request<P: Provider>(context: &Context<'_, P>) -> Option<()> {
    #[cfg(feature = "tls12")]
    if context.common.allowed_versions().has_tls12() {
        return None;
    }
    (context.common.ocsp == crate::config::Ocsp::Requested).then_some(())
}

/// The application protocols; a renegotiation does not speak of them.
fn protocols<'a, P: Provider>(context: &Context<'a, P>) -> &'a [u8] {
    #[cfg(feature = "tls12")]
    if context.past.is_bound() {
        return &[];
    }
    context.common.protocols.as_wire()
}

/// Fills in what a ClientHello needs beside a key share: everything random is made before anything is sent.
pub(crate) fn choose<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    context.space.size_offer =
        buffers::record_size_limit(context.first_incoming, context.common.max_handshake_message);
    #[cfg(all(feature = "mlkem", feature = "tls12"))]
    let has_tls13 = versions(context).has_tls13();
    let Context { provider, space, common, .. } = context;
    provider.fill_random(&mut space.client_random)?;
    space.cipher_suites = choose_from(&common.cipher_suites, P::SUITES);
    space.groups = choose_from(&common.groups, P::GROUPS);
    #[cfg(all(feature = "mlkem", feature = "tls12"))]
    space.groups.retain(|group| has_tls13 || group.is_for_tls12());
    #[cfg(feature = "psk")]
    if !psk_offer::exchanges_keys(common) {
        space.groups.clear();
    }
    if space.cipher_suites.is_empty() {
        return Err(Internal::Configuration.into());
    }
    Ok(())
}

/// What is preferred, as far as the provider has it; all that it has where nothing is.
fn choose_from<T: Copy + PartialEq>(preferred: &Preferences<T>, provided: &[T]) -> Preferences<T> {
    let all = preferred.is_empty();
    let order = if all { provided } else { preferred };
    order.iter().copied().filter(|item| provided.contains(item)).take(preferred.capacity()).collect()
}

/// Names go into `server_name`, addresses do not (RFC 6066, section 3).
///
/// No host name has a colon, or a last label of nothing but digits.
fn is_host_name(name: &str) -> bool {
    let mut has_only_digits = true; // in the last label
    for byte in name.bytes() {
        match byte {
            b':' => return false,
            b'.' => has_only_digits = true,
            byte => has_only_digits &= byte.is_ascii_digit(),
        }
    }
    !has_only_digits
}
