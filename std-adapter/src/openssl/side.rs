//! A connection of either role, behind one interface.

use std::sync::Arc;

use pki_types::CertificateDer;
use tidegate::driver::decline;
use tidegate::error::CertificateError;
use tidegate::modes::{Modes, UnexpectedEnd};
use tidegate::wire::enums::{AlertDescription, KeyUpdateRequest};
use tidegate::{
    EarlyDataError, EarlyDataOffer, Error, Event, ExportError, Missing, NewTicketError, ReadError,
    RenegotiateError, Shutdown, ShutdownError, Side, Taker, Ticket, UpdateKeysError, Want, WriteError,
};
use zeroize::Zeroizing;

pub(super) use super::tls::Tls;
use crate::buffer::FreeList;
use crate::certificates::{PeerCertificates, Retained};
use crate::sessions::{NewSession, Replays, SessionId, Time};
use crate::stream::{End, OwnedConnection};

/// A connection, and who answers what it asks.
pub(super) struct Connected<R: End> {
    connection: OwnedConnection<R, R::Config>,
    answers: R::Answers,
    /// A server's; a client's are with the application, and there are none here.
    sessions: Arc<R::Sessions>,
    session_id: SessionId,
    /// The session that goes on with the latest ticket.
    ticket: Option<NewSession>,
    certificates: PeerCertificates,
    server_name: Option<String>,
    replays: Replays,
    time: Time,
}

impl<R: End> Connected<R> {
    pub(super) fn new(
        connection: OwnedConnection<R, R::Config>,
        answers: R::Answers,
        sessions: Arc<R::Sessions>,
        (retained, time): (Retained, Time),
    ) -> Self {
        let certificates = PeerCertificates::retaining(retained);
        Self {
            connection,
            answers,
            sessions,
            session_id: SessionId::default(),
            ticket: None,
            certificates,
            server_name: None,
            replays: Replays::Refused,
            time,
        }
    }
}

