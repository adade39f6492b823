//! At most so many at once.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

#[derive(Debug)]
struct State {
    present: Mutex<u32>,
    changed: Condvar,
}

/// Those who are served now.
#[derive(Debug)]
pub(super) struct Crowd {
    state: Arc<State>,
    limit: u32,
}

/// The place of one of them, free again when dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<State>);

impl Crowd {
    pub(super) fn new(limit: u32) -> Self {
        Self { state: Arc::new(State { present: Mutex::new(0), changed: Condvar::new() }), limit }
    }

    /// Waits for a place.
    pub(super) fn enter(&self) -> Place {
        *self.wait_until(|present| present < self.limit) += 1;
        Place(Arc::clone(&self.state))
    }

    pub(super) fn wait_until_empty(&self) {
        drop(self.wait_until(|present| present == 0));
    }

    fn wait_until(&self, enough: impl Fn(u32) -> bool) -> std::sync::MutexGuard<'_, u32> {
        let present = self.state.present.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.state.changed.wait_while(present, |present| !enough(*present));
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.present.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Crowd;

    #[test]
    fn a_place_is_free_again_when_it_is_left() {
        let crowd = Crowd::new(1);
        let place = crowd.enter();
        let leaver = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            drop(place);
        });
        drop(crowd.enter());
        crowd.wait_until_empty();
        leaver.join().unwrap();
    }
}
