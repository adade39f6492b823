//! Extensions: which may stand where, and the walk over a block of them (RFC 8446, section 4.2).

use super::enums::ExtensionType;
use super::reader::{DecodeError, Reader};
use crate::limits;

/// The messages that carry extensions, as RFC 8446's table abbreviates them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// CH
    ClientHello,
    /// SH
    ServerHello,
    /// HRR
    HelloRetryRequest,
    /// EE
    EncryptedExtensions,
    /// CR
    CertificateRequest,
    /// CT: an entry of a Certificate
    Certificate,
    /// NST
    NewSessionTicket,
    /// The ServerHello of TLS 1.2, with rules of its own (RFC 5246, section 7.4.1.4).
    #[cfg(feature = "tls12")]
    Tls12ServerHello,
}

/// A set of the extensions that this crate knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtensionSet(u32);

/// Extension, and where it may stand: the table of RFC 8446, section 4.2, with RFC 8449's row.
const TABLE: &[(ExtensionType, &[Carrier])] = {
    use Carrier::{
        Certificate as CT, CertificateRequest as CR, ClientHello as CH, EncryptedExtensions as EE,
        HelloRetryRequest as HRR, NewSessionTicket as NST, ServerHello as SH,
    };
    &[
        (ExtensionType::SERVER_NAME, &[CH, EE]),
        (ExtensionType::MAX_FRAGMENT_LENGTH, &[CH, EE]),
        (ExtensionType::STATUS_REQUEST, &[CH, CR, CT]),
        (ExtensionType::SUPPORTED_GROUPS, &[CH, EE]),
        (ExtensionType::SIGNATURE_ALGORITHMS, &[CH, CR]),
        (ExtensionType::USE_SRTP, &[CH, EE]),
        (ExtensionType::HEARTBEAT, &[CH, EE]),
        (ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, &[CH, EE]),
        (ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP, &[CH, CR, CT]),
        (ExtensionType::CLIENT_CERTIFICATE_TYPE, &[CH, EE]),
        (ExtensionType::SERVER_CERTIFICATE_TYPE, &[CH, EE]),
        (ExtensionType::PADDING, &[CH]),
        (ExtensionType::RECORD_SIZE_LIMIT, &[CH, EE]),
        (ExtensionType::PRE_SHARED_KEY, &[CH, SH]),
        (ExtensionType::EARLY_DATA, &[CH, EE, NST]),
        (ExtensionType::SUPPORTED_VERSIONS, &[CH, SH, HRR]),
        (ExtensionType::COOKIE, &[CH, HRR]),
        (ExtensionType::PSK_KEY_EXCHANGE_MODES, &[CH]),
        (ExtensionType::CERTIFICATE_AUTHORITIES, &[CH, CR]),
        (ExtensionType::OID_FILTERS, &[CR]),
        (ExtensionType::POST_HANDSHAKE_AUTH, &[CH]),
        (ExtensionType::SIGNATURE_ALGORITHMS_CERT, &[CH, CR]),
        (ExtensionType::KEY_SHARE, &[CH, SH, HRR]),
        (ExtensionType::EC_POINT_FORMATS, &[CH]),
        (ExtensionType::EXTENDED_MASTER_SECRET, &[CH]),
        (ExtensionType::SESSION_TICKET, &[CH]),
        (ExtensionType::COMPRESS_CERTIFICATE, &[CH, CR]),
        (ExtensionType::RENEGOTIATION_INFO, &[CH]),
    ]
};

/// What may stand in a ServerHello of TLS 1.2: a column of the table that RFC 8446 does not have.
#[cfg(feature = "tls12")]
const TLS12_SERVER_HELLO: &[ExtensionType] = &[
    ExtensionType::SERVER_NAME,
    ExtensionType::MAX_FRAGMENT_LENGTH,
    // It says nothing there, and some servers send it all the same.
    ExtensionType::SUPPORTED_GROUPS,
    ExtensionType::EC_POINT_FORMATS,
    ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION,
    ExtensionType::EXTENDED_MASTER_SECRET,
    ExtensionType::RECORD_SIZE_LIMIT,
    ExtensionType::SESSION_TICKET,
    ExtensionType::RENEGOTIATION_INFO,
    #[cfg(feature = "raw-public-keys")]
    ExtensionType::CLIENT_CERTIFICATE_TYPE,
    #[cfg(feature = "raw-public-keys")]
    ExtensionType::SERVER_CERTIFICATE_TYPE,
];

