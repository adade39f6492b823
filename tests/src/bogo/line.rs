//! The connection to the runner.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, TcpStream};
use std::rc::Rc;

use super::Failure;
use super::flags::Config;

/// A socket that blocks, or one that takes and gives no more than it is allowed to.
#[derive(Debug)]
pub(super) struct Line {
    socket: TcpStream,
    allowed: Option<Allowed>,
}

/// How many bytes may go each way before the line says that it would block.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    reads: Rc<Cell<usize>>,
    writes: Rc<Cell<usize>>,
}

impl Allowed {
    pub(super) fn read(&self, bytes: usize) {
        self.reads.set(self.reads.get() + bytes);
    }

    pub(super) fn write(&self, bytes: usize) {
        self.writes.set(self.writes.get() + bytes);
    }
}

impl Line {
    /// Connects to the runner, and says which test this is.
    pub(super) fn connect(config: &Config) -> Result<Self, Failure> {
        let address = if config.has("-ipv6") {
            IpAddr::V6(Ipv6Addr::LOCALHOST)
        } else {
            IpAddr::V4(Ipv4Addr::LOCALHOST)
        };
        let port = u16::try_from(config.number("-port")?.unwrap_or(0)).unwrap_or(0);
        let open = || {
            let mut socket = TcpStream::connect((address, port))?;
            socket.set_nodelay(true)?;
            socket.write_all(&config.number("-shim-id").ok().flatten().unwrap_or(0).to_le_bytes())?;
            Ok(socket)
        };
        let socket = open().map_err(|error: io::Error| Failure::said(format!("connecting: {error}")))?;
        Ok(Self { socket, allowed: config.has("-async").then(Allowed::default) })
    }

    /// What is allowed, where that has a limit.
    pub(super) fn allowed(&self) -> Option<Allowed> {
        self.allowed.clone()
    }
}

impl Drop for Line {
    /// The runner may still write: it is heard to its end.
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Write);
        let mut rest = [0; 1024];
        while matches!(self.socket.read(&mut rest), Ok(1..)) {}
    }
}

/// As many bytes as are allowed of these.
fn within(allowed: &Cell<usize>, wanted: usize) -> io::Result<usize> {
    match allowed.get().min(wanted) {
        0 if wanted > 0 => Err(io::ErrorKind::WouldBlock.into()),
        bytes => Ok(bytes),
    }
}

impl Read for Line {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(Allowed { reads, .. }) = &self.allowed else { return self.socket.read(out) };
        let bytes = within(reads, out.len())?;
        let count = self.socket.read(&mut out[..bytes])?;
        reads.set(reads.get() - count);
        Ok(count)
    }
}

impl Write for Line {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let Some(Allowed { writes, .. }) = &self.allowed else { return self.socket.write(data) };
        let bytes = within(writes, data.len())?;
        let count = self.socket.write(&data[..bytes])?;
        writes.set(writes.get() - count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}
