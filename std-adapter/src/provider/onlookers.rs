//! Who looks on at connections: key logs and observers.

use std::fmt::{self, Write as _};
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tidegate::crypto::{Direction, SecretLabel};
use tidegate::wire::enums::HandshakeType;
use zeroize::Zeroizing;

/// Receives the secrets of connections, for debuggers such as Wireshark, in the NSS key log format: a file, or anything
/// else that is written to.
///
/// Who has what is written can read the connections. Nothing is, unless a [`KeyLog`] is made and given to a
/// [`Connector`](crate::Connector), an [`Acceptor`](crate::Acceptor) or a context.
pub struct KeyLog {
    out: Mutex<Box<dyn io::Write + Send>>,
}

impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyLog")
    }
}

impl KeyLog {
    /// Writes to this, a line at a time.
    pub fn new(out: impl io::Write + Send + 'static) -> Arc<Self> {
        Arc::new(Self { out: Mutex::new(Box::new(out)) })
    }

    /// Appends to this file, which is made where it does not exist.
    ///
    /// # Errors
    /// The system's, from opening the file.
    pub fn append_to(path: impl AsRef<Path>) -> io::Result<Arc<Self>> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self::new(options.open(path)?))
    }

    /// Appends to the file that the variable `SSLKEYLOGFILE` names; none where it is not set.
    ///
    /// # Errors
    /// The system's, from opening the file.
    pub fn from_environment() -> io::Result<Option<Arc<Self>>> {
        std::env::var_os("SSLKEYLOGFILE").filter(|path| !path.is_empty()).map(Self::append_to).transpose()
    }

    /// A line in one write, so that lines of several processes do not mix. A log that can't be written is no reason
    /// to fail a connection.
    pub(super) fn line(&self, label: SecretLabel, client_random: &[u8], secret: &[u8]) {
        let length = label.name().len() + 2 * (client_random.len() + secret.len()) + 3;
        // Of the whole length from the start: what grows leaves copies behind.
        let mut line = Zeroizing::new(String::with_capacity(length));
        line.push_str(label.name());
        line.push(' ');
        push_hex(&mut line, client_random);
        line.push(' ');
        push_hex(&mut line, secret);
        line.push('\n');
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = out.write_all(line.as_bytes());
    }
}

fn push_hex(line: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(line, "{byte:02x}");
    }
}

/// Looks on at the messages of handshakes: which way, what, and how many bytes.
pub type Observer = Arc<dyn Fn(Direction, HandshakeType, usize) + Send + Sync>;

/// Who looks on at connections. By default nobody.
#[derive(Clone, Default)]
pub struct Onlookers {
    /// Receives the secrets.
    pub key_log: Option<Arc<KeyLog>>,
    /// Sees the messages of handshakes go by.
    pub observer: Option<Observer>,
}

impl Onlookers {
    pub(super) const fn is_nobody(&self) -> bool {
        self.key_log.is_none() && self.observer.is_none()
    }
}

impl fmt::Debug for Onlookers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Onlookers")
            .field("key_log", &self.key_log.is_some())
            .field("observer", &self.observer.is_some())
            .finish()
    }
}