impl ExtensionSet {
    /// The set with `extension` in it; unknown ones are left out.
    #[must_use]
    pub fn with(self, extension: ExtensionType) -> Self {
        Self(self.0 | Self::bit(extension))
    }

    /// The set without `extension`.
    #[cfg(feature = "tls12")]
    #[must_use]
    pub fn without(self, extension: ExtensionType) -> Self {
        Self(self.0 & !Self::bit(extension))
    }

    /// Whether `extension` is in the set.
    #[must_use]
    pub fn contains(self, extension: ExtensionType) -> bool {
        self.0 & Self::bit(extension) != 0
    }

    fn bit(extension: ExtensionType) -> u32 {
        let row = TABLE.iter().position(|(known, _)| *known == extension);
        row.and_then(|row| u32::try_from(row).ok()).and_then(|row| 1_u32.checked_shl(row)).unwrap_or(0)
    }
}

/// Whether the table lets a known extension stand in this message; `None` for an unknown extension.
#[must_use]
pub fn allowed(extension: ExtensionType, carrier: Carrier) -> Option<bool> {
    let (_, carriers) = TABLE.iter().find(|(known, _)| *known == extension)?;
    #[cfg(feature = "tls12")]
    if carrier == Carrier::Tls12ServerHello {
        return Some(TLS12_SERVER_HELLO.contains(&extension));
    }
    Some(carriers.contains(&carrier))
}

/// A block of extensions in the message that carries it.
#[derive(Clone, Copy, Debug)]
pub struct Extensions<'a> {
    block: &'a [u8],
    carrier: Carrier,
    offered: Option<ExtensionSet>,
}

impl<'a> Extensions<'a> {
    /// A block in which the sender says what it likes: ClientHello, CertificateRequest, NewSessionTicket.
    #[must_use]
    pub const fn offering(block: &'a [u8], carrier: Carrier) -> Self {
        Self { block, carrier, offered: None }
    }

    /// A block that answers what was `offered`.
    #[must_use]
    pub const fn answering(block: &'a [u8], carrier: Carrier, offered: ExtensionSet) -> Self {
        Self { block, carrier, offered: Some(offered) }
    }

    /// Calls `each` for the known extensions with their contents, which it must read to the end. Unknown ones are
    /// left out where the sender offers, and refused where it answers.
    ///
    /// # Errors
    /// Everything that RFC 8446, section 4.2 forbids, and what `each` says.
    pub fn for_each(
        self,
        each: &mut dyn FnMut(ExtensionType, &mut Reader<'a>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let mut reader = Reader::new(self.block);
        let mut seen = ExtensionSet::default();
        let mut unknown = UnknownSeen::default();
        while !reader.is_empty() {
            let extension = ExtensionType(reader.u16()?);
            let mut content = Reader::new(reader.vec_u16()?);
            // RFC 8446, section 4.2.11: it must be the last.
            if self.carrier == Carrier::ClientHello && seen.contains(ExtensionType::PRE_SHARED_KEY) {
                return Err(DecodeError::IllegalParameter);
            }
            if seen.contains(extension) || unknown.is_repeated(extension) {
                return Err(DecodeError::DuplicateExtension);
            }
            seen = seen.with(extension);
            if self.admit(extension)? {
                each(extension, &mut content)?;
                content.finish()?;
            }
        }
        Ok(())
    }

    /// Whether to look inside; an error where it may not stand.
    fn admit(self, extension: ExtensionType) -> Result<bool, DecodeError> {
        let allowed = allowed(extension, self.carrier);
        // In TLS 1.2 what was not asked for comes first (RFC 5246, section 7.4.1.4).
        #[cfg(feature = "tls12")]
        if self.carrier == Carrier::Tls12ServerHello
            && self.offered.is_some_and(|offered| !offered.contains(extension))
        {
            return Err(DecodeError::UnsolicitedExtension);
        }
        if allowed == Some(false) {
            return Err(DecodeError::MisplacedExtension);
        }
        match self.offered {
            Some(offered) if !offered.contains(extension) => Err(DecodeError::UnsolicitedExtension),
            _ => Ok(allowed.is_some()),
        }
    }
}

/// The first unknown extensions of a block, for finding repetitions.
#[derive(Default)]
struct UnknownSeen(heapless::Vec<ExtensionType, { limits::UNKNOWN_EXTENSIONS }>);

impl UnknownSeen {
    fn is_repeated(&mut self, extension: ExtensionType) -> bool {
        if ExtensionSet::bit(extension) != 0 {
            return false;
        }
        let repeated = self.0.contains(&extension);
        // A full list stops taking notes.
        let _ = self.0.push(extension);
        repeated
    }
}
