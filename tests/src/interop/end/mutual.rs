//! Ends that show certificates and want the peer's.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::driver::{Webpki, answer_client_certificate, answer_client_keys};
use tidegate::x509::WebpkiVerifier;
use tidegate::{Client, Event, Server, ServerName};

use super::{End, Engine, PATIENCE, lend, provider};
use crate::interop::setup::{Answer, Setup, Trust};
use crate::pair::now;
use crate::pki::{Chain, Pki};

/// A client that signs with one [`Pki`] and trusts the root of another.
#[derive(Debug)]
pub struct KnownClient<'a> {
    /// Whose key signs.
    pub own: &'a Pki,
    /// Whose root is trusted.
    pub peer: &'a Pki,
}

impl Answer for KnownClient<'_> {
    fn answer<'e>(&self, event: Event<'e>) -> Option<Event<'e>> {
        answer_client_keys(Trust(self.peer).answer(event)?, &self.own.signer())
    }
}

/// A server that signs with one [`Pki`] and trusts clients under the root of another.
#[derive(Debug)]
pub struct KnowingServer<'a> {
    /// Whose key signs.
    pub own: &'a Pki,
    /// Whose root is trusted.
    pub peer: &'a Pki,
}

impl Answer for KnowingServer<'_> {
    fn answer<'e>(&self, event: Event<'e>) -> Option<Event<'e>> {
        let anchors = [self.peer.anchor()];
        let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS), clock: now };
        answer_client_certificate(self.own.signer().answer(event)?, &verifier)
    }
}

impl<'a> End<Client<Chain>, KnownClient<'a>> {
    /// As [`End::connect`], with certificates to show.
    ///
    /// # Panics
    /// If the server can't be reached, or the configuration can't work.
    #[must_use]
    pub fn connect_as(
        address: SocketAddr,
        config: ClientConfig<Chain>,
        answers: KnownClient<'a>,
        setup: Setup,
    ) -> Self {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let connection =
            Engine::<Client<Chain>, _>::new(Arc::new(config), provider(), &name, lend(setup)).unwrap();
        Self::over(stream, connection, answers, setup)
    }
}

impl<'a> End<Server, KnowingServer<'a>> {
    /// As [`End::accept`], trusting certificates of clients.
    ///
    /// # Panics
    /// If the configuration can't work.
    #[must_use]
    pub fn accept_known(
        stream: TcpStream,
        config: ServerConfig<Chain>,
        answers: KnowingServer<'a>,
        setup: Setup,
    ) -> Self {
        let config: Arc<ServerConfig> = Arc::new(config);
        let connection = Engine::<Server, _>::new(config, provider(), lend(setup)).unwrap();
        Self::over(stream, connection, answers, setup)
    }
}
