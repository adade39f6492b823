//! What TLS 1.2 adds to the ClientHello that a client makes.

use crate::wire::Writer;
use crate::wire::enums::{CipherSuite, ExtensionType, ProtocolVersion};
use crate::wire::extension::ExtensionSet;
use crate::wire::hello_offer::extension;

/// The only point format still in use (RFC 8422, section 5.1.2).
pub(super) const UNCOMPRESSED: u8 = 0;

/// The versions of a ClientHello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferedVersions<'a> {
    /// TLS 1.3 alone: the hello of a build without TLS 1.2.
    Tls13,
    /// TLS 1.2 alone: a hello without `supported_versions`, `key_share`, `psk_key_exchange_modes` and `cookie`.
    Tls12(Tls12Offer<'a>),
    /// TLS 1.3, else TLS 1.2.
    Both(Tls12Offer<'a>),
}

/// What goes into a hello for TLS 1.2, beside `extended_master_secret` and `ec_point_formats`, which always do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tls12Offer<'a> {
    /// A ticket, or nothing to ask for one (RFC 5077, section 3.2); `None` leaves the extension out.
    pub session_ticket: Option<&'a [u8]>,
    /// Empty in a first handshake, else the verify_data of our last Finished (RFC 5746, section 3.5).
    pub renegotiation_info: &'a [u8],
    /// Whether this is a second try with an older version (RFC 7507).
    pub fallback: Option<()>,
}

impl<'a> OfferedVersions<'a> {
    /// Whether TLS 1.3 is among them.
    #[must_use]
    pub const fn has_tls13(self) -> bool {
        match self {
            Self::Tls13 | Self::Both(_) => true,
            Self::Tls12(_) => false,
        }
    }

    /// What is offered for TLS 1.2.
    #[must_use]
    pub const fn tls12(self) -> Option<Tls12Offer<'a>> {
        match self {
            Self::Tls13 => None,
            Self::Tls12(offer) | Self::Both(offer) => Some(offer),
        }
    }

    /// The suites of TLS 1.3, then those of TLS 1.2 that go with them.
    pub(in crate::wire) fn encode_cipher_suites(self, tls13: &[CipherSuite], writer: &mut Writer<'_>) {
        if self.has_tls13() {
            tls13.iter().for_each(|suite| writer.u16(suite.0));
        }
        let Some(offer) = self.tls12() else { return };
        let suites = tls13.iter().flat_map(|suite| suite.tls12_variants());
        suites.for_each(|suite| writer.u16(suite.0));
        if offer.fallback.is_some() {
            writer.u16(CipherSuite::TLS_FALLBACK_SCSV.0);
        }
    }

    /// `supported_versions`, without which a hello offers TLS 1.2 alone.
    pub(in crate::wire) fn encode_supported_versions(self, writer: &mut Writer<'_>) {
        let versions: &[ProtocolVersion] = match self {
            Self::Tls13 => &[ProtocolVersion::TLS_1_3],
            Self::Both(_) => &[ProtocolVersion::TLS_1_3, ProtocolVersion::TLS_1_2],
            Self::Tls12(_) => return,
        };
        extension(writer, ExtensionType::SUPPORTED_VERSIONS, &|w| {
            w.vec_u8(&|w| versions.iter().for_each(|version| w.u16(version.0)));
        });
    }

    /// What TLS 1.2 adds.
    pub(in crate::wire) fn encode_extensions(self, writer: &mut Writer<'_>) {
        let Some(offer) = self.tls12() else { return };
        extension(writer, ExtensionType::EXTENDED_MASTER_SECRET, &|_| ());
        extension(writer, ExtensionType::RENEGOTIATION_INFO, &|w| {
            w.vec_u8(&|w| w.put(offer.renegotiation_info))
        });
        extension(writer, ExtensionType::EC_POINT_FORMATS, &|w| w.vec_u8(&|w| w.u8(UNCOMPRESSED)));
        if let Some(ticket) = offer.session_ticket {
            extension(writer, ExtensionType::SESSION_TICKET, &|w| w.put(ticket));
        }
    }

    /// The extensions that the server may answer, beginning with those of a hello for TLS 1.3.
    pub(in crate::wire) fn extensions(self, tls13: ExtensionSet) -> ExtensionSet {
        let Some(offer) = self.tls12() else { return tls13 };
        let set = if self.has_tls13() {
            tls13
        } else {
            tls13
                .without(ExtensionType::SUPPORTED_VERSIONS)
                .without(ExtensionType::KEY_SHARE)
                .without(ExtensionType::COOKIE)
        };
        let set = set
            .with(ExtensionType::EXTENDED_MASTER_SECRET)
            .with(ExtensionType::RENEGOTIATION_INFO)
            .with(ExtensionType::EC_POINT_FORMATS);
        match offer.session_ticket {
            Some(_) => set.with(ExtensionType::SESSION_TICKET),
            None => set,
        }
    }
}
