//! Sends the ServerHello.

use super::ask_identity::PointFormats;
use super::{SendCertificate, State};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, Sent, ServerNameUse, SizeAnswer};
use crate::error::Error;
use crate::wire::tls12::server_hello::{ServerHelloAnswer, ServerHelloExtensions};

#[derive(Debug)]
pub struct SendServerHello {
    cursor: usize,
    formats: PointFormats,
}

impl SendServerHello {
    pub(super) const fn new(formats: PointFormats) -> Self {
        Self { cursor: 0, formats }
    }

    pub(super) fn send_server_hello<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let cipher_suite = context.suite()?;
        let (common, place) = (context.common, context.negotiated.protocol.map(usize::from));
        let connection = context.renegotiated_connection();
        let formats = (self.formats == PointFormats::Listed).then_some(());
        let sent = context.send_from_space(&mut self.cursor, Hashing::Now, &|space, writer| {
            let (record_size_limit, max_fragment_length) = match space.size_answer {
                SizeAnswer::None => (None, None),
                SizeAnswer::RecordSizeLimit(limit) => (Some(limit), None),
                SizeAnswer::MaxFragmentLength(code) => (None, Some(code)),
            };
            let extensions = ServerHelloExtensions {
                server_name: (!space.server_name.is_empty()).then_some(()),
                protocol: place.and_then(|place| common.protocols.iter().nth(place)),
                record_size_limit,
                max_fragment_length,
                extended_master_secret: Some(()),
                session_ticket: None,
                ec_point_formats: formats,
                renegotiation_info: Some(&connection),
            };
            let (random, session_id) = (&space.server_random, &*space.session_id);
            ServerHelloAnswer { random, session_id, cipher_suite, extensions }.encode(writer);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendServerHello(self), Sent::Part));
        }
        context.negotiated.server_name = match context.space.server_name.is_empty() {
            false => ServerNameUse::Acknowledged,
            true => ServerNameUse::Unknown,
        };
        Ok((State::SendCertificate(SendCertificate::new()), Sent::All))
    }
}
