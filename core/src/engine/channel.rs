//! The protection of both directions, and the limits on records that go with it.

use crate::config::Common;
use crate::limits;
use crate::record::outgoing::Sealer;
use crate::record::protection::Protection;

/// Both directions of a connection.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) read: Protection,
    pub(crate) write: Protection,
    /// Bytes of content, padding and content type that the peer may put into a record.
    pub(crate) receive_limit: usize,
    /// Bytes of content and padding that we may put into a record.
    pub(crate) send_limit: usize,
    /// Bytes of rejected early data that may still be passed over, where there may be any.
    pub(crate) early_data: Option<usize>,
    /// How many bytes the padding is a multiple of.
    pub(crate) padding: usize,
}

impl Channel {
    pub(crate) fn new(common: &Common) -> Self {
        Self {
            read: Protection::none(),
            write: Protection::none(),
            receive_limit: limits::RECORD_SIZE_LIMIT,
            send_limit: limits::PLAINTEXT,
            early_data: None,
            padding: common.padding.block(),
        }
    }

    /// Who seals our records now.
    pub(crate) fn sealer<'a, P>(&'a mut self, provider: &'a mut P) -> Sealer<'a, P> {
        Sealer { provider, protection: &mut self.write, padding: self.padding, limit: self.send_limit }
    }
}
