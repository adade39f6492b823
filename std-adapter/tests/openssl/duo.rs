//! Two ends over a BIO pair.

use tidegate::modes::Modes;
use tidegate_std::Roots;
use tidegate_std::openssl::{BioPair, ErrorCode, Ssl, SslContext};

use crate::pki::Pki;

#[derive(Debug)]
pub(crate) struct Duo {
    pub(crate) client: Ssl<BioPair>,
    pub(crate) server: Ssl<BioPair>,
}

/// A context that both roles can be made from.
pub(crate) fn context() -> SslContext {
    let pki = Pki::new();
    let mut roots = Roots::new();
    roots.add(&pki.root).unwrap();
    let context = SslContext::new();
    // What is read and written after the handshake is the test's alone.
    context.set_num_tickets(0);
    context.set_verifier(roots);
    context.set_identities([pki.identity("localhost", &rcgen::PKCS_ECDSA_P256_SHA256)]);
    context
}

impl Duo {
    /// With roles, nothing sent yet; so many bytes fit into each direction.
    pub(crate) fn new(context: &SslContext, size: usize) -> Self {
        let (here, there) = BioPair::new(size, size);
        let (mut client, mut server) = (Ssl::new(context, here), Ssl::new(context, there));
        client.set_host_name("localhost");
        client.set_connect_state();
        server.set_accept_state();
        Self { client, server }
    }

    pub(crate) fn connected(modes: Modes, size: usize) -> Self {
        let mut duo = Self::new(&context(), size);
        for ssl in [&mut duo.client, &mut duo.server] {
            ssl.clear_mode(Modes::from_bits(u32::MAX));
            ssl.set_mode(modes);
        }
        duo.handshake();
        duo
    }

    pub(crate) fn handshake(&mut self) {
        for _ in 0..10_000 {
            let done = [&mut self.client, &mut self.server].map(|ssl| {
                let result = ssl.do_handshake();
                assert!(result == 1 || is_retry(ssl, result), "{:?}", ssl.reason());
                result
            });
            if done == [1, 1] {
                return;
            }
        }
        panic!("the handshake does not end: {self:?}");
    }

    /// What the server has to read now.
    pub(crate) fn server_reads(&mut self) -> Vec<u8> {
        read_all(&mut self.server)
    }
}

pub(crate) fn is_retry(ssl: &Ssl<BioPair>, result: i32) -> bool {
    result < 0 && matches!(ssl.get_error(result), ErrorCode::WantRead | ErrorCode::WantWrite)
}

pub(crate) fn read_all(ssl: &mut Ssl<BioPair>) -> Vec<u8> {
    let (mut all, mut part) = (Vec::new(), [0; 5000]);
    loop {
        match ssl.read(&mut part) {
            count @ 1.. => all.extend_from_slice(&part[..usize::try_from(count).unwrap()]),
            _ => return all,
        }
    }
}
