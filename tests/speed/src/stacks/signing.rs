//! A key on P-256 in the hands of each library.

use aws_lc_rs::signature as aws_lc;
use graviola::hashing::Sha256;
use graviola::signing::ecdsa::{P256, SigningKey};
use ring::signature as of_ring;
use tidegate::config::IdentityId;
use tidegate::crypto::CryptoError;
use tidegate::driver::Keys;
use tidegate::error::Refused;
use tidegate::sign::SoftwareSigner;
use tidegate::wire::enums::SignatureScheme;
use tidegate::{ChooseIdentity, limits};

/// Signs a message; how long the signature is.
type Sign = Box<dyn Fn(&[u8], &mut [u8]) -> Option<usize>>;

/// A server's only key.
pub(crate) struct Signer(Sign);

impl Signer {
    /// The fastest, as the adapter chooses it: graviola's, where the processor has what it needs, else AWS-LC's.
    pub(crate) fn fastest(key: &[u8]) -> Self {
        if runs_graviola() { Self::graviola(key) } else { Self::aws_lc(key) }
    }

    /// RustCrypto's.
    pub(crate) fn rustcrypto(key: &[u8]) -> Self {
        let key = SoftwareSigner::from_der(key).expect("a key on P-256");
        Self(Box::new(move |message, out| key.sign(message, out).ok()))
    }

    /// AWS-LC's.
    pub(crate) fn aws_lc(key: &[u8]) -> Self {
        let algorithm = &aws_lc::ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = aws_lc::EcdsaKeyPair::from_pkcs8(algorithm, key).expect("a key on P-256");
        let random = aws_lc_rs::rand::SystemRandom::new();
        Self(Box::new(move |message, out| put(key.sign(&random, message).ok()?.as_ref(), out)))
    }

    /// ring's.
    pub(crate) fn ring(key: &[u8]) -> Self {
        let (algorithm, random) = (&of_ring::ECDSA_P256_SHA256_ASN1_SIGNING, ring::rand::SystemRandom::new());
        let key = of_ring::EcdsaKeyPair::from_pkcs8(algorithm, key, &random).expect("a key on P-256");
        Self(Box::new(move |message, out| put(key.sign(&random, message).ok()?.as_ref(), out)))
    }

    /// graviola's.
    pub(crate) fn graviola(key: &[u8]) -> Self {
        let key = SigningKey::<P256>::from_pkcs8_der(key).expect("a key on P-256");
        Self(Box::new(move |message, out| {
            let mut room = [0; limits::SIGNATURE];
            put(key.sign_asn1::<Sha256>(&[message], &mut room).ok()?, out)
        }))
    }
}

impl Signer {
    /// The same key; its calls go through this.
    pub(crate) fn through(
        self,
        watch: impl Fn(&dyn Fn() -> Option<usize>) -> Option<usize> + 'static,
    ) -> Self {
        Self(Box::new(move |message, out| {
            let out = std::cell::RefCell::new(out);
            watch(&|| (self.0)(message, &mut out.borrow_mut()))
        }))
    }
}

/// It asks of x86-64 all that it needs but BMI2 and ADX, which its assembly uses.
fn runs_graviola() -> bool {
    #[cfg(target_arch = "x86_64")]
    if !is_x86_feature_detected!("bmi2") || !is_x86_feature_detected!("adx") {
        return false;
    }
    graviola::util::is_cpu_supported()
}

fn put(signature: &[u8], out: &mut [u8]) -> Option<usize> {
    out.get_mut(..signature.len())?.copy_from_slice(signature);
    Some(signature.len())
}

impl Keys for Signer {
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Result<(IdentityId, SignatureScheme), Refused> {
        let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
        if ask.offers(scheme) { Ok((IdentityId(0), scheme)) } else { Err(Refused::Identity) }
    }

    fn sign(
        &self,
        _: IdentityId,
        _: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        (self.0)(message, out).ok_or(CryptoError::Failed)
    }
}
