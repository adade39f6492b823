//! The ClientHello that a client makes.

use super::enums::{CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme};
use super::extension::ExtensionSet;
#[cfg(feature = "psk")]
use super::pre_shared_key::PskOffer;
#[cfg(feature = "tls12")]
use super::tls12::hello_offer::OfferedVersions;
use super::{RANDOM, Writer, encode_handshake};

/// A list of signature schemes, told one by one to the function given.
pub type Schemes<'a> = &'a dyn Fn(&mut dyn FnMut(SignatureScheme));

/// Everything in a ClientHello of ours. Encoding is a function of these parts alone, so it can be repeated: to send
/// the message in pieces, and to hash it once the server has chosen the hash.
#[derive(Clone, Copy)]
pub struct ClientHelloOffer<'a> {
    /// Fresh random bytes.
    pub random: &'a [u8; RANDOM],
    /// Not empty, for middleboxes (RFC 8446, appendix D.4).
    pub session_id: &'a [u8],
    /// In order of preference.
    pub cipher_suites: &'a [CipherSuite],
    /// The host name, without a trailing dot; none for an address.
    pub server_name: Option<&'a str>,
    /// In order of preference; none where no keys are exchanged beside a pre-shared one.
    pub groups: &'a [NamedGroup],
    /// For CertificateVerify; none where nothing but a pre-shared key will do.
    pub signature_algorithms: Option<Schemes<'a>>,
    /// For certificates.
    pub signature_algorithms_cert: Schemes<'a>,
    /// Application protocols in order of preference, each with its length before it in one byte.
    pub protocols: &'a [u8],
    /// RFC 8449; none where a full record fits.
    pub record_size_limit: Option<u16>,
    /// Code of RFC 6066, section 4; none where a full record fits.
    pub max_fragment_length: Option<u8>,
    /// Whether a server may ask for certificates after the handshake.
    #[cfg(feature = "post-handshake-auth")]
    pub post_handshake_auth: Option<()>,
    /// Whether an OCSP response is wanted.
    #[cfg(feature = "ocsp")]
    pub status_request: Option<()>,
    /// Types of the server's certificates, the preferred one first (RFC 7250); empty where it is X.509 alone.
    #[cfg(feature = "raw-public-keys")]
    pub server_certificate_types: &'a [u8],
    /// Types of ours, in the same way.
    #[cfg(feature = "raw-public-keys")]
    pub client_certificate_types: &'a [u8],
    /// From a HelloRetryRequest.
    pub cookie: Option<&'a [u8]>,
    /// The key share of the group that is liked best.
    pub key_share: (NamedGroup, &'a [u8]),
    /// Another, of a group that stands after it.
    #[cfg(feature = "mlkem")]
    pub second_key_share: Option<(NamedGroup, &'a [u8])>,
    /// The pre-shared keys, and how keys are exchanged beside them.
    #[cfg(feature = "psk")]
    pub psk: PskOffer<'a>,
    /// The versions, and what TLS 1.2 adds.
    #[cfg(feature = "tls12")]
    pub versions: OfferedVersions<'a>,
}

impl core::fmt::Debug for ClientHelloOffer<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ClientHelloOffer").field("cipher_suites", &self.cipher_suites).finish_non_exhaustive()
    }
}

