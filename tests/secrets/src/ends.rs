//! Two ends that talk through memory, and what answers their asks.

use std::ops::Deref;
use std::time::Duration;

use tidegate::config::{ClientConfig, Common, IdentityId, ServerConfig};
use tidegate::crypto::{CryptoError, HashAlgorithm};
use tidegate::driver::{Keys, Sessions, Verify, answer_client, answer_server, answer_sessions};
use tidegate::error::{CertificateError, Refused};
use tidegate::ticket::{KEY, TicketKeys};
use tidegate::wire::certificate::CertificateChain;
use tidegate::wire::enums::SignatureScheme;
use tidegate::{
    ChooseIdentity, Client, Connection, Error, Event, HandshakeSpace, Lent, MAX_CLIENT_SESSION, ReadError,
    Role, Server, ServerName, UnixTime, WriteError,
};

use super::accepting;
use super::marking::Marking;
use super::memcheck::mark;

/// A server's certificates, which nobody looks into.
const CHAIN: &[&[&[u8]]] = &[&[&[0x30; 420]]];
/// When everything happens.
const NOW: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(1_800_000_000));
/// What the external key is called.
pub(crate) const IDENTITY: &[u8] = b"device 7";
/// Bytes of application data: more than a record.
const LENGTH: usize = 20_000;
/// Bytes of a record buffer.
const BUFFER: usize = 40_000;

/// An end in a role.
type End<R, C> = Connection<R, Marking, C, Box<HandshakeSpace<Marking>>, Box<[u8]>>;

/// A server's keys, all of them marked, and the client's trust in its certificates.
pub(crate) struct Shop {
    tickets: TicketKeys,
    /// The key that both have already.
    pub(crate) external: Box<[u8; 32]>,
}

impl Shop {
    /// With keys.
    pub(crate) fn new() -> Self {
        Self::with_ticket_key([2; KEY])
    }

    /// With this key for tickets.
    pub(crate) fn with_ticket_key(key: [u8; KEY]) -> Self {
        let (key, external) = (Box::new(key), Box::new([3; 32]));
        mark(&*key);
        mark(&*external);
        let mut tickets = TicketKeys::new();
        tickets.install([1; 16], &key);
        Self { tickets, external }
    }

    fn answer_external<'a>(&self, event: Event<'a>) -> Option<Event<'a>> {
        let Event::FindPsk(ask) = event else { return Some(event) };
        let index = ask.identities().find(|psk| psk.identity == IDENTITY).map(|psk| psk.index);
        let Some(index) = index else { return Some(Event::FindPsk(ask)) };
        ask.external(index, &*self.external, HashAlgorithm::Sha256).expect("the key fits");
        None
    }
}

impl Verify for Shop {
    fn verify_server<'c>(&'c self, _: CertificateChain<'c>, _: &str) -> Result<&'c [u8], CertificateError> {
        Ok(&accepting::KEY)
    }
}

impl Keys for Shop {
    fn choose(&self, _: &ChooseIdentity<'_>) -> Result<(IdentityId, SignatureScheme), Refused> {
        Ok((IdentityId(0), SignatureScheme::ECDSA_SECP256R1_SHA256))
    }

    fn sign(
        &self,
        _: IdentityId,
        _: SignatureScheme,
        _: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        const SIGNATURE: usize = 71;
        out.get_mut(..SIGNATURE).ok_or(CryptoError::Failed)?.fill(1);
        Ok(SIGNATURE)
    }
}

impl Sessions for Shop {
    fn now(&self) -> Option<UnixTime> {
        Some(NOW)
    }

    fn open(&self, ticket: &[u8], out: &mut [u8]) -> Option<usize> {
        self.tickets.open(&mut Marking::new(), ticket, out)
    }

    fn seal(&self, session: &[u8], out: &mut [u8]) -> Option<usize> {
        self.tickets.seal(&mut Marking::new(), session, out).ok()
    }

    fn is_first_use(&self, _: &[u8]) -> bool {
        true
    }
}

/// Two ends.
pub(crate) struct Pair<'a> {
    /// The client.
    pub(crate) client: End<Client, Box<ClientConfig>>,
    /// The server.
    pub(crate) server: End<Server, Box<ServerConfig>>,
    /// The last session that the client was given.
    session: Option<Vec<u8>>,
    shop: &'a Shop,
}

