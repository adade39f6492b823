//! The interface over the caller's buffers.

use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::ServerName;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, UnbufferedStatus};

use super::{Configs, Library, agreed};
use crate::stack::{Agreed, End, Failure, Form, Setup, Stack};

/// Both ends.
pub(crate) struct Unbuffered {
    configs: Configs,
    client: Option<UnbufferedClientConnection>,
    server: Option<UnbufferedServerConnection>,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    room: Vec<u8>,
}

impl Unbuffered {
    /// Over a provider.
    ///
    /// # Errors
    /// If it lacks the suite.
    pub(crate) fn new(setup: &Setup, library: Library) -> Result<Self, Failure> {
        let configs = Configs::new(setup, library)?;
        let (to_server, to_client) = (Vec::with_capacity(1 << 17), Vec::with_capacity(1 << 17));
        Ok(Self { configs, client: None, server: None, to_server, to_client, room: vec![0; 84 * 1024] })
    }
}

/// Takes what came, and puts the answer on the way. A connection of either role has its own function of this name.
macro_rules! turn {
    ($end:expr, $came:expr, $way:expr, $room:expr) => {{
        let (end, came, way, room) = ($end, $came, $way, $room);
        loop {
            let UnbufferedStatus { discard, state, .. } = end.process_tls_records(came);
            let goes_on = match state? {
                ConnectionState::EncodeTlsData(mut data) => {
                    let length = data.encode(room)?;
                    way.extend_from_slice(&room[..length]);
                    true
                }
                ConnectionState::TransmitTlsData(data) => {
                    data.done();
                    true
                }
                ConnectionState::BlockedHandshake | ConnectionState::WriteTraffic(_) => false,
                other => return Err(format!("{other:?}").into()),
            };
            came.drain(..discard);
            if !goes_on {
                break Ok(());
            }
        }
    }};
}

impl Stack for Unbuffered {
    fn start(&mut self, end: End) -> Result<(), Failure> {
        if end == End::Client {
            self.to_server.clear();
            self.to_client.clear();
            let name = ServerName::try_from("localhost")?;
            self.client = Some(UnbufferedClientConnection::new(self.configs.client.clone(), name)?);
        } else {
            self.server = Some(UnbufferedServerConnection::new(self.configs.server.clone())?);
        }
        Ok(())
    }

    fn turn(&mut self, end: End) -> Result<(), Failure> {
        if end == End::Client {
            let client = self.client.as_mut().ok_or("no client")?;
            turn!(client, &mut self.to_client, &mut self.to_server, &mut self.room)
        } else {
            let server = self.server.as_mut().ok_or("no server")?;
            turn!(server, &mut self.to_server, &mut self.to_client, &mut self.room)
        }
    }

    fn agreed(&self) -> Option<Agreed> {
        let (client, server) = self.client.as_ref().zip(self.server.as_ref())?;
        agreed(client).filter(|_| !client.is_handshaking() && !server.is_handshaking())
    }

    fn forms(&self) -> &'static [Form] {
        // What is sent is copied to where it is sealed, what is received lies where it was opened.
        &[Form::Copied]
    }

    fn send(&mut self, _: Form, data: &[u8], count: usize) {
        let client = self.client.as_mut().expect("a client");
        for _ in 0..count {
            let status = client.process_tls_records(&mut []);
            let Ok(ConnectionState::WriteTraffic(mut traffic)) = status.state else { panic!("it can send") };
            std::hint::black_box(traffic.encrypt(data, &mut self.room).expect("it has room"));
        }
    }

    fn prepare(&mut self, data: &[u8], count: usize) {
        let client = self.client.as_mut().expect("a client");
        self.to_server.clear();
        for _ in 0..count {
            let status = client.process_tls_records(&mut []);
            let Ok(ConnectionState::WriteTraffic(mut traffic)) = status.state else { panic!("it can send") };
            let length = traffic.encrypt(data, &mut self.room).expect("it has room");
            self.to_server.extend_from_slice(&self.room[..length]);
        }
    }

    fn arrive(&mut self) {
        self.room[..self.to_server.len()].copy_from_slice(&self.to_server);
    }

    fn receive(&mut self, _: Form, length: usize, count: usize) {
        let server = self.server.as_mut().expect("a server");
        let came = &mut self.room[..self.to_server.len()];
        let (mut at, mut got) = (0, 0);
        while at < came.len() {
            let UnbufferedStatus { mut discard, state, .. } = server.process_tls_records(&mut came[at..]);
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(record) = traffic.next_record() {
                        let record = record.expect("a record");
                        got += std::hint::black_box(record.payload).len();
                        discard += record.discard;
                    }
                }
                other => panic!("{other:?}"),
            }
            at += discard;
        }
        assert_eq!(got, length * count);
        self.to_server.clear();
    }
}
