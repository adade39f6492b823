//! What is to be reached.

use serde_json::{Value, json};

use crate::bench::SUITES;
use crate::results::{Results, Whose, fastest};
use crate::statistics::Ratio;

/// A bar, and how we stand to it.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    /// The row.
    pub(crate) row: String,
    /// Which of ours.
    pub(crate) ours: String,
    /// Whom it is held against.
    pub(crate) other: String,
    /// How many times as fast it is.
    pub(crate) ratio: Ratio,
    /// How many times as fast it should be.
    pub(crate) at_least: f64,
}

impl Bar {
    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "row": self.row,
            "ours": self.ours,
            "other": self.other,
            "ratio": self.ratio.median,
            "interval": self.ratio.interval,
            "best deciles": self.ratio.best,
            "at least": self.at_least,
            "met": self.ratio.reaches(self.at_least),
        })
    }
}

/// Whom ours is held against.
#[derive(Clone, Copy)]
enum Against {
    /// The fastest other implementation.
    BestPeer,
    /// Ours, by ours where it remembers the signatures of certificates.
    Ours,
    /// The fastest interface of rustls over the library that is fastest there.
    SameLibrary,
    /// rustls over RustCrypto, by ours over RustCrypto.
    RustCrypto,
    /// The AEAD of each library, by ours over it, in place.
    Bare,
}

/// All bars of the rows that were measured.
pub(crate) fn bars(results: &Results) -> Vec<Bar> {
    let mut bars = Vec::new();
    let mut add = |row: &str, against, at_least| bars.extend(held(results, row, against, at_least));
    for (_, suite) in SUITES {
        for way in ["send", "receive"] {
            let (long, short) = (format!("{suite} 16 kB {way}"), format!("{suite} 1 kB {way}"));
            let is_chacha = suite.starts_with("ChaCha");
            add(&long, Against::BestPeer, if is_chacha { 0.95 } else { 1.1 });
            if !is_chacha {
                add(&short, Against::BestPeer, 1.3);
            }
            add(&long, Against::RustCrypto, 1.1);
            add(&short, Against::RustCrypto, 1.1);
        }
        if !suite.starts_with("ChaCha") {
            add(&format!("{suite} 16 kB send"), Against::Bare, 0.95);
            add(&format!("{suite} 16 kB open"), Against::Bare, 0.95);
        }
    }
    add("full handshakes", Against::BestPeer, 1.08);
    add("full handshakes", Against::Ours, 1.3);
    add("full handshakes", Against::SameLibrary, 1.08);
    add("full handshakes, server", Against::BestPeer, 1.1);
    add("resumptions", Against::BestPeer, 1.2);
    add("resumptions", Against::RustCrypto, 1.1);
    bars
}

fn held(results: &Results, row: &str, against: Against, at_least: f64) -> Vec<Bar> {
    let all = results.row(row).unwrap_or_default();
    let of = |whose| all.iter().filter(move |series| series.whose() == whose);
    // With the adapter's own choice of libraries.
    let chosen = |keeps| {
        let own = of(Whose::Ours).filter(|series| series.library().is_none());
        fastest(own.filter(move |series| series.keeps_signatures() == keeps))
    };
    let pairs: Vec<_> = match against {
        Against::BestPeer => chosen(false).zip(fastest(of(Whose::Peers))).into_iter().collect(),
        Against::Ours => chosen(true).zip(chosen(false)).into_iter().collect(),
        Against::SameLibrary => ["aws-lc", "ring", "graviola"]
            .into_iter()
            .filter_map(|library| {
                let with = |whose| fastest(of(whose).filter(|series| series.library() == Some(library)));
                with(Whose::Ours).zip(with(Whose::Peers))
            })
            .collect(),
        Against::RustCrypto => {
            let with = |whose| fastest(of(whose).filter(|series| series.library() == Some("rustcrypto")));
            with(Whose::Ours).zip(with(Whose::Peers)).into_iter().collect()
        }
        Against::Bare => of(Whose::Ours)
            .filter(|ours| ours.column.ends_with("in place"))
            .filter_map(|ours| Some((ours, of(Whose::Bare).find(|bare| bare.library() == ours.library())?)))
            .collect(),
    };
    let bar = |(ours, other): (&crate::measure::Series, &crate::measure::Series)| Bar {
        row: String::from(row),
        ours: ours.column.clone(),
        other: other.column.clone(),
        ratio: ours.against(other),
        at_least,
    };
    pairs.into_iter().map(bar).collect()
}
