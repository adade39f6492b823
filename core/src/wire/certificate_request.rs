//! CertificateRequest (RFC 8446, section 4.3.2).

use super::enums::ExtensionType;
use super::extension::{Carrier, Extensions};
use super::lists::U16List;
use super::reader::{DecodeError, Reader};

/// A CertificateRequest as it was received.
#[derive(Clone, Copy, Debug)]
pub struct CertificateRequest<'a> {
    /// Empty in the main handshake, to be echoed otherwise.
    pub context: &'a [u8],
    /// `signature_algorithms`, which must be there.
    pub signature_algorithms: U16List<'a>,
}

impl<'a> CertificateRequest<'a> {
    /// Parses the body.
    ///
    /// # Errors
    /// [`DecodeError::MissingExtension`] without `signature_algorithms`, others for what RFC 8446 forbids.
    pub fn parse(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let context = reader.vec_u8()?;
        let block = reader.vec_u16()?;
        reader.finish()?;
        let mut schemes = None;
        Extensions::offering(block, Carrier::CertificateRequest).for_each(&mut |extension, content| {
            if extension == ExtensionType::SIGNATURE_ALGORITHMS {
                schemes = Some(U16List::parse(content.vec_u16()?)?);
                return Ok(());
            }
            content.take(content.rest().len()).map(|_| ())
        })?;
        let signature_algorithms = schemes.ok_or(DecodeError::MissingExtension)?;
        Ok(Self { context, signature_algorithms })
    }
}
