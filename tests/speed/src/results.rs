//! All that was measured, to be kept and shown.

use serde_json::{Value, json};

use crate::allocations::Allocations;
use crate::bars::Bar;
use crate::bench::{Row, Unit};
use crate::measure::{Measured, Series};
use crate::shares::Share;
use crate::stacks::KEEPING;
use crate::statistics::{Ratio, best_decile, median};

/// Everything.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// The rows, each with a series for each column.
    pub(crate) rows: Vec<(Row, Vec<Series>)>,
    /// Who was left out where, and why.
    pub(crate) absent: Vec<String>,
    /// Where the time of a full handshake is.
    pub(crate) shares: Vec<Share>,
    /// Allocations for a record.
    pub(crate) allocations: Vec<Allocations>,
    /// How many rounds there were.
    pub(crate) rounds: usize,
}

impl Results {
    /// Adds what came out of a bench.
    pub(crate) fn add(&mut self, measured: Measured) {
        self.rows.extend(measured.rows);
        for absent in measured.absent {
            if !self.absent.contains(&absent) {
                self.absent.push(absent);
            }
        }
    }

    /// The series of a row.
    pub(crate) fn row(&self, name: &str) -> Option<&[Series]> {
        self.rows.iter().find(|(row, _)| row.name == name).map(|(_, series)| &series[..])
    }

    /// For programs.
    pub(crate) fn json(&self, bars: &[Bar]) -> Value {
        let series = |series: &Series| {
            let [median, best] =
                [series.median(), best_decile(&series.seconds)].map(|s| (s * 1e10).round() / 10.0);
            json!({ "name": series.column, "median": median, "best decile": best })
        };
        let row = |(row, all): &(Row, Vec<Series>)| {
            let series: Vec<_> = all.iter().map(series).collect();
            json!({ "name": row.name, "unit": row.unit.name(), "series": series })
        };
        json!({
            "rounds": self.rounds,
            "times": "nanoseconds of one",
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
            "shares": self.shares.iter().map(Share::json).collect::<Vec<_>>(),
            "allocations": self.allocations.iter().map(Allocations::json).collect::<Vec<_>>(),
            "bars": bars.iter().map(Bar::json).collect::<Vec<_>>(),
            "absent": self.absent,
        })
    }
}

impl Unit {
    /// What is said of it.
    pub(crate) fn name(self) -> &'static str {
        if self == Self::Handshake { "per second" } else { "MB/s" }
    }

    /// How much of it is done in a second.
    pub(crate) fn speed(self, seconds: f64) -> f64 {
        match self {
            Self::Handshake => 1.0 / seconds,
            Self::Record(length) => length as f64 / seconds / 1e6,
        }
    }
}

/// Whose a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Ours.
    Ours,
    /// An AEAD alone.
    Bare,
    /// Another implementation's.
    Peers,
}

impl Series {
    /// Whose it is.
    pub(crate) fn whose(&self) -> Whose {
        match self.column.split([' ', ',']).next() {
            Some("tidegate") => Whose::Ours,
            Some("bare") => Whose::Bare,
            _ => Whose::Peers,
        }
    }

    /// The library for cryptography, where it is named.
    pub(crate) fn library(&self) -> Option<&str> {
        let name = self.column.split(',').next()?;
        name.split(' ').nth(1)
    }

    /// Whether it is ours where it remembers the signatures of certificates, which stands apart.
    pub(crate) fn keeps_signatures(&self) -> bool {
        self.column.ends_with(KEEPING)
    }

    /// The median of its seconds.
    pub(crate) fn median(&self) -> f64 {
        median(&self.seconds)
    }

    /// How many times as fast it is as another.
    pub(crate) fn against(&self, other: &Self) -> Ratio {
        Ratio::new(&self.seconds, &other.seconds)
    }
}

/// The fastest of some, by their medians.
pub(crate) fn fastest<'a>(series: impl Iterator<Item = &'a Series>) -> Option<&'a Series> {
    series.min_by(|one, other| one.median().total_cmp(&other.median()))
}
