//! The ClientHello that follows from configuration, provider and handshake space.

use crate::buffers;
use crate::crypto::{Provider, SignatureAlgorithm, SignatureUse};
use crate::engine::{Context, HandshakeSpace};
use crate::error::{Error, Internal};
use crate::wire::enums::{ExtensionType, NamedGroup, SignatureScheme};
use crate::wire::extension::ExtensionSet;
use crate::wire::{ClientHelloOffer, Writer};

/// What goes into the hello beside the handshake space.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) algorithms: &'static [SignatureAlgorithm],
    pub(super) protocols: &'a [u8],
    pub(super) receive_limit: usize,
}

impl Parts<'_> {
    /// Encodes the ClientHello.
    pub(super) fn encode<P: Provider>(
        &self,
        space: &HandshakeSpace<P>,
        group: NamedGroup,
        writer: &mut Writer<'_>,
    ) {
        let limit = u16::try_from(self.receive_limit).ok();
        let name = space.server_name.as_str();
        ClientHelloOffer {
            random: &space.client_random,
            session_id: &space.session_id,
            cipher_suites: &space.cipher_suites,
            server_name: Some(name).filter(|name| is_host_name(name)),
            groups: &space.groups,
            signature_algorithms: &for_handshakes(self.algorithms),
            signature_algorithms_cert: &for_certificates(self.algorithms),
            protocols: self.protocols,
            // Also where it limits nothing: a server may name its own limit only in answer to one (RFC 8449, section 5).
            record_size_limit: limit,
            max_fragment_length: buffers::max_fragment_length(self.receive_limit).map(|(code, _)| code),
            cookie: Some(&*space.cookie).filter(|cookie| !cookie.is_empty()),
            key_share: (group, &space.public_value),
        }
        .encode(writer);
    }

    /// The extensions that the server may answer.
    pub(super) fn offered<P: Provider>(&self, space: &HandshakeSpace<P>) -> ExtensionSet {
        let always = ExtensionSet::default()
            .with(ExtensionType::SUPPORTED_VERSIONS)
            .with(ExtensionType::SUPPORTED_GROUPS)
            .with(ExtensionType::SIGNATURE_ALGORITHMS)
            .with(ExtensionType::SIGNATURE_ALGORITHMS_CERT)
            .with(ExtensionType::KEY_SHARE)
            .with(ExtensionType::RECORD_SIZE_LIMIT);
        let optional = [
            (is_host_name(&space.server_name), ExtensionType::SERVER_NAME),
            (!self.protocols.is_empty(), ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION),
            (buffers::max_fragment_length(self.receive_limit).is_some(), ExtensionType::MAX_FRAGMENT_LENGTH),
            (!space.cookie.is_empty(), ExtensionType::COOKIE),
        ];
        optional
            .into_iter()
            .filter(|(is_there, _)| *is_there)
            .fold(always, |set, (_, extension)| set.with(extension))
    }
}

/// Adds the first ClientHello to a transcript whose hash is known now. It is encoded again: what it is made of still
/// lies in the handshake space.
pub(super) fn hash_first_hello<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    #[cfg(test)]
    if let Some(recorded) = context.space.recorded_hello {
        return context.space.hash(context.provider, recorded);
    }
    let parts = Parts {
        algorithms: context.provider.signature_algorithms(),
        protocols: context.common.protocols.as_wire(),
        receive_limit: context.channel.receive_limit,
    };
    let group = context.negotiated.group.ok_or(Internal::State)?;
    let mut done = 0_usize;
    loop {
        let mut piece = [0; 128];
        let mut writer = Writer::new(&mut piece, done);
        parts.encode(context.space, group, &mut writer);
        let (written, total) = (writer.written(), writer.total());
        context.space.hash(context.provider, piece.get(..written).unwrap_or_default())?;
        done = done.saturating_add(written);
        if done >= total {
            return Ok(());
        }
    }
}

/// Names go into `server_name`, addresses do not (RFC 6066, section 3).
fn is_host_name(name: &str) -> bool {
    !name.is_empty() && name.parse::<core::net::IpAddr>().is_err()
}

fn for_handshakes(algorithms: &'static [SignatureAlgorithm]) -> impl Fn(&mut dyn FnMut(SignatureScheme)) {
    move |each| {
        let usable =
            |algorithm: &&SignatureAlgorithm| algorithm.usage == SignatureUse::HandshakeAndCertificates;
        algorithms.iter().filter(usable).for_each(|algorithm| each(algorithm.scheme));
    }
}

/// Each scheme once, though several algorithms may share it.
fn for_certificates(algorithms: &'static [SignatureAlgorithm]) -> impl Fn(&mut dyn FnMut(SignatureScheme)) {
    move |each| {
        for (place, algorithm) in algorithms.iter().enumerate() {
            let first = algorithms.iter().position(|other| other.scheme == algorithm.scheme);
            if first == Some(place) {
                each(algorithm.scheme);
            }
        }
    }
}
