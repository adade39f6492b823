//! How early data flows through a connection.

use std::io::{Read, Write};

use tidegate::modes::write::WrongRetry;
use tidegate::wire::enums::CipherSuite;
use tidegate::{EarlyData, EarlyDataError, EarlyDataOffer};

use super::settings::EarlyCalls;
use super::ssl::{HandshakeProgress, Ssl, SslRole};
use super::transport::{During, Stop};
use super::verdict::{Reason, RetryFlag, SslWant, Verdict};
use crate::ahead::Ahead;

/// What a connection knows of its early data.
#[derive(Default)]
pub(super) struct Early {
    pub(super) progress: EarlyProgress,
    terms: Option<EarlyTerms>,
    /// Bytes that the session which was offered takes; none where none was.
    pub(super) offered: Option<u32>,
    /// Those that left early of a write that is pending.
    written: Vec<u8>,
    /// Those of a client that were not read yet.
    unread: Ahead,
}

/// How far a client's early data is that the ordinary calls carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EarlyProgress {
    #[default]
    Before,
    /// The first message is on its way.
    Begun,
    /// It flows.
    Running,
    /// The server has refused it, and nobody has taken note.
    Rejected,
    Over,
}

/// What a client's early data goes under.
#[derive(Clone, Debug)]
pub(super) struct EarlyTerms {
    pub(super) cipher_suite: CipherSuite,
    pub(super) protocol: Option<Vec<u8>>,
}

impl EarlyTerms {
    fn of(offer: EarlyDataOffer<'_>) -> Self {
        Self { cipher_suite: offer.cipher_suite, protocol: offer.protocol.map(<[u8]>::to_vec) }
    }
}

/// How far a handshake is driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    Done,
    /// Until a server has sent its flight, if it takes early data.
    Answered,
    /// Until early data has come that was not read yet.
    EarlyData,
}

impl Early {
    /// Whether the ordinary calls of a client carry early data, or did so and nobody has taken note that it is refused.
    pub(super) const fn is_a_clients(&self) -> bool {
        matches!(self.progress, EarlyProgress::Begun | EarlyProgress::Running | EarlyProgress::Rejected)
    }

    /// What a client's early data goes under, as long as it flows.
    pub(super) const fn terms(&self) -> Option<&EarlyTerms> {
        if self.is_a_clients() { self.terms.as_ref() } else { None }
    }

    /// There is no more of it, and nothing of it counts as written.
    pub(super) fn give_up(&mut self) {
        self.progress = EarlyProgress::Over;
        self.forget_write();
    }

    /// The write that was pending has ended.
    pub(super) fn forget_write(&mut self) {
        self.written = Vec::new();
    }

    pub(super) fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    pub(super) fn take(&mut self, out: &mut [u8]) -> usize {
        self.unread.take(out)
    }

    pub(super) fn look(&self, out: &mut [u8]) -> usize {
        self.unread.look(out)
    }
}

impl<T: Read + Write> Ssl<T> {
    /// Whether the ordinary calls of this end carry early data.
    fn carries_early_data(&self, role: SslRole) -> bool {
        self.settings.early_calls == EarlyCalls::Ordinary && self.role == role
    }

    /// Sends a client's first message, if it offers early data that the ordinary calls carry.
    pub(super) fn begin_early_data(&mut self) -> Result<(), Stop> {
        if self.early.progress == EarlyProgress::Before && self.carries_early_data(SslRole::Client) {
            let terms = self.tls()?.early_data_offer().map(EarlyTerms::of);
            let offers = terms.is_some();
            self.early.terms = terms;
            self.early.progress = if offers { EarlyProgress::Begun } else { EarlyProgress::Over };
        }
        if self.early.progress != EarlyProgress::Begun {
            return Ok(());
        }
        self.handshake = HandshakeProgress::Running;
        self.reverify()?;
        self.write_early(&[])?;
        self.early.progress = EarlyProgress::Running;
        Ok(())
    }

    /// Whether a handshake is as good as done that early data may go in the middle of.
    pub(super) fn returns_early(&mut self) -> Result<bool, Stop> {
        if self.carries_early_data(SslRole::Client) && self.early.progress <= EarlyProgress::Begun {
            self.begin_early_data()?;
            return Ok(self.early.progress == EarlyProgress::Running);
        }
        if self.carries_early_data(SslRole::Server) {
            self.drive(Until::Answered)?;
            return Ok(self.handshake != HandshakeProgress::Done);
        }
        Ok(false)
    }

