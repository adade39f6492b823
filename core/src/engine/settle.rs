//! After a step of the handshake.

use super::{Engine, Role, Turn};
use crate::trace::trace;

/// Whether a step led to another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entered {
    Next,
    Same,
}

impl<R: Role> Engine<R> {
    /// Lets the message go unless an ask is about it, and notes that the handshake is done.
    pub(super) fn settle(&mut self, entered: Entered) {
        if entered == Entered::Next {
            trace!("{}: {}", R::NAME, R::name(&self.state));
        }
        match R::turn(&self.state) {
            Turn::Application(_) => {}
            Turn::Done => {
                self.incoming.release_message();
                self.tells.connected.happened();
            }
            Turn::Peer | Turn::Own | Turn::Failed => self.incoming.release_message(),
        }
    }
}
