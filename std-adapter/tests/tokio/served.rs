//! The server of the examples, at the hands of programs that we did not write.

use std::process::Command;

use tidegate_std::{Acceptor, OwnedIdentity};
use tidegate_tests::interop::certificates::{Identity, Kind};
use tidegate_tests::interop::openssl;
use tidegate_tests::interop::program::{Program, have};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

#[path = "../../examples/shared/serve.rs"]
mod serve;

/// A server that runs until the test is over.
async fn start(identity: &Identity) -> std::net::SocketAddr {
    let own = OwnedIdentity::from_pem_files(identity.chain(), identity.key()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve::serve(Acceptor::new([own]), listener));
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs curl"]
async fn curl_fetches_pages_over_one_connection() {
    if !have(&["curl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let address = start(&identity).await;
    let page = format!("https://localhost:{}/", address.port());
    let mut command = Command::new("curl");
    command.args([
        "--silent",
        "--show-error",
        "--resolve",
        &format!("localhost:{}:127.0.0.1", address.port()),
    ]);
    command.args(["--write-out", "%{num_connects} ", "--cacert"]).arg(identity.root()).args([&page, &page]);
    let output = spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "the tide is in\n1 the tide is in\n0 ", "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs openssl"]
async fn everything_else_comes_back() {
    if !have(&["openssl"]) {
        return;
    }
    let identity = Identity::new(Kind::EcdsaP256);
    let address = start(&identity).await;
    let mut command = openssl::client(&identity, address);
    command.arg("-quiet");
    spawn_blocking(move || {
        let mut client = Program::start(&mut command);
        for line in ["hello\n", "and goodbye\n"] {
            client.say(line.as_bytes());
            client.wait_for(line);
        }
    })
    .await
    .unwrap();
}
