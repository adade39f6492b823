//! Where our server is met.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use super::program::PATIENCE;

/// A free port of this machine on which connections are accepted.
#[derive(Debug)]
pub struct Listener {
    /// Where it listens.
    pub address: SocketAddr,
    accepted: Receiver<TcpStream>,
}

impl Listener {
    /// A fresh one.
    ///
    /// # Panics
    /// If there is no free port.
    #[must_use]
    pub fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, accepted) = mpsc::channel();
        // Accepting can't be given up after a time, waiting for a thread that accepts can.
        thread::spawn(move || {
            for stream in listener.incoming() {
                if sender.send(stream.unwrap()).is_err() {
                    return;
                }
            }
        });
        Self { address, accepted }
    }

    /// The next connection, if one comes in time.
    #[must_use]
    pub fn try_accept(&self) -> Option<TcpStream> {
        self.accepted.recv_timeout(PATIENCE).ok()
    }

    /// The next connection.
    ///
    /// # Panics
    /// If none comes in time.
    #[must_use]
    pub fn accept(&self) -> TcpStream {
        self.try_accept().expect("nobody connects")
    }
}

impl Default for Listener {
    fn default() -> Self {
        Self::new()
    }
}
