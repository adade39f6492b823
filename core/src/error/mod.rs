//! Errors of a connection, by culprit.
//!
//! Every error of the connection is fatal and sticky, and its alert is already in the outgoing bytes. Misuse of the
//! interface is not among them: it has an enum of its own where it can happen.

mod alert;
mod conversion;
mod display;
mod length;

pub use length::Length;

use crate::crypto::CryptoError;
use crate::wire::enums::AlertDescription;

/// Why a connection failed. Small, `Copy`, and the same for ever once it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Error {
    /// The peer broke the protocol.
    PeerMisbehaved(PeerMisbehaved),
    /// The peer keeps to the protocol, and there is nothing that both ends support.
    PeerIncompatible(PeerIncompatible),
    /// The peer sent a fatal alert.
    AlertReceived(AlertDescription),
    /// The application, or a verifier acting for it, said no.
    Refused(Refused),
    /// A limit of this end was reached.
    LimitExceeded(LimitExceeded),
    /// This end failed: its provider, its configuration.
    Internal(Internal),
}

/// How the peer broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PeerMisbehaved {
    /// A message, record or extension that can't be parsed.
    Malformed,
    /// The first bytes are no TLS record: another protocol answers here.
    NotTls,
    /// A message or record that is not allowed now.
    UnexpectedMessage,
    /// A record that does not authenticate.
    BadRecordMac,
    /// A record longer than the protocol or this end allows.
    RecordOverflow,
    /// Handshake bytes follow a message that changes keys in the same record (RFC 8446, section 5.1).
    KeyChangeInsideRecord,
    /// An extension twice in one message.
    DuplicateExtension,
    /// An extension in a message where it does not belong (RFC 8446, section 4.2).
    MisplacedExtension,
    /// An extension in an answer that nobody asked for.
    UnsolicitedExtension,
    /// An extension that must be there is not.
    MissingExtension,
    /// A field whose value is not allowed or contradicts an earlier message.
    IllegalParameter,
    /// A server that knows TLS 1.3 answered with an older version (RFC 8446, section 4.1.3).
    Downgrade,
    /// A HelloRetryRequest that would change nothing in the ClientHello (RFC 8446, section 4.1.4).
    PointlessHelloRetry,
    /// The second ClientHello differs where it may not (RFC 8446, section 4.1.2).
    ChangedClientHello,
    /// A cookie that is none of ours, or too old, or for somebody else (RFC 9147, section 5.1).
    #[cfg(feature = "cookies")]
    BadCookie,
    /// A key share that is no valid public value.
    BadKeyShare,
    /// A CertificateVerify that does not verify.
    BadSignature,
    /// A CertificateVerify by a scheme that was not offered or does not fit the key.
    BadSignatureScheme,
    /// A Finished that does not verify.
    BadFinished,
    /// A binder that does not verify: the client does not have the pre-shared key that it names.
    #[cfg(feature = "psk")]
    BadBinder,
    /// The peer shows another certificate in a renegotiation than before.
    #[cfg(feature = "tls12")]
    ChangedIdentity,
    /// The hello of a renegotiation is not bound to the handshake before it (RFC 5746).
    #[cfg(feature = "tls12")]
    NotBound,
    /// A Certificate message without a certificate.
    NoCertificate,
    /// The transport ended without a close_notify: what was read may be cut short.
    Truncated,
}

/// What both ends do not have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PeerIncompatible {
    /// The peer speaks no version that the configuration allows.
    Version,
    /// No common cipher suite.
    CipherSuite,
    /// No common key exchange group.
    Group,
    /// No common signature scheme.
    SignatureScheme,
    /// No common application protocol (RFC 7301).
    ApplicationProtocol,
    /// No common pre-shared key, and nothing else will do.
    #[cfg(feature = "psk")]
    PreSharedKey,
    /// The client has no certificate, and one is required.
    #[cfg(feature = "tls12")]
    ClientCertificate,
    /// The same in TLS 1.3, which has an alert of its own for it.
    #[cfg(feature = "client-auth")]
    CertificateRequired,
    /// No type of certificates that the one shows and the other takes (RFC 7250).
    #[cfg(feature = "raw-public-keys")]
    CertificateType,
    /// The peer knows no extended master secret (RFC 7627).
    #[cfg(feature = "tls12")]
    ExtendedMasterSecret,
    /// The peer knows no secure renegotiation (RFC 5746).
    #[cfg(feature = "tls12")]
    SecureRenegotiation,
    /// The peer refused the renegotiation.
    #[cfg(feature = "tls12")]
    Renegotiation,
    /// A client fell back to TLS 1.2 though this server knows more (RFC 7507).
    #[cfg(feature = "tls12")]
    Fallback,
}

