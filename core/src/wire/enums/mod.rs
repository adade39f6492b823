//! The enumerations of the protocol as newtypes over their wire integers, so that unknown values survive.

macro_rules! wire_enum {
    (
        $(#[$doc:meta])*
        $name:ident($int:ty) {
            $($(#[doc = $value_doc:literal])* $(#[cfg($value_cfg:meta)])? $value:ident = $number:literal,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(
            /// The value on the wire.
            pub $int,
        );

        impl $name {
            $($(#[doc = $value_doc])* $(#[cfg($value_cfg)])? pub const $value: Self = Self($number);)*

            /// The name in the registry of the Internet Assigned Numbers Authority, if this crate knows the value.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($(#[cfg($value_cfg)])? $number => Some(stringify!($value)),)*
                    _ => None,
                }
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, concat!(stringify!($name), "({:#x})"), self.0),
                }
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $name {
            fn format(&self, f: defmt::Formatter<'_>) {
                match self.name() {
                    Some(name) => defmt::write!(f, "{=str}", name),
                    None => defmt::write!(f, "{=str}({=u16:#x})", stringify!($name), u16::from(self.0)),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(self, f)
            }
        }
    };
}

mod alerts;
mod algorithms;
mod types;

pub use alerts::{AlertDescription, AlertLevel};
#[cfg(feature = "tls12")]
pub use algorithms::Authentication;
pub use algorithms::{CipherSuite, NamedGroup, SignatureScheme};
pub use types::{
    ContentType, ExtensionType, HandshakeType, KeyUpdateRequest, ProtocolVersion, PskKeyExchangeMode,
};

#[cfg(test)]
mod tests {
    use super::{CipherSuite, NamedGroup};

    #[test]
    fn known_values_show_their_registered_name() {
        assert_eq!(std::format!("{}", CipherSuite::TLS_AES_128_GCM_SHA256), "TLS_AES_128_GCM_SHA256");
    }

    #[test]
    fn unknown_values_survive_and_show_their_number() {
        assert_eq!(std::format!("{}", NamedGroup(0x0a0a)), "NamedGroup(0xa0a)");
    }
}
