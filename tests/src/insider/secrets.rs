//! What the provider of an end tells: the secrets of its connection.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tidegate::crypto::SecretLabel;
use tidegate_std::{KeyLog, Onlookers};

/// The secrets of one end, as its key log has them.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets(Arc<Mutex<Vec<u8>>>);

/// A line of the log.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) client_random: Vec<u8>,
    pub(super) secret: Vec<u8>,
}

impl Secrets {
    /// Who looks on for it.
    pub(super) fn onlookers(&self) -> Onlookers {
        Onlookers { key_log: Some(KeyLog::new(self.clone())), ..Onlookers::default() }
    }

    /// The secret with this label that was told after `before` others with it.
    pub(super) fn find(&self, label: SecretLabel, before: usize) -> Option<Told> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = std::str::from_utf8(&lines).ok()?;
        let mut found = lines.lines().filter_map(|line| {
            let mut words = line.split(' ');
            (words.next()? == label.name()).then(|| Some([words.next()?, words.next()?]))?
        });
        let [client_random, secret] = found.nth(before)?.map(from_hex);
        Some(Told { client_random, secret })
    }
}

impl io::Write for Secrets {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn from_hex(digits: &str) -> Vec<u8> {
    let digits = digits.bytes().map(|digit| (digit as char).to_digit(16).unwrap_or_default() as u8);
    let digits: Vec<u8> = digits.collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}
