//! Whole connections between two providers.

use tidegate::config::{ClientConfig, Common, ServerConfig, Versions};
use tidegate::crypto::Provider;
use tidegate::driver::{Webpki, answer_client, answer_server};
use tidegate::wire::enums::{CipherSuite, NamedGroup, ProtocolVersion};
use tidegate::x509::WebpkiVerifier;
use tidegate::{Client, Connection, Event, HandshakeSpace, Lent, Server, ServerName, Want};
use tidegate_tests::pair::{Buffers, now};
use tidegate_tests::pki::Pki;

type Space<P> = Box<HandshakeSpace<P>>;
type ClientOf<P> = Connection<Client, P, Box<ClientConfig>, Space<P>, Box<[u8]>>;
type ServerOf<P> = Connection<Server, P, Box<ServerConfig>, Space<P>, Box<[u8]>>;

/// Short, and long for whoever tells them apart.
const LENGTHS: [usize; 5] = [1, 100, 3000, 3100, 16_384];

pub(super) fn both_versions<A: Provider + Default, B: Provider + Default>() {
    for leaf in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ED25519] {
        let pki = Pki::new(leaf);
        for (suite, group) in A::SUITES.iter().cycle().zip(A::GROUPS) {
            connect::<A, B>(&pki, Versions::Tls13, *suite, *group);
            connect::<B, A>(&pki, Versions::Tls13, *suite, *group);
            if *group != NamedGroup::X25519MLKEM768 {
                connect::<A, B>(&pki, Versions::Tls12, *suite, *group);
                connect::<B, A>(&pki, Versions::Tls12, *suite, *group);
            }
        }
    }
}

fn connect<C: Provider + Default, S: Provider + Default>(
    pki: &Pki,
    versions: Versions,
    suite: CipherSuite,
    group: NamedGroup,
) {
    let configure = |common: &mut Common| {
        common.versions = versions;
        common.cipher_suites = [suite].into_iter().collect();
        // The curve of a server's key is among a client's groups in TLS 1.2, too.
        common.groups = [group, NamedGroup::SECP256R1, NamedGroup::SECP384R1].into_iter().collect();
    };
    let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki.identities()));
    configure(&mut client.common);
    configure(&mut server.common);
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientOf::<C>::new(Box::new(client), C::default(), &name, lend()).unwrap();
    let mut server = ServerOf::<S>::new(Box::new(server), S::default(), lend()).unwrap();
    shake_hands(pki, &mut client, &mut server);
    let is_tls12 = client.negotiated().version() == Some(ProtocolVersion::TLS_1_2);
    assert_eq!(is_tls12, versions == Versions::Tls12);
    assert_eq!(server.negotiated().group, Some(group));
    for length in LENGTHS {
        let data = vec![length as u8; length];
        assert_eq!(client.write_app_data(&data).unwrap(), length);
        let count = server.feed_incoming(client.outgoing());
        client.outgoing_sent(count);
        assert_eq!(received(|out| server.read_app_data(out)), data, "{suite} {group}");
        assert_eq!(server.write_app_data(&data).unwrap(), length);
        let count = client.feed_incoming(server.outgoing());
        server.outgoing_sent(count);
        assert_eq!(received(|out| client.read_app_data(out)), data, "{suite} {group}");
    }
}

fn lend<P: Provider>() -> Lent<Space<P>, Box<[u8]>> {
    let buffer = |length| vec![0; length].into_boxed_slice();
    Lent {
        space: Box::default(),
        incoming: buffer(Buffers::FULL.incoming),
        outgoing: buffer(2 * Buffers::FULL.outgoing),
    }
}

fn shake_hands<C: Provider + Default, S: Provider>(
    pki: &Pki,
    client: &mut ClientOf<C>,
    server: &mut ServerOf<S>,
) {
    let (anchors, signer) = ([pki.anchor()], pki.signer());
    let algorithms = C::default().signature_algorithms();
    let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, algorithms), clock: now };
    let is_waiting = |event: Option<Event<'_>>| matches!(event, Some(Event::Want(Want::Incoming)));
    loop {
        while !is_waiting(answer_client(client.next_event().unwrap(), &verifier)) {}
        let sent = server.feed_incoming(client.outgoing());
        client.outgoing_sent(sent);
        while !is_waiting(answer_server(server.next_event().unwrap(), &signer)) {}
        let came = client.feed_incoming(server.outgoing());
        server.outgoing_sent(came);
        if sent + came == 0 {
            break;
        }
    }
    assert!(!client.is_handshaking() && !server.is_handshaking());
}

/// What one read or more give.
fn received(mut read: impl FnMut(&mut [u8]) -> Result<usize, tidegate::ReadError>) -> Vec<u8> {
    let (mut all, mut some) = (Vec::new(), vec![0; 1 << 14]);
    loop {
        match read(&mut some) {
            Ok(count) => all.extend_from_slice(&some[..count]),
            Err(tidegate::ReadError::Progress) => {}
            Err(_) => return all,
        }
    }
}
