//! A socket that does not wait for ever.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// A socket with a limit for each wait, and one for all of them together while there is a deadline.
#[derive(Debug)]
pub(crate) struct Patient {
    socket: TcpStream,
    deadline: Option<Instant>,
}

impl Patient {
    /// Everything must be done within this time, until [`Patient::relax`].
    pub(crate) fn hurried(socket: TcpStream, limit: Duration) -> io::Result<Self> {
        // Records are whole messages here: there is nothing to gather.
        socket.set_nodelay(true)?;
        Ok(Self { socket, deadline: Instant::now().checked_add(limit) })
    }

    /// Everything from now on must be done within this time.
    pub(crate) fn hurry(&mut self, limit: Duration) {
        self.deadline = Instant::now().checked_add(limit);
    }

    /// From now on each wait alone is limited, or none.
    pub(crate) fn relax(&mut self, idle: Option<Duration>) -> io::Result<()> {
        self.deadline = None;
        self.socket.set_read_timeout(idle)?;
        self.socket.set_write_timeout(idle)
    }

    /// The socket.
    pub(crate) fn into_socket(self) -> TcpStream {
        self.socket
    }

    /// Ends our direction and reads away what the peer still sends, for a moment: a socket that is closed with unread
    /// bytes takes back what the peer has not read yet, perhaps the alert.
    pub(crate) fn part(&mut self) {
        const MOMENT: Duration = Duration::from_millis(500);
        const LIMIT: u64 = 1 << 20;
        if self.socket.shutdown(Shutdown::Write).is_ok() {
            self.deadline = Instant::now().checked_add(MOMENT);
            let _ = io::copy(&mut self.take(LIMIT), &mut io::sink());
        }
    }

    /// What is left until the deadline; none without one.
    fn left(&self) -> io::Result<Option<Duration>> {
        let Some(deadline) = self.deadline else { return Ok(None) };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Patient {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(left) = self.left()? {
            self.socket.set_read_timeout(Some(left))?;
        }
        self.socket.read(out)
    }
}

impl Write for Patient {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if let Some(left) = self.left()? {
            self.socket.set_write_timeout(Some(left))?;
        }
        self.socket.write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}
