//! What the ends show.

use tidegate::config::{Identities, IdentityId};

use crate::accepting::KEY;
use crate::shop::CHAIN;

/// Certificates, a raw public key, an OCSP response; and the names of authorities.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub(crate) authorities: &'static [&'static [u8]],
    /// Whether it is there at all.
    pub(crate) is_there: bool,
}

impl Identities for Shown {
    fn for_each_certificate(&self, id: IdentityId, each: &mut dyn FnMut(&[u8])) {
        CHAIN.for_each_certificate(id, each);
    }

    fn raw_public_key(&self, _: IdentityId, each: &mut dyn FnMut(&[u8])) {
        each(&KEY);
    }

    fn ocsp_response(&self, _: IdentityId) -> Option<&[u8]> {
        Some(&[0x30; 50])
    }

    fn for_each_authority(&self, each: &mut dyn FnMut(&[u8])) {
        self.authorities.iter().for_each(|name| each(name));
    }

    fn are_there(&self) -> bool {
        self.is_there
    }
}
