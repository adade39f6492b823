//! What is not to be exceeded. Whoever raises a limit says why in its reason.
//!
//! A limit stands for a promise. A measure is what a program took when it was last looked at: it may grow by some percent
//! until somebody has to look at it again, who then writes the new one here (`budget --lines` prints all of them).

use super::program::Program;
use super::{CONNECTION, FLASH, Figures, HANDSHAKE, PARKED, PROTOCOL, RAM, STACK, grouped};

/// By how many percent bytes may exceed their measure.
const MORE_BYTES: u64 = 3;
/// By how many percent instructions may exceed their measure: the peer's random numbers move them by one percent.
const MORE_INSTRUCTIONS: u64 = 5;

/// A promise about a figure.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The programs that it is about: those whose name begins so, unless a longer beginning has a limit for the same figure.
    pub program: &'static str,
    /// The figure.
    pub figure: &'static str,
    /// The most that it may be.
    pub at_most: u64,
    /// What is wished for, where that is less.
    pub wish: Option<u64>,
    /// Why so much.
    pub reason: &'static str,
}

/// What a program took when it was last looked at.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// The program's name.
    pub program: &'static str,
    /// Bytes of flash.
    pub flash: u64,
    /// Bytes of the engine's own code.
    pub protocol: u64,
    /// Bytes of stack and of variables; 0 for a program that is only linked.
    pub ram: u64,
    /// Instructions of its handshake; 0 for a program that is only linked.
    pub handshake: u64,
}

/// What was promised.
pub const LIMITS: &[Limit] = &[
    Limit {
        program: "client ",
        figure: CONNECTION,
        at_most: 600,
        wish: None,
        reason: "a device or server that keeps many idle connections pays this for each",
    },
    Limit {
        program: "server ",
        figure: CONNECTION,
        at_most: 600,
        wish: None,
        reason: "a device or server that keeps many idle connections pays this for each",
    },
    Limit {
        program: "client minimal+tls12 ",
        figure: CONNECTION,
        at_most: 752,
        wish: Some(600),
        reason: "it keeps what renegotiation and sessions need beside",
    },
    Limit {
        program: "client minimal+psk ",
        figure: CONNECTION,
        at_most: 728,
        wish: Some(600),
        reason: "it keeps what its tickets come from and are bound to, and what gives more of them later",
    },
    Limit {
        program: "psk ",
        figure: CONNECTION,
        at_most: 728,
        wish: Some(600),
        reason: "as a client with certificates that may go on with sessions",
    },
    Limit {
        program: "psk ",
        figure: RAM,
        at_most: 18 * 1024,
        wish: None,
        reason: "the smallest firmware: fits a controller with 20 kB",
    },
    Limit {
        program: "psk psk z",
        figure: FLASH,
        at_most: 64 * 1024,
        wish: Some(48_000),
        reason: "the smallest firmware: fits a controller with 64 KiB",
    },
    Limit {
        program: "many ",
        figure: PARKED,
        at_most: 600,
        wish: None,
        reason: "as it says while all of them hold neither buffers nor handshake space",
    },
    Limit {
        program: "client minimal z",
        figure: STACK,
        at_most: 14 * 1024,
        wish: Some(12 * 1024),
        reason: "ECDSA verification on P-256 takes most of it",
    },
    Limit {
        program: "client minimal z",
        figure: RAM,
        at_most: 26 * 1024,
        wish: Some(24 * 1024),
        reason: "with 6 kB for incoming records; fits a controller with 32 kB",
    },
    Limit {
        program: "client minimal+full-records z",
        figure: RAM,
        at_most: 38 * 1024,
        wish: None,
        reason: "with room for records of 16 kB, for peers that know no limit",
    },
    Limit {
        program: "client minimal+mlkem",
        figure: STACK,
        at_most: 38 * 1024,
        wish: Some(24 * 1024),
        reason: "the crate ml-kem holds the matrix and the vectors of a key at once, some of them twice",
    },
    Limit {
        program: "server minimal+mlkem",
        figure: STACK,
        at_most: 38 * 1024,
        wish: Some(24 * 1024),
        reason: "as its client",
    },
    Limit {
        program: "client minimal s",
        figure: HANDSHAKE,
        at_most: 22_000_000,
        wish: None,
        reason: "X25519 and one signature on P-256, under one root",
    },
    Limit {
        program: "client nist s",
        figure: HANDSHAKE,
        at_most: 33_000_000,
        wish: None,
        reason: "the same with the key exchange on P-256, below the best peer",
    },
    Limit {
        program: "client minimal z",
        figure: PROTOCOL,
        at_most: 23_980,
        wish: Some(20_000),
        reason: "what was measured and 2 percent: the engine's steps are 10 kB of it, messages and records 4 kB each",
    },
];

