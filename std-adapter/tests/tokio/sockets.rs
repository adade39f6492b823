//! Sockets, and a runtime with several threads.

use std::io;

use tidegate_std::{Acceptor, Connector, tls_error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, split};
use tokio::net::{TcpListener, TcpStream};

use crate::pki::Pki;

async fn echo(acceptor: Acceptor, socket: TcpStream) -> io::Result<u64> {
    let (mut reader, mut writer) = split(acceptor.accept_async(socket).await?);
    let copied = copy(&mut reader, &mut writer).await?;
    writer.shutdown().await?;
    Ok(copied)
}

async fn listen() -> (TcpListener, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn ask(connector: Connector, address: std::net::SocketAddr, length: usize) -> io::Result<()> {
    let socket = TcpStream::connect(address).await?;
    let (mut reader, mut writer) = split(connector.connect_async("localhost", socket).await?);
    let content: Vec<u8> = (0..length).map(|at| (at * 31 % 251) as u8).collect();
    let sent = content.clone();
    let writing = tokio::spawn(async move {
        writer.write_all(&sent).await?;
        writer.shutdown().await
    });
    let mut received = Vec::new();
    reader.read_to_end(&mut received).await?;
    assert!(received == content);
    writing.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_connections_echo_megabytes_with_a_task_for_each_direction() {
    const CLIENTS: usize = 16;
    let pki = Pki::new();
    let (listener, address) = listen().await;
    let acceptor = pki.acceptor();
    let server = tokio::spawn(async move {
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            let socket = listener.accept().await.unwrap().0;
            clients.push(tokio::spawn(echo(acceptor.clone(), socket)));
        }
        let mut all = 0;
        for client in clients {
            all += client.await.unwrap().unwrap();
        }
        all
    });
    let connector = pki.connector();
    let clients: Vec<_> =
        (0..CLIENTS).map(|client| tokio::spawn(ask(connector.clone(), address, 300_000 + client))).collect();
    for client in clients {
        client.await.unwrap().unwrap();
    }
    let all: u64 = (0..CLIENTS as u64).map(|client| 300_000 + client).sum();
    assert_eq!(server.await.unwrap(), all);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let (pki, stranger) = (Pki::new(), Pki::new());
    let (listener, address) = listen().await;
    let acceptor = pki.acceptor();
    let server = tokio::spawn(async move { echo(acceptor, listener.accept().await.unwrap().0).await });
    let socket = TcpStream::connect(address).await.unwrap();
    let refused = stranger.connector().connect_async("localhost", socket).await.unwrap_err();
    assert!(tls_error(&refused).is_some(), "{refused}");
    let told = server.await.unwrap().unwrap_err();
    assert!(tls_error(&told).is_some(), "{told}");
}
