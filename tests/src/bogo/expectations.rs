//! What flags expect of a connection.

use tidegate::HelloRetry;
use tidegate::config::CertificateType;
use tidegate::error::CertificateError;
use tidegate::wire::enums::{CipherSuite, ProtocolVersion};

use super::Failure;
use super::certificates::read_chain;
use super::early;
use super::exchange::Exchange;
use super::noted::Verdict;

pub(super) type Checked = Result<(), Failure>;

/// Fails with these words unless it holds.
pub(super) fn expect(holds: bool, what: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(Failure::Failed(what())) }
}

/// What must hold when the first handshake is done.
pub(super) fn after_handshake(exchange: &mut Exchange<'_>) -> Checked {
    expect(!exchange.config.has("-handshake-never-done"), || "Handshake unexpectedly completed.".to_owned())?;
    if exchange.config.has("-server") {
        expect(exchange.is_resume || exchange.noted.lock().has_seen_hello, || {
            "early callback not called".to_owned()
        })?;
    }
    of_session(exchange)?;
    of_names(exchange)?;
    of_algorithms(exchange)?;
    of_hellos(exchange)?;
    early::after_handshake(exchange)?;
    of_certificates(exchange)
}

fn of_session(exchange: &Exchange<'_>) -> Checked {
    let (ssl, config) = (&exchange.ssl, exchange.config);
    let expected = exchange.is_resume && (!config.has("-expect-session-miss") || ssl.in_early_data());
    let reused = ssl.session_reused() == 1;
    expect(reused == expected, || {
        format!("session unexpectedly was{} reused", if reused { "" } else { " not" })
    })?;
    if !exchange.is_resume {
        let keeps = ssl.context().sess_number() > exchange.sessions_before;
        let expected = config.has("-expect-session-id");
        let matters = expected || config.has("-expect-no-session-id");
        expect(!matters || keeps == expected, || format!("session was cached on the server: {keeps}"))?;
    }
    if config.has("-server") || ssl.version() == ProtocolVersion::TLS_1_3 {
        return Ok(());
    }
    let expected = !config.has("-expect-no-session") && (!reused || config.has("-expect-ticket-renewal"));
    let is_new = exchange.has_new_session();
    expect(is_new == expected, || format!("new session: {is_new}, but we expected the opposite"))
}

fn of_names(exchange: &Exchange<'_>) -> Checked {
    let (ssl, config) = (&exchange.ssl, exchange.config);
    if let Some(expected) = config.text("-expect-server-name") {
        let name = ssl.servername();
        expect(name == Some(expected), || format!("servername mismatch (got {name:?}; want {expected})"))?;
    }
    let flag = if config.has("-server") { "-select-alpn" } else { "-expect-alpn" };
    let expected = config.text(flag).unwrap_or_default();
    let protocol = ssl.alpn_selected().unwrap_or_default();
    expect(protocol == expected.as_bytes(), || format!("negotiated alpn proto mismatch: {protocol:02x?}"))
}

fn of_algorithms(exchange: &Exchange<'_>) -> Checked {
    let (ssl, config) = (&exchange.ssl, exchange.config);
    let expected = config.count("-expect-version")?;
    let version = ssl.version();
    expect(expected == 0 || usize::from(version.0) == expected, || {
        format!("want version {expected:04x}, got {version}")
    })?;
    let agreed = ssl.negotiated().copied().unwrap_or_default();
    let group = agreed.group.map_or(0, |group| usize::from(group.0));
    let expected = config.count("-expect-curve-id")?;
    expect(expected == 0 || group == expected, || {
        format!("curve_id was {group:04x}, wanted {expected:04x}")
    })?;
    let suite = ssl.current_cipher().unwrap_or(CipherSuite(0));
    for flag in ["-expect-cipher", "-expect-cipher-aes"] {
        let expected = config.count(flag)?;
        let holds = expected == 0 || usize::from(suite.0) == expected;
        expect(holds, || format!("Cipher ID was {suite}, wanted {expected:04x}"))?;
    }
    let expected = config.count("-expect-peer-signature-algorithm")?;
    let scheme = exchange.peer_scheme().map_or(0, |scheme| usize::from(scheme.0));
    expect(expected == 0 || scheme == expected, || {
        format!("Peer signature algorithm was {scheme:04x}, wanted {expected:04x}.")
    })
}

