//! Early data (RFC 8446, sections 2.3 and 4.2.10).
//!
//! It has paths of its own: a client writes it by a call of its own and never again by itself, a server's application is told it
//! by an event of its own. Whoever saw it once can send it again.

use super::{Context, EarlyData, EarlyDataRefusal, EarlyOffer, Engine, Loan, Peer, Role, Step};
use crate::copy::copy;
use crate::crypto::{Digest, HashAlgorithm, MAX_DIGEST, Provider, SecretLabel};
use crate::error::{Error, Internal, LimitExceeded};
use crate::secret::Secret;
use crate::wire::enums::CipherSuite;

/// What a connection knows of its early data.
#[derive(Debug, Default)]
pub(crate) struct Early {
    pub(crate) phase: EarlyPhase,
    /// Bytes that may still come or go.
    pub(crate) left: u32,
}

/// How far early data is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EarlyPhase {
    /// There is none.
    #[default]
    None,
    /// A client has offered it, or a server has accepted it: it flows.
    Open,
    /// It is over: refused, or ended.
    Over,
}

/// Why a client can't write early data, or a server what answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EarlyStop {
    NotOffered,
    Over,
    Blocked(Step),
    Failed(Error),
}

impl<P: Provider> Context<'_, P> {
    /// From the pre-shared key in the schedule and the whole ClientHello to the keys of early data; the client's secret is in
    /// `traffic`.
    pub(crate) fn derive_early(
        &mut self,
        suite: CipherSuite,
        hello: &Digest,
        traffic: &mut Secret<MAX_DIGEST>,
    ) -> Result<(), Error> {
        let algorithm = HashAlgorithm::of(suite);
        let Self { provider, space, past, .. } = self;
        let (schedule, early) = (&space.schedule, past.origin_mut().ok_or(Internal::State)?);
        let exporter = &mut early.early_exporter;
        schedule.derive_early(*provider, algorithm, hello, (&mut *traffic, &mut *exporter))?;
        provider.on_secret(SecretLabel::ClientEarlyTraffic, &space.client_random, traffic.as_bytes());
        provider.on_secret(SecretLabel::EarlyExporter, &space.client_random, exporter.as_bytes());
        Ok(())
    }

    /// A client's records are early data from here on.
    pub(crate) fn write_with_early_secret(
        &mut self,
        suite: CipherSuite,
        traffic: &mut Secret<MAX_DIGEST>,
    ) -> Result<(), Error> {
        self.channel.write.install(self.provider, self.outgoing.key.as_deref_mut(), suite, traffic)
    }

    /// A server takes early data from here on.
    pub(crate) fn read_with_early_secret(
        &mut self,
        traffic: &mut Secret<MAX_DIGEST>,
        _: crate::record::incoming::RecordBoundary,
    ) -> Result<(), Error> {
        let suite = self.suite()?;
        self.channel.early_data = None;
        self.channel.read.install(self.provider, self.incoming_key.as_deref_mut(), suite, traffic)
    }

    /// The server does not take what was sent early.
    pub(crate) fn refuse_early_data(&mut self, why: EarlyDataRefusal) {
        if self.early.phase == EarlyPhase::Open {
            self.drop_early_data();
            self.negotiated.early_data = EarlyData::Refused(why);
        }
    }

    /// Nothing is sent early any more: its keys go, and nothing of it is sent again.
    pub(crate) fn drop_early_data(&mut self) {
        if self.early.phase != EarlyPhase::Open {
            return;
        }
        self.end_early_data();
        self.space.psk.early = EarlyOffer::default();
        if let Some(origin) = self.past.origin_mut() {
            origin.forget_early();
        }
        self.channel.write.wipe(self.outgoing.key.as_deref_mut());
    }

    pub(crate) fn end_early_data(&mut self) {
        (self.early.phase, self.early.left) = (EarlyPhase::Over, 0);
    }
}

impl<R: Role> Engine<R> {
    /// Whether data that is held is early data.
    pub(crate) fn holds_early_data(&self) -> bool {
        self.early.phase == EarlyPhase::Open
            && R::OWN == Peer::Server
            && !self.incoming.plaintext().is_empty()
    }

