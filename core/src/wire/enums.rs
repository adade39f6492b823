//! The enumerations of the protocol as newtypes over their wire integers, so that unknown values survive.

use core::fmt;

macro_rules! wire_enum {
    ($(#[$doc:meta])* $name:ident($int:ty) { $($(#[$value_doc:meta])* $value:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(
            /// The value on the wire.
            pub $int,
        );

        impl $name {
            $($(#[$value_doc])* pub const $value: Self = Self($number);)*

            /// The name in the registry of the Internet Assigned Numbers Authority, if this crate knows the value.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some(stringify!($value)),)*
                    _ => None,
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, concat!(stringify!($name), "({:#x})"), self.0),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        }
    };
}

wire_enum! {
    /// Type of a record (RFC 8446, section 5.1).
    ContentType(u8) {
        /// Middlebox compatibility only (RFC 8446, appendix D.4).
        CHANGE_CIPHER_SPEC = 20,
        /// An alert.
        ALERT = 21,
        /// Handshake messages.
        HANDSHAKE = 22,
        /// Application data, and the outer type of every protected record.
        APPLICATION_DATA = 23,
    }
}

wire_enum! {
    /// Type of a handshake message (RFC 8446, section 4).
    HandshakeType(u8) {
        /// TLS 1.2 only.
        HELLO_REQUEST = 0,
        /// RFC 8446, section 4.1.2.
        CLIENT_HELLO = 1,
        /// RFC 8446, section 4.1.3; HelloRetryRequest shares its number.
        SERVER_HELLO = 2,
        /// RFC 8446, section 4.6.1.
        NEW_SESSION_TICKET = 4,
        /// RFC 8446, section 4.5.
        END_OF_EARLY_DATA = 5,
        /// RFC 8446, section 4.3.1.
        ENCRYPTED_EXTENSIONS = 8,
        /// RFC 8446, section 4.4.2.
        CERTIFICATE = 11,
        /// RFC 8446, section 4.3.2.
        CERTIFICATE_REQUEST = 13,
        /// RFC 8446, section 4.4.3.
        CERTIFICATE_VERIFY = 15,
        /// RFC 8446, section 4.4.4.
        FINISHED = 20,
        /// RFC 8446, section 4.6.3.
        KEY_UPDATE = 24,
        /// Synthetic, in the transcript only (RFC 8446, section 4.4.1).
        MESSAGE_HASH = 254,
    }
}

wire_enum! {
    /// Level of an alert; in TLS 1.3 the description alone decides (RFC 8446, section 6).
    AlertLevel(u8) {
        /// A closure alert.
        WARNING = 1,
        /// An error alert.
        FATAL = 2,
    }
}

wire_enum! {
    /// Description of an alert (RFC 8446, section 6).
    AlertDescription(u8) {
        /// The sender will send nothing more.
        CLOSE_NOTIFY = 0,
        /// A message out of order.
        UNEXPECTED_MESSAGE = 10,
        /// A record that can't be deprotected.
        BAD_RECORD_MAC = 20,
        /// A record longer than allowed.
        RECORD_OVERFLOW = 22,
        /// No acceptable set of parameters.
        HANDSHAKE_FAILURE = 40,
        /// A corrupt certificate or signature in it.
        BAD_CERTIFICATE = 42,
        /// A certificate of an unsupported type.
        UNSUPPORTED_CERTIFICATE = 43,
        /// A certificate revoked by its signer.
        CERTIFICATE_REVOKED = 44,
        /// A certificate out of its validity period.
        CERTIFICATE_EXPIRED = 45,
        /// A certificate that is unacceptable for another reason.
        CERTIFICATE_UNKNOWN = 46,
        /// A field out of range or inconsistent with others.
        ILLEGAL_PARAMETER = 47,
        /// No chain to a known trust anchor.
        UNKNOWN_CA = 48,
        /// A valid certificate without the right to this access.
        ACCESS_DENIED = 49,
        /// A message that can't be parsed.
        DECODE_ERROR = 50,
        /// A failed cryptographic operation of the handshake.
        DECRYPT_ERROR = 51,
        /// A version that is recognised and not supported.
        PROTOCOL_VERSION = 70,
        /// Parameters less secure than the server requires.
        INSUFFICIENT_SECURITY = 71,
        /// An error that has nothing to do with the peer.
        INTERNAL_ERROR = 80,
        /// An invalid retry with a lower version (RFC 7507).
        INAPPROPRIATE_FALLBACK = 86,
        /// The handshake is cancelled by the user.
        USER_CANCELED = 90,
        /// TLS 1.2: no renegotiation.
        NO_RENEGOTIATION = 100,
        /// An extension that must be there is not.
        MISSING_EXTENSION = 109,
        /// An extension in a message where it was not asked for.
        UNSUPPORTED_EXTENSION = 110,
        /// No server of that name.
        UNRECOGNIZED_NAME = 112,
        /// An invalid OCSP response.
        BAD_CERTIFICATE_STATUS_RESPONSE = 113,
        /// No such pre-shared key.
        UNKNOWN_PSK_IDENTITY = 115,
        /// A client certificate is required.
        CERTIFICATE_REQUIRED = 116,
        /// No common application protocol (RFC 7301).
        NO_APPLICATION_PROTOCOL = 120,
    }
}

wire_enum! {
    /// Version of the protocol.
    ProtocolVersion(u16) {
        /// SSL 3.0, never to be used (RFC 8446, appendix D.5).
        SSL_3_0 = 0x0300,
        /// TLS 1.0, in the record header of a first ClientHello.
        TLS_1_0 = 0x0301,
        /// TLS 1.2, the legacy version of every TLS 1.3 record and hello.
        TLS_1_2 = 0x0303,
        /// TLS 1.3, in `supported_versions` only.
        TLS_1_3 = 0x0304,
    }
}

wire_enum! {
    /// Cipher suite (RFC 8446, appendix B.4).
    CipherSuite(u16) {
        /// AES-128-GCM with SHA-256.
        TLS_AES_128_GCM_SHA256 = 0x1301,
        /// AES-256-GCM with SHA-384.
        TLS_AES_256_GCM_SHA384 = 0x1302,
        /// ChaCha20-Poly1305 with SHA-256.
        TLS_CHACHA20_POLY1305_SHA256 = 0x1303,
    }
}

wire_enum! {
    /// Key exchange group (RFC 8446, section 4.2.7).
    NamedGroup(u16) {
        /// NIST P-256.
        SECP256R1 = 0x0017,
        /// NIST P-384.
        SECP384R1 = 0x0018,
        /// Curve25519 (RFC 7748).
        X25519 = 0x001d,
    }
}

wire_enum! {
    /// Signature scheme (RFC 8446, section 4.2.3).
    SignatureScheme(u16) {
        /// RSASSA-PKCS1-v1_5 with SHA-256; in certificates only.
        RSA_PKCS1_SHA256 = 0x0401,
        /// RSASSA-PKCS1-v1_5 with SHA-384; in certificates only.
        RSA_PKCS1_SHA384 = 0x0501,
        /// RSASSA-PKCS1-v1_5 with SHA-512; in certificates only.
        RSA_PKCS1_SHA512 = 0x0601,
        /// ECDSA on P-256 with SHA-256.
        ECDSA_SECP256R1_SHA256 = 0x0403,
        /// ECDSA on P-384 with SHA-384.
        ECDSA_SECP384R1_SHA384 = 0x0503,
        /// RSASSA-PSS with SHA-256, key of type rsaEncryption.
        RSA_PSS_RSAE_SHA256 = 0x0804,
        /// RSASSA-PSS with SHA-384, key of type rsaEncryption.
        RSA_PSS_RSAE_SHA384 = 0x0805,
        /// RSASSA-PSS with SHA-512, key of type rsaEncryption.
        RSA_PSS_RSAE_SHA512 = 0x0806,
        /// Ed25519.
        ED25519 = 0x0807,
        /// RSASSA-PSS with SHA-256, key of type RSASSA-PSS.
        RSA_PSS_PSS_SHA256 = 0x0809,
        /// RSASSA-PSS with SHA-384, key of type RSASSA-PSS.
        RSA_PSS_PSS_SHA384 = 0x080a,
        /// RSASSA-PSS with SHA-512, key of type RSASSA-PSS.
        RSA_PSS_PSS_SHA512 = 0x080b,
    }
}

impl SignatureScheme {
    /// Whether a CertificateVerify may be signed so: clients list RSASSA-PKCS1-v1_5 and SHA-1 for certificates only
    /// (RFC 8446, section 4.2.3).
    #[must_use]
    pub const fn is_for_handshakes(self) -> bool {
        let [hash, signature] = self.0.to_be_bytes();
        // SHA-1 is 2, RSASSA-PKCS1-v1_5 is 1, in the code points taken over from TLS 1.2.
        !(hash <= 6 && (signature == 1 || hash <= 2))
    }
}

wire_enum! {
    /// Type of an extension (RFC 8446, section 4.2).
    ExtensionType(u16) {
        /// RFC 6066, section 3.
        SERVER_NAME = 0,
        /// RFC 6066, section 4.
        MAX_FRAGMENT_LENGTH = 1,
        /// RFC 6066, section 8.
        STATUS_REQUEST = 5,
        /// RFC 8446, section 4.2.7.
        SUPPORTED_GROUPS = 10,
        /// RFC 8422, section 5.1.2; TLS 1.2 only.
        EC_POINT_FORMATS = 11,
        /// RFC 8446, section 4.2.3.
        SIGNATURE_ALGORITHMS = 13,
        /// RFC 5764.
        USE_SRTP = 14,
        /// RFC 6520.
        HEARTBEAT = 15,
        /// RFC 7301.
        APPLICATION_LAYER_PROTOCOL_NEGOTIATION = 16,
        /// RFC 6962.
        SIGNED_CERTIFICATE_TIMESTAMP = 18,
        /// RFC 7250.
        CLIENT_CERTIFICATE_TYPE = 19,
        /// RFC 7250.
        SERVER_CERTIFICATE_TYPE = 20,
        /// RFC 7685.
        PADDING = 21,
        /// RFC 7627; TLS 1.2 only.
        EXTENDED_MASTER_SECRET = 23,
        /// RFC 8879.
        COMPRESS_CERTIFICATE = 27,
        /// RFC 8449.
        RECORD_SIZE_LIMIT = 28,
        /// RFC 5077; TLS 1.2 only.
        SESSION_TICKET = 35,
        /// RFC 8446, section 4.2.11.
        PRE_SHARED_KEY = 41,
        /// RFC 8446, section 4.2.10.
        EARLY_DATA = 42,
        /// RFC 8446, section 4.2.1.
        SUPPORTED_VERSIONS = 43,
        /// RFC 8446, section 4.2.2.
        COOKIE = 44,
        /// RFC 8446, section 4.2.9.
        PSK_KEY_EXCHANGE_MODES = 45,
        /// RFC 8446, section 4.2.4.
        CERTIFICATE_AUTHORITIES = 47,
        /// RFC 8446, section 4.2.5.
        OID_FILTERS = 48,
        /// RFC 8446, section 4.2.6.
        POST_HANDSHAKE_AUTH = 49,
        /// RFC 8446, section 4.2.3.
        SIGNATURE_ALGORITHMS_CERT = 50,
        /// RFC 8446, section 4.2.8.
        KEY_SHARE = 51,
        /// RFC 5746; TLS 1.2 only.
        RENEGOTIATION_INFO = 65281,
    }
}

wire_enum! {
    /// Whether the receiver of a KeyUpdate must answer with one (RFC 8446, section 4.6.3).
    KeyUpdateRequest(u8) {
        /// No answer is asked for.
        UPDATE_NOT_REQUESTED = 0,
        /// The receiver updates its sending keys too.
        UPDATE_REQUESTED = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{CipherSuite, NamedGroup};

    #[test]
    fn known_values_show_their_registered_name() {
        assert_eq!(std::format!("{}", CipherSuite::TLS_AES_128_GCM_SHA256), "TLS_AES_128_GCM_SHA256");
    }

    #[test]
    fn unknown_values_survive_and_show_their_number() {
        assert_eq!(std::format!("{}", NamedGroup(0x0a0a)), "NamedGroup(0xa0a)");
    }
}
