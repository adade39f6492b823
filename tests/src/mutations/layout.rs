//! Where the lengths and the extensions of a handshake message are.

use std::ops::Range;

use tidegate::wire::enums::HandshakeType;

use crate::insider::Version;

/// A length, and what it is the length of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Length {
    pub(super) at: usize,
    pub(super) width: usize,
    pub(super) body: Range<usize>,
}

/// The lengths of a message, and its extensions, each with its header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) lengths: Vec<Length>,
    pub(super) extensions: Vec<Range<usize>>,
}

impl Layout {
    /// Of a whole, well-formed message.
    pub(super) fn of(message: &[u8], version: Version) -> Self {
        let mut walk = Walk { bytes: message, at: 1, layout: Self::default() };
        let end = walk.vector(3).end;
        assert_eq!(end, message.len(), "a whole message");
        walk.at = 4;
        walk.body(HandshakeType(message[0]), version);
        assert_eq!(walk.at, end, "all of {:?}", HandshakeType(message[0]));
        walk.layout
    }
}

/// What follows the first vectors of a message.
#[derive(Clone, Copy)]
enum Rest {
    Nothing,
    Extensions,
    SuiteAndExtensions,
    Signature,
}

/// A place in a message on the way from its start to its end.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    layout: Layout,
}

impl Walk<'_> {
    fn body(&mut self, kind: HandshakeType, version: Version) {
        // Bytes before the vectors, the lengths of their lengths, and what follows them.
        let (head, vectors, rest): (usize, &[usize], Rest) = match (kind, version) {
            (HandshakeType::CLIENT_HELLO, _) => (34, &[1, 2, 1], Rest::Extensions),
            (HandshakeType::SERVER_HELLO, _) => (34, &[1], Rest::SuiteAndExtensions),
            (HandshakeType::ENCRYPTED_EXTENSIONS, _) => (0, &[], Rest::Extensions),
            (HandshakeType::CERTIFICATE, _) => return self.certificates(version),
            (HandshakeType::CERTIFICATE_REQUEST, Version::Tls13) => (0, &[1], Rest::Extensions),
            (HandshakeType::CERTIFICATE_REQUEST, Version::Tls12) => (0, &[1, 2, 2], Rest::Nothing),
            (HandshakeType::NEW_SESSION_TICKET, Version::Tls13) => (8, &[1, 2], Rest::Extensions),
            (HandshakeType::NEW_SESSION_TICKET, Version::Tls12) => (4, &[2], Rest::Nothing),
            (HandshakeType::CERTIFICATE_VERIFY, _) => (2, &[2], Rest::Nothing),
            (HandshakeType::SERVER_KEY_EXCHANGE, _) => (3, &[1], Rest::Signature),
            (HandshakeType::CLIENT_KEY_EXCHANGE, _) => (0, &[1], Rest::Nothing),
            _ => (self.bytes.len() - self.at, &[], Rest::Nothing),
        };
        self.at += head;
        vectors.iter().for_each(|width| self.skip(*width));
        match rest {
            Rest::Nothing => {}
            Rest::Extensions => self.extensions(),
            Rest::SuiteAndExtensions => {
                self.at += 3;
                self.extensions();
            }
            Rest::Signature => {
                self.at += 2;
                self.skip(2);
            }
        }
    }

    fn certificates(&mut self, version: Version) {
        if version == Version::Tls13 {
            self.skip(1);
        }
        let list = self.vector(3);
        self.at = list.start;
        while self.at < list.end {
            self.skip(3);
            if version == Version::Tls13 {
                self.extensions();
            }
        }
    }

    /// Notes a vector whose length has so many bytes, and stays before it.
    fn vector(&mut self, width: usize) -> Range<usize> {
        let length = &self.bytes[self.at..][..width];
        let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        let start = self.at + width;
        let body = start..start + length;
        self.layout.lengths.push(Length { at: self.at, width, body: body.clone() });
        body
    }

    fn skip(&mut self, width: usize) {
        self.at = self.vector(width).end;
    }

    fn extensions(&mut self) {
        let block = self.vector(2);
        self.at = block.start;
        while self.at < block.end {
            let start = self.at;
            self.at += 2;
            let body = self.vector(2);
            self.inner(body.clone());
            self.at = body.end;
            self.layout.extensions.push(start..body.end);
        }
    }

    /// An extension whose first bytes are the length of the others is one vector.
    fn inner(&mut self, body: Range<usize>) {
        for width in [1, 2] {
            if body.len() <= width {
                continue;
            }
            self.at = body.start;
            if self.vector(width).end != body.end {
                self.layout.lengths.pop();
            }
        }
    }
}
