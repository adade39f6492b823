//! The two ends, and what they say to each other.

use std::ops::Deref;

use tidegate::config::{ClientConfig, Resumption, ServerConfig};
use tidegate::driver::{answer_client, answer_server, answer_sessions};
use tidegate::storage::Keyed;
use tidegate::{
    Client, Connection, Event, HandshakeSpace, Lent, MAX_CLIENT_SESSION, Role, Server, ServerName, Want,
};

use super::null::{AeadKey, Null};
use super::shop::{CHAIN, NOW, Shop};

/// Bytes of a record buffer: several records, and the longest message.
const BUFFER: usize = 4 * 16640 + 16384;

/// A buffer that keeps the key of its direction.
type Buffer<B = [u8]> = Keyed<AeadKey, B>;

/// An end in a role, with its configuration.
pub(crate) type End<'a, R, C> = Connection<R, Null, &'a C, &'a mut HandshakeSpace<Null>, &'a mut Buffer>;
/// A client.
pub(crate) type OwnClient<'a> = End<'a, Client, ClientConfig>;
/// A server.
pub(crate) type OwnServer<'a> = End<'a, Server, ServerConfig>;

/// What an end is lent.
pub(crate) struct Room {
    space: HandshakeSpace<Null>,
    incoming: Box<Buffer<[u8; BUFFER]>>,
    outgoing: Box<Buffer<[u8; BUFFER]>>,
}

impl Room {
    /// Nothing is in it.
    pub(crate) fn new() -> Self {
        let buffer = || Box::new(Keyed::new([0; BUFFER]));
        Self { space: HandshakeSpace::new(), incoming: buffer(), outgoing: buffer() }
    }

    fn lend(&mut self) -> Lent<&mut HandshakeSpace<Null>, &mut Buffer> {
        Lent { space: &mut self.space, incoming: &mut *self.incoming, outgoing: &mut *self.outgoing }
    }
}

/// What both ends are configured with.
pub(crate) struct Settings {
    client: ClientConfig,
    server: ServerConfig<&'static [&'static [&'static [u8]]]>,
    name: ServerName<'static>,
    pub(crate) shop: Shop,
}

impl Settings {
    /// TLS 1.3 with the defaults, sessions, and so many tickets.
    pub(crate) fn new(tickets: u8) -> Self {
        let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(CHAIN));
        (client.common.resumption, server.common.resumption) = (Resumption::ByTicket, Resumption::ByTicket);
        server.common.tickets = tickets;
        let name = ServerName::try_from("server.example.test").expect("a name");
        Self { client, server, name, shop: Shop::new() }
    }

    /// A client that begins, or goes on with a session.
    pub(crate) fn client<'a>(&'a self, room: &'a mut Room, session: Option<&[u8]>) -> OwnClient<'a> {
        let mut client = OwnClient::new(&self.client, Null, &self.name, room.lend()).expect("a client");
        if let Some(session) = session {
            client.resume(session, NOW).expect("the session is good");
        }
        client
    }

    /// A server that begins.
    pub(crate) fn server<'a>(&'a self, room: &'a mut Room) -> OwnServer<'a> {
        OwnServer::new(&self.server, Null, room.lend()).expect("a server")
    }
}

/// What was said in a handshake.
#[derive(Default)]
pub(crate) struct Flights {
    /// ClientHello.
    pub(crate) hello: Vec<u8>,
    /// From ServerHello to the server's Finished.
    pub(crate) server: Vec<u8>,
    /// The client's Finished.
    pub(crate) finished: Vec<u8>,
}

/// Lets a client do what it can, with bytes of its peer; a session that it was given.
pub(crate) fn turn_client(
    client: &mut OwnClient<'_>,
    shop: &Shop,
    incoming: &[u8],
    out: &mut dyn FnMut(&[u8]),
) -> Option<Vec<u8>> {
    let mut session = None;
    let answer = &mut |event: Event<'_>| match answer_client(event, shop) {
        Some(Event::Ticket(mut ticket)) => {
            let mut bytes = vec![0; MAX_CLIENT_SESSION];
            let length = ticket.encode(NOW, &mut bytes).expect("a session");
            bytes.truncate(length);
            session = Some(bytes);
            false
        }
        event => waits(event),
    };
    turn(client, incoming, answer, out);
    session
}

/// Lets a server do what it can, with bytes of its peer.
pub(crate) fn turn_server(
    server: &mut OwnServer<'_>,
    shop: &Shop,
    incoming: &[u8],
    out: &mut dyn FnMut(&[u8]),
) {
    let answer = &mut |event: Event<'_>| {
        let event = answer_server(event, shop);
        waits(event.and_then(|event| answer_sessions(event, shop)))
    };
    turn(server, incoming, answer, out);
}

/// Whether an end can do no more.
fn waits(event: Option<Event<'_>>) -> bool {
    matches!(event, Some(Event::Want(Want::Incoming)))
}

/// Feeds an end and lets it do what it can; its bytes go to `out`.
fn turn<'a, R, C>(
    end: &mut End<'a, R, C>,
    mut incoming: &[u8],
    answer: &mut dyn FnMut(Event<'_>) -> bool,
    out: &mut dyn FnMut(&[u8]),
) where
    R: Role,
    C: ?Sized,
    &'a C: Deref<Target = R::Config>,
{
    loop {
        while !answer(end.next_event().expect("both ends agree")) {}
        out(end.outgoing());
        end.outgoing_sent(end.outgoing().len());
        if incoming.is_empty() {
            return;
        }
        let count = end.feed_incoming(incoming);
        incoming = &incoming[count..];
    }
}
