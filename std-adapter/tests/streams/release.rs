//! RELEASE_BUFFERS over streams: an idle one holds no record buffer, and a busy one never misses it.

use std::io::{self, Read, Write};

use tidegate::modes::Modes;
use tidegate::wire::enums::KeyUpdateRequest;
use tidegate_std::openssl::BioPair;
use tidegate_std::{ClientStream, ServerStream};

use crate::pki::Pki;

fn ends() -> (ClientStream<BioPair>, ServerStream<BioPair>) {
    let pki = Pki::new();
    let (here, there) = BioPair::new(0, 0);
    let connector = pki.connector().configured(|config| config.common.modes = Modes::RELEASE_BUFFERS);
    let acceptor = pki.acceptor().configured(|config| config.common.modes = Modes::RELEASE_BUFFERS);
    (connector.start("localhost", here).unwrap(), acceptor.start(there).unwrap())
}

fn held(ends: &(ClientStream<BioPair>, ServerStream<BioPair>)) -> [usize; 2] {
    [ends.0.connection().buffer_bytes(), ends.1.connection().buffer_bytes()]
}

fn would_block(outcome: io::Result<usize>) -> bool {
    outcome.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

#[test]
fn nothing_is_held_after_the_handshake_a_read_a_write_and_a_key_update() {
    let mut both = ends();
    assert!((0..9).any(|_| both.0.handshake().is_ok() & both.1.handshake().is_ok()));
    assert_eq!(held(&both), [0, 0], "after the handshake");
    let mut out = [0; 99];
    assert_eq!((both.0.write(b"question").unwrap(), both.1.read(&mut out).unwrap()), (8, 8));
    assert_eq!(held(&both), [0, 0], "after a write and a read");
    both.1.update_keys(KeyUpdateRequest::UPDATE_REQUESTED).unwrap();
    both.1.flush().unwrap();
    assert!(would_block(both.0.read(&mut out)), "it answers the KeyUpdate and waits on");
    assert!(would_block(both.1.read(&mut out)));
    assert_eq!(held(&both), [0, 0], "after a KeyUpdate");
    assert_eq!((both.1.write(b"answer").unwrap(), both.0.read(&mut out).unwrap()), (6, 6));
    both.1.close().unwrap();
    assert_eq!(both.0.read(&mut out).unwrap(), 0);
    assert_eq!(held(&both), [0, 0], "after the end");
}

#[test]
fn a_client_may_read_before_anything_else() {
    let mut both = ends();
    let mut out = [0; 99];
    let read = (0..9).find_map(|_| {
        let count = both.0.read(&mut out);
        if both.1.handshake().is_ok() && both.1.wants_read() {
            let _ = both.1.write(b"greeting");
        }
        count.ok()
    });
    assert_eq!(read, Some(8));
    assert_eq!(held(&both)[0], 0);
}