fn of_hellos(exchange: &Exchange<'_>) -> Checked {
    let config = exchange.config;
    let agreed = exchange.ssl.negotiated().copied().unwrap_or_default();
    let retried = agreed.hello_retry == HelloRetry::Yes;
    expect(!config.has("-expect-hrr") || retried, || "Got no HRR, but wanted opposite.".to_owned())?;
    expect(!config.has("-expect-no-hrr") || !retried, || "Got HRR, but wanted opposite.".to_owned())?;
    // No handshake of TLS 1.2 is done here without secure renegotiation and extended master secret.
    let is_insecure = config.has("-expect-no-secure-renegotiation");
    let is_tls12 = exchange.ssl.version() == ProtocolVersion::TLS_1_2;
    expect(!(is_insecure && is_tls12), || "Secure renegotiation unexpectedly negotiated".to_owned())?;
    if let Some(expected) = config.text("-expect-selected-credential") {
        let number = exchange.noted.lock().chosen.map_or("-1".to_owned(), |number| number.to_string());
        expect(number == expected, || format!("Credential {number} was used, wanted {expected}"))?;
    }
    Ok(())
}

/// What must hold of certificates, also after a renegotiation.
fn of_certificates(exchange: &Exchange<'_>) -> Checked {
    let (ssl, config) = (&exchange.ssl, exchange.config);
    let shown = ssl.peer_certificates();
    if let Some(expected) = config.number("-expect-peer-certificate-type")? {
        let agreed = ssl.negotiated().copied().unwrap_or_default();
        let shown = if config.has("-server") { agreed.client_certificate } else { agreed.server_certificate };
        let is_raw = shown == CertificateType::RawPublicKey;
        expect(is_raw == (expected == 2), || format!("peer certificate type: {shown:?}"))?;
    }
    let (digest, expected) = (ssl.peer_sha256(), config.has("-expect-sha256-client-cert"));
    expect(digest.is_some() == expected && digest.is_none_or(|digest| digest.len() == 32), || {
        "Unexpected SHA-256 client cert state".to_owned()
    })?;
    if config.bytes("-expect-peer-rpk-sha256").is_some() {
        return Ok(());
    }
    if config.has("-expect-no-peer-cert") {
        expect(shown.is_empty(), || "Received unexpected peer certificate.".to_owned())?;
    } else if !config.has("-server") || config.has("-require-any-client-certificate") {
        expect(!shown.is_empty(), || "Received no peer certificate but expected one.".to_owned())?;
    }
    if let Some(file) = config.text("-expect-peer-cert-file") {
        let expected = read_chain(file)?;
        expect(expected == shown, || {
            format!("Received {} certificates, others than expected.", shown.len())
        })?;
    }
    if config.has("-expect-verify-result") {
        let bad = exchange.noted.lock().verified == Some(Verdict::Bad);
        let refused = ssl.get_verify_result() == Err(CertificateError::Other);
        expect((bad || refused) == config.has("-verify-fail") || exchange.is_resume, || {
            "Wrong certificate verification result".to_owned()
        })?;
    }
    Ok(())
}

/// What must hold once data has gone both ways.
pub(super) fn after_data(exchange: &Exchange<'_>) -> Checked {
    let (ssl, config) = (&exchange.ssl, exchange.config);
    if config.has("-server") || ssl.version() != ProtocolVersion::TLS_1_3 {
        return Ok(());
    }
    let expected = !config.has("-expect-no-session") && !config.has("-shim-shuts-down");
    let is_new = exchange.has_new_session();
    expect(is_new == expected, || format!("new session: {is_new}, but we expected the opposite"))?;
    if is_new { early::of_new_session(exchange) } else { Ok(()) }
}

/// What must hold at the end.
pub(super) fn at_end(exchange: &Exchange<'_>) -> Checked {
    let expected = exchange.config.count("-expect-total-renegotiations")?;
    let done = exchange.noted.handshakes().saturating_sub(1);
    expect(done == expected, || format!("Expected {expected} renegotiations, got {done}"))?;
    let explicit = exchange.noted.lock().explicit_renegotiations;
    expect(!exchange.config.has("-renegotiate-explicit") || explicit == done, || {
        format!("Performed {done} renegotiations, but triggered {explicit} of them")
    })?;
    if done > 0 { of_certificates(exchange) } else { Ok(()) }
}
