//! ServerHello and HelloRetryRequest, which share a form (RFC 8446, sections 4.1.3 and 4.1.4).

use super::enums::{CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion};
use super::extension::{Carrier, ExtensionSet, Extensions};
use super::reader::{DecodeError, Reader, non_empty};
#[cfg(feature = "tls12")]
use super::tls12::server_hello::ServerHelloExtensions;
use super::{RANDOM, Writer, encode_handshake};

/// SHA-256 of "HelloRetryRequest": the random value that marks one.
const HELLO_RETRY_REQUEST_RANDOM: [u8; RANDOM] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];
/// Ends the random value of a TLS 1.3 server that answers with TLS 1.2 or with less.
const DOWNGRADE_SENTINELS: [&[u8; 8]; 2] = [b"DOWNGRD\x01", b"DOWNGRD\x00"];
/// The one for TLS 1.2.
#[cfg(feature = "tls12")]
pub(crate) const DOWNGRADE_TO_TLS12: [u8; 8] = *DOWNGRADE_SENTINELS[0];

/// A ServerHello or HelloRetryRequest as it was received.
#[derive(Clone, Copy, Debug)]
pub struct ServerHello<'a> {
    /// TLS 1.2, or what an older server chose.
    pub legacy_version: ProtocolVersion,
    /// Fresh random bytes, or the mark of a HelloRetryRequest.
    pub random: &'a [u8; RANDOM],
    /// The echo of the client's session id.
    pub session_id: &'a [u8],
    /// The one suite that was chosen.
    pub cipher_suite: CipherSuite,
    /// Zero.
    pub compression_method: u8,
    /// The block, still to be read: what is legal in it depends on what it answers.
    block: &'a [u8],
}

/// The extensions of a ServerHello.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServerExtensions<'a> {
    /// `key_share`: group and public value.
    pub key_share: Option<(NamedGroup, &'a [u8])>,
    /// `pre_shared_key`: the index of the identity that was chosen.
    pub pre_shared_key: Option<u16>,
}

/// The extensions of a HelloRetryRequest.
#[derive(Clone, Copy, Debug, Default)]
pub struct RetryExtensions<'a> {
    /// `key_share`: the group wanted.
    pub selected_group: Option<NamedGroup>,
    /// `cookie`, to be returned.
    pub cookie: Option<&'a [u8]>,
}

impl<'a> ServerHello<'a> {
    /// Parses the body of a ServerHello, all but its extensions.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for lengths that contradict each other.
    pub fn parse(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let legacy_version = ProtocolVersion(reader.u16()?);
        let random = reader.array()?;
        let session_id = reader.vec_u8()?;
        if session_id.len() > 32 {
            return Err(DecodeError::Malformed);
        }
        let cipher_suite = CipherSuite(reader.u16()?);
        let compression_method = reader.u8()?;
        let block = if reader.is_empty() { &[] } else { reader.vec_u16()? };
        reader.finish()?;
        Ok(Self { legacy_version, random, session_id, cipher_suite, compression_method, block })
    }

    /// Whether this is a HelloRetryRequest.
    #[must_use]
    pub fn is_hello_retry_request(&self) -> bool {
        *self.random == HELLO_RETRY_REQUEST_RANDOM
    }

    /// Whether the server says that it could do better than the version it chose (RFC 8446, section 4.1.3).
    #[must_use]
    pub fn has_downgrade_sentinel(&self) -> bool {
        DOWNGRADE_SENTINELS.iter().any(|sentinel| self.random.ends_with(*sentinel))
    }

    /// The version chosen in `supported_versions`, which older servers leave out.
    ///
    /// # Errors
    /// [`DecodeError`] where the block can't be walked.
    pub fn selected_version(&self) -> Result<Option<ProtocolVersion>, DecodeError> {
        let mut reader = Reader::new(self.block);
        while !reader.is_empty() {
            let extension = ExtensionType(reader.u16()?);
            let mut content = Reader::new(reader.vec_u16()?);
            if extension == ExtensionType::SUPPORTED_VERSIONS {
                return content.u16().map(ProtocolVersion).map(Some);
            }
        }
        Ok(None)
    }

