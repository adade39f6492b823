//! The interface with buffers of its own.

use std::io::{self, IoSlice, Read, Write};

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ConnectionCommon, ServerConnection, SideData};

use super::{Configs, Library, agreed};
use crate::stack::{Agreed, End, Failure, Form, Setup, Stack};

/// Both ends.
pub(crate) struct Buffered {
    configs: Configs,
    client: Option<ClientConnection>,
    server: Option<ServerConnection>,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    out: Vec<u8>,
}

impl Buffered {
    /// Over a provider.
    ///
    /// # Errors
    /// If it lacks the suite.
    pub(crate) fn new(setup: &Setup, library: Library) -> Result<Self, Failure> {
        let configs = Configs::new(setup, library)?;
        let (to_server, to_client) = (Vec::with_capacity(1 << 17), Vec::with_capacity(1 << 17));
        Ok(Self { configs, client: None, server: None, to_server, to_client, out: vec![0; 1 << 14] })
    }
}

/// A transport that takes all at once.
struct Nowhere;

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(std::hint::black_box(bytes).len())
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(std::hint::black_box(pieces).iter().map(|piece| piece.len()).sum())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes what came, and puts the answer on the way.
fn turn<S: SideData>(
    end: &mut ConnectionCommon<S>,
    came: &mut Vec<u8>,
    way: &mut Vec<u8>,
) -> Result<(), Failure> {
    let mut rest = &came[..];
    while !rest.is_empty() {
        end.read_tls(&mut rest)?;
        end.process_new_packets()?;
    }
    came.clear();
    while end.wants_write() {
        end.write_tls(way)?;
    }
    Ok(())
}

impl Stack for Buffered {
    fn start(&mut self, end: End) -> Result<(), Failure> {
        if end == End::Client {
            self.to_server.clear();
            self.to_client.clear();
            let name = ServerName::try_from("localhost")?;
            let client = self.client.insert(ClientConnection::new(self.configs.client.clone(), name)?);
            client.set_buffer_limit(None);
        } else {
            let server = self.server.insert(ServerConnection::new(self.configs.server.clone())?);
            server.set_buffer_limit(None);
        }
        Ok(())
    }

    fn turn(&mut self, end: End) -> Result<(), Failure> {
        if end == End::Client {
            let client = self.client.as_mut().ok_or("no client")?;
            turn(client, &mut self.to_client, &mut self.to_server)
        } else {
            let server = self.server.as_mut().ok_or("no server")?;
            turn(server, &mut self.to_server, &mut self.to_client)
        }
    }

    fn agreed(&self) -> Option<Agreed> {
        let (client, server) = self.client.as_ref().zip(self.server.as_ref())?;
        agreed(client).filter(|_| !client.is_handshaking() && !server.is_handshaking())
    }

    fn send(&mut self, _: Form, data: &[u8], count: usize) {
        let client = self.client.as_mut().expect("a client");
        for _ in 0..count {
            client.writer().write_all(data).expect("it takes all");
        }
        while client.wants_write() {
            client.write_tls(&mut Nowhere).expect("it takes all");
        }
    }

    fn prepare(&mut self, data: &[u8], count: usize) {
        let client = self.client.as_mut().expect("a client");
        self.to_server.clear();
        for _ in 0..count {
            client.writer().write_all(data).expect("it takes all");
            client.write_tls(&mut self.to_server).expect("it takes all");
        }
    }

    fn receive(&mut self, _: Form, length: usize, count: usize) {
        let server = self.server.as_mut().expect("a server");
        let (mut rest, mut got) = (&self.to_server[..], 0);
        while !rest.is_empty() {
            server.read_tls(&mut rest).expect("it takes some");
            server.process_new_packets().expect("records");
            let mut reader = server.reader();
            while let Ok(some @ 1..) = reader.read(&mut self.out[..length]) {
                got += some;
            }
        }
        assert_eq!(got, length * count);
    }
}
