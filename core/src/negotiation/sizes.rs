//! The sizes of records that a server answers with.

use crate::buffers;
use crate::crypto::Provider;
use crate::engine::Context;
use crate::error::{Error, PeerMisbehaved};

/// What a server answers about sizes: one of the two at most (RFC 8449, section 5), and the length that was asked for
/// (RFC 6066, section 4). `counted` bytes of a limit are not for content: TLS 1.3's content type.
pub(crate) fn apply<P: Provider>(
    record_size_limit: Option<u16>,
    max_fragment_length: Option<u8>,
    counted: usize,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    match (record_size_limit, max_fragment_length) {
        (None, None) => Ok(()),
        (Some(_), Some(_)) => Err(PeerMisbehaved::IllegalParameter.into()),
        (Some(limit), None) => {
            let content = usize::from(limit).saturating_sub(counted);
            context.channel.send_limit = context.channel.send_limit.min(content.into());
            // Only a server that answers keeps to ours.
            context.channel.receive_limit = context.space.size_offer.into();
            Ok(())
        }
        (None, Some(code)) => match buffers::max_fragment_length(context.space.size_offer) {
            Some((asked, length)) if asked == code => {
                context.channel.send_limit = context.channel.send_limit.min(length.into());
                context.channel.receive_limit = length.saturating_add(counted).into();
                Ok(())
            }
            Some(_) | None => Err(PeerMisbehaved::IllegalParameter.into()),
        },
    }
}
