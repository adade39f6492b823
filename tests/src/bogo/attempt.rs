//! All connections of a test, one after the other.

use tidegate_std::openssl::Ssl;

use super::Failure;
use super::exchange::Exchange;
use super::flags::{Config, Flags};
use super::line::Line;
use super::names;
use super::noted::Noted;
use super::session::Kept;
use super::setup::Maker;

/// The first connection, and those that go on with its session.
pub(super) fn all(flags: &Flags) -> Result<(), Failure> {
    let noted = Noted::default();
    let mut maker = Maker::new(&noted);
    let mut session = None;
    for number in 0..=flags.initial.count("-resume-count")? {
        let is_resume = number > 0;
        let config = if is_resume { &flags.resume } else { &flags.initial };
        if is_resume && !config.has("-server") && session.is_none() {
            return Err(Failure::said("No session to offer."));
        }
        if is_resume {
            maker.wait(config)?;
        }
        let offer = session.take().filter(|_| is_resume);
        let result = one(&mut maker, (config, &flags.retry), offer.as_ref());
        session = result.map_err(|failure| in_connection(number + 1, failure))?;
    }
    Ok(())
}

/// Says in which connection it was.
fn in_connection(number: usize, failure: Failure) -> Failure {
    match failure {
        Failure::Failed(what) => Failure::Failed(format!("Connection {number} failed.\n{what}")),
        unimplemented @ Failure::Unimplemented(_) => unimplemented,
    }
}

fn one(
    maker: &mut Maker,
    (config, retry): (&Config, &Config),
    offer: Option<&Kept>,
) -> Result<Option<Kept>, Failure> {
    maker.begin(config)?;
    let line = Line::connect(config)?;
    let allowed = line.allowed();
    let mut ssl = maker.connection(config, line)?;
    let noted = &maker.noted;
    if let Some(offer) = offer {
        offer.set(&mut ssl)?;
    }
    let mut exchange = Exchange {
        config,
        noted,
        allowed,
        is_resume: offer.is_some(),
        is_retry: false,
        sessions_before: ssl.context().sess_number(),
        offered: offer.and_then(|offer| offer.session.clone()),
        first_scheme: offer.and_then(|offer| offer.peer_scheme),
        ssl: &mut ssl,
    };
    let outcome = if exchange.expects_rejection() {
        exchange.run_to_rejection().and_then(|()| exchange.run_again(retry))
    } else {
        exchange.run()
    };
    outcome.map_err(|failure| explain(failure, &ssl, noted))
}

/// Adds why the connection failed, if it did.
fn explain(failure: Failure, ssl: &Ssl<Line>, noted: &Noted) -> Failure {
    let Failure::Failed(what) = failure else { return failure };
    let notes = noted.lock();
    let complaint = notes.complaint.as_deref().unwrap_or_default();
    let reason = ssl.reason().map(|reason| names::of_reason(reason, notes.cause)).unwrap_or_default();
    Failure::Failed(format!("{what}\n{complaint}\n{reason}"))
}