    /// Early data came where the state takes it: no more than the ticket said.
    pub(super) fn on_early_data(&mut self) -> Result<Step, Error> {
        let length = u32::try_from(self.incoming.plaintext().len()).map_err(|_| Internal::State)?;
        self.early.left = self.early.left.checked_sub(length).ok_or(LimitExceeded::EarlyData)?;
        Ok(Step::EarlyData)
    }

    /// Seals early data of a client, as much as there is room for in one record: how much.
    pub(crate) fn write_early_data<P: Provider>(
        &mut self,
        data: &[u8],
        lent: &mut Loan<'_, R, P>,
    ) -> Result<usize, EarlyStop> {
        if let Some(error) = self.failed {
            return Err(EarlyStop::Failed(error));
        }
        let step = match self.early.phase {
            EarlyPhase::None => self.begin_early_data(lent)?,
            EarlyPhase::Open | EarlyPhase::Over => Step::Outgoing,
        };
        match self.early.phase {
            EarlyPhase::None => return Err(EarlyStop::Blocked(step)),
            EarlyPhase::Over => return Err(EarlyStop::Over),
            EarlyPhase::Open => {}
        }
        let left = usize::try_from(self.early.left).unwrap_or(usize::MAX);
        if left == 0 {
            return Err(EarlyStop::Over);
        }
        let count = self.seal_early(data.get(..left).unwrap_or(data), lent)?;
        self.early.left = self.early.left.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        Ok(count)
    }

    /// Seals data of a server that has taken early data and waits for the end of the handshake, as much as there is room for
    /// in one record: how much.
    pub(crate) fn write_half_rtt<P: Provider>(
        &mut self,
        data: &[u8],
        lent: &mut Loan<'_, R, P>,
    ) -> Result<usize, EarlyStop> {
        if let Some(error) = self.failed {
            return Err(EarlyStop::Failed(error));
        }
        if self.answers_early_data() {
            return self.seal_early(data, lent);
        }
        let step = self.drive(lent).map_err(EarlyStop::Failed)?;
        if self.answers_early_data() {
            return self.seal_early(data, lent);
        }
        Err(match (step, self.negotiated.early_data) {
            (Step::Connected, EarlyData::Accepted) => EarlyStop::Over,
            (Step::Connected, EarlyData::None | EarlyData::Refused(_)) => EarlyStop::NotOffered,
            (step, _) => EarlyStop::Blocked(step),
        })
    }

    /// Whether a server can answer early data before the handshake is done. It asks for no certificate where it takes some.
    pub(crate) fn answers_early_data(&self) -> bool {
        self.negotiated.early_data == EarlyData::Accepted && R::waits_for_finished(&self.state)
    }

    fn seal_early<P: Provider>(
        &mut self,
        data: &[u8],
        lent: &mut Loan<'_, R, P>,
    ) -> Result<usize, EarlyStop> {
        let limit = data.len().min(self.max_send_fragment.min(self.channel.send_limit).get());
        let mut outgoing = lent.outgoing.outgoing(&mut self.outgoing);
        let space = outgoing.content_space(limit);
        if space.is_empty() && !data.is_empty() {
            let missing = lent.outgoing.bytes.is_empty();
            return Err(EarlyStop::Blocked(if missing { Step::OutgoingBuffer } else { Step::Outgoing }));
        }
        let count = space.len();
        copy(space, data);
        if count > 0 {
            self.seal_data(count, lent).map_err(|error| EarlyStop::Failed(self.fail(error, lent)))?;
        }
        Ok(count)
    }

    /// Sends the ClientHello that offers early data, where a session takes it.
    fn begin_early_data<P: Provider>(&mut self, lent: &mut Loan<'_, R, P>) -> Result<Step, EarlyStop> {
        let offers = lent.space.as_deref_mut().is_some_and(|space| space.psk.offer_early_data());
        if !offers {
            return Err(EarlyStop::NotOffered);
        }
        self.drive(lent).map_err(EarlyStop::Failed)
    }
}
