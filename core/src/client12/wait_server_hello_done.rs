//! The end of the server's flight, and before it perhaps its wish for our certificates.

use super::{SendCertificate, SendClientKeyExchange, State};
use crate::crypto::Provider;
use crate::engine::{Context, Message};
use crate::error::Error;
use crate::wire::enums::HandshakeType;
use crate::wire::tls12::certificate_request::CertificateRequest;
use crate::wire::tls12::server_hello_done;

#[derive(Debug)]
pub struct WaitServerHelloDoneOrRequest;

impl WaitServerHelloDoneOrRequest {
    pub(super) fn on_either<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        if message.kind == HandshakeType::CERTIFICATE_REQUEST {
            CertificateRequest::parse(message.body)?;
            context.hash_message(&message)?;
            return Ok(State::WaitServerHelloDone(WaitServerHelloDone));
        }
        server_hello_done::parse(message.body)?;
        context.hash_message(&message)?;
        Ok(State::SendClientKeyExchange(SendClientKeyExchange::new()))
    }
}

/// After a CertificateRequest.
#[derive(Debug)]
pub struct WaitServerHelloDone;

impl WaitServerHelloDone {
    pub(super) fn on_server_hello_done<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        server_hello_done::parse(message.body)?;
        context.hash_message(&message)?;
        Ok(State::SendCertificate(SendCertificate::new()))
    }
}
