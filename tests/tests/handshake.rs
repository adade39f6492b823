//! Handshakes of the two ends with each other.
#![allow(missing_docs, reason = "tests")]

use tidegate::config::{ClientConfig, ServerConfig};
use tidegate_tests::pair::{Buffers, Pair};
use tidegate_tests::pki::Pki;

#[test]
fn both_ends_agree_in_any_chunks() {
    for chunk in [1, 2, 7, 100, usize::MAX] {
        let pki = Pki::new(&rcgen::PKCS_ECDSA_P256_SHA256);
        let server = ServerConfig::new(pki.identities());
        let mut pair =
            Pair::new(pki, ClientConfig::new(), server, Buffers { incoming: 6144, outgoing: 1024 });
        pair.chunk = chunk;
        pair.handshake().unwrap();
        assert!(!pair.client.is_handshaking() && !pair.server.is_handshaking());
        assert_eq!(pair.client.write_app_data(b"hello").unwrap(), 5);
        while pair.exchange() > 0 {}
        let mut data = [0; 10];
        assert_eq!(pair.server.read_app_data(&mut data).unwrap(), 5);
        assert_eq!(&data[..5], b"hello");
    }
}
