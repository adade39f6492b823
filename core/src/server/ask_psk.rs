//! Asks the application for a pre-shared key that the client offers. The ClientHello is still there to look at.

use super::wait_client_hello::WaitClientHello;
use super::{AskIdentity, SendServerHello, State};
#[cfg(feature = "client-auth")]
use crate::config::PeerCertificate;
use crate::crypto::Provider;
use crate::engine::{Context, Message, SessionKind};
use crate::error::{Error, Internal};
use crate::negotiation::psk_selection::{note_fitting, note_tickets};
use crate::record::incoming::RecordBoundary;
use crate::wire::client_hello::ClientHello;

#[derive(Debug)]
pub struct AskPsk {
    asked_in: WaitClientHello,
}

impl AskPsk {
    /// The name that the client asks for is in the handshake space: sessions are bound to it.
    pub(super) fn ask<P: Provider>(
        asked_in: WaitClientHello,
        hello: &ClientHello<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        note_fitting(hello, context);
        let name = &context.space.server_name;
        let origin = context.past.origin_mut().ok_or(Internal::State)?;
        origin.bind(context.provider, name, &context.common.session_context)?;
        Ok(State::AskPsk(Self { asked_in }))
    }

    /// The key is in the handshake space, if there is one.
    pub(super) fn on_found<P: Provider>(
        self,
        message: Message<'_>,
        #[cfg(feature = "client-auth")] clients: PeerCertificate,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        // A session whose client showed no certificate does not go on where one is required.
        #[cfg(feature = "client-auth")]
        if clients == PeerCertificate::Required && context.space.psk.peer_certificate.is_empty() {
            context.space.psk.forget();
        }
        let hello = ClientHello::parse(message.body)?;
        self.asked_in.select(&hello, message, context)
    }

    /// The hello is dealt with: a pre-shared key stands for certificates, or they are to be chosen.
    pub(super) fn authenticated<P: Provider>(
        hello: &ClientHello<'_>,
        boundary: RecordBoundary,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        note_tickets(hello, context);
        if context.negotiated.session == SessionKind::New {
            return Ok(State::AskIdentity(AskIdentity::new(boundary)));
        }
        let Context { provider, space, .. } = context;
        provider.fill_random(&mut space.server_random)?;
        Ok(State::SendServerHello(SendServerHello::new(boundary)))
    }
}
