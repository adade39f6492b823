//! AES-GCM and ChaCha20-Poly1305.

use aws_lc_rs::aead::LessSafeKey;

/// An expanded AEAD key, which AWS-LC allocates, and wipes when it is dropped.
#[derive(Debug)]
pub struct AeadKey(LessSafeKey);

crate::provider::like_ring::aead_like_ring!(aws_lc_rs);
