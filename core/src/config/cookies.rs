//! Cookies of a server of TLS 1.3.

/// Whether clients must show that they get what a server sends, before it keeps anything of them (RFC 8446, section 4.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cookies {
    /// No.
    #[default]
    Off,
    /// A first hello is answered with a HelloRetryRequest whose cookie holds all that is needed of it, sealed by the
    /// application ([`SealCookie`](crate::SealCookie)). This connection, or another one of a server that can open the
    /// cookie, goes on with the second hello ([`OpenCookie`](crate::OpenCookie)). Clients of TLS 1.2 know no cookies;
    /// GnuTLS 3.7 takes one only where it is asked for another key share, too. The suite is chosen before any pre-shared key is
    /// known: one of another hash than that of the suite that the server prefers is passed over.
    Required,
}
