//! What is measured, and the rows that come of it.

use std::time::{Duration, Instant};

use tidegate::wire::enums::CipherSuite;
use tidegate_tests::pki::Pki;

use crate::stack::{End, Failure, Form, Kind, Setup, Stack, connect, handshake};

/// How long a slice should take: less than a scheduler gives at once, so that most slices are whole.
const SLICE: Duration = Duration::from_millis(1);
/// Bytes of records that move at once.
const BATCH: usize = 64 * 1024;
/// Most records that move at once.
const MOST: usize = 200;

/// What is measured of each implementation in a slice of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bench {
    /// Handshakes: of both ends, and of each.
    Handshakes(Kind),
    /// Records with this suite and so many bytes of data: sent and received.
    Records(CipherSuite, usize),
}

/// What a value is a time of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// One handshake.
    Handshake,
    /// A record with so many bytes.
    Record(usize),
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: String,
    /// What is timed.
    pub(crate) unit: Unit,
}

/// The lengths of data in records.
pub(crate) const LENGTHS: [usize; 3] = [16384, 1024, 64];

/// The suites, and their names.
pub(crate) const SUITES: [(CipherSuite, &str); 3] = [
    (CipherSuite::TLS_AES_128_GCM_SHA256, "AES-128-GCM"),
    (CipherSuite::TLS_AES_256_GCM_SHA384, "AES-256-GCM"),
    (CipherSuite::TLS_CHACHA20_POLY1305_SHA256, "ChaCha20-Poly1305"),
];

/// All of them.
pub(crate) fn benches() -> Vec<Bench> {
    let handshakes = [Kind::Full, Kind::Resumed].map(Bench::Handshakes);
    let records = SUITES.iter().flat_map(|(suite, _)| LENGTHS.map(|length| Bench::Records(*suite, length)));
    handshakes.into_iter().chain(records).collect()
}

/// The name of a length.
pub(crate) fn size(length: usize) -> String {
    if length < 1024 { format!("{length} B") } else { format!("{} kB", length / 1024) }
}

impl Bench {
    /// The rows, in the order of what a slice says.
    pub(crate) fn rows(self) -> Vec<Row> {
        match self {
            Self::Handshakes(kind) => {
                let name = if kind == Kind::Full { "full handshakes" } else { "resumptions" };
                let named = |whose| Row { name: format!("{name}{whose}"), unit: Unit::Handshake };
                ["", ", client", ", server"].map(named).into()
            }
            Self::Records(suite, length) => {
                let suite = SUITES.iter().find(|(known, _)| *known == suite).map_or("", |(_, name)| name);
                let named =
                    |way| Row { name: format!("{suite} {} {way}", size(length)), unit: Unit::Record(length) };
                ["send", "receive", "open"].map(named).into()
            }
        }
    }

    /// Where data may be that this is measured with.
    pub(crate) fn forms(self, stack: &dyn Stack) -> &'static [Form] {
        if matches!(self, Self::Records(..)) { stack.forms() } else { &[Form::Copied] }
    }

    /// What implementations are set up with for it.
    pub(crate) fn setup(self, pki: &Pki) -> Setup {
        let (suite, kind) = match self {
            Self::Handshakes(kind) => (CipherSuite::TLS_AES_128_GCM_SHA256, kind),
            Self::Records(suite, _) => (suite, Kind::Full),
        };
        Setup { pki: pki.clone(), trusted: pki.clone(), suite, kind }
    }

    /// How often a slice does it, so that what is timed takes as long as others.
    ///
    /// # Errors
    /// If the handshake fails.
    pub(crate) fn times(self, stack: &mut dyn Stack, form: Form) -> Result<usize, Failure> {
        self.slice(stack, form, 2)?;
        let values = self.slice(stack, form, 4)?;
        let one = match self {
            Self::Handshakes(_) => values[0],
            Self::Records(_, length) => (values[0] + values[1]) * batch(length) as f64,
        };
        Ok(((SLICE.as_secs_f64() / one) as usize).clamp(4, 400))
    }

    /// Does it so many times; seconds for one of each row.
    ///
    /// # Errors
    /// If the handshake fails.
    pub(crate) fn slice(self, stack: &mut dyn Stack, form: Form, times: usize) -> Result<Vec<f64>, Failure> {
        match self {
            Self::Handshakes(_) => handshakes(stack, times),
            Self::Records(_, length) => records(stack, form, (length, times)),
        }
    }
}

fn handshakes(stack: &mut dyn Stack, times: usize) -> Result<Vec<f64>, Failure> {
    let mut spent = [Duration::ZERO; 2];
    let start = Instant::now();
    for _ in 0..times {
        handshake(stack, &mut |end, work| {
            let start = Instant::now();
            let done = work();
            spent[end as usize] += start.elapsed();
            done
        })?;
    }
    let both = start.elapsed();
    let [client, server] = [End::Client, End::Server].map(|end| spent[end as usize]);
    Ok([both, client, server].map(|all| all.as_secs_f64() / times as f64).into())
}

/// How many records move at once.
fn batch(length: usize) -> usize {
    (BATCH / length).min(MOST)
}

/// Each way begins with a batch that is not timed: after a handshake nothing of it is in the caches, and keys are expanded with
/// the first record.
fn records(stack: &mut dyn Stack, form: Form, (length, times): (usize, usize)) -> Result<Vec<f64>, Failure> {
    let (data, count) = (vec![7; length], batch(length));
    let mut spent = [Duration::ZERO; 3];
    connect(stack)?;
    stack.send(form, &data, count);
    let start = Instant::now();
    for _ in 0..times {
        stack.send(form, &data, count);
    }
    spent[0] = start.elapsed();
    // What was sent is gone: the server would miss it.
    connect(stack)?;
    for time in 0..=times {
        stack.prepare(&data, count);
        let start = Instant::now();
        stack.arrive();
        let arrived = Instant::now();
        stack.receive(form, length, count);
        let done = Instant::now();
        if time > 0 {
            spent[1] += done - start;
            spent[2] += done - arrived;
        }
    }
    Ok(spent.map(|all| all.as_secs_f64() / (times * count) as f64).into())
}
