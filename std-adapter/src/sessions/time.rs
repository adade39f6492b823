//! What time it is for sessions.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use pki_types::UnixTime;

/// Tells the time: this machine does, unless something else was given.
#[derive(Clone, Default)]
pub struct Time(Option<Arc<dyn Fn() -> SystemTime + Send + Sync>>);

impl Time {
    /// What this says.
    pub(crate) fn told_by(clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(clock)))
    }

    /// The time; none before 1970.
    pub(crate) fn now(&self) -> Option<UnixTime> {
        let now = self.0.as_ref().map_or_else(SystemTime::now, |clock| clock());
        now.duration_since(SystemTime::UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Time").finish_non_exhaustive()
    }
}
