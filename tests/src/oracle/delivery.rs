//! What the peer is delivered of the tested end's stream.

use std::collections::VecDeque;

use super::model::{Delivery, Predicted};
use super::stream::Received;
use super::trace::Span;

/// The stream so far, as predicted or, where that is not, as seen.
#[derive(Clone, Debug)]
pub(super) struct Delivered {
    pub(super) stream: Received,
    /// What is on its way.
    waiting: VecDeque<Span>,
}

impl Delivered {
    pub(super) fn new() -> Self {
        Self { stream: Received::from_tested(), waiting: VecDeque::new() }
    }

    /// Takes what an operation delivers: in a renegotiation of the peer's own as much as was seen, of what there is.
    pub(super) fn follow(&mut self, predicted: &Predicted, seen: Option<usize>) {
        if predicted.delivered.is_none() {
            return;
        }
        self.waiting.extend(&predicted.delivered_data);
        let end = match predicted.delivery {
            Delivery::Known => usize::MAX,
            Delivery::AsSeen => seen.unwrap_or_default(),
        };
        while self.stream.count < end
            && let Some(span) = self.waiting.pop_front()
        {
            let length = span.length.min(end - self.stream.count);
            self.stream.add_span(Span { length, ..span });
            if length < span.length {
                let (offset, length) = (span.offset + length, span.length - length);
                self.waiting.push_front(Span { offset, length, ..span });
            }
        }
    }
}
