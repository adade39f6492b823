//! Sends the ServerHello; from here on everything is encrypted.

use super::{SendEncryptedExtensions, State};
use crate::crypto::Provider;
#[cfg(feature = "early-data")]
use crate::engine::EarlyPhase;
use crate::engine::{Context, Hashing, HelloRetry, Peer, Sent};
use crate::error::Error;
#[cfg(not(feature = "psk"))]
use crate::error::Internal;
use crate::record::incoming::RecordBoundary;
#[cfg(feature = "early-data")]
use crate::secret::Secret;
use crate::wire::enums::NamedGroup;
use crate::wire::server_hello::ServerHelloAnswer;

#[derive(Debug)]
pub struct SendServerHello {
    cursor: usize,
    /// The client's hello ended its record.
    boundary: RecordBoundary,
}

impl SendServerHello {
    pub(super) const fn new(boundary: RecordBoundary) -> Self {
        Self { cursor: 0, boundary }
    }

    pub(super) fn send_server_hello<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let cipher_suite = context.suite()?;
        #[cfg(not(feature = "psk"))]
        context.negotiated.group.ok_or(Internal::State)?;
        let group = context.negotiated.group.unwrap_or(NamedGroup(0));
        let sent = context.send_from_space(&mut self.cursor, Hashing::Now, &|space, writer| {
            let answer = ServerHelloAnswer {
                random: &space.server_random,
                session_id: &space.session_id,
                cipher_suite,
                group,
                public_value: Some(&space.public_value),
                #[cfg(feature = "cookies")]
                cookie: None,
                #[cfg(feature = "psk")]
                pre_shared_key: space.psk.found().map(|_| space.psk.selected),
            };
            answer.encode(writer);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendServerHello(self), Sent::Part));
        }
        #[cfg(feature = "psk")]
        context.space.psk.forget_keys();
        // After a HelloRetryRequest one has left already.
        if context.negotiated.hello_retry == HelloRetry::No && !context.space.session_id.is_empty() {
            context.send_change_cipher_spec()?;
        }
        self.enter_handshake(context)
    }

    /// The keys of the handshake, both ways; early data comes under a key of its own.
    fn enter_handshake<P: Provider>(self, context: &mut Context<'_, P>) -> Result<(State, Sent), Error> {
        let (suite, transcript) = (context.suite()?, context.transcript()?);
        let Context { provider, space, .. } = context;
        let space = &mut **space;
        let secrets = space.schedule.enter_handshake(*provider, suite, &mut space.shared, &transcript)?;
        context.log_handshake_secrets();
        context.write_with_handshake_secret(Peer::Server)?;
        #[cfg(feature = "early-data")]
        if context.early.phase == EarlyPhase::Open {
            let mut traffic = Secret::empty();
            traffic.take_from(&mut context.space.psk.early.traffic);
            context.read_with_early_secret(&mut traffic, self.boundary)?;
            return Ok((State::SendEncryptedExtensions(SendEncryptedExtensions::new(secrets)), Sent::All));
        }
        context.read_with_handshake_secret(Peer::Client, self.boundary)?;
        Ok((State::SendEncryptedExtensions(SendEncryptedExtensions::new(secrets)), Sent::All))
    }
}
