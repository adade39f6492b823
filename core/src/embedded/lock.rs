//! One owner at a time, of two tasks on one executor.

use core::cell::{Cell, RefCell, RefMut};
use core::future::poll_fn;
use core::ops::{Deref, DerefMut};
use core::task::{Context, Poll, Waker};

/// What one task waits for and the other brings about.
#[derive(Default)]
pub(super) struct Notice(Cell<Option<Waker>>);

impl Notice {
    pub(super) const fn new() -> Self {
        Self(Cell::new(None))
    }

    /// The next [`Notice::give`] wakes this task.
    pub(super) fn wait(&self, context: &Context<'_>) {
        self.0.set(Some(context.waker().clone()));
    }

    pub(super) fn give(&self) {
        if let Some(waker) = self.0.take() {
            waker.wake();
        }
    }
}

/// A value that two tasks take turns with. One of them waits at most: the other has the value, or does not want it.
pub(super) struct Lock<T> {
    value: RefCell<T>,
    freed: Notice,
}

impl<T> Lock<T> {
    pub(super) const fn new(value: T) -> Self {
        Self { value: RefCell::new(value), freed: Notice::new() }
    }

    pub(super) fn into_inner(self) -> T {
        self.value.into_inner()
    }

    /// Waits until this is true, and looks again whenever the other task has let go.
    pub(super) async fn freed_until(&self, is_time: impl Fn() -> bool) {
        poll_fn(|context| {
            if is_time() {
                return Poll::Ready(());
            }
            self.freed.wait(context);
            Poll::Pending
        })
        .await;
    }

    /// Waits until the other task has let go.
    pub(super) async fn lock(&self) -> Held<'_, T> {
        poll_fn(|context| {
            if let Ok(value) = self.value.try_borrow_mut() {
                return Poll::Ready(Held { value, _freed: Freed(&self.freed) });
            }
            self.freed.wait(context);
            Poll::Pending
        })
        .await
    }
}

/// The value, until this is dropped: first the value is let go, then the other task hears of it.
pub(super) struct Held<'a, T> {
    value: RefMut<'a, T>,
    _freed: Freed<'a>,
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Held<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

struct Freed<'a>(&'a Notice);

impl Drop for Freed<'_> {
    fn drop(&mut self) {
        self.0.give();
    }
}
