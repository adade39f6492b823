//! Many clients at a server of HTTP/1.1: handshakes and requests in a second, and how long requests take.
//!
//! ```text
//! cargo run --release -p tidegate-std --features tokio --example load -- localhost:8443 --ca root.pem --connections 1000
//! ```

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use tidegate_std::tidegate::config::Resumption;
use tidegate_std::tidegate::modes::Modes;
use tidegate_std::{Connector, Roots};
use tokio::net::lookup_host;

#[path = "shared/crowd.rs"]
mod crowd;

/// Connects many clients, each of which asks again as soon as it was answered.
#[derive(Parser)]
struct Arguments {
    /// The server, NAME:PORT.
    server: String,
    /// The authorities to trust, in place of the machine's.
    #[arg(long)]
    ca: Option<PathBuf>,
    /// How many clients.
    #[arg(long, default_value_t = 100)]
    connections: usize,
    /// How long they ask.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Go on with sessions, in place of full handshakes.
    #[arg(long)]
    resume: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let roots = arguments.ca.map_or_else(Roots::native, Roots::from_pem_file)?;
    let connector = Connector::new(roots).configured(|config| {
        config.common.modes = config.common.modes.set(Modes::RELEASE_BUFFERS);
        if !arguments.resume {
            config.common.resumption = Resumption::Off;
        }
    });
    let address = lookup_host(&arguments.server).await?.next().ok_or("the server has no address")?;
    let name = arguments.server.rsplit_once(':').map_or("", |(name, _)| name).to_owned();
    let target = crowd::Target { connector, address, name };
    let (clients, took) = crowd::connect(&target, arguments.connections).await?;
    println!("handshakes/s  {:>10.0}", clients.len() as f64 / took.as_secs_f64());
    let (_clients, answers) = crowd::ask(clients, Duration::from_secs(arguments.seconds)).await?;
    println!("requests/s    {:>10.0}", answers.rate());
    for (name, thousandths) in [("median", 500), ("95 %", 950), ("99 %", 990), ("longest", 1000)] {
        println!("{name:<14}{:>10.3} ms", answers.within(thousandths).as_secs_f64() * 1000.0);
    }
    Ok(())
}
