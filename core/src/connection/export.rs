//! What is derived from the keys of a connection for others.

use core::ops::{Deref, DerefMut};

use super::Connection;
use super::outcome::ExportError;
use crate::crypto::{HashAlgorithm, Provider};
use crate::engine::{HandshakeSpace, Role};
use crate::schedule::export;
#[cfg(feature = "tls12")]
use crate::schedule12;
use crate::storage::Storage;

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Keying material for other protocols (RFC 8446, section 7.5; RFC 5705), as long as `out`. Without a context TLS 1.2
    /// has another value than for an empty one; in TLS 1.3 they are the same. A server that has taken early data has it
    /// before the handshake is done.
    ///
    /// # Errors
    /// [`ExportError`]; nothing of `out` may be used then.
    pub fn export_keying_material(
        &mut self,
        label: &[u8],
        context: Option<&[u8]>,
        out: &mut [u8],
    ) -> Result<(), ExportError> {
        let exports = self.engine.is_connected();
        #[cfg(feature = "early-data")]
        let exports = exports || self.engine.answers_early_data();
        let suite = self.engine.negotiated.cipher_suite.filter(|_| exports);
        let algorithm = HashAlgorithm::of(suite.ok_or(ExportError::NotConnected)?);
        #[cfg(feature = "tls12")]
        if self.engine.negotiated.is_tls12() {
            let Self { provider, engine, .. } = self;
            let tls12 = engine.past.tls12().ok_or(ExportError::NotConnected)?;
            let exported = tls12.exported(label, context);
            return schedule12::export(provider, algorithm, &engine.exporter, exported, out)
                .map_err(ExportError::Crypto);
        }
        let context = context.unwrap_or_default();
        export(&mut self.provider, algorithm, &self.engine.exporter, (label, context), out)
            .map_err(ExportError::Crypto)
    }

    /// The channel binding `tls-exporter` (RFC 9266): what an authentication above TLS, SCRAM for example, ties to this very
    /// connection. Both ends find the same 32 bytes.
    ///
    /// # Errors
    /// [`ExportError`]: before there are keys for data (a server that takes early data has them before it has heard the client's
    /// Finished), and on a connection of TLS 1.2 whose keys a renegotiation may change,
    /// where there is no such binding.
    pub fn tls_exporter(&mut self) -> Result<[u8; 32], ExportError> {
        #[cfg(feature = "tls12")]
        if self.engine.negotiated.is_tls12() && R::common(&self.config).renegotiation.is_permitted() {
            return Err(ExportError::Renegotiation);
        }
        let mut binding = [0; 32];
        self.export_keying_material(b"EXPORTER-Channel-Binding", Some(&[]), &mut binding)?;
        Ok(binding)
    }
}
