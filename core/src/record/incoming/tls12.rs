//! Records of TLS 1.2 where they lie.

use core::ops::Range;

use super::{Expectations, Incoming, Rules};
use crate::crypto::Provider;
use crate::error::{Error, PeerMisbehaved};
use crate::limits;
use crate::record::protection::Protection;
use crate::wire::enums::{AlertDescription, AlertLevel, ContentType, ProtocolVersion};
use crate::wire::record_header::RecordHeader;

impl<K> Incoming<'_, K> {
    /// Opens a record where it lies: its type and the range of its content.
    pub(super) fn open_tls12<P: Provider<AeadKey = K>>(
        &mut self,
        provider: &mut P,
        protection: &mut Protection,
        (header, record): (RecordHeader, Range<usize>),
        expect: Expectations<'_>,
    ) -> Result<(ContentType, Range<usize>), Error> {
        let body = self.bytes.get_mut(record.clone()).unwrap_or_default();
        let content = protection.open_tls12(provider, self.key.as_deref_mut(), header, body)?;
        if content.len() > expect.size_limit {
            return Err(PeerMisbehaved::RecordOverflow.into());
        }
        let at = |offset: usize| record.start.saturating_add(offset);
        Ok((header.content_type, at(content.start)..at(content.end)))
    }
}

/// Every record of an encrypted direction is protected, whatever its type.
pub(super) fn check_header(header: RecordHeader) -> Result<(), Error> {
    if header.content_type.name().is_none() {
        return Err(PeerMisbehaved::UnexpectedMessage.into());
    }
    if header.version != ProtocolVersion::TLS_1_2 {
        return Err(PeerMisbehaved::IllegalParameter.into());
    }
    if usize::from(header.length) > limits::CIPHERTEXT {
        return Err(PeerMisbehaved::RecordOverflow.into());
    }
    Ok(())
}

/// Whether an alert only warns (RFC 5246, section 7.2). A close_notify is what it is, whatever its level.
pub(super) fn is_warning(level: AlertLevel, alert: AlertDescription, expect: Expectations<'_>) -> bool {
    expect.rules == Rules::Tls12 && level == AlertLevel::WARNING && alert != AlertDescription::CLOSE_NOTIFY
}
