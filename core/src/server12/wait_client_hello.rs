//! The ClientHello of TLS 1.2, in a first handshake and in those after it.

use super::ask_identity::PointFormats;
use super::{AskIdentity, State};
use crate::crypto::Provider;
use crate::engine::{Context, Message};
use crate::error::Error;
use crate::negotiation::selection::{keep_server_name, select_protocol, select_sizes};
use crate::negotiation::selection12::{check_bonds, check_hello, check_version, select_group, select_suites};
use crate::wire::client_hello::ClientHello;

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
        if context.tls12.is_bound() {
            context.space.begin_anew();
        }
        check_version(&hello, context.common, context.tls12.is_bound())?;
        check_hello(&hello)?;
        check_bonds(&hello, context)?;
        context.space.tls12.suites = select_suites(&hello, context.common, P::SUITES)?;
        context.negotiated.group = Some(select_group(&hello, context.common, P::GROUPS)?);
        select_protocol(&hello, context)?;
        // A limit counts nothing but content.
        select_sizes(&hello, 0, context)?;
        keep_server_name(&hello, context)?;
        context.space.client_random = *hello.random;
        context.space.start_both_transcripts(context.provider)?;
        context.hash_message(&message)?;
        let formats = match hello.extensions.ec_point_formats {
            Some(_) => PointFormats::Listed,
            None => PointFormats::Unlisted,
        };
        Ok(State::AskIdentity(AskIdentity::new(formats)))
    }
}
