//! What a firmware with Tidegate takes: flash by part, RAM, stack, instructions; and the limits that it keeps to.
//!
//! | module | what it knows |
//! |---|---|
//! | `program` | which programs are measured, and how they are built |
//! | `part` | which part of a firmware a byte of its code is charged to |
//! | `image` | the sections of an ELF file, and the charge for each byte of its code |
//! | `run` | how a program runs, with its peer, and the figures that it prints |
//! | `limits` | what is not to be exceeded, each with its reason |
//! | `report` | the tables and the JSON |

pub mod image;
pub mod limits;
pub mod part;
pub mod program;
pub mod report;
pub mod run;

use std::collections::BTreeMap;

/// Named numbers, the names as a firmware prints them.
pub type Figures = BTreeMap<String, u64>;

/// Bytes of the engine's own code: what [`part::Part::is_protocol`] is true of.
pub const PROTOCOL: &str = "protocol-code-bytes";
/// Bytes of constants.
pub const CONSTANTS: &str = "constant-bytes";
/// Bytes of flash: code, constants, and what variables begin with.
pub const FLASH: &str = "flash-bytes";
/// Bytes of variables.
pub const STATICS: &str = "static-bytes";
/// Bytes of stack, at most.
pub const STACK: &str = "stack-bytes";
/// Bytes of variables and stack.
pub const RAM: &str = "ram-bytes";
/// Bytes of a connection without what it is lent: all that is left of one that is parked.
pub const CONNECTION: &str = "connection-bytes";
/// The same, as said by a program whose connections are parked.
pub const PARKED: &str = "parked-connection-bytes";
/// Bytes that a connection is lent for its handshake.
pub const SPACE: &str = "handshake-space-bytes";
/// Bytes of the buffers that a connection is lent.
pub const BUFFERS: &str = "buffer-bytes";
/// Bytes of a connection with its buffers.
pub const WITH_BUFFERS: &str = "connection-with-buffers-bytes";
/// Bytes of a connection with its buffers and its space for the handshake.
pub const HANDSHAKING: &str = "handshaking-connection-bytes";
/// Bytes of a configuration.
pub const CONFIG: &str = "config-bytes";
/// Instructions of a handshake.
pub const HANDSHAKE: &str = "handshake-instructions";
/// Instructions to seal and send a kilobyte.
pub const SEND: &str = "send-kilobyte-instructions";
/// Instructions to receive and open a kilobyte.
pub const RECEIVE: &str = "receive-kilobyte-instructions";

/// A program and what was measured of it.
#[derive(Debug)]
pub struct Measured {
    /// The program.
    pub program: program::Program,
    /// What it takes.
    pub figures: Figures,
    /// Bytes of code by part.
    pub parts: BTreeMap<part::Part, u64>,
    /// Bytes of code by crate, the engine's by layer.
    pub sources: BTreeMap<String, u64>,
}

/// Adds the sums of what a program printed, where it did.
pub fn add_sums(figures: &mut Figures) {
    let sums = [(WITH_BUFFERS, [CONNECTION, BUFFERS]), (HANDSHAKING, [WITH_BUFFERS, SPACE])];
    for (name, addends) in sums {
        let sum: Option<u64> = addends.iter().map(|addend| figures.get(*addend).copied()).sum();
        figures.extend(sum.map(|sum| (String::from(name), sum)));
    }
}

/// A number with its thousands apart.
#[must_use]
pub fn grouped(value: u64, between: char) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(between);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{BUFFERS, CONNECTION, Figures, HANDSHAKING, SPACE, add_sums, grouped};

    #[test]
    fn a_handshaking_connection_is_a_sum() {
        let addends = [(CONNECTION, 1), (BUFFERS, 20), (SPACE, 300)];
        let mut figures: Figures = addends.map(|(name, value)| (String::from(name), value)).into();
        add_sums(&mut figures);
        assert_eq!(figures[HANDSHAKING], 321);
        let mut figures = Figures::new();
        add_sums(&mut figures);
        assert!(figures.is_empty());
    }

    #[test]
    fn thousands_stand_apart() {
        let shown = [0, 999, 1000, 21_234_567].map(|value| grouped(value, ' '));
        assert_eq!(shown, ["0", "999", "1 000", "21 234 567"]);
    }
}
