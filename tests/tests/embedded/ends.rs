//! A client and a server over two pipes.

use std::sync::OnceLock;

use tidegate::config::{ClientConfig, Common, Permission, ServerConfig, Versions};
use tidegate::driver::Verify;
use tidegate::embedded::{AsyncStream, ClientAnswers, Duplex, ServerAnswers, Stream};
use tidegate::error::CertificateError;
use tidegate::sign::SoftwareSigner;
use tidegate::wire::certificate::CertificateChain;
use tidegate::x509::public_key_info;
use tidegate_tests::pair::{Buffers, OwnedClient, OwnedServer, Pair};
use tidegate_tests::pki::Pki;

use crate::pipe::{Leaves, Pipe, Rx, Tx, Wire};
use crate::random::Random;

pub(crate) const BUFFERS: [Buffers; 2] = [Buffers::SMALLEST, Buffers::FULL];
pub(crate) const CAPACITIES: [usize; 4] = [1, 7, 64, 4096];
pub(crate) const VERSIONS: [Versions; 2] = [Versions::Tls13, Versions::Tls12];

/// The chain is always the same one; what it proves is tried elsewhere.
pub(crate) struct Pinned;

impl Verify for Pinned {
    fn verify_server<'c>(
        &'c self,
        chain: CertificateChain<'c>,
        _: &str,
    ) -> Result<&'c [u8], CertificateError> {
        public_key_info(chain.iter().next().unwrap()).ok_or(CertificateError::BadEncoding)
    }
}

pub(crate) type BlockingClient = Stream<OwnedClient, ClientAnswers<Pinned>, Wire>;
pub(crate) type BlockingServer = Stream<OwnedServer, ServerAnswers<SoftwareSigner>, Wire>;
pub(crate) type AsyncClient = AsyncStream<OwnedClient, ClientAnswers<Pinned>, Duplex<Rx, Tx>>;
pub(crate) type AsyncServer = AsyncStream<OwnedServer, ServerAnswers<SoftwareSigner>, Duplex<Rx, Tx>>;

/// What two ends are like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) versions: Versions,
    pub(crate) buffers: Buffers,
    pub(crate) capacity: usize,
    pub(crate) leaves: Leaves,
    pub(crate) chance: usize,
}

impl Shape {
    pub(crate) const PLAIN: Self = Self {
        versions: Versions::Tls13,
        buffers: Buffers::FULL,
        capacity: 4096,
        leaves: Leaves::AtOnce,
        chance: 1,
    };

    pub(crate) fn any(random: &Random) -> Self {
        Self {
            versions: random.one_of(&VERSIONS),
            buffers: random.one_of(&BUFFERS),
            capacity: random.one_of(&CAPACITIES),
            leaves: random.one_of(&[Leaves::AtOnce, Leaves::WhenFlushed]),
            chance: random.below(1 << 30),
        }
    }

    /// From the client and from the server.
    pub(crate) fn pipes(self) -> [Pipe; 2] {
        [1, 2].map(|way| Pipe::new(self.capacity, self.leaves, self.chance.wrapping_mul(way)))
    }

    pub(crate) fn connections(self) -> (OwnedClient, OwnedServer) {
        self.connections_with(|_| {})
    }

    pub(crate) fn connections_with(self, set: impl Fn(&mut Common)) -> (OwnedClient, OwnedServer) {
        let (mut client, mut server) = (ClientConfig::new(), ServerConfig::new(pki().identities()));
        for common in [&mut client.common, &mut server.common] {
            common.versions = self.versions;
            common.renegotiation.by_us = Permission::Granted;
            common.renegotiation.by_peer = Permission::Granted;
            common.renegotiation.limit = u32::MAX;
            set(common);
        }
        let Pair { client, server, .. } = Pair::new(pki().clone(), client, server, self.buffers);
        (client, server)
    }

    pub(crate) fn blocking(self, [there, back]: &[Pipe; 2]) -> (BlockingClient, BlockingServer) {
        let (client, server) = self.connections();
        let wire = |from: &Pipe, to: &Pipe| Wire { rx: Rx(from.clone()), tx: Tx(to.clone()) };
        (
            Stream::new(client, ClientAnswers(Pinned), wire(back, there)),
            Stream::new(server, ServerAnswers(pki().signer()), wire(there, back)),
        )
    }

    pub(crate) fn asynchronous(self, pipes: &[Pipe; 2]) -> (AsyncClient, AsyncServer) {
        let (client, server) = self.connections();
        let [to_client, to_server] = duplexes(pipes);
        (
            AsyncStream::new(client, ClientAnswers(Pinned), to_server),
            AsyncStream::new(server, ServerAnswers(pki().signer()), to_client),
        )
    }
}

/// The server's transport, and the client's.
pub(crate) fn duplexes([there, back]: &[Pipe; 2]) -> [Duplex<Rx, Tx>; 2] {
    let duplex = |from: &Pipe, to: &Pipe| Duplex { rx: Rx(from.clone()), tx: Tx(to.clone()) };
    [duplex(there, back), duplex(back, there)]
}

pub(crate) fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256))
}