    /// The part of an ordinary write that goes as early data; how much of the data has.
    pub(super) fn write_early_part(&mut self, data: &[u8]) -> Result<usize, Stop> {
        self.begin_early_data()?;
        let flows = self.carries_early_data(SslRole::Server) || self.early.is_a_clients();
        if self.early.written.is_empty() && (!flows || self.handshake == HandshakeProgress::Done) {
            return Ok(0);
        }
        self.write_early(data)
    }

    /// Writes early data, or what answers it, as far as it goes: how much of the data has, all calls of the sequence together.
    pub(super) fn write_early(&mut self, data: &[u8]) -> Result<usize, Stop> {
        if !data.starts_with(&self.early.written) {
            let wrong = if data.len() < self.early.written.len() {
                WrongRetry::Shorter
            } else {
                WrongRetry::Different
            };
            return Err(self.refuse(Reason::WrongRetry(wrong)));
        }
        while self.handshake != HandshakeProgress::Done {
            self.flush()?;
            let rest = &data[self.early.written.len()..];
            let begins = self.early.progress == EarlyProgress::Begun;
            if rest.is_empty() && !begins {
                break;
            }
            match self.tls()?.write_early(rest) {
                Ok(count) => self.early.written.extend(&rest[..count]),
                Err(EarlyDataError::NotOffered | EarlyDataError::Over) => break,
                Err(EarlyDataError::Blocked(want)) => {
                    self.obey(want)?;
                    continue;
                }
                Err(EarlyDataError::Failed(error)) => return Err(self.failed(During::Handshake, error)),
            }
            if begins {
                self.flush()?;
                break;
            }
        }
        Ok(self.early.written.len())
    }

    /// Whether a client's session takes so much more early data. What a call that is repeated has written already is among it.
    pub(super) fn takes_early_data(&mut self, bytes: usize) -> Result<bool, Stop> {
        let left = self.tls()?.early_data_offer().map(|offer| offer.left);
        let left = left.and_then(|left| usize::try_from(left).ok());
        Ok(left.is_some_and(|left| bytes <= left.saturating_add(self.early.written.len())))
    }

    /// Looks for early data of a client, until there is some or can be no more.
    pub(super) fn look_for_early_data(&mut self) -> Result<(), Stop> {
        if !self.early.has_unread() && self.handshake != HandshakeProgress::Done {
            self.drive(Until::EarlyData)?;
        }
        Ok(())
    }

    /// Before a read: the handshake, or as much of it as early data waits for.
    pub(super) fn go_on_to_read(&mut self) -> Result<(), Stop> {
        if self.handshake == HandshakeProgress::Done {
            return Ok(());
        }
        if self.carries_early_data(SslRole::Server) {
            return self.look_for_early_data();
        }
        self.begin_early_data()?;
        self.finish_handshake()
    }

    /// Whether early data is there that the ordinary calls read.
    pub(super) fn reads_early_data(&self) -> bool {
        self.early.has_unread() && self.carries_early_data(SslRole::Server)
    }

    /// Whether a handshake that is in progress was driven far enough.
    pub(super) fn is_far_enough(&mut self, until: Until) -> Result<bool, Stop> {
        Ok(match until {
            Until::Done => false,
            Until::Answered => self.tls()?.is_in_early_data(),
            Until::EarlyData => self.early.has_unread(),
        })
    }

    /// After each step of a handshake: early data that has come is taken, and a client learns that its own is refused.
    pub(super) fn settle_early_data(&mut self) -> Result<(), Stop> {
        let refused = matches!(self.tls()?.negotiated().early_data, EarlyData::Refused(_));
        if refused && matches!(self.early.progress, EarlyProgress::Begun | EarlyProgress::Running) {
            self.early.progress = EarlyProgress::Rejected;
            return Err(self.rejected());
        }
        self.keep_early_data()
    }

    /// The server has refused our early data.
    pub(super) fn rejected(&mut self) -> Stop {
        self.line.want = SslWant::Nothing;
        self.verdict = Verdict::EarlyDataRejected;
        Stop::Negative
    }

    fn keep_early_data(&mut self) -> Result<(), Stop> {
        let mut data = vec![0; self.tls()?.pending_early()];
        if !self.early.unread.has_room(data.len()) {
            self.line.wants(SslWant::Reading, RetryFlag::Read);
            return Err(Stop::Negative);
        }
        if !data.is_empty() {
            let count = self.tls()?.read_early(&mut data).unwrap_or(0);
            self.early.unread.keep(&data[..count]);
        }
        Ok(())
    }
}
