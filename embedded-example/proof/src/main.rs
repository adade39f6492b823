//! Links only if no path through Tidegate's engine can panic: what a panic would call is nowhere.
//!
//! Every call of a connection is made here with values that the compiler can't know, over a provider of stubs. The optimiser
//! leaves the handler of panics out where it has seen that nothing leads there; else the linker misses
//! `tidegate_could_panic`. Nobody runs this program.
#![no_std]
#![no_main]

#[cfg(feature = "cookies")]
mod cookies;
mod events;
mod handler;
#[cfg(feature = "psk")]
mod psk;
#[cfg(any(feature = "tls12", feature = "psk"))]
mod sessions;
mod stub;
#[cfg(feature = "tls12")]
mod tls12;

use core::hint::black_box;
use core::ops::{Deref, DerefMut};

use events::look;
use pki_types::{DnsName, IpAddr, Ipv4Addr, Ipv6Addr};
use stub::Stub;
use tidegate::config::{ClientConfig, Identities, IdentityId, ServerConfig};
use tidegate::modes::{Modes, UnexpectedEnd};
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate::{
    BufferPool, Client, Connection, HandshakeSpace, Lent, Role, Server, ServerConnection, ServerName, Side,
};

/// Any certificates.
#[derive(Debug)]
struct Chain;

impl Identities for Chain {
    fn for_each_certificate(&self, id: IdentityId, each: &mut dyn FnMut(&[u8])) {
        black_box(id);
        each(black_box(&[1, 2, 3]));
    }

    #[cfg(feature = "raw-public-keys")]
    fn raw_public_key(&self, id: IdentityId, each: &mut dyn FnMut(&[u8])) {
        self.for_each_certificate(id, each);
    }

    #[cfg(feature = "certificate-authorities")]
    fn for_each_authority(&self, each: &mut dyn FnMut(&[u8])) {
        each(black_box(&[1, 2, 3]));
    }

    #[cfg(feature = "ocsp")]
    fn ocsp_response(&self, id: IdentityId) -> Option<&[u8]> {
        black_box(id);
        black_box(Some(&[1, 2, 3]))
    }
}

/// Either end, or both, as the features say; or something that panics, to see that it is found.
fn run() {
    if cfg!(feature = "control") {
        black_box(black_box(&[0_u8][..])[black_box(1)]);
    }
    if cfg!(feature = "client") {
        client();
    }
    if cfg!(feature = "server") {
        server();
    }
}

/// What a client may show.
#[cfg(any(feature = "tls12", feature = "client-auth"))]
type Own = Chain;
#[cfg(not(any(feature = "tls12", feature = "client-auth")))]
type Own = tidegate::config::NoIdentities;

fn client() {
    let (mut space, mut incoming, mut outgoing) = (HandshakeSpace::new(), [0; 6144], [0; 1024]);
    let lent = Lent { space: &mut space, incoming: &mut incoming[..], outgoing: &mut outgoing[..] };
    #[cfg(any(feature = "tls12", feature = "client-auth"))]
    let config = ClientConfig::with_identities(Chain);
    #[cfg(not(any(feature = "tls12", feature = "client-auth")))]
    let config = ClientConfig::new();
    let (name, config) = (name(), black_box(config));
    if let Ok(mut connection) = Connection::<Client<Own>, _, _, _, _>::new(&config, Stub, &name, lent) {
        lend_again(&mut connection, &name);
        #[cfg(any(feature = "tls12", feature = "psk"))]
        sessions::exercise_client(&mut connection);
        exercise(connection);
    }
}

fn server() {
    let (mut space, mut incoming, mut outgoing) = (HandshakeSpace::new(), [0; 6144], [0; 1024]);
    let lent = Lent { space: &mut space, incoming: &mut incoming[..], outgoing: &mut outgoing[..] };
    let config = black_box(ServerConfig::new(Chain));
    if let Ok(mut connection) = ServerConnection::new(&config, Stub, lent) {
        lend_to_server_again(&mut connection);
        #[cfg(any(feature = "tls12", feature = "psk"))]
        sessions::exercise_server(&mut connection);
        exercise(connection);
    }
}

/// A client is lent its handshake space once more, for what comes after the handshake.
fn lend_again<C, H>(_connection: &mut Any<'_, Client<Own>, C, H>, _name: &ServerName<'_>)
where
    C: Deref<Target = ClientConfig<Own>>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    #[cfg(any(feature = "tls12", feature = "post-handshake-auth", feature = "psk"))]
    if let Some(space) = _connection.detach_handshake() {
        black_box(_connection.attach_handshake(space, _name).is_ok());
    }
}

fn lend_to_server_again<C, H>(_connection: &mut Any<'_, Server, C, H>)
where
    C: Deref<Target = ServerConfig>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    #[cfg(any(feature = "tls12", feature = "post-handshake-auth", feature = "psk"))]
    if let Some(space) = _connection.detach_handshake() {
        black_box(_connection.attach_handshake(space).is_ok());
    }
}

