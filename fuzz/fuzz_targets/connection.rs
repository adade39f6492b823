//! A client and a server that are fed any bytes, in any chunks, never panic; they fail once, with one alert, for good.
#![no_main]

#[path = "../counter.rs"]
mod counter;

use counter::Counter;
use libfuzzer_sys::fuzz_target;
use tidegate::config::{ClientConfig, Permission, Resumption, ServerConfig, Versions};
use tidegate::crypto::Provider;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::{
    ClientConnection, Connection, Event, HandshakeSpace, Lent, Role, ServerConnection, ServerName, Want,
};

static CLIENT: ClientConfig = ClientConfig::new();
/// As [`CLIENT`], with what is off by default.
static OPEN_CLIENT: ClientConfig = {
    let mut config = ClientConfig::new();
    config.common.versions = Versions::Both;
    config.common.resumption = Resumption::ByTicket;
    config.common.renegotiation.by_peer = Permission::Granted;
    config
};
static NO_CHAINS: &[&[&[u8]]] = &[];
static SERVER: ServerConfig<&[&[&[u8]]]> = ServerConfig::new(NO_CHAINS);
static OPEN_SERVER: ServerConfig<&[&[&[u8]]]> = {
    let mut config = ServerConfig::new(NO_CHAINS);
    config.common.versions = Versions::Both;
    config.common.resumption = Resumption::ByTicket;
    config.common.renegotiation.by_peer = Permission::Granted;
    config
};

fn feed<R: Role, P: Provider>(
    tls: &mut Connection<R, P, &R::Config, &mut HandshakeSpace<P>, &mut [u8]>,
    mut bytes: &[u8],
    chunk: usize,
) {
    loop {
        match tls.next_event() {
            Ok(Event::Want(Want::Incoming)) if bytes.is_empty() => tls.incoming_ended(),
            Ok(Event::Want(Want::Incoming)) => {
                let taken = tls.feed_incoming(&bytes[..chunk.min(bytes.len())]);
                assert!(taken > 0);
                bytes = &bytes[taken..];
            }
            Ok(Event::Want(Want::Outgoing)) => {
                let count = tls.outgoing().len();
                tls.outgoing_sent(count);
            }
            Ok(Event::ChooseIdentity(ask)) => ask.defer(),
            Ok(Event::FindSession(ask)) => ask.none(),
            Ok(Event::KeepSession(ask)) => ask.done(),
            Ok(Event::FindPsk(ask)) => ask.none(),
            Ok(Event::SealCookie(ask)) => ask.answer(b"cookie").unwrap(),
            Ok(Event::OpenCookie(ask)) => ask.refuse(),
            Ok(Event::EarlyData(data)) => data.consume(usize::MAX),
            Ok(Event::Want(_)) => return,
            Ok(_) => {}
            Err(error) => {
                let again = tls.next_event().map(|_| ()).unwrap_err();
                assert_eq!(again, error);
                return;
            }
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&chunk, bytes)) = data.split_first() else { return };
    let chunk = usize::from(chunk).max(1);
    for client in [&CLIENT, &OPEN_CLIENT] {
        let (mut space, mut incoming, mut outgoing) = (HandshakeSpace::new(), [0; 6144], [0; 512]);
        let lent = Lent { space: &mut space, incoming: &mut incoming[..], outgoing: &mut outgoing[..] };
        let name = ServerName::try_from("example.com").unwrap();
        let mut client = ClientConnection::new(client, RustCrypto::new(Counter(0)), &name, lent).unwrap();
        feed(&mut client, bytes, chunk);
    }
    for server in [&SERVER, &OPEN_SERVER] {
        let (mut space, mut incoming, mut outgoing) = (HandshakeSpace::new(), [0; 6144], [0; 512]);
        let lent = Lent { space: &mut space, incoming: &mut incoming[..], outgoing: &mut outgoing[..] };
        let mut server = ServerConnection::new(server, RustCrypto::new(Counter(0)), lent).unwrap();
        feed(&mut server, bytes, chunk);
    }
});
