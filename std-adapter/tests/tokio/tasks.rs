//! An executor that polls nobody who was not woken, so that a task which nobody wakes is seen.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crate::narrow::Random;

/// Whether a task was woken, and how often.
#[derive(Default)]
pub(crate) struct Flag {
    woken: AtomicBool,
    count: AtomicUsize,
}

impl Flag {
    pub(crate) fn new() -> (Arc<Self>, Waker) {
        let flag = Arc::<Self>::default();
        (Arc::clone(&flag), Waker::from(flag))
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}

type Task<'a> = (Pin<Box<dyn Future<Output = ()> + 'a>>, Arc<Flag>, &'static str);

/// What runs.
pub(crate) struct Tasks<'a> {
    random: Random,
    tasks: RefCell<Vec<Task<'a>>>,
}

/// Whether somebody is polled now and then who was not woken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spurious {
    Never,
    Sometimes,
}

impl<'a> Tasks<'a> {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), tasks: RefCell::default() }
    }

    pub(crate) fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + 'a) {
        let (flag, _) = Flag::new();
        flag.woken.store(true, Ordering::Relaxed);
        self.tasks.borrow_mut().push((Box::pin(task), flag, name));
    }

    /// Polls whoever was woken, in any order, until all are done.
    pub(crate) fn run(&self, spurious: Spurious) {
        let mut tasks = self.tasks.borrow_mut();
        while !tasks.is_empty() {
            let woken: Vec<usize> =
                (0..tasks.len()).filter(|&task| tasks[task].1.woken.load(Ordering::Relaxed)).collect();
            let names: Vec<_> = tasks.iter().map(|task| task.2).collect();
            assert!(!woken.is_empty(), "nobody was woken who could go on: {names:?}");
            let mut chosen = woken[self.random.below(woken.len())];
            if spurious == Spurious::Sometimes && self.random.below(4) == 0 {
                chosen = self.random.below(tasks.len());
            }
            let (future, flag, _) = &mut tasks[chosen];
            flag.woken.store(false, Ordering::Relaxed);
            let waker = Waker::from(Arc::clone(flag));
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                drop(tasks.remove(chosen));
            }
        }
    }
}

/// The outcome of a future, if it has one after so many polls; then it is dropped.
pub(crate) fn within<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..polls).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    })
}
