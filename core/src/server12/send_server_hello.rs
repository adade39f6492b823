//! Sends the ServerHello.

use super::{AskKeepSession, SendCertificate, SendChangeCipherSpec, State};
use crate::config::{PeerCertificate, Resumption};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, MasterSecret, Order, Renewal, Sent, ServerNameUse, SizeAnswer};
use crate::error::Error;
#[cfg(feature = "raw-public-keys")]
use crate::negotiation::certificate_types::answer;
use crate::wire::enums::ExtensionType;
use crate::wire::tls12::server_hello::{ServerHelloAnswer, ServerHelloExtensions};

#[derive(Debug)]
pub struct SendServerHello {
    cursor: usize,
    handshake: Handshake,
}

/// What follows the hello.
#[derive(Debug)]
pub(super) enum Handshake {
    /// A new session: certificates and keys.
    Full,
    /// A session that goes on: the last messages.
    Abbreviated(MasterSecret),
}

impl Handshake {
    /// What comes next, with a ticket or without.
    fn go_on(self, ticket: Option<()>) -> State {
        match (self, ticket) {
            (Self::Full, _) => State::SendCertificate(SendCertificate::new()),
            (Self::Abbreviated(master), Some(())) => {
                State::AskKeepSession(AskKeepSession::new(master, Order::Abbreviated))
            }
            (Self::Abbreviated(master), None) => {
                State::SendChangeCipherSpec(SendChangeCipherSpec::new(master, Order::Abbreviated))
            }
        }
    }
}

impl SendServerHello {
    pub(super) const fn new(handshake: Handshake) -> Self {
        Self { cursor: 0, handshake }
    }

    pub(super) fn send_server_hello<P: Provider>(
        mut self,
        _clients: PeerCertificate,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let cipher_suite = context.suite()?;
        // Not where a session goes on (RFC 6066, section 3).
        let names = matches!(self.handshake, Handshake::Full);
        let connection = context.renegotiated_connection();
        let extensions = self.extensions(_clients, context);
        let gives_ticket = extensions.session_ticket;
        let sent = context.send_from_space(&mut self.cursor, Hashing::Now, &|space, writer| {
            let extensions = ServerHelloExtensions { renegotiation_info: Some(&connection), ..extensions };
            let (random, session_id) = (&space.server_random, &*space.session_id);
            ServerHelloAnswer { random, session_id, cipher_suite, extensions }.encode(writer);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendServerHello(self), Sent::Part));
        }
        context.negotiated.server_name = match names && !context.space.server_name.is_empty() {
            true => ServerNameUse::Acknowledged,
            false => ServerNameUse::Unknown,
        };
        Ok((self.handshake.go_on(gives_ticket), Sent::All))
    }

    /// What we answer, but for what binds the handshake to the one before it.
    fn extensions<'c, P: Provider>(
        &self,
        _clients: PeerCertificate,
        context: &Context<'c, P>,
    ) -> ServerHelloExtensions<'c> {
        let (common, space) = (context.common, &*context.space);
        // It stays what it was in a renegotiation, and is not spoken of.
        let place = context.negotiated.protocol.filter(|_| !context.past.is_bound()).map(usize::from);
        let (record_size_limit, max_fragment_length) = match space.size_answer {
            SizeAnswer::None => (None, None),
            SizeAnswer::RecordSizeLimit(limit) => (Some(limit), None),
            SizeAnswer::MaxFragmentLength(code) => (None, Some(code)),
        };
        let is_new = matches!(self.handshake, Handshake::Full);
        #[cfg(feature = "raw-public-keys")]
        let (server_type, client_type) =
            (answer(context.negotiated.server_certificate), answer(context.negotiated.client_certificate));
        ServerHelloExtensions {
            server_name: (is_new && !space.server_name.is_empty()).then_some(()),
            protocol: place.and_then(|place| common.protocols.iter().nth(place)),
            record_size_limit,
            max_fragment_length,
            extended_master_secret: Some(()),
            session_ticket: self.gives_ticket(context),
            ec_point_formats: space.offered.contains(ExtensionType::EC_POINT_FORMATS).then_some(()),
            renegotiation_info: None,
            // Where a session goes on, nothing is shown.
            #[cfg(feature = "raw-public-keys")]
            server_certificate_type: server_type.filter(|_| is_new),
            #[cfg(feature = "raw-public-keys")]
            client_certificate_type: client_type.filter(|_| is_new && _clients != PeerCertificate::None),
        }
    }

    /// A new session that may go on is given as a ticket to a client that takes one, and an old one where the application wants
    /// that.
    fn gives_ticket<P: Provider>(&self, context: &Context<'_, P>) -> Option<()> {
        let takes = context.space.offered.contains(ExtensionType::SESSION_TICKET);
        let gives = context.past.resumption(context.common) == Resumption::ByTicket;
        let renews = context.space.tls12.session.old.is_some_and(|old| old.renewal == Renewal::Due);
        (takes && gives && (renews || matches!(self.handshake, Handshake::Full))).then_some(())
    }
}
