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
    #[cfg(any(feature = "tls12", feature = "raw-public-keys"))]
    form: Form,
}

/// How the entries of a chain look.
#[cfg(any(feature = "tls12", feature = "raw-public-keys"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// TLS 1.3: each with its extensions.
    WithExtensions,
    /// TLS 1.2: certificates and nothing else.
    #[cfg(feature = "tls12")]
    Bare,
    /// A SubjectPublicKeyInfo instead of a certificate, with extensions.
    #[cfg(feature = "raw-public-keys")]
    RawPublicKey,
    /// A SubjectPublicKeyInfo and nothing else, in TLS 1.2.
    #[cfg(all(feature = "tls12", feature = "raw-public-keys"))]
    BareRawPublicKey,
}

#[cfg(feature = "tls12")]
impl Form {
    /// Whether entries have no extensions.
    const fn is_bare(self) -> bool {
        match self {
            Self::WithExtensions => false,
            Self::Bare => true,
            #[cfg(feature = "raw-public-keys")]
            Self::RawPublicKey => false,
            #[cfg(feature = "raw-public-keys")]
            Self::BareRawPublicKey => true,
        }
    }
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
            Extensions::answering(entry.vec_u16()?, Carrier::Certificate, offered).for_each(&mut read)?;
        }
        let chain = CertificateChain {
            entries,
            #[cfg(any(feature = "tls12", feature = "raw-public-keys"))]
            form: Form::WithExtensions,
        };
        Ok(Self { request_context, chain })
    }

    /// The same message where it was agreed that it holds a raw public key.
    ///
    /// # Errors
    /// [`DecodeError::IllegalParameter`] for more than one (RFC 8446, section 4.4.2).
    #[cfg(feature = "raw-public-keys")]
    pub fn with_raw_public_key(self) -> Result<Self, DecodeError> {
        if self.chain.iter().nth(1).is_some() {
            return Err(DecodeError::IllegalParameter);
        }
        Ok(Self { chain: CertificateChain { form: Form::RawPublicKey, ..self.chain }, ..self })
    }

    /// As [`Certificate::encode`], in answer to a request with this context.
    #[cfg(feature = "post-handshake-auth")]
    pub fn encode_with_context(writer: &mut Writer<'_>, request_context: &[u8], chain: Chain<'_>) {
        encode_handshake(writer, HandshakeType::CERTIFICATE, &|w| {
            w.vec_u8(&|w| w.put(request_context));
            w.vec_u24(&|w| {
                chain(&mut |certificate| {
                    w.vec_u24(&|w| w.put(certificate));
                    w.u16(0);
                });
            });
        });
    }

    /// As [`Certificate::encode`], with an OCSP response for the first certificate.
    #[cfg(feature = "ocsp")]
    pub fn encode_stapled(writer: &mut Writer<'_>, chain: Chain<'_>, ocsp_response: &[u8]) {
        encode_handshake(writer, HandshakeType::CERTIFICATE, &|w| {
            w.u8(0);
            w.vec_u24(&|w| {
                let mut status = Some(ocsp_response);
                chain(&mut |certificate| encode_entry(w, certificate, status.take()));
            });
        });
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

/// A certificate, and the OCSP response that goes with it (RFC 8446, section 4.4.2.1).
#[cfg(feature = "ocsp")]
fn encode_entry(writer: &mut Writer<'_>, certificate: &[u8], ocsp_response: Option<&[u8]>) {
    writer.vec_u24(&|w| w.put(certificate));
    writer.vec_u16(&|w| {
        if let Some(response) = ocsp_response {
            super::hello_offer::extension(w, ExtensionType::STATUS_REQUEST, &|w| {
                w.u8(OCSP);
                w.vec_u24(&|w| w.put(response));
            });
        }
    });
}

/// The type of a CertificateStatus (RFC 6066, section 8).
const OCSP: u8 = 1;

/// Looks at an extension of a certificate: what was asked for must be well-formed.
fn read(_extension: ExtensionType, content: &mut Reader<'_>) -> Result<(), DecodeError> {
    #[cfg(feature = "ocsp")]
    if _extension == ExtensionType::STATUS_REQUEST {
        if content.u8()? != OCSP {
            return Err(DecodeError::IllegalParameter);
        }
        return non_empty(content.vec_u24()?).map(|_| ());
    }
    content.take(content.rest().len()).map(|_| ())
}

impl<'a> CertificateChain<'a> {
    /// The chain of a TLS 1.2 Certificate; the entries have been walked.
    #[cfg(feature = "tls12")]
    pub(super) const fn bare(entries: &'a [u8]) -> Self {
        Self { entries, form: Form::Bare }
    }

    /// The raw public key of a TLS 1.2 Certificate, with its length before it; or nothing.
    #[cfg(all(feature = "tls12", feature = "raw-public-keys"))]
    pub(super) const fn bare_raw_public_key(entry: &'a [u8]) -> Self {
        Self { entries: entry, form: Form::BareRawPublicKey }
    }

    /// The certificates, leaf first, each in DER.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> + Clone {
        let mut reader = Reader::new(self.entries);
        core::iter::from_fn(move || {
            let certificate = reader.vec_u24().ok()?;
            #[cfg(feature = "tls12")]
            if self.form.is_bare() {
                return Some(certificate);
            }
            reader.vec_u16().ok()?;
            Some(certificate)
        })
    }

    /// The SubjectPublicKeyInfo, where there is one alone in place of certificates (RFC 7250).
    #[cfg(feature = "raw-public-keys")]
    #[must_use]
    pub fn raw_public_key(self) -> Option<&'a [u8]> {
        #[cfg(feature = "tls12")]
        if self.form == Form::BareRawPublicKey {
            return self.iter().next();
        }
        self.iter().next().filter(|_| self.form == Form::RawPublicKey)
    }

    /// Whether there is no certificate.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.entries.is_empty()
    }

    /// The stapled OCSP response for the leaf, if it was asked for and sent (RFC 8446, section 4.4.2.1).
    #[must_use]
    pub fn ocsp_response(self) -> Option<&'a [u8]> {
        #[cfg(feature = "tls12")]
        if self.form.is_bare() {
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