impl ClientHelloOffer<'_> {
    /// Encodes the whole message.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        encode_handshake(writer, HandshakeType::CLIENT_HELLO, &|w| {
            w.u16(ProtocolVersion::TLS_1_2.0);
            w.put(self.random);
            w.vec_u8(&|w| w.put(self.session_id));
            #[cfg(not(feature = "tls12"))]
            w.vec_u16(&|w| self.cipher_suites.iter().for_each(|suite| w.u16(suite.0)));
            #[cfg(feature = "tls12")]
            w.vec_u16(&|w| self.versions.encode_cipher_suites(self.cipher_suites, w));
            w.vec_u8(&|w| w.u8(0));
            w.vec_u16(&|w| {
                self.encode_optional_extensions(w);
                #[cfg(feature = "tls12")]
                self.versions.encode_extensions(w);
                self.encode_mandatory_extensions(w);
                self.encode_key_exchange(w);
            });
        });
    }

    /// The extensions that the server may answer: those that are encoded, but for the one that has no answer.
    #[must_use]
    pub fn extensions(&self) -> ExtensionSet {
        let always = ExtensionSet::default().with(ExtensionType::SUPPORTED_VERSIONS);
        #[cfg(not(feature = "psk"))]
        let exchanges = true;
        #[cfg(feature = "psk")]
        let exchanges = self.exchanges_keys();
        let certified = self.signature_algorithms.is_some();
        let optional = [
            (self.server_name.is_some(), ExtensionType::SERVER_NAME),
            (!self.protocols.is_empty(), ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION),
            (self.record_size_limit.is_some(), ExtensionType::RECORD_SIZE_LIMIT),
            (self.max_fragment_length.is_some(), ExtensionType::MAX_FRAGMENT_LENGTH),
            (self.cookie.is_some(), ExtensionType::COOKIE),
            (exchanges, ExtensionType::SUPPORTED_GROUPS),
            (exchanges, ExtensionType::KEY_SHARE),
            (certified, ExtensionType::SIGNATURE_ALGORITHMS),
            (certified, ExtensionType::SIGNATURE_ALGORITHMS_CERT),
            #[cfg(feature = "psk")]
            (self.psk.psks.is_some(), ExtensionType::PRE_SHARED_KEY),
            #[cfg(feature = "early-data")]
            (self.psk.early_data.is_some(), ExtensionType::EARLY_DATA),
            #[cfg(feature = "ocsp")]
            (self.status_request.is_some(), ExtensionType::STATUS_REQUEST),
            #[cfg(feature = "raw-public-keys")]
            (!self.server_certificate_types.is_empty(), ExtensionType::SERVER_CERTIFICATE_TYPE),
            #[cfg(feature = "raw-public-keys")]
            (!self.client_certificate_types.is_empty(), ExtensionType::CLIENT_CERTIFICATE_TYPE),
        ];
        let there = optional.into_iter().filter(|(is_there, _)| *is_there);
        let set = there.fold(always, |set, (_, extension)| set.with(extension));
        #[cfg(feature = "tls12")]
        let set = self.versions.extensions(set);
        set
    }

    fn encode_optional_extensions(&self, writer: &mut Writer<'_>) {
        if let Some(name) = self.server_name {
            extension(writer, ExtensionType::SERVER_NAME, &|w| {
                w.vec_u16(&|w| {
                    w.u8(0);
                    w.vec_u16(&|w| w.put(name.as_bytes()));
                });
            });
        }
        if !self.protocols.is_empty() {
            extension(writer, ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION, &|w| {
                w.vec_u16(&|w| w.put(self.protocols));
            });
        }
        if let Some(limit) = self.record_size_limit {
            extension(writer, ExtensionType::RECORD_SIZE_LIMIT, &|w| w.u16(limit));
        }
        if let Some(code) = self.max_fragment_length {
            extension(writer, ExtensionType::MAX_FRAGMENT_LENGTH, &|w| w.u8(code));
        }
        #[cfg(feature = "raw-public-keys")]
        self.encode_certificate_types(writer);
        #[cfg(feature = "tls12")]
        if !self.versions.has_tls13() {
            return;
        }
        self.encode_about_certificates(writer);
        if let Some(cookie) = self.cookie {
            extension(writer, ExtensionType::COOKIE, &|w| w.vec_u16(&|w| w.put(cookie)));
        }
    }

    /// What each end may show (RFC 7250, section 3).
    #[cfg(feature = "raw-public-keys")]
    fn encode_certificate_types(&self, writer: &mut Writer<'_>) {
        for (kind, types) in [
            (ExtensionType::SERVER_CERTIFICATE_TYPE, self.server_certificate_types),
            (ExtensionType::CLIENT_CERTIFICATE_TYPE, self.client_certificate_types),
        ] {
            if !types.is_empty() {
                extension(writer, kind, &|w| w.vec_u8(&|w| w.put(types)));
            }
        }
    }

    /// What is wanted of certificates in TLS 1.3, as far as the features have it.
    #[cfg_attr(
        not(any(feature = "post-handshake-auth", feature = "ocsp")),
        expect(clippy::unused_self, clippy::missing_const_for_fn, reason = "the features use it")
    )]
    fn encode_about_certificates(&self, _writer: &mut Writer<'_>) {
        #[cfg(feature = "post-handshake-auth")]
        if self.post_handshake_auth.is_some() {
            extension(_writer, ExtensionType::POST_HANDSHAKE_AUTH, &|_| ());
        }
        #[cfg(feature = "ocsp")]
        if self.status_request.is_some() {
            // OCSP, whoever answers, without extensions.
            extension(_writer, ExtensionType::STATUS_REQUEST, &|w| w.put(&[1, 0, 0, 0, 0]));
        }
    }

    fn encode_mandatory_extensions(&self, writer: &mut Writer<'_>) {
        #[cfg(not(feature = "tls12"))]
        extension(writer, ExtensionType::SUPPORTED_VERSIONS, &|w| {
            w.vec_u8(&|w| w.u16(ProtocolVersion::TLS_1_3.0));
        });
        #[cfg(feature = "tls12")]
        self.versions.encode_supported_versions(writer);
        #[cfg(feature = "psk")]
        if self.exchanges_keys() {
            self.encode_groups(writer);
        }
        #[cfg(not(feature = "psk"))]
        self.encode_groups(writer);
        let Some(signature_algorithms) = self.signature_algorithms else { return };
        extension(writer, ExtensionType::SIGNATURE_ALGORITHMS, &|w| {
            w.vec_u16(&|w| signature_algorithms(&mut |scheme| w.u16(scheme.0)));
        });
        extension(writer, ExtensionType::SIGNATURE_ALGORITHMS_CERT, &|w| {
            w.vec_u16(&|w| (self.signature_algorithms_cert)(&mut |scheme| w.u16(scheme.0)));
        });
    }

    fn encode_groups(&self, writer: &mut Writer<'_>) {
        extension(writer, ExtensionType::SUPPORTED_GROUPS, &|w| {
            w.vec_u16(&|w| self.groups.iter().for_each(|group| w.u16(group.0)));
        });
    }

    /// What TLS 1.3 exchanges keys with; the pre-shared keys come last (RFC 8446, section 4.2.11).
    fn encode_key_exchange(&self, writer: &mut Writer<'_>) {
        #[cfg(feature = "tls12")]
        if !self.versions.has_tls13() {
            return;
        }
        #[cfg(feature = "psk")]
        {
            self.psk.encode_modes(writer);
            if self.exchanges_keys() {
                self.encode_key_share(writer);
            }
            self.psk.encode_psks(writer);
        }
        #[cfg(not(feature = "psk"))]
        {
            // Without it servers send no tickets (RFC 8446, section 4.2.9).
            const PSK_DHE_KE: u8 = 1;
            extension(writer, ExtensionType::PSK_KEY_EXCHANGE_MODES, &|w| w.vec_u8(&|w| w.u8(PSK_DHE_KE)));
            self.encode_key_share(writer);
        }
    }

    /// Whether the hello has a key share.
    #[cfg(feature = "psk")]
    const fn exchanges_keys(&self) -> bool {
        !self.groups.is_empty()
    }

    fn encode_key_share(&self, writer: &mut Writer<'_>) {
        extension(writer, ExtensionType::KEY_SHARE, &|w| {
            w.vec_u16(&|w| {
                key_share(w, self.key_share);
                #[cfg(feature = "mlkem")]
                if let Some(second) = self.second_key_share {
                    key_share(w, second);
                }
            });
        });
    }
}

fn key_share(writer: &mut Writer<'_>, (group, public_value): (NamedGroup, &[u8])) {
    writer.u16(group.0);
    writer.vec_u16(&|w| w.put(public_value));
}

pub(super) fn extension(writer: &mut Writer<'_>, extension: ExtensionType, body: &dyn Fn(&mut Writer<'_>)) {
    writer.u16(extension.0);
    writer.vec_u16(body);
}
