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
    }
}

wire_enum! {
    /// Signature scheme (RFC 8446, section 4.2.3).
    SignatureScheme(u16) {
        /// RSASSA-PKCS1-v1_5 with SHA-256; in certificates only.
        RSA_PKCS1_SHA256 = 0x0401,
        /// RSASSA-PKCS1-v1_5 with SHA-384; in certificates only.
        RSA_PKCS1_SHA384 = 0x0501,
        /// RSASSA-PKCS1-v1_5 with SHA-512; in certificates only.
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
    /// Whether a CertificateVerify may be signed so: clients list RSASSA-PKCS1-v1_5 and SHA-1 for certificates only
    /// (RFC 8446, section 4.2.3).
    #[must_use]
    pub const fn is_for_handshakes(self) -> bool {
        let [hash, signature] = self.0.to_be_bytes();
        // SHA-1 is 2, RSASSA-PKCS1-v1_5 is 1, in the code points taken over from TLS 1.2.
        !(hash <= 6 && (signature == 1 || hash <= 2))
    }
}
