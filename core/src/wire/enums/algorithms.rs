//! Suites, groups, signature schemes.

wire_enum! {
    /// Cipher suite (RFC 8446, appendix B.4).
    CipherSuite(u16) {
        /// AES-128-GCM with SHA-256.
        TLS_AES_128_GCM_SHA256 = 0x1301,
        /// AES-256-GCM with SHA-384.
        TLS_AES_256_GCM_SHA384 = 0x1302,
        /// ChaCha20-Poly1305 with SHA-256.
        TLS_CHACHA20_POLY1305_SHA256 = 0x1303,
        /// TLS 1.2: not a suite, but the promise of secure renegotiation (RFC 5746, section 3.3).
        #[cfg(feature = "tls12")]
        TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff,
        /// TLS 1.2: not a suite, but says that a higher version was tried before (RFC 7507).
        #[cfg(feature = "tls12")]
        TLS_FALLBACK_SCSV = 0x5600,
        /// TLS 1.2: ECDHE, ECDSA, AES-128-GCM with SHA-256 (RFC 5289).
        #[cfg(feature = "tls12")]
        TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 = 0xc02b,
        /// TLS 1.2: ECDHE, ECDSA, AES-256-GCM with SHA-384 (RFC 5289).
        #[cfg(feature = "tls12")]
        TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 = 0xc02c,
        /// TLS 1.2: ECDHE, RSA, AES-128-GCM with SHA-256 (RFC 5289).
        #[cfg(feature = "tls12")]
        TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 = 0xc02f,
        /// TLS 1.2: ECDHE, RSA, AES-256-GCM with SHA-384 (RFC 5289).
        #[cfg(feature = "tls12")]
        TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 = 0xc030,
        /// TLS 1.2: ECDHE, RSA, ChaCha20-Poly1305 with SHA-256 (RFC 7905).
        #[cfg(feature = "tls12")]
        TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca8,
        /// TLS 1.2: ECDHE, ECDSA, ChaCha20-Poly1305 with SHA-256 (RFC 7905).
        #[cfg(feature = "tls12")]
        TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca9,
    }
}

/// How the server of a TLS 1.2 suite proves who it is.
#[cfg(feature = "tls12")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// With ECDSA, or with EdDSA (RFC 8422, section 2.2).
    Ecdsa,
    /// With RSA.
    Rsa,
}

#[cfg(feature = "tls12")]
impl CipherSuite {
    /// The TLS 1.2 suites with the AEAD and the hash of this TLS 1.3 suite: the one with ECDSA, then the one with RSA.
    /// None for what is not a TLS 1.3 suite.
    #[must_use]
    pub const fn tls12_variants(self) -> &'static [Self] {
        match self {
            Self::TLS_AES_128_GCM_SHA256 => {
                &[Self::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, Self::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
            }
            Self::TLS_AES_256_GCM_SHA384 => {
                &[Self::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, Self::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]
            }
            Self::TLS_CHACHA20_POLY1305_SHA256 => &[
                Self::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                Self::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            ],
            _ => &[],
        }
    }

    /// Whether a suite that is known here is one of TLS 1.3, which all begin with the same byte (RFC 8446, appendix B.4).
    #[cfg(feature = "tls12")]
    #[inline]
    pub(crate) const fn is_tls13(self) -> bool {
        self.0 >> 8 == 0x13
    }

    /// What this TLS 1.2 suite is made of: its authentication, and the TLS 1.3 suite with its AEAD and its hash.
    #[must_use]
    pub const fn tls12_parts(self) -> Option<(Authentication, Self)> {
        use Authentication::{Ecdsa, Rsa};
        Some(match self {
            Self::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => (Ecdsa, Self::TLS_AES_128_GCM_SHA256),
            Self::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => (Ecdsa, Self::TLS_AES_256_GCM_SHA384),
            Self::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => {
                (Ecdsa, Self::TLS_CHACHA20_POLY1305_SHA256)
            }
            Self::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => (Rsa, Self::TLS_AES_128_GCM_SHA256),
            Self::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => (Rsa, Self::TLS_AES_256_GCM_SHA384),
            Self::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => (Rsa, Self::TLS_CHACHA20_POLY1305_SHA256),
            _ => return None,
        })
    }
}

