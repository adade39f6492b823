//! Writing application data: feeding the write machine with facts, and obeying it.

use super::{Engine, Loan, Role, Step};
use crate::copy::copy;
use crate::crypto::Provider;
use crate::error::{Error, Internal};
use crate::limits;
use crate::modes::write::{Address, BlockedBy, Content, Memory, WriteEvent, WriteOutcome, WrongRetry};
use crate::modes::{Completion, Span, Terms};
use crate::wire::enums::ContentType;

/// By what a retry is known: a digest of the last record's bytes, and where they were.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Retry {
    digest: u64,
    address: usize,
}

/// Why a write returns without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteStop {
    Blocked(Step),
    Refused(WrongRetry),
    Closed,
    Failed(Error),
}

impl<R: Role> Engine<R> {
    /// Writes application data as the write machine says.
    pub(crate) fn write<P: Provider>(
        &mut self,
        data: &[u8],
        lent: &mut Loan<'_, R, P>,
    ) -> Result<usize, WriteStop> {
        self.outgoing.give_up_reserved();
        self.queue_due_key_update();
        #[cfg(feature = "tls12")]
        self.send_refusal(lent).map_err(|error| WriteStop::Failed(self.fail(error, lent)))?;
        #[cfg(feature = "tls12")]
        self.begin_due_renegotiation(lent.common());
        let (content, address) = self.compare_retry(data);
        let mut event = WriteEvent::Call { len: data.len(), content, address };
        let mut waits_for = Step::Outgoing;
        let mut terms = self.write_terms(lent);
        loop {
            event = match self.write.advance(event, &terms) {
                WriteOutcome::Handshake => self.answer_handshake(&mut waits_for, lent)?,
                WriteOutcome::SendControl => self.answer_control(&mut waits_for, lent)?,
                WriteOutcome::Offer => self.answer_offer(lent),
                WriteOutcome::Seal(span) => {
                    event = self.answer_seal(span, data, lent)?;
                    if span.end >= data.len() {
                        continue; // the end asks for no room
                    }
                    event
                }
                WriteOutcome::Blocked { by, memory } => {
                    self.remember(memory, data);
                    return Err(self.blocked(by, waits_for, lent));
                }
                WriteOutcome::Return(count) | WriteOutcome::Abandoned(count) => {
                    return self.write_ended(count, lent);
                }
                WriteOutcome::Refused(wrong) => return Err(WriteStop::Refused(wrong)),
                WriteOutcome::Closed => return Err(WriteStop::Closed),
                WriteOutcome::NoRole
                | WriteOutcome::Failed
                | WriteOutcome::Noted
                | WriteOutcome::OutOfTurn => {
                    return Err(WriteStop::Failed(self.fail(Internal::State.into(), lent)));
                }
            };
            terms = self.write_terms(lent);
        }
    }

    /// Gives up what was not sealed of a pending write; how much was.
    pub(crate) fn abandon_write<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> usize {
        let terms = self.terms_of_writes(lent.common());
        let WriteOutcome::Abandoned(count) = self.write.advance(WriteEvent::Abandon, &terms) else {
            return 0;
        };
        // A failure is the connection's, and told by the next call.
        self.write_ended(count, lent).unwrap_or(count)
    }

