//! Early data: what the ordinary calls carry before the handshake is done.

use tidegate_std::openssl::{ErrorCode, SslSession};

use super::Failure;
use super::exchange::Exchange;
use super::expectations::{self, Checked, expect};
use super::flags::Config;
use super::session::Kept;

impl<'a> Exchange<'a> {
    /// Whether the server is to refuse early data that this connection sends.
    pub(super) fn expects_rejection(&self) -> bool {
        let client = !self.config.has("-server") && self.is_resume && !self.is_retry;
        client && self.config.has("-expect-reject-early-data")
    }

    /// As far as it goes until the server refuses early data.
    pub(super) fn run_to_rejection(&mut self) -> Checked {
        match self.run() {
            Ok(_) => return Err(Failure::said("0-RTT exchange unexpectedly succeeded.")),
            Err(failure) if self.ssl.get_error(-1) != ErrorCode::EarlyDataRejected => return Err(failure),
            Err(_) => {}
        }
        expect(self.ssl.in_early_data(), || "SSL_in_early_data returned false before reset.".to_owned())?;
        expectations::after_handshake(self)
    }

    /// All of it once more, without what was refused and with the flags for that.
    pub(super) fn run_again(&mut self, retry: &'a Config) -> Result<Option<Kept>, Failure> {
        self.ssl.reset_early_data_reject();
        expect(!self.ssl.in_early_data(), || "SSL_in_early_data returned true after reset.".to_owned())?;
        self.noted.retry(retry);
        (self.config, self.is_retry) = (retry, true);
        self.run()
    }

    /// Goes on until a message has come, which early data is to follow.
    pub(super) fn shake_hands_until_message(&mut self) -> Checked {
        let Some(kind) = self.config.number("-early-write-after-message")? else { return Ok(()) };
        expect(self.ssl.in_early_data(), || "-early-write-after-message needs early data.".to_owned())?;
        let noted = self.noted.clone();
        let has_come = || noted.lock().last_message.map(u64::from) == Some(kind);
        let result = self.retry(|ssl| if has_come() { 0 } else { ssl.do_handshake() });
        if has_come() { Ok(()) } else { Err(self.failed("SSL_do_handshake", result)) }
    }

    /// Writes the secrets that data is protected with.
    pub(super) fn export_secrets(&mut self) -> Checked {
        if !self.config.has("-export-traffic-secrets") {
            return Ok(());
        }
        let names = match self.config.has("-server") {
            true => ["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"],
            false => ["SERVER_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_0"],
        };
        let secrets = names.map(|name| self.noted.lock().secret(name));
        let [Some(read), Some(write)] = secrets else {
            return Err(Failure::said("failed to export traffic secrets"));
        };
        let length = u16::try_from(read.len()).unwrap_or(0).to_le_bytes();
        [&length[..], &read, &write].iter().try_for_each(|part| self.write_all(part))
    }
}

/// What must hold of early data once the handshake is done.
pub(super) fn after_handshake(exchange: &Exchange<'_>) -> Checked {
    let (ssl, config) = (&exchange.ssl, exchange.config);
    if exchange.is_resume && config.has("-expect-ticket-age-skew") {
        let (skew, expected) = (ssl.ticket_age_skew().to_string(), config.text("-expect-ticket-age-skew"));
        expect(Some(skew.as_str()) == expected, || {
            format!("Ticket age skew was {skew}, wanted {expected:?}")
        })?;
    }
    if ssl.in_early_data() {
        return Ok(());
    }
    let reason = ssl.early_data_reason().as_str();
    for (flag, accepted) in [("-expect-accept-early-data", true), ("-expect-reject-early-data", false)] {
        expect(!config.has(flag) || accepted == (reason == "accept"), || {
            format!("Early data was {reason}, but we expected the opposite")
        })?;
    }
    let expected = config.text("-expect-early-data-reason").unwrap_or(reason);
    expect(reason == expected, || format!("Early data reason was {reason:?}, expected {expected:?}"))
}

/// A client that is to offer no early data has not.
pub(super) fn expect_no_offer(exchange: &Exchange<'_>) -> Checked {
    let config = exchange.config;
    let matters = exchange.is_resume && !exchange.is_retry && config.has("-expect-no-offer-early-data");
    expect(!matters || config.has("-server") || !exchange.ssl.in_early_data(), || {
        "Client unexpectedly offered early data.".to_owned()
    })
}

/// What must hold of a session that a client was given.
pub(super) fn of_new_session(exchange: &Exchange<'_>) -> Checked {
    let supports =
        exchange.ssl.get1_session().is_some_and(|session: SslSession| session.get_max_early_data() > 0);
    expect(supports == exchange.config.has("-expect-ticket-supports-early-data"), || {
        format!("new session supports early data: {supports}, but we expected the opposite")
    })
}
