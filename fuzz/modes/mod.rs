//! What the machines are told, and for each what its answers must agree with.

pub(crate) mod reads;
pub(crate) mod releases;
pub(crate) mod shutdowns;
pub(crate) mod writes;

use tidegate::modes::{Completion, Control, Handshake, Modes, ReadAhead, Terms, UnexpectedEnd, Writing};

/// Choices, one byte each; 0 at the end.
pub(crate) struct Script<'a>(pub(crate) &'a [u8]);

impl Script<'_> {
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn next(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        byte
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.next()) % choices.len()]
    }

    /// A length: mostly small, and as long as there are any.
    pub(crate) fn length(&mut self) -> usize {
        match self.next() {
            byte @ ..0xf8 => usize::from(byte % 32),
            byte => usize::MAX - usize::from(byte - 0xf8),
        }
    }

    /// Mostly those of a connection after its handshake.
    pub(crate) fn terms(&mut self, completion: Completion) -> Terms {
        let mut terms = Terms::connected(completion, Modes::default());
        let wish = self.next();
        if wish & 1 == 1 {
            terms.modes = Modes::from_bits(u32::from(self.next()));
        }
        if wish & 2 == 2 {
            terms.split = self.length();
        }
        if wish & 4 == 4 {
            terms.handshake = self.one_of(&[Handshake::InProgress, Handshake::NoRole, Handshake::Done]);
        }
        if wish & 8 == 8 {
            terms.control = self.one_of(&[Control::None, Control::Owed, Control::Queued]);
            terms.writing = self.one_of(&[Writing::Idle, Writing::InSequence, Writing::Over]);
        }
        if wish & 16 == 16 {
            terms.read_ahead = self.one_of(&[ReadAhead::Holds, ReadAhead::Empty]);
            terms.unexpected_end = self.one_of(&[UnexpectedEnd::Ignore, UnexpectedEnd::Fatal]);
        }
        terms
    }

    pub(crate) fn completion(&mut self) -> Completion {
        self.one_of(&[Completion::Drained, Completion::Sealed])
    }
}
