//! Records of application data, in each of the two forms.

use std::hint::black_box;

use tidegate::Event;

use super::ends::{OwnClient, OwnServer, Room, Settings, turn_client, turn_server};

/// Writes data that is copied to where it is sealed.
pub(crate) fn write(length: usize, times: usize) {
    let data = vec![7; length];
    connected(|client, _| {
        for _ in 0..times {
            assert_eq!(client.write_app_data(black_box(&data)), Ok(length));
            client.outgoing_sent(black_box(client.outgoing()).len());
        }
    });
}

/// Seals data where it was put.
pub(crate) fn fill(length: usize, times: usize) {
    connected(|client, _| {
        for _ in 0..times {
            assert!(black_box(client.app_data_space()).is_ok_and(|space| space.len() >= length));
            assert_eq!(client.app_data_filled(length), Ok(length));
            client.outgoing_sent(black_box(client.outgoing()).len());
        }
    });
}

/// Reads data that came, to another place.
pub(crate) fn read(length: usize, times: usize) {
    let mut out = vec![0; length];
    connected(|client, server| {
        let record = record(client, length);
        for _ in 0..times {
            assert_eq!(server.feed_incoming(&record), record.len());
            assert_eq!(server.read_app_data(black_box(&mut out)), Ok(length));
        }
    });
    assert_eq!(out, vec![7; length]);
}

/// Opens data and leaves it where it lies. The bytes of the one record stay there, since nothing is decrypted.
pub(crate) fn lend(length: usize, times: usize) {
    connected(|client, server| {
        let record = record(client, length);
        server.incoming_space().iter_mut().zip(&record).for_each(|(to, from)| *to = *from);
        for _ in 0..times {
            assert!(black_box(server.incoming_space()).len() >= record.len());
            server.incoming_filled(record.len());
            let Ok(Event::AppData(mut data)) = server.next_event() else { panic!("the data came") };
            assert_eq!(black_box(data.bytes()).len(), length);
            data.consume(length);
        }
    });
}

/// One record with data.
fn record(client: &mut OwnClient<'_>, length: usize) -> Vec<u8> {
    assert_eq!(client.write_app_data(&vec![7; length]), Ok(length));
    let record = client.outgoing().to_vec();
    client.outgoing_sent(record.len());
    record
}

/// Two ends that have shaken hands.
pub(crate) fn connected(work: impl FnOnce(&mut OwnClient<'_>, &mut OwnServer<'_>)) {
    let (settings, mut rooms) = (Settings::new(0), [Room::new(), Room::new()]);
    let [own, peers] = &mut rooms;
    let (mut client, mut server) = (settings.client(own, None), settings.server(peers));
    let (mut sent, mut came) = (Vec::new(), Vec::new());
    while client.is_handshaking() || server.is_handshaking() {
        sent.clear();
        turn_client(&mut client, &settings.shop, &came, &mut |bytes| sent.extend_from_slice(bytes));
        came.clear();
        turn_server(&mut server, &settings.shop, &sent, &mut |bytes| came.extend_from_slice(bytes));
    }
    work(&mut client, &mut server);
}
