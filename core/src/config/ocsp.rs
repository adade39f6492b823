//! Stapled OCSP responses.

/// Whether a client asks servers for an OCSP response (RFC 8446, section 4.4.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ocsp {
    /// It does not.
    #[default]
    Off,
    /// It does, in TLS 1.3: the verifier finds in its ask what was sent, and decides what it means that nothing was. It has no
    /// effect where TLS 1.2 may be chosen.
    Requested,
}
