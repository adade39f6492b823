//! What a stream needs of a connection, whatever that works with.

use core::ops::{Deref, DerefMut};

use crate::connection::{Connection, Event, ReadError, WriteError};
use crate::crypto::Provider;
#[cfg(feature = "psk")]
use crate::engine::Teller;
use crate::engine::{HandshakeSpace, Role};
use crate::error::Error;
use crate::modes::Modes;
use crate::record::incoming::Missing;
use crate::storage::Storage;

/// A [`Connection`], whatever it works with. Sealed: there is no other.
pub trait Tls: Pipes {}

/// What a stream needs of a connection; its methods are those of [`Connection`].
pub trait Pipes {
    fn next_event(&mut self) -> Result<Event<'_>, Error>;
    fn error(&self) -> Option<Error>;
    fn is_handshaking(&self) -> bool;
    fn incoming_space(&mut self) -> &mut [u8];
    fn incoming_filled(&mut self, count: usize);
    fn incoming_ended(&mut self);
    fn feed_incoming(&mut self, bytes: &[u8]) -> usize;
    fn incoming_missing(&self) -> Missing;
    fn outgoing(&self) -> &[u8];
    fn outgoing_sent(&mut self, count: usize);
    fn read_app_data(&mut self, out: &mut [u8]) -> Result<usize, ReadError>;
    #[cfg(feature = "psk")]
    fn read_app_data_telling(&mut self, out: &mut [u8], teller: Teller<'_>) -> Result<usize, ReadError>;
    fn write_app_data(&mut self, data: &[u8]) -> Result<usize, WriteError>;
    fn close(&mut self);
    fn set_mode(&mut self, modes: Modes) -> Modes;
}

/// Each is the connection's own.
macro_rules! forward {
    ($($name:ident(&mut self $(, $argument:ident: $type:ty)?) $(-> $result:ty)?;)*) => {
        $(fn $name(&mut self $(, $argument: $type)?) $(-> $result)? {
            Connection::$name(self $(, $argument)?)
        })*
    };
}

impl<R, P, C, H, I, O> Pipes for Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
    forward! {
        next_event(&mut self) -> Result<Event<'_>, Error>;
        incoming_space(&mut self) -> &mut [u8];
        incoming_filled(&mut self, count: usize);
        incoming_ended(&mut self);
        feed_incoming(&mut self, bytes: &[u8]) -> usize;
        outgoing_sent(&mut self, count: usize);
        read_app_data(&mut self, out: &mut [u8]) -> Result<usize, ReadError>;
        write_app_data(&mut self, data: &[u8]) -> Result<usize, WriteError>;
        close(&mut self);
        set_mode(&mut self, modes: Modes) -> Modes;
    }

    #[cfg(feature = "psk")]
    fn read_app_data_telling(&mut self, out: &mut [u8], teller: Teller<'_>) -> Result<usize, ReadError> {
        Connection::read_app_data_telling(self, out, None, teller)
    }

    fn error(&self) -> Option<Error> {
        Connection::error(self)
    }

    fn is_handshaking(&self) -> bool {
        Connection::is_handshaking(self)
    }

    fn incoming_missing(&self) -> Missing {
        Connection::incoming_missing(self)
    }

    fn outgoing(&self) -> &[u8] {
        Connection::outgoing(self)
    }
}

impl<R, P, C, H, I, O> Tls for Connection<R, P, C, H, I, O>
where
    R: Role,
    P: Provider,
    C: Deref<Target = R::Config>,
    H: DerefMut<Target = HandshakeSpace<P>>,
    I: Storage<P::AeadKey>,
    O: Storage<P::AeadKey>,
{
}
