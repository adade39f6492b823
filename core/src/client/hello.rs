//! The ClientHello that follows from configuration, provider and handshake space.

use crate::buffers;
use crate::crypto::{Provider, SignatureAlgorithm, SignatureUse};
use crate::engine::{Context, HandshakeSpace};
use crate::error::Error;
use crate::wire::enums::{NamedGroup, SignatureScheme};
use crate::wire::extension::ExtensionSet;
#[cfg(feature = "tls12")]
use crate::wire::tls12::hello_offer::OfferedVersions;
use crate::wire::{ClientHelloOffer, Writer};

/// What goes into the hello beside the handshake space.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) algorithms: &'static [SignatureAlgorithm],
    pub(super) protocols: &'a [u8],
    pub(super) group: NamedGroup,
}

impl<'a> Parts<'a> {
    pub(super) fn of<P: Provider>(context: &Context<'a, P>) -> Self {
        Self {
            algorithms: context.provider.signature_algorithms(),
            protocols: context.common.protocols.as_wire(),
            group: context.negotiated.group.unwrap_or(NamedGroup(0)),
        }
    }

    /// Encodes the ClientHello.
    pub(super) fn encode<P: Provider>(&self, space: &HandshakeSpace<P>, writer: &mut Writer<'_>) {
        self.with_offer(space, &mut |offer| offer.encode(writer));
    }

    /// The extensions that the server may answer.
    pub(super) fn offered<P: Provider>(&self, space: &HandshakeSpace<P>) -> ExtensionSet {
        let mut offered = ExtensionSet::default();
        self.with_offer(space, &mut |offer| offered = offer.extensions());
        offered
    }

    fn with_offer<P: Provider>(&self, space: &HandshakeSpace<P>, work: &mut dyn FnMut(ClientHelloOffer<'_>)) {
        let name = space.server_name.as_str();
        let is_for_handshakes =
            |algorithm: &SignatureAlgorithm| algorithm.usage == SignatureUse::HandshakeAndCertificates;
        work(ClientHelloOffer {
            random: &space.client_random,
            session_id: &space.session_id,
            cipher_suites: &space.cipher_suites,
            server_name: Some(name).filter(|name| is_host_name(name)),
            groups: &space.groups,
            signature_algorithms: &schemes(self.algorithms, is_for_handshakes),
            signature_algorithms_cert: &schemes(self.algorithms, |_| true),
            protocols: self.protocols,
            // Also where it limits nothing: a server may name its own only in answer to one (RFC 8449, section 5).
            record_size_limit: u16::try_from(space.size_offer).ok(),
            max_fragment_length: buffers::max_fragment_length(space.size_offer).map(|(code, _)| code),
            cookie: Some(&*space.cookie).filter(|cookie| !cookie.is_empty()),
            key_share: (self.group, &space.public_value),
            #[cfg(feature = "tls12")]
            versions: OfferedVersions::Tls13,
        });
    }
}

/// Adds the first ClientHello to a transcript whose hash is known now. It is encoded again: what it is made of still
/// lies in the handshake space.
pub(super) fn hash_first_hello<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    #[cfg(test)]
    if let Some(recorded) = context.space.recorded_hello {
        return context.space.hash(context.provider, recorded);
    }
    let parts = Parts::of(context);
    let mut done = 0_usize;
    loop {
        let mut piece = [0; 128];
        let mut writer = Writer::new(&mut piece, done);
        parts.encode(context.space, &mut writer);
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

/// The schemes of the algorithms that `usable` picks, each once: several algorithms may share one.
fn schemes(
    algorithms: &'static [SignatureAlgorithm],
    usable: impl Fn(&SignatureAlgorithm) -> bool,
) -> impl Fn(&mut dyn FnMut(SignatureScheme)) {
    move |each| {
        for (place, algorithm) in algorithms.iter().enumerate() {
            let same = |other: &SignatureAlgorithm| other.scheme == algorithm.scheme && usable(other);
            if usable(algorithm) && algorithms.iter().position(same) == Some(place) {
                each(algorithm.scheme);
            }
        }
    }
}
