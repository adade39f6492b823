//! Handshake spaces for connections that have none.

use core::fmt;
use core::ops::{Deref, DerefMut};

use pki_types::ServerName;

use super::Connection;
use super::lend::AttachError;
use super::name::write_name;
use crate::client::Client;
use crate::config::{ClientConfig, Identities, ServerConfig};
use crate::crypto::Provider;
use crate::engine::{HandshakeSpace, Role};
use crate::server::Server;
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
    fn attach_space(&mut self, mut space: H) -> Result<&mut H, AttachError<H>> {
        if self.space.is_some() {
            return Err(AttachError::Occupied(space));
        }
        space.wipe();
        Ok(self.space.insert(space))
    }
}

impl<T, P, C, H, I, O> Connection<Client<T>, P, C, H, I, O>
where
    T: Identities + fmt::Debug,
    P: Provider,
    C: Deref<Target = ClientConfig<T>>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Lends a handshake space to a connection without one, which a renegotiation of TLS 1.2 needs, or a request for
    /// certificates after the handshake ([`Want::HandshakeSpace`](super::Want)). `peer` is the name that the connection was
    /// made with.
    ///
    /// # Errors
    /// [`AttachError`] with the space.
    pub fn attach_handshake(&mut self, space: H, peer: &ServerName<'_>) -> Result<(), AttachError<H>> {
        let space = self.attach_space(space)?;
        // One that does not fit is none that the connection could be made with.
        let _ = write_name(peer, &mut space.server_name);
        Ok(())
    }
}

impl<P, C, H, I, O> Connection<Server, P, C, H, I, O>
where
    P: Provider,
    C: Deref<Target = ServerConfig>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// Lends a handshake space to a connection without one, which a renegotiation needs, or another ticket
    /// ([`Want::HandshakeSpace`](super::Want)).
    ///
    /// # Errors
    /// [`AttachError`] with the space.
    pub fn attach_handshake(&mut self, space: H) -> Result<(), AttachError<H>> {
        self.attach_space(space).map(|_| ())
    }
}