    /// A write is over: what waited for its end may go.
    pub(crate) fn write_ended<P: Provider>(
        &mut self,
        count: usize,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<usize, WriteStop> {
        self.settle_own_side(lent).map_err(|error| WriteStop::Failed(self.fail(error, lent)))?;
        // A write of nothing leaves a pending one where it is (V6).
        if self.write.retry_span().is_none() {
            self.offer(lent);
        }
        Ok(count)
    }

    fn blocked<P: Provider>(&self, by: BlockedBy, waits_for: Step, lent: &Loan<'_, R, P>) -> WriteStop {
        WriteStop::Blocked(match by {
            BlockedBy::Outgoing if lent.outgoing.bytes.is_empty() => Step::OutgoingBuffer,
            BlockedBy::Outgoing => Step::Outgoing,
            BlockedBy::Driver => waits_for,
        })
    }

    fn answer_handshake<P: Provider>(
        &mut self,
        waits_for: &mut Step,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<WriteEvent, WriteStop> {
        *waits_for = self.drive(lent).map_err(WriteStop::Failed)?;
        #[cfg(feature = "tls12")]
        if *waits_for == Step::PeerClosed {
            return Err(self.closed_with_peer(lent));
        }
        Ok(if *waits_for == Step::Connected { WriteEvent::Ready } else { WriteEvent::NotReady })
    }

    fn answer_control<P: Provider>(
        &mut self,
        waits_for: &mut Step,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<WriteEvent, WriteStop> {
        let sent = self.send_control(lent);
        *waits_for = sent.map_err(|error| WriteStop::Failed(self.fail(error, lent)))?;
        Ok(if *waits_for == Step::Connected { WriteEvent::Ready } else { WriteEvent::NotReady })
    }

    fn answer_offer<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> WriteEvent {
        self.offer(lent);
        if self.outgoing.is_empty() { WriteEvent::TakenAll } else { WriteEvent::TakenPart }
    }

    /// Seals a record of these bytes if there is room for it.
    fn answer_seal<P: Provider>(
        &mut self,
        span: Span,
        data: &[u8],
        lent: &mut Loan<'_, R, P>,
    ) -> Result<WriteEvent, WriteStop> {
        if lent.common().completion == Completion::Drained && !self.outgoing.is_empty() {
            self.offer(lent);
            if !self.outgoing.is_empty() {
                return Ok(WriteEvent::NoRoom);
            }
        }
        let data = data.get(span.range()).unwrap_or_default();
        let mut outgoing = lent.outgoing.outgoing(&mut self.outgoing);
        let space = outgoing.content_space(data.len());
        if space.len() < data.len() {
            return Ok(WriteEvent::NoRoom);
        }
        copy(space, data);
        self.seal_data(data.len(), lent).map_err(|error| WriteStop::Failed(self.fail(error, lent)))?;
        Ok(WriteEvent::Sealed)
    }

    /// Seals so many bytes that lie in the room for content.
    pub(crate) fn seal_data<P: Provider>(
        &mut self,
        count: usize,
        lent: &mut Loan<'_, R, P>,
    ) -> Result<(), Error> {
        let sealer = self.channel.sealer(&mut *lent.provider);
        lent.outgoing.outgoing(&mut self.outgoing).seal(sealer, ContentType::APPLICATION_DATA, count)
    }

    fn write_terms<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Terms {
        let split = self.record_limit(lent);
        Terms { split, ..self.terms_of_writes(lent.common()) }
    }

    /// Bytes of data in the next record, at most: as many as there is room for, unless that would be few, or the record is
    /// built only where nothing waits.
    pub(crate) fn record_limit<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> usize {
        let limit = self.max_send_fragment.min(self.channel.send_limit).get();
        let completion = lent.common().completion;
        let outgoing = lent.outgoing.outgoing(&mut self.outgoing);
        let room = outgoing.room(limit);
        if completion == Completion::Sealed && room >= limits::WORTHWHILE_ROOM {
            return room;
        }
        outgoing.capacity().saturating_sub(outgoing.at.overhead()).min(limit)
    }

    fn compare_retry(&self, data: &[u8]) -> (Content, Address) {
        let Some(span) = self.write.retry_span() else { return (Content::Same, Address::Same) };
        let Some(bytes) = data.get(span.range()) else { return (Content::Different, Address::Same) };
        let content = if digest(bytes) == self.retry.digest { Content::Same } else { Content::Different };
        let moved = bytes.as_ptr().addr() != self.retry.address;
        (content, if moved { Address::Moved } else { Address::Same })
    }

    fn remember(&mut self, memory: Memory, data: &[u8]) {
        if let Memory::Store(span) = memory {
            let bytes = data.get(span.range()).unwrap_or_default();
            self.retry = Retry { digest: digest(bytes), address: bytes.as_ptr().addr() };
        }
    }
}

/// Not cryptographic: it guards against mistakes. FNV-1a over words of eight bytes, mixed so that high bits count.
fn digest(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(PRIME).rotate_left(29);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(0xcbf2_9ce4_8422_2325, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn every_byte_counts() {
        let mut bytes = [0; 21];
        let before = digest(&bytes);
        for place in 0..bytes.len() {
            bytes[place] ^= 0x80;
            assert_ne!(digest(&bytes), before, "byte {place}");
            bytes[place] ^= 0x80;
        }
    }
}
