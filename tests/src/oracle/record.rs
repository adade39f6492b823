//! What is on the wire, by content.

/// A record, or a handshake message in one, as somebody who knows the keys sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// Application data of so many bytes.
    Data(usize),
    /// A KeyUpdate, and whether it asks for one in return.
    KeyUpdate {
        /// `update_requested`.
        requested: bool,
    },
    /// A NewSessionTicket.
    Ticket,
    /// A HelloRequest of TLS 1.2.
    HelloRequest,
    /// Any other handshake message, in clear or not: those of the handshake itself.
    Handshake,
    /// A change_cipher_spec.
    ChangeCipherSpec,
    /// The alert close_notify.
    CloseNotify,
    /// Another alert, by its code.
    Alert(u8),
    /// What does not open with the keys that its sender should have; as data it would be so many bytes.
    Unreadable(usize),
}
