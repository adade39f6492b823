//! Kinds of keys, and what they sign with.

use tidegate::wire::enums::{NamedGroup, SignatureScheme};

/// The kind of a server's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ECDSA on P-256.
    EcdsaP256,
    /// ECDSA on P-384.
    EcdsaP384,
    /// Ed25519.
    Ed25519,
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 4096 bits.
    Rsa4096,
    /// RSA with 2048 bits in a key of type RSASSA-PSS.
    RsaPss,
}

impl Kind {
    /// Those that we sign with, and that need no program to be made.
    pub const OURS: [Self; 3] = [Self::EcdsaP256, Self::EcdsaP384, Self::Ed25519];
    /// All.
    pub const ALL: [Self; 6] =
        [Self::EcdsaP256, Self::EcdsaP384, Self::Ed25519, Self::Rsa2048, Self::Rsa4096, Self::RsaPss];

    /// Whether this is how a handshake is signed with such a key.
    #[must_use]
    pub fn signs_with(self, scheme: SignatureScheme) -> bool {
        use SignatureScheme as S;
        match self {
            Self::EcdsaP256 => scheme == S::ECDSA_SECP256R1_SHA256,
            Self::EcdsaP384 => scheme == S::ECDSA_SECP384R1_SHA384,
            Self::Ed25519 => scheme == S::ED25519,
            Self::Rsa2048 | Self::Rsa4096 => {
                [S::RSA_PSS_RSAE_SHA256, S::RSA_PSS_RSAE_SHA384, S::RSA_PSS_RSAE_SHA512].contains(&scheme)
            }
            Self::RsaPss => {
                [S::RSA_PSS_PSS_SHA256, S::RSA_PSS_PSS_SHA384, S::RSA_PSS_PSS_SHA512].contains(&scheme)
            }
        }
    }

    /// How such a key may sign a handshake of TLS 1.2 beside that: any curve goes with any hash there, and RSA may sign
    /// as it does in certificates.
    #[must_use]
    pub fn signs_with_in_tls12(self, scheme: SignatureScheme) -> bool {
        use SignatureScheme as S;
        match self {
            Self::EcdsaP256 | Self::EcdsaP384 => {
                [S::ECDSA_SECP256R1_SHA256, S::ECDSA_SECP384R1_SHA384].contains(&scheme)
            }
            Self::Rsa2048 | Self::Rsa4096 => {
                [S::RSA_PKCS1_SHA256, S::RSA_PKCS1_SHA384, S::RSA_PKCS1_SHA512].contains(&scheme)
            }
            Self::Ed25519 | Self::RsaPss => false,
        }
    }

    /// Whether it is RSA's.
    #[must_use]
    pub const fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa2048 | Self::Rsa4096 | Self::RsaPss)
    }

    /// The curve of a key of ECDSA.
    #[must_use]
    pub const fn curve(self) -> Option<NamedGroup> {
        match self {
            Self::EcdsaP256 => Some(NamedGroup::SECP256R1),
            Self::EcdsaP384 => Some(NamedGroup::SECP384R1),
            Self::Ed25519 | Self::Rsa2048 | Self::Rsa4096 | Self::RsaPss => None,
        }
    }

    /// What `openssl genpkey` is told; none for what is made without it.
    pub(super) const fn openssl(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::EcdsaP256 | Self::EcdsaP384 | Self::Ed25519 => None,
            Self::Rsa2048 => Some(("RSA", "rsa_keygen_bits:2048")),
            Self::Rsa4096 => Some(("RSA", "rsa_keygen_bits:4096")),
            Self::RsaPss => Some(("RSA-PSS", "rsa_keygen_bits:2048")),
        }
    }
}
