//! Certificate and CertificateVerify (RFC 8446, sections 4.4.2 and 4.4.3).

use super::enums::{ExtensionType, HandshakeType, SignatureScheme};
use super::extension::{Carrier, ExtensionSet, Extensions};
use super::reader::{DecodeError, Reader, non_empty};
use super::{Writer, encode_handshake};

/// Certificates in DER, told one by one to the function given.
pub type Chain<'a> = &'a dyn Fn(&mut dyn FnMut(&[u8]));

/// A Certificate message as it was received.
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'a> {
    /// Empty in the main handshake.
    pub request_context: &'a [u8],
    /// The chain, leaf first; may be empty where the sender is a client.
    pub chain: CertificateChain<'a>,
}

/// The certificates of a Certificate message, leaf first.
#[derive(Clone, Copy, Debug)]
pub struct CertificateChain<'a> {
    entries: &'a [u8],
    #[cfg(feature = "tls12")]
    form: Form,
}

/// How the entries of a chain look.
#[cfg(feature = "tls12")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// TLS 1.3: each with its extensions.
    WithExtensions,
    /// TLS 1.2: certificates and nothing else.
    Bare,
}

impl<'a> Certificate<'a> {
    /// Parses the body of a message that answers these extensions.
    ///
    /// # Errors
    /// [`DecodeError`] for an empty certificate, contradicting lengths, and extensions that RFC 8446 forbids.
    pub fn parse(body: &'a [u8], offered: ExtensionSet) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let request_context = reader.vec_u8()?;
        let entries = reader.vec_u24()?;
        reader.finish()?;
        let mut entry = Reader::new(entries);
        while !entry.is_empty() {
            non_empty(entry.vec_u24()?)?;
            Extensions::answering(entry.vec_u16()?, Carrier::Certificate, offered)
                .for_each(&mut |_, content| content.take(content.rest().len()).map(|_| ()))?;
        }
        let chain = CertificateChain {
            entries,
            #[cfg(feature = "tls12")]
            form: Form::WithExtensions,
        };
        Ok(Self { request_context, chain })
    }

    /// Encodes a whole message for the main handshake; `chain` tells the certificates one by one, leaf first.
    pub fn encode(writer: &mut Writer<'_>, chain: Chain<'_>) {
        encode_handshake(writer, HandshakeType::CERTIFICATE, &|w| {
            w.u8(0);
            w.vec_u24(&|w| {
                chain(&mut |certificate| {
                    w.vec_u24(&|w| w.put(certificate));
                    w.u16(0);
                });
            });
        });
    }
}

impl<'a> CertificateChain<'a> {
    /// The chain of a TLS 1.2 Certificate; the entries have been walked.
    #[cfg(feature = "tls12")]
    pub(super) const fn bare(entries: &'a [u8]) -> Self {
        Self { entries, form: Form::Bare }
    }

    /// The certificates, leaf first, each in DER.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> + Clone {
        let mut reader = Reader::new(self.entries);
        core::iter::from_fn(move || {
            let certificate = reader.vec_u24().ok()?;
            #[cfg(feature = "tls12")]
            if self.form == Form::Bare {
                return Some(certificate);
            }
            reader.vec_u16().ok()?;
            Some(certificate)
        })
    }

    /// Whether there is no certificate.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.entries.is_empty()
    }

    /// The stapled OCSP response for the leaf, if it was asked for and sent (RFC 8446, section 4.4.2.1).
    #[must_use]
    pub fn ocsp_response(self) -> Option<&'a [u8]> {
        const OCSP: u8 = 1;
        #[cfg(feature = "tls12")]
        if self.form == Form::Bare {
            return None;
        }
        let mut reader = Reader::new(self.entries);
        reader.vec_u24().ok()?;
        let mut block = Reader::new(reader.vec_u16().ok()?);
        loop {
            let extension = ExtensionType(block.u16().ok()?);
            let mut content = Reader::new(block.vec_u16().ok()?);
            if extension == ExtensionType::STATUS_REQUEST && content.u8().ok()? == OCSP {
                return content.vec_u24().ok();
            }
        }
    }
}

/// A CertificateVerify message.
#[derive(Clone, Copy, Debug)]
pub struct CertificateVerify<'a> {
    /// How the signature was made.
    pub scheme: SignatureScheme,
    /// The signature.
    pub signature: &'a [u8],
}

impl<'a> CertificateVerify<'a> {
    /// Parses the body.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for contradicting lengths.
    pub fn parse(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let scheme = SignatureScheme(reader.u16()?);
        let signature = reader.vec_u16()?;
        reader.finish()?;
        Ok(Self { scheme, signature })
    }

    /// Encodes the whole message.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        encode_handshake(writer, HandshakeType::CERTIFICATE_VERIFY, &|w| {
            w.u16(self.scheme.0);
            w.vec_u16(&|w| w.put(self.signature));
        });
    }
}
