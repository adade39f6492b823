//! Certificates in flash: the roots that a client trusts, and the chain and key of a server.
//!
//! They are for this example only: their keys are public.

/// The roots, one for each kind of signature that was chosen.
pub const ROOTS: &[&[u8]] = &[
    #[cfg(any(feature = "minimal", feature = "nist", feature = "web"))]
    include_bytes!("../pki/p256/root.der"),
    #[cfg(any(feature = "chacha", feature = "web"))]
    include_bytes!("../pki/ed25519/root.der"),
    #[cfg(any(feature = "rsa", feature = "web"))]
    include_bytes!("../pki/rsa/root.der"),
];

/// A server's chain, leaf first.
pub static CHAINS: &[&[&[u8]]] = &[&[include_bytes!("../pki/p256/leaf.der")]];

/// The key of its leaf.
pub const LEAF_KEY: &[u8] = include_bytes!("../pki/p256/leaf-key.der");
