//! Medians, intervals, deciles.

/// How one series stands to another, by what they do in a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ratio {
    /// The median of the ratios of each round.
    pub(crate) median: f64,
    /// The median's interval, of 95 percent.
    pub(crate) interval: [f64; 2],
    /// The ratio of the best deciles.
    pub(crate) best: f64,
}

impl Ratio {
    /// How many times as fast the first is, by its seconds and those of the other in the same rounds.
    pub(crate) fn new(seconds: &[f64], others: &[f64]) -> Self {
        let ratios = sorted(seconds.iter().zip(others).map(|(own, other)| other / own));
        let [low, high] = interval(ratios.len());
        let best = best_decile(others) / best_decile(seconds);
        Self { median: middle(&ratios), interval: [ratios[low], ratios[high]], best }
    }

    /// Whether it is as much as this, as far as can be said.
    pub(crate) fn reaches(&self, bar: f64) -> bool {
        self.interval[1] >= bar
    }
}

/// The places of the order statistics between which the median of so many lies in at least 95 of 100 cases: those that leave
/// no more than a fortieth of the binomial distribution out on either side.
fn interval(count: usize) -> [usize; 2] {
    let (mut chance, mut sum, mut low) = (0.5_f64.powi(count.min(1000) as i32), 0.0, 0);
    for at in 0..count {
        sum += chance;
        if sum > 0.025 {
            low = at;
            break;
        }
        chance *= (count - at) as f64 / (at + 1) as f64;
    }
    let low = low.saturating_sub(1).min(count / 2);
    [low, count.saturating_sub(low + 1)]
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }
}

/// The median.
pub(crate) fn median(values: &[f64]) -> f64 {
    middle(&sorted(values.iter().copied()))
}

/// The value that a tenth of them are below.
pub(crate) fn best_decile(values: &[f64]) -> f64 {
    let sorted = sorted(values.iter().copied());
    sorted[(sorted.len() - 1) / 10]
}

#[cfg(test)]
mod tests {
    use super::{Ratio, interval, median};

    #[test]
    fn a_median_of_an_even_count_lies_between() {
        assert_eq!(median(&[3.0, 1.0]), 2.0);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
    }

    #[test]
    fn the_interval_is_that_of_the_tables() {
        // The 10th and the 22nd of 31, the 40th and the 61st of 100.
        assert_eq!(interval(31), [9, 21]);
        assert_eq!(interval(100), [39, 60]);
        assert_eq!(interval(1), [0, 0]);
    }

    #[test]
    fn twice_as_fast_is_two_whatever_the_machine_does_meanwhile() {
        let own: Vec<_> = (0..31).map(|round| 1.0 + f64::from(round)).collect();
        let others: Vec<_> = own.iter().map(|seconds| 2.0 * seconds).collect();
        let ratio = Ratio::new(&own, &others);
        assert_eq!((ratio.median, ratio.interval, ratio.best), (2.0, [2.0, 2.0], 2.0));
        assert!(ratio.reaches(2.0) && !ratio.reaches(2.1));
    }
}
