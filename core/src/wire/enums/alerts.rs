//! Alerts.

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
