//! Sealing records of TLS 1.2: the content type is in clear, there is no padding.

use super::{OutgoingPositions, Sealer};
use crate::copy::put;
use crate::crypto::{Provider, TAG};
use crate::error::{Error, Internal};
use crate::record::protection::{KeySlot, Protection};
use crate::wire::enums::ContentType;
use crate::wire::record_header::{RECORD_HEADER, RecordHeader};

impl OutgoingPositions {
    /// From here on records have the form that this protection gives them. What is built has left the hands already.
    pub(crate) fn follow(&mut self, protection: &Protection) {
        self.explicit_nonce = protection.explicit_nonce().into();
    }
}

/// As [`seal_record`](super::seal::seal_record), where the content stands behind the room for header and explicit nonce.
pub(super) fn seal_record<P: Provider>(
    sealer: Sealer<'_, P>,
    slot: KeySlot<'_, P::AeadKey>,
    space: &mut [u8],
    (kind, count): (ContentType, usize),
) -> Result<usize, Error> {
    let body = count.saturating_add(sealer.protection.explicit_nonce()).saturating_add(TAG);
    let header = RecordHeader::of_tls12(kind, u16::try_from(body).map_err(|_| Internal::State)?);
    let total = body.saturating_add(RECORD_HEADER);
    let (place, rest) = space.split_at_mut_checked(RECORD_HEADER).ok_or(Internal::State)?;
    put(place, header.encode());
    let body = rest.get_mut(..body).ok_or(Internal::State)?;
    sealer.protection.seal_tls12(sealer.provider, slot, kind, body)?;
    Ok(total)
}
