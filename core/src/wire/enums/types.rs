//! Types of records, messages and extensions, and versions.

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
        /// TLS 1.2 only (RFC 5246, section 7.4.3).
        #[cfg(feature = "tls12")]
        SERVER_KEY_EXCHANGE = 12,
        /// RFC 8446, section 4.3.2.
        CERTIFICATE_REQUEST = 13,
        /// TLS 1.2 only (RFC 5246, section 7.4.5).
        #[cfg(feature = "tls12")]
        SERVER_HELLO_DONE = 14,
        /// RFC 8446, section 4.4.3.
        CERTIFICATE_VERIFY = 15,
        /// TLS 1.2 only (RFC 5246, section 7.4.7).
        #[cfg(feature = "tls12")]
        CLIENT_KEY_EXCHANGE = 16,
        /// RFC 8446, section 4.4.4.
        FINISHED = 20,
        /// RFC 8446, section 4.6.3.
        KEY_UPDATE = 24,
        /// Synthetic, in the transcript only (RFC 8446, section 4.4.1).
        MESSAGE_HASH = 254,
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

wire_enum! {
    /// How keys are exchanged beside a pre-shared one (RFC 8446, section 4.2.9).
    PskKeyExchangeMode(u8) {
        /// Not at all.
        PSK_KE = 0,
        /// With a key share.
        PSK_DHE_KE = 1,
    }
}
