//! What servers want of the extensions of a client's certificate (RFC 8446, section 4.2.5).

use tidegate::wire::oid_filters::OidFilters;
use x509_cert::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, oid::AssociatedOid};
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};

/// Whether a certificate has what the filters want, as far as RFC 8446 gives their meaning: key usage and extended key usage.
/// Other extensions are passed over, as it says.
pub(crate) fn passes(certificate: &[u8], filters: OidFilters<'_>) -> bool {
    let Ok(certificate) = Certificate::from_der(certificate) else { return false };
    filters.iter().all(|(oid, wanted)| match ObjectIdentifier::from_der(oid) {
        Ok(KeyUsage::OID) => has_usages(&certificate, wanted),
        Ok(ExtendedKeyUsage::OID) => has_extended_usages(&certificate, wanted),
        Ok(_) | Err(_) => true,
    })
}

/// The value of an extension, if the certificate has it.
fn value<'a, T: AssociatedOid + Decode<'a>>(certificate: &'a Certificate) -> Option<T> {
    let mut extensions = certificate.tbs_certificate().extensions()?.iter();
    let extension = extensions.find(|extension| extension.extn_id == T::OID)?;
    T::from_der(extension.extn_value.as_bytes()).ok()
}

/// Every usage that is wanted is one of the certificate's.
fn has_usages(certificate: &Certificate, wanted: &[u8]) -> bool {
    let Some(KeyUsage(own)) = value(certificate) else { return false };
    wanted.is_empty() || KeyUsage::from_der(wanted).is_ok_and(|KeyUsage(wanted)| own.contains(wanted))
}

/// As [`has_usages`]; anyExtendedKeyUsage must not be wanted, and is not taken for another one.
fn has_extended_usages(certificate: &Certificate, wanted: &[u8]) -> bool {
    let Some(ExtendedKeyUsage(own)) = value(certificate) else { return false };
    let has_all = |ExtendedKeyUsage(wanted)| wanted.iter().all(|purpose| own.contains(purpose));
    wanted.is_empty() || ExtendedKeyUsage::from_der(wanted).is_ok_and(has_all)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
    use tidegate::wire::oid_filters::OidFilters;

    use super::passes;

    const KEY_USAGE: &[u8] = &[6, 3, 0x55, 0x1d, 0x0f];
    const EXTENDED_KEY_USAGE: &[u8] = &[6, 3, 0x55, 0x1d, 0x25];
    const DIGITAL_SIGNATURE: &[u8] = &[3, 2, 7, 0x80];
    const KEY_ENCIPHERMENT: &[u8] = &[3, 2, 5, 0x20];
    const SIGNATURE_AND_ENCIPHERMENT: &[u8] = &[3, 2, 5, 0xa0];
    const CLIENTS: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2];
    const SERVERS: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];
    const ANY: &[u8] = &[0x30, 6, 6, 4, 0x55, 0x1d, 0x25, 0];

    fn verdict(oid: &[u8], values: &[u8], certificate: &[u8]) -> bool {
        let length = u16::try_from(values.len()).unwrap().to_be_bytes();
        let entry = [&[u8::try_from(oid.len()).unwrap()][..], oid, &length, values].concat();
        passes(certificate, OidFilters::parse(&entry).unwrap())
    }

    #[test]
    fn usages_that_are_wanted_must_be_there() {
        let mut params = CertificateParams::new([]).unwrap();
        let key = KeyPair::generate().unwrap();
        let plain = params.self_signed(&key).unwrap();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let rich = params.self_signed(&key).unwrap();
        for (oid, values, expected) in [
            (KEY_USAGE, &[][..], true),
            (KEY_USAGE, DIGITAL_SIGNATURE, true),
            (KEY_USAGE, KEY_ENCIPHERMENT, false),
            (KEY_USAGE, SIGNATURE_AND_ENCIPHERMENT, false),
            (KEY_USAGE, b"no DER", false),
            (EXTENDED_KEY_USAGE, &[], true),
            (EXTENDED_KEY_USAGE, CLIENTS, true),
            (EXTENDED_KEY_USAGE, SERVERS, false),
            (EXTENDED_KEY_USAGE, ANY, false),
        ] {
            assert_eq!(verdict(oid, values, rich.der()), expected, "{oid:x?}: {values:x?}");
            assert!(!verdict(oid, values, plain.der()), "{oid:x?}: {values:x?}");
        }
    }

    #[test]
    fn what_is_not_recognized_is_passed_over() {
        let plain = CertificateParams::new([]).unwrap().self_signed(&KeyPair::generate().unwrap()).unwrap();
        for oid in [&[6, 3, 0x55, 0x1d, 0x11][..], b"no OID"] {
            assert!(verdict(oid, b"anything", plain.der()));
        }
        assert!(passes(plain.der(), OidFilters::parse(&[]).unwrap()));
    }
}
