//! The names of the states, for those who look on.

use super::State;

impl State {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::WaitClientHello(_) => "WaitClientHello",
            Self::AskSession(_) => "AskSession",
            Self::AskIdentity(_) => "AskIdentity",
            Self::SendServerHello(_) => "SendServerHello",
            Self::SendCertificate(_) => "SendCertificate",
            Self::AskSign(_) => "AskSign",
            Self::SendServerKeyExchange(_) => "SendServerKeyExchange",
            Self::SendCertificateRequest(_) => "SendCertificateRequest",
            Self::SendServerHelloDone(_) => "SendServerHelloDone",
            Self::WaitCertificate(_) => "WaitCertificate",
            Self::AskVerifyPeer(_) => "AskVerifyPeer",
            Self::WaitClientKeyExchange(_) => "WaitClientKeyExchange",
            Self::WaitCertificateVerify(_) => "WaitCertificateVerify",
            Self::WaitChangeCipherSpec(_) => "WaitChangeCipherSpec",
            Self::WaitFinished(_) => "WaitFinished",
            Self::AskKeepSession(_) => "AskKeepSession",
            Self::SendNewSessionTicket(_) => "SendNewSessionTicket",
            Self::SendChangeCipherSpec(_) => "SendChangeCipherSpec",
            Self::SendFinished(_) => "SendFinished",
            Self::Connected(_) => "Connected",
        }
    }
}
