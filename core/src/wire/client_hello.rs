//! ClientHello (RFC 8446, section 4.1.2).

use super::RANDOM;
use super::enums::{ExtensionType, ProtocolVersion};
use super::extension::{Carrier, Extensions};
#[cfg(feature = "certificate-authorities")]
use super::lists::DistinguishedNames;
use super::lists::{KeyShares, ProtocolNames, U16List};
use super::reader::{DecodeError, Reader, non_empty};

/// A ClientHello as it was received.
#[derive(Clone, Copy, Debug)]
pub struct ClientHello<'a> {
    /// TLS 1.2 in a TLS 1.3 hello.
    pub legacy_version: ProtocolVersion,
    /// Fresh random bytes.
    pub random: &'a [u8; RANDOM],
    /// At most 32 bytes, to be echoed.
    pub session_id: &'a [u8],
    /// In order of preference.
    pub cipher_suites: U16List<'a>,
    /// Exactly one zero byte in a TLS 1.3 hello.
    pub compression_methods: &'a [u8],
    /// The extensions that this crate knows.
    pub extensions: ClientExtensions<'a>,
    /// From the start of the body to the end of the compression methods.
    fixed_part: &'a [u8],
    block: &'a [u8],
}

/// The extensions of a ClientHello that this crate looks at.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientExtensions<'a> {
    /// The host name of `server_name` (RFC 6066, section 3); not checked to be a name.
    pub server_name: Option<&'a [u8]>,
    /// `supported_versions`
    pub supported_versions: Option<U16List<'a>>,
    /// `supported_groups`
    pub supported_groups: Option<U16List<'a>>,
    /// `signature_algorithms`
    pub signature_algorithms: Option<U16List<'a>>,
    /// `signature_algorithms_cert`
    pub signature_algorithms_cert: Option<U16List<'a>>,
    /// `key_share`
    pub key_shares: Option<KeyShares<'a>>,
    /// `application_layer_protocol_negotiation`
    pub protocols: Option<ProtocolNames<'a>>,
    /// `record_size_limit` (RFC 8449)
    pub record_size_limit: Option<u16>,
    /// The code of `max_fragment_length` (RFC 6066, section 4).
    pub max_fragment_length: Option<u8>,
    /// `cookie`
    pub cookie: Option<&'a [u8]>,
    /// `psk_key_exchange_modes`
    pub psk_key_exchange_modes: Option<&'a [u8]>,
    /// The contents of `pre_shared_key`, which stands last.
    pub pre_shared_key: Option<&'a [u8]>,
    /// Whether `status_request` asks for an OCSP response (RFC 6066, section 8).
    #[cfg(feature = "ocsp")]
    pub status_request: Option<()>,
    /// `server_certificate_type` (RFC 7250)
    #[cfg(feature = "raw-public-keys")]
    pub server_certificate_types: Option<&'a [u8]>,
    /// `client_certificate_type` (RFC 7250)
    #[cfg(feature = "raw-public-keys")]
    pub client_certificate_types: Option<&'a [u8]>,
    /// `certificate_authorities` (RFC 8446, section 4.2.4)
    #[cfg(feature = "certificate-authorities")]
    pub authorities: Option<DistinguishedNames<'a>>,
    /// Whether `early_data` is there.
    pub early_data: Option<()>,
    /// Whether `extended_master_secret` is there (RFC 7627).
    #[cfg(feature = "tls12")]
    pub extended_master_secret: Option<()>,
    /// The contents of `session_ticket` (RFC 5077): a ticket, or nothing to ask for one.
    #[cfg(feature = "tls12")]
    pub session_ticket: Option<&'a [u8]>,
    /// The `renegotiated_connection` of `renegotiation_info` (RFC 5746): nothing in a first handshake, else the
    /// client's last verify_data.
    #[cfg(feature = "tls12")]
    pub renegotiation_info: Option<&'a [u8]>,
    /// The formats of `ec_point_formats` (RFC 8422, section 5.1.2), at least one. In TLS 1.2 one must be 0; TLS 1.3
    /// ignores them, so that is not checked here.
    #[cfg(feature = "tls12")]
    pub ec_point_formats: Option<&'a [u8]>,
}

