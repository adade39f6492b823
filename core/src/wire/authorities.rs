//! Names of certificate authorities, as an end tells them (RFC 8446, section 4.2.4; RFC 5246, section 7.4.4).

use super::Writer;

/// Distinguished names in DER, told one by one to the function given.
pub type Names<'a> = &'a dyn Fn(&mut dyn FnMut(&[u8]));

/// Encodes the list, with its length before it.
pub(super) fn encode(writer: &mut Writer<'_>, names: Names<'_>) {
    writer.vec_u16(&|w| names(&mut |name| w.vec_u16(&|w| w.put(name))));
}

/// Whether there is none, which TLS 1.3 has no list for.
#[cfg(feature = "certificate-authorities")]
pub(super) fn are_none(names: Names<'_>) -> bool {
    let mut none = true;
    names(&mut |_| none = false);
    none
}
