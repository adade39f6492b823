//! Sending handshake messages, a piece at a time.

use super::{Context, HandshakeSpace};
use crate::crypto::{Digest, Direction, Provider};
use crate::error::{Error, Internal};
use crate::limits;
use crate::record::outgoing::Sealer;
use crate::record::protection::Protection;
use crate::trace::trace;
use crate::wire::Writer;
use crate::wire::enums::{ContentType, HandshakeType};

/// How far a message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// All of it is in the outgoing buffer.
    All,
    /// The rest needs room.
    Part,
}

/// Whether what is sent becomes part of the transcript now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hashing {
    Now,
    /// The hash is not known yet.
    Later,
}

/// Encodes a message that is made of what lies in the handshake space.
type Encode<'a, P> = &'a dyn Fn(&HandshakeSpace<P>, &mut Writer<'_>);

impl<P: Provider> Context<'_, P> {
    /// Sends what `encode` writes, from `cursor` on, as handshake records; the cursor moves on.
    pub(crate) fn send_message(
        &mut self,
        cursor: &mut usize,
        hashing: Hashing,
        encode: &dyn Fn(&mut Writer<'_>),
    ) -> Result<Sent, Error> {
        #[cfg(test)]
        if let Some(recorded) = self.space.recorded_for(encode) {
            return self.send_from_space(cursor, hashing, &|_, writer| writer.put(recorded));
        }
        self.send_from_space(cursor, hashing, &|_, writer| encode(writer))
    }

    /// As [`Context::send_message`], of a message that is made of what lies in the handshake space.
    pub(crate) fn send_from_space(
        &mut self,
        cursor: &mut usize,
        hashing: Hashing,
        encode: Encode<'_, P>,
    ) -> Result<Sent, Error> {
        let total = Writer::measure(&|writer| encode(self.space, writer)).ok_or(Internal::Encoding)?;
        while *cursor < total {
            let rest = total.saturating_sub(*cursor);
            let wanted = rest.min(self.channel.send_limit).min(self.max_send_fragment);
            let space = self.outgoing.content_space(wanted);
            if space.len() < wanted.min(limits::WORTHWHILE_PIECE) {
                return Ok(Sent::Part);
            }
            let mut writer = Writer::new(space, *cursor);
            encode(self.space, &mut writer);
            let written = writer.written();
            if let (0, Some(kind)) = (*cursor, space.first()) {
                self.provider.on_message(Direction::Sent, HandshakeType(*kind), total);
                trace!("sending {}, {} bytes", HandshakeType(*kind), total);
            }
            if hashing == Hashing::Now {
                self.space.hash(self.provider, space.get(..written).unwrap_or_default())?;
            }
            *cursor = cursor.saturating_add(written);
            let sealer = self.channel.sealer(self.provider);
            self.outgoing.seal(sealer, ContentType::HANDSHAKE, written)?;
        }
        Ok(Sent::All)
    }

    /// Sends a change_cipher_spec for middleboxes (RFC 8446, appendix D.4): in clear, whatever keys there are.
    pub(crate) fn send_change_cipher_spec(&mut self) -> Result<(), Error> {
        trace!("sending CHANGE_CIPHER_SPEC");
        let mut clear = Protection::none();
        let sealer = Sealer { protection: &mut clear, ..self.channel.sealer(self.provider) };
        self.outgoing.seal_control(sealer, ContentType::CHANGE_CIPHER_SPEC, &[1])
    }

    /// The transcript hash now.
    pub(crate) fn transcript(&mut self) -> Result<Digest, Error> {
        self.space.transcript_digest(self.provider)
    }
}