impl<'a> ClientHello<'a> {
    /// Parses the body of a ClientHello.
    ///
    /// # Errors
    /// [`DecodeError`] for all that RFC 8446 forbids in any ClientHello, TLS 1.3 or older.
    pub fn parse(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let legacy_version = ProtocolVersion(reader.u16()?);
        let random = reader.array()?;
        let session_id = reader.vec_u8()?;
        if session_id.len() > 32 {
            return Err(DecodeError::Malformed);
        }
        let cipher_suites = U16List::parse(reader.vec_u16()?)?;
        let compression_methods = non_empty(reader.vec_u8()?)?;
        let fixed_part = body.get(..body.len().saturating_sub(reader.rest().len())).unwrap_or_default();
        // Before TLS 1.3 the whole block may be left out.
        let block = if reader.is_empty() { &[] } else { reader.vec_u16()? };
        reader.finish()?;
        let extensions = ClientExtensions::parse(block)?;
        Ok(Self {
            legacy_version,
            random,
            session_id,
            cipher_suites,
            compression_methods,
            extensions,
            fixed_part,
            block,
        })
    }

    /// Calls `each` with the pieces that a second ClientHello must repeat (RFC 8446, section 4.1.2).
    ///
    /// # Errors
    /// What `each` says.
    pub fn for_each_lasting_piece<E>(self, each: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        each(self.fixed_part)?;
        let mut reader = Reader::new(self.block);
        while let (Ok(extension), Ok(content)) = (reader.u16(), reader.vec_u16()) {
            if !may_change(ExtensionType(extension)) {
                each(&extension.to_be_bytes())?;
                each(&u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes())?;
                each(content)?;
            }
        }
        Ok(())
    }
}

/// What a client changes in answer to a HelloRetryRequest.
const fn may_change(extension: ExtensionType) -> bool {
    matches!(
        extension,
        ExtensionType::KEY_SHARE
            | ExtensionType::COOKIE
            | ExtensionType::EARLY_DATA
            | ExtensionType::PRE_SHARED_KEY
            | ExtensionType::PADDING
    )
}

impl<'a> ClientExtensions<'a> {
    fn parse(block: &'a [u8]) -> Result<Self, DecodeError> {
        let mut found = Self::default();
        Extensions::offering(block, Carrier::ClientHello)
            .for_each(&mut |extension, content| found.read(extension, content))?;
        Ok(found)
    }

    fn read(&mut self, extension: ExtensionType, content: &mut Reader<'a>) -> Result<(), DecodeError> {
        match extension {
            ExtensionType::SERVER_NAME => self.server_name = read_server_name(content)?,
            ExtensionType::SUPPORTED_VERSIONS => {
                self.supported_versions = Some(U16List::parse(content.vec_u8()?)?);
            }
            ExtensionType::SUPPORTED_GROUPS => self.supported_groups = Some(read_list(content)?),
            ExtensionType::SIGNATURE_ALGORITHMS => self.signature_algorithms = Some(read_list(content)?),
            ExtensionType::SIGNATURE_ALGORITHMS_CERT => {
                self.signature_algorithms_cert = Some(read_list(content)?);
            }
            ExtensionType::KEY_SHARE => self.key_shares = Some(KeyShares::parse(content.vec_u16()?)?),
            ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION => {
                self.protocols = Some(ProtocolNames::parse(content.vec_u16()?)?);
            }
            ExtensionType::RECORD_SIZE_LIMIT => self.record_size_limit = Some(read_size_limit(content)?),
            ExtensionType::MAX_FRAGMENT_LENGTH => self.max_fragment_length = Some(content.u8()?),
            ExtensionType::COOKIE => self.cookie = Some(non_empty(content.vec_u16()?)?),
            ExtensionType::PSK_KEY_EXCHANGE_MODES => {
                self.psk_key_exchange_modes = Some(non_empty(content.vec_u8()?)?);
            }
            ExtensionType::PRE_SHARED_KEY => self.pre_shared_key = Some(skip(content)?),
            ExtensionType::EARLY_DATA => self.early_data = Some(()),
            #[cfg(feature = "tls12")]
            ExtensionType::EXTENDED_MASTER_SECRET => self.extended_master_secret = Some(()),
            #[cfg(feature = "tls12")]
            ExtensionType::SESSION_TICKET => self.session_ticket = Some(skip(content)?),
            #[cfg(feature = "tls12")]
            ExtensionType::RENEGOTIATION_INFO => self.renegotiation_info = Some(content.vec_u8()?),
            #[cfg(feature = "tls12")]
            ExtensionType::EC_POINT_FORMATS => self.ec_point_formats = Some(non_empty(content.vec_u8()?)?),
            _ => return self.read_about_certificates(extension, content),
        }
        Ok(())
    }

