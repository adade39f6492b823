//! Calls of a provider that another one answers.

/// Hands these calls on to a field.
macro_rules! hand_on {
    ($field:ident: $($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(fn $name(&mut self, $($argument: $kind),*) -> Result<$result, CryptoError> {
            self.$field.$name($($argument),*)
        })*
    };
}

/// Hands randomness and hashes on to a field.
macro_rules! hand_hashes_on {
    ($field:ident) => {
        hand_on! {
            $field:
            fill_random(out: &mut [u8]) -> ();
            hash_start(algorithm: HashAlgorithm) -> Self::Hash;
            hash_update(hash: &mut Self::Hash, bytes: &[u8]) -> ();
            hash_digest(hash: &Self::Hash) -> Digest;
        }
    };
}

/// Hands HMAC and HKDF on to a field.
macro_rules! hand_derivation_on {
    ($field:ident) => {
        hand_on! {
            $field:
            hmac(algorithm: HashAlgorithm, key: &[u8], message: &[u8], out: &mut [u8]) -> ();
            hmac_pieces(algorithm: HashAlgorithm, key: &[u8], message: &[&[u8]], out: &mut [u8]) -> ();
            hkdf_extract(algorithm: HashAlgorithm, salt: &[u8], input: &[u8], out: &mut [u8]) -> ();
            hkdf_expand(algorithm: HashAlgorithm, secret: &[u8], info: &[&[u8]], out: &mut [u8]) -> ();
            hkdf_expand_several(
                algorithm: HashAlgorithm,
                secret: &[u8],
                work: &mut dyn FnMut(Expand<'_>) -> Result<(), CryptoError>
            ) -> ();
        }
    };
}

pub(super) use {hand_derivation_on, hand_hashes_on, hand_on};
