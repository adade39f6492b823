//! The enumerations that a ClientHello carries: any number shows a name or itself, and survives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate::wire::enums::{CipherSuite, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme};

macro_rules! shows_its_name_or_number {
    ($($name:ident),*) => {
        fn check(number: u16) {
            $(
                let value = $name(number);
                let shown = value.to_string();
                match value.name() {
                    Some(name) => assert_eq!(shown, name),
                    None => assert_eq!(shown, format!("{}({number:#x})", stringify!($name))),
                }
            )*
        }
    };
}

shows_its_name_or_number!(CipherSuite, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme);

fuzz_target!(|data: &[u8]| {
    for pair in data.chunks_exact(2) {
        check(u16::from_be_bytes([pair[0], pair[1]]));
    }
});
