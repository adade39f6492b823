//! What is done with secrets.

use std::hint::black_box;

use tidegate::config::{Common, ExternalKeys, Resumption, Versions};
use tidegate::crypto::HashAlgorithm;
use tidegate::error::{Error, PeerMisbehaved};
use tidegate::wire::enums::{CipherSuite, KeyUpdateRequest};
use tidegate::{ExternalPsk, SessionKind};

use super::ends::{IDENTITY, Pair, Shop};
use super::marking::secrets_in;
use super::memcheck::{mark, unmarked};
use super::remains::{bytes_of, remains_of};

/// A piece of work: its name, and what does it.
pub(crate) type Work = (&'static str, fn());

/// What must show no error.
pub(crate) const QUIET: [Work; 9] = [
    ("handshake, data, key update, exporter", || whole(&|_| ())),
    ("the same with SHA-384", || whole(&only_sha384)),
    ("ticket, binder, early data", || resumed(&|common| common.max_early_data = 10_000)),
    ("external key", || assert_eq!(external(&Shop::new(), &[3; 32]), Ok(()))),
    ("record, binder and ticket that are wrong", strangers),
    ("TLS 1.2, data, exporter", || whole(&only_tls12)),
    ("TLS 1.2, ticket", || resumed(&only_tls12)),
    ("what is left of an end", || left(&|_| ())),
    ("what is left of an end of TLS 1.2", || left(&only_tls12)),
];

/// What must show one: that errors are seen at all.
pub(crate) const LOUD: [Work; 2] = [("a comparison that stops early", compare), ("an index", index)];

fn only_sha384(common: &mut Common) {
    common.cipher_suites = [CipherSuite::TLS_AES_256_GCM_SHA384].into_iter().collect();
}

fn only_tls12(common: &mut Common) {
    common.versions = Versions::Tls12;
}

/// A connection from its beginning to its end.
fn whole(change: &dyn Fn(&mut Common)) {
    let shop = Shop::new();
    let mut pair = Pair::new(&shop, change);
    pair.settle().expect("a handshake");
    pair.exchange();
    // TLS 1.2 has no such thing, and a renegotiation compares a Finished that was sent: it is public then (RFC 5929).
    if pair.client.update_keys(KeyUpdateRequest::UPDATE_REQUESTED).is_ok() {
        pair.settle().expect("new keys");
        pair.exchange();
    }
    let mut exported = [0; 64];
    pair.client.export_keying_material(b"label", Some(b"context"), &mut exported).expect("it is connected");
    pair.client.close();
    pair.server.close();
    pair.settle().expect("an end");
}

/// A connection, and one that goes on with its session.
fn resumed(change: &dyn Fn(&mut Common)) {
    let change = |common: &mut Common| {
        common.resumption = Resumption::ByTicket;
        change(common);
    };
    let shop = Shop::new();
    let mut first = Pair::new(&shop, change);
    first.settle().expect("a handshake");
    let session = first.kept().expect("a ticket");
    let mut second = Pair::new(&shop, change);
    second.resume(&session);
    let early = vec![7; 1000];
    mark(&early);
    // Where it is not offered the handshake is shown all the same.
    let _ = second.client.write_early_data(&early);
    second.settle().expect("a handshake");
    assert_eq!(second.server.negotiated().session, SessionKind::Resumed);
    second.exchange();
}

/// A handshake with a key that the client has.
fn external(shop: &Shop, key: &[u8; 32]) -> Result<(), Error> {
    let mut pair = Pair::new(shop, |common| common.external_keys = ExternalKeys::Required);
    let key = Box::new(*key);
    mark(&*key);
    let psk = ExternalPsk { identity: IDENTITY, key: &*key, hash: HashAlgorithm::Sha256 };
    pair.client.offer_psk(psk).expect("there is room");
    pair.settle()?;
    pair.exchange();
    Ok(())
}

/// What does not authenticate.
fn strangers() {
    let shop = Shop::new();
    assert_eq!(external(&shop, &[4; 32]), Err(PeerMisbehaved::BadBinder.into()));

    let mut pair = Pair::new(&shop, |_| ());
    pair.settle().expect("a handshake");
    assert_eq!(pair.client.write_app_data(&[7; 100]), Ok(100));
    let mut record = pair.client.outgoing().to_vec();
    record[50] ^= 1;
    pair.server.feed_incoming(&record);
    assert!(pair.server.next_event().is_err());

    let mut first = Pair::new(&shop, |common| common.resumption = Resumption::ByTicket);
    first.settle().expect("a handshake");
    let session = first.kept().expect("a ticket");
    // A server that has another key by the same name.
    let other = Shop::with_ticket_key([9; 32]);
    let mut second = Pair::new(&other, |common| common.resumption = Resumption::ByTicket);
    second.resume(&session);
    second.settle().expect("a handshake without the ticket");
    assert_eq!(second.server.negotiated().session, SessionKind::New);
}

/// What is handed back or dropped holds no secret, and no data in full.
fn left(change: &dyn Fn(&mut Common)) {
    let shop = Shop::new();
    let mut pair = Pair::new(&shop, change);
    pair.settle().expect("a handshake");
    pair.exchange();
    let Pair { mut client, server, .. } = pair;

    let space = client.detach_handshake().expect("the handshake is over");
    assert_eq!(secrets_in(&bytes_of(&*space)), []);
    for buffer in [client.detach_incoming(), client.detach_outgoing()] {
        let bytes = unmarked(&buffer.expect("it holds nothing"));
        assert!(bytes.iter().all(|byte| *byte == 0));
    }
    for bytes in [bytes_of(&client), bytes_of(&server)] {
        assert!(!secrets_in(&bytes).is_empty(), "they are found where they are");
    }
    for bytes in [remains_of(Box::new(client)), remains_of(Box::new(server))] {
        assert_eq!(secrets_in(&bytes), []);
    }
}

/// Two secrets, compared as anything else would be.
fn compare() {
    let secrets = [[5_u8; 32]; 2];
    mark(secrets.as_flattened());
    let [one, other] = black_box(&secrets);
    black_box(if one == other { 1 } else { black_box(2) });
}

/// A table, and a secret place in it.
fn index() {
    let (table, place) = ([1_u8; 256], [7_u8; 1]);
    mark(&place);
    let [place] = *black_box(&place);
    black_box(black_box(&table)[usize::from(place)]);
}
