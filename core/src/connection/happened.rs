//! From what happened in the engine, with ranges, to the event of the application, with slices.

use core::ops::{Deref, DerefMut};

use super::Connection;
use super::asked::Asked;
use super::event::{Event, Want, offer};
use super::tell::{AppData, Ticket};
use crate::crypto::Provider;
use crate::engine::{Ask, HandshakeSpace, Happening, Role, Step};
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
    pub(super) fn event(&mut self, happening: Happening) -> Event<'_> {
        match happening {
            Happening::Connected => Event::Connected(&self.engine.negotiated),
            Happening::PeerClosed => Event::PeerClosed,
            Happening::AppData => {
                let bytes = self.incoming.as_mut().map(|incoming| incoming.parts().0).unwrap_or_default();
                Event::AppData(AppData::new(bytes, &mut self.engine.incoming))
            }
            #[cfg(feature = "early-data")]
            Happening::EarlyData => {
                let bytes = self.incoming.as_mut().map(|incoming| incoming.parts().0).unwrap_or_default();
                Event::EarlyData(AppData::new(bytes, &mut self.engine.incoming))
            }
            Happening::Ticket(body) => self.ticket(body).map_or(Event::Want(Want::Incoming), Event::Ticket),
            Happening::Finished => Event::Want(Want::Nothing),
            Happening::Step(Step::Ask(what)) => self.ask(what),
            Happening::Step(step) => Event::Want(Want::of(step)),
        }
    }

    #[cfg(not(feature = "psk"))]
    fn ticket(&mut self, body: core::ops::Range<usize>) -> Option<Ticket<'_>> {
        let bytes = self.incoming.as_ref().map(I::bytes).unwrap_or_default();
        Ticket::parse(bytes.get(body).unwrap_or_default())
    }

    #[cfg(feature = "psk")]
    fn ticket(&mut self, body: core::ops::Range<usize>) -> Option<Ticket<'_>> {
        let Self { engine, incoming, config, provider, .. } = self;
        let bytes = incoming.as_ref().map(I::bytes).unwrap_or_default();
        engine.ticket(bytes.get(body).unwrap_or_default(), provider, R::common(config))
    }

    /// The event of an ask about what lies in the handshake space and about the message that is held.
    fn ask(&mut self, what: Ask) -> Event<'_> {
        let Self { engine, space, incoming, config: _config, .. } = self;
        let Some(space) = space.as_deref_mut() else { return Event::Want(Want::Nothing) };
        let bytes = incoming.as_ref().map(I::bytes).unwrap_or_default();
        let message = bytes.get(engine.incoming.message()).unwrap_or_default();
        let asked = Asked::of(space);
        #[cfg(feature = "_client-certificates")]
        let asked = asked.of_peer(R::OWN.other());
        #[cfg(feature = "raw-public-keys")]
        let asked = asked.with_types(R::OWN, &engine.negotiated);
        #[cfg(feature = "tls12")]
        let asked = asked.in_connection(&engine.negotiated, R::common(_config));
        #[cfg(feature = "psk")]
        let asked = asked.with_origin(&engine.negotiated, R::common(_config), engine.past.origin_mut());
        offer((R::OWN, what), message, &mut engine.answer, asked)
    }
}
