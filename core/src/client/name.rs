//! The names of the states, for those who look on.

use super::State;

impl State {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Start(_) => "Start",
            Self::SendClientHello(_) => "SendClientHello",
            Self::WaitServerHello(_) => "WaitServerHello",
            Self::WaitEncryptedExtensions(_) => "WaitEncryptedExtensions",
            Self::WaitCertificateOrRequest(_) => "WaitCertificateOrRequest",
            #[cfg(feature = "client-auth")]
            Self::AskIdentity(_) => "AskIdentity",
            Self::WaitCertificate(_) => "WaitCertificate",
            Self::AskVerifyPeer(_) => "AskVerifyPeer",
            Self::WaitCertificateVerify(_) => "WaitCertificateVerify",
            Self::WaitFinished(_) => "WaitFinished",
            #[cfg(feature = "early-data")]
            Self::SendEndOfEarlyData(_) => "SendEndOfEarlyData",
            Self::SendCertificate(_) => "SendCertificate",
            #[cfg(feature = "client-auth")]
            Self::AskSign(_) => "AskSign",
            #[cfg(feature = "client-auth")]
            Self::SendCertificateVerify(_) => "SendCertificateVerify",
            Self::SendFinished(_) => "SendFinished",
            Self::Connected(_) => "Connected",
            #[cfg(feature = "tls12")]
            Self::Tls12(state) => state.name(),
            Self::Failed => "Failed",
        }
    }
}