    /// What is wanted of certificates, as far as the features have it.
    fn read_about_certificates(
        &mut self,
        extension: ExtensionType,
        content: &mut Reader<'a>,
    ) -> Result<(), DecodeError> {
        match extension {
            #[cfg(feature = "ocsp")]
            ExtensionType::STATUS_REQUEST => self.status_request = read_status_request(content)?,
            #[cfg(feature = "raw-public-keys")]
            ExtensionType::SERVER_CERTIFICATE_TYPE => {
                self.server_certificate_types = Some(non_empty(content.vec_u8()?)?);
            }
            #[cfg(feature = "raw-public-keys")]
            ExtensionType::CLIENT_CERTIFICATE_TYPE => {
                self.client_certificate_types = Some(non_empty(content.vec_u8()?)?);
            }
            #[cfg(feature = "certificate-authorities")]
            ExtensionType::CERTIFICATE_AUTHORITIES => {
                self.authorities = Some(DistinguishedNames::parse(non_empty(content.vec_u16()?)?)?);
            }
            _ => {
                skip(content)?;
            }
        }
        Ok(())
    }
}

/// Whether it is OCSP that is asked for; other kinds are passed over (RFC 6066, section 8).
#[cfg(feature = "ocsp")]
fn read_status_request(content: &mut Reader<'_>) -> Result<Option<()>, DecodeError> {
    const OCSP: u8 = 1;
    if content.u8()? != OCSP {
        skip(content)?;
        return Ok(None);
    }
    let mut responders = Reader::new(content.vec_u16()?);
    while !responders.is_empty() {
        non_empty(responders.vec_u16()?)?;
    }
    content.vec_u16()?;
    Ok(Some(()))
}

fn read_list<'a>(content: &mut Reader<'a>) -> Result<U16List<'a>, DecodeError> {
    U16List::parse(content.vec_u16()?)
}

fn skip<'a>(content: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
    content.take(content.rest().len())
}

/// Values below 64 are illegal (RFC 8449, section 4).
pub(super) fn read_size_limit(content: &mut Reader<'_>) -> Result<u16, DecodeError> {
    let limit = content.u16()?;
    if limit < 64 { Err(DecodeError::IllegalParameter) } else { Ok(limit) }
}

/// The one host name; other name types are passed over (RFC 6066, section 3).
fn read_server_name<'a>(content: &mut Reader<'a>) -> Result<Option<&'a [u8]>, DecodeError> {
    const HOST_NAME: u8 = 0;
    let mut names = Reader::new(non_empty(content.vec_u16()?)?);
    let mut host = None;
    while !names.is_empty() {
        let kind = names.u8()?;
        let name = non_empty(names.vec_u16()?)?;
        if kind != HOST_NAME {
            continue;
        }
        if host.is_some() {
            return Err(DecodeError::IllegalParameter);
        }
        host = Some(name);
    }
    Ok(host)
}
