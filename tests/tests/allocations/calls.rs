//! How often a stream calls the system: a transport that takes everything, and counts.

use std::io::{Read, Write};

use tidegate_std::Buffers;
use tidegate_std::tidegate::buffers::{FULL_OUTGOING, full_incoming};
use tidegate_std::tidegate::modes::Modes;

use crate::ends::{Calls, Memory, connected, makers};

/// Bytes of handshake messages that the makers take.
const HANDSHAKE_MESSAGE: usize = 16_384;

/// Calls of the transport for so many bytes, with buffers for so many records each: reads, of which the last found nothing, and
/// writes.
fn calls(length: usize, buffers: Buffers) -> Calls {
    let (mut client, mut server) = connected(&makers(Modes::empty(), buffers), Memory::pair(length));
    let before = (client.get_ref().calls(), server.get_ref().calls());
    client.write_all(&vec![7; length]).unwrap();
    let mut out = vec![0; length];
    server.read_exact(&mut out).unwrap();
    assert!(server.read(&mut out).is_err(), "nothing else comes");
    Calls {
        writes: client.get_ref().calls().writes - before.0.writes,
        reads: server.get_ref().calls().reads - before.1.reads,
    }
}

/// Buffers for so many full records.
fn records(count: usize) -> Buffers {
    let more = (count - 1) * FULL_OUTGOING;
    Buffers { incoming: full_incoming(HANDSHAKE_MESSAGE) + more, outgoing: FULL_OUTGOING + more }
}

#[test]
fn several_records_go_by_one_call() {
    println!("records in a buffer, calls for 64 kB and for 1 MB:");
    for count in [1, 2, 4] {
        let [small, large] = [64 << 10, 1 << 20].map(|length| calls(length, records(count)));
        println!("{count}: {small:?}, {large:?}");
        assert_eq!([small.writes, large.writes], [4_usize.div_ceil(count), 64 / count]);
        // The room for a handshake message is room for data as well, and the last call finds nothing.
        assert!(small.reads <= 4 / count + 2 && large.reads <= 64 / count + 2, "{small:?} {large:?}");
    }
    let default = calls(64 << 10, Buffers::default());
    println!("as by default: {default:?}");
    assert!(default.writes <= 2 && default.reads <= 5, "{default:?}");
}
