//! Messages of all types, as real ends say them.

use std::collections::BTreeMap;

use tidegate::wire::enums::ContentType;

use super::stimulus::Stimulus;
use crate::insider::{Ground, Insider, Scenario, Version, pass};

/// A message of each type that is said in some scenario.
#[derive(Debug, Default)]
pub(super) struct Samples {
    tls12: BTreeMap<Stimulus, Vec<u8>>,
    tls13: BTreeMap<Stimulus, Vec<u8>>,
}

impl Samples {
    /// Those of all scenarios: the first of each type.
    pub(super) fn new() -> Self {
        let mut samples = Self::default();
        for scenario in Scenario::ALL {
            let of_version = match scenario.version() {
                Version::Tls12 => &mut samples.tls12,
                Version::Tls13 => &mut samples.tls13,
            };
            Insider::new(&Ground::new(scenario)).play(&mut |item| {
                let message = (item.kind == ContentType::HANDSHAKE).then_some(&item.content);
                if let Some(stimulus) = message.and_then(|message| Stimulus::of(message)) {
                    of_version.entry(stimulus).or_insert_with(|| item.content.clone());
                }
                pass(item)
            });
        }
        samples
    }

    /// As this version has it; as the other one does, where it has none.
    pub(super) fn get(&self, stimulus: Stimulus, version: Version) -> Vec<u8> {
        let (own, other) = match version {
            Version::Tls12 => (&self.tls12, &self.tls13),
            Version::Tls13 => (&self.tls13, &self.tls12),
        };
        own.get(&stimulus).or_else(|| other.get(&stimulus)).expect("said in some scenario").clone()
    }
}
