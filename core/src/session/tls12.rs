//! Of TLS 1.2 (RFC 5246, section 7.3; RFC 5077).

use pki_types::UnixTime;

use super::FORMAT;
use crate::limits;
use crate::wire::enums::{CipherSuite, NamedGroup, ProtocolVersion};
use crate::wire::{DecodeError, Reader, Writer};

/// Bytes of the longest session without its ticket.
pub(super) const MAX: usize = 7 + 49 + (1 + limits::HOST_NAME) + 33 + 49 + 33 + 2 + 12;

/// A session as it is kept.
#[derive(Clone, Copy)]
pub(crate) struct KeptSession<'a> {
    pub(crate) cipher_suite: CipherSuite,
    /// That its keys were exchanged with.
    pub(crate) group: NamedGroup,
    pub(crate) master_secret: &'a [u8],
    pub(crate) server_name: &'a str,
    /// The configuration that it was made under.
    pub(crate) context: &'a [u8],
    /// A digest of the peer's certificate, by the hash of the provider's first suite; empty if it showed none.
    pub(crate) peer_certificate: &'a [u8],
    pub(crate) session_id: &'a [u8],
    /// Empty where the server keeps the session itself, and at a server.
    pub(crate) ticket: &'a [u8],
    /// Seconds since 1970.
    pub(crate) issued: u64,
    /// Seconds that it is good for.
    pub(crate) lifetime: u32,
}

impl<'a> KeptSession<'a> {
    /// Reads what [`KeptSession::encode`] wrote.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != FORMAT || ProtocolVersion(reader.u16()?) != ProtocolVersion::TLS_1_2 {
            return Err(DecodeError::IllegalParameter);
        }
        let session = Self {
            cipher_suite: CipherSuite(reader.u16()?),
            group: NamedGroup(reader.u16()?),
            master_secret: reader.vec_u8()?,
            server_name: core::str::from_utf8(reader.vec_u8()?).map_err(|_| DecodeError::Malformed)?,
            context: reader.vec_u8()?,
            peer_certificate: reader.vec_u8()?,
            session_id: reader.vec_u8()?,
            ticket: reader.vec_u16()?,
            issued: u64::from_be_bytes(*reader.array()?),
            lifetime: reader.u32()?,
        };
        reader.finish()?;
        Ok(session)
    }

    /// Writes it to `out`; how many bytes, if they fit.
    pub(crate) fn encode(&self, out: &mut [u8]) -> Option<usize> {
        let mut writer = Writer::new(out, 0);
        writer.u8(FORMAT);
        writer.u16(ProtocolVersion::TLS_1_2.0);
        writer.u16(self.cipher_suite.0);
        writer.u16(self.group.0);
        writer.vec_u8(&|w| w.put(self.master_secret));
        writer.vec_u8(&|w| w.put(self.server_name.as_bytes()));
        writer.vec_u8(&|w| w.put(self.context));
        writer.vec_u8(&|w| w.put(self.peer_certificate));
        writer.vec_u8(&|w| w.put(self.session_id));
        writer.vec_u16(&|w| w.put(self.ticket));
        writer.put(&self.issued.to_be_bytes());
        writer.put(&self.lifetime.to_be_bytes());
        (writer.written() == writer.total()).then_some(writer.written())
    }

    /// Whether it may still be used: not before it was made, and not for longer than anyone says.
    pub(crate) fn is_fresh(&self, now: UnixTime) -> bool {
        let age = now.as_secs().checked_sub(self.issued);
        age.is_some_and(|age| age < u64::from(lifetime(self.lifetime)))
    }
}

/// Seconds that a session is good for: what the server says, if it says anything, and no more than a day.
pub(crate) const fn lifetime(hint: u32) -> u32 {
    if hint == 0 || hint > limits::SESSION_LIFETIME { limits::SESSION_LIFETIME } else { hint }
}

/// From when on a session counts that is kept now, and for how many seconds it is good. One that goes on began when it did, and
/// ends a day after that, at the latest.
pub(crate) fn life(begun: u64, now: u64, hint: u32) -> (u64, u32) {
    let issued = if begun == 0 { now } else { begun };
    let age = u32::try_from(now.saturating_sub(issued)).unwrap_or(u32::MAX);
    (issued, lifetime(hint).saturating_add(age).min(limits::SESSION_LIFETIME))
}

#[cfg(test)]
mod tests {
    use super::{KeptSession, UnixTime};
    use crate::limits;
    use crate::session::MAX_CLIENT_SESSION;
    use crate::wire::enums::{CipherSuite, NamedGroup};

    fn session(ticket: &[u8]) -> KeptSession<'_> {
        KeptSession {
            cipher_suite: CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            group: NamedGroup::X25519,
            master_secret: &[7; 48],
            server_name: "localhost",
            context: b"here",
            peer_certificate: &[8; 32],
            session_id: &[9; 32],
            ticket,
            issued: 1000,
            lifetime: 60,
        }
    }

    #[test]
    fn what_is_kept_can_be_read_and_nothing_shorter() {
        let mut bytes = [0; MAX_CLIENT_SESSION];
        let length = session(&[5; limits::TICKET]).encode(&mut bytes).unwrap();
        let read = KeptSession::parse(&bytes[..length]).unwrap();
        assert_eq!(
            (read.ticket, read.lifetime, read.server_name),
            (&[5; limits::TICKET][..], 60, "localhost")
        );
        for cut in 0..length {
            assert!(KeptSession::parse(&bytes[..cut]).is_err(), "{cut} bytes");
        }
        bytes[0] ^= 2;
        assert!(KeptSession::parse(&bytes[..length]).is_err(), "another format");
        assert_eq!(session(b"").encode(&mut [0; 100]), None);
    }

    #[test]
    fn a_session_has_its_time() {
        let at = |seconds| {
            session(b"").is_fresh(UnixTime::since_unix_epoch(core::time::Duration::from_secs(seconds)))
        };
        assert_eq!([999, 1000, 1059, 1060].map(at), [false, true, true, false]);
    }

    #[test]
    fn a_session_that_goes_on_lives_no_longer_than_a_day_from_its_beginning() {
        for (begun, now, hint, expected) in [
            (0, 5000, 60, (5000, 60)),
            (1000, 1010, 60, (1000, 70)),
            (1000, 1010, 0, (1000, 86_400)),
            (1000, 87_000, 3600, (1000, 86_400)),
            (1000, 999, 60, (1000, 60)),
        ] {
            assert_eq!(super::life(begun, now, hint), expected, "{begun} {now} {hint}");
        }
    }

    #[test]
    fn nobody_makes_a_session_live_longer_than_a_day() {
        assert_eq!([0, 5, 86_399, 86_400, 86_401].map(super::lifetime), [86_400, 5, 86_399, 86_400, 86_400]);
    }
}