/// A name of any kind.
fn name() -> ServerName<'static> {
    match black_box(0) {
        0 => DnsName::try_from(black_box("device.test"))
            .map_or(IpAddr::V4(Ipv4Addr::from([1; 4])).into(), ServerName::DnsName),
        1 => ServerName::IpAddress(black_box(IpAddr::V4(Ipv4Addr::from([1; 4])))),
        _ => ServerName::IpAddress(black_box(IpAddr::V6(Ipv6Addr::from([1; 8])))),
    }
}

/// Makes every call of a connection, in any order, for ever.
fn exercise<'b, R, C, H>(mut connection: Connection<R, Stub, C, H, &'b mut [u8]>)
where
    R: Role,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    let (mut data, mut pool) = ([0; 100], BufferPool::<&'b mut [u8], 2>::new());
    while black_box(true) {
        match black_box(0) {
            0 => look(connection.next_event()),
            1 => look(connection.next_handshake_event()),
            2 => bytes(&mut connection, &mut data),
            3 => plaintext(&mut connection, &mut data),
            4 => settings(&mut connection, &mut data),
            #[cfg(feature = "psk")]
            5 => psk::data(&mut connection, &mut data),
            _ => lending(&mut connection, &mut pool),
        }
    }
}

/// A connection of either role that is lent everything.
type Any<'b, R, C, H> = Connection<R, Stub, C, H, &'b mut [u8]>;

/// The pipes of records.
fn bytes<R, C, H>(connection: &mut Any<'_, R, C, H>, data: &mut [u8])
where
    R: Role,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    match black_box(0) {
        0 => drop(black_box(connection.feed_incoming(black_box(data)))),
        1 => drop(black_box(connection.incoming_space())),
        2 => connection.incoming_filled(black_box(3)),
        3 => connection.incoming_ended(),
        4 => drop(black_box((connection.incoming_missing(), connection.has_incoming()))),
        5 => drop(black_box(connection.outgoing())),
        6 => connection.outgoing_sent(black_box(3)),
        _ => drop(black_box(connection.take_outgoing(black_box(data)))),
    }
}

/// The pipes of data, and closing.
fn plaintext<R, C, H>(connection: &mut Any<'_, R, C, H>, data: &mut [u8])
where
    R: Role,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    let taker: tidegate::Taker<'_> = &mut |bytes| black_box(bytes).len().min(black_box(3));
    match black_box(0) {
        0 => drop(black_box(connection.read_app_data(black_box(data)))),
        1 => drop(black_box(connection.peek_app_data(black_box(data)))),
        2 => drop(black_box(connection.write_app_data(black_box(data)))),
        3 => drop(black_box(connection.app_data_space())),
        4 => drop(black_box(connection.app_data_filled(black_box(3)))),
        5 => drop(black_box(connection.write_app_data_over(black_box(data), taker))),
        6 => drop(black_box(connection.read_app_data_over(black_box(data), taker))),
        7 => drop(black_box(connection.abandon_write())),
        8 => connection.close(),
        9 => drop(black_box(connection.shutdown())),
        10 => drop(black_box(connection.peek_app_data_over(black_box(data), taker))),
        11 => connection.set_unexpected_end(black_box(UnexpectedEnd::Ignore)),
        12 => {
            black_box((connection.is_closing(), connection.is_write_pending(), connection.is_closed()));
        }
        13 => drop(black_box((connection.is_peer_closed(), connection.pending_app_data()))),
        _ => drop(black_box(connection.shutdown_over(taker))),
    }
}

/// Settings and keys.
fn settings<R, C, H>(connection: &mut Any<'_, R, C, H>, data: &mut [u8])
where
    R: Role,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    match black_box(0) {
        0 => drop(black_box(connection.update_keys(KeyUpdateRequest(black_box(1))))),
        1 => drop(black_box(connection.export_keying_material(black_box(b"label"), None, data))),
        2 => drop(black_box((connection.set_mode(black_box(Modes::AUTO_RETRY)), connection.protocol()))),
        3 => connection.set_max_send_fragment(black_box(3)),
        4 => connection.resume_ask(),
        #[cfg(feature = "tls12")]
        5 => drop(black_box(connection.renegotiate())),
        6 => drop(black_box((connection.clear_mode(black_box(Modes::AUTO_RETRY)), connection.mode()))),
        7 => drop(black_box((connection.is_handshaking(), connection.error()))),
        9 => drop(black_box(connection.tls_exporter())),
        #[cfg(feature = "tls12")]
        8 => drop(black_box((connection.is_renegotiation_pending(), connection.peer_certificate_digest()))),
        _ => drop(black_box((connection.server_name(), connection.negotiated().version()))),
    }
}

/// Buffers and space that come and go.
fn lending<'b, R, C, H>(connection: &mut Any<'b, R, C, H>, pool: &mut BufferPool<&'b mut [u8], 2>)
where
    R: Role,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<Stub>>,
{
    match black_box(0) {
        0 => drop(connection.detach_incoming().map(|buffer| connection.attach_incoming(buffer).is_ok())),
        1 => drop(connection.detach_outgoing().map(|buffer| connection.attach_outgoing(buffer).is_ok())),
        2 => drop(black_box(connection.detach_handshake().is_some())),
        3 => connection.release_into(pool),
        4 => drop(black_box((
            connection.acquire_one(black_box(Side::Incoming), pool),
            connection.buffer_bytes(),
        ))),
        _ => drop(black_box(connection.acquire_from(pool))),
    }
}
