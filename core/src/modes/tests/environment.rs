//! What answers the questions of the machines: every answer in turn, or always the least or the most.

use std::vec::Vec;

/// The environment of one call.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    will: Will,
    /// What was chosen so far, and among how many.
    script: Vec<(u8, u8)>,
    at: usize,
}

/// How an environment chooses. Answers are ordered: the first brings nothing on, the last as much as there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Will {
    Every,
    Least,
    Most,
}

impl Environment {
    /// Goes through every sequence of answers, one for each run.
    pub(super) fn every() -> Self {
        Self { will: Will::Every, script: Vec::new(), at: 0 }
    }

    /// Brings nothing on.
    pub(super) fn least() -> Self {
        Self { will: Will::Least, ..Self::every() }
    }

    /// Takes all and gives all.
    pub(super) fn most() -> Self {
        Self { will: Will::Most, ..Self::every() }
    }

    /// One of `0..options`.
    pub(super) fn choose(&mut self, options: u8) -> u8 {
        match self.will {
            Will::Least => 0,
            Will::Most => options - 1,
            Will::Every => {
                if self.at == self.script.len() {
                    self.script.push((0, options));
                }
                let (chosen, among) = self.script[self.at];
                assert_eq!(among, options, "the same run asks the same questions");
                self.at += 1;
                chosen
            }
        }
    }

    /// From the start, with the same answers.
    pub(super) fn rewind(&mut self) {
        self.at = 0;
    }

    /// From the start, with the next sequence of answers, if there is one.
    pub(super) fn advance(&mut self) -> bool {
        self.script.truncate(self.at);
        self.at = 0;
        while let Some((chosen, among)) = self.script.pop() {
            if chosen + 1 < among {
                self.script.push((chosen + 1, among));
                return true;
            }
        }
        false
    }
}

#[test]
fn every_sequence_of_answers_is_given_once() {
    let (mut environment, mut runs) = (Environment::every(), Vec::new());
    loop {
        let first = environment.choose(2);
        runs.push((first, if first == 1 { environment.choose(3) } else { 9 }));
        if !environment.advance() {
            break;
        }
    }
    assert_eq!(runs, [(0, 9), (1, 0), (1, 1), (1, 2)]);
}
