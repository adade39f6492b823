//! The key schedule (RFC 8446, section 7.1).

mod constants;
#[cfg(feature = "psk")]
mod psk;

#[cfg(feature = "psk")]
pub(crate) use psk::{DeriveTicketKey, PskKind, binder, early_secret, import, ticket_key};

use constants::{empty_digest, salt_without_psk, zeros};

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
    expand_labels(provider, algorithm, secret, &mut [(label, context, out)])
}

/// HKDF-Expand-Label of a label and a context into an output. Nothing is done for an output without bytes.
pub(crate) type LabelledOutput<'a> = (&'a [u8], &'a [u8], &'a mut [u8]);

/// HKDF-Expand-Label of one secret for each of these: whoever expands a secret several times does so at once.
pub(crate) fn expand_labels<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    secret: &[u8],
    outputs: &mut [LabelledOutput<'_>],
) -> Result<(), CryptoError> {
    const PREFIX: [u8; 6] = *b"tls13 ";
    provider.hkdf_expand_several(algorithm, secret, &mut |expand| {
        for (label, context, out) in outputs.iter_mut().filter(|(_, _, out)| !out.is_empty()) {
            let [high, low] = u16::try_from(out.len()).map_err(|_| CryptoError::Failed)?.to_be_bytes();
            let label_length =
                label.len().checked_add(PREFIX.len()).and_then(|length| u8::try_from(length).ok());
            let label_length = label_length.ok_or(CryptoError::Failed)?;
            let context_length = u8::try_from(context.len()).map_err(|_| CryptoError::Failed)?;
            let [t, l, s, one, three, space] = PREFIX;
            let head = [high, low, label_length, t, l, s, one, three, space];
            expand(&[&head, label, &[context_length], context], out)?;
        }
        Ok(())
    })
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
    /// The early secret, what the master secret is extracted with, or the master secret, as far as the schedule went.
    current: Secret<MAX_DIGEST>,
    /// The traffic secret until its keys are in force, from then on the key of the Finished.
    pub(crate) client_handshake: Secret<MAX_DIGEST>,
    /// The same of the server.
    pub(crate) server_handshake: Secret<MAX_DIGEST>,
    pub(crate) client_application: Secret<MAX_DIGEST>,
    pub(crate) server_application: Secret<MAX_DIGEST>,
    pub(crate) exporter: Secret<MAX_DIGEST>,
}

impl KeySchedule {
    /// To the handshake traffic secrets, from no pre-shared key unless one was [entered](KeySchedule::enter_early); `shared`
    /// is wiped. `hello` is the transcript up to the ServerHello.
    pub(crate) fn enter_handshake<P: Provider>(
        &mut self,
        provider: &mut P,
        suite: CipherSuite,
        shared: &mut Secret<MAX_SHARED_SECRET>,
        hello: &Digest,
    ) -> Result<HandshakeSecrets, CryptoError> {
        let algorithm = HashAlgorithm::of(suite);
        let (length, mut secret) = (algorithm.len(), Secret::<MAX_DIGEST>::empty());
        let (salt, input) = (salt_without_psk(algorithm), shared.as_bytes());
        #[cfg(feature = "psk")]
        let mut derived = Secret::empty();
        #[cfg(feature = "psk")]
        let salt =
            if self.current.is_empty() { salt } else { self.derive_salt(provider, algorithm, &mut derived)? };
        // Nothing is shared where no keys are exchanged beside a pre-shared one.
        #[cfg(feature = "psk")]
        let input = if input.is_empty() { zeros(algorithm) } else { input };
        let result = provider.hkdf_extract(algorithm, salt, input, secret.fill(length));
        shared.wipe();
        result?;
        let Self { current, client_handshake, server_handshake, .. } = self;
        let context = hello.as_bytes();
        expand_labels(
            provider,
            algorithm,
            secret.as_bytes(),
            &mut [
                (b"c hs traffic", context, client_handshake.fill(length)),
                (b"s hs traffic", context, server_handshake.fill(length)),
                (b"derived", empty_digest(algorithm), current.fill(length)),
            ],
        )?;
        Ok(HandshakeSecrets(()))
    }

