//! CertificateRequest (RFC 8446, section 4.3.2).

#[cfg(feature = "certificate-authorities")]
use super::authorities::{self, Names};
use super::enums::ExtensionType;
#[cfg(feature = "client-auth")]
use super::enums::HandshakeType;
use super::extension::{Carrier, Extensions};
#[cfg(feature = "client-auth")]
use super::hello_offer::{Schemes, extension};
#[cfg(feature = "client-auth")]
use super::lists::DistinguishedNames;
use super::lists::U16List;
#[cfg(feature = "client-auth")]
use super::oid_filters::OidFilters;
#[cfg(feature = "client-auth")]
use super::reader::non_empty;
use super::reader::{DecodeError, Reader};
#[cfg(feature = "client-auth")]
use super::{Writer, encode_handshake};

/// A CertificateRequest as it was received.
#[derive(Clone, Copy, Debug)]
pub struct CertificateRequest<'a> {
    /// Empty in the main handshake, to be echoed otherwise.
    pub context: &'a [u8],
    /// `signature_algorithms`, which must be there.
    pub signature_algorithms: U16List<'a>,
    /// `signature_algorithms_cert`, where certificates are told apart.
    #[cfg(feature = "client-auth")]
    pub signature_algorithms_cert: Option<U16List<'a>>,
    /// `certificate_authorities`: those that the server knows (RFC 8446, section 4.2.4).
    #[cfg(feature = "client-auth")]
    pub authorities: Option<DistinguishedNames<'a>>,
    /// `oid_filters`: what the certificate must have (RFC 8446, section 4.2.5).
    #[cfg(feature = "client-auth")]
    pub oid_filters: Option<OidFilters<'a>>,
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
        #[cfg(feature = "client-auth")]
        let (mut certificate_schemes, mut authorities, mut filters) = (None, None, None);
        Extensions::offering(block, Carrier::CertificateRequest).for_each(&mut |extension, content| {
            match extension {
                ExtensionType::SIGNATURE_ALGORITHMS => schemes = Some(U16List::parse(content.vec_u16()?)?),
                #[cfg(feature = "client-auth")]
                ExtensionType::SIGNATURE_ALGORITHMS_CERT => {
                    certificate_schemes = Some(U16List::parse(content.vec_u16()?)?);
                }
                #[cfg(feature = "client-auth")]
                ExtensionType::CERTIFICATE_AUTHORITIES => {
                    authorities = Some(DistinguishedNames::parse(non_empty(content.vec_u16()?)?)?);
                }
                #[cfg(feature = "client-auth")]
                ExtensionType::OID_FILTERS => filters = Some(OidFilters::parse(content.vec_u16()?)?),
                _ => return content.take(content.rest().len()).map(|_| ()),
            }
            Ok(())
        })?;
        Ok(Self {
            context,
            signature_algorithms: schemes.ok_or(DecodeError::MissingExtension)?,
            #[cfg(feature = "client-auth")]
            signature_algorithms_cert: certificate_schemes,
            #[cfg(feature = "client-auth")]
            authorities,
            #[cfg(feature = "client-auth")]
            oid_filters: filters,
        })
    }
}

/// Encodes the whole message of the main handshake: the schemes for CertificateVerify, those for certificates, and the
/// authorities, if there are any.
#[cfg(feature = "client-auth")]
pub fn encode(
    writer: &mut Writer<'_>,
    handshakes: Schemes<'_>,
    certificates: Schemes<'_>,
    #[cfg(feature = "certificate-authorities")] names: Names<'_>,
) {
    encode_handshake(writer, HandshakeType::CERTIFICATE_REQUEST, &|w| {
        w.u8(0);
        w.vec_u16(&|w| {
            for (kind, schemes) in [
                (ExtensionType::SIGNATURE_ALGORITHMS, handshakes),
                (ExtensionType::SIGNATURE_ALGORITHMS_CERT, certificates),
            ] {
                extension(w, kind, &|w| w.vec_u16(&|w| schemes(&mut |scheme| w.u16(scheme.0))));
            }
            #[cfg(feature = "certificate-authorities")]
            if !authorities::are_none(names) {
                extension(w, ExtensionType::CERTIFICATE_AUTHORITIES, &|w| authorities::encode(w, names));
            }
        });
    });
}
