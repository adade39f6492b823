//! Who answers what a connection asks.

use crate::connection::Event;
use crate::driver::{Keys, Verify, answer_client, answer_server};

/// Answers the asks of a connection.
///
/// [`ClientAnswers`] and [`ServerAnswers`] do so from the traits of [`driver`](crate::driver); a function may do anything else,
/// and a closure that goes through [`answering`], such as deferring an ask until a secure element is ready. An ask that comes
/// back is [declined](crate::driver::decline).
pub trait Answer {
    /// Answers an ask; other events come back. Tickets that reads meet come here as well (feature `psk`). One that is no
    /// ask and does not come back is lost, and data that does not would be offered for ever.
    fn answer<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>>;
}

impl<F: for<'a> FnMut(Event<'a>) -> Option<Event<'a>>> Answer for F {
    fn answer<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        self(event)
    }
}

/// A closure that answers. It comes back as it was: written as this function's argument, the compiler sees that the event that
/// it gives back is the one that it was given.
///
/// ```
/// use tidegate::Event;
/// use tidegate::embedded::{Answer, answering};
///
/// fn later() -> impl Answer {
///     answering(|event| match event {
///         Event::Sign(ask) => {
///             ask.defer(); // until `resume_ask`, when the secure element is ready
///             None
///         }
///         other => Some(other),
///     })
/// }
/// ```
pub const fn answering<F: for<'a> FnMut(Event<'a>) -> Option<Event<'a>>>(answer: F) -> F {
    answer
}

/// A client's answers: whom it trusts.
#[derive(Clone, Copy, Debug)]
pub struct ClientAnswers<V>(pub V);

impl<V: Verify> Answer for ClientAnswers<V> {
    fn answer<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        answer_client(event, &self.0)
    }
}

/// A server's answers: its keys.
#[derive(Clone, Copy, Debug)]
pub struct ServerAnswers<K>(pub K);

impl<K: Keys> Answer for ServerAnswers<K> {
    fn answer<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        answer_server(event, &self.0)
    }
}
