//! The first ClientHello in its client's transcript, whose hash the server has not chosen yet.

use super::offer::Parts;
#[cfg(feature = "tls12")]
use super::offer::versions;
#[cfg(feature = "psk")]
use super::psk_offer;
use crate::crypto::{HashAlgorithm, Provider};
use crate::engine::{Context, Hashing};
use crate::error::Error;
use crate::wire::Writer;
use crate::wire::enums::CipherSuite;

/// Begins the transcript of a client's first hello, before it leaves: with a hash that most servers choose a suite of. In
/// TLS 1.2 others are needed beside.
pub(crate) fn begin_transcript<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    #[cfg(feature = "psk")]
    psk_offer::bind(context)?;
    #[cfg(feature = "tls12")]
    if !versions(context).has_tls13() {
        return Ok(());
    }
    let Context { provider, space, .. } = context;
    if let (None, Some(algorithm)) = (&space.transcript, space.expected_hash()) {
        space.transcript = Some(provider.hash_start(algorithm)?);
    }
    Ok(())
}

/// What of the first hello becomes part of the transcript as it leaves: the binders, where they cover the rest.
pub(crate) fn hashing<P: Provider>(context: &Context<'_, P>) -> Hashing {
    if context.space.transcript.is_none() {
        return Hashing::Later;
    }
    #[cfg(feature = "psk")]
    if context.space.psk.offered().next().is_some() {
        return Hashing::Last(psk_offer::binders_len(context));
    }
    Hashing::Now
}

/// Adds the first ClientHello to a transcript whose hash is known now, if it is another than the one it left with. It is
/// encoded again: what it is made of still lies in the handshake space.
pub(crate) fn settle_transcript<P: Provider>(
    suite: CipherSuite,
    context: &mut Context<'_, P>,
) -> Result<(), Error> {
    if context.space.expected_hash() == Some(HashAlgorithm::of(suite)) {
        return Ok(());
    }
    context.space.start_transcript(context.provider, suite)?;
    hash_first_hello(context)
}

/// Adds the first ClientHello to a transcript that begins now. It is encoded again: what it is made of still lies in the
/// handshake space.
pub(crate) fn hash_first_hello<P: Provider>(context: &mut Context<'_, P>) -> Result<(), Error> {
    let parts = Parts::of(context);
    let mut done = 0_usize;
    loop {
        let mut piece = [0; 128];
        let mut writer = Writer::new(&mut piece, done);
        parts.encode(context.space, &mut writer);
        let (written, total) = (writer.written(), writer.total());
        context.space.hash(context.provider, piece.get(..written).unwrap_or_default())?;
        done = done.saturating_add(written);
        if done >= total {
            return Ok(());
        }
    }
}
