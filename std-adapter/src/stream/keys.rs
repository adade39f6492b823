//! The keys of a stream: changing them, and what is derived from them for others.

use tidegate::wire::enums::KeyUpdateRequest;
use tidegate::{ExportError, UpdateKeysError};

use super::{End, Stream};

impl<R: End, T> Stream<R, T> {
    /// Changes our sending keys, and asks the peer to change its own if `request` says so (RFC 8446, section 4.6.3).
    ///
    /// # Errors
    /// [`UpdateKeysError`], which changes nothing but for `Failed`.
    pub fn update_keys(&mut self, request: KeyUpdateRequest) -> Result<(), UpdateKeysError> {
        self.session.connection.update_keys(request)
    }

    /// Keying material for other protocols (RFC 8446, section 7.5; RFC 5705), as long as `out`. Without a context TLS 1.2
    /// has another value than for an empty one.
    ///
    /// # Errors
    /// [`ExportError`]; nothing of `out` may be used then.
    pub fn export_keying_material(
        &mut self,
        label: &[u8],
        context: Option<&[u8]>,
        out: &mut [u8],
    ) -> Result<(), ExportError> {
        self.session.connection.export_keying_material(label, context, out)
    }

    /// The channel binding `tls-exporter` (RFC 9266), for an authentication above TLS.
    ///
    /// # Errors
    /// [`ExportError`]: on a connection of TLS 1.2 that may be renegotiated there is none.
    pub fn tls_exporter(&mut self) -> Result<[u8; 32], ExportError> {
        self.session.connection.tls_exporter()
    }
}
