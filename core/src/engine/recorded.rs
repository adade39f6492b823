//! Messages of a recorded handshake, which leave instead of those that would be encoded.

use super::HandshakeSpace;
use crate::crypto::Provider;
use crate::wire::Writer;
use crate::wire::enums::HandshakeType;

impl<P: Provider> HandshakeSpace<P> {
    /// What is recorded of this type; of hellos the second, once a HelloRetryRequest has given a cookie.
    pub(crate) fn recorded(&self, kind: HandshakeType) -> Option<&'static [u8]> {
        let again = kind == HandshakeType::CLIENT_HELLO && !self.cookie.is_empty();
        let mut messages = self.recorded.iter().filter(|message| message.first() == Some(&kind.0));
        messages.nth(usize::from(again)).copied()
    }

    /// What is recorded of the type of this message.
    pub(super) fn recorded_for(&self, encode: &dyn Fn(&mut Writer<'_>)) -> Option<&'static [u8]> {
        let mut kind = [0];
        encode(&mut Writer::new(&mut kind, 0));
        self.recorded(HandshakeType(kind[0]))
    }
}
