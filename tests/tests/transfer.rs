//! Bytes from one end to the other: any chunks, any buffers, every mode, both completions.
#![allow(missing_docs, reason = "tests")]

use rcgen::{PKCS_ECDSA_P256_SHA256 as P256, PKCS_ECDSA_P384_SHA384 as P384};
use sha2::{Digest, Sha256};
use tidegate::config::{ClientConfig, Common, ExternalKeys, ServerConfig, Versions};
use tidegate::error::{Error, LimitExceeded};
use tidegate::modes::{Completion, Modes};
use tidegate::wire::enums::NamedGroup;
use tidegate::{CreateError, Event, WriteError, buffers};
use tidegate_tests::at;
use tidegate_tests::pair::{Buffers, End, Pair};
use tidegate_tests::pki::Pki;

/// Bytes of which no two stretches are alike.
fn file(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(next).collect()
}

/// Two ends with this in common, connected.
fn connected(common: &Common, buffers: [Buffers; 2]) -> Pair {
    let pki = Pki::new(&P256);
    let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
    client.common = common.clone();
    server.common = common.clone();
    let mut pair = Pair::with_buffers(pki, client, server, buffers);
    pair.handshake().unwrap();
    pair
}

/// A file each way, and the same one arrives.
#[track_caller]
fn assert_carries(pair: &mut Pair, file: &[u8]) {
    for from in End::BOTH {
        let arrived = pair.carry(from, file).unwrap();
        assert_eq!(Sha256::digest(arrived), Sha256::digest(file), "from the {from:?}");
    }
}

fn every_mode_set() -> impl Iterator<Item = Modes> {
    let modes = [
        Modes::ENABLE_PARTIAL_WRITE,
        Modes::ACCEPT_MOVING_WRITE_BUFFER,
        Modes::AUTO_RETRY,
        Modes::RELEASE_BUFFERS,
    ];
    (0..16).map(move |bits| {
        let chosen = modes.into_iter().enumerate().filter(move |(bit, _)| bits >> bit & 1 == 1);
        chosen.fold(Modes::empty(), |set, (_, mode)| set.set(mode))
    })
}

#[test]
fn ten_megabytes_under_every_mode_set_and_both_completions() {
    let file = file(10 << 20);
    for completion in [Completion::Sealed, Completion::Drained] {
        for modes in every_mode_set() {
            let mut common = Common::new();
            (common.completion, common.modes) = (completion, modes);
            assert_carries(&mut connected(&common, [Buffers::FULL; 2]), &file);
        }
    }
}

#[test]
fn a_byte_at_a_time_under_every_mode_set_and_both_completions() {
    let file = file(2000);
    for completion in [Completion::Sealed, Completion::Drained] {
        for modes in every_mode_set() {
            let mut common = Common::new();
            (common.completion, common.modes) = (completion, modes);
            let mut pair = connected(&common, [Buffers { incoming: 6144, outgoing: 1024 }; 2]);
            pair.chunk = 1;
            assert_carries(&mut pair, &file);
        }
    }
}

#[test]
fn handshakes_and_files_in_any_chunks() {
    let file = file(40_000);
    for chunk in (1..12).chain([16, 21, 22, 100, 1000, 4096, 16_384, 16_406]) {
        let pki = Pki::new(&P256);
        let server = ServerConfig::new(pki.identities());
        let mut pair = Pair::new(pki, ClientConfig::new(), server, Buffers::FULL);
        pair.chunk = chunk;
        pair.handshake().unwrap();
        assert_carries(&mut pair, &file);
    }
}

/// Bytes of the Certificate message with this chain (RFC 8446, section 4.4.2).
fn certificate_message(pki: &Pki) -> usize {
    4 + 1 + 3 + pki.chain.iter().map(|certificate| 3 + certificate.len() + 2).sum::<usize>()
}

#[test]
fn the_smallest_buffers_work_for_chains_of_any_length() {
    for length in 1..=3 {
        let pki = Pki::with_chain(&P384, length);
        let longest = certificate_message(&pki).max(512);
        let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
        client.common.max_handshake_message = longest;
        // The longest message that a server gets is a ClientHello of less than 512 bytes, with a share on a curve.
        client.common.groups.push(NamedGroup::X25519).unwrap();
        server.common.max_handshake_message = 512;
        let smallest =
            |message| Buffers { incoming: buffers::min_incoming(message), outgoing: buffers::MIN_OUTGOING };
        let mut pair = Pair::with_buffers(pki, client, server, [smallest(longest), smallest(512)]);
        pair.handshake().unwrap_or_else(|error| panic!("{length} certificates: {error}"));
        assert_carries(&mut pair, &file(3000));
    }
}