    /// From the handshake's secrets to the application traffic secrets and the exporter's. `finished` is the transcript
    /// up to the server's Finished.
    pub(crate) fn enter_application<P: Provider>(
        &mut self,
        provider: &mut P,
        suite: CipherSuite,
        finished: &Digest,
        _: HandshakeSecrets,
    ) -> Result<ApplicationSecrets, CryptoError> {
        let algorithm = HashAlgorithm::of(suite);
        let (length, mut master) = (algorithm.len(), Secret::<MAX_DIGEST>::empty());
        provider.hkdf_extract(algorithm, self.current.as_bytes(), zeros(algorithm), master.fill(length))?;
        let Self { current, client_application, server_application, exporter, .. } = self;
        let context = finished.as_bytes();
        expand_labels(
            provider,
            algorithm,
            master.as_bytes(),
            &mut [
                (b"c ap traffic", context, client_application.fill(length)),
                (b"s ap traffic", context, server_application.fill(length)),
                (b"exp master", context, exporter.fill(length)),
            ],
        )?;
        current.take_from(&mut master);
        Ok(ApplicationSecrets(()))
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

/// The key of a Finished, and of a binder, from its base (RFC 8446, section 4.4.4).
#[cfg(any(test, feature = "psk", feature = "post-handshake-auth"))]
pub(crate) fn finished_key<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    base: &Secret<MAX_DIGEST>,
    out: &mut Secret<MAX_DIGEST>,
) -> Result<(), CryptoError> {
    derive(provider, algorithm, base, (b"finished", b""), out)
}

/// The verify_data of a Finished (RFC 8446, section 4.4.4) over a transcript.
pub(crate) fn verify_data<P: Provider>(
    provider: &mut P,
    suite: CipherSuite,
    finished_key: &Secret<MAX_DIGEST>,
    transcript: &Digest,
    out: &mut Secret<MAX_DIGEST>,
) -> Result<(), CryptoError> {
    let algorithm = HashAlgorithm::of(suite);
    provider.hmac(algorithm, finished_key.as_bytes(), transcript.as_bytes(), out.fill(algorithm.len()))
}

/// TLS-Exporter (RFC 8446, section 7.5) from the exporter's secret into `out`.
pub(crate) fn export<P: Provider>(
    provider: &mut P,
    algorithm: HashAlgorithm,
    exporter: &Secret<MAX_DIGEST>,
    (label, context): (&[u8], &[u8]),
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let mut secret = Secret::empty();
    derive(provider, algorithm, exporter, (label, empty_digest(algorithm)), &mut secret)?;
    let mut hash = provider.hash_start(algorithm)?;
    provider.hash_update(&mut hash, context)?;
    let hash = provider.hash_digest(&hash)?;
    expand_label(provider, algorithm, secret.as_bytes(), (b"exporter", hash.as_bytes()), out)
}

#[cfg(test)]
mod tests {
    //! The key schedule of RFC 8448, section 3, every value of it.

    use hex_literal::hex;

    use super::{KeySchedule, expand_label, finished_key, verify_data};
    use crate::crypto::rustcrypto::RustCrypto;
    use crate::crypto::rustcrypto::randomness::NoRandomness;
    use crate::crypto::{Digest, HashAlgorithm, MAX_DIGEST};
    use crate::secret::Secret;
    use crate::wire::enums::CipherSuite;

