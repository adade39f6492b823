//! Pre-shared keys of TLS 1.3 with OpenSSL and GnuTLS at either end: sessions that go on, external keys, early data.
#![allow(missing_docs, reason = "tests")]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;

use getrandom::SysRng;
use tidegate::config::{ClientConfig, ExternalKeys, Resumption, ServerConfig, Versions};
use tidegate::crypto::HashAlgorithm;
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{Webpki, answer_client};
use tidegate::x509::WebpkiVerifier;
use tidegate::{
    Connection, EarlyData, Error, Event, ExternalPsk, HandshakeSpace, Lent, MAX_CLIENT_SESSION, Role,
    ServerName, SessionKind, Want, buffers,
};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::program::{Program, have, run};
use tidegate_tests::interop::sessions::{NEW_THEN_RESUMED, connector, serve, talk};
use tidegate_tests::interop::{gnutls, openssl};
use tidegate_tests::pair::{OwnedClient, OwnedServer, Software, now};

const KEY: [u8; 32] = [0x42; 32];
const HEX: &str = "4242424242424242424242424242424242424242424242424242424242424242";
const VERSIONS: Versions = Versions::Tls13;
const PRIORITY: &str = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

#[test]
#[ignore = "needs openssl"]
fn our_client_goes_on_with_sessions_of_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for options in [&[][..], &["-no_ticket"]] {
        let (_program, address) = openssl::start_server(openssl::server(&identity).arg("-rev").args(options));
        let connector = connector(&identity, VERSIONS, Resumption::ByTicket);
        assert_eq!([(); 3].map(|()| talk(&connector, address)), NEW_THEN_RESUMED, "{options:?}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn openssl_goes_on_with_our_sessions() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    for way in [Resumption::ByTicket, Resumption::ById] {
        let (address, server) = serve(&identity, (VERSIONS, way), 3);
        let session = identity.folder.file("session13.pem");
        let _ = fs::remove_file(&session);
        for turn in 0..3 {
            let mut command = openssl::client(&identity, address);
            command.args(["-tls1_3", "-ign_eof", "-sess_out"]).arg(&session);
            if turn > 0 {
                command.arg("-sess_in").arg(&session);
            }
            let said = run(&mut command);
            let expected = if turn > 0 { "Reused, TLSv1.3" } else { "New, TLSv1.3" };
            assert!(said.contains(expected), "{way:?}, {turn}: {said}");
        }
        assert_eq!(server.join().unwrap(), NEW_THEN_RESUMED, "{way:?}");
    }
}