/// What was measured: flash, protocol code, RAM, instructions of the handshake.
pub const MEASURES: &[Measure] = &[
    measure("client minimal s", [115_616, 27_990, 24_336, 20_451_000]),
    measure("client minimal z", [107_444, 23_558, 24_132, 25_257_600]),
    measure("client nist s", [116_876, 29_082, 23_608, 31_659_760]),
    measure("client nist z", [106_788, 23_302, 23_668, 40_363_080]),
    measure("client chacha s", [102_272, 27_822, 25_412, 7_877_080]),
    measure("client chacha z", [94_508, 23_394, 26_472, 9_246_160]),
    measure("client rsa s", [102_584, 28_006, 20_804, 11_379_640]),
    measure("client rsa z", [95_360, 23_526, 21_616, 16_706_880]),
    measure("client web s", [169_216, 27_982, 24_624, 20_653_400]),
    measure("client web z", [153_824, 23_908, 24_832, 25_517_960]),
    measure("client minimal+mlkem s", [128_780, 28_334, 51_028, 30_233_880]),
    measure("client minimal+mlkem z", [124_832, 23_424, 50_388, 40_842_760]),
    measure("psk psk-dhe s", [79_604, 34_746, 17_432, 4_334_840]),
    measure("psk psk-dhe z", [71_724, 28_586, 18_204, 4_974_280]),
    measure("psk psk s", [72_184, 35_084, 17_432, 958_720]),
    measure("psk psk z", [64_460, 28_220, 17_548, 1_156_280]),
    measure("server minimal s", [98_300, 25_954, 21_552, 12_370_800]),
    measure("server minimal z", [90_204, 22_030, 22_576, 14_902_480]),
    measure("server web s", [142_896, 25_784, 24_924, 12_077_560]),
    measure("server web z", [129_312, 22_182, 21_704, 15_016_080]),
    measure("client minimal+full-records z", [109_096, 23_526, 38_440, 25_017_840]),
    measure("client minimal+tls12 z", [124_672, 36_204, 26_648, 25_253_440]),
    measure("client minimal+psk z", [114_448, 28_620, 26_048, 25_205_240]),
    measure("server minimal+mlkem z", [102_748, 21_962, 50_700, 20_805_360]),
    measure("many minimal z", [107_660, 24_002, 40_996, 0]),
    measure("tidegate-firmware minimal z", [132_172, 36_588, 0, 0]),
    measure("tidegate-firmware minimal+tls12 z", [158_792, 60_700, 0, 0]),
];

const fn measure(program: &'static str, [flash, protocol, ram, handshake]: [u64; 4]) -> Measure {
    Measure { program, flash, protocol, ram, handshake }
}

/// A figure, held against what it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The program's name.
    pub program: String,
    /// The figure's name.
    pub figure: &'static str,
    /// What was measured; none where the program does not say.
    pub value: Option<u64>,
    /// The most that it may be.
    pub at_most: u64,
    /// What is wished for, where that is less.
    pub wish: Option<u64>,
    /// Why so much.
    pub reason: &'static str,
    /// What it is held against.
    pub against: Against,
}

/// What a figure is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// A promise.
    Limit,
    /// What it was when last looked at.
    Measure,
}

impl Verdict {
    /// Whether it was measured and is not more than it may be.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.value.is_some_and(|value| value <= self.at_most)
    }
}

/// A program's figures, held against its limits and its measure. One without a measure is beyond it.
#[must_use]
pub fn verdicts(program: &Program, figures: &Figures) -> Vec<Verdict> {
    let name = program.to_string();
    let limits = LIMITS.iter().filter(|limit| limit.is_about(&name));
    let promised = limits.map(|limit| limit.judge(&name, figures, Against::Limit));
    let measure = MEASURES.iter().find(|measure| measure.program == name);
    let measure = measure.map_or_else(|| vec![UNMEASURED], |measure| measure.limits().collect());
    promised.chain(measure.iter().map(|limit| limit.judge(&name, figures, Against::Measure))).collect()
}