    const SUITE: CipherSuite = CipherSuite::TLS_AES_128_GCM_SHA256;
    const SHA256: HashAlgorithm = HashAlgorithm::Sha256;
    const SHARED: [u8; 32] = hex!("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
    const HELLO: [u8; 32] = hex!("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
    const BEFORE_FINISHED: [u8; 32] =
        hex!("edb7725fa7a3473b031ec8ef65a2485493900138a2b91291407d7951a06110ed");
    const FINISHED: [u8; 32] = hex!("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13");

    pub(super) fn provider() -> RustCrypto<NoRandomness> {
        RustCrypto::new(NoRandomness)
    }

    pub(super) fn secret<const N: usize>(bytes: &[u8]) -> Secret<N> {
        let mut secret = Secret::empty();
        secret.fill(bytes.len()).iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        secret
    }

    /// The key, then the IV, that follow from a traffic secret.
    fn assert_keys(traffic: &Secret<MAX_DIGEST>, expected_key: [u8; 16], expected_iv: [u8; 12]) {
        let (mut key, mut iv) = ([0; 16], [0; 12]);
        expand_label(&mut provider(), SHA256, traffic.as_bytes(), (b"key", b""), &mut key).unwrap();
        expand_label(&mut provider(), SHA256, traffic.as_bytes(), (b"iv", b""), &mut iv).unwrap();
        assert_eq!((key, iv), (expected_key, expected_iv));
    }

    #[test]
    fn the_handshake_secrets_their_keys_and_their_finished() {
        let (mut schedule, mut shared) = (KeySchedule::default(), secret(&SHARED));
        schedule.enter_handshake(&mut provider(), SUITE, &mut shared, &Digest::new(&HELLO)).unwrap();
        assert!(shared.is_empty(), "wiped");
        let current = hex!("43de77e0c77713859a944db9db2590b53190a65b3ee2e4f12dd7a0bb7ce254b4");
        assert_eq!(schedule.current.as_bytes(), current);
        let client = hex!("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
        assert_eq!(schedule.client_handshake.as_bytes(), client);
        let server = hex!("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
        assert_eq!(schedule.server_handshake.as_bytes(), server);
        let (key, iv) = (hex!("3fce516009c21727d0f2e4e86ee403bc"), hex!("5d313eb2671276ee13000b30"));
        assert_keys(&schedule.server_handshake, key, iv);
        let (key, iv) = (hex!("dbfaa693d1762c5b666af5d950258d01"), hex!("5bd3c71b836e0b76bb73265f"));
        assert_keys(&schedule.client_handshake, key, iv);

        let mut data = Secret::empty();
        let transcript = Digest::new(&BEFORE_FINISHED);
        let mut key = Secret::empty();
        finished_key(&mut provider(), SHA256, &schedule.server_handshake, &mut key).unwrap();
        verify_data(&mut provider(), SUITE, &key, &transcript, &mut data).unwrap();
        let server = hex!("9b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718");
        assert_eq!(data.as_bytes(), server);
        let transcript = Digest::new(&FINISHED);
        finished_key(&mut provider(), SHA256, &schedule.client_handshake, &mut key).unwrap();
        verify_data(&mut provider(), SUITE, &key, &transcript, &mut data).unwrap();
        let client = hex!("a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61");
        assert_eq!(data.as_bytes(), client);
    }

    #[test]
    fn the_application_secrets_and_their_keys() {
        let (mut schedule, mut shared) = (KeySchedule::default(), secret(&SHARED));
        let token =
            schedule.enter_handshake(&mut provider(), SUITE, &mut shared, &Digest::new(&HELLO)).unwrap();
        schedule.enter_application(&mut provider(), SUITE, &Digest::new(&FINISHED), token).unwrap();
        let current = hex!("18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919");
        assert_eq!(schedule.current.as_bytes(), current);
        let client = hex!("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
        assert_eq!(schedule.client_application.as_bytes(), client);
        let server = hex!("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
        assert_eq!(schedule.server_application.as_bytes(), server);
        let exporter = hex!("fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50");
        assert_eq!(schedule.exporter.as_bytes(), exporter);
        let (key, iv) = (hex!("9f02283b6c9c07efc26bb9f2ac92e356"), hex!("cf782b88dd83549aadf1e984"));
        assert_keys(&schedule.server_application, key, iv);
        let (key, iv) = (hex!("17422dda596ed5d9acd890e3c63f5051"), hex!("5b78923dee08579033e523d9"));
        assert_keys(&schedule.client_application, key, iv);
        schedule.wipe();
        assert!(schedule.current.is_empty() && schedule.exporter.is_empty());
    }
}
