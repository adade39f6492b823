//! The ClientHello of TLS 1.2, in a first handshake and in those after it.

use super::{AskIdentity, AskSession, State};
use crate::config::Resumption;
use crate::crypto::Provider;
use crate::engine::{Context, Message};
use crate::error::Error;
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types;
use crate::negotiation::selection::{keep_server_name, select_protocol, select_sizes};
use crate::negotiation::selection12::{check_bonds, check_hello, check_version, select_group, select_suites};
use crate::wire::client_hello::ClientHello;
use crate::wire::enums::ExtensionType;
use crate::wire::extension::ExtensionSet;

#[derive(Debug)]
pub struct WaitClientHello;

impl WaitClientHello {
    /// The hello stays in the incoming buffer until an identity is chosen.
    pub(crate) fn on_client_hello<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let hello = ClientHello::parse(message.body)?;
        if context.past.is_bound() {
            context.space.begin_anew();
        }
        check_version(&hello, context)?;
        check_hello(&hello)?;
        check_bonds(&hello, context)?;
        context.space.tls12.suites = select_suites(&hello, context.common, P::SUITES)?;
        context.negotiated.group = Some(select_group(&hello, context.common, P::GROUPS)?);
        if !context.past.is_bound() {
            select_protocol(&hello, context)?;
        }
        // A limit counts nothing but content.
        context.settle_sizes(|context| select_sizes(&hello, 0, context))?;
        keep_server_name(&hello, context)?;
        #[cfg(feature = "raw-public-keys")]
        certificate_types::choose(&hello, context)?;
        context.space.client_random = *hello.random;
        context.space.start_transcripts(context.provider)?;
        context.hash_message(&message)?;
        context.space.offered = answerable(&hello);
        let resumes = context.past.resumption(context.common) != Resumption::Off && names_session(&hello);
        if !resumes {
            return Ok(State::AskIdentity(AskIdentity));
        }
        context.space.keep_session_id(hello.session_id)?;
        Ok(State::AskSession(AskSession))
    }
}

/// The extensions that we answer where the client has them, and whose content does not matter.
fn answerable(hello: &ClientHello<'_>) -> ExtensionSet {
    let there = [
        (hello.extensions.ec_point_formats.is_some(), ExtensionType::EC_POINT_FORMATS),
        (hello.extensions.session_ticket.is_some(), ExtensionType::SESSION_TICKET),
    ];
    let there = there.into_iter().filter(|(is_there, _)| *is_there);
    there.fold(ExtensionSet::default(), |set, (_, extension)| set.with(extension))
}

/// Whether the client may want to go on with a session: it has a ticket, or an id, which may say nothing.
fn names_session(hello: &ClientHello<'_>) -> bool {
    hello.extensions.session_ticket.is_some_and(|ticket| !ticket.is_empty()) || !hello.session_id.is_empty()
}
