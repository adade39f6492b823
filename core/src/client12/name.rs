//! The names of the states, for those who look on.

use super::State;

impl State {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::SendClientHello(_) => "SendClientHello",
            Self::WaitServerHello(_) => "WaitServerHello",
            Self::WaitCertificate(_) => "WaitCertificate",
            Self::AskVerifyPeer(_) => "AskVerifyPeer",
            Self::WaitServerKeyExchange(_) => "WaitServerKeyExchange",
            Self::WaitServerHelloDoneOrRequest(_) => "WaitServerHelloDoneOrRequest",
            Self::AskIdentity(_) => "AskIdentity",
            Self::WaitServerHelloDone(_) => "WaitServerHelloDone",
            Self::SendCertificate(_) => "SendCertificate",
            Self::SendClientKeyExchange(_) => "SendClientKeyExchange",
            Self::AskSign(_) => "AskSign",
            Self::SendCertificateVerify(_) => "SendCertificateVerify",
            Self::SendChangeCipherSpec(_) => "SendChangeCipherSpec",
            Self::SendFinished(_) => "SendFinished",
            Self::WaitNewSessionTicket(_) => "WaitNewSessionTicket",
            Self::WaitChangeCipherSpec(_) => "WaitChangeCipherSpec",
            Self::WaitFinished(_) => "WaitFinished",
            Self::Connected(_) => "Connected",
        }
    }
}
