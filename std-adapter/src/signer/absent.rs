//! What a library is that was not compiled in, or has no key of this kind: it takes no key.
#![allow(dead_code, reason = "each name is used where its library is absent")]

use pki_types::PrivateKeyDer;
use tidegate::wire::enums::SignatureScheme;

use super::{Key, RsaKey};

pub(super) fn curve(_: &[u8], _: SignatureScheme) -> Option<Box<dyn Key>> {
    None
}

pub(super) fn rsa(_: &PrivateKeyDer<'_>) -> Option<RsaKey> {
    None
}
