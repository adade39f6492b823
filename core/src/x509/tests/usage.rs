use rcgen::{KeyPair, KeyUsagePurpose};

use super::{leaf_params, verdict_on};
use crate::error::CertificateError;
use crate::x509::signs_handshakes;

#[test]
fn a_key_that_proves_something_may_sign() {
    let mut params = leaf_params("tide.example");
    for (usages, expected) in [
        (std::vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyAgreement], Ok(())),
        (std::vec![KeyUsagePurpose::KeyEncipherment], Err(CertificateError::WrongUsage)),
        (std::vec![KeyUsagePurpose::CrlSign], Err(CertificateError::WrongUsage)),
        (std::vec![], Ok(())),
    ] {
        params.key_usages = usages;
        assert_eq!(verdict_on(&params, "tide.example"), expected, "{:?}", params.key_usages);
    }
    let alone = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    assert!(signs_handshakes(alone.der()) && !signs_handshakes(&alone.der()[..100]));
}
