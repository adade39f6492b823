//! Sending handshake messages, a piece at a time.

use super::{Context, HandshakeSpace};
use crate::crypto::{Digest, Direction, Provider};
use crate::error::{Error, Internal};
use crate::limits;
use crate::record::outgoing::Sealer;
use crate::record::protection::Protection;
use crate::secret::wipe_bytes;
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
    /// So many bytes at its end: what comes before them is part of it already.
    #[cfg(feature = "psk")]
    Last(usize),
    /// The hash is not known yet.
    Later,
}

impl Hashing {
    /// What becomes part of the transcript of a piece that begins so many bytes before the end of the message.
    fn of(self, piece: &[u8], _rest: usize) -> &[u8] {
        let hashed = match self {
            Self::Now => 0,
            #[cfg(feature = "psk")]
            Self::Last(count) => _rest.saturating_sub(count),
            Self::Later => piece.len(),
        };
        piece.get(hashed..).unwrap_or_default()
    }
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
        loop {
            let limit = self.channel.send_limit.get().min(self.max_send_fragment);
            let space = self.outgoing.content_space(limit);
            let mut writer = Writer::new(space, *cursor);
            encode(self.space, &mut writer);
            let (written, total) = (writer.written(), writer.whole().ok_or(Internal::Encoding)?);
            let rest = total.saturating_sub(*cursor);
            let wanted = rest.min(limit);
            let piece = space.get_mut(..written).unwrap_or_default();
            if written < wanted.min(limits::WORTHWHILE_PIECE) {
                wipe_bytes(piece);
                return Ok(Sent::Part);
            }
            if let (0, Some(kind)) = (*cursor, piece.first()) {
                self.provider.on_message(Direction::Sent, HandshakeType(*kind), total);
                trace!("sending {}, {} bytes", HandshakeType(*kind), total);
            }
            let hashed = hashing.of(piece, rest);
            if !hashed.is_empty() {
                self.space.hash(self.provider, hashed)?;
            }
            *cursor = cursor.saturating_add(written);
            let sealer = self.channel.sealer(self.provider);
            self.outgoing.seal(sealer, ContentType::HANDSHAKE, written)?;
            if *cursor >= total {
                return Ok(Sent::All);
            }
        }
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
