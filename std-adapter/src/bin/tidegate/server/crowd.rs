//! At most so many at once.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long those who are present may stay once the server stops.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
struct State {
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Clone, Copy, Debug, Default)]
struct Now {
    present: u32,
    stopped: bool,
}

/// Those who are served now.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    state: Arc<State>,
    limit: u32,
}

/// The place of one of them, free again when dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<State>);

/// Whether a stop was the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    First,
    Again,
}

impl Crowd {
    pub(super) fn new(limit: u32) -> Self {
        Self { state: Arc::default(), limit }
    }

    /// Waits for a place; none once the server stops.
    pub(super) fn enter(&self) -> Option<Place> {
        let mut now = self.wait_while(|now| now.present >= self.limit && !now.stopped);
        if now.stopped {
            return None;
        }
        now.present += 1;
        Some(Place(Arc::clone(&self.state)))
    }

    /// Lets nobody enter any more, and wakes whoever waits.
    pub(super) fn stop(&self) -> Stop {
        let mut now = self.state.lock();
        let before = std::mem::replace(&mut now.stopped, true);
        self.state.changed.notify_all();
        if before { Stop::Again } else { Stop::First }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.state.lock().stopped
    }

    /// Waits for those who are present: as long as it takes, but for a few seconds only once the server stops.
    pub(super) fn wait_until_empty(&self) {
        let now = self.wait_while(|now| now.present > 0 && !now.stopped);
        let left = self.state.changed.wait_timeout_while(now, GRACE, |now| now.present > 0);
        drop(left.unwrap_or_else(PoisonError::into_inner));
    }

    fn wait_while(&self, waits: impl Fn(Now) -> bool) -> MutexGuard<'_, Now> {
        let waited = self.state.changed.wait_while(self.state.lock(), |now| waits(*now));
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().present -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Crowd, Stop};

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

    #[test]
    fn a_stop_wakes_who_waits_for_a_place() {
        let crowd = Crowd::new(1);
        let place = crowd.enter();
        assert!(place.is_some());
        let other = crowd.clone();
        let waiting = std::thread::spawn(move || other.enter().is_none());
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert_eq!((crowd.stop(), crowd.stop()), (Stop::First, Stop::Again));
        assert!(waiting.join().unwrap());
    }
}
