//! The ServerHello of TLS 1.2, in a first handshake and in those after it.

use super::ticket::Ticket;
use super::{State, WaitCertificate};
use crate::crypto::Provider;
use crate::engine::{Context, Message, Order, ServerNameUse, SessionKind};
use crate::error::{Error, PeerIncompatible, PeerMisbehaved};
use crate::limits;
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types;
use crate::negotiation::first_hello::hash_first_hello;
use crate::negotiation::sizes;
use crate::wire::enums::ProtocolVersion;
use crate::wire::server_hello::ServerHello;
use crate::wire::tls12::server_hello::ServerHelloExtensions;
use zeroize::Zeroize;

#[derive(Debug)]
pub struct WaitServerHello;

impl WaitServerHello {
    pub(crate) fn on_server_hello<P: Provider>(
        self,
        message: Message<'_>,
        context: &mut Context<'_, P>,
    ) -> Result<State, Error> {
        let hello = ServerHello::parse(message.body)?;
        if hello.legacy_version != ProtocolVersion::TLS_1_2 || hello.selected_version()?.is_some() {
            return Err(PeerIncompatible::Version.into());
        }
        check_choice(&hello, context)?;
        // The share that was offered for TLS 1.3 is of no use.
        context.space.kx_secret.zeroize();
        let extensions = hello.tls12_extensions(context.space.offered)?;
        check_bonds(&extensions, context)?;
        context.negotiated.cipher_suite = Some(hello.cipher_suite);
        context.space.server_random = *hello.random;
        apply(&extensions, context)?;
        let cipher = context.cipher()?;
        context.space.start_transcripts(context.provider)?;
        context.space.settle_transcript(cipher);
        // It is made of what was offered, which is let go of then.
        hash_first_hello(context)?;
        #[cfg(feature = "psk")]
        context.space.psk.forget();
        context.hash_message(&message)?;
        let order = order_of(&hello, context)?;
        let ticket = extensions.session_ticket.map_or(Ticket::None, |()| Ticket::Promised);
        match order {
            Order::Full => Ok(State::WaitCertificate(WaitCertificate::new(ticket))),
            Order::Abbreviated => {
                let master = context.resume_session()?;
                Ok(ticket.before_change_cipher_spec(master, Order::Abbreviated))
            }
        }
    }
}

/// A suite of TLS 1.2 with a cipher that was offered, and no compression.
fn check_choice<P: Provider>(hello: &ServerHello<'_>, context: &Context<'_, P>) -> Result<(), Error> {
    let offered = hello.cipher_suite.tls12_parts().map(|(_, cipher)| cipher);
    let offered = offered.is_some_and(|cipher| context.space.cipher_suites.contains(&cipher));
    if !offered || hello.compression_method != 0 {
        return Err(PeerMisbehaved::IllegalParameter.into());
    }
    Ok(())
}

/// A server that echoes our session id goes on with the session that was offered, under the same suite. Where none was, the
/// id says nothing to a server of TLS 1.2.
fn order_of<P: Provider>(hello: &ServerHello<'_>, context: &mut Context<'_, P>) -> Result<Order, Error> {
    let ours = &*context.space.session_id;
    if ours.is_empty() || hello.session_id != ours {
        context.space.tls12.session.forget();
        context.negotiated.session = SessionKind::New;
        context.space.keep_session_id(hello.session_id)?;
        return Ok(Order::Full);
    }
    match context.space.tls12.session.old {
        Some(session) if session.cipher_suite == hello.cipher_suite => Ok(Order::Abbreviated),
        Some(_) | None => Err(PeerMisbehaved::IllegalParameter.into()),
    }
}

/// What binds the keys to this handshake (RFC 7627, section 5.3), and this handshake to the one before it (RFC 5746,
/// sections 3.4 and 3.5). Nothing goes without either.
fn check_bonds<P: Provider>(
    extensions: &ServerHelloExtensions<'_>,
    context: &Context<'_, P>,
) -> Result<(), Error> {
    if extensions.extended_master_secret.is_none() {
        return Err(PeerIncompatible::ExtendedMasterSecret.into());
    }
    let connection = extensions.renegotiation_info.ok_or(PeerIncompatible::SecureRenegotiation)?;
    if *connection != *context.renegotiated_connection() {
        return Err(PeerMisbehaved::NotBound.into());
    }
    Ok(())
}

fn apply<P: Provider>(
    extensions: &ServerHelloExtensions<'_>,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    let place = |name| context.common.protocols.position(name).ok_or(PeerMisbehaved::IllegalParameter);
    // In a renegotiation it was not spoken of, and stays what it was.
    if !context.past.is_bound() {
        context.negotiated.protocol = extensions.protocol.map(place).transpose()?;
    }
    #[cfg(feature = "raw-public-keys")]
    certificate_types::accept(
        (extensions.server_certificate_type, extensions.client_certificate_type),
        context,
    )?;
    context.negotiated.server_name = match extensions.server_name {
        Some(()) => ServerNameUse::Acknowledged,
        None => ServerNameUse::Unknown,
    };
    context.settle_sizes(|context| {
        sizes::apply(extensions.record_size_limit, extensions.max_fragment_length, 0, context)?;
        let limit = &mut context.channel.receive_limit;
        *limit = (*limit).min(limits::PLAINTEXT.into());
        Ok(())
    })
}
