//! What of an operation is compared.

use super::model::{Predicted, Row};
use super::stream::Received;
use super::trace::{Results, WireRecord};

/// An operation that went otherwise than recorded and than predicted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What was recorded.
    pub recorded: Compared,
    /// What came of it.
    pub observed: Compared,
    /// What was predicted, and by which deviations so far.
    pub predicted: (Compared, Vec<Row>),
    /// What makes it a difference whatever the results are.
    pub because: Option<&'static str>,
}

/// What of an operation's results is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    ret: Option<i64>,
    count: Option<usize>,
    value: Option<i64>,
    error: Option<String>,
    want: Option<String>,
    accepted: Option<usize>,
    data: Vec<usize>,
    read: Option<usize>,
    read_wrong: bool,
    shutdown: Option<i64>,
    fatal: Option<bool>,
    mode: Option<i64>,
    delivered: Option<(usize, u64)>,
}

impl Compared {
    /// The recorded or observed results of an operation.
    #[must_use]
    pub fn of(results: &Results) -> Self {
        let data = |record: &WireRecord| match record {
            WireRecord::Data(length) => Some(*length),
            WireRecord::Handshake | WireRecord::Alert | WireRecord::ChangeCipherSpec => None,
        };
        Self {
            ret: results.ret,
            count: results.count,
            value: results.value,
            error: results.error.clone(),
            want: results.want.clone(),
            accepted: results.accepted,
            data: results.wire.iter().filter_map(data).collect(),
            read: results.read,
            read_wrong: results.read_wrong,
            shutdown: results.state.map(|state| state.shutdown),
            fatal: results.state.map(|state| state.fatal),
            mode: results.state.map(|state| state.mode),
            delivered: results.delivered.zip(results.delivered_hash),
        }
    }

    /// Whether something was delivered, or could have been.
    pub(super) const fn is_by_peer(&self) -> bool {
        self.delivered.is_some()
    }

    /// What is predicted of an operation: the same fields as those that were recorded.
    pub(super) fn predicted(predicted: &Predicted, stream: &Received, like: &Self) -> Self {
        Self {
            ret: predicted.ret,
            count: predicted.count,
            value: predicted.value,
            error: predicted.error.map(str::to_owned),
            want: predicted.want.map(str::to_owned),
            accepted: like.accepted.map(|_| predicted.accepted),
            data: predicted.wire.clone(),
            read: like.read.map(|_| predicted.read),
            read_wrong: false,
            shutdown: like.shutdown.map(|_| predicted.shutdown.into()),
            fatal: like.fatal.map(|_| predicted.fatal),
            mode: like.mode.map(|_| predicted.mode.into()),
            delivered: like.delivered.map(|_| (stream.count, stream.hash)),
        }
    }
}
