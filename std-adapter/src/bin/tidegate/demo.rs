//! `tidegate demo`: a handshake, the write modes, and the speed of this machine.

mod beside;
mod calls;
mod duo;
mod foreign;
mod idle;
mod ladder;
mod modes;
mod speed;

use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tidegate_std::{Acceptor, ClientStream, Connector, Roots, ServerStream};

use crate::args::DemoArguments;
use crate::failure::Failure;
use crate::made::Made;
use crate::patient::Patient;
use crate::show::{self, DIM, HEAD};

/// Nothing here takes as long on any machine; a demo that hangs would say nothing.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn run(arguments: &DemoArguments) -> Result<(), Failure> {
    if arguments.modes {
        return modes::show_all();
    }
    anstream::println!("{HEAD}Tidegate {}{HEAD:#}, both ends in this process\n", env!("CARGO_PKG_VERSION"));
    let made = Made::for_localhost()?;
    let mut roots = Roots::new();
    roots.add(&made.root).map_err(|error| Failure::usage(format!("{error:?}")))?;
    let (connector, acceptor) = (Connector::new(roots), Acceptor::new([made.identity()?]));
    over_loopback(connector, acceptor)
        .map_err(|error| Failure::of_stream(&error, "the demo's connection over loopback"))?;
    modes::show()
}

/// What needs a socket: the handshake, and the speed once it is done.
fn over_loopback(connector: Connector, acceptor: Acceptor) -> io::Result<()> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let connector = connector.with_observer(Arc::new(move |direction, kind, length| {
        log.lock().unwrap_or_else(PoisonError::into_inner).push((direction, kind, length));
    }));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = std::thread::spawn(move || serve(&listener, &acceptor));
    let socket = Patient::hurried(TcpStream::connect(address)?, PATIENCE)?;
    let begin = Instant::now();
    let mut stream = connector.connect("localhost", socket)?;
    let took = begin.elapsed();
    anstream::println!(
        "{HEAD}Handshake{HEAD:#} over TCP to {address}: {:.1} ms\n",
        took.as_secs_f64() * 1000.0
    );
    anstream::println!("{}", ladder::draw(&seen.lock().unwrap_or_else(PoisonError::into_inner)));
    tell(&stream);
    speed::client(&mut stream)?;
    server.join().unwrap_or_else(|_| Err(io::Error::other("the server's thread panicked")))
}

fn serve(listener: &TcpListener, acceptor: &Acceptor) -> io::Result<()> {
    let socket = Patient::hurried(listener.accept()?.0, PATIENCE)?;
    let mut stream: ServerStream<Patient> = acceptor.accept(socket)?;
    speed::server(&mut stream)
}

fn tell(stream: &ClientStream<Patient>) {
    anstream::println!("{HEAD}Negotiated{HEAD:#}\n");
    for (name, value) in show::facts(stream) {
        anstream::println!("  {name:<14}{value}");
    }
    anstream::println!("\n{DIM}{}{DIM:#}", show::chain(stream.peer_certificates()));
}
