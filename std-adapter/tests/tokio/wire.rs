//! A transport in memory that is polled. As a socket does, it knows one task for each direction: the one that polled last.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::narrow::Random;

/// One direction.
#[derive(Default)]
struct Direction {
    bytes: VecDeque<u8>,
    reader: Option<Waker>,
    writer: Option<Waker>,
    ended: bool,
}

/// How the transport is for now.
#[derive(Clone, Copy)]
pub(crate) struct Width {
    /// Bytes that pass at a time, at most.
    pub(crate) step: usize,
    /// Bytes that are under way, at most.
    pub(crate) most: usize,
    /// Of how many polls one is pending for no reason; 0 for none.
    pub(crate) whims: usize,
}

impl Width {
    pub(crate) const WIDE: Self = Self { step: usize::MAX, most: usize::MAX, whims: 0 };
    pub(crate) const NARROW: Self = Self { step: 1, most: 40, whims: 3 };
}

/// How often it was polled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Polls {
    pub(crate) reads: usize,
    pub(crate) writes: usize,
    pub(crate) flushes: usize,
    pub(crate) shutdowns: usize,
}

/// One end.
pub(crate) struct Wire {
    random: Random,
    width: Rc<Cell<Width>>,
    polls: Rc<Cell<Polls>>,
    there: Rc<RefCell<Direction>>,
    back: Rc<RefCell<Direction>>,
}

impl Wire {
    pub(crate) fn pair(seed: u64, width: Width) -> [Self; 2] {
        let (one, other) = (Rc::<RefCell<Direction>>::default(), Rc::default());
        let (random, width) = (Random::new(seed), Rc::new(Cell::new(width)));
        let end = |there: &Rc<_>, back: &Rc<_>| Self {
            random: random.clone(),
            width: Rc::clone(&width),
            polls: Rc::default(),
            there: Rc::clone(there),
            back: Rc::clone(back),
        };
        [end(&one, &other), end(&other, &one)]
    }

    pub(crate) fn polls(&self) -> Polls {
        self.polls.get()
    }

    pub(crate) fn set_width(&self, width: Width) {
        self.width.set(width);
    }

    /// Ends the way there, without a word.
    pub(crate) fn cut(&self) {
        let mut there = self.there.borrow_mut();
        there.ended = true;
        there.reader.take().into_iter().for_each(Waker::wake);
    }

    /// Bytes that are under way.
    pub(crate) fn sent(&self) -> Vec<u8> {
        self.there.borrow().bytes.iter().copied().collect()
    }

    fn note(&self, poll: impl FnOnce(&mut Polls)) {
        let mut polls = self.polls.get();
        poll(&mut polls);
        self.polls.set(polls);
    }

    /// Not now, and the task is told at once to come again.
    fn has_whim(&self, context: &Context<'_>) -> bool {
        let whims = self.width.get().whims;
        let whim = whims > 0 && self.random.below(whims) == 0;
        if whim {
            context.waker().wake_by_ref();
        }
        whim
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.note(|polls| polls.reads += 1);
        if self.has_whim(context) {
            return Poll::Pending;
        }
        let mut back = self.back.borrow_mut();
        if back.bytes.is_empty() && !back.ended {
            back.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        for _ in 0..self.width.get().step.min(out.remaining()).min(back.bytes.len()) {
            out.put_slice(&[back.bytes.pop_front().unwrap()]);
        }
        back.writer.take().into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.note(|polls| polls.writes += 1);
        if self.has_whim(context) {
            return Poll::Pending;
        }
        let mut there = self.there.borrow_mut();
        let Width { step, most, .. } = self.width.get();
        let count = data.len().min(step).min(most.saturating_sub(there.bytes.len()));
        if count == 0 {
            there.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        there.bytes.extend(&data[..count]);
        there.reader.take().into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.note(|polls| polls.flushes += 1);
        if self.has_whim(context) { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.note(|polls| polls.shutdowns += 1);
        self.cut();
        Poll::Ready(Ok(()))
    }
}
