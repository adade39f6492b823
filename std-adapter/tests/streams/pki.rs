//! Certificates made on the spot, and streams with them.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;

use pki_types::{CertificateDer, PrivateKeyDer};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tidegate::config::{Common, Permission, Versions};
use tidegate_std::{Acceptor, Connector, OwnedIdentity, Roots, ServerStream};

pub(crate) struct Pki {
    pub(crate) root: CertificateDer<'static>,
    pub(crate) issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        // Roots of one name would be taken for one another, with a signature that does not verify.
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("Root {}", COUNT.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { root: issuer.der().clone(), issuer }
    }

    pub(crate) fn identity(&self, name: &str, kind: &'static rcgen::SignatureAlgorithm) -> OwnedIdentity {
        let key = KeyPair::generate_for(kind).unwrap();
        let leaf = CertificateParams::new(vec![name.into()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        OwnedIdentity::new(vec![leaf.der().clone()], &key).unwrap()
    }

    pub(crate) fn connector(&self) -> Connector {
        let mut roots = Roots::new();
        roots.add(&self.root).unwrap();
        Connector::new(roots)
    }

    /// Both ends for TLS 1.2 alone, each of which lets the other begin as many handshakes as it likes.
    pub(crate) fn renegotiating(&self) -> (Connector, Acceptor) {
        let permit = |common: &mut Common| {
            common.versions = Versions::Tls12;
            common.renegotiation.by_us = Permission::Granted;
            common.renegotiation.by_peer = Permission::Granted;
            common.renegotiation.limit = u32::MAX;
        };
        let connector = self.connector().configured(|config| permit(&mut config.common));
        (connector, self.acceptor().configured(|config| permit(&mut config.common)))
    }

    pub(crate) fn acceptor(&self) -> Acceptor {
        Acceptor::new([self.identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256)])
    }
}

/// A socket to a server that does this with its first client.
pub(crate) fn serve<R: Send + 'static>(
    acceptor: Acceptor,
    with_client: impl FnOnce(io::Result<ServerStream<TcpStream>>) -> R + Send + 'static,
) -> (TcpStream, JoinHandle<R>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let server = std::thread::spawn(move || with_client(acceptor.accept(listener.accept().unwrap().0)));
    (client, server)
}
