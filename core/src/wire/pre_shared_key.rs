//! pre_shared_key and psk_key_exchange_modes of a ClientHello (RFC 8446, sections 4.2.9 and 4.2.11), and the identity of an
//! imported key (RFC 9258, section 5.1).

use super::Writer;
use super::enums::{ExtensionType, ProtocolVersion, PskKeyExchangeMode};
use super::hello_offer::extension;
use super::reader::{DecodeError, Reader, non_empty};

/// An identity that a client offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PskIdentity<'a> {
    /// Its place among those that are offered.
    pub index: u16,
    /// A ticket, or the name of a key.
    pub identity: &'a [u8],
    /// Milliseconds since a ticket came, with what the ticket adds to them; says nothing of other keys.
    pub obfuscated_age: u32,
}

/// The identities and binders that a client offers, as many of the one as of the other.
#[derive(Clone, Copy, Debug)]
pub struct OfferedPsks<'a> {
    identities: &'a [u8],
    binders: &'a [u8],
}

impl<'a> OfferedPsks<'a> {
    /// Takes the contents of the extension. How long a binder is concerns the key alone that is gone on with: it can't prove
    /// another one.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] for empty lists and contradicting lengths, [`DecodeError::IllegalParameter`] where the
    /// lists differ in length.
    pub fn parse(content: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(content);
        let identities = non_empty(reader.vec_u16()?)?;
        let binders = non_empty(reader.vec_u16()?)?;
        reader.finish()?;
        let (mut names, mut count) = (Reader::new(identities), 0_usize);
        while !names.is_empty() {
            non_empty(names.vec_u16()?)?;
            names.u32()?;
            count = count.saturating_add(1);
        }
        let mut values = Reader::new(binders);
        while !values.is_empty() {
            values.vec_u8()?;
            count = count.checked_sub(1).ok_or(DecodeError::IllegalParameter)?;
        }
        if count == 0 { Ok(Self { identities, binders }) } else { Err(DecodeError::IllegalParameter) }
    }

    /// The identities in the order of the client's preference.
    pub fn iter(self) -> impl Iterator<Item = PskIdentity<'a>> {
        let mut reader = Reader::new(self.identities);
        let next = move || Some((reader.vec_u16().ok()?, reader.u32().ok()?));
        core::iter::from_fn(next).zip(0..).map(|((identity, obfuscated_age), index)| PskIdentity {
            index,
            identity,
            obfuscated_age,
        })
    }

    /// The binder of an identity.
    #[must_use]
    pub fn binder(self, index: u16) -> Option<&'a [u8]> {
        let mut reader = Reader::new(self.binders);
        core::iter::from_fn(move || reader.vec_u8().ok()).nth(usize::from(index))
    }

    /// Bytes of the list of binders, its length included: what a binder does not cover of the message that it ends.
    #[must_use]
    pub const fn binders_len(self) -> usize {
        self.binders.len().saturating_add(2)
    }
}

/// The pre-shared keys of a ClientHello of ours, told one by one to the function given: identity, obfuscated age, binder.
pub type Psks<'a> = &'a dyn Fn(&mut dyn FnMut(&[u8], u32, &[u8]));

/// What a ClientHello of ours says of pre-shared keys.
#[derive(Clone, Copy)]
pub struct PskOffer<'a> {
    /// How keys may be exchanged beside one.
    pub modes: &'a [PskKeyExchangeMode],
    /// The keys; none for no extension.
    pub psks: Option<Psks<'a>>,
    /// Whether early data follows.
    #[cfg(feature = "early-data")]
    pub early_data: Option<()>,
}

impl PskOffer<'_> {
    /// Says the modes. Without them servers send no tickets.
    pub(super) fn encode_modes(&self, writer: &mut Writer<'_>) {
        extension(writer, ExtensionType::PSK_KEY_EXCHANGE_MODES, &|w| {
            w.vec_u8(&|w| self.modes.iter().for_each(|mode| w.u8(mode.0)));
        });
    }

    /// Says the keys, behind everything else.
    pub(super) fn encode_psks(&self, writer: &mut Writer<'_>) {
        let Some(psks) = self.psks else { return };
        #[cfg(feature = "early-data")]
        if self.early_data.is_some() {
            extension(writer, ExtensionType::EARLY_DATA, &|_| ());
        }
        extension(writer, ExtensionType::PRE_SHARED_KEY, &|w| {
            w.vec_u16(&|w| {
                psks(&mut |identity, age, _| {
                    w.vec_u16(&|w| w.put(identity));
                    w.put(&age.to_be_bytes());
                });
            });
            w.vec_u16(&|w| psks(&mut |_, _, binder| w.vec_u8(&|w| w.put(binder))));
        });
    }
}

