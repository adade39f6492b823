//! Two ends, and who stands between them.

/// One of the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl End {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Client, Self::Server];

    /// The other one.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// A man in the middle: is shown every record with who sent it, and may change it.
pub type Middle = Box<dyn FnMut(End, &mut Vec<u8>)>;

/// Bytes on their way past the man in the middle.
#[derive(Debug, Default)]
pub(crate) struct Way {
    /// Less than a record.
    unseen: Vec<u8>,
    /// To be delivered.
    pub(crate) seen: Vec<u8>,
}

impl Way {
    /// Shows what became a whole record.
    pub(crate) fn pass(&mut self, bytes: &mut Vec<u8>, show: &mut dyn FnMut(&mut Vec<u8>)) {
        self.unseen.append(bytes);
        while let Some(length) = record_length(&self.unseen) {
            let mut record = self.unseen.drain(..length).collect();
            show(&mut record);
            self.seen.append(&mut record);
        }
    }
}

/// Bytes of the first record, if it is whole.
fn record_length(bytes: &[u8]) -> Option<usize> {
    let [_, _, _, high, low] = *bytes.first_chunk()?;
    let length = 5 + usize::from(u16::from_be_bytes([high, low]));
    (bytes.len() >= length).then_some(length)
}