#[test]
fn one_end_may_have_large_buffers_and_the_other_small_ones() {
    let sizes = [
        Buffers::SMALLEST,
        Buffers { incoming: 5000, outgoing: 100 },
        Buffers { incoming: 6144, outgoing: 1024 },
        Buffers { incoming: 9000, outgoing: 5000 },
        Buffers::FULL,
        Buffers { incoming: 1 << 16, outgoing: 1 << 16 },
    ];
    let file = file(40_000);
    for client in sizes {
        for server in sizes {
            assert_carries(&mut connected(&Common::new(), [client, server]), &file);
        }
    }
}

#[test]
fn a_buffer_too_small_says_what_would_do() {
    let pki = Pki::new(&P256);
    for buffers in [
        Buffers { incoming: Buffers::SMALLEST.incoming - 1, ..Buffers::SMALLEST },
        Buffers { outgoing: Buffers::SMALLEST.outgoing - 1, ..Buffers::SMALLEST },
    ] {
        let error = Pair::try_client(ClientConfig::new(), buffers).unwrap_err();
        let (expected, needed) = if buffers.incoming < Buffers::SMALLEST.incoming {
            let needed = Buffers::SMALLEST.incoming;
            (CreateError::IncomingBuffer { needed }, needed)
        } else {
            let needed = Buffers::SMALLEST.outgoing;
            (CreateError::OutgoingBuffer { needed }, needed)
        };
        assert_eq!(error, expected);
        assert!(error.to_string().contains(&needed.to_string()), "{error}");
    }
    drop(Pair::try_client(ClientConfig::new(), Buffers::SMALLEST).unwrap());

    // A chain too long for the configuration: the error has the length that would do, and it does.
    let needed = certificate_message(&pki);
    for (limit, error) in [
        (needed - 1, Some(Error::LimitExceeded(LimitExceeded::HandshakeMessage { length: needed.into() }))),
        (needed, None),
    ] {
        let mut client = ClientConfig::new();
        client.common.max_handshake_message = limit;
        client.common.groups.push(NamedGroup::X25519).unwrap();
        let mut pair = Pair::new(pki.clone(), client, ServerConfig::new(pki.identities()), Buffers::FULL);
        assert_eq!(pair.handshake().err(), error);
    }
}

#[test]
fn a_configuration_that_cant_work_makes_no_connection() {
    type Change = fn(&mut Common);
    let cases: [(Change, &str); 4] = [
        (|common| common.max_send_fragment = 0, "max_send_fragment"),
        (|common| common.max_send_fragment = 16_385, "max_send_fragment"),
        (|common| common.max_handshake_message = 511, "max_handshake_message"),
        (
            |common| {
                common.versions = Versions::Tls12;
                common.external_keys = ExternalKeys::Required;
            },
            "TLS 1.3",
        ),
    ];
    for (change, named) in cases {
        let mut client = ClientConfig::new();
        change(&mut client.common);
        let error = Pair::try_client(client, Buffers::FULL).unwrap_err();
        assert!(matches!(error, CreateError::Configuration(why) if why.contains(named)), "{error}");
    }
}

#[test]
fn the_forms_in_place_do_the_same_as_those_that_copy() {
    for completion in [Completion::Sealed, Completion::Drained] {
        let mut common = Common::new();
        common.completion = completion;
        for from in End::BOTH {
            let mut pair = connected(&common, [Buffers { incoming: 6144, outgoing: 2048 }; 2]);
            let file = file(30_000);
            let mut arrived = Vec::new();
            let mut rest = &file[..];
            while arrived.len() < file.len() {
                let count = at!(pair, from, end => put_in_place(end.app_data_space(), rest));
                if count > 0 {
                    at!(pair, from, end => end.app_data_filled(count).unwrap());
                }
                rest = &rest[count..];
                exchange_in_place(&mut pair, from);
                while let Event::AppData(mut data) = at!(pair, from.peer(), end => end.next_event().unwrap())
                {
                    let half = data.bytes().len().div_ceil(2);
                    arrived.extend_from_slice(&data.bytes()[..half]);
                    data.consume(half);
                }
            }
            assert_eq!(Sha256::digest(arrived), Sha256::digest(&file));
        }
    }
}

/// Puts what fits where it will be sealed.
fn put_in_place(space: Result<&mut [u8], WriteError>, data: &[u8]) -> usize {
    match space {
        Ok(space) => {
            let count = space.len().min(data.len());
            space.iter_mut().zip(data).for_each(|(to, byte)| *to = *byte);
            count
        }
        Err(WriteError::Blocked(_)) => 0,
        Err(error) => panic!("{error}"),
    }
}

fn exchange_in_place(pair: &mut Pair, from: End) {
    loop {
        let mut out = vec![0; 100];
        let taken = at!(pair, from, end => end.take_outgoing(&mut out));
        if taken == 0 {
            return;
        }
        let mut rest = &out[..taken];
        while !rest.is_empty() {
            let count = at!(pair, from.peer(), end => {
                let space = end.incoming_space();
                let count = space.len().min(rest.len());
                space.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
                end.incoming_filled(count);
                count
            });
            assert!(count > 0, "room for 100 bytes");
            rest = &rest[count..];
        }
    }
}
