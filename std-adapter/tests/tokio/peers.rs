//! Against programs that we did not write.

use std::io;
use std::process::Command;

use tidegate_std::{Acceptor, Connector, OwnedIdentity, Roots};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::openssl::{self, start_server};
use tidegate_tests::interop::program::{Program, have};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_client_speaks_with_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let connector = Connector::new(Roots::from_pem_file(identity.root()).unwrap());
    for version in ["-tls1_2", "-tls1_3"] {
        let (server, address) = start_server(openssl::server_of(&identity, version).arg("-rev"));
        let socket = TcpStream::connect(address).await.unwrap();
        let mut stream = connector.connect_async("localhost", socket).await.unwrap();
        let mut answer = String::new();
        for line in ["the tide is in\n", "and out\n"] {
            stream.write_all(line.as_bytes()).await.unwrap();
            stream.read_line(&mut answer).await.unwrap();
        }
        assert_eq!(answer, "ni si edit eht\ntuo dna\n");
        stream.shutdown().await.unwrap();
        server.wait_for("CONNECTION CLOSED");
    }
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_server_speaks_with_openssl() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let own = OwnedIdentity::from_pem_files(identity.chain(), identity.key()).unwrap();
    let acceptor = Acceptor::new([own]);
    for version in ["-tls1_2", "-tls1_3"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut command = Command::new("openssl");
        command.args(["s_client", "-quiet", "-verify_return_error", "-servername", "localhost", version]);
        command.arg("-connect").arg(address.to_string()).arg("-CAfile").arg(identity.root());
        let mut client = Program::start(&mut command);
        client.say(b"the tide is in\n");
        let mut stream = acceptor.accept_async(listener.accept().await.unwrap().0).await.unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert_eq!(line, "the tide is in\n");
        stream.write_all(b"and out\n").await.unwrap();
        client.wait_for("and out");
        stream.shutdown().await.unwrap();
        client.end();
        // It says goodbye, or is gone.
        match stream.fill_buf().await {
            Ok(rest) => assert_eq!(rest, b""),
            Err(error) => assert!(
                [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset].contains(&error.kind()),
                "{error}"
            ),
        }
    }
}