impl<'a> Pair<'a> {
    /// Two fresh ends, changed.
    pub(crate) fn new(shop: &'a Shop, change: impl Fn(&mut Common)) -> Self {
        let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(CHAIN));
        change(&mut client.common);
        change(&mut server.common);
        let name = ServerName::try_from("server.example.test").expect("a name");
        let server: Box<ServerConfig> = Box::new(server);
        Self {
            client: End::<Client, _>::new(Box::new(client), Marking::new(), &name, lent()).expect("a client"),
            server: End::<Server, _>::new(server, Marking::new(), lent()).expect("a server"),
            session: None,
            shop,
        }
    }

    /// The session that may go on.
    pub(crate) fn kept(&mut self) -> Option<Vec<u8>> {
        self.session.take().or_else(|| {
            let session = self.client.session()?;
            written(&mut |out| session.encode(NOW, out))
        })
    }

    /// Goes on with a session.
    pub(crate) fn resume(&mut self, session: &[u8]) {
        self.client.resume(session, NOW).expect("the session is good");
    }

    /// Runs until nothing moves any more.
    pub(crate) fn settle(&mut self) -> Result<(), Error> {
        loop {
            self.client_turn()?;
            self.server_turn()?;
            if carry(&mut self.client, &mut self.server) + carry(&mut self.server, &mut self.client) == 0 {
                return Ok(());
            }
        }
    }

    fn client_turn(&mut self) -> Result<(), Error> {
        loop {
            match answer_client(self.client.next_event()?, self.shop) {
                Some(Event::Want(_) | Event::AppData(_)) => return Ok(()),
                Some(Event::Ticket(mut ticket)) => {
                    self.session = written(&mut |out| ticket.encode(NOW, out));
                }
                Some(_) | None => {}
            }
        }
    }

    fn server_turn(&mut self) -> Result<(), Error> {
        loop {
            let event = answer_server(self.server.next_event()?, self.shop);
            let event = event.and_then(|event| self.shop.answer_external(event));
            match event.and_then(|event| answer_sessions(event, self.shop)) {
                Some(Event::Want(_) | Event::AppData(_)) => return Ok(()),
                Some(Event::EarlyData(data)) => data.consume(usize::MAX),
                Some(_) | None => {}
            }
        }
    }

    /// Data there and back, marked where it is written.
    pub(crate) fn exchange(&mut self) {
        let data = vec![7; LENGTH];
        mark(&data);
        let arrived = carry_data(&mut self.client, &mut self.server, &data);
        carry_data(&mut self.server, &mut self.client, &arrived);
    }
}

/// A session as it is written.
fn written(write: &mut dyn FnMut(&mut [u8]) -> Option<usize>) -> Option<Vec<u8>> {
    let mut bytes = vec![0; MAX_CLIENT_SESSION];
    let length = write(&mut bytes)?;
    bytes.truncate(length);
    Some(bytes)
}

fn lent() -> Lent<Box<HandshakeSpace<Marking>>, Box<[u8]>> {
    let buffer = || vec![0; BUFFER].into_boxed_slice();
    Lent { space: Box::default(), incoming: buffer(), outgoing: buffer() }
}

/// Moves what has to leave; how much.
fn carry<A, B, C, D>(from: &mut End<A, C>, to: &mut End<B, D>) -> usize
where
    A: Role,
    B: Role,
    C: Deref<Target = A::Config>,
    D: Deref<Target = B::Config>,
{
    let moved = to.feed_incoming(from.outgoing());
    from.outgoing_sent(moved);
    moved
}

/// Carries data from an end to the other, ; what arrives.
fn carry_data<A, B, C, D>(from: &mut End<A, C>, to: &mut End<B, D>, mut data: &[u8]) -> Vec<u8>
where
    A: Role,
    B: Role,
    C: Deref<Target = A::Config>,
    D: Deref<Target = B::Config>,
{
    let (mut arrived, mut room) = (Vec::new(), vec![0; BUFFER]);
    while arrived.len() < LENGTH {
        match from.write_app_data(data) {
            Ok(count) => data = &data[count..],
            Err(WriteError::Blocked(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
        carry(from, to);
        match to.read_app_data(&mut room) {
            Ok(count) => arrived.extend_from_slice(&room[..count]),
            Err(ReadError::Blocked(_) | ReadError::Progress) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    arrived
}
