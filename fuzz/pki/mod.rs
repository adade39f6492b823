//! A small authority, what becomes of its certificates, and what is to hold of any.
//!
//! They were made once with openssl, on P-256 and good until 2125: a root, an authority below it, a leaf, and the lists of both
//! authorities, on the second of which the leaf stands.

use std::time::Duration;

use pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, ServerName, SignatureVerificationAlgorithm, alg_id,
};
use tidegate::crypto::{SIGNATURE_ALGORITHMS, SignatureAlgorithm, SignatureUse};
use tidegate::wire::Reader;
use tidegate::wire::enums::SignatureScheme;
use tidegate::x509::{
    ExpiredList, MAX_REVOCATION_LISTS, Revocation, RevocationDepth, RevocationList, UnixTime,
    UnknownRevocation, WebpkiVerifier, issuer, public_key_info, signs_handshakes, trust_anchor_from_der,
};
use webpki::EndEntityCert;
use x509_cert::Certificate;
use x509_cert::der::oid::AssociatedOid;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::KeyUsage;

const ROOT: &[u8] = include_bytes!("root.der");
const LEAF: &[u8] = include_bytes!("leaf.der");
/// Of the authority that issued [`LEAF`], which is on it.
const REVOKED: &[u8] = include_bytes!("leaf.crl");
/// What there is to begin with.
const MADE: [&[u8]; 5] = [LEAF, include_bytes!("mid.der"), ROOT, REVOKED, include_bytes!("empty.crl")];
/// Whom [`LEAF`] is for.
const NAME: &str = "server.example.test";
/// Since when it is valid.
const VALID_FROM: u64 = 1_795_852_431;

/// What the input makes of it.
#[derive(Default)]
pub(crate) struct Pieces {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) roots: Vec<Vec<u8>>,
    lists: Vec<Vec<u8>>,
}

impl Pieces {
    pub(crate) fn new(script: &[u8]) -> Self {
        let (mut pieces, mut reader) = (Self::default(), Reader::new(script));
        while let Ok(code) = reader.u8() {
            let Some(piece) = piece(code, &mut reader) else { break };
            match code >> 4 & 3 {
                0 | 1 => pieces.chain.push(piece),
                2 => pieces.roots.push(piece),
                _ if pieces.lists.len() < MAX_REVOCATION_LISTS => pieces.lists.push(piece),
                _ => {}
            }
        }
        pieces
    }
}

/// One of those that were made, changed in places, or any bytes.
fn piece(code: u8, reader: &mut Reader<'_>) -> Option<Vec<u8>> {
    let Some(made) = MADE.get(usize::from(code & 7)) else { return reader.vec_u16().map(Vec::from).ok() };
    let mut piece = made.to_vec();
    for change in reader.vec_u8().ok()?.chunks_exact(3) {
        let place = usize::from(u16::from_be_bytes([change[0], change[1]])) % piece.len();
        piece[place] ^= change[2];
    }
    Some(piece)
}

/// Those who read more of a certificate find the same in it.
pub(crate) fn check_parts(certificate: &[u8]) {
    let (key, name) = (public_key_info(certificate), issuer(certificate));
    assert!(key.is_none() || name.is_some());
    let der = CertificateDer::from(certificate);
    if let Ok(other) = EndEntityCert::try_from(&der) {
        assert_eq!(key, Some(other.subject_public_key_info().as_ref()));
        assert!(name.unwrap().ends_with(other.issuer()));
    }
    let Ok(other) = Certificate::from_der(certificate) else { return };
    let fields = other.tbs_certificate();
    if certificate.len() < 1 << 16 {
        assert_eq!(key, fields.subject_public_key_info().to_der().ok().as_deref());
    }
    let mut extensions = fields.extensions().into_iter().flatten();
    match extensions.find(|extension| extension.extn_id == KeyUsage::OID) {
        None => assert!(certificate.len() >= 1 << 16 || signs_handshakes(certificate)),
        Some(extension) => {
            let Ok(usage) = KeyUsage::from_der(extension.extn_value.as_bytes()) else { return };
            assert_eq!(signs_handshakes(certificate), usage.digital_signature());
        }
    }
}

/// Accepts any signature, so that what comes behind it is met.
#[derive(Debug)]
struct Accepting;

impl SignatureVerificationAlgorithm for Accepting {
    fn verify_signature(&self, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
        Ok(())
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}

static ACCEPTING: &[SignatureAlgorithm] = &[SignatureAlgorithm {
    scheme: SignatureScheme::ECDSA_SECP256R1_SHA256,
    usage: SignatureUse::HandshakeAndCertificates,
    verifier: &Accepting,
    digest_verifier: None,
}];

/// Whose chain is accepted has shown what it must.
pub(crate) fn check_trust(pieces: &Pieces, seconds: u32) {
    let roots: Vec<_> = pieces.roots.iter().map(|root| CertificateDer::from(&root[..])).collect();
    let anchors: Vec<_> = roots.iter().filter_map(|root| trust_anchor_from_der(root).ok()).collect();
    let lists: Vec<_> = pieces.lists.iter().filter_map(|list| RevocationList::from_der(list).ok()).collect();
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds.into()));
    let name = ServerName::try_from(NAME).unwrap();
    let is_accepted = |verifier: WebpkiVerifier<'_>| {
        let chain = || pieces.chain.iter().map(Vec::as_slice);
        assert!(verifier.verify_server(chain(), &name, None).is_err());
        let verified = verifier.verify_server(chain(), &name, Some(time));
        let Ok(key) = verified else { return false };
        assert_eq!(public_key_info(&pieces.chain[0]), Some(key));
        assert!(signs_handshakes(&pieces.chain[0]));
        let leaf = CertificateDer::from(&pieces.chain[0][..]);
        let leaf = EndEntityCert::try_from(&leaf).unwrap();
        assert_eq!(leaf.verify_is_valid_for_subject_name(&name), Ok(()));
        true
    };
    let accepted = [SIGNATURE_ALGORITHMS, ACCEPTING].map(|algorithms| {
        let verifier = || WebpkiVerifier::new(&anchors, algorithms);
        let strict = Revocation::new(&lists);
        let lax = Revocation {
            depth: RevocationDepth::Leaf,
            unknown: UnknownRevocation::Accepted,
            expired: ExpiredList::Accepted,
            ..strict
        };
        let revocations = [Some(strict), Some(lax), None].map(|revocation| match revocation {
            Some(revocation) => is_accepted(verifier().with_revocation(revocation)),
            None => is_accepted(verifier()),
        });
        assert!(revocations.is_sorted(), "less is accepted with less to look at: {revocations:?}");
        revocations
    });
    if pieces.roots.iter().all(|root| root == ROOT) {
        check_authority(pieces, accepted[0], seconds.into());
    }
}

/// Under the root as it was made there is the leaf as it was made, while it is valid, and where nobody looks at the list of its
/// authority.
fn check_authority(pieces: &Pieces, [strict, lax, plain]: [bool; 3], seconds: u64) {
    if !plain {
        return;
    }
    let signed = 4..8 + usize::from(u16::from_be_bytes([LEAF[6], LEAF[7]]));
    assert_eq!(pieces.chain[0].get(signed.clone()), LEAF.get(signed));
    assert!(seconds >= VALID_FROM);
    assert!(!strict && (!lax || pieces.lists.iter().all(|list| list != REVOKED)));
}
