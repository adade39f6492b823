//! Pre-shared keys of TLS 1.3.

/// Whether keys that both ends had before stand for certificates (RFC 8446, section 2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExternalKeys {
    /// They do not.
    #[default]
    Off,
    /// They may; certificates will do as well.
    Allowed,
    /// Nothing but a pre-shared key will do, an external one or that of a session: certificates are neither shown nor looked
    /// at. The one choice for a device that has no means to verify any.
    Required,
}

/// How keys are exchanged beside a pre-shared one (RFC 8446, section 4.2.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PskExchange {
    /// With a key share: who learns the pre-shared key later can't read what was sent.
    #[default]
    Ephemeral,
    /// With a key share where both ends can, else not at all.
    EphemeralOrNone,
    /// Not at all: who learns the pre-shared key can read everything that was ever sent under it. For devices to which a key
    /// exchange is too dear.
    None,
}
