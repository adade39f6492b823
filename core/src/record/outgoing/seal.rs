//! Making a record of content that lies where the record will.

use super::OVERHEAD;
use crate::copy::put;
use crate::crypto::{Provider, TAG};
use crate::error::{Error, Internal, LimitExceeded};
use crate::record::protection::{KeySlot, Protection};
use crate::wire::enums::{ContentType, ProtocolVersion};
use crate::wire::record_header::{RECORD_HEADER, RecordHeader};

/// Who seals, and how.
#[derive(Debug)]
pub(crate) struct Sealer<'a, P> {
    pub(crate) provider: &'a mut P,
    pub(crate) protection: &'a mut Protection,
    /// Protected content is padded to a multiple of this many bytes, where the record's limit allows; 1 for none.
    pub(crate) padding: usize,
    /// Bytes of content and padding that a record may have.
    pub(crate) limit: usize,
}

/// Makes a record of the content that stands behind the room for its header; returns the record's length.
pub(super) fn seal_record<P: Provider>(
    sealer: Sealer<'_, P>,
    slot: KeySlot<'_, P::AeadKey>,
    space: &mut [u8],
    (kind, count): (ContentType, usize),
) -> Result<usize, Error> {
    if kind != ContentType::ALERT && sealer.protection.is_worn() {
        return Err(LimitExceeded::KeyUsage.into());
    }
    #[cfg(feature = "tls12")]
    if sealer.protection.is_tls12() {
        return super::tls12::seal_record(sealer, slot, space, (kind, count));
    }
    let protected = sealer.protection.is_active();
    let body = if protected { protected_body(&sealer, space, kind, count) } else { Some(count) };
    let body = body.ok_or(Internal::State)?;
    let header = RecordHeader {
        content_type: if protected { ContentType::APPLICATION_DATA } else { kind },
        version: ProtocolVersion::TLS_1_2,
        length: u16::try_from(body).map_err(|_| Internal::State)?,
    };
    let total = body.saturating_add(RECORD_HEADER);
    let record = space.get_mut(..total).ok_or(Internal::State)?;
    put(record, header.encode());
    if protected {
        sealer.protection.seal(sealer.provider, slot, record)?;
    }
    Ok(total)
}

/// Writes content type and padding behind the content; returns the length of the body, tag included.
fn protected_body<P>(
    sealer: &Sealer<'_, P>,
    space: &mut [u8],
    kind: ContentType,
    count: usize,
) -> Option<usize> {
    let (room, least) = (space.len().checked_sub(OVERHEAD)?.min(sealer.limit.max(count)), count.max(1));
    let padded = if sealer.padding > 1 { least.checked_next_multiple_of(sealer.padding)? } else { least };
    let padded = padded.min(room).max(count);
    let after = space.get_mut(RECORD_HEADER..)?.get_mut(count..=padded)?;
    let (place, padding) = after.split_first_mut()?;
    *place = kind.0;
    if !padding.is_empty() {
        padding.fill(0); // a call, dear in a short record
    }
    padded.checked_add(1 + TAG)
}
