//! Tidegate, over any provider.

use std::rc::Rc;
use std::sync::Arc;

use tidegate::config::{ClientConfig, Resumption, ServerConfig};
use tidegate::crypto::{Provider, SignatureAlgorithm};
use tidegate::driver::{Sessions, Verify, Webpki, answer_client, answer_server, answer_sessions};
use tidegate::storage::{Keyed, Storage};
use tidegate::ticket::TicketKeys;
use tidegate::wire::enums::NamedGroup;
use tidegate::x509::{TrustAnchor, WebpkiVerifier};
use tidegate::{
    Client, Connection, Event, HandshakeSpace, Lent, MAX_CLIENT_SESSION, ReadError, Server, ServerName,
    SessionKind, UnixTime, Want,
};
use tidegate_std::provider::keeping_signatures;
use tidegate_tests::pair::now;
use tidegate_tests::pki::Chain;

use super::signing::Signer;
use crate::stack::{Agreed, End, Failure, Form, Kind, Setup, Stack};

/// Bytes of a record buffer: four full records and the longest message.
const BUFFER: usize = 84 * 1024;

/// A buffer that keeps the key of its direction.
pub(super) struct Buffer<P: Provider>(Box<Keyed<P::AeadKey, Box<[u8]>>>);

impl<P: Provider> Buffer<P> {
    fn new() -> Self {
        Self(Box::new(Keyed::new(vec![0; BUFFER].into_boxed_slice())))
    }
}

impl<P: Provider> Storage<P::AeadKey> for Buffer<P> {
    fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    fn parts(&mut self) -> (&mut [u8], Option<&mut Option<P::AeadKey>>) {
        self.0.parts()
    }
}

type Space<P> = Box<HandshakeSpace<P>>;
type OurClient<P> = Connection<Client, P, Arc<ClientConfig>, Space<P>, Buffer<P>>;
type OurServer<P> = Connection<Server, P, Arc<ServerConfig>, Space<P>, Buffer<P>>;

/// Checks chains at the time of the machine.
pub(crate) type Verifier = Webpki<'static, fn() -> Option<UnixTime>>;

/// Makes a provider.
pub(crate) type MakeProvider<P> = Rc<dyn Fn() -> P>;

/// Both ends.
pub(crate) struct Ours<P: Provider, V = Verifier> {
    provider: MakeProvider<P>,
    client_config: Arc<ClientConfig>,
    server_config: Arc<ServerConfig>,
    verifier: V,
    signer: Signer,
    tickets: Tickets<P>,
    session: Option<Vec<u8>>,
    kind: Kind,
    client: Option<OurClient<P>>,
    server: Option<OurServer<P>>,
    way: Vec<u8>,
    out: Vec<u8>,
}

/// What seals tickets.
struct Tickets<P> {
    keys: TicketKeys,
    provider: MakeProvider<P>,
}

impl<P: Provider> Sessions for Tickets<P> {
    fn now(&self) -> Option<UnixTime> {
        now()
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        self.keys.open(&mut (self.provider)(), ticket, out)
    }

    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        self.keys.seal(&mut (self.provider)(), session, out).ok()
    }
}

impl<P: Provider + 'static> Ours<P> {
    /// Over a provider, with a signer.
    ///
    /// # Errors
    /// If there is no randomness.
    pub(crate) fn new(setup: &Setup, provider: fn() -> P, signer: Signer) -> Result<Self, Failure> {
        Self::verifying(setup, Rc::new(provider), verifier(setup, provider().signature_algorithms()), signer)
    }

    /// The same, with a client that remembers the signatures of certificates.
    ///
    /// # Errors
    /// If there is no randomness.
    pub(crate) fn keeping(setup: &Setup, provider: fn() -> P, signer: Signer) -> Result<Self, Failure> {
        let algorithms = keeping_signatures(provider().signature_algorithms());
        Self::verifying(setup, Rc::new(provider), verifier(setup, algorithms), signer)
    }
}

