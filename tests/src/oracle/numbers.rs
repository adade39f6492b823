//! Random numbers that a seed determines.

/// The generator splitmix64.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// From a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }

    /// Whether something happens that does so in `percent` of all cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<V: Copy>(&mut self, values: &[V]) -> V {
        values[self.below(values.len())]
    }

    /// One of several, by their weights; `None` if all are 0.
    pub fn weigh<V: Copy>(&mut self, weights: &[(usize, V)]) -> Option<V> {
        let total: usize = weights.iter().map(|(weight, _)| weight).sum();
        let mut place = self.below(total.max(1));
        weights.iter().find_map(|(weight, value)| {
            let is_here = place < *weight;
            place = place.saturating_sub(*weight);
            is_here.then_some(*value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut numbers = Numbers::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| numbers.next()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn weights_say_how_often_each_comes() {
        let mut numbers = Numbers::new(7);
        let mut counts = [0; 3];
        for _ in 0..4000 {
            counts[numbers.weigh(&[(1, 0_usize), (0, 1), (3, 2)]).unwrap()] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((900..1100).contains(&counts[0]), "{counts:?}");
        assert_eq!(numbers.weigh(&[(0, 1)]), None);
    }
}
