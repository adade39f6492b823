//! Certificates of clients.

/// Whether a server asks for a client's certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeerCertificate {
    /// It does not.
    #[default]
    None,
    /// It does, and takes clients without.
    Requested,
    /// It does, and no client without one is let in.
    Required,
}
