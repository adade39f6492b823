//! The key schedule (RFC 8446, section 7.1).

use crate::crypto::{CryptoError, Digest, HashAlgorithm, MAX_DIGEST, MAX_SHARED_SECRET, Provider};
use crate::secret::Secret;
use crate::wire::enums::CipherSuite;

/// HKDF-Expand-Label (RFC 8446, section 7.1) into `out`.
///
/// # Errors
/// [`CryptoError`] of the provider; [`CryptoError::Failed`] if a part does not fit its length field.
pub(crate) fn expand_label<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    secret: &[u8],
    (label, context): (&[u8], &[u8]),
    out: &mut [u8],
) -> Result<(), CryptoError> {
    const PREFIX: &[u8] = b"tls13 ";
    let length = u16::try_from(out.len()).map_err(|_| CryptoError::Failed)?;
    let label_length = label.len().checked_add(PREFIX.len()).and_then(|length| u8::try_from(length).ok());
    let context_length = u8::try_from(context.len()).map_err(|_| CryptoError::Failed)?;
    let info: [&[u8]; 6] = [
        &length.to_be_bytes(),
        &[label_length.ok_or(CryptoError::Failed)?],
        PREFIX,
        label,
        &[context_length],
        context,
    ];
    provider.hkdf_expand(algorithm, secret, &info, out)
}

/// Says that the handshake traffic secrets are in their slots.
#[derive(Debug)]
pub(crate) struct HandshakeSecrets(());

/// Says that the application traffic secrets are in their slots.
#[derive(Debug)]
pub(crate) struct ApplicationSecrets(());

/// The secrets of a handshake, each in its slot.
#[derive(Debug, Default)]
pub(crate) struct KeySchedule {
    /// Early, handshake or master secret, as far as the schedule went.
    current: Secret<MAX_DIGEST>,
    pub(crate) client_handshake: Secret<MAX_DIGEST>,
    pub(crate) server_handshake: Secret<MAX_DIGEST>,
    pub(crate) client_application: Secret<MAX_DIGEST>,
    pub(crate) server_application: Secret<MAX_DIGEST>,
    pub(crate) exporter: Secret<MAX_DIGEST>,
}

impl KeySchedule {
    /// From no pre-shared key to the handshake traffic secrets; `shared` is wiped. `hello` is the transcript up to
    /// the ServerHello.
    pub(crate) fn enter_handshake<P: Provider>(
        &mut self,
        provider: &mut P,
        suite: CipherSuite,
        shared: &mut Secret<MAX_SHARED_SECRET>,
        hello: &Digest,
    ) -> Result<HandshakeSecrets, CryptoError> {
        let algorithm = HashAlgorithm::of(suite);
        let zeros = [0; MAX_DIGEST];
        let zeros = zeros.get(..algorithm.len()).unwrap_or_default();
        self.extract(provider, algorithm, zeros)?;
        let result = self.extract(provider, algorithm, shared.as_bytes());
        shared.wipe();
        result?;
        let Self { current, client_handshake, server_handshake, .. } = self;
        let context = hello.as_bytes();
        derive(provider, algorithm, current, (b"c hs traffic", context), client_handshake)?;
        derive(provider, algorithm, current, (b"s hs traffic", context), server_handshake)?;
        Ok(HandshakeSecrets(()))
    }

    /// From the handshake secret to the application traffic secrets and the exporter's. `finished` is the transcript
    /// up to the server's Finished.
    pub(crate) fn enter_application<P: Provider>(
        &mut self,
        provider: &mut P,
        suite: CipherSuite,
        finished: &Digest,
        _: HandshakeSecrets,
    ) -> Result<ApplicationSecrets, CryptoError> {
        let algorithm = HashAlgorithm::of(suite);
        let zeros = [0; MAX_DIGEST];
        self.extract(provider, algorithm, zeros.get(..algorithm.len()).unwrap_or_default())?;
        let Self { current, client_application, server_application, exporter, .. } = self;
        let context = finished.as_bytes();
        derive(provider, algorithm, current, (b"c ap traffic", context), client_application)?;
        derive(provider, algorithm, current, (b"s ap traffic", context), server_application)?;
        derive(provider, algorithm, current, (b"exp master", context), exporter)?;
        Ok(ApplicationSecrets(()))
    }

    /// One step down the schedule: Derive-Secret(., "derived", ""), then HKDF-Extract of `input`.
    fn extract<P: Provider>(
        &mut self,
        provider: &mut P,
        algorithm: HashAlgorithm,
        input: &[u8],
    ) -> Result<(), CryptoError> {
        let mut salt = Secret::<MAX_DIGEST>::empty();
        if !self.current.is_empty() {
            let empty = provider.hash_start(algorithm)?;
            let empty = provider.hash_digest(&empty)?;
            derive(provider, algorithm, &self.current, (b"derived", empty.as_bytes()), &mut salt)?;
        }
        provider.hkdf_extract(algorithm, salt.as_bytes(), input, self.current.fill(algorithm.len()))
    }

    /// Wipes every slot.
    pub(crate) fn wipe(&mut self) {
        let Self { current, client_handshake, server_handshake, .. } = self;
        [current, client_handshake, server_handshake].into_iter().for_each(Secret::wipe);
        let Self { client_application, server_application, exporter, .. } = self;
        [client_application, server_application, exporter].into_iter().for_each(Secret::wipe);
    }
}

/// Derive-Secret (RFC 8446, section 7.1) of a transcript hash into a slot.
pub(crate) fn derive<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    secret: &Secret<MAX_DIGEST>,
    label_and_hash: (&[u8], &[u8]),
    out: &mut Secret<MAX_DIGEST>,
) -> Result<(), CryptoError> {
    expand_label(provider, algorithm, secret.as_bytes(), label_and_hash, out.fill(algorithm.len()))
}

/// The verify_data of a Finished (RFC 8446, section 4.4.4) over a transcript.
pub(crate) fn verify_data<P: Provider>(
    provider: &mut P,
    suite: CipherSuite,
    base: &Secret<MAX_DIGEST>,
    transcript: &Digest,
    out: &mut Secret<MAX_DIGEST>,
) -> Result<(), CryptoError> {
    let algorithm = HashAlgorithm::of(suite);
    let mut key = Secret::<MAX_DIGEST>::empty();
    derive(provider, algorithm, base, (b"finished", b""), &mut key)?;
    provider.hmac(algorithm, key.as_bytes(), transcript.as_bytes(), out.fill(algorithm.len()))
}

/// TLS-Exporter (RFC 8446, section 7.5) from the exporter's secret into `out`.
pub(crate) fn export<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    exporter: &Secret<MAX_DIGEST>,
    (label, context): (&[u8], &[u8]),
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let empty = provider.hash_start(algorithm)?;
    let empty = provider.hash_digest(&empty)?;
    let mut secret = Secret::empty();
    derive(provider, algorithm, exporter, (label, empty.as_bytes()), &mut secret)?;
    let mut hash = provider.hash_start(algorithm)?;
    provider.hash_update(&mut hash, context)?;
    let hash = provider.hash_digest(&hash)?;
    expand_label(provider, algorithm, secret.as_bytes(), (b"exporter", hash.as_bytes()), out)
}
