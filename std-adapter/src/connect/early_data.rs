//! Servers that take early data.

use super::Acceptor;
use crate::sessions::Replays;

impl Acceptor {
    /// Servers whose tickets are good for so many bytes of early data (RFC 8446, section 2.3), a megabyte at most, which they take
    /// once for each ticket; 0 for none, as by default.
    /// [`ServerStream::read_early_data`](crate::ServerStream::read_early_data) reads it, and nothing else does; what nobody reads is
    /// kept with the stream.
    ///
    /// **Early data can be replayed.** These servers remember for two minutes, within which its age must be right, which tickets
    /// were used, 65,536 at most, and refuse the early data of others. Nobody else can open the tickets; where they are
    /// [the application's](Acceptor::with_tickets), it says which were used. But a client may send the same again with another ticket, since an
    /// attacker kept it from seeing the answer: what is done for early data must be right if it is done twice.
    #[must_use]
    pub fn with_replayable_early_data(mut self, bytes: u32) -> Self {
        self.shared().replays = if bytes == 0 { Replays::Refused } else { Replays::LetIn };
        self.configured(|config| config.common.max_early_data = bytes)
    }
}
