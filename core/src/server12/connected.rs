//! Between handshakes.

/// Application data flows; the client may begin another handshake.
#[derive(Debug)]
pub struct Connected;
