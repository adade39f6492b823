//! Two connected ends in memory, as BIO_s_bio(3) makes them.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One end of a pair: what is written to one is read from the other. Each direction holds a limited number of bytes,
/// which may be fewer than a record has. Neither end ever waits: a full direction, and an empty one, is
/// [`io::ErrorKind::WouldBlock`].
///
/// Dropping an end ends what the other one reads, behind what is there, and makes its writes fail with
/// [`io::ErrorKind::BrokenPipe`].
#[derive(Debug)]
pub struct BioPair {
    reads: Pipe,
    writes: Pipe,
}

#[derive(Clone, Debug)]
struct Pipe(Arc<Mutex<Held>>);

#[derive(Debug)]
struct Held {
    bytes: VecDeque<u8>,
    capacity: usize,
    ends: Ends,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Both,
    One,
}

impl BioPair {
    /// The capacity of each direction that OpenSSL takes by default: 17 kB, one full record.
    pub const DEFAULT_SIZE: usize = 17 * 1024;

    /// A pair; `first` bytes fit into what the first end writes, `second` into what the second end writes
    /// (`BIO_new_bio_pair`). 0 counts as [`BioPair::DEFAULT_SIZE`].
    #[must_use]
    pub fn new(first: usize, second: usize) -> (Self, Self) {
        let (there, back) = (Pipe::new(first), Pipe::new(second));
        (Self { reads: back.clone(), writes: there.clone() }, Self { reads: there, writes: back })
    }

    /// Ends what the other end reads, behind what is there (`BIO_shutdown_wr`). Writes here fail from now on; reads go on.
    pub fn shutdown_write(&mut self) {
        self.writes.lock().ends = Ends::One;
    }

    /// Bytes that can be read now (`BIO_ctrl_pending`).
    #[must_use]
    pub fn pending(&self) -> usize {
        self.reads.lock().bytes.len()
    }

    /// Bytes that a write would take now (`BIO_ctrl_get_write_guarantee`).
    #[must_use]
    pub fn write_guarantee(&self) -> usize {
        let held = self.writes.lock();
        held.capacity - held.bytes.len()
    }
}

impl Pipe {
    fn new(capacity: usize) -> Self {
        let capacity = if capacity == 0 { BioPair::DEFAULT_SIZE } else { capacity };
        Self(Arc::new(Mutex::new(Held { bytes: VecDeque::new(), capacity, ends: Ends::Both })))
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for BioPair {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut held = self.reads.lock();
        if held.bytes.is_empty() && held.ends == Ends::Both && !out.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        held.bytes.read(out)
    }
}

impl Write for BioPair {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let mut held = self.writes.lock();
        if held.ends == Ends::One {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let count = data.len().min(held.capacity - held.bytes.len());
        if count == 0 && !data.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        held.bytes.extend(&data[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for BioPair {
    fn drop(&mut self) {
        self.reads.lock().ends = Ends::One;
        self.writes.lock().ends = Ends::One;
    }
}

#[cfg(test)]
mod tests {
    use super::BioPair;
    use std::io::{ErrorKind, Read, Write};

    #[test]
    fn each_direction_holds_what_it_was_made_for() {
        let (mut first, mut second) = BioPair::new(3, 0);
        assert_eq!(first.write(b"abcd").unwrap(), 3);
        assert_eq!(first.write(b"d").unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!((first.write_guarantee(), second.pending()), (0, 3));
        assert_eq!(second.write_guarantee(), BioPair::DEFAULT_SIZE);
        let mut out = [0; 8];
        assert_eq!(second.read(&mut out).unwrap(), 3);
        assert_eq!(&out[..3], b"abc");
        assert_eq!(second.read(&mut out).unwrap_err().kind(), ErrorKind::WouldBlock);
    }

    #[test]
    fn an_end_that_is_gone_is_the_end_of_what_the_other_reads() {
        let (mut first, mut second) = BioPair::new(8, 8);
        first.write_all(b"last").unwrap();
        drop(first);
        let mut text = String::new();
        assert_eq!(second.read_to_string(&mut text).unwrap(), 4);
        assert_eq!(second.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    }

    #[test]
    fn one_direction_can_end_alone() {
        let (mut first, mut second) = BioPair::new(8, 8);
        first.shutdown_write();
        assert_eq!(second.read(&mut [0; 4]).unwrap(), 0);
        assert_eq!(first.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!((second.write(b"back").unwrap(), first.read(&mut [0; 9]).unwrap()), (4, 4));
    }
}
