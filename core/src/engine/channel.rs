//! The protection of both directions, and the limits on records that go with it.

use crate::config::Common;
use crate::limits;
use crate::record::outgoing::Sealer;
use crate::record::protection::Protection;

/// Bytes of a record, in as few as its header takes to say them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RecordSize(u16);

impl RecordSize {
    pub(crate) fn get(self) -> usize {
        self.0.into()
    }
}

impl From<usize> for RecordSize {
    /// No record is longer than can be said.
    fn from(bytes: usize) -> Self {
        Self(u16::try_from(bytes).unwrap_or(u16::MAX))
    }
}

/// Both directions of a connection.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) read: Protection,
    pub(crate) write: Protection,
    /// Bytes of content, padding and content type that the peer may put into a record.
    pub(crate) receive_limit: RecordSize,
    /// Bytes of content and padding that we may put into a record.
    pub(crate) send_limit: RecordSize,
    /// Bytes of rejected early data that may still be passed over, where there may be any.
    pub(crate) early_data: Option<u32>,
    /// How many bytes the padding is a multiple of.
    pub(crate) padding: RecordSize,
}

impl Channel {
    pub(crate) fn new(common: &Common) -> Self {
        Self {
            read: Protection::none(),
            write: Protection::none(),
            receive_limit: limits::RECORD_SIZE_LIMIT.into(),
            send_limit: limits::PLAINTEXT.into(),
            early_data: None,
            padding: common.padding.block().into(),
        }
    }

    /// Who seals our records now.
    pub(crate) fn sealer<'a, P>(&'a mut self, provider: &'a mut P) -> Sealer<'a, P> {
        Sealer {
            provider,
            protection: &mut self.write,
            padding: self.padding.get(),
            limit: self.send_limit.get(),
        }
    }
}
