//! An executor that polls only who was woken, in an order of chance, and says so when nobody is.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use crate::random::Random;

/// More polls than any test needs.
const PATIENCE: usize = 20_000_000;

#[derive(Default)]
struct Woken {
    is_woken: AtomicBool,
    above: Mutex<Option<Waker>>,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::SeqCst);
        if let Some(waker) = self.above.lock().unwrap().take() {
            waker.wake();
        }
    }
}

struct Task<'a> {
    future: Pin<Box<dyn Future<Output = ()> + 'a>>,
    woken: Arc<Woken>,
}

/// Futures, each with a waker of its own; done when all are.
pub(crate) struct Tasks<'a> {
    tasks: Vec<Task<'a>>,
    random: Random,
}

impl<'a> Tasks<'a> {
    pub(crate) const fn new(random: Random) -> Self {
        Self { tasks: Vec::new(), random }
    }

    pub(crate) fn with(mut self, task: impl Future<Output = ()> + 'a) -> Self {
        let woken = Woken { is_woken: AtomicBool::new(true), above: Mutex::default() };
        self.tasks.push(Task { future: Box::pin(task), woken: Arc::new(woken) });
        self
    }

    pub(crate) fn run(self) {
        block_on(self);
    }
}

impl Future for Tasks<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        for task in &self.tasks {
            *task.woken.above.lock().unwrap() = Some(context.waker().clone());
        }
        loop {
            let awake: Vec<usize> = (0..self.tasks.len())
                .filter(|at| self.tasks[*at].woken.is_woken.load(Ordering::SeqCst))
                .collect();
            if self.tasks.is_empty() {
                return Poll::Ready(());
            }
            if awake.is_empty() {
                return Poll::Pending;
            }
            let at = self.random.one_of(&awake);
            let Task { future, woken } = &mut self.tasks[at];
            woken.is_woken.store(false, Ordering::SeqCst);
            let waker = Waker::from(Arc::clone(woken));
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                drop(self.tasks.swap_remove(at));
            } else if self.random.once_in(4) {
                // Others get their turn.
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    }
}

/// Polls a future whenever it was woken. On its own nothing else can wake it: who sleeps sleeps for ever.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    for _ in 0..PATIENCE {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return result;
        }
        assert!(woken.is_woken.swap(false, Ordering::SeqCst), "everybody waits, and nobody wakes them");
    }
    panic!("this goes on for ever");
}

/// The future's result, unless it is dropped after so many polls.
pub(crate) async fn within<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Lets others go first.
pub(crate) async fn yield_now() {
    let mut is_first = true;
    poll_fn(|context| {
        if std::mem::take(&mut is_first) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}
