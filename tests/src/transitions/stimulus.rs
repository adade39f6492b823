//! What a peer may say.
#![expect(clippy::wildcard_enum_match_arm, reason = "all but a few are messages that real ends say")]

use tidegate::wire::enums::{ContentType, HandshakeType};

use super::samples::Samples;
use crate::insider::{Version, message};

/// Lists what a peer may say, each with its name on the page.
macro_rules! stimuli {
    ($($(#[$doc:meta])* $name:ident = $shown:literal)*) => {
        /// What a peer may say: a handshake message of each type, a record of each other type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Stimulus {
            $($(#[$doc])* $name,)*
        }

        impl Stimulus {
            /// All of them, in the order of the page.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What the page calls it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $shown,)*
                }
            }
        }
    };
}

stimuli! {
    /// Type 0, TLS 1.2 only.
    HelloRequest = "hello_request"
    /// Type 1.
    ClientHello = "client_hello"
    /// Type 2.
    ServerHello = "server_hello"
    /// Type 2 with the random value that says so.
    HelloRetryRequest = "hello_retry_request"
    /// Type 3, of DTLS only: as any type that is unknown.
    HelloVerifyRequest = "hello_verify_request"
    /// Type 4.
    NewSessionTicket = "new_session_ticket"
    /// Type 5.
    EndOfEarlyData = "end_of_early_data"
    /// Type 8.
    EncryptedExtensions = "encrypted_extensions"
    /// Type 11.
    Certificate = "certificate"
    /// Type 12, TLS 1.2 only.
    ServerKeyExchange = "server_key_exchange"
    /// Type 13.
    CertificateRequest = "certificate_request"
    /// Type 14, TLS 1.2 only.
    ServerHelloDone = "server_hello_done"
    /// Type 15.
    CertificateVerify = "certificate_verify"
    /// Type 16, TLS 1.2 only.
    ClientKeyExchange = "client_key_exchange"
    /// Type 20.
    Finished = "finished"
    /// Type 22 (RFC 6066), which is never asked for.
    CertificateStatus = "certificate_status"
    /// Type 24.
    KeyUpdate = "key_update"
    /// Type 24, which asks for one in answer.
    KeyUpdateRequested = "key_update, requested"
    /// Type 25 (RFC 8879), which is never asked for.
    CompressedCertificate = "compressed_certificate"
    /// Type 254, which is in transcripts only.
    MessageHash = "message_hash"
    /// Type 255, which does not exist.
    UnknownMessage = "message of type 255"
    /// A handshake record with nothing in it.
    EmptyHandshake = "empty handshake record"
    /// The byte 1.
    ChangeCipherSpec = "change_cipher_spec"
    /// Another byte.
    OtherChangeCipherSpec = "change_cipher_spec of 2"
    /// handshake_failure.
    FatalAlert = "fatal alert"
    /// unrecognized_name with the level of a warning.
    Warning = "warning"
    /// With the level of a warning, as it has to be in TLS 1.2.
    CloseNotify = "close_notify"
    /// With the level of a warning.
    UserCanceled = "user_canceled"
    /// The first byte of an alert.
    HalfAnAlert = "half an alert"
    /// Four bytes.
    Data = "application data"
    /// None.
    EmptyData = "empty application data"
    /// Type 24 (RFC 6520), which is never agreed on.
    Heartbeat = "heartbeat"
    /// Type 255, which does not exist.
    UnknownRecord = "record of type 255"
}

impl Stimulus {
    /// The type of its record.
    #[must_use]
    pub const fn kind(self) -> ContentType {
        match self {
            Self::ChangeCipherSpec | Self::OtherChangeCipherSpec => ContentType::CHANGE_CIPHER_SPEC,
            Self::FatalAlert | Self::Warning | Self::CloseNotify | Self::UserCanceled => ContentType::ALERT,
            Self::HalfAnAlert => ContentType::ALERT,
            Self::Data | Self::EmptyData => ContentType::APPLICATION_DATA,
            Self::Heartbeat => ContentType(24),
            Self::UnknownRecord => ContentType(255),
            _ => ContentType::HANDSHAKE,
        }
    }

    /// What goes into it: a message of this version, where there is one.
    pub(super) fn content(self, version: Version, samples: &Samples) -> Vec<u8> {
        let made = |kind, body: &[u8]| message(HandshakeType(kind), body);
        match self {
            Self::HelloRequest => made(0, &[]),
            Self::HelloVerifyRequest => made(3, &[3, 3, 1, 7]),
            Self::CertificateStatus => made(22, &[1, 0, 0, 1, 7]),
            Self::KeyUpdate => made(24, &[0]),
            Self::KeyUpdateRequested => made(24, &[1]),
            Self::CompressedCertificate => made(25, &[0, 1, 0, 0, 9, 0, 0, 1, 7]),
            Self::MessageHash => made(254, &[7; 32]),
            Self::UnknownMessage => made(255, &[7; 4]),
            Self::EmptyHandshake | Self::EmptyData => Vec::new(),
            Self::ChangeCipherSpec => vec![1],
            Self::OtherChangeCipherSpec => vec![2],
            Self::FatalAlert => vec![2, 40],
            Self::Warning => vec![1, 112],
            Self::CloseNotify => vec![1, 0],
            Self::UserCanceled => vec![1, 90],
            Self::HalfAnAlert => vec![2],
            Self::Data => b"data".to_vec(),
            Self::Heartbeat | Self::UnknownRecord => vec![1, 0, 0],
            _ => samples.get(self, version),
        }
    }

    /// What a message is.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        Some(match HandshakeType(*content.first()?) {
            HandshakeType::CLIENT_HELLO => Self::ClientHello,
            HandshakeType::SERVER_HELLO if crate::insider::is_retry(content) => Self::HelloRetryRequest,
            HandshakeType::SERVER_HELLO => Self::ServerHello,
            HandshakeType::NEW_SESSION_TICKET => Self::NewSessionTicket,
            HandshakeType::END_OF_EARLY_DATA => Self::EndOfEarlyData,
            HandshakeType::ENCRYPTED_EXTENSIONS => Self::EncryptedExtensions,
            HandshakeType::CERTIFICATE => Self::Certificate,
            HandshakeType::SERVER_KEY_EXCHANGE => Self::ServerKeyExchange,
            HandshakeType::CERTIFICATE_REQUEST => Self::CertificateRequest,
            HandshakeType::SERVER_HELLO_DONE => Self::ServerHelloDone,
            HandshakeType::CERTIFICATE_VERIFY => Self::CertificateVerify,
            HandshakeType::CLIENT_KEY_EXCHANGE => Self::ClientKeyExchange,
            HandshakeType::FINISHED => Self::Finished,
            _ => return None,
        })
    }
}
