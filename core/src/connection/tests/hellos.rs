//! Hellos in parts, so that a test can spoil one.

use std::vec::Vec;

use super::puppet::encode;
use crate::wire::encode_handshake;
use crate::wire::enums::{CipherSuite, ExtensionType, HandshakeType, NamedGroup, SignatureScheme};

/// Extensions with their contents.
pub(super) type Block = Vec<(ExtensionType, Vec<u8>)>;

/// What a ServerHello or HelloRetryRequest is made of.
#[derive(Clone, Debug)]
pub(super) struct ServerHelloParts {
    pub(super) version: u16,
    pub(super) random: [u8; 32],
    pub(super) session_id: Vec<u8>,
    pub(super) suite: u16,
    pub(super) compression: u8,
    pub(super) extensions: Block,
}

/// What a ClientHello is made of.
#[derive(Clone, Debug)]
pub(super) struct ClientHelloParts {
    pub(super) version: u16,
    pub(super) session_id: Vec<u8>,
    pub(super) suites: Vec<u16>,
    pub(super) compression: Vec<u8>,
    pub(super) extensions: Block,
}

/// SHA-256 of "HelloRetryRequest" (RFC 8446, section 4.1.3).
pub(super) const RETRY: [u8; 32] =
    hex_literal::hex!("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

impl ServerHelloParts {
    pub(super) fn encode(&self) -> Vec<u8> {
        encode(&|w| {
            encode_handshake(w, HandshakeType::SERVER_HELLO, &|w| {
                w.u16(self.version);
                w.put(&self.random);
                w.vec_u8(&|w| w.put(&self.session_id));
                w.u16(self.suite);
                w.u8(self.compression);
                w.put(&block(&self.extensions));
            });
        })
    }

    /// The content of an extension, to be spoilt.
    pub(super) fn content(&mut self, extension: ExtensionType) -> &mut Vec<u8> {
        find(&mut self.extensions, extension)
    }
}

impl ClientHelloParts {
    /// A hello of a client that has all of ours, with this share of a group.
    pub(super) fn new(group: NamedGroup, public_value: &[u8]) -> Self {
        let share = [&group.0.to_be_bytes(), &length(public_value)[..], public_value].concat();
        let groups = [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];
        let groups = groups.iter().flat_map(|group| group.0.to_be_bytes()).collect::<Vec<u8>>();
        let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256.0.to_be_bytes();
        Self {
            version: 0x0303,
            session_id: std::vec![7; 32],
            suites: std::vec![CipherSuite::TLS_AES_128_GCM_SHA256.0],
            compression: std::vec![0],
            extensions: std::vec![
                (ExtensionType::SUPPORTED_VERSIONS, std::vec![2, 3, 4]),
                (ExtensionType::SUPPORTED_GROUPS, vector(&groups)),
                (ExtensionType::SIGNATURE_ALGORITHMS, vector(&scheme)),
                (ExtensionType::KEY_SHARE, vector(&share)),
            ],
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        encode(&|w| {
            encode_handshake(w, HandshakeType::CLIENT_HELLO, &|w| {
                w.u16(self.version);
                w.put(&[5; 32]);
                w.vec_u8(&|w| w.put(&self.session_id));
                w.vec_u16(&|w| self.suites.iter().for_each(|suite| w.u16(*suite)));
                w.vec_u8(&|w| w.put(&self.compression));
                w.put(&block(&self.extensions));
            });
        })
    }

    /// The content of an extension, to be spoilt.
    pub(super) fn content(&mut self, extension: ExtensionType) -> &mut Vec<u8> {
        find(&mut self.extensions, extension)
    }

    /// The hello without an extension.
    pub(super) fn remove(&mut self, extension: ExtensionType) {
        self.extensions.retain(|(kind, _)| *kind != extension);
    }
}

fn find(extensions: &mut Block, extension: ExtensionType) -> &mut Vec<u8> {
    &mut extensions.iter_mut().find(|(kind, _)| *kind == extension).unwrap().1
}

/// A vector with its length before it in two bytes.
pub(super) fn vector(content: &[u8]) -> Vec<u8> {
    [&length(content), content].concat()
}

fn length(content: &[u8]) -> [u8; 2] {
    u16::try_from(content.len()).unwrap().to_be_bytes()
}

/// A block of extensions, its length before it.
pub(super) fn block(extensions: &[(ExtensionType, Vec<u8>)]) -> Vec<u8> {
    let each =
        |(kind, content): &(ExtensionType, Vec<u8>)| [&kind.0.to_be_bytes(), &vector(content)[..]].concat();
    vector(&extensions.iter().flat_map(each).collect::<Vec<u8>>())
}
