//! What a server chooses from a ClientHello.

use crate::buffers;
use crate::config::Common;
#[cfg(not(feature = "raw-public-keys"))]
use crate::config::{Identities, IdentityId};
use crate::crypto::Provider;
use crate::engine::{Context, SizeAnswer};
use crate::error::{Error, PeerIncompatible, PeerMisbehaved};
use crate::limits;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{CipherSuite, NamedGroup, ProtocolVersion};

/// TLS 1.3, and nothing left out that it needs (RFC 8446, sections 4.1.2 and 9.2).
pub(crate) fn check_hello(hello: &ClientHello<'_>) -> Result<(), Error> {
    let extensions = &hello.extensions;
    let is_tls13 = |versions: crate::wire::lists::U16List<'_>| versions.contains(ProtocolVersion::TLS_1_3.0);
    // Beside the extension the field counts for nothing, unless it is that old (RFC 8446, sections 4.2.1 and D.5).
    if hello.legacy_version <= ProtocolVersion::SSL_3_0
        || !extensions.supported_versions.is_some_and(is_tls13)
    {
        return Err(PeerIncompatible::Version.into());
    }
    if hello.compression_methods != [0] {
        return Err(PeerMisbehaved::IllegalParameter.into());
    }
    if extensions.pre_shared_key.is_some() && extensions.psk_key_exchange_modes.is_none() {
        return Err(PeerMisbehaved::MissingExtension.into());
    }
    // With a key it may do without the others, but not with half of a key exchange.
    #[cfg(feature = "psk")]
    if extensions.pre_shared_key.is_some()
        && extensions.supported_groups.is_some() == extensions.key_shares.is_some()
    {
        return check_shares(hello);
    }
    if extensions.signature_algorithms.is_none()
        || extensions.supported_groups.is_none()
        || extensions.key_shares.is_none()
    {
        return Err(PeerMisbehaved::MissingExtension.into());
    }
    check_shares(hello)
}

/// Every share must be of a group in the list (RFC 8446, section 4.2.8).
fn check_shares(hello: &ClientHello<'_>) -> Result<(), Error> {
    let extensions = &hello.extensions;
    let (Some(groups), Some(shares)) = (extensions.supported_groups, extensions.key_shares) else {
        return Ok(());
    };
    let mut known = shares.iter().filter(|(group, _)| group.name().is_some());
    if known.all(|(group, _)| groups.contains(group.0)) {
        Ok(())
    } else {
        Err(PeerMisbehaved::IllegalParameter.into())
    }
}

/// Our preference among the client's suites.
pub(crate) fn select_suite(
    hello: &ClientHello<'_>,
    common: &Common,
    provided: &[CipherSuite],
) -> Result<CipherSuite, Error> {
    let mut usable = preferred(hello, common, provided).filter(|suite| hello.cipher_suites.contains(suite.0));
    Ok(usable.next().ok_or(PeerIncompatible::CipherSuite)?)
}

/// The suites of TLS 1.3 that we have, in our order. Where the application chose none, a client that likes
/// ChaCha20-Poly1305 best gets it: AES is slow there.
pub(crate) fn preferred<'a>(
    hello: &ClientHello<'_>,
    common: &'a Common,
    provided: &'a [CipherSuite],
) -> impl Iterator<Item = CipherSuite> + use<'a> {
    let own = if common.cipher_suites.is_empty() { provided } else { &common.cipher_suites };
    let chacha = CipherSuite::TLS_CHACHA20_POLY1305_SHA256;
    let follows = common.cipher_suites.is_empty() && favourite(hello) == Some(chacha);
    let first = Some(chacha).filter(|_| follows);
    first.into_iter().chain(own.iter().copied()).filter(|suite| provided.contains(suite))
}

/// The first suite of a client that is one, by what it is in TLS 1.3.
fn favourite(hello: &ClientHello<'_>) -> Option<CipherSuite> {
    let known = [
        CipherSuite::TLS_AES_128_GCM_SHA256,
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    ];
    let suites = hello.cipher_suites.iter().map(CipherSuite);
    #[cfg(feature = "tls12")]
    let suites = suites.map(|suite| suite.tls12_parts().map_or(suite, |(_, cipher)| cipher));
    let mut suites = suites;
    suites.find(|suite| known.contains(suite))
}

/// The group, and the client's share of it, if it sent one.
pub(crate) type Exchange<'a> = (NamedGroup, Option<&'a [u8]>);

