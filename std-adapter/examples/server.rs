//! A server over tokio for thousands of connections: it answers requests of HTTP/1.1, and sends everything else back.
//!
//! ```text
//! cargo run --release -p tidegate-std --features tokio --example server -- --cert chain.pem --key key.pem
//! curl --cacert root.pem https://localhost:8443/
//! ```

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use tidegate_std::tidegate::modes::Modes;
use tidegate_std::{Acceptor, OwnedIdentity};
use tokio::net::TcpListener;

#[path = "shared/serve.rs"]
mod serve;

/// Answers requests of HTTP/1.1, and sends everything else back.
#[derive(Parser)]
struct Arguments {
    /// Where to listen.
    #[arg(default_value = "127.0.0.1:8443")]
    address: String,
    /// The certificates, leaf first.
    #[arg(long)]
    cert: PathBuf,
    /// The key of the first of them.
    #[arg(long)]
    key: PathBuf,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let identity = OwnedIdentity::from_pem_files(&arguments.cert, &arguments.key)?;
    // Who is idle holds no record buffers.
    let acceptor = Acceptor::new([identity])
        .configured(|config| config.common.modes = config.common.modes.set(Modes::RELEASE_BUFFERS));
    let listener = TcpListener::bind(&arguments.address).await?;
    println!("listening on {}", listener.local_addr()?);
    Ok(serve::serve(acceptor, listener).await?)
}
