//! Sends a HelloRetryRequest (RFC 8446, section 4.1.4).

use super::wait_client_hello::Retry;
use super::{State, WaitClientHello};
use crate::crypto::Provider;
use crate::engine::{Context, Hashing, HelloRetry, Sent};
use crate::error::Error;
use crate::wire::server_hello::ServerHelloAnswer;

#[derive(Debug)]
pub struct SendHelloRetryRequest {
    cursor: usize,
    retry: Retry,
}

impl SendHelloRetryRequest {
    pub(super) const fn new(retry: Retry) -> Self {
        Self { cursor: 0, retry }
    }

    pub(super) fn send_hello_retry_request<P: Provider>(
        mut self,
        context: &mut Context<'_, P>,
    ) -> Result<(State, Sent), Error> {
        let Retry { suite: cipher_suite, group, wanted: _wanted, .. } = self.retry;
        let hashing = self.hashing();
        let sent = context.send_from_space(&mut self.cursor, hashing, &|space, writer| {
            let answer = ServerHelloAnswer {
                random: &space.server_random,
                session_id: &space.session_id,
                cipher_suite,
                group,
                public_value: None,
                #[cfg(feature = "cookies")]
                cookie: Some(&*space.cookie).filter(|_| _wanted.has_cookie()),
                #[cfg(feature = "psk")]
                pre_shared_key: None,
            };
            answer.encode(writer);
        })?;
        if sent == Sent::Part {
            return Ok((State::SendHelloRetryRequest(self), Sent::Part));
        }
        if !context.space.session_id.is_empty() {
            context.send_change_cipher_spec()?;
        }
        context.negotiated.hello_retry = HelloRetry::Yes;
        #[cfg(feature = "cookies")]
        if self.retry.wanted.has_cookie() {
            context.space.cookie.clear();
            context.space.session_id.clear();
            return Ok((State::WaitClientHello(WaitClientHello::first()), Sent::All));
        }
        Ok((State::WaitClientHello(WaitClientHello::second(self.retry)), Sent::All))
    }

    /// What a cookie lets us forget is no transcript of ours.
    fn hashing(&self) -> Hashing {
        if self.retry.wanted.has_cookie() { Hashing::Later } else { Hashing::Now }
    }
}