/// What the application refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refused {
    /// The peer's certificates.
    Certificate(CertificateError),
    /// No identity for the name that the client asked for.
    ServerName,
    /// No identity that fits what the client offers.
    Identity,
    /// An identity that can't be had at present: the connection fails for no fault of the peer's.
    Unavailable,
    /// The signature could not be made.
    Signature,
    /// A renegotiation that the peer began and may not.
    #[cfg(feature = "tls12")]
    Renegotiation,
    /// The application closed the connection before the handshake was done.
    Closed,
    /// The application ended the connection with this alert.
    Application(AlertDescription),
}

/// What is wrong with a peer's certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CertificateError {
    /// A certificate can't be parsed, or holds what it may not.
    BadEncoding,
    /// The validity period is over.
    Expired,
    /// The validity period has not begun.
    NotValidYet,
    /// No path to a trust anchor.
    UnknownIssuer,
    /// The certificate is not for the name that was asked for.
    NameMismatch,
    /// A certificate is not meant for this: no CA where one must be, another extended key usage.
    WrongUsage,
    /// A signature in the chain does not verify.
    BadSignature,
    /// A signature algorithm or key that is not supported or too weak.
    UnsupportedAlgorithm,
    /// The certificate was revoked.
    Revoked,
    /// The chain is longer than the verifier takes.
    TooManyCertificates,
    /// Whether it was revoked is not known: no list says so, or none that is valid.
    #[cfg(feature = "crl")]
    RevocationUnknown,
    /// There is no clock, so validity can't be known.
    NoTime,
    /// Nothing is wrong with them, but the application does not want this peer (`X509_V_ERR_APPLICATION_VERIFICATION`).
    Unwanted,
    /// Another reason, the verifier's own.
    Other,
}

/// Which limit was reached. The numbers stand in [`limits`](crate::limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LimitExceeded {
    /// A record does not fit into the incoming buffer; it would with this many bytes.
    IncomingBuffer {
        /// Bytes that would do.
        needed: Length,
    },
    /// A handshake message longer than is accepted; its length.
    HandshakeMessage {
        /// Bytes of the message.
        length: Length,
    },
    /// A HelloRetryRequest's cookie longer than [`limits::COOKIE`](crate::limits::COOKIE); its length.
    Cookie {
        /// Bytes of the cookie.
        length: Length,
    },
    /// Too many empty records in a row.
    EmptyRecords,
    /// Too many change_cipher_spec records.
    ChangeCipherSpecs,
    /// Too many user_canceled alerts, or warnings in a row.
    WarningAlerts,
    /// Too much early data: more than the ticket says, or than is passed over where none is taken.
    EarlyData,
    /// Too many KeyUpdates without data between them.
    KeyUpdates,
    /// Too many requests for our certificates after the handshake without data between them.
    #[cfg(feature = "post-handshake-auth")]
    CertificateRequests,
    /// Too many requests for a renegotiation where there is none.
    #[cfg(feature = "tls12")]
    Renegotiations,
    /// The sequence number or the usage limit of a key is exhausted.
    KeyUsage,
}

/// How this end failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Internal {
    /// The provider failed.
    Crypto(CryptoError),
    /// A value does not fit where it must go, for example a message into its length field.
    Encoding,
    /// A configuration that can't work, for example no common list of groups with the provider.
    Configuration,
    /// The handshake space was needed and is not there.
    HandshakeSpace,
    /// A state that can't be, kept from becoming anything worse.
    State,
}

impl core::error::Error for Error {}
