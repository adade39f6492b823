//! What the peer does in a trace.

use super::endpoint::Endpoint;
use super::libssl::Role;
use super::steps::Steps;
use super::stream::peer_bytes;
use super::trace::Results;

/// Room for what the peer reads at once.
const ROOM: usize = 1 << 15;
/// An encrypted record that nobody made: its tag can't be right.
const FORGED: [u8; 37] = {
    let mut record = [0x5a; 37];
    (record[0], record[1], record[2], record[3], record[4]) = (23, 3, 3, 0, 32);
    record
};

impl<T: Endpoint, P: Endpoint> Steps<T, P> {
    /// A call of the peer and what it came to.
    pub(super) fn by_peer(&mut self, call: impl FnOnce(&mut Self) -> i64) -> Results {
        let ret = call(self);
        Results {
            peer_ret: Some(ret),
            peer_error: Some(self.ends.peer.error(ret).to_owned()),
            delivered: Some(self.delivered.count),
            delivered_right: Some(self.delivered.is_right),
            delivered_hash: Some(self.delivered.hash),
            ..Results::default()
        }
    }

    /// Reads until there is nothing more; what the last read said.
    pub(super) fn drain(&mut self) -> i64 {
        let mut room = vec![0; ROOM];
        loop {
            let ret = self.ends.peer.read(&mut room);
            match usize::try_from(ret) {
                Ok(count) if count > 0 => self.delivered.add(&room[..count]),
                _ => return ret,
            }
        }
    }

    /// A client reads first, so that its ClientHello does not meet what the server has sent.
    pub(super) fn peer_renegotiate(&mut self) -> i64 {
        if self.peer_role() == Role::Client {
            self.drain();
        }
        self.sent_at_once(P::renegotiate)
    }

    pub(super) fn peer_write(&mut self, length: usize) -> i64 {
        if self.ends.peer.state().in_init {
            let ret = self.drain();
            if self.ends.peer.state().in_init {
                return ret;
            }
        }
        let bytes = peer_bytes(self.peer_written..self.peer_written + length);
        let ret = self.ends.peer.write(&bytes);
        self.peer_written += usize::try_from(ret).unwrap_or_default();
        ret
    }

    pub(super) fn sent_at_once(&mut self, ask: impl FnOnce(&mut P) -> i64) -> i64 {
        match ask(&mut self.ends.peer) {
            1 => self.ends.peer.handshake(),
            refused => refused,
        }
    }

    pub(super) fn peer_fatal(&mut self) -> i64 {
        let mut wire = self.ends.wire.borrow_mut();
        // Behind half a record it would be the other half.
        if !wire.is_partial() {
            wire.forge(&FORGED);
        }
        drop(wire);
        self.drain()
    }
}
