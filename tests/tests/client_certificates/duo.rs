//! A client and a server that ask for certificates, in memory.

use std::sync::Arc;

use getrandom::SysRng;
use tidegate::config::{ClientConfig, PeerCertificate, ServerConfig, Versions};
use tidegate::crypto::SIGNATURE_ALGORITHMS;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{
    Webpki, answer_client, answer_client_certificate, answer_client_keys, answer_server, answer_sessions,
};
use tidegate::x509::WebpkiVerifier;
use tidegate::{Client, Connection, Error, Event, HandshakeSpace, Lent, ServerName, Want};
use tidegate_tests::pair::{Buffers, OwnedServer, Software, now};
use tidegate_tests::pki::{Chain, Pki};
use tidegate_tests::sessions::Kept;

type OwnedClient =
    Connection<Client<Chain>, Software, Arc<ClientConfig<Chain>>, Box<HandshakeSpace<Software>>, Box<[u8]>>;

/// Two ends, either of which may show certificates.
pub(crate) struct Duo {
    pub(crate) client: OwnedClient,
    pub(crate) server: OwnedServer,
    pub(crate) pki: Pki,
    /// The client's certificates, or certificates that it claims.
    pub(crate) own: Pki,
    pub(crate) shows: Shows,
    pub(crate) sessions: Kept,
    pub(crate) chunk: usize,
    /// Certificates that the server was asked about.
    pub(crate) judged: usize,
}

/// Whether the client shows its certificate where it is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    Own,
    Nothing,
}

impl Duo {
    pub(crate) fn new(own: Pki, wish: PeerCertificate) -> Self {
        Self::with(Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256), own, wish, |_| {})
    }

    pub(crate) fn with(
        pki: Pki,
        own: Pki,
        wish: PeerCertificate,
        change: impl Fn(&mut tidegate::config::Common),
    ) -> Self {
        let mut client = ClientConfig::with_identities(own.identities());
        let mut server = ServerConfig::new(pki.identities());
        server.client_certificates = wish;
        for common in [&mut client.common, &mut server.common] {
            common.versions = Versions::Tls12;
            change(common);
        }
        let name = ServerName::try_from("localhost").unwrap();
        let client = OwnedClient::new(Arc::new(client), RustCrypto::new(SysRng), &name, lend()).unwrap();
        let server = OwnedServer::new(Arc::new(server), RustCrypto::new(SysRng), lend()).unwrap();
        Self {
            client,
            server,
            pki,
            own,
            shows: Shows::Own,
            sessions: Kept::new(),
            chunk: usize::MAX,
            judged: 0,
        }
    }

    /// Lets both ends do what they can until nothing moves any more; the error of each.
    pub(crate) fn settle(&mut self) -> [Option<Error>; 2] {
        self.settle_under(|_| ())
    }

    /// The same, with an eye on what the server says in between.
    pub(crate) fn settle_under(&mut self, eye: impl Fn(&OwnedServer)) -> [Option<Error>; 2] {
        loop {
            let errors = [self.client_turn().err(), self.server_turn().err()];
            eye(&self.server);
            let there = self.client.outgoing();
            let count = self.server.feed_incoming(&there[..there.len().min(self.chunk)]);
            self.client.outgoing_sent(count);
            let back = self.server.outgoing();
            let returned = self.client.feed_incoming(&back[..back.len().min(self.chunk)]);
            self.server.outgoing_sent(returned);
            if count + returned == 0 {
                return errors;
            }
        }
    }

    fn client_turn(&mut self) -> Result<Want, Error> {
        let anchors = [self.pki.anchor()];
        let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS), clock: now };
        let signer = self.own.signer();
        loop {
            let event = match answer_client(self.client.next_event()?, &verifier) {
                Some(Event::ChooseIdentity(ask)) if self.shows == Shows::Nothing => {
                    ask.none();
                    continue;
                }
                event => event,
            };
            match event.and_then(|event| answer_client_keys(event, &signer)) {
                Some(Event::Want(want)) => return Ok(want),
                Some(Event::AppData(data)) => data.consume(usize::MAX),
                Some(_) | None => {}
            }
        }
    }

    fn server_turn(&mut self) -> Result<Want, Error> {
        let anchors = [self.own.anchor()];
        let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, SIGNATURE_ALGORITHMS), clock: now };
        let signer = self.pki.signer();
        loop {
            let event = answer_server(self.server.next_event()?, &signer);
            if let Some(Event::VerifyPeer(ask)) = &event {
                self.judged += ask.chain().iter().count();
            }
            let event = event.and_then(|event| answer_client_certificate(event, &verifier));
            match event.and_then(|event| answer_sessions(event, &self.sessions)) {
                Some(Event::Want(want)) => return Ok(want),
                Some(Event::AppData(data)) => data.consume(usize::MAX),
                Some(_) | None => {}
            }
        }
    }

    pub(crate) fn assert_connected(&mut self) {
        assert_eq!(self.settle(), [None, None]);
        assert!(!self.client.is_handshaking() && !self.server.is_handshaking());
        self.client.write_app_data(b"hello").unwrap();
        let bytes = self.client.outgoing().to_vec();
        assert_eq!(self.server.feed_incoming(&bytes), bytes.len());
        self.client.outgoing_sent(bytes.len());
        let mut data = [0; 10];
        assert_eq!(self.server.read_app_data(&mut data), Ok(5));
    }
}

fn lend() -> Lent<Box<HandshakeSpace<Software>>, Box<[u8]>> {
    let Buffers { incoming, outgoing } = Buffers::FULL;
    let buffer = |length| vec![0; length].into_boxed_slice();
    Lent { space: Box::default(), incoming: buffer(incoming), outgoing: buffer(outgoing) }
}

/// A client's certificates with a key of this kind.
pub(crate) fn client(kind: &'static rcgen::SignatureAlgorithm) -> Pki {
    Pki::for_client(kind)
}

/// A client without certificates.
pub(crate) fn nobody() -> Pki {
    Pki { chain: Vec::new(), ..client(&rcgen::PKCS_ECDSA_P256_SHA256) }
}
