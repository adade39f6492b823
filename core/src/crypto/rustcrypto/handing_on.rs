//! Providers of tests that do little themselves.

/// The calls of a [`Provider`](crate::crypto::Provider) that a field, a [`RustCrypto`](super::RustCrypto), answers.
macro_rules! as_software {
    ($field:tt) => {
        as_software! {
            $field:
            fill_random(out: &mut [u8]) -> ();
            hash_start(algorithm: HashAlgorithm) -> Hash;
            hash_update(hash: &mut Hash, bytes: &[u8]) -> ();
            hash_digest(hash: &Hash) -> Digest;
            hmac(algorithm: HashAlgorithm, key: &[u8], message: &[u8], out: &mut [u8]) -> ();
            hkdf_extract(algorithm: HashAlgorithm, salt: &[u8], input: &[u8], out: &mut [u8]) -> ();
            hkdf_expand(algorithm: HashAlgorithm, secret: &[u8], info: &[&[u8]], out: &mut [u8]) -> ();
            aead_key(suite: CipherSuite, key: &[u8]) -> AeadKey;
            seal(key: &AeadKey, nonce: &[u8; NONCE], aad: &[u8], record: &mut [u8]) -> ();
            open(key: &AeadKey, nonce: &[u8; NONCE], aad: &[u8], record: &mut [u8]) -> ();
            kx_start(group: NamedGroup, secret: &mut KxSecret, public: &mut [u8]) -> usize;
            kx_finish(
                group: NamedGroup,
                secret: &mut KxSecret,
                peer: &[u8],
                shared: &mut Secret<MAX_SHARED_SECRET>
            ) -> ();
            kx_respond(
                group: NamedGroup,
                peer: &[u8],
                public: &mut [u8],
                shared: &mut Secret<MAX_SHARED_SECRET>
            ) -> usize;
        }
    };
    ($field:tt: $($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(fn $name(&mut self, $($argument: $kind),*) -> Result<$result, CryptoError> {
            self.$field.$name($($argument),*)
        })*
    };
}

pub(crate) use as_software;
