//! The line between a device and its peer.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::damage::{Damage, Fault};

/// How long a receiver that overruns does not fetch anything.
const LATE: Duration = Duration::from_millis(20);
/// More than any burst.
const BURST: usize = 65536;

/// How one direction passes bytes.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Bytes that pass at once.
    pub chunk: usize,
    /// The time between one chunk and the next.
    pub delay: Duration,
    /// What is wrong.
    pub fault: Option<Fault>,
}

impl Way {
    /// A good one.
    pub const CLEAN: Self = Self { chunk: BURST, delay: Duration::ZERO, fault: None };

    /// One with a fault.
    #[must_use]
    pub const fn with(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::CLEAN }
    }

    /// One that passes so many bytes at once, and waits then.
    #[must_use]
    pub const fn in_chunks(chunk: usize, delay: Duration) -> Self {
        Self { chunk, delay, ..Self::CLEAN }
    }
}

/// Both directions.
#[derive(Clone, Copy, Debug)]
pub struct Ways {
    /// What the device hears.
    pub to_device: Way,
    /// What the peer hears.
    pub to_peer: Way,
}

impl Ways {
    /// Good ones.
    pub const CLEAN: Self = Self { to_device: Way::CLEAN, to_peer: Way::CLEAN };

    /// What the device hears passes so.
    #[must_use]
    pub const fn to_device(to_device: Way) -> Self {
        Self { to_device, ..Self::CLEAN }
    }

    /// What the peer hears passes so.
    #[must_use]
    pub const fn to_peer(to_peer: Way) -> Self {
        Self { to_peer, ..Self::CLEAN }
    }
}

/// A line that passes bytes until one end is gone, by threads of its own.
///
/// A device does not learn that its peer has gone: a UART does not tell. A peer learns it of the device.
#[derive(Debug)]
pub struct Line {
    to_device: Arc<Mutex<Damage>>,
    to_peer: Arc<Mutex<Damage>>,
}

impl Line {
    /// Lays a line.
    ///
    /// # Panics
    /// If the sockets can't be shared between threads.
    #[must_use]
    pub fn lay(device: TcpStream, peer: TcpStream, ways: Ways) -> Self {
        peer.set_nodelay(true).unwrap();
        let to_device = Arc::new(Mutex::new(Damage::new(ways.to_device.fault)));
        let to_peer = Arc::new(Mutex::new(Damage::new(ways.to_peer.fault)));
        let (from_peer, from_device) = (peer.try_clone().unwrap(), device.try_clone().unwrap());
        let damage = Arc::clone(&to_device);
        thread::spawn(move || pump(from_peer, device, ways.to_device, &damage));
        let damage = Arc::clone(&to_peer);
        thread::spawn(move || {
            let peer = pump(from_device, peer, ways.to_peer, &damage);
            // Fails where the peer was quicker.
            let _ = peer.shutdown(Shutdown::Both);
        });
        Self { to_device, to_peer }
    }

    /// Bytes that came for the device.
    ///
    /// # Panics
    /// If passing them panicked.
    #[must_use]
    pub fn to_device(&self) -> usize {
        self.to_device.lock().unwrap().came()
    }

    /// Bytes that came for the peer.
    ///
    /// # Panics
    /// If passing them panicked.
    #[must_use]
    pub fn to_peer(&self) -> usize {
        self.to_peer.lock().unwrap().came()
    }

    /// Whether a fault has struck.
    ///
    /// # Panics
    /// If passing bytes panicked.
    #[must_use]
    pub fn has_struck(&self) -> bool {
        [&self.to_device, &self.to_peer].iter().any(|damage| damage.lock().unwrap().has_struck())
    }
}

/// Passes bytes until one of the sockets is gone; the one that they went to.
fn pump(mut from: TcpStream, mut to: TcpStream, way: Way, damage: &Mutex<Damage>) -> TcpStream {
    let mut burst = vec![0; BURST];
    loop {
        if matches!(way.fault, Some(Fault::Overrun { .. })) {
            // A burst is what gathers meanwhile.
            let _ = from.peek(&mut [0]);
            thread::sleep(LATE);
        }
        let Ok(count @ 1..) = from.read(&mut burst) else { return to };
        let passed = damage.lock().unwrap().pass(&burst[..count]);
        for chunk in passed.chunks(way.chunk) {
            if to.write_all(chunk).is_err() {
                return to;
            }
            thread::sleep(way.delay);
        }
    }
}
