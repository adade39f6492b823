//! ECDSA (FIPS 186-5, section 6.4) with nonces that follow from key and message (RFC 6979).

use core::fmt;

use pki_types::alg_id;

use super::private_key::{EcPrivateKey, read_pkcs8, read_sec1};
use super::{KeyError, write_pieces};
use crate::crypto::CryptoError;
use crate::wire::enums::SignatureScheme;

/// The signer of one curve.
macro_rules! ecdsa_signer {
    ($name:ident, $curve:literal, $curve_crate:ident, $scheme:ident, $algorithm:ident, $oid:expr, $spki_prefix:expr) => {
        #[doc = concat!("A private key on ", $curve, ", wiped when dropped.")]
        pub struct $name {
            key: $curve_crate::ecdsa::SigningKey,
        }

        impl $name {
            /// A key from PKCS#8 (RFC 5958) in DER.
            ///
            /// # Errors
            /// [`KeyError`] if it can't be parsed, is of another kind or curve, or is not valid.
            pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
                Self::from_sec1_der(read_pkcs8(der, alg_id::$algorithm)?)
            }

            /// A key from SEC1's ECPrivateKey (RFC 5915) in DER. Without a curve in it, its length decides.
            ///
            /// # Errors
            /// [`KeyError`] if it can't be parsed, is on another curve, or is not valid.
            pub fn from_sec1_der(der: &[u8]) -> Result<Self, KeyError> {
                const OID: &[u8] = $oid;
                const SCALAR: usize = size_of::<$curve_crate::FieldBytes>();
                let EcPrivateKey { scalar, curve, public_key } = read_sec1(der)?;
                if curve.is_some_and(|curve| curve != OID) || scalar.len() != SCALAR {
                    return Err(KeyError::UnsupportedAlgorithm);
                }
                let key =
                    $curve_crate::ecdsa::SigningKey::from_slice(scalar).map_err(|_| KeyError::Invalid)?;
                let own = key.verifying_key().to_sec1_point(false);
                if public_key.is_some_and(|public_key| public_key != own.as_bytes()) {
                    return Err(KeyError::Invalid);
                }
                Ok(Self { key })
            }

            /// Signs a message, which is not hashed yet; the signature is in DER, its length is returned.
            ///
            /// # Errors
            /// [`CryptoError::Failed`] if `out` is too short.
            pub fn sign(&self, message: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
                use $curve_crate::ecdsa::signature::Signer;
                let signature: $curve_crate::ecdsa::DerSignature =
                    self.key.try_sign(message).map_err(|_| CryptoError::Failed)?;
                write_pieces(out, &[signature.as_bytes()])
            }

            /// As sign, of a message that is hashed already, by the hash of the scheme.
            ///
            /// # Errors
            /// [`CryptoError::Failed`] if `out` is too short.
            #[cfg(feature = "tls12")]
            pub fn sign_digest(&self, digest: &[u8], out: &mut [u8]) -> Result<usize, CryptoError> {
                use $curve_crate::ecdsa::signature::hazmat::PrehashSigner;
                let signature: $curve_crate::ecdsa::DerSignature =
                    self.key.sign_prehash(digest).map_err(|_| CryptoError::Failed)?;
                write_pieces(out, &[signature.as_bytes()])
            }

            /// The scheme of the signatures.
            #[must_use]
            pub const fn scheme(&self) -> SignatureScheme {
                SignatureScheme::$scheme
            }

            /// Writes the public key as a SubjectPublicKeyInfo (RFC 5480) in DER; returns its length.
            ///
            /// # Errors
            /// [`CryptoError::Failed`] if `out` is too short.
            pub fn public_key_spki(&self, out: &mut [u8]) -> Result<usize, CryptoError> {
                let point = self.key.verifying_key().to_sec1_point(false);
                write_pieces(out, &[$spki_prefix, point.as_bytes()])
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

#[cfg(feature = "ecdsa-p256")]
ecdsa_signer!(
    EcdsaP256Signer,
    "P-256",
    p256,
    ECDSA_SECP256R1_SHA256,
    ECDSA_P256,
    &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
    &[
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00
    ]
);

#[cfg(feature = "ecdsa-p384")]
ecdsa_signer!(
    EcdsaP384Signer,
    "P-384",
    p384,
    ECDSA_SECP384R1_SHA384,
    ECDSA_P384,
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
    &[
        0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
        0x04, 0x00, 0x22, 0x03, 0x62, 0x00
    ]
);
