//! Certificates made on the spot.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, SignatureAlgorithm,
};
use tidegate::config::{Identities, IdentityId};
use tidegate::sign::SoftwareSigner;
use tidegate::x509::{CertificateDer, TrustAnchor, trust_anchor_from_der};

/// A root, and a server's chain and key under it.
#[derive(Clone, Debug)]
pub struct Pki {
    /// The root's certificate.
    pub root: CertificateDer<'static>,
    /// The server's chain, leaf first, without the root.
    pub chain: Vec<CertificateDer<'static>>,
    /// The server's key in PKCS#8.
    pub key: Vec<u8>,
}

impl Pki {
    /// For `localhost` and `127.0.0.1`, the leaf's key of this kind, one intermediate.
    ///
    /// # Panics
    /// If the certificates can't be made.
    #[must_use]
    pub fn new(leaf: &'static SignatureAlgorithm) -> Self {
        Self::with_chain(leaf, 2)
    }

    /// As [`Pki::new`], with a chain of so many certificates that the server shows.
    ///
    /// # Panics
    /// If the certificates can't be made.
    #[must_use]
    pub fn with_chain(leaf: &'static SignatureAlgorithm, length: usize) -> Self {
        Self::for_usage(leaf, length, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// As [`Pki::new`], with certificates at the end of the chain that make it `bytes` longer, or a bit more. Nobody needs
    /// them.
    ///
    /// # Panics
    /// If the certificates can't be made.
    #[must_use]
    pub fn with_ballast(leaf: &'static SignatureAlgorithm, bytes: usize) -> Self {
        const EACH: usize = 20_000;
        const NETSCAPE_COMMENT: &[u64] = &[2, 16, 840, 1, 113_730, 1, 13];
        let mut pki = Self::new(leaf);
        for depth in 0..bytes.div_ceil(EACH) {
            let mut params = ca(depth);
            let comment = CustomExtension::from_oid_content(NETSCAPE_COMMENT, vec![b'x'; EACH]);
            params.custom_extensions.push(comment);
            pki.chain.push(params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec().into());
        }
        pki
    }

    /// As [`Pki::new`], for a client.
    ///
    /// # Panics
    /// If the certificates can't be made.
    #[must_use]
    pub fn for_client(leaf: &'static SignatureAlgorithm) -> Self {
        Self::for_usage(leaf, 2, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn for_usage(leaf: &'static SignatureAlgorithm, length: usize, usage: ExtendedKeyUsagePurpose) -> Self {
        let mut issuer = CertifiedIssuer::self_signed(ca(0), KeyPair::generate().unwrap()).unwrap();
        let root = issuer.der().to_vec().into();
        let mut chain = Vec::new();
        for depth in 1..length {
            issuer = CertifiedIssuer::signed_by(ca(depth), KeyPair::generate().unwrap(), &issuer).unwrap();
            chain.insert(0, issuer.der().to_vec().into());
        }
        let key = KeyPair::generate_for(leaf).unwrap();
        let mut params = CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
        params.extended_key_usages = vec![usage];
        let leaf = params.signed_by(&key, &issuer).unwrap();
        chain.insert(0, leaf.der().to_vec().into());
        Self { root, chain, key: key.serialize_der() }
    }

    /// The server's key as a signer.
    ///
    /// # Panics
    /// If the key is of a kind that software does not sign with.
    #[must_use]
    pub fn signer(&self) -> SoftwareSigner {
        SoftwareSigner::from_der(&self.key).unwrap()
    }

    /// The root as a trust anchor.
    ///
    /// # Panics
    /// If the root can't be parsed.
    #[must_use]
    pub fn anchor(&self) -> TrustAnchor<'_> {
        trust_anchor_from_der(&self.root).unwrap()
    }

    /// The chain as a server shows it.
    #[must_use]
    pub fn identities(&self) -> Chain {
        Chain(self.chain.clone())
    }
}

/// What goes into the certificate of an authority.
fn ca(depth: usize) -> CertificateParams {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, format!("Tidegate test authority {depth}"));
    params
}

/// One identity.
#[derive(Clone, Debug)]
pub struct Chain(pub Vec<CertificateDer<'static>>);

impl Identities for Chain {
    fn for_each_certificate(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        self.0.iter().for_each(|certificate| each(certificate));
    }
}
