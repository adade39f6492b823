//! Of TLS 1.3 (RFC 8446, section 4.6.1).

use pki_types::UnixTime;

use super::FORMAT;
use crate::config::{ExternalKeys, Protocols};
use crate::limits;
use crate::wire::enums::{CipherSuite, ProtocolVersion};
use crate::wire::{DecodeError, Reader, Writer};

/// Bytes of what a session is bound to.
pub(crate) const BINDING: usize = 32;

/// Bytes of the longest session without its ticket.
pub(super) const MAX: usize = 5 + 49 + BINDING + 1 + 49 + (1 + Protocols::CAPACITY) + 2 + 4 + 4 + 8 + 8 + 4;

/// By what the peer proved who it is, in the handshake that a session goes back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Proof {
    /// A certificate, or nothing, where nothing was asked for.
    #[default]
    Certificate,
    /// An external pre-shared key.
    ExternalKey,
}

impl Proof {
    /// Whether it is one where this is said of external keys: what a session goes back to must do by itself.
    pub(crate) const fn does(self, keys: ExternalKeys) -> bool {
        match keys {
            ExternalKeys::Off => matches!(self, Self::Certificate),
            ExternalKeys::Allowed => true,
            ExternalKeys::Required => matches!(self, Self::ExternalKey),
        }
    }
}

/// A session as it is kept.
#[derive(Clone, Copy)]
pub(crate) struct KeptPsk<'a> {
    pub(crate) cipher_suite: CipherSuite,
    /// The pre-shared key that goes with the ticket.
    pub(crate) key: &'a [u8],
    /// A digest of the peer's name and of the configuration that it was made under.
    pub(crate) binding: &'a [u8; BINDING],
    pub(crate) proof: Proof,
    /// A digest of the peer's certificate; empty if it showed none.
    pub(crate) peer_certificate: &'a [u8],
    /// The application protocol; empty for none.
    pub(crate) protocol: &'a [u8],
    /// Empty at a server.
    pub(crate) ticket: &'a [u8],
    pub(crate) age_add: u32,
    /// Seconds that it is good for.
    pub(crate) lifetime: u32,
    /// When the ticket was made or came, in seconds since 1970.
    pub(crate) issued: u64,
    /// When the peer proved who it is: in the handshake that the session goes back to.
    pub(crate) authenticated: u64,
    /// Bytes of early data that the server takes; 0 for none.
    pub(crate) max_early_data: u32,
}

impl<'a> KeptPsk<'a> {
    /// Reads what [`KeptPsk::encode`] wrote.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != FORMAT || ProtocolVersion(reader.u16()?) != ProtocolVersion::TLS_1_3 {
            return Err(DecodeError::IllegalParameter);
        }
        let session = Self {
            cipher_suite: CipherSuite(reader.u16()?),
            key: reader.vec_u8()?,
            binding: reader.array()?,
            proof: match reader.u8()? {
                0 => Proof::Certificate,
                1 => Proof::ExternalKey,
                _ => return Err(DecodeError::IllegalParameter),
            },
            peer_certificate: reader.vec_u8()?,
            protocol: reader.vec_u8()?,
            ticket: reader.vec_u16()?,
            age_add: reader.u32()?,
            lifetime: reader.u32()?,
            issued: u64::from_be_bytes(*reader.array()?),
            authenticated: u64::from_be_bytes(*reader.array()?),
            max_early_data: reader.u32()?,
        };
        reader.finish()?;
        Ok(session)
    }

    /// Writes it to `out`; how many bytes, if they fit.
    pub(crate) fn encode(&self, out: &mut [u8]) -> Option<usize> {
        let mut writer = Writer::new(out, 0);
        writer.u8(FORMAT);
        writer.u16(ProtocolVersion::TLS_1_3.0);
        writer.u16(self.cipher_suite.0);
        writer.vec_u8(&|w| w.put(self.key));
        writer.put(self.binding);
        writer.u8(match self.proof {
            Proof::Certificate => 0,
            Proof::ExternalKey => 1,
        });
        writer.vec_u8(&|w| w.put(self.peer_certificate));
        writer.vec_u8(&|w| w.put(self.protocol));
        writer.vec_u16(&|w| w.put(self.ticket));
        writer.put(&self.age_add.to_be_bytes());
        writer.put(&self.lifetime.to_be_bytes());
        writer.put(&self.issued.to_be_bytes());
        writer.put(&self.authenticated.to_be_bytes());
        writer.put(&self.max_early_data.to_be_bytes());
        (writer.written() == writer.total()).then_some(writer.written())
    }

    /// Whether it may still be used: not before it was made, and not for longer than anyone says.
    pub(crate) fn is_fresh(&self, now: UnixTime) -> bool {
        let age = now.as_secs().checked_sub(self.issued);
        let whole = age.and_then(|_| self.issued.checked_sub(self.authenticated));
        let allowed = whole.map_or(0, |before| lifetime(self.lifetime, before));
        age.is_some_and(|age| age < u64::from(allowed))
    }

    /// Seconds since the ticket came.
    pub(crate) fn age(&self, now: UnixTime) -> u64 {
        now.as_secs().saturating_sub(self.issued)
    }

    /// Milliseconds since the ticket came, with what is added to hide them (RFC 8446, section 4.2.11.1).
    pub(crate) fn obfuscated_age(&self, now: UnixTime) -> u32 {
        // Counted in whole seconds it may be one too many, and GnuTLS refuses early data that is older than its ticket.
        let age = self.age(now).saturating_sub(1).saturating_mul(1000);
        u32::try_from(age).unwrap_or(u32::MAX).wrapping_add(self.age_add)
    }
}