/// The identity of an external key for one hash of TLS 1.3 (RFC 9258, section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedIdentity<'a> {
    /// The name of the key.
    pub external_identity: &'a [u8],
    /// Who it is for, if both ends agreed on that.
    pub context: &'a [u8],
    /// The number of the target's KDF.
    pub target_kdf: u16,
}

impl<'a> ImportedIdentity<'a> {
    /// Takes an identity as this, if it is for TLS 1.3.
    ///
    /// # Errors
    /// [`DecodeError`]: it is something else.
    pub fn parse(identity: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(identity);
        let external_identity = non_empty(reader.vec_u16()?)?;
        let context = reader.vec_u16()?;
        let protocol = ProtocolVersion(reader.u16()?);
        let target_kdf = reader.u16()?;
        reader.finish()?;
        if protocol != ProtocolVersion::TLS_1_3 {
            return Err(DecodeError::IllegalParameter);
        }
        Ok(Self { external_identity, context, target_kdf })
    }

    /// Writes it.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        writer.vec_u16(&|w| w.put(self.external_identity));
        writer.vec_u16(&|w| w.put(self.context));
        writer.u16(ProtocolVersion::TLS_1_3.0);
        writer.u16(self.target_kdf);
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::super::tests::encode;
    use super::{ImportedIdentity, OfferedPsks, PskOffer, Psks, Writer};
    use crate::wire::DecodeError;

    fn lists(identities: &[u8], binders: &[u8]) -> Vec<u8> {
        encode(&|w| {
            w.vec_u16(&|w| w.put(identities));
            w.vec_u16(&|w| w.put(binders));
        })
    }

    /// The binder list of so many binders of 32 bytes.
    fn binders(count: usize) -> Vec<u8> {
        std::iter::repeat_n([&[32][..], &[9; 32]].concat(), count).flatten().collect()
    }

    #[test]
    fn an_offer_reads_back_as_it_was_made() {
        let psks: Psks<'_> = &|each| {
            each(b"one", 7, &[1; 32]);
            each(b"another", 0, &[2; 48]);
        };
        let offer = PskOffer {
            modes: &[],
            psks: Some(psks),
            #[cfg(feature = "early-data")]
            early_data: None,
        };
        let bytes = encode(&|w: &mut Writer<'_>| offer.encode_psks(w));
        let read = OfferedPsks::parse(&bytes[4..]).unwrap();
        let identities = read.iter().map(|psk| (psk.index, psk.identity, psk.obfuscated_age));
        assert_eq!(identities.collect::<Vec<_>>(), [(0, &b"one"[..], 7), (1, b"another", 0)]);
        assert_eq!([0, 1, 2].map(|index| read.binder(index).map(<[u8]>::len)), [Some(32), Some(48), None]);
        assert_eq!(read.binders_len(), 2 + 33 + 49);
    }

    #[test]
    fn lists_that_can_not_be() {
        let one = [0, 1, b'a', 0, 0, 0, 0];
        let refused =
            |identities: &[u8], binders: &[u8]| OfferedPsks::parse(&lists(identities, binders)).unwrap_err();
        assert!(OfferedPsks::parse(&lists(&one, &binders(1))).is_ok());
        assert_eq!(refused(&[], &binders(1)), DecodeError::Malformed);
        assert_eq!(refused(&one, &[]), DecodeError::Malformed);
        assert_eq!(refused(&[0, 0, 0, 0, 0, 0], &binders(1)), DecodeError::Malformed, "an empty identity");
        assert_eq!(refused(&one[..6], &binders(1)), DecodeError::Malformed);
        assert!(OfferedPsks::parse(&lists(&one, &[1, 9])).is_ok(), "of a key that nobody goes on with");
        assert_eq!(refused(&one, &binders(2)), DecodeError::IllegalParameter);
        assert_eq!(refused(&[one, one].concat(), &binders(1)), DecodeError::IllegalParameter);
        assert!(OfferedPsks::parse(&[&lists(&one, &binders(1))[..], &[0]].concat()).is_err());
    }

    #[test]
    fn an_imported_identity_is_for_tls_1_3() {
        let imported = ImportedIdentity { external_identity: b"key", context: b"", target_kdf: 2 };
        let mut bytes = encode(&|w| imported.encode(w));
        assert_eq!(bytes, b"\x00\x03key\x00\x00\x03\x04\x00\x02");
        assert_eq!(ImportedIdentity::parse(&bytes), Ok(imported));
        bytes[8] = 3;
        assert!(ImportedIdentity::parse(&bytes).is_err(), "for another protocol");
        assert!(ImportedIdentity::parse(b"a name").is_err());
    }
}