#[test]
#[ignore = "needs gnutls-serv"]
fn our_client_goes_on_with_sessions_of_gnutls() {
    if !have(&["gnutls-serv"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let make = || {
        let mut command = gnutls::server(&identity, PRIORITY);
        command.arg("--echo");
        command
    };
    let (_program, address): (Program, _) = gnutls::start_server(make);
    let connector = connector(&identity, VERSIONS, Resumption::ByTicket);
    assert_eq!([(); 3].map(|()| talk(&connector, address)), NEW_THEN_RESUMED);
}

#[test]
#[ignore = "needs gnutls-cli"]
fn gnutls_goes_on_with_our_sessions() {
    if !have(&["gnutls-cli"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (address, server) = serve(&identity, (VERSIONS, Resumption::ByTicket), 2);
    let said = run(gnutls::client(&identity, address, PRIORITY).arg("--resume"));
    assert!(said.contains("This is a resumed session"), "{said}");
    assert_eq!(server.join().unwrap(), NEW_THEN_RESUMED[..2]);
}

fn lend() -> Lent<Box<HandshakeSpace<Software>>, Box<[u8]>> {
    let incoming = vec![0; buffers::full_incoming(tidegate::limits::DEFAULT_HANDSHAKE_MESSAGE)];
    Lent {
        space: Box::default(),
        incoming: incoming.into(),
        outgoing: vec![0; buffers::FULL_OUTGOING].into(),
    }
}

fn client(change: impl FnOnce(&mut ClientConfig)) -> OwnedClient {
    let mut config = ClientConfig::new();
    change(&mut config);
    let name = ServerName::try_from("localhost").unwrap();
    OwnedClient::new(Arc::new(config), RustCrypto::new(SysRng), &name, lend()).unwrap()
}

/// A connection that owns all that it is lent.
type Owned<R, C> = Connection<R, Software, C, Box<HandshakeSpace<Software>>, Box<[u8]>>;

/// Moves bytes over the socket until the answer says that it is enough.
fn drive<R: Role, C>(
    connection: &mut Owned<R, C>,
    socket: &mut TcpStream,
    answer: &mut dyn FnMut(Event<'_>) -> Enough,
) -> Result<(), Error>
where
    C: std::ops::Deref<Target = R::Config>,
{
    loop {
        let event = connection.next_event()?;
        let wants = if let Event::Want(want) = event { Some(want) } else { None };
        if wants.is_none() && answer(event) == Enough::Yes {
            break;
        }
        socket.write_all(connection.outgoing()).unwrap();
        connection.outgoing_sent(connection.outgoing().len());
        if wants == Some(Want::Incoming) {
            let count = socket.read(connection.incoming_space()).unwrap();
            assert!(count > 0, "cut");
            connection.incoming_filled(count);
        }
    }
    socket.write_all(connection.outgoing()).unwrap();
    connection.outgoing_sent(connection.outgoing().len());
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Enough {
    Yes,
    No,
}

fn until_connected(event: Event<'_>) -> Enough {
    if matches!(event, Event::Connected(_)) { Enough::Yes } else { Enough::No }
}

#[test]
#[ignore = "needs openssl"]
fn our_client_shares_a_key_with_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let mut command = Command::new("openssl");
    command.args(["s_server", "-accept", "127.0.0.1:0", "-tls1_3", "-nocert", "-rev", "-psk", HEX]);
    let (_program, address) = openssl::start_server(&mut command);
    let mut client = client(|config| config.common.external_keys = ExternalKeys::Required);
    let psk = ExternalPsk { identity: b"Client_identity", key: &KEY, hash: HashAlgorithm::Sha256 };
    client.offer_psk(psk).unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    drive(&mut client, &mut socket, &mut until_connected).unwrap();
    assert_eq!(client.negotiated().session, SessionKind::External);
    client.write_app_data(b"hello\n").unwrap();
    let mut heard = Vec::new();
    drive(&mut client, &mut socket, &mut |event| {
        if let Event::AppData(mut data) = event {
            heard.extend_from_slice(data.bytes());
            data.consume(usize::MAX);
            return Enough::Yes;
        }
        Enough::No
    })
    .unwrap();
    assert_eq!(heard, b"olleh\n");
}

#[test]
#[ignore = "needs openssl"]
fn openssl_shares_a_key_with_our_server() {
    if !have(&["openssl"]) {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let identity = Identity::new(Kind::EcdsaP256);
        let mut config = ServerConfig::new(identity.pki.identities());
        config.common.external_keys = ExternalKeys::Required;
        let mut server = OwnedServer::new(Arc::new(config), RustCrypto::new(SysRng), lend()).unwrap();
        let mut socket = listener.accept().unwrap().0;
        drive(&mut server, &mut socket, &mut |event| {
            let Event::FindPsk(ask) = event else { return until_connected(event) };
            let psk = ask.identities().find(|psk| psk.identity == b"device").unwrap();
            ask.external(psk.index, &KEY, HashAlgorithm::Sha256).unwrap();
            Enough::No
        })
        .unwrap();
        server.close();
        socket.write_all(server.outgoing()).unwrap();
        server.negotiated().session
    });
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address.to_string(), "-tls1_3", "-ign_eof", "-psk", HEX]);
    let said = run(command.args(["-psk_identity", "device"]));
    assert!(said.contains("TLSv1.3"), "{said}");
    assert_eq!(server.join().unwrap(), SessionKind::External);
}

#[test]
#[ignore = "needs openssl"]
fn openssl_takes_early_data_of_our_client() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let (program, address) = openssl::start_server(openssl::server(&identity).args(["-early_data"]));
    let anchors = [identity.pki.anchor()];
    let algorithms = tidegate::crypto::SIGNATURE_ALGORITHMS;
    let verifier = Webpki { verifier: WebpkiVerifier::new(&anchors, algorithms), clock: now };
    let resuming = |config: &mut ClientConfig| config.common.resumption = Resumption::ByTicket;
    let (mut first, mut session) = (client(resuming), vec![0; MAX_CLIENT_SESSION]);
    let mut socket = TcpStream::connect(address).unwrap();
    drive(&mut first, &mut socket, &mut |event| match answer_client(event, &verifier) {
        Some(Event::Ticket(mut ticket)) => {
            let length = ticket.encode(now().unwrap(), &mut session).unwrap();
            session.truncate(length);
            Enough::Yes
        }
        _ => Enough::No,
    })
    .unwrap();
    first.close();
    socket.write_all(first.outgoing()).unwrap();
    drop(socket);
    let mut second = client(resuming);
    second.resume(&session, now().unwrap()).unwrap();
    assert_eq!(second.write_early_data(b"early\n"), Ok(6));
    let mut socket = TcpStream::connect(address).unwrap();
    drive(&mut second, &mut socket, &mut |event| match answer_client(event, &verifier) {
        Some(Event::Connected(_)) => Enough::Yes,
        _ => Enough::No,
    })
    .unwrap();
    assert_eq!(second.negotiated().early_data, EarlyData::Accepted);
    assert!(program.wait_for("early\n").contains("early"));
}
