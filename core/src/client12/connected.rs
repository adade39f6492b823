//! Between handshakes.

/// Application data flows; the server may ask for another handshake.
#[derive(Debug)]
pub struct Connected;
