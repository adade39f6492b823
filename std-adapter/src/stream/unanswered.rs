//! Asks that nobody answers.

use tidegate::Event;
use tidegate::error::{CertificateError, Refused};

/// Says no to an ask that came back from all who answer: dropped, it would be offered again for ever. Other events come back.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever is no ask is not for this function")]
pub(crate) fn decline(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::VerifyPeer(ask) => ask.refuse(CertificateError::Other),
        Event::ChooseIdentity(ask) => ask.refuse(Refused::Identity),
        Event::Sign(ask) => ask.refuse(),
        Event::SignDigest(ask) => ask.refuse(),
        Event::FindSession(ask) => ask.none(),
        Event::KeepSession(ask) => ask.done(),
        other => return Some(other),
    }
    None
}

#[cfg(test)]
mod tests;
