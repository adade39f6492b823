//! Clients that remember which signatures in certificates were right.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use tidegate::config::{IdentityId, ServerConfig, Versions};
use tidegate::crypto::CryptoError;
use tidegate::driver::{Keys, answer_server};
use tidegate::error::{Error, PeerMisbehaved, Refused};
use tidegate::wire::enums::SignatureScheme;
use tidegate::{ChooseIdentity, Connection, Event, HandshakeSpace, Lent, Server, Want};
use tidegate_std::{Connector, IdentityList, Onlookers, Roots, Software, tls_error};

use crate::pki::Pki;

/// Who shows the chain of somebody else: it can't sign what was said, and signs something else.
struct Impostor<'a>(&'a IdentityList);

impl Keys for Impostor<'_> {
    fn choose(&self, ask: &ChooseIdentity<'_>) -> Result<(IdentityId, SignatureScheme), Refused> {
        Keys::choose(self.0, ask)
    }

    fn sign(
        &self,
        identity: IdentityId,
        scheme: SignatureScheme,
        message: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let other = [message, b"."].concat();
        Keys::sign(self.0, identity, scheme, &other, out)
    }
}

/// A server with these keys, until it fails or the client is gone.
fn serve_with(keys: &impl Keys, config: Arc<ServerConfig>, mut socket: TcpStream) {
    let buffer = || vec![0; 40_000].into_boxed_slice();
    let lent =
        Lent { space: Box::<HandshakeSpace<Software>>::default(), incoming: buffer(), outgoing: buffer() };
    let software = Software::new(Onlookers::default());
    let mut server = Connection::<Server, _, _, _, _>::new(config, software, lent).unwrap();
    loop {
        let event = server.next_event().map(|event| answer_server(event, keys));
        let (failed, wants) = (event.is_err(), matches!(event, Ok(Some(Event::Want(Want::Incoming)))));
        let count = server.outgoing().len();
        let sent = socket.write_all(server.outgoing());
        server.outgoing_sent(count);
        if failed || sent.is_err() {
            return;
        }
        if wants {
            match socket.read(server.incoming_space()) {
                Ok(count) if count > 0 => server.incoming_filled(count),
                Ok(_) | Err(_) => return,
            }
        }
    }
}

#[test]
fn a_chain_that_was_right_before_is_nothing_without_its_key() {
    let pki = Pki::new();
    let identities = IdentityList::new([pki.identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256)]);
    let mut roots = Roots::new();
    roots.add(&pki.root).unwrap();
    let connector = Connector::new(roots.keeping_signatures());
    for versions in [Versions::Tls13, Versions::Tls12] {
        let mut config = ServerConfig::new(identities.clone());
        config.common.versions = versions;
        let config: Arc<ServerConfig> = Arc::new(config);
        let meet = |is_impostor: bool| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let accepted = listener.accept().unwrap().0;
            std::thread::scope(|scope| {
                scope.spawn(|| match is_impostor {
                    true => serve_with(&Impostor(&identities), config.clone(), accepted),
                    false => serve_with(&identities, config.clone(), accepted),
                });
                connector.connect("localhost", socket).map(drop).map_err(|error| tls_error(&error).unwrap())
            })
        };
        let forged = Err(Error::from(PeerMisbehaved::BadSignature));
        assert_eq!([meet(false), meet(true), meet(false)], [Ok(()), forged, Ok(())], "{versions:?}");
    }
}
