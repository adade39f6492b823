//! The end of the server's flight, and before it perhaps its wish for our certificates.

use super::ticket::Ticket;
use super::{AskIdentity, SendCertificate, SendClientKeyExchange, State};
use crate::config::Identities;
use crate::crypto::Provider;
use crate::engine::{Context, Message};
use crate::error::Error;
use crate::wire::enums::HandshakeType;
use crate::wire::tls12::certificate_request::CertificateRequest;
use crate::wire::tls12::server_hello_done;

#[derive(Debug)]
pub struct WaitServerHelloDoneOrRequest {
    ticket: Ticket,
}

impl WaitServerHelloDoneOrRequest {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }

    /// A request stays in the incoming buffer until the application has chosen.
    pub(super) fn on_either<P: Provider>(
        self,
        message: Message<'_>,
        identities: &dyn Identities,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        if message.kind == HandshakeType::CERTIFICATE_REQUEST {
            CertificateRequest::parse(message.body)?;
            context.hash_message(&message)?;
            return Ok(match identities.are_there() {
                true => State::AskIdentity(AskIdentity::new(self.ticket)),
                false => State::WaitServerHelloDone(WaitServerHelloDone::new(self.ticket)),
            });
        }
        server_hello_done::parse(message.body)?;
        context.hash_message(&message)?;
        context.space.drop_other_transcripts();
        Ok(State::SendClientKeyExchange(SendClientKeyExchange::new(self.ticket)))
    }
}

/// After a CertificateRequest.
#[derive(Debug)]
pub struct WaitServerHelloDone {
    ticket: Ticket,
}

impl WaitServerHelloDone {
    pub(super) const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }

    pub(super) fn on_server_hello_done<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        server_hello_done::parse(message.body)?;
        context.hash_message(&message)?;
        Ok(State::SendCertificate(SendCertificate::new(self.ticket)))
    }
}
