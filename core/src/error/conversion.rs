//! From the parts of an error, and from the errors of lower layers, to [`Error`].

use super::{Error, Internal, LimitExceeded, PeerIncompatible, PeerMisbehaved, Refused};
use crate::crypto::CryptoError;
use crate::wire::DecodeError;

impl From<PeerMisbehaved> for Error {
    fn from(error: PeerMisbehaved) -> Self {
        Self::PeerMisbehaved(error)
    }
}

impl From<PeerIncompatible> for Error {
    fn from(error: PeerIncompatible) -> Self {
        Self::PeerIncompatible(error)
    }
}

impl From<Refused> for Error {
    fn from(error: Refused) -> Self {
        Self::Refused(error)
    }
}

impl From<LimitExceeded> for Error {
    fn from(error: LimitExceeded) -> Self {
        Self::LimitExceeded(error)
    }
}

impl From<CryptoError> for Error {
    fn from(error: CryptoError) -> Self {
        Self::Internal(Internal::Crypto(error))
    }
}

impl From<Internal> for Error {
    fn from(error: Internal) -> Self {
        Self::Internal(error)
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::PeerMisbehaved(match error {
            DecodeError::Malformed => PeerMisbehaved::Malformed,
            DecodeError::IllegalParameter => PeerMisbehaved::IllegalParameter,
            DecodeError::DuplicateExtension => PeerMisbehaved::DuplicateExtension,
            DecodeError::MisplacedExtension => PeerMisbehaved::MisplacedExtension,
            DecodeError::UnsolicitedExtension => PeerMisbehaved::UnsolicitedExtension,
            DecodeError::MissingExtension => PeerMisbehaved::MissingExtension,
        })
    }
}
