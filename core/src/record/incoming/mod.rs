//! The receive side: where things lie in the incoming buffer.
//!
//! ```text
//!   | joined handshake bytes | .. consumed .. | raw records as they came | free |
//!         messages                                      raw
//! ```
//!
//! A record is opened where it lies. Handshake content moves down to join what came before it; application data stays
//! until it is taken. Bytes may be moved only while nothing is held: a held range would point elsewhere.

mod inbound;
mod positions;
#[cfg(feature = "tls12")]
mod tls12;

use core::ops::Range;

pub(crate) use inbound::{Expectations, Inbound};
pub use positions::Missing;
pub(crate) use positions::{IncomingPositions, RecordBoundary};

#[cfg(feature = "tls12")]
pub(crate) use inbound::Rules;
use positions::Held;

use super::protection::{KeySlot, Protection};
use super::shift::shift_down;
use crate::crypto::Provider;
use crate::error::{Error, Internal, LimitExceeded, PeerMisbehaved};
use crate::limits;
use crate::wire::enums::{AlertDescription, ContentType, HandshakeType};
use crate::wire::record_header::{RECORD_HEADER, RecordHeader};
use crate::wire::{HANDSHAKE_HEADER, parse_alert, parse_handshake_header};

/// The incoming buffer for one step.
#[derive(Debug)]
pub(crate) struct Incoming<'a, K> {
    pub(crate) bytes: &'a mut [u8],
    pub(crate) key: KeySlot<'a, K>,
    pub(crate) at: &'a mut IncomingPositions,
}

