//! The messages of a handshake as a ladder.

use std::fmt::Write as _;

use tidegate::crypto::Direction;
use tidegate::wire::enums::HandshakeType;

/// A line for each message as the client saw it: name, bytes, direction. At most 80 columns.
pub(super) fn draw(messages: &[(Direction, HandshakeType, usize)]) -> String {
    let mut text = format!("  {:<28}{:>46}\n", "client", "server");
    for (direction, kind, length) in messages {
        let name = camel(*kind);
        let _ = match direction {
            Direction::Sent => writeln!(text, "  {name:<20}{length:>5} B ------------------>"),
            Direction::Received => writeln!(text, "  {:28}<------------------{length:>5} B {name:>20}", ""),
        };
    }
    text
}

/// `CLIENT_HELLO` as RFC 8446 writes it in text: `ClientHello`.
fn camel(kind: HandshakeType) -> String {
    let Some(name) = kind.name() else { return kind.to_string() };
    name.split('_').map(|word| word[..1].to_owned() + &word[1..].to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Direction, HandshakeType, draw};

    #[test]
    fn a_ladder_fits_a_terminal() {
        let rungs = [
            (Direction::Sent, HandshakeType::CLIENT_HELLO, 240),
            (Direction::Received, HandshakeType::ENCRYPTED_EXTENSIONS, 16384),
        ];
        let ladder = draw(&rungs);
        assert!(ladder.lines().all(|line| line.len() <= 80), "{ladder}");
        assert!(ladder.contains("ClientHello           240 B ---") && ladder.contains("EncryptedExtensions"));
    }
}
