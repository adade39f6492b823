//! What the configurations of both ends have in common.

use tidegate::config::{Common, Versions};
use tidegate::modes::{Completion, Modes};

use crate::ahead;
use crate::buffer::HANDSHAKE_MESSAGE;

/// What makers begin with beside the engine's defaults.
pub(super) fn begin(common: &mut Common) {
    common.max_handshake_message = HANDSHAKE_MESSAGE;
    common.versions = Versions::Both;
}

/// What [`std::io::Write`] promises needs both: a write that was not taken may be followed by another one.
pub(super) fn promise(common: &mut Common) {
    common.completion = Completion::Sealed;
    common.modes = common.modes.set(Modes::ENABLE_PARTIAL_WRITE);
    // More is not kept until it is read, and a handshake does not go on before it is.
    common.max_early_data = common.max_early_data.min(ahead::LIMIT);
}