impl<R: End> Tls for Connected<R>
where
    OwnedConnection<R, R::Config>: Send,
    R::Answers: Send,
    Arc<R::Sessions>: Send,
    Arc<R::Config>: Send,
{
    fn write(&mut self, data: &[u8], line: Taker<'_>) -> Result<usize, WriteError> {
        self.connection.write_app_data_over(data, line)
    }

    fn read(&mut self, out: &mut [u8], line: Taker<'_>) -> Result<usize, ReadError> {
        let Self { connection, ticket, time, .. } = self;
        connection.read_app_data_telling(out, Some(line), &mut |given| keep(ticket, given, time))
    }

    fn peek(&mut self, out: &mut [u8], line: Taker<'_>) -> Result<usize, ReadError> {
        let Self { connection, ticket, time, .. } = self;
        connection.peek_app_data_telling(out, Some(line), &mut |given| keep(ticket, given, time))
    }

    fn write_early(&mut self, data: &[u8]) -> Result<usize, EarlyDataError> {
        R::write_early(&mut self.connection, data)
    }

    fn read_early(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        let Event::EarlyData(mut data) = self.connection.next_handshake_event()? else { return Ok(0) };
        let count = out.iter_mut().zip(data.bytes()).map(|(to, byte)| *to = *byte).count();
        data.consume(count);
        Ok(count)
    }

    fn let_early_data_in(&mut self) {
        self.replays = Replays::LetIn;
    }

    fn early_data_offer(&self) -> Option<EarlyDataOffer<'_>> {
        R::early_data_offer(&self.connection)
    }

    fn is_in_early_data(&self) -> bool {
        self.connection.is_in_early_data()
    }

    fn pending_early(&self) -> usize {
        self.connection.pending_early_data()
    }

    fn shutdown(&mut self, line: Taker<'_>) -> Result<Shutdown, ShutdownError> {
        self.connection.shutdown_over(line)
    }

    fn update_keys(&mut self, request: KeyUpdateRequest) -> Result<(), UpdateKeysError> {
        self.connection.update_keys(request)
    }

    fn resume(&mut self, session: &[u8]) {
        R::resume(&mut self.connection, session, &self.time);
    }

    fn turn(&mut self) -> Result<Option<Want>, Error> {
        let Self { connection, answers, sessions, session_id, certificates, replays, .. } = self;
        certificates.follow(connection);
        let event = connection.next_handshake_event()?;
        let is_shown = matches!(event, Event::VerifyPeer(_));
        let event = R::answer(event, answers, &mut certificates.shown);
        if is_shown {
            certificates.reduce();
        }
        let event = event
            .and_then(|event| R::answer_session(event, sessions, session_id, certificates, *replays))
            .and_then(decline);
        Ok(match event {
            Some(Event::Want(want)) => Some(want),
            _ => None,
        })
    }

    fn receive_space(&mut self) -> &mut [u8] {
        self.connection.incoming_space()
    }

    fn received(&mut self, count: usize) {
        self.connection.incoming_filled(count);
    }

    fn missing(&self) -> Missing {
        self.connection.incoming_missing()
    }

    fn ended(&mut self) {
        self.connection.incoming_ended();
    }

    fn outgoing(&self) -> &[u8] {
        self.connection.outgoing()
    }

    fn sent(&mut self, count: usize) {
        self.connection.outgoing_sent(count);
    }

    fn acquire(&mut self, side: Side, free: &mut FreeList) -> bool {
        self.connection.acquire_one(side, free)
    }

    fn lend_space(&mut self) {
        R::lend_space(&mut self.connection, self.server_name.as_deref());
    }

    fn renegotiate(&mut self) -> Result<(), RenegotiateError> {
        self.connection.renegotiate()
    }

    fn is_renegotiation_pending(&self) -> bool {
        self.connection.is_renegotiation_pending()
    }

    fn is_renegotiation_wished(&self) -> bool {
        self.connection.is_renegotiation_wished()
    }

    fn tls_unique(&self) -> Option<&[u8]> {
        self.connection.tls_unique()
    }

    fn refuse_peer(&mut self, error: CertificateError) {
        self.connection.refuse_peer(error);
    }

    fn send_fatal_alert(&mut self, alert: AlertDescription) {
        self.connection.send_fatal_alert(alert);
    }

    fn rest(&mut self, free: &mut FreeList) {
        if !self.connection.is_handshaking() {
            if self.server_name.is_none() {
                self.server_name = self.connection.server_name().map(str::to_owned);
            }
            self.certificates.settle(&self.connection);
            drop(self.connection.detach_handshake());
        }
        self.connection.release_into(free);
    }

    fn put_modes(&mut self, modes: Modes) {
        self.connection.clear_mode(Modes::from_bits(u32::MAX));
        self.connection.set_mode(modes);
    }

    fn set_max_send_fragment(&mut self, bytes: usize) {
        self.connection.set_max_send_fragment(bytes);
    }

    fn set_unexpected_end(&mut self, meaning: UnexpectedEnd) {
        self.connection.set_unexpected_end(meaning);
    }

    fn pending(&self) -> usize {
        self.connection.pending_app_data()
    }

    fn has_incoming(&self) -> bool {
        self.connection.has_incoming()
    }

    fn abandon_write(&mut self) -> usize {
        self.connection.abandon_write()
    }

    fn protocol(&self) -> Option<&[u8]> {
        self.connection.protocol()
    }

    fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref().or_else(|| self.connection.server_name())
    }

    fn export(&mut self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<(), ExportError> {
        self.connection.export_keying_material(label, context, out)
    }

    fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    fn is_closed(&self) -> bool {
        self.connection.is_closed()
    }

    fn is_write_pending(&self) -> bool {
        self.connection.is_write_pending()
    }

    fn is_peer_closed(&self) -> bool {
        self.connection.is_peer_closed()
    }

    fn error(&self) -> Option<Error> {
        self.connection.error()
    }

    fn buffer_bytes(&self) -> usize {
        self.connection.buffer_bytes()
    }

    fn certificates(&self) -> &[CertificateDer<'static>] {
        self.certificates.get()
    }

    fn session(&self) -> Option<Zeroizing<Vec<u8>>> {
        Some(R::session(&self.connection, &self.time)?.bytes)
    }

    fn take_ticket(&mut self) -> Option<NewSession> {
        self.ticket.take()
    }

    fn give_ticket(&mut self) -> Result<(), NewTicketError> {
        self.connection.new_session_ticket()
    }

    fn is_ticket_queued(&self) -> bool {
        self.connection.is_ticket_queued()
    }

    fn forget_session(&self) {
        R::forget_session(None, self.session_id.get(), &self.sessions);
    }

    fn negotiated(&self) -> &tidegate::Negotiated {
        self.connection.negotiated()
    }
}

/// Keeps the session that goes on with a ticket, in place of the one of before.
fn keep(kept: &mut Option<NewSession>, mut given: Ticket<'_>, time: &Time) {
    if let Some(session) = NewSession::of_ticket(&mut given, time) {
        *kept = Some(session);
    }
}
