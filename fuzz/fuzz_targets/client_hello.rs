//! A ClientHello of any bytes is read or refused; one that is read gives the same pieces again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate::wire::client_hello::ClientHello;

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
});
