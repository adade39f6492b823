//! Two ends that are connected, over sockets or in memory.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tidegate::modes::Modes;
use tidegate_std::tidegate;
use tidegate_std::{Acceptor, Buffers, ClientStream, Connector, OwnedIdentity, Roots, ServerStream};
use tidegate_tests::pki::Pki;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Makers of both ends, with these modes and buffers.
pub(crate) fn makers(modes: Modes, buffers: Buffers) -> (Connector, Acceptor) {
    let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let mut roots = Roots::new();
    roots.add(&pki.root).unwrap();
    let key = pki.key.as_slice().try_into().unwrap();
    let identity = OwnedIdentity::new(pki.chain.clone(), &key).unwrap();
    let connector = Connector::new(roots).with_buffers(buffers);
    let acceptor = Acceptor::new([identity]).with_buffers(buffers);
    (
        connector.configured(|config| config.common.modes = modes),
        acceptor.configured(|config| config.common.modes = modes),
    )
}

/// Both ends behind the handshake, which met the tickets. The transport never blocks for long.
pub(crate) fn connected<T: Read + Write>(
    (connector, acceptor): &(Connector, Acceptor),
    [here, there]: [T; 2],
) -> (ClientStream<T>, ServerStream<T>) {
    let mut client = connector.start("localhost", here).unwrap();
    let mut server = acceptor.start(there).unwrap();
    while client.handshake().is_err() | server.handshake().is_err() {
        for error in [client.connection().error(), server.connection().error()] {
            assert_eq!(error, None);
        }
    }
    assert_eq!(client.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock, "tickets are no data");
    (client, server)
}

/// How often a transport was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    pub(crate) reads: usize,
    pub(crate) writes: usize,
}

type Direction = Rc<RefCell<VecDeque<u8>>>;

/// A transport in memory that takes everything and counts its calls.
pub(crate) struct Memory {
    there: Direction,
    back: Direction,
    calls: Rc<Cell<Calls>>,
}

impl Memory {
    /// Both ends, with room for so many bytes in each direction before it has to grow.
    pub(crate) fn pair(capacity: usize) -> [Self; 2] {
        let direction = || Rc::new(RefCell::new(VecDeque::with_capacity(capacity)));
        let (one, other) = (direction(), direction());
        let end = |there: &Direction, back: &Direction| Self {
            there: Rc::clone(there),
            back: Rc::clone(back),
            calls: Rc::default(),
        };
        [end(&one, &other), end(&other, &one)]
    }

    pub(crate) fn calls(&self) -> Calls {
        self.calls.get()
    }
}

impl Read for Memory {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let calls = self.calls.get();
        self.calls.set(Calls { reads: calls.reads + 1, ..calls });
        match self.back.borrow_mut().read(out)? {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            count => Ok(count),
        }
    }
}

impl Write for Memory {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let calls = self.calls.get();
        self.calls.set(Calls { writes: calls.writes + 1, ..calls });
        self.there.borrow_mut().write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As a transport of tokio. Nobody is woken: who polls comes again by itself.
impl AsyncRead for Memory {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.read(out.initialize_unfilled()) {
            Ok(count) => {
                out.advance(count);
                Poll::Ready(Ok(()))
            }
            Err(_) => Poll::Pending,
        }
    }
}

impl AsyncWrite for Memory {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.write(data))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
