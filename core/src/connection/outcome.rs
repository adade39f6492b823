//! Why a call did not do what it was asked for. None of these is an error of the connection but `Failed`, which is it.

use core::fmt;

use super::event::Want;
use crate::error::Error;
use crate::modes::write::WrongRetry;

/// Why a write returned without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum WriteError {
    /// Something else stands first; repeat the call after it, with the same data.
    Blocked(Want),
    /// This is no retry of the write that is pending. Nothing changed: the right one goes on.
    Refused(WrongRetry),
    /// Our direction is closed, or closing.
    Closed,
    /// The connection failed.
    Failed(Error),
}

/// Why a read returned without data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ReadError {
    /// Something else stands first; repeat the call after it.
    Blocked(Want),
    /// A record was dealt with that was no data, and the mode AUTO_RETRY is off. Repeat the call.
    Progress,
    /// The peer has closed its direction with a close_notify: the end of the stream.
    Closed,
    /// The connection failed.
    Failed(Error),
}

/// Why new sending keys were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum UpdateKeysError {
    /// The connection is one of TLS 1.2, which has no KeyUpdate.
    #[cfg(feature = "tls12")]
    Version,
    /// The handshake is not done.
    Handshaking,
    /// A write is pending, all of whose records leave under one key; or a KeyUpdate waits already.
    Blocked,
    /// Our direction is closed or closing.
    Closed,
    /// The connection failed.
    Failed(Error),
}

/// Why no renegotiation begins.
#[cfg(feature = "tls12")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RenegotiateError {
    /// The connection is one of TLS 1.3, which has no renegotiation.
    Version,
    /// The configuration does not allow it.
    Denied,
    /// A handshake is in progress.
    Handshaking,
    /// Our direction is closed or closing.
    Closed,
    /// The connection failed.
    Failed(Error),
}

/// How far a shutdown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Shutdown {
    /// Our close_notify has left (in sealed completion: is among the outgoing bytes); the peer's is not there yet.
    Sent,
    /// Both directions are closed.
    Both,
}

/// Why a shutdown returned without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ShutdownError {
    /// Something else stands first: with [`Want::Outgoing`], outgoing bytes, or the retry of the write that is pending;
    /// with [`Want::Incoming`], the peer's close_notify. Repeat the call after it.
    Blocked(Want),
    /// A record was dealt with that was no close_notify, and the mode AUTO_RETRY is off. Repeat the call.
    Progress,
    /// Data stands before the peer's close_notify: read it.
    Unread,
    /// The handshake is not done; nothing changed.
    Handshaking,
    /// The connection failed.
    Failed(Error),
}

/// Why no keying material was exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ExportError {
    /// The handshake is not done, or the connection failed.
    NotConnected,
    /// The label, or the length, is longer than HKDF-Expand-Label takes, or the provider failed.
    Crypto(crate::crypto::CryptoError),
    /// The connection may be renegotiated: it has no channel binding (RFC 9266, section 2).
    #[cfg(feature = "tls12")]
    Renegotiation,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocked(want) => write!(f, "the write waits: {want}"),
            Self::Refused(WrongRetry::Shorter) => {
                f.write_str("wrong write retry: shorter than what was offered")
            }
            Self::Refused(WrongRetry::Moved) => f.write_str("wrong write retry: the buffer has moved"),
            Self::Refused(WrongRetry::Different) => f.write_str("wrong write retry: the content differs"),
            Self::Closed => f.write_str("this direction is closed"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocked(want) => write!(f, "the read waits: {want}"),
            Self::Progress => f.write_str("a record without data was dealt with"),
            Self::Closed => f.write_str("the peer has closed its direction"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for ShutdownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocked(want) => write!(f, "the shutdown waits: {want}"),
            Self::Progress => f.write_str("a record that is no close_notify was dealt with"),
            Self::Unread => f.write_str("there is data to read before the peer's close_notify"),
            Self::Handshaking => f.write_str("the handshake is not done"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for UpdateKeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handshaking => f.write_str("the handshake is not done"),
            #[cfg(feature = "tls12")]
            Self::Version => f.write_str("TLS 1.2 has no key updates"),
            Self::Blocked => f.write_str("a write or another key update is pending"),
            Self::Closed => f.write_str("this direction is closed"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

#[cfg(feature = "tls12")]
impl fmt::Display for RenegotiateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("TLS 1.3 has no renegotiation"),
            Self::Denied => f.write_str("the configuration does not allow a renegotiation"),
            Self::Handshaking => f.write_str("a handshake is in progress"),
            Self::Closed => f.write_str("this direction is closed"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected => f.write_str("the handshake is not done"),
            Self::Crypto(error) => error.fmt(f),
            #[cfg(feature = "tls12")]
            Self::Renegotiation => f.write_str("what may be renegotiated has no channel binding"),
        }
    }
}

/// The machines know nothing of it.
#[cfg(feature = "defmt")]
impl defmt::Format for WrongRetry {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Shorter => defmt::write!(f, "Shorter"),
            Self::Moved => defmt::write!(f, "Moved"),
            Self::Different => defmt::write!(f, "Different"),
        }
    }
}

impl core::error::Error for WriteError {}
impl core::error::Error for ReadError {}
impl core::error::Error for ShutdownError {}
impl core::error::Error for UpdateKeysError {}
#[cfg(feature = "tls12")]
impl core::error::Error for RenegotiateError {}
impl core::error::Error for ExportError {}
