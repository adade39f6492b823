//! Shutting down, as the shutdown machine says.

use tidegate::modes::read::ReadEvent;
use tidegate::modes::shutdown::{CloseNotify, Peer as Direction, ShutdownEvent, ShutdownOutcome};
use tidegate::modes::write::{Close, WriteEvent};
use tidegate::modes::{Control, Handshake, Writing};

use super::control::Sent;
use super::read::Found;
use super::row::Row;
use super::sending::Outbound;
use super::status::{Answer, Peer, Status, Want};
use super::{Life, Model, Said};

enum Next {
    Event(ShutdownEvent),
    Answer(Answer),
}

impl Model {
    /// `SSL_shutdown`.
    pub(super) fn shutdown(&mut self) -> Answer {
        if self.life == Life::Failed {
            return self.stored();
        }
        if self.ahead > 0 && self.says_shutdown == Said::Yes {
            return Answer::ssl(-1); // as over unread data
        }
        self.note_shutdown();
        let peer = self.direction();
        // One that left with the end of a write counts as waiting until a shutdown has said that it left.
        let own = match (self.own_close_notify(), self.told_shutdown) {
            (CloseNotify::Left, Said::No) => CloseNotify::Waits,
            (own, _) => own,
        };
        let mut event = ShutdownEvent::Call { own, peer };
        loop {
            let terms = self.terms();
            let (state, outcome) = self.shutdown.step(event, &terms);
            self.shutdown = state;
            match self.answer_shutdown(outcome) {
                Next::Event(next) => event = next,
                Next::Answer(answer) => return answer,
            }
        }
    }

    /// Where OpenSSL says another thing: it leaves a blocked record where it is (V9) and what was wanted as it was
    /// (V12), and with a KeyUpdate of its own it is in a handshake (V11).
    fn note_shutdown(&mut self) {
        let terms = self.terms();
        if terms.handshake != Handshake::Done {
            return;
        }
        match (self.write.writing(), terms.control) {
            (Writing::InSequence, _) => {
                self.used(Row::V9);
                if self.status.want != Want::Writing {
                    self.used(Row::V12);
                }
            }
            (Writing::Idle, Control::Queued) => self.used(Row::V11),
            (Writing::Idle, Control::None | Control::Owed) | (Writing::Over, _) => {}
        }
    }

    fn answer_shutdown(&mut self, outcome: ShutdownOutcome) -> Next {
        match outcome {
            ShutdownOutcome::SendControl => match self.send_control() {
                Sent::Ready => Next::Event(ShutdownEvent::Ready),
                Sent::NotReady => Next::Event(ShutdownEvent::NotReady),
            },
            ShutdownOutcome::Close => {
                let terms = self.terms();
                (self.write, _) = self.write.step(WriteEvent::Close, &terms);
                self.says_shutdown = Said::Yes;
                Next::Event(ShutdownEvent::Asked)
            }
            ShutdownOutcome::SendCloseNotify => self.send_close_notify(),
            ShutdownOutcome::Fetch => self.fetch_for_shutdown(),
            ShutdownOutcome::Process => {
                self.process();
                Next::Event(ShutdownEvent::Processed)
            }
            ShutdownOutcome::Unread => {
                self.used(Row::V10);
                Next::Answer(Answer::ssl(-1))
            }
            ShutdownOutcome::Sent => {
                self.told_shutdown = Said::Yes;
                Next::Answer(Answer::fixed(0))
            }
            ShutdownOutcome::Both => {
                self.peer_closed();
                self.told_shutdown = Said::Yes;
                Next::Answer(Answer::fixed(1))
            }
            ShutdownOutcome::WantOutgoing => self.waits_to_write(),
            ShutdownOutcome::WantIncoming | ShutdownOutcome::Progress => self.waits(Status::WAITS_TO_READ),
            ShutdownOutcome::InHandshake | ShutdownOutcome::NoRole => Next::Answer(Answer::ssl(-1)),
            ShutdownOutcome::Failed | ShutdownOutcome::OutOfTurn => {
                unreachable!("the model asks the shutdown machine in turn, and never after a failure")
            }
        }
    }

    fn waits(&mut self, status: Status) -> Next {
        self.status = status;
        Next::Answer(Answer::fixed(-1))
    }

    /// In vain, if nothing can be sent any more.
    fn waits_to_write(&mut self) -> Next {
        self.status = Status::WAITS_TO_WRITE;
        if !self.sending.is_broken() {
            return Next::Answer(Answer::fixed(-1));
        }
        if self.peer == Peer::Closed {
            self.used(Row::V16); // OpenSSL: ZERO_RETURN
        }
        Next::Answer(Answer::syscall())
    }

    fn send_close_notify(&mut self) -> Next {
        let terms = self.terms();
        if self.write.close_notify_due(terms.control) {
            (self.write, _) = self.write.step(WriteEvent::CloseNotifySealed, &terms);
            self.sending.push(Outbound::CloseNotify);
        }
        self.flush();
        Next::Event(ShutdownEvent::CloseNotify(self.own_close_notify()))
    }

    fn fetch_for_shutdown(&mut self) -> Next {
        let mut found = self.fetch();
        while matches!(found, Found::Data(0)) {
            found = self.fetch(); // empty records are skipped, whatever the modes
        }
        Next::Event(match found {
            Found::Nothing => ShutdownEvent::NothingThere,
            Found::Data(_) => ShutdownEvent::Data,
            Found::Ignored => ShutdownEvent::Ignored,
            Found::Message => ShutdownEvent::Message,
            Found::CloseNotify => ShutdownEvent::PeerClosed,
            Found::End if self.ignores_end() => ShutdownEvent::PeerClosed,
            Found::End => {
                self.truncated();
                return Next::Answer(Answer::ssl(-1));
            }
            Found::Alert(code) => {
                self.on_alert(code);
                self.used(Row::V13); // OpenSSL: 1, as if both had closed
                return Next::Answer(Answer::ssl(-1));
            }
        })
    }

    pub(super) fn direction(&self) -> Direction {
        match self.peer {
            Peer::Open => Direction::Open,
            Peer::Closed => Direction::Closed,
        }
    }

    /// The read machine knows it, too.
    pub(super) fn peer_closed(&mut self) {
        let terms = self.terms();
        (self.read, _) = self.read.step(ReadEvent::CloseNotify, &terms);
        self.peer = Peer::Closed;
    }

    fn own_close_notify(&self) -> CloseNotify {
        match self.write.close() {
            Close::Open => CloseNotify::NotAsked,
            Close::Asked => CloseNotify::Held,
            Close::Sent if self.sending.holds(Outbound::CloseNotify) => CloseNotify::Waits,
            Close::Sent => CloseNotify::Left,
        }
    }
}
