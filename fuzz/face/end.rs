//! One end: what was written, what was read of it, and what its calls say of themselves.

use std::collections::BTreeSet;

use tidegate_std::openssl::{BioPair, ErrorCode, Reason, Ssl};
use tidegate_std::tidegate::Error;
use tidegate_std::tidegate::modes::Modes;
use tidegate_std::tidegate::wire::enums::AlertDescription;

/// The longest write.
const LONGEST: usize = 256 * 97;

/// A connection and its account.
pub(super) struct End {
    pub(super) ssl: Ssl<BioPair>,
    /// Where writes lie, always in the same place.
    data: Box<[u8]>,
    /// Whatever writes have returned.
    sent: Vec<u8>,
    /// The write that was blocked last, of which some may have left.
    blocked: Vec<u8>,
    /// What the other end has read of both.
    arrived: Vec<u8>,
    /// Places of the stream that were said to be this and that: a retry is known by its last record alone.
    doubtful: BTreeSet<usize>,
    /// What everything has failed with since.
    failed: Option<Error>,
}

impl End {
    pub(super) fn new(ssl: Ssl<BioPair>) -> Self {
        let mut end = Self {
            ssl,
            data: vec![0; LONGEST].into(),
            sent: Vec::new(),
            blocked: Vec::new(),
            arrived: Vec::new(),
            doubtful: BTreeSet::new(),
            failed: None,
        };
        end.refill();
        end
    }

    /// What is to be written next differs at each place of the stream.
    fn refill(&mut self) {
        for (place, byte) in (self.sent.len()..).zip(&mut self.data) {
            *byte = (place.wrapping_mul(31) + (place >> 8)) as u8;
        }
    }

    /// Writes so much of the stream, or as much as the write that is blocked.
    pub(super) fn write(&mut self, length: usize) {
        let length = length.max(self.blocked.len());
        let result = self.ssl.write(&self.data[..length]);
        self.check(result);
        assert!(!matches!(self.ssl.reason(), Some(Reason::WrongRetry(_))) || result > 0, "it is the same");
        let data = self.data[..length].to_vec();
        self.follow(result, data);
    }

    /// Writes as much, but with another byte; it stays another where that is no retry.
    pub(super) fn write_other(&mut self, place: u8) {
        let length = self.blocked.len().max(1);
        let place = usize::from(place) * 97 % length;
        self.data[place] ^= 0x55;
        let doubtful = self.sent.len() + place;
        let is_new = self.doubtful.insert(doubtful);
        let result = self.ssl.write(&self.data[..length]);
        self.check(result);
        self.follow(result, self.data[..length].to_vec());
        if self.ssl.get_error(result) == ErrorCode::Ssl {
            self.data[place] ^= 0x55;
            if is_new {
                self.doubtful.remove(&doubtful);
            }
        }
    }

    fn follow(&mut self, result: i32, data: Vec<u8>) {
        if result > 0 {
            let count = usize::try_from(result).unwrap();
            self.sent.extend_from_slice(&data[..count]);
            self.blocked.clear();
            self.refill();
        } else if matches!(
            self.ssl.get_error(result),
            ErrorCode::WantRead | ErrorCode::WantWrite | ErrorCode::Syscall
        ) {
            // What a transport that fails has not taken still waits.
            self.blocked = data;
        }
        assert!(
            self.ssl.get_error(result) != ErrorCode::WantWrite || self.ssl.get_ref().write_guarantee() == 0
        );
        self.compare();
    }

    /// What had left of a write before a failure is not told.
    pub(super) fn abandon(&mut self) {
        let count = self.ssl.abandon_write();
        if count == 0 && self.failed.is_some() {
            return;
        }
        self.sent.extend_from_slice(&self.blocked[..count]);
        self.blocked.clear();
        self.refill();
    }

    pub(super) fn read(&mut self, length: usize) -> Vec<u8> {
        let mut data = vec![0; length];
        let result = self.ssl.read(&mut data);
        self.check_read(result, length);
        data.truncate(usize::try_from(result).unwrap_or(0));
        data
    }

    pub(super) fn peek(&mut self, length: usize) {
        let (mut data, mut again) = (vec![0; length], vec![0; length]);
        let result = self.ssl.peek(&mut data);
        self.check_read(result, length);
        if result > 0 {
            assert_eq!(self.ssl.peek(&mut again), result);
            assert!(again == data, "what was looked at stays");
        }
    }

    fn check_read(&mut self, result: i32, length: usize) {
        assert!(result <= i32::try_from(length).unwrap());
        let (auto_retry, error) =
            (self.ssl.get_mode().contains(Modes::AUTO_RETRY), self.ssl.get_error(result));
        // A renegotiation, and nothing else, may wait for what the application does first.
        let waits = auto_retry && error == ErrorCode::WantRead && self.ssl.renegotiate_pending() == 0;
        assert!(!waits || self.ssl.get_ref().pending() == 0, "there is something to read");
        // Data that was read ahead can be had after a failure.
        if result <= 0 {
            self.check(result);
        }
    }

    /// The other end has read this.
    pub(super) fn was_read(&mut self, data: &[u8]) {
        self.arrived.extend_from_slice(data);
        self.compare();
    }

    /// What has arrived is what was written, in order, each byte once.
    pub(super) fn compare(&self) {
        assert!(self.arrived.len() <= self.sent.len() + self.blocked.len());
        let written = self.sent.iter().chain(&self.blocked);
        let mut places = self.arrived.iter().zip(written).enumerate();
        assert!(places.all(|(place, (read, written))| read == written || self.doubtful.contains(&place)));
    }

    pub(super) fn shutdown(&mut self) {
        let result = self.ssl.shutdown();
        assert!((-1..=1).contains(&result));
        if result < 0 {
            self.check(result);
        }
        assert!(result < 1 || self.ssl.get_shutdown() == 3);
    }

    pub(super) fn do_handshake(&mut self) -> i32 {
        let result = self.ssl.do_handshake();
        self.check(result);
        result
    }

    pub(super) fn fail(&mut self, alert: AlertDescription) {
        self.ssl.send_fatal_alert(alert);
    }

    /// A result and its error agree, and what has failed stays so.
    fn check(&mut self, result: i32) {
        let error = self.ssl.get_error(result);
        assert!(result >= 0 || error != ErrorCode::None);
        assert!(error != ErrorCode::Ssl || self.ssl.reason().is_some());
        let reason = match self.ssl.reason() {
            Some(Reason::Failed(error)) if result <= 0 => Some(error),
            _ => None,
        };
        match self.failed {
            Some(_) => assert_eq!((reason, result > 0), (self.failed, false), "failed is for ever"),
            None => self.failed = reason,
        }
    }
}
