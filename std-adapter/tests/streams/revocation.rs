//! Certificate revocation lists, of both ends.

use pki_types::PrivateKeyDer;
use rcgen::{
    CertificateParams, CertificateRevocationListParams, KeyIdMethod, KeyPair, RevokedCertParams,
    SerialNumber, date_time_ymd,
};
use tidegate::config::PeerCertificate;
use tidegate::error::{CertificateError, Error, Refused};
use tidegate::x509::UnknownRevocation;
use tidegate_std::{Acceptor, Connector, OwnedIdentity, RevocationLists, Roots, tls_error};

use crate::pki::{Pki, serve};

/// An identity with this serial number.
fn identity(pki: &Pki, serial: u64) -> OwnedIdentity {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".into()]).unwrap();
    params.serial_number = Some(SerialNumber::from(serial));
    let leaf = params.signed_by(&key, &pki.issuer).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    OwnedIdentity::new(vec![leaf.der().clone()], &key).unwrap()
}

/// Roots that know one certificate to be revoked.
fn roots(pki: &Pki, revoked: u64) -> Roots {
    let revoked = RevokedCertParams {
        serial_number: SerialNumber::from(revoked),
        revocation_time: date_time_ymd(2025, 2, 1),
        reason_code: None,
        invalidity_date: None,
    };
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2025, 2, 1),
        next_update: date_time_ymd(2200, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![revoked],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let list = params.signed_by(&pki.issuer).unwrap().der().to_vec();
    let mut roots = Roots::new();
    roots.add(&pki.root).unwrap();
    roots.with_revocation(RevocationLists::new([list]).unwrap())
}

/// The errors of the client and of the server, if there are any.
fn meet(connector: &Connector, acceptor: Acceptor) -> [Option<Error>; 2] {
    let (socket, server) = serve(acceptor, |stream| stream.err().and_then(|error| tls_error(&error)));
    let client = connector.connect("localhost", socket).err().and_then(|error| tls_error(&error));
    [client, server.join().unwrap()]
}

#[test]
fn who_is_on_a_list_is_refused() {
    let pki = Pki::new();
    let revoked = Some(Error::from(Refused::Certificate(CertificateError::Revoked)));
    for (serial, refused) in [(7, revoked), (8, None)] {
        let connector = Connector::new(roots(&pki, 7));
        let [client, _] = meet(&connector, Acceptor::new([identity(&pki, serial)]));
        assert_eq!(client, refused);

        let connector = pki.connector().with_identities([identity(&pki, serial)]);
        let acceptor = pki.acceptor().with_client_certificates(PeerCertificate::Required, roots(&pki, 7));
        let [_, server] = meet(&connector, acceptor);
        assert_eq!(server, refused);
    }
}

#[test]
fn who_is_under_an_authority_without_a_list_is_unknown() {
    let (pki, other) = (Pki::new(), Pki::new());
    let mut lists = roots(&other, 7);
    lists.add(&pki.root).unwrap();
    let unknown = Error::from(Refused::Certificate(CertificateError::RevocationUnknown));
    let [client, _] = meet(&Connector::new(lists), pki.acceptor());
    assert_eq!(client, Some(unknown));

    let mut none = RevocationLists::new([]).unwrap();
    none.unknown = UnknownRevocation::Accepted;
    let mut roots = Roots::new();
    roots.add(&pki.root).unwrap();
    assert_eq!(meet(&Connector::new(roots.with_revocation(none)), pki.acceptor()), [None, None]);
    assert!(RevocationLists::new([b"no list".to_vec()]).is_err());
}