wire_enum! {
    /// Key exchange group (RFC 8446, section 4.2.7).
    NamedGroup(u16) {
        /// NIST P-256.
        SECP256R1 = 0x0017,
        /// NIST P-384.
        SECP384R1 = 0x0018,
        /// Curve25519 (RFC 7748).
        X25519 = 0x001d,
        /// ML-KEM-768 and Curve25519 (draft-ietf-tls-ecdhe-mlkem); TLS 1.3 only.
        #[cfg(feature = "mlkem")]
        X25519MLKEM768 = 0x11ec,
    }
}

#[cfg(feature = "tls12")]
impl NamedGroup {
    /// Whether TLS 1.2 has the group: a public value of X25519MLKEM768 would not fit its messages.
    #[must_use]
    pub const fn is_for_tls12(self) -> bool {
        #[cfg(feature = "mlkem")]
        return self.0 != Self::X25519MLKEM768.0;
        #[cfg(not(feature = "mlkem"))]
        true
    }
}

wire_enum! {
    /// Signature scheme (RFC 8446, section 4.2.3).
    SignatureScheme(u16) {
        /// RSASSA-PKCS1-v1_5 with SHA-256; in TLS 1.3 in certificates only.
        RSA_PKCS1_SHA256 = 0x0401,
        /// RSASSA-PKCS1-v1_5 with SHA-384; in TLS 1.3 in certificates only.
        RSA_PKCS1_SHA384 = 0x0501,
        /// RSASSA-PKCS1-v1_5 with SHA-512; in TLS 1.3 in certificates only.
        RSA_PKCS1_SHA512 = 0x0601,
        /// ECDSA on P-256 with SHA-256.
        ECDSA_SECP256R1_SHA256 = 0x0403,
        /// ECDSA on P-384 with SHA-384.
        ECDSA_SECP384R1_SHA384 = 0x0503,
        /// RSASSA-PSS with SHA-256, key of type rsaEncryption.
        RSA_PSS_RSAE_SHA256 = 0x0804,
        /// RSASSA-PSS with SHA-384, key of type rsaEncryption.
        RSA_PSS_RSAE_SHA384 = 0x0805,
        /// RSASSA-PSS with SHA-512, key of type rsaEncryption.
        RSA_PSS_RSAE_SHA512 = 0x0806,
        /// Ed25519.
        ED25519 = 0x0807,
        /// RSASSA-PSS with SHA-256, key of type RSASSA-PSS.
        RSA_PSS_PSS_SHA256 = 0x0809,
        /// RSASSA-PSS with SHA-384, key of type RSASSA-PSS.
        RSA_PSS_PSS_SHA384 = 0x080a,
        /// RSASSA-PSS with SHA-512, key of type RSASSA-PSS.
        RSA_PSS_PSS_SHA512 = 0x080b,
    }
}

impl SignatureScheme {
    /// The kind of suite that goes with signatures of this scheme in TLS 1.2: none for what is too weak (SHA-1, MD5) or
    /// unknown.
    #[cfg(feature = "tls12")]
    #[must_use]
    pub const fn tls12_authentication(self) -> Option<Authentication> {
        let [hash, signature] = self.0.to_be_bytes();
        match (hash, signature) {
            (4..=6, 3) | (8, 7) => Some(Authentication::Ecdsa),
            (4..=6, 1) | (8, 4..=6 | 9..=11) => Some(Authentication::Rsa),
            _ => None,
        }
    }

    /// Whether a CertificateVerify may be signed so: clients list RSASSA-PKCS1-v1_5 and SHA-1 for certificates only
    /// (RFC 8446, section 4.2.3).
    #[must_use]
    pub const fn is_for_handshakes(self) -> bool {
        let [hash, signature] = self.0.to_be_bytes();
        // SHA-1 is 2, RSASSA-PKCS1-v1_5 is 1, in the code points taken over from TLS 1.2.
        !(hash <= 6 && (signature == 1 || hash <= 2))
    }
}
