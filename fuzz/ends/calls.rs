//! What applications call.

use tidegate::error::CertificateError;
use tidegate::modes::{Modes, UnexpectedEnd};
use tidegate::wire::enums::{AlertDescription, KeyUpdateRequest};
use tidegate::{BufferPool, Missing, ServerName};

use super::script::next;
use super::{Ends, at, settings};

/// Whatever a call says, it may say it.
fn ignore<T>(_: T) {}

impl Ends {
    /// What moves data or state.
    pub(super) fn call(&mut self, which: usize, what: u8, script: &mut &[u8]) {
        let size = usize::from(next(script)) * 97;
        match what {
            20..30 => at!(self, which, end => ignore(end.write_app_data(&vec![7; size]))),
            30..40 => at!(self, which, end => ignore(end.read_app_data(&mut vec![0; size]))),
            40 => {
                self.is_honest = false;
                at!(self, which, end => end.close());
            }
            41 => at!(self, which, end => ignore(end.update_keys(KeyUpdateRequest::UPDATE_REQUESTED))),
            42 => at!(self, which, end => ignore(end.renegotiate())),
            43 => at!(self, which, end => ignore(end.abandon_write())),
            44 => {
                self.is_honest = false;
                at!(self, which, end => end.incoming_ended());
            }
            45 => at!(self, which, end => ignore(end.shutdown())),
            46 => {
                at!(self, which, end => ignore(end.set_mode(Modes::ENABLE_PARTIAL_WRITE.set(Modes::RELEASE_BUFFERS))))
            }
            47 => at!(self, which, end => ignore(end.clear_mode(Modes::AUTO_RETRY))),
            48 => at!(self, which, end => ignore(end.export_keying_material(b"label", None, &mut [0; 32]))),
            49 => ignore(self.server.new_session_ticket()),
            50 => {
                // An older server does not know what to do with it (RFC 8446, appendix D.3).
                self.is_honest &= !self.settings.is_server_older();
                ignore(self.client.write_early_data(&vec![7; size]));
            }
            51 => ignore(self.server.write_half_rtt_data(&vec![7; size])),
            52 => self.fill(which, size),
            _ => self.hand_over(which, what),
        }
    }

    /// Writes where the engine's own buffer lies.
    fn fill(&mut self, which: usize, size: usize) {
        at!(self, which, end => {
            let Ok(space) = end.app_data_space() else { return };
            let count = size.min(space.len());
            space[..count].fill(7);
            ignore(end.app_data_filled(count));
        });
    }

    /// Takes from an end what it was lent, or lends it again.
    fn hand_over(&mut self, which: usize, what: u8) {
        let name = ServerName::try_from(settings::NAME).unwrap();
        match what {
            53 => self.buffers.extend(at!(self, which, end => end.detach_incoming())),
            54 => self.buffers.extend(at!(self, which, end => end.detach_outgoing())),
            55 => self.spaces.extend(at!(self, which, end => end.detach_handshake())),
            56 => {
                let Some(buffer) = self.buffers.pop() else { return };
                assert!(buffer.iter().all(|byte| *byte == 0), "wiped");
                ignore(at!(self, which, end => end.attach_incoming(buffer)));
            }
            57 => {
                let Some(buffer) = self.buffers.pop() else { return };
                ignore(at!(self, which, end => end.attach_outgoing(buffer)));
            }
            58 => {
                let Some(space) = self.spaces.pop() else { return };
                if which == 0 {
                    ignore(self.client.attach_handshake(space, &name));
                } else {
                    ignore(self.server.attach_handshake(space));
                }
            }
            _ => self.buffers.push(vec![0; self.settings.buffer()].into()),
        }
    }

    /// What is called less often.
    pub(super) fn ask(&mut self, which: usize, what: u8, script: &mut &[u8]) {
        let value = next(script);
        let mut room = [0; 300];
        match what {
            73 => at!(self, which, end => end.send_fatal_alert(AlertDescription(value))),
            74 => at!(self, which, end => end.refuse_peer(CertificateError::Revoked)),
            75 => at!(self, which, end => end.set_max_send_fragment(usize::from(value) * 97)),
            76 => at!(self, which, end => end.set_unexpected_end(UnexpectedEnd::Ignore)),
            77 => at!(self, which, end => ignore(end.peek_app_data(&mut room[..value.into()]))),
            78 => at!(self, which, end => ignore(end.update_keys(KeyUpdateRequest::UPDATE_NOT_REQUESTED))),
            79 => at!(self, which, end => ignore(end.tls_exporter())),
            80 => at!(self, which, end => ignore(end.take_outgoing(&mut room[..value.into()]))),
            81 => at!(self, which, end => {
                let mut pool = BufferPool::<_, 2>::new();
                end.release_into(&mut pool);
                assert!(end.acquire_from(&mut pool) || !pool.is_empty() || self.buffers.len() < 300);
            }),
            82 => {
                at!(self, which, end => ignore(end.export_early_keying_material(b"label", &[1], &mut [0; 32])))
            }
            83 => ignore(self.client.read_app_data_telling(&mut room, None, &mut |_| {})),
            84 => at!(self, which, end => ignore(end.next_handshake_event().is_ok())),
            85 => at!(self, which, end => {
                let modes = Modes::AUTO_RETRY.set(Modes::ACCEPT_MOVING_WRITE_BUFFER);
                ignore(end.set_mode(modes));
            }),
            _ => self.look(which),
        }
    }

    /// Whatever a connection can be asked for in any state.
    fn look(&mut self, which: usize) {
        at!(self, which, end => {
            assert!(!format!("{end:?}").is_empty() && !format!("{:?}", end.negotiated()).is_empty());
            assert!(end.error().is_none_or(|error| !error.to_string().is_empty()));
            assert!(end.protocol().is_none_or(|name| !name.is_empty()));
            assert!(end.server_name().is_none_or(|name| name == settings::NAME || which == 1));
            assert!(end.tls_unique().is_none_or(|unique| unique.len() == 12));
            let pending = end.pending_app_data() + end.pending_early_data();
            let (Missing::Header(missing) | Missing::Body(missing)) = end.incoming_missing();
            assert!(pending + missing < 1 << 17);
            let states = [end.is_closing(), end.is_closed(), end.is_peer_closed(), end.has_incoming()];
            let more = [end.is_write_pending(), end.is_renegotiation_pending(), end.is_renegotiation_wished()];
            ignore((states, more, end.peer_certificate_digest().map(<[u8]>::len)));
        });
        ignore((self.client.early_data_offer(), self.server.is_ticket_queued()));
    }
}
