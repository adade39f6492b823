//! Any bytes are a session, a ticket or a cookie, or are refused: nothing panics, and what was sealed opens again.
#![no_main]

#[path = "../counter.rs"]
mod counter;

use std::time::Duration;

use counter::Counter;
use libfuzzer_sys::fuzz_target;
use tidegate::config::{ClientConfig, Resumption, Versions};
use tidegate::cookie::{BINDING, CookieKeys};
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::ticket::{OVERHEAD, TicketKeys};
use tidegate::{ClientConnection, Event, HandshakeSpace, Lent, ServerName, UnixTime, Want, limits};

static CONFIG: ClientConfig = {
    let mut config = ClientConfig::new();
    config.common.versions = Versions::Both;
    config.common.resumption = Resumption::ByTicket;
    config
};

/// A session that a client has kept; one that it takes leaves in its hello.
fn resume(session: &[u8], now: UnixTime) {
    let (mut space, mut incoming, mut outgoing) = (HandshakeSpace::new(), [0; 6144], [0; 4096]);
    let lent = Lent { space: &mut space, incoming: &mut incoming[..], outgoing: &mut outgoing[..] };
    let name = ServerName::try_from("example.com").unwrap();
    let mut client = ClientConnection::new(&CONFIG, RustCrypto::new(Counter(0)), &name, lent).unwrap();
    if client.resume(session, now).is_ok() {
        let _ = client.write_early_data(b"early");
        assert!(matches!(client.next_event(), Ok(Event::Want(Want::Incoming | Want::Outgoing))));
        assert!(!client.outgoing().is_empty());
    }
}

fn ticket(bytes: &[u8]) {
    let (mut keys, mut provider) = (TicketKeys::new(), RustCrypto::new(Counter(0)));
    keys.install([0; _], &[1; _]);
    let (mut sealed, mut opened) = (vec![0; bytes.len() + OVERHEAD], vec![0; bytes.len() + OVERHEAD]);
    if let Some(length) = keys.open(&mut provider, bytes, &mut opened) {
        assert!(length + OVERHEAD <= bytes.len());
    }
    let length = keys.seal(&mut provider, bytes, &mut sealed).unwrap();
    let session = keys.open(&mut provider, &sealed[..length], &mut opened).unwrap();
    assert_eq!(&opened[..session], bytes);
    for place in [0, length / 2, length - 1] {
        sealed[place] ^= 1;
        assert_eq!(keys.open(&mut provider, &sealed[..length], &mut opened), None);
        sealed[place] ^= 1;
    }
}

fn cookie(bytes: &[u8], now: UnixTime) {
    let (mut keys, mut provider) = (CookieKeys::new(), RustCrypto::new(Counter(0)));
    keys.install([0; _], &[1; _]);
    let (mut sealed, mut opened) = ([0; limits::COOKIE], [0; limits::COOKIE]);
    let (binding, content) = bytes.split_at(bytes.len().min(BINDING));
    let _ = keys.open(&mut provider, (bytes, binding), (now, 60), &mut opened);
    let Ok(length) = keys.seal(&mut provider, (content, binding), now, &mut sealed) else { return };
    let found = keys.open(&mut provider, (&sealed[..length], binding), (now, 60), &mut opened).unwrap();
    assert_eq!(&opened[found], content);
    let other = [binding, b"other"].concat();
    assert_eq!(keys.open(&mut provider, (&sealed[..length], &other), (now, 60), &mut opened), None);
}

fuzz_target!(|data: &[u8]| {
    let Some((time, bytes)) = data.split_first_chunk::<8>() else { return };
    let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::from_be_bytes(*time)));
    resume(bytes, now);
    ticket(bytes);
    cookie(bytes, now);
});
