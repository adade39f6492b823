//! What differs between the two ends, and whom asks go to.

use std::sync::Arc;

use tidegate::config::{ClientConfig, ServerConfig};
use tidegate::crypto::rustcrypto::RustCrypto;
use tidegate::driver::{Verify, answer_client, answer_server};
use tidegate::error::CertificateError;
use tidegate::sign::SoftwareSigner;
use tidegate::wire::certificate::CertificateChain;
use tidegate::x509::public_key_info;
use tidegate::{Client, Connection, Event, HandshakeSpace, Role, Server, ServerName};

use crate::stream::Random;

pub(crate) type Software = RustCrypto<Random>;
pub(crate) type Space = Box<HandshakeSpace<Software>>;
pub(crate) type Owned<R, C> = Connection<R, Software, Arc<C>, Space, Box<[u8]>>;

pub(crate) const NAME: &str = "device.test";
pub(crate) static CHAINS: &[&[&[u8]]] = &[&[include_bytes!("../../../embedded-example/pki/p256/leaf.der")]];
const LEAF_KEY: &[u8] = include_bytes!("../../../embedded-example/pki/p256/leaf-key.der");

/// What differs between the two ends.
pub(crate) trait End: Role {
    fn answer(event: Event<'_>) -> Option<Event<'_>>;
    fn attach(connection: &mut Owned<Self, Self::Config>, space: Space);
}

/// The chain is always the same one; what it proves is tried elsewhere.
struct Pinned;

impl Verify for Pinned {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        name: &str,
    ) -> Result<&'c [u8], CertificateError> {
        assert_eq!(name, NAME);
        Ok(public_key_info(chain.iter().next().unwrap()).unwrap())
    }
}

impl End for Client {
    fn answer(event: Event<'_>) -> Option<Event<'_>> {
        answer_client(event, &Pinned)
    }

    fn attach(connection: &mut Owned<Self, ClientConfig>, space: Space) {
        connection.attach_handshake(space, &ServerName::try_from(NAME).unwrap()).unwrap();
    }
}

impl End for Server {
    fn answer(event: Event<'_>) -> Option<Event<'_>> {
        answer_server(event, &SoftwareSigner::from_der(LEAF_KEY).unwrap())
    }

    fn attach(connection: &mut Owned<Self, ServerConfig>, space: Space) {
        connection.attach_handshake(space).unwrap();
    }
}