const UNMEASURED: Limit =
    Limit { program: "", figure: FLASH, at_most: 0, wish: None, reason: "it has no measure yet" };

/// The line of [`MEASURES`] for what was measured.
#[must_use]
pub fn line(program: &Program, figures: &Figures) -> String {
    let values =
        [FLASH, PROTOCOL, RAM, HANDSHAKE].map(|name| grouped(figures.get(name).copied().unwrap_or(0), '_'));
    format!("    measure(\"{program}\", [{}]),", values.join(", "))
}

impl Measure {
    /// What follows from it.
    fn limits(&self) -> impl Iterator<Item = Limit> {
        let figures = [
            (FLASH, self.flash, MORE_BYTES),
            (PROTOCOL, self.protocol, MORE_BYTES),
            (RAM, self.ram, MORE_BYTES),
            (HANDSHAKE, self.handshake, MORE_INSTRUCTIONS),
        ];
        let program = self.program;
        let known = figures.into_iter().filter(|(_, value, _)| *value > 0);
        known.map(move |(figure, value, more)| Limit {
            program,
            figure,
            at_most: value + value * more / 100,
            wish: None,
            reason: "a few percent more than when last looked at",
        })
    }
}

impl Limit {
    fn is_about(&self, name: &str) -> bool {
        let is_closer = |other: &Self| {
            other.figure == self.figure
                && other.program.len() > self.program.len()
                && name.starts_with(other.program)
        };
        name.starts_with(self.program) && !LIMITS.iter().any(is_closer)
    }

    fn judge(&self, program: &str, figures: &Figures, against: Against) -> Verdict {
        Verdict {
            program: String::from(program),
            figure: self.figure,
            value: figures.get(self.figure).copied(),
            at_most: self.at_most,
            wish: self.wish,
            reason: self.reason,
            against,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::{Program, all};
    use super::{CONNECTION, Figures, LIMITS, MEASURES, RAM, STACK, Verdict, verdicts};

    fn minimal() -> Program {
        all().into_iter().find(|program| program.to_string() == "client minimal z").unwrap()
    }

    /// The verdicts where every figure is as much as it may be, but this one.
    fn with(figure: &str, change: impl Fn(u64) -> Option<u64>) -> Vec<Verdict> {
        let mut figures = Figures::new();
        for verdict in verdicts(&minimal(), &Figures::new()) {
            let most = figures.entry(String::from(verdict.figure)).or_insert(u64::MAX);
            *most = verdict.at_most.min(*most);
        }
        match change(figures[figure]) {
            Some(value) => figures.insert(String::from(figure), value),
            None => figures.remove(figure),
        };
        verdicts(&minimal(), &figures)
    }

    #[test]
    fn a_figure_at_its_limit_is_kept() {
        assert!(with(STACK, Some).iter().all(Verdict::is_kept));
    }

    #[test]
    fn a_figure_beyond_its_limit_fails() {
        let failed: Vec<_> =
            with(STACK, |most| Some(most + 1)).into_iter().filter(|v| !v.is_kept()).collect();
        assert_eq!(failed.len(), 1);
        assert_eq!((failed[0].figure, failed[0].at_most), (STACK, 14 * 1024));
    }

    #[test]
    fn a_figure_beyond_its_measure_fails() {
        assert!(with(RAM, |most| Some(most + 1)).iter().any(|verdict| !verdict.is_kept()));
    }

    #[test]
    fn the_closest_limit_counts() {
        let name = "client minimal+tls12 z";
        let program = all().into_iter().find(|program| program.to_string() == name).unwrap();
        let figures = Figures::from([(String::from(CONNECTION), 752)]);
        let verdicts = verdicts(&program, &figures);
        let about: Vec<_> = verdicts.iter().filter(|verdict| verdict.figure == CONNECTION).collect();
        assert!(about.len() == 1 && about[0].is_kept(), "{about:?}");
    }

    #[test]
    fn a_figure_that_is_not_there_fails() {
        assert!(with(STACK, |_| None).iter().any(|verdict| !verdict.is_kept()));
    }

    #[test]
    fn every_program_has_a_measure_and_every_limit_a_program() {
        let names: Vec<_> = all().iter().map(ToString::to_string).collect();
        let measured: Vec<_> = MEASURES.iter().map(|measure| measure.program).collect();
        assert_eq!(measured, names);
        for limit in LIMITS {
            assert!(names.iter().any(|name| name.starts_with(limit.program)), "{}", limit.program);
        }
    }
}