impl<P: Provider + 'static, V: Verify> Ours<P, V> {
    /// The same, with who verifies chains.
    ///
    /// # Errors
    /// If there is no randomness.
    pub(crate) fn verifying(
        setup: &Setup,
        provider: MakeProvider<P>,
        verifier: V,
        signer: Signer,
    ) -> Result<Self, Failure> {
        let mut client = ClientConfig::new();
        let mut server: ServerConfig<Chain> = ServerConfig::new(setup.pki.identities());
        for common in [&mut client.common, &mut server.common] {
            common.cipher_suites = [setup.suite].into_iter().collect();
            common.groups = [NamedGroup::X25519].into_iter().collect();
            let resumes = setup.kind == Kind::Resumed;
            common.resumption = if resumes { Resumption::ByTicket } else { Resumption::Off };
            common.tickets = u8::from(resumes);
        }
        let mut keys = TicketKeys::new();
        keys.renew(&mut provider())?;
        Ok(Self {
            provider: provider.clone(),
            client_config: Arc::new(client),
            server_config: Arc::<ServerConfig<Chain>>::new(server),
            verifier,
            signer,
            tickets: Tickets { keys, provider },
            session: None,
            kind: setup.kind,
            client: None,
            server: None,
            way: Vec::new(),
            out: vec![0; 1 << 14],
        })
    }

    /// Lets the client do what it can.
    fn client_turn(&mut self) -> Result<(), Failure> {
        let client = self.client.as_mut().ok_or("no client")?;
        loop {
            match answer_client(client.next_event()?, &self.verifier) {
                Some(Event::Want(Want::Incoming)) => break,
                Some(Event::Ticket(mut ticket)) => {
                    let room = self.session.get_or_insert_default();
                    room.resize(MAX_CLIENT_SESSION, 0);
                    let length = now().and_then(|now| ticket.encode(now, room));
                    room.truncate(length.ok_or("a ticket without a session")?);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Lets the server do what it can.
    fn server_turn(&mut self) -> Result<(), Failure> {
        let (server, client) = self.server.as_mut().zip(self.client.as_mut()).ok_or("no server")?;
        let count = server.feed_incoming(client.outgoing());
        client.outgoing_sent(count);
        loop {
            let event = answer_server(server.next_event()?, &self.signer);
            let event = event.and_then(|event| answer_sessions(event, &self.tickets));
            if matches!(event, Some(Event::Want(Want::Incoming))) {
                break;
            }
        }
        let count = client.feed_incoming(server.outgoing());
        server.outgoing_sent(count);
        Ok(())
    }
}

/// The chain must lead to the trusted root.
pub(crate) fn verifier(setup: &Setup, algorithms: &'static [SignatureAlgorithm]) -> Verifier {
    let trusted: &'static _ = Box::leak(Box::new(setup.trusted.clone()));
    let anchors: &'static [TrustAnchor<'static>] = Box::leak(Box::new([trusted.anchor()]));
    Webpki { verifier: WebpkiVerifier::new(anchors, algorithms), clock: now }
}

/// What a connection of before was lent, or new.
macro_rules! lent {
    ($before:expr) => {{
        let before = $before;
        let mut before = before.as_mut();
        Lent {
            space: before.as_mut().and_then(|end| end.detach_handshake()).unwrap_or_default(),
            incoming: before.as_mut().and_then(|end| end.detach_incoming()).unwrap_or_else(Buffer::new),
            outgoing: before.as_mut().and_then(|end| end.detach_outgoing()).unwrap_or_else(Buffer::new),
        }
    }};
}

impl<P: Provider + 'static, V: Verify> Stack for Ours<P, V> {
    fn start(&mut self, end: End) -> Result<(), Failure> {
        if end == End::Server {
            let lent = lent!(&mut self.server);
            self.server = Some(Connection::<Server, _, _, _, _>::new(
                self.server_config.clone(),
                (self.provider)(),
                lent,
            )?);
            return Ok(());
        }
        let (lent, name) = (lent!(&mut self.client), ServerName::try_from("localhost")?);
        let mut client = Connection::<Client, _, _, _, _>::new(
            self.client_config.clone(),
            (self.provider)(),
            &name,
            lent,
        )?;
        if let (Kind::Resumed, Some(session), Some(now)) = (self.kind, &self.session, now()) {
            client.resume(session, now)?;
        }
        self.client = Some(client);
        Ok(())
    }

    fn turn(&mut self, end: End) -> Result<(), Failure> {
        if end == End::Client { self.client_turn() } else { self.server_turn() }
    }

    fn agreed(&self) -> Option<Agreed> {
        let (client, server) = self.client.as_ref().zip(self.server.as_ref())?;
        let agreed = client.negotiated();
        (!client.is_handshaking() && !server.is_handshaking()).then_some(Agreed {
            suite: agreed.cipher_suite?.0,
            x25519: agreed.group.map(|group| group == NamedGroup::X25519),
            resumed: agreed.session == SessionKind::Resumed,
        })
    }

    fn forms(&self) -> &'static [Form] {
        &[Form::Copied, Form::InPlace]
    }

    fn send(&mut self, form: Form, data: &[u8], count: usize) {
        let client = self.client.as_mut().expect("a client");
        for _ in 0..count {
            if form == Form::Copied {
                assert_eq!(client.write_app_data(data), Ok(data.len()));
            } else {
                assert!(client.app_data_space().is_ok_and(|space| space.len() >= data.len()));
                assert_eq!(client.app_data_filled(data.len()), Ok(data.len()));
            }
        }
        while !client.outgoing().is_empty() {
            client.outgoing_sent(std::hint::black_box(client.outgoing()).len());
        }
    }

    fn prepare(&mut self, data: &[u8], count: usize) {
        let client = self.client.as_mut().expect("a client");
        self.way.clear();
        for _ in 0..count {
            assert_eq!(client.write_app_data(data), Ok(data.len()));
        }
        while !client.outgoing().is_empty() {
            self.way.extend_from_slice(client.outgoing());
            client.outgoing_sent(client.outgoing().len());
        }
    }

    fn arrive(&mut self) {
        let server = self.server.as_mut().expect("a server");
        assert_eq!(server.feed_incoming(&self.way), self.way.len());
    }

    fn receive(&mut self, form: Form, length: usize, count: usize) {
        let server = self.server.as_mut().expect("a server");
        for _ in 0..count {
            if form == Form::Copied {
                assert_eq!(read(server, &mut self.out[..length]), length);
                continue;
            }
            match server.next_event() {
                Ok(Event::AppData(mut data)) => {
                    assert_eq!(data.bytes().len(), length);
                    data.consume(length);
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

fn read<P: Provider>(server: &mut OurServer<P>, out: &mut [u8]) -> usize {
    loop {
        match server.read_app_data(out) {
            Err(ReadError::Progress) => {}
            read => return read.expect("data"),
        }
    }
}