impl<K> Incoming<'_, K> {
    /// The next message, data or alert. Whatever is held must have been released. `early_data` is how many bytes of
    /// rejected early data may still be passed over, where there may be any.
    pub(crate) fn next_inbound<P: Provider<AeadKey = K>>(
        &mut self,
        provider: &mut P,
        protection: &mut Protection,
        early_data: &mut Option<u32>,
        expect: Expectations<'_>,
    ) -> Result<Inbound, Error> {
        loop {
            if let Some(kind) = self.next_message(expect)? {
                return Ok(Inbound::Message(kind));
            }
            let early = early_data.is_some();
            let Some((header, record)) = self.next_record(protection, expect, early)? else {
                return Ok(Inbound::Partial);
            };
            let end = record.end;
            let opened = self.open(provider, protection, (header, record), expect);
            if early && is_early_data(header, protection, &opened) {
                // RFC 8446, section 5.1: nothing comes between the fragments of a message.
                if !self.at.messages.is_empty() {
                    return Err(PeerMisbehaved::UnexpectedMessage.into());
                }
                let passed = u32::try_from(end.saturating_sub(self.at.raw.start())).unwrap_or(u32::MAX);
                let left = early_data.and_then(|left| left.checked_sub(passed));
                *early_data = Some(left.ok_or(LimitExceeded::EarlyData)?);
                self.at.raw.set_start(end);
                continue;
            }
            let (kind, content) = opened?;
            // What opens is no early data any more, and nothing behind it is (RFC 8446, section 4.2.10).
            if protection.sequence() > 0 {
                *early_data = None;
            }
            if let Some(inbound) = self.admit(kind, content, end, expect)? {
                return Ok(inbound);
            }
        }
    }

    /// Holds the first joined message if it is whole.
    fn next_message(&mut self, expect: Expectations<'_>) -> Result<Option<HandshakeType>, Error> {
        let joined = self.bytes.get(self.at.messages.range()).unwrap_or_default();
        let Some(header) = joined.first_chunk::<HANDSHAKE_HEADER>() else { return Ok(None) };
        let (kind, body) = parse_handshake_header(*header);
        let length = body.saturating_add(HANDSHAKE_HEADER);
        if !(expect.accepts)(kind) {
            return Err(PeerMisbehaved::UnexpectedMessage.into());
        }
        if length > expect.message_limit {
            return Err(LimitExceeded::HandshakeMessage { length: length.into() }.into());
        }
        if joined.len() < length {
            return Ok(None);
        }
        self.at.held = Held::Message { length: length.into() };
        Ok(Some(kind))
    }

    /// Header and range of the next record after its header, if it is whole.
    fn next_record(
        &mut self,
        protection: &Protection,
        expect: Expectations<'_>,
        early_data: bool,
    ) -> Result<Option<(RecordHeader, Range<usize>)>, Error> {
        let raw = self.bytes.get(self.at.raw.range()).unwrap_or_default();
        let Some(header) = raw.first_chunk::<RECORD_HEADER>() else { return Ok(None) };
        let (header, available) = (RecordHeader::parse(*header), raw.len());
        self.check_header(header, protection, expect, early_data)?;
        let total = usize::from(header.length).saturating_add(RECORD_HEADER);
        if available < total {
            let needed = self.at.messages.len().saturating_add(total);
            let fits = needed <= self.bytes.len();
            return if fits {
                Ok(None)
            } else {
                Err(LimitExceeded::IncomingBuffer { needed: needed.into() }.into())
            };
        }
        let start = self.at.raw.start().saturating_add(RECORD_HEADER);
        Ok(Some((header, start..self.at.raw.start().saturating_add(total))))
    }

    fn check_header(
        &mut self,
        header: RecordHeader,
        protection: &Protection,
        expect: Expectations<'_>,
        early_data: bool,
    ) -> Result<(), Error> {
        let [major, _] = header.version.0.to_be_bytes();
        if !self.at.is_tls && (header.content_type.name().is_none() || major != 3) {
            return Err(PeerMisbehaved::NotTls.into());
        }
        self.at.is_tls = true;
        #[cfg(feature = "tls12")]
        if protection.is_tls12() {
            return tls12::check_header(header);
        }
        let in_clear = match header.content_type {
            ContentType::APPLICATION_DATA => !protection.is_active() && !early_data,
            ContentType::CHANGE_CIPHER_SPEC => false,
            ContentType::ALERT if expect.clear_alerts && protection.sequence() == 0 => false,
            ContentType::ALERT | ContentType::HANDSHAKE => protection.is_active(),
            _ => true,
        };
        if in_clear {
            return Err(PeerMisbehaved::UnexpectedMessage.into());
        }
        let limit = match header.content_type {
            ContentType::APPLICATION_DATA => limits::CIPHERTEXT,
            _ => limits::PLAINTEXT,
        };
        if usize::from(header.length) > limit {
            return Err(PeerMisbehaved::RecordOverflow.into());
        }
        Ok(())
    }

    /// Opens a record where it lies: its inner type and the range of its content.
    fn open<P: Provider<AeadKey = K>>(
        &mut self,
        provider: &mut P,
        protection: &mut Protection,
        (header, record): (RecordHeader, Range<usize>),
        expect: Expectations<'_>,
    ) -> Result<(ContentType, Range<usize>), Error> {
        #[cfg(feature = "tls12")]
        if protection.is_tls12() {
            return self.open_tls12(provider, protection, (header, record), expect);
        }
        if header.content_type != ContentType::APPLICATION_DATA || !protection.is_active() {
            return Ok((header.content_type, record));
        }
        let whole = record.start.saturating_sub(RECORD_HEADER)..record.end;
        let whole = self.bytes.get_mut(whole).unwrap_or_default();
        let (header, body) = whole.split_at_mut_checked(RECORD_HEADER).unwrap_or_default();
        protection.open(provider, self.key.as_deref_mut(), header, body)?;
        let inner = body.len().saturating_sub(crate::crypto::TAG);
        if inner > expect.size_limit {
            return Err(PeerMisbehaved::RecordOverflow.into());
        }
        let inner = body.get(..inner).unwrap_or_default();
        // Padding is zeros after the type (RFC 8446, section 5.4).
        let padded = inner.iter().rposition(|byte| *byte != 0).ok_or(PeerMisbehaved::UnexpectedMessage)?;
        let kind = ContentType(inner.get(padded).copied().unwrap_or_default());
        if kind == ContentType::CHANGE_CIPHER_SPEC {
            return Err(PeerMisbehaved::UnexpectedMessage.into());
        }
        Ok((kind, record.start..record.start.saturating_add(padded)))
    }

    /// Takes in the content of a record; nothing to report where it only adds to a message or is empty.
    fn admit(
        &mut self,
        kind: ContentType,
        content: Range<usize>,
        record_end: usize,
        expect: Expectations<'_>,
    ) -> Result<Option<Inbound>, Error> {
        if content.is_empty() {
            return self.admit_empty(kind, record_end, expect);
        }
        // An alert that lets the connection go on is worth no more than nothing.
        if kind != ContentType::ALERT {
            self.at.empty_records = 0;
        }
        self.at.raw.set_start(record_end);
        match kind {
            ContentType::HANDSHAKE => {
                self.join(content)?;
                Ok(None)
            }
            ContentType::ALERT => {
                let (_level, alert) = parse_alert(self.bytes.get(content).unwrap_or_default())?;
                #[cfg(feature = "tls12")]
                if tls12::is_warning(_level, alert, expect) {
                    return Ok(Some(Inbound::Warning(alert)));
                }
                self.check_between_fragments(alert, expect)?;
                Ok(Some(Inbound::Alert(alert)))
            }
            ContentType::CHANGE_CIPHER_SPEC if self.bytes.get(content.clone()) == Some(&[1]) => {
                Ok(Some(Inbound::ChangeCipherSpec))
            }
            ContentType::APPLICATION_DATA if self.at.messages.is_empty() => {
                self.at.raw.set_start(content.start);
                self.at.held = Held::Data { plaintext: content.into(), record_end: record_end.into() };
                Ok(Some(Inbound::Data))
            }
            _ => Err(PeerMisbehaved::UnexpectedMessage.into()),
        }
    }

    /// Nothing may stand between the fragments of a message (RFC 8446, section 5.1) but the end of the connection. A
    /// change_cipher_spec is passed over there as well, since section 5 has it dropped wherever it comes. In TLS 1.2, which
    /// does not say so, data may not either: nobody sends a message that way.
    fn check_between_fragments(
        &self,
        alert: AlertDescription,
        expect: Expectations<'_>,
    ) -> Result<(), Error> {
        let goes_on = [AlertDescription::CLOSE_NOTIFY, AlertDescription::USER_CANCELED].contains(&alert);
        if goes_on && !self.at.messages.is_empty() && !expect.lets_alerts_between() {
            return Err(PeerMisbehaved::UnexpectedMessage.into());
        }
        Ok(())
    }

    /// Only application data may be empty (RFC 8446, section 5.4), and not for ever.
    fn admit_empty(
        &mut self,
        kind: ContentType,
        record_end: usize,
        expect: Expectations<'_>,
    ) -> Result<Option<Inbound>, Error> {
        if kind != ContentType::APPLICATION_DATA || !expect.data || !self.at.messages.is_empty() {
            return Err(PeerMisbehaved::UnexpectedMessage.into());
        }
        self.at.empty_records = self.at.empty_records.saturating_add(1);
        if self.at.empty_records > limits::EMPTY_RECORDS {
            return Err(LimitExceeded::EmptyRecords.into());
        }
        self.at.raw.set_start(record_end);
        Ok(None)
    }

    /// Adds handshake content to the joined messages, which lie before it.
    fn join(&mut self, content: Range<usize>) -> Result<(), Error> {
        if self.at.messages.is_empty() {
            self.at.messages = content.into();
            return Ok(());
        }
        let end = self.at.messages.end();
        if end > content.start || content.end > self.bytes.len() {
            return Err(Internal::State.into());
        }
        shift_down(self.bytes, content.clone(), end);
        self.at.messages.set_end(end.saturating_add(content.len()));
        Ok(())
    }
}

/// Whether a record is early data of a client whose offer was not taken, where there may be any: it can't be opened.
fn is_early_data<T>(header: RecordHeader, protection: &Protection, opened: &Result<T, Error>) -> bool {
    let unreadable =
        *opened.as_ref().err().unwrap_or(&Internal::State.into()) == PeerMisbehaved::BadRecordMac.into();
    header.content_type == ContentType::APPLICATION_DATA && (!protection.is_active() || unreadable)
}
