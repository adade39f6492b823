//! The AEADs of libraries with ring's interface.

/// What such a library's `AeadKey`, a `LessSafeKey`, does: AES-GCM and ChaCha20-Poly1305 where the record lies. Nonces come from the
/// engine, which counts the records of a key.
macro_rules! aead_like_ring {
    ($library:ident) => {
        use tidegate::crypto::{CryptoError, NONCE, TAG};
        use tidegate::wire::enums::CipherSuite;
        use $library::aead::{
            AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, Nonce, UnboundKey,
        };

        use crate::provider::parts::Aead;

        impl Aead for AeadKey {
            fn has(suite: CipherSuite) -> bool {
                algorithm(suite).is_some()
            }

            fn expand(suite: CipherSuite, key: &[u8]) -> Result<Self, CryptoError> {
                let algorithm = algorithm(suite).ok_or(CryptoError::Unsupported)?;
                let key = UnboundKey::new(algorithm, key).map_err(|_| CryptoError::Failed)?;
                Ok(Self(LessSafeKey::new(key)))
            }

            fn seal(
                &self,
                nonce: &[u8; NONCE],
                additional_data: &[u8],
                record: &mut [u8],
            ) -> Result<(), CryptoError> {
                let (text, tag_space) = record.split_last_chunk_mut::<TAG>().ok_or(CryptoError::Failed)?;
                let nonce = Nonce::assume_unique_for_key(*nonce);
                let tag = self
                    .0
                    .seal_in_place_separate_tag(nonce, Aad::from(additional_data), text)
                    .map_err(|_| CryptoError::Failed)?;
                *tag_space = tag.as_ref().try_into().map_err(|_| CryptoError::Failed)?;
                Ok(())
            }

            fn open(
                &self,
                nonce: &[u8; NONCE],
                additional_data: &[u8],
                record: &mut [u8],
            ) -> Result<(), CryptoError> {
                let nonce = Nonce::assume_unique_for_key(*nonce);
                self.0
                    .open_in_place(nonce, Aad::from(additional_data), record)
                    .map(|_| ())
                    .map_err(|_| CryptoError::InvalidInput)
            }
        }

        fn algorithm(suite: CipherSuite) -> Option<&'static Algorithm> {
            match suite {
                CipherSuite::TLS_AES_128_GCM_SHA256 => Some(&AES_128_GCM),
                CipherSuite::TLS_AES_256_GCM_SHA384 => Some(&AES_256_GCM),
                CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => Some(&CHACHA20_POLY1305),
                _ => None,
            }
        }
    };
}

pub(super) use aead_like_ring;
