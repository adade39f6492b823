//! Asks the application for the session that the client wants to go on with. The ClientHello is still there to look at.

use super::send_server_hello::Handshake;
use super::{AskIdentity, SendServerHello, State, server_random};
use crate::config::PeerCertificate;
use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::Error;
use crate::negotiation::selection12::is_usable;

#[derive(Debug)]
pub struct AskSession;

impl AskSession {
    /// The session is in the handshake space, if there is one. One that we would not make now does not go on.
    pub(super) fn on_answered<P: Provider>(
        self,
        clients: PeerCertificate,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let session = context.space.tls12.session.old;
        let usable = session.filter(|session| {
            is_usable(session.cipher_suite, context.common, P::SUITES)
                && (!session.peer_certificate.is_empty() || clients != PeerCertificate::Required)
        });
        let Some(session) = usable else {
            context.space.tls12.session.forget();
            return Ok(State::AskIdentity(AskIdentity));
        };
        context.negotiated.cipher_suite = Some(session.cipher_suite);
        context.space.settle_transcript(session.cipher_suite);
        context.space.drop_other_transcripts();
        server_random::make(context)?;
        let master = context.resume_session()?;
        Ok(State::SendServerHello(SendServerHello::new(Handshake::Abbreviated(master))))
    }
}