/// Our preference among the groups that the client sent a share of, else among those it could send one of.
pub(crate) fn select_group<'a>(
    hello: &ClientHello<'a>,
    common: &Common,
    provided: &[NamedGroup],
) -> Result<Exchange<'a>, Error> {
    let own = if common.groups.is_empty() { provided } else { &common.groups };
    let offered = hello.extensions.supported_groups.ok_or(PeerMisbehaved::MissingExtension)?;
    let shares = hello.extensions.key_shares.ok_or(PeerMisbehaved::MissingExtension)?;
    let usable = || own.iter().filter(|group| provided.contains(group) && offered.contains(group.0));
    if let Some((group, share)) = usable().find_map(|group| Some((*group, shares.find(*group)?))) {
        return Ok((group, Some(share)));
    }
    Ok((*usable().next().ok_or(PeerIncompatible::Group)?, None))
}

/// Our preference among the client's application protocols (RFC 7301, section 3.2).
pub(crate) fn select_protocol<P: Provider>(
    hello: &ClientHello<'_>,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let own = &context.common.protocols;
    let Some(offered) = hello.extensions.protocols.filter(|_| !own.is_empty()) else { return Ok(()) };
    let common = own.iter().find(|name| offered.iter().any(|other| other == *name));
    let name = common.ok_or(PeerIncompatible::ApplicationProtocol)?;
    context.negotiated.protocol = own.position(name);
    Ok(())
}

/// The sizes of records: `record_size_limit` where the client has it, else its `max_fragment_length`. `counted` bytes of a
/// limit are not for content.
pub(crate) fn select_sizes<P: Provider>(
    hello: &ClientHello<'_>,
    counted: usize,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let own = buffers::record_size_limit(context.first_incoming, context.common.max_handshake_message);
    let channel = &mut *context.channel;
    let extensions = &hello.extensions;
    // RFC 8449, section 5: where both are there, max_fragment_length is ignored.
    let fragment = extensions.max_fragment_length.map(|code| (code, buffers::fragment_length(code)));
    context.space.size_answer = match (extensions.record_size_limit, fragment) {
        (Some(limit), _) => {
            channel.send_limit = usize::from(limit).saturating_sub(counted).min(limits::PLAINTEXT).into();
            channel.receive_limit = own.min(limits::PLAINTEXT.saturating_add(counted)).into();
            SizeAnswer::RecordSizeLimit(u16::try_from(channel.receive_limit.get()).unwrap_or(u16::MAX))
        }
        (None, Some((_, None))) => return Err(PeerMisbehaved::IllegalParameter.into()),
        (None, Some((code, Some(length)))) => {
            channel.send_limit = length.into();
            channel.receive_limit = length.saturating_add(counted).into();
            SizeAnswer::MaxFragmentLength(code)
        }
        (None, None) => {
            channel.receive_limit = limits::PLAINTEXT.saturating_add(counted).into();
            SizeAnswer::None
        }
    };
    Ok(())
}

/// Keeps the name that the client asks for: letters, digits, dots, hyphens and underscores of a name. Addresses are none, which some
/// clients do not know (RFC 6066, section 3): they count as if nothing was asked for.
pub(crate) fn keep_server_name<P: Provider>(
    hello: &ClientHello<'_>,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    context.space.server_name.clear();
    let Some(name) = hello.extensions.server_name.filter(|name| !is_address(name)) else { return Ok(()) };
    let is_name = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(byte));
    let name = core::str::from_utf8(name).ok().filter(|_| is_name).ok_or(PeerMisbehaved::IllegalParameter)?;
    Ok(context.space.server_name.push_str(name).map_err(|_| PeerMisbehaved::IllegalParameter)?)
}

/// Whether these are the digits of an address: no name ends in a number alone, or has colons.
fn is_address(name: &[u8]) -> bool {
    let (mut is_v4, mut has_colon) = (true, false);
    for byte in name {
        match byte {
            b'0'..=b'9' | b'.' => {}
            b':' => has_colon = true,
            b'a'..=b'f' | b'A'..=b'F' => is_v4 = false,
            _ => return false,
        }
    }
    is_v4 || has_colon
}

/// Whether an identity has certificates: a server must show at least one (RFC 8446, section 4.4.2; RFC 5246,
/// section 7.4.2).
#[cfg(not(feature = "raw-public-keys"))]
pub(crate) fn has_certificate(identities: &dyn Identities, identity: IdentityId) -> bool {
    let mut certificates = 0_usize;
    identities.for_each_certificate(identity, &mut |_| certificates = certificates.saturating_add(1));
    certificates > 0
}