/// Seconds that a session is good for that was made so many seconds after the authentication it goes back to: as many as are
/// wanted, and no more than seven days from then on.
pub(crate) fn lifetime(wanted: u32, before: u64) -> u32 {
    let left = u64::from(limits::PSK_LIFETIME).saturating_sub(before);
    wanted.min(u32::try_from(left).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::{BINDING, ExternalKeys, KeptPsk, Proof, UnixTime};
    use crate::limits;
    use crate::session::{MAX_CLIENT_SESSION, MAX_SERVER_SESSION};
    use crate::wire::enums::CipherSuite;

    const DAY: u64 = 24 * 60 * 60;

    fn session(ticket: &[u8]) -> KeptPsk<'_> {
        KeptPsk {
            cipher_suite: CipherSuite::TLS_AES_256_GCM_SHA384,
            key: &[7; 48],
            binding: &[3; BINDING],
            proof: Proof::ExternalKey,
            peer_certificate: &[8; 48],
            protocol: &[b'h'; 64],
            ticket,
            age_add: 0xffff_ffff,
            lifetime: 60,
            issued: 10 * DAY,
            authenticated: 10 * DAY,
            max_early_data: 1,
        }
    }

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    #[test]
    fn what_is_kept_can_be_read_and_nothing_shorter() {
        let mut bytes = [0; MAX_CLIENT_SESSION];
        let length = session(&[5; limits::TICKET]).encode(&mut bytes).unwrap();
        let read = KeptPsk::parse(&bytes[..length]).unwrap();
        assert_eq!((read.ticket, read.lifetime, read.max_early_data), (&[5; limits::TICKET][..], 60, 1));
        assert_eq!(read.proof, Proof::ExternalKey);
        for cut in 0..length {
            assert!(KeptPsk::parse(&bytes[..cut]).is_err(), "{cut} bytes");
        }
        bytes[2] = 3;
        assert!(KeptPsk::parse(&bytes[..length]).is_err(), "another version");
        assert!(session(b"").encode(&mut [0; MAX_SERVER_SESSION]).is_some());
        assert_eq!(session(b"").encode(&mut [0; 100]), None);
    }

    #[test]
    fn what_a_session_goes_back_to_must_do_by_itself() {
        let all = [ExternalKeys::Off, ExternalKeys::Allowed, ExternalKeys::Required];
        assert_eq!(all.map(|keys| Proof::Certificate.does(keys)), [true, true, false]);
        assert_eq!(all.map(|keys| Proof::ExternalKey.does(keys)), [false, true, true]);
    }

    #[test]
    fn a_session_has_its_time() {
        let fresh = |seconds: u64| session(b"").is_fresh(at(seconds));
        let begin = 10 * DAY;
        assert_eq!([begin - 1, begin, begin + 59, begin + 60].map(fresh), [false, true, true, false]);
        let backwards = KeptPsk { authenticated: begin + 1, ..session(b"") };
        assert!(!backwards.is_fresh(at(begin + 2)), "made before the authentication");
    }

    #[test]
    fn no_chain_of_sessions_lives_longer_than_seven_days() {
        let last = KeptPsk { lifetime: u32::MAX, authenticated: 4 * DAY, ..session(b"") };
        assert!(last.is_fresh(at(11 * DAY - 1)));
        assert!(!last.is_fresh(at(11 * DAY)));
        assert_eq!(super::lifetime(60, 7 * DAY - 10), 10);
        assert_eq!(super::lifetime(60, 8 * DAY), 0);
    }

    #[test]
    fn ages_wrap() {
        assert_eq!(session(b"").obfuscated_age(at(10 * DAY + 2)), 999);
    }
}
