//! A ClientHello of any bytes is read or refused; one that is read gives the same pieces again, and what rustls reads in one that
//! both take, ours reads too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rustls::server::{Accepted, Acceptor};
use tidegate::wire::client_hello::ClientHello;

/// The same hello as rustls reads it, if it takes it.
fn other_opinion(body: &[u8]) -> Option<Accepted> {
    let length = u32::try_from(body.len()).ok().filter(|length| *length < 1 << 16)?;
    let header = (1 << 24 | length).to_be_bytes();
    let mut acceptor = Acceptor::default();
    for fragment in [&header, body].concat().chunks(1 << 14) {
        let length = u16::try_from(fragment.len()).ok()?.to_be_bytes();
        let record = [&[22, 3, 1][..], &length, fragment].concat();
        let mut rest = record.as_slice();
        while !rest.is_empty() {
            acceptor.read_tls(&mut rest).ok()?;
            if let Some(accepted) = acceptor.accept().ok()? {
                return Some(accepted);
            }
        }
    }
    None
}

fn compare(ours: &ClientHello<'_>, accepted: &Accepted) {
    let theirs = accepted.client_hello();
    let suites = theirs.cipher_suites().iter().map(|suite| u16::from(*suite));
    assert!(ours.cipher_suites.iter().eq(suites));
    let schemes = theirs.signature_schemes().iter().map(|scheme| u16::from(*scheme));
    assert!(ours.extensions.signature_algorithms.unwrap().iter().eq(schemes));
    let groups = theirs.named_groups().map(|groups| groups.iter().map(|group| u16::from(*group)).collect());
    assert_eq!(ours.extensions.supported_groups.map(|groups| groups.iter().collect::<Vec<_>>()), groups);
    let names = theirs.alpn().map(|names| names.collect());
    assert_eq!(ours.extensions.protocols.map(|names| names.iter().collect::<Vec<_>>()), names);
    if let Some(name) = theirs.server_name() {
        let ours = ours.extensions.server_name.map(<[u8]>::to_ascii_lowercase);
        assert_eq!(ours.as_deref(), Some(name.as_bytes()));
    }
    let server_types =
        theirs.server_cert_types().map(|types| types.iter().map(|kind| u8::from(*kind)).collect());
    assert_eq!(ours.extensions.server_certificate_types.map(<[u8]>::to_vec), server_types);
    let client_types =
        theirs.client_cert_types().map(|types| types.iter().map(|kind| u8::from(*kind)).collect());
    assert_eq!(ours.extensions.client_certificate_types.map(<[u8]>::to_vec), client_types);
    let authorities =
        theirs.certificate_authorities().map(|names| names.iter().map(|name| name.as_ref()).collect());
    assert_eq!(ours.extensions.authorities.map(|names| names.iter().collect::<Vec<&[u8]>>()), authorities);
}

fuzz_target!(|body: &[u8]| {
    let Ok(hello) = ClientHello::parse(body) else { return };
    assert!(hello.session_id.len() <= 32);
    assert!(hello.cipher_suites.iter().count() > 0);
    let mut lasting = 0;
    let walked = hello.for_each_lasting_piece::<()>(&mut |piece| {
        lasting += piece.len();
        Ok(())
    });
    assert_eq!(walked, Ok(()));
    assert!(lasting >= 2 + 32 + 1 + 2 + 2 + 1);
    if let Some(names) = hello.extensions.protocols {
        assert!(names.iter().all(|name| !name.is_empty()));
    }
    if let Some(shares) = hello.extensions.key_shares {
        for (group, value) in shares.iter() {
            assert!(!value.is_empty());
            assert!(group.name().is_none() || shares.find(group) == Some(value));
        }
    }
    if let Some(accepted) = other_opinion(body) {
        compare(&hello, &accepted);
    }
});
