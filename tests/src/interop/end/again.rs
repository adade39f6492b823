//! Renegotiation.

use tidegate::{Role, Want};

use super::{End, Moment};
use crate::interop::setup::{Answer, Fault};

impl<R: Role, A: Answer> End<R, A> {
    /// Wants another handshake of TLS 1.2 and goes through it; data that comes on the way is kept.
    ///
    /// # Errors
    /// Why it failed.
    ///
    /// # Panics
    /// If the configuration or the connection does not allow it.
    pub fn renegotiate(&mut self) -> Result<(), Fault> {
        self.connection.renegotiate().unwrap();
        self.follow()
    }

    /// Goes through another handshake that either end wants, or will.
    ///
    /// # Errors
    /// Why it failed.
    pub fn follow(&mut self) -> Result<(), Fault> {
        let mut before = self.connection.is_renegotiation_pending();
        loop {
            let looked = self.look();
            self.flush()?;
            let moment = looked?;
            let pending = self.connection.is_renegotiation_pending();
            if before && !pending {
                return Ok(());
            }
            before = pending;
            if moment == Moment::Waits(Want::Incoming) {
                self.fill()?;
            }
        }
    }
}
