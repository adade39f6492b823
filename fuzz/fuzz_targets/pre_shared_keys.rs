//! A server that has a client's keys takes or refuses any offer of them, never panics, and fails once, for good.
//!
//! The hello is one of a client that has the same keys, changed in places; where nothing is changed, its binders verify.
#![no_main]

#[path = "../counter.rs"]
mod counter;

use std::sync::OnceLock;
use std::time::Duration;

use counter::Counter;
use libfuzzer_sys::fuzz_target;
use tidegate::config::{ClientConfig, ExternalKeys, PskExchange, Resumption, ServerConfig};
use tidegate::crypto::HashAlgorithm;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::wire::pre_shared_key::ImportedIdentity;
use tidegate::{
    ClientConnection, Event, ExternalPsk, FindPsk, HandshakeSpace, Lent, ServerConnection, ServerName,
    UnixTime, Want,
};

const HASH: HashAlgorithm = HashAlgorithm::Sha256;
const KEY: ExternalPsk<'_> = ExternalPsk { identity: b"key", key: &[0x42; 32], hash: HASH };

static CLIENT: ClientConfig = {
    let mut config = ClientConfig::new();
    config.common.external_keys = ExternalKeys::Allowed;
    config.common.psk_exchange = PskExchange::EphemeralOrNone;
    config
};
static NO_CHAINS: &[&[&[u8]]] = &[];
static SERVER: ServerConfig<&[&[&[u8]]]> = {
    let mut config = ServerConfig::new(NO_CHAINS);
    config.common.external_keys = ExternalKeys::Allowed;
    config.common.psk_exchange = PskExchange::EphemeralOrNone;
    config.common.resumption = Resumption::ByTicket;
    config.common.max_early_data = 1024;
    config
};

/// It is the same each time.
static HELLO: OnceLock<Vec<u8>> = OnceLock::new();

/// What a client says that has the key, as itself and imported.
fn hello() -> Vec<u8> {
    let (mut space, mut incoming, mut outgoing) = (HandshakeSpace::new(), [0; 6144], [0; 4096]);
    let lent = Lent { space: &mut space, incoming: &mut incoming[..], outgoing: &mut outgoing[..] };
    let name = ServerName::try_from("example.com").unwrap();
    let mut client = ClientConnection::new(&CLIENT, RustCrypto::new(Counter(0)), &name, lent).unwrap();
    client.offer_psk(KEY).unwrap();
    client.offer_imported_psk(KEY, b"context").unwrap();
    assert!(matches!(client.next_event(), Ok(Event::Want(Want::Incoming))));
    client.outgoing().to_vec()
}

/// Goes on with the identity that is wanted, as what it looks like; or with a session of any bytes.
fn find(ask: FindPsk<'_>, wanted: u8, session: &[u8]) {
    let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::from(wanted)));
    let Some(psk) = ask.identities().nth(usize::from(wanted & 3)) else { return ask.none() };
    let _found = match wanted >> 4 {
        0 => ask.resume(psk.index, session, now).is_ok(),
        1 => ask.resume_with_replayable_early_data(psk.index, session, now).is_ok(),
        2 => ask.external(psk.index, session, HASH).is_ok(),
        3 => ask.imported(psk.index, session, HASH).is_ok(),
        _ if ImportedIdentity::parse(psk.identity).is_ok() => ask.imported(psk.index, KEY.key, HASH).is_ok(),
        _ => ask.external(psk.index, KEY.key, HASH).is_ok(),
    };
}

fn serve(mut bytes: &[u8], wanted: u8, session: &[u8]) -> bool {
    let (mut space, mut incoming, mut outgoing) = (HandshakeSpace::new(), [0; 32768], [0; 4096]);
    let lent = Lent { space: &mut space, incoming: &mut incoming[..], outgoing: &mut outgoing[..] };
    let mut server = ServerConnection::new(&SERVER, RustCrypto::new(Counter(0)), lent).unwrap();
    loop {
        match server.next_event() {
            Ok(Event::Want(Want::Incoming)) if bytes.is_empty() => break,
            Ok(Event::Want(Want::Incoming)) => {
                let taken = server.feed_incoming(bytes);
                assert!(taken > 0);
                bytes = &bytes[taken..];
            }
            Ok(Event::Want(Want::Outgoing)) => {
                let count = server.outgoing().len();
                server.outgoing_sent(count);
            }
            Ok(Event::FindPsk(ask)) => find(ask, wanted, session),
            Ok(Event::EarlyData(data)) => data.consume(usize::MAX),
            Ok(Event::ChooseIdentity(_) | Event::Want(_)) => return false,
            Ok(_) => {}
            Err(error) => {
                assert_eq!(server.next_event().map(|_| ()).unwrap_err(), error);
                return false;
            }
        }
    }
    server.negotiated().cipher_suite.is_some()
}

fuzz_target!(|data: &[u8]| {
    let [wanted, changes, rest @ ..] = data else { return };
    let mut hello = HELLO.get_or_init(hello).clone();
    let (changes, behind) = rest.split_at(rest.len().min(usize::from(*changes) * 3));
    for change in changes.chunks_exact(3) {
        let place = usize::from(u16::from_be_bytes([change[0], change[1]])) % hello.len();
        hello[place] = change[2];
    }
    let proven = *wanted >> 4 > 3 && usize::from(*wanted & 3) < 3;
    let goes_on = serve(&[&hello[..], behind].concat(), *wanted, behind);
    assert!(goes_on || !(changes.is_empty() && behind.is_empty() && proven));
});
