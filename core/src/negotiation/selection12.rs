//! What a server of TLS 1.2 chooses from a ClientHello.

use crate::config::{Common, Versions};
use crate::crypto::Provider;
use crate::engine::{Context, Peer};
use crate::error::{Error, PeerIncompatible, PeerMisbehaved};
use crate::negotiation::selection::preferred;
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::{Authentication, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use crate::wire::lists::U16List;

/// Whether a first ClientHello leads to TLS 1.2: a client that knows TLS 1.3 gets that, if we have it.
pub(crate) fn leads_to_tls12(hello: &ClientHello<'_>, common: &Common) -> bool {
    let versions = hello.extensions.supported_versions;
    let has = |version: ProtocolVersion| versions.is_some_and(|versions| versions.contains(version.0));
    match common.allowed_versions() {
        Versions::Tls13 => false,
        Versions::Tls12 => true,
        Versions::Both => !has(ProtocolVersion::TLS_1_3),
    }
}

/// TLS 1.2, and no client that was made to believe that we know nothing better (RFC 7507). A renegotiation has the version
/// of the handshake before it, whatever else the client would have.
pub(crate) fn check_version<P: Provider>(
    hello: &ClientHello<'_>,
    context: &Context<'_, P>,
) -> Result<(), Error> {
    let listed = hello.extensions.supported_versions;
    let has_tls12 = match listed {
        Some(versions) => versions.contains(ProtocolVersion::TLS_1_2.0),
        None => hello.legacy_version >= ProtocolVersion::TLS_1_2,
    };
    // RFC 8446, appendix D.5, whatever is listed.
    if !has_tls12 || hello.legacy_version <= ProtocolVersion::SSL_3_0 {
        return Err(PeerIncompatible::Version.into());
    }
    let fell_back = hello.cipher_suites.contains(CipherSuite::TLS_FALLBACK_SCSV.0);
    if fell_back && context.common.allowed_versions().has_tls13() && !context.past.is_bound() {
        return Err(PeerIncompatible::Fallback.into());
    }
    Ok(())
}

/// Nothing left out that we need, nothing there that may not be.
pub(crate) fn check_hello(hello: &ClientHello<'_>) -> Result<(), Error> {
    let extensions = &hello.extensions;
    let uncompressed = extensions.ec_point_formats.is_none_or(|formats| formats.contains(&0));
    if !hello.compression_methods.contains(&0) || !uncompressed {
        return Err(PeerMisbehaved::IllegalParameter.into());
    }
    if extensions.extended_master_secret.is_none() {
        return Err(PeerIncompatible::ExtendedMasterSecret.into());
    }
    // What is meant without it is SHA-1 (RFC 5246, section 7.4.1.4.1).
    if extensions.signature_algorithms.is_none() {
        return Err(PeerIncompatible::SignatureScheme.into());
    }
    Ok(())
}

/// What binds the handshake to the one before it, or promises to bind the next (RFC 5746, sections 3.6 and 3.7).
pub(crate) fn check_bonds<P: Provider>(
    hello: &ClientHello<'_>,
    context: &Context<'_, P>,
) -> Result<(), Error> {
    let promised = hello.cipher_suites.contains(CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV.0);
    match hello.extensions.renegotiation_info {
        Some(connection) if *connection != *context.past.verify_data(Peer::Client) => {
            Err(PeerMisbehaved::NotBound.into())
        }
        _ if promised && context.past.is_bound() => Err(PeerMisbehaved::NotBound.into()),
        None if context.past.is_bound() => Err(PeerMisbehaved::NotBound.into()),
        None if !promised => Err(PeerIncompatible::SecureRenegotiation.into()),
        Some(_) | None => Ok(()),
    }
}

/// For each kind of key the suite that we like best among the client's; which one counts follows from the identity.
pub(crate) fn select_suites(
    hello: &ClientHello<'_>,
    common: &Common,
    provided: &[CipherSuite],
) -> Result<[Option<CipherSuite>; 2], Error> {
    let select = |wanted: Authentication| {
        let usable = preferred(hello, common, provided);
        let mut suites = usable.flat_map(CipherSuite::tls12_variants).copied();
        suites.find(|suite| {
            suite.tls12_parts().is_some_and(|(authentication, _)| authentication == wanted)
                && hello.cipher_suites.contains(suite.0)
        })
    };
    let suites = [select(Authentication::Ecdsa), select(Authentication::Rsa)];
    if suites == [None, None] { Err(PeerIncompatible::CipherSuite.into()) } else { Ok(suites) }
}

/// Whether a suite is one that we would choose.
pub(crate) fn is_usable(suite: CipherSuite, common: &Common, provided: &[CipherSuite]) -> bool {
    let Some((_, cipher)) = suite.tls12_parts() else { return false };
    let chosen = common.cipher_suites.is_empty() || common.cipher_suites.contains(&cipher);
    chosen && provided.contains(&cipher)
}

/// Our preference among the client's groups.
pub(crate) fn select_group(
    hello: &ClientHello<'_>,
    common: &Common,
    provided: &[NamedGroup],
) -> Result<NamedGroup, Error> {
    let own = if common.groups.is_empty() { provided } else { &common.groups };
    let offered = hello.extensions.supported_groups.ok_or(PeerIncompatible::Group)?;
    let usable =
        |group: &&NamedGroup| group.is_for_tls12() && provided.contains(group) && offered.contains(group.0);
    Ok(*own.iter().find(usable).ok_or(PeerIncompatible::Group)?)
}

/// The suite that goes with signatures of this scheme, where there is one.
pub(crate) fn suite_for(suites: &[Option<CipherSuite>; 2], scheme: SignatureScheme) -> Option<CipherSuite> {
    let wanted = scheme.tls12_authentication()?;
    let fits = |suite: &&CipherSuite| suite.tls12_parts().is_some_and(|(kind, _)| kind == wanted);
    suites.iter().flatten().find(fits).copied()
}

/// Whether the client has a curve of keys: its groups count for certificates, too (RFC 8422, section 5.3). One that lists no
/// curve of ECDSA at all speaks of key exchange alone: which signatures it takes, its schemes say.
pub(crate) fn has_curve(groups: Option<U16List<'_>>, curve: NamedGroup) -> bool {
    let has = |curve: NamedGroup| groups.is_none_or(|groups| groups.contains(curve.0));
    has(curve) || !OF_ECDSA.into_iter().any(has)
}

/// Whether it has the curve of a key that usually signs so.
pub(crate) fn has_curve_of(groups: Option<U16List<'_>>, scheme: SignatureScheme) -> bool {
    match scheme {
        SignatureScheme::ECDSA_SECP256R1_SHA256 => has_curve(groups, NamedGroup::SECP256R1),
        SignatureScheme::ECDSA_SECP384R1_SHA384 => has_curve(groups, NamedGroup::SECP384R1),
        _ => true,
    }
}

const OF_ECDSA: [NamedGroup; 2] = [NamedGroup::SECP256R1, NamedGroup::SECP384R1];
