//! Clients that keep a server busy.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use tidegate_std::tidegate::config::{Permission, Versions};
use tidegate_std::{ClientStream, Connector, Roots};

/// What a client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nuisance {
    /// It connects and says nothing.
    Silent,
    /// It says hello and no more.
    Hello,
    /// It says half of a hello and leaves.
    Cut,
    /// It says hello byte by byte.
    Slow,
    /// What it says is no TLS.
    Garbage,
    /// It shakes hands, and what it says then is no TLS.
    LateGarbage,
    /// It shakes hands and ends its direction without a word.
    HalfClosed,
    /// It shakes hands and is silent.
    Idle,
    /// It shakes hands in TLS 1.2 and wants to renegotiate, again and again.
    Renegotiating,
    /// It sends and never reads.
    Deaf,
}

/// Many of a kind.
pub(crate) struct Horde {
    kind: Nuisance,
    hello: Vec<u8>,
    sockets: Vec<TcpStream>,
    streams: Vec<ClientStream<TcpStream>>,
}

impl Nuisance {
    pub(crate) const ALL: &[Self] = &[
        Self::Silent,
        Self::Hello,
        Self::Cut,
        Self::Slow,
        Self::Garbage,
        Self::LateGarbage,
        Self::HalfClosed,
        Self::Idle,
        Self::Renegotiating,
        Self::Deaf,
    ];

    /// So many of them come.
    pub(crate) fn begin(self, count: usize, address: SocketAddr, root: &Path) -> Horde {
        let connector = Connector::new(Roots::from_pem_file(root).unwrap()).configured(|config| {
            if self == Self::Renegotiating {
                config.common.versions = Versions::Tls12;
                config.common.renegotiation.by_us = Permission::Granted;
            }
        });
        let hello = hello(&connector);
        let (mut sockets, mut streams) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let mut socket = TcpStream::connect(address).unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            socket.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
            match self {
                Self::Silent => sockets.push(socket),
                Self::Hello => {
                    socket.write_all(&hello).unwrap();
                    sockets.push(socket);
                }
                Self::Cut => socket.write_all(&hello[..hello.len() / 2]).unwrap(),
                Self::Slow => {
                    socket.write_all(&hello[..1]).unwrap();
                    sockets.push(socket);
                }
                Self::Garbage => {
                    socket.write_all(&[0xa5; 3000]).unwrap();
                    sockets.push(socket);
                }
                Self::LateGarbage | Self::HalfClosed | Self::Idle | Self::Renegotiating | Self::Deaf => {
                    streams.push(connector.connect("localhost", socket).unwrap());
                }
            }
        }
        Horde { kind: self, hello, sockets, streams }
    }
}

impl Horde {
    /// Does what it came for. What the server makes of it is its own affair.
    pub(crate) fn go_on(&mut self) {
        const TIMES: usize = 20;
        for time in 1..TIMES {
            for socket in &mut self.sockets {
                if self.kind == Nuisance::Slow {
                    let _ = socket.write_all(&self.hello[time..=time]);
                }
            }
            for stream in &mut self.streams {
                let _ = self.kind.annoy(stream, time);
            }
        }
    }
}

impl Nuisance {
    fn annoy(self, stream: &mut ClientStream<TcpStream>, time: usize) -> io::Result<()> {
        match self {
            Self::LateGarbage => stream.get_mut().write_all(&[0xa5; 100]),
            Self::HalfClosed if time == 1 => stream.get_mut().shutdown(Shutdown::Write),
            Self::Renegotiating => {
                stream.renegotiate().map_err(io::Error::other)?;
                stream.write_all(b"?")?;
                stream.read_exact(&mut [0])
            }
            Self::Deaf => stream.write_all(&[7; 16 << 10]),
            Self::Silent
            | Self::Hello
            | Self::Cut
            | Self::Slow
            | Self::Garbage
            | Self::HalfClosed
            | Self::Idle => Ok(()),
        }
    }
}

/// A transport that keeps what it is given.
#[derive(Default)]
struct Kept(Vec<u8>);

impl Read for Kept {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl Write for Kept {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a client says first.
pub(crate) fn hello(connector: &Connector) -> Vec<u8> {
    let mut stream = connector.start("localhost", Kept::default()).unwrap();
    assert_eq!(stream.handshake().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    stream.get_mut().0.split_off(0)
}
