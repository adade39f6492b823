//! RELEASE_BUFFERS: an idle connection holds no record buffer, after any history.

use tidegate::modes::Modes;
use tidegate::wire::enums::KeyUpdateRequest;

use crate::duo::{Duo, context, read_all};

const RELEASE: Modes = Modes::AUTO_RETRY.set(Modes::RELEASE_BUFFERS);

fn bytes(duo: &Duo) -> [usize; 2] {
    [duo.client.buffer_bytes(), duo.server.buffer_bytes()]
}

#[test]
fn nothing_is_held_after_any_history() {
    let mut duo = Duo::connected(RELEASE, 20_000);
    assert_eq!(bytes(&duo), [0, 0], "after the handshake");
    assert_eq!((duo.client.write(b"to be read"), duo.server_reads().len()), (10, 10));
    assert_eq!(bytes(&duo), [0, 0], "after data");
    duo.client.set_mode(Modes::ENABLE_PARTIAL_WRITE);
    assert_eq!(duo.client.write(&[1; 40_000]), 16_384);
    assert_eq!(bytes(&duo), [0, 0], "after a partial success");
    assert_eq!(duo.server_reads().len(), 16_384);
    assert_eq!(duo.client.key_update(KeyUpdateRequest::UPDATE_REQUESTED), 1);
    assert_eq!((duo.client.do_handshake(), read_all(&mut duo.server).len()), (1, 0));
    assert_eq!(bytes(&duo), [0, 0], "after a KeyUpdate");
    assert_eq!((duo.client.shutdown(), duo.server.shutdown()), (0, 0));
    assert_eq!((duo.client.shutdown(), duo.server.shutdown()), (1, 1));
    assert_eq!(bytes(&duo), [0, 0], "after both directions were closed");
}

#[test]
fn what_holds_bytes_stays() {
    let mut duo = Duo::connected(RELEASE, 17_000);
    let data = [1; 20_000];
    assert_eq!(duo.client.write(&data), -1);
    assert!(duo.client.buffer_bytes() > 16_384, "a record is blocked");
    assert_eq!(duo.server.read(&mut [0; 10]), 10);
    assert!(duo.server.buffer_bytes() > 16_384, "the rest of a record is unread");
    assert_eq!(duo.server_reads().len(), 16_374);
    assert!(duo.server.buffer_bytes() > 16_384, "a part of a record was collected");
    assert_eq!((duo.client.write(&data), duo.server_reads().len()), (20_000, 3616));
    assert_eq!(bytes(&duo), [0, 0]);
}

#[test]
fn without_the_mode_buffers_stay_and_with_it_they_are_shared() {
    let context = context();
    let mut plain = Duo::new(&context, 0);
    plain.handshake();
    // A record each way, and the longest handshake message.
    assert!(bytes(&plain).iter().all(|held| (3 * 16_384..50_000).contains(held)));
    context.set_mode(Modes::RELEASE_BUFFERS);
    context.set_freelist_max_len(1);
    let mut duos: Vec<Duo> = (0..4).map(|_| Duo::new(&context, 0)).collect();
    duos.iter_mut().for_each(Duo::handshake);
    assert!(duos.iter().all(|duo| bytes(duo) == [0, 0]));
    let list = context.free_list();
    assert_eq!((list.len(), list.limit()), (2, 1));
    context.set_freelist_max_len(0);
    assert!(list.is_empty());
}
