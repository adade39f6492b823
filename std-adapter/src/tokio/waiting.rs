//! Who waits for the transport of a stream.
//!
//! A transport remembers one task for each of its directions: the one that polled it last. But a read may have to write
//! (what the handshake, a KeyUpdate or an alert wants to send), and a write may have to read (a handshake). With the reader and
//! the writer in two tasks, the one would take the other's place. So where both wait, the transport is given a waker for both.

use std::borrow::Cow;
use std::sync::Arc;
use std::task::{Wake, Waker};

use super::polled::WaitsFor;

/// What a task does with a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Reading,
    Writing,
}

/// The tasks that wait.
#[derive(Default)]
pub(super) struct Waiting {
    reader: Option<Waker>,
    writer: Option<Waker>,
    /// Of the last two that waited at once.
    both: Option<Arc<Both>>,
    /// Whether one of them can go on only when what was received is taken.
    on_taking: bool,
}

struct Both(Waker, Waker);

impl Wake for Both {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.wake_by_ref();
        self.1.wake_by_ref();
    }
}

impl Waiting {
    /// What the transport is to wake: this task, and the one of the other half if that waits.
    pub(super) fn waker<'a>(&mut self, half: Half, own: &'a Waker) -> Cow<'a, Waker> {
        let other = match half {
            Half::Reading => &self.writer,
            Half::Writing => &self.reader,
        };
        let Some(other) = other.as_ref().filter(|other| !other.will_wake(own)) else {
            return Cow::Borrowed(own);
        };
        let is_same = |Both(one, another): &Both| {
            (one.will_wake(own) && another.will_wake(other))
                || (one.will_wake(other) && another.will_wake(own))
        };
        let both = match self.both.take() {
            Some(both) if is_same(&both) => both,
            _ => Arc::new(Both(own.clone(), other.clone())),
        };
        Cow::Owned(Waker::from(Arc::clone(self.both.insert(both))))
    }

    /// This task waits.
    pub(super) fn wait(&mut self, half: Half, own: &Waker, waits_for: WaitsFor) {
        match self.slot(half) {
            Some(known) => known.clone_from(own),
            slot => *slot = Some(own.clone()),
        }
        self.on_taking |= waits_for == WaitsFor::Taking;
    }

    /// A task does not wait any more.
    pub(super) fn end(&mut self, half: Half) {
        *self.slot(half) = None;
    }

    /// Something of what was received was taken.
    pub(super) fn taken(&mut self) {
        if std::mem::take(&mut self.on_taking) {
            [&self.reader, &self.writer].into_iter().flatten().for_each(Waker::wake_by_ref);
        }
    }

    const fn slot(&mut self, half: Half) -> &mut Option<Waker> {
        match half {
            Half::Reading => &mut self.reader,
            Half::Writing => &mut self.writer,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use super::{Half, Waiting, WaitsFor};

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Count {
        fn new() -> (Arc<Self>, Waker) {
            let count = Arc::<Self>::default();
            (Arc::clone(&count), Waker::from(count))
        }

        fn get(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn the_transport_wakes_both_where_both_wait_and_one_where_one_does() {
        let ((reader, reads), (writer, writes)) = (Count::new(), Count::new());
        let mut waiting = Waiting::default();
        assert!(waiting.waker(Half::Reading, &reads).will_wake(&reads));
        waiting.wait(Half::Reading, &reads, WaitsFor::Transport);
        assert!(waiting.waker(Half::Writing, &reads).will_wake(&reads), "one task does both");
        let both = waiting.waker(Half::Writing, &writes).into_owned();
        both.wake_by_ref();
        assert_eq!((reader.get(), writer.get()), (1, 1));
        assert!(waiting.waker(Half::Writing, &writes).will_wake(&both), "it is made once");
        waiting.end(Half::Reading);
        assert!(waiting.waker(Half::Writing, &writes).will_wake(&writes));
    }

    #[test]
    fn who_waits_until_something_is_taken_is_woken_when_it_was() {
        let (writer, writes) = Count::new();
        let mut waiting = Waiting::default();
        waiting.wait(Half::Writing, &writes, WaitsFor::Transport);
        waiting.taken();
        assert_eq!(writer.get(), 0);
        waiting.wait(Half::Writing, &writes, WaitsFor::Taking);
        waiting.taken();
        waiting.taken();
        assert_eq!(writer.get(), 1);
    }
}
