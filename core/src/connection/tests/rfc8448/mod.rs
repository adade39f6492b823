//! The handshakes of RFC 8448, byte for byte, at both ends, whose random numbers are those of the traces.
//!
//! What the RFC's own implementation chose to say in other words than this one leaves as it was recorded: the hellos of clients,
//! EncryptedExtensions and CertificateRequest. Everything else is made here, and compared.

mod client;
mod end;
mod provider;
mod server;
mod traces;

use crate::wire::enums::SignatureScheme;

/// What a section of the RFC records. Where nothing else is said these are records.
#[derive(Clone, Copy)]
pub(super) struct Trace {
    /// The private keys of the client, one for each share.
    pub(super) client_scalars: &'static [u8],
    pub(super) server_scalar: &'static [u8],
    /// A message.
    pub(super) client_hello: &'static [u8],
    /// A HelloRetryRequest, or nothing.
    pub(super) retry: &'static [u8],
    /// A message, or nothing.
    pub(super) second_client_hello: &'static [u8],
    pub(super) early_data: &'static [u8],
    pub(super) server_hello: &'static [u8],
    /// A message.
    pub(super) encrypted_extensions: &'static [u8],
    /// A message, or nothing.
    pub(super) certificate_request: &'static [u8],
    pub(super) server: Proof,
    pub(super) client: Proof,
    pub(super) server_flight: &'static [u8],
    pub(super) client_flight: &'static [u8],
    pub(super) ticket: &'static [u8],
    pub(super) client_data: &'static [u8],
    pub(super) server_data: &'static [u8],
    pub(super) client_close: &'static [u8],
    pub(super) server_close: &'static [u8],
}

/// What an end shows of itself.
#[derive(Clone, Copy)]
pub(super) struct Proof {
    pub(super) scheme: SignatureScheme,
    pub(super) certificate: &'static [u8],
    /// The content that CertificateVerify signs.
    pub(super) signed: &'static [u8],
    pub(super) signature: &'static [u8],
}

impl Proof {
    /// A pre-shared key stands for it, or nobody asks.
    pub(super) const NONE: Self =
        Self { scheme: SignatureScheme(0), certificate: &[], signed: &[], signature: &[] };

    /// The SubjectPublicKeyInfo of the certificate: an RSA key of 1024 bits, or a point on P-256.
    pub(super) fn public_key(&self) -> &'static [u8] {
        const RSA: (&[u8], usize) = (&[0x30, 0x81, 0x9f, 0x30, 0x0d, 0x06], 162);
        const P256: (&[u8], usize) = (&[0x30, 0x59, 0x30, 0x13, 0x06, 0x07], 91);
        let found = [RSA, P256].into_iter().find_map(|(head, length)| {
            let start = self.certificate.windows(head.len()).position(|window| window == head)?;
            self.certificate.get(start..start + length)
        });
        found.unwrap()
    }
}
