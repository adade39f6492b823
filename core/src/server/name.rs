//! The names of the states, for those who look on.

use super::State;

impl State {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::WaitClientHello(_) => "WaitClientHello",
            #[cfg(feature = "cookies")]
            Self::AskCookie(_) => "AskCookie",
            #[cfg(feature = "psk")]
            Self::AskPsk(_) => "AskPsk",
            Self::SendHelloRetryRequest(_) => "SendHelloRetryRequest",
            Self::AskIdentity(_) => "AskIdentity",
            Self::SendServerHello(_) => "SendServerHello",
            Self::SendEncryptedExtensions(_) => "SendEncryptedExtensions",
            #[cfg(feature = "client-auth")]
            Self::SendCertificateRequest(_) => "SendCertificateRequest",
            Self::SendCertificate(_) => "SendCertificate",
            Self::AskSign(_) => "AskSign",
            Self::SendCertificateVerify(_) => "SendCertificateVerify",
            Self::SendFinished(_) => "SendFinished",
            #[cfg(feature = "client-auth")]
            Self::WaitCertificate(_) => "WaitCertificate",
            #[cfg(feature = "client-auth")]
            Self::AskVerifyPeer(_) => "AskVerifyPeer",
            #[cfg(feature = "client-auth")]
            Self::WaitCertificateVerify(_) => "WaitCertificateVerify",
            #[cfg(feature = "early-data")]
            Self::WaitEndOfEarlyData(_) => "WaitEndOfEarlyData",
            Self::WaitFinished(_) => "WaitFinished",
            #[cfg(feature = "psk")]
            Self::AskKeepSession(_) => "AskKeepSession",
            #[cfg(feature = "psk")]
            Self::SendNewSessionTicket(_) => "SendNewSessionTicket",
            Self::Connected(_) => "Connected",
            #[cfg(feature = "tls12")]
            Self::Tls12(state) => state.name(),
            Self::Failed => "Failed",
        }
    }
}
