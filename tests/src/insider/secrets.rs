//! What the provider of an end tells: the secrets of its connection.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tidegate::crypto::SecretLabel;
use tidegate_std::{KeyLog, Onlookers};

use super::Insider;

/// The secrets of one end, as its key log has them.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets(Arc<Mutex<Vec<Told>>>);

/// A line of the log.
#[derive(Clone, Debug)]
pub(super) struct Told {
    label: String,
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
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.iter().filter(|told| told.label == label.name()).nth(before).cloned()
    }
}

impl Insider {
    /// Every secret that either end has told of.
    #[must_use]
    pub fn told(&self) -> Vec<Vec<u8>> {
        let told = |secrets: &Secrets| secrets.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.sides.iter().flat_map(|side| told(&side.secrets)).map(|told| told.secret).collect()
    }
}

impl io::Write for Secrets {
    /// The log writes whole lines.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let words: Vec<&str> = line.trim_end().split(' ').collect();
        let [label, client_random, secret] = words[..] else { return Err(io::ErrorKind::InvalidData.into()) };
        let [client_random, secret] = [client_random, secret].map(from_hex);
        let told = Told { label: label.to_owned(), client_random, secret };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(told);
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
