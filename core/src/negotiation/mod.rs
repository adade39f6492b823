//! What the handshakes of a role have in common, whatever their version: the offer of a ClientHello, the choice from one, the
//! exchange of keys.

#[cfg(feature = "tls12")]
pub(crate) mod certificate12;
#[cfg(feature = "raw-public-keys")]
pub(crate) mod certificate_types;
pub(crate) mod first_hello;
pub(crate) mod key_exchange;
pub(crate) mod offer;
#[cfg(feature = "psk")]
pub(crate) mod psk_offer;
#[cfg(feature = "psk")]
pub(crate) mod psk_selection;
pub(crate) mod schemes;
pub(crate) mod selection;
#[cfg(feature = "tls12")]
pub(crate) mod selection12;
pub(crate) mod signature;
pub(crate) mod sizes;
