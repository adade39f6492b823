//! The signature schemes that an end lists.

use crate::crypto::{SignatureAlgorithm, SignatureUse};
use crate::wire::enums::SignatureScheme;

/// The uses of algorithms in `signature_algorithms` of TLS 1.3. Where none can sign a handshake those for certificates stand
/// there, since the list is never empty, and may (RFC 8446, section 4.2.3): no peer signs by them.
pub(crate) fn uses_in_handshakes(algorithms: &[SignatureAlgorithm]) -> &'static [SignatureUse] {
    let signs = |algorithm: &SignatureAlgorithm| algorithm.usage == SignatureUse::HandshakeAndCertificates;
    if algorithms.iter().any(signs) { HANDSHAKE_USE } else { EVERY_USE }
}

const HANDSHAKE_USE: &[SignatureUse] = &[SignatureUse::HandshakeAndCertificates];
pub(crate) const EVERY_USE: &[SignatureUse] =
    &[SignatureUse::HandshakeAndCertificates, SignatureUse::CertificatesOnly];

/// The schemes of the algorithms that have one of these uses, each once: several algorithms may share one.
pub(crate) fn schemes(
    algorithms: &'static [SignatureAlgorithm],
    uses: &'static [SignatureUse],
) -> impl Fn(&mut dyn FnMut(SignatureScheme)) {
    move |each| {
        for (place, algorithm) in algorithms.iter().enumerate() {
            let before = algorithms.get(..place).unwrap_or_default();
            let is_same =
                |other: &SignatureAlgorithm| other.scheme == algorithm.scheme && uses.contains(&other.usage);
            if uses.contains(&algorithm.usage) && !before.iter().any(is_same) {
                each(algorithm.scheme);
            }
        }
    }
}
