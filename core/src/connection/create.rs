//! Making a connection.

use core::fmt;
use core::ops::{Deref, DerefMut};

use pki_types::ServerName;

use super::Connection;
use super::lend::forget_key;
use super::name::write_name;
use crate::buffers;
use crate::client::Client;
#[cfg(all(feature = "tls12", not(feature = "client-auth")))]
use crate::config::PeerCertificate;
use crate::config::{ClientConfig, Common, Identities, ServerConfig};
#[cfg(all(feature = "tls12", feature = "psk"))]
use crate::config::{ExternalKeys, Versions};
use crate::crypto::Provider;
use crate::engine::{Engine, HandshakeSpace, Role};
use crate::server::Server;
use crate::storage::Storage;

/// What a connection is lent.
#[derive(Debug)]
pub struct Lent<H, I, O = I> {
    /// Room for the handshake.
    pub space: H,
    /// For what comes from the peer; at least [`buffers::min_incoming`] bytes.
    pub incoming: I,
    /// For what goes to the peer; at least [`buffers::MIN_OUTGOING`] bytes.
    pub outgoing: O,
}

/// Why a connection can't be made. Nothing of it exists then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CreateError {
    /// The incoming buffer is too short.
    IncomingBuffer {
        /// Bytes that would do.
        needed: usize,
    },
    /// The outgoing buffer is too short.
    OutgoingBuffer {
        /// Bytes that would do.
        needed: usize,
    },
    /// The server name is longer than a name can be.
    ServerName,
    /// A value of the configuration is out of its range.
    Configuration(&'static str),
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IncomingBuffer { needed } => {
                write!(f, "the incoming buffer is too short: {needed} bytes would do")
            }
            Self::OutgoingBuffer { needed } => {
                write!(f, "the outgoing buffer is too short: {needed} bytes would do")
            }
            Self::ServerName => f.write_str("the server name is too long"),
            Self::Configuration(what) => write!(f, "the configuration can't work: {what}"),
        }
    }
}

impl core::error::Error for CreateError {}

impl<T, P, C, H, I, O> Connection<Client<T>, P, C, H, I, O>
where
    T: Identities + fmt::Debug,
    P: Provider,
    C: Deref<Target = ClientConfig<T>>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    /// A client that will talk to `peer`. The name goes into `server_name` (an address does not) and to whoever
    /// verifies the server's certificates.
    ///
    /// # Errors
    /// [`CreateError`]: a buffer too short, a name too long, a configuration that can't work.
    pub fn new(
        config: C,
        provider: P,
        peer: &ServerName<'_>,
        lent: Lent<H, I, O>,
    ) -> Result<Self, CreateError> {
        let mut connection = Self::with_role(config, provider, lent)?;
        let space =
            connection.space.as_deref_mut().ok_or(CreateError::Configuration("no handshake space"))?;
        write_name(peer, &mut space.server_name).map_err(|fmt::Error| CreateError::ServerName)?;
        Ok(connection)
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
    /// A server that waits for a client.
    ///
    /// # Errors
    /// [`CreateError`]: a buffer too short, a configuration that can't work.
    pub fn new(config: C, provider: P, lent: Lent<H, I, O>) -> Result<Self, CreateError> {
        #[cfg(all(feature = "tls12", not(feature = "client-auth")))]
        if config.client_certificates != PeerCertificate::None && config.common.allowed_versions().has_tls13()
        {
            return Err(CreateError::Configuration(
                "without the feature client-auth client certificates are asked for in TLS 1.2 alone",
            ));
        }
        Self::with_role(config, provider, lent)
    }
}

impl<R, P, C, H, I, O> Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    fn with_role(config: C, provider: P, lent: Lent<H, I, O>) -> Result<Self, CreateError> {
        let common = R::common(&config);
        check(common)?;
        let needed = buffers::min_incoming(common.max_handshake_message);
        if lent.incoming.bytes().len() < needed {
            return Err(CreateError::IncomingBuffer { needed });
        }
        let needed = buffers::MIN_OUTGOING;
        if lent.outgoing.bytes().len() < needed {
            return Err(CreateError::OutgoingBuffer { needed });
        }
        let Lent { mut space, mut incoming, mut outgoing } = lent;
        space.wipe();
        forget_key(&mut incoming);
        forget_key(&mut outgoing);
        let engine = Engine::new(common, incoming.bytes().len());
        Ok(Self {
            engine,
            provider,
            config,
            space: Some(space),
            #[cfg(feature = "post-handshake-auth")]
            late_transcript: Default::default(),
            incoming: Some(incoming),
            outgoing: Some(outgoing),
        })
    }
}

/// Values that no connection could work with.
fn check(common: &Common) -> Result<(), CreateError> {
    if !(1..=crate::limits::PLAINTEXT).contains(&common.max_send_fragment) {
        return Err(CreateError::Configuration("max_send_fragment is between 1 and 16384"));
    }
    #[cfg(all(feature = "tls12", feature = "psk"))]
    if common.versions == Versions::Tls12 && common.external_keys == ExternalKeys::Required {
        return Err(CreateError::Configuration("pre-shared keys are of TLS 1.3"));
    }
    if common.max_handshake_message < 512 {
        return Err(CreateError::Configuration("max_handshake_message is at least 512"));
    }
    Ok(())
}