    /// The extensions of a ServerHello that answers a hello with these extensions.
    ///
    /// # Errors
    /// [`DecodeError`] for all that RFC 8446 forbids there.
    pub fn extensions(&self, offered: ExtensionSet) -> Result<ServerExtensions<'a>, DecodeError> {
        let mut found = ServerExtensions::default();
        Extensions::answering(self.block, Carrier::ServerHello, offered).for_each(
            &mut |extension, content| {
                match extension {
                    ExtensionType::KEY_SHARE => {
                        let group = NamedGroup(content.u16()?);
                        found.key_share = Some((group, non_empty(content.vec_u16()?)?));
                    }
                    ExtensionType::PRE_SHARED_KEY => found.pre_shared_key = Some(content.u16()?),
                    _ => {
                        content.u16()?;
                    }
                }
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// The extensions of a TLS 1.2 ServerHello that answers a hello with these extensions.
    ///
    /// # Errors
    /// [`DecodeError`] for all that RFC 5246, section 7.4.1.4, and the extensions' own documents forbid there.
    #[cfg(feature = "tls12")]
    pub fn tls12_extensions(&self, offered: ExtensionSet) -> Result<ServerHelloExtensions<'a>, DecodeError> {
        ServerHelloExtensions::parse(self.block, offered)
    }

    /// The extensions of a HelloRetryRequest that answers a hello with these extensions.
    ///
    /// # Errors
    /// [`DecodeError`] for all that RFC 8446 forbids there.
    pub fn retry_extensions(&self, offered: ExtensionSet) -> Result<RetryExtensions<'a>, DecodeError> {
        let mut found = RetryExtensions::default();
        // The one extension that a server may send without having been asked.
        let offered = offered.with(ExtensionType::COOKIE);
        Extensions::answering(self.block, Carrier::HelloRetryRequest, offered).for_each(
            &mut |extension, content| {
                match extension {
                    ExtensionType::KEY_SHARE => found.selected_group = Some(NamedGroup(content.u16()?)),
                    ExtensionType::COOKIE => found.cookie = Some(non_empty(content.vec_u16()?)?),
                    _ => {
                        content.u16()?;
                    }
                }
                Ok(())
            },
        )?;
        Ok(found)
    }
}

/// What a server answers a ClientHello with.
#[derive(Clone, Copy, Debug)]
pub struct ServerHelloAnswer<'a> {
    /// Fresh random bytes; ignored in a HelloRetryRequest.
    pub random: &'a [u8; RANDOM],
    /// The echo of the client's session id.
    pub session_id: &'a [u8],
    /// The suite chosen.
    pub cipher_suite: CipherSuite,
    /// The key exchange group.
    pub group: NamedGroup,
    /// Our public value, or nothing to ask for another ClientHello with a share of the group; an empty one where no keys are
    /// exchanged beside a pre-shared one.
    pub public_value: Option<&'a [u8]>,
    /// The cookie of a HelloRetryRequest.
    #[cfg(feature = "cookies")]
    pub cookie: Option<&'a [u8]>,
    /// The place of the pre-shared key that was chosen.
    #[cfg(feature = "psk")]
    pub pre_shared_key: Option<u16>,
}

impl ServerHelloAnswer<'_> {
    /// Encodes the whole message.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        let random = if self.public_value.is_some() { self.random } else { &HELLO_RETRY_REQUEST_RANDOM };
        encode_handshake(writer, HandshakeType::SERVER_HELLO, &|w| {
            w.u16(ProtocolVersion::TLS_1_2.0);
            w.put(random);
            w.vec_u8(&|w| w.put(self.session_id));
            w.u16(self.cipher_suite.0);
            w.u8(0);
            w.vec_u16(&|w| self.encode_extensions(w));
        });
    }

    fn encode_extensions(&self, writer: &mut Writer<'_>) {
        #[cfg(feature = "psk")]
        if let Some(index) = self.pre_shared_key {
            writer.u16(ExtensionType::PRE_SHARED_KEY.0);
            writer.vec_u16(&|w| w.u16(index));
        }
        #[cfg(feature = "psk")]
        if self.public_value.is_none_or(|value| !value.is_empty()) {
            self.encode_key_share(writer);
        }
        #[cfg(not(feature = "psk"))]
        self.encode_key_share(writer);
        #[cfg(feature = "cookies")]
        if let Some(cookie) = self.cookie {
            writer.u16(ExtensionType::COOKIE.0);
            writer.vec_u16(&|w| w.vec_u16(&|w| w.put(cookie)));
        }
        writer.u16(ExtensionType::SUPPORTED_VERSIONS.0);
        writer.vec_u16(&|w| w.u16(ProtocolVersion::TLS_1_3.0));
    }

    fn encode_key_share(&self, writer: &mut Writer<'_>) {
        // A HelloRetryRequest for a cookie alone has none.
        #[cfg(feature = "cookies")]
        if self.group == NamedGroup(0) {
            return;
        }
        writer.u16(ExtensionType::KEY_SHARE.0);
        writer.vec_u16(&|w| {
            w.u16(self.group.0);
            if let Some(value) = self.public_value {
                w.vec_u16(&|w| w.put(value));
            }
        });
    }
}
