//! What was negotiated, and with whom, for people to read.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use pki_types::CertificateDer;
use tidegate::wire::enums::ProtocolVersion;
use tidegate::{EarlyData, HelloRetry};
use tidegate_std::{End, Stream};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const HEAD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// `TLS 1.3, TLS_AES_128_GCM_SHA256, X25519, ECDSA_SECP256R1_SHA256, http/1.1`
pub(crate) fn summary<R: End, T>(stream: &Stream<R, T>) -> String {
    facts(stream).into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(", ")
}

/// What was negotiated, with names.
pub(crate) fn facts<R: End, T>(stream: &Stream<R, T>) -> Vec<(&'static str, String)> {
    let negotiated = stream.negotiated();
    let version = negotiated.version().map_or("no TLS", name_of);
    let mut facts = vec![("version", version.to_owned())];
    let mut tell = |name, value: Option<String>| {
        if let Some(value) = value {
            facts.push((name, value));
        }
    };
    tell("cipher suite", negotiated.cipher_suite.map(|suite| suite.to_string()));
    tell("key exchange", negotiated.group.map(|group| group.to_string()));
    tell("signature", negotiated.signature_scheme.map(|scheme| scheme.to_string()));
    tell("protocol", stream.protocol().map(|name| String::from_utf8_lossy(name).escape_debug().to_string()));
    tell(
        "retried",
        (negotiated.hello_retry == HelloRetry::Yes).then(|| "after a HelloRetryRequest".to_owned()),
    );
    tell(
        "early data",
        match negotiated.early_data {
            EarlyData::None => None,
            EarlyData::Accepted => Some("early data".to_owned()),
            EarlyData::Refused(why) => Some(format!("early data refused: {why}")),
        },
    );
    facts
}

/// Whose a certificate is, on one line.
pub(crate) fn subject(certificate: &CertificateDer<'_>) -> String {
    match Certificate::from_der(certificate) {
        Ok(certificate) => printable(&certificate.tbs_certificate().subject().to_string()),
        Err(error) => format!("can't be shown: {error}"),
    }
}

const fn name_of(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLS_1_2 => "TLS 1.2",
        _ => "TLS 1.3",
    }
}

/// Who a chain is, a certificate a paragraph.
pub(crate) fn chain(certificates: &[CertificateDer<'_>]) -> String {
    let mut text = String::new();
    for (place, der) in certificates.iter().enumerate() {
        match Certificate::from_der(der) {
            Ok(certificate) => describe(&mut text, place, &certificate),
            Err(error) => {
                let _ = writeln!(text, "  {place} can't be shown: {error}");
            }
        }
    }
    text
}

fn describe(text: &mut String, place: usize, certificate: &Certificate) {
    let content = certificate.tbs_certificate();
    let validity = content.validity();
    let _ = writeln!(text, "  {place} {}", printable(&content.subject().to_string()));
    let _ = writeln!(text, "    issued by {}", printable(&content.issuer().to_string()));
    let names = names(certificate);
    if !names.is_empty() {
        let _ = writeln!(text, "    for       {}", printable(&names));
    }
    let (from, to) = (validity.not_before.to_date_time(), validity.not_after.to_date_time());
    let _ = writeln!(text, "    valid     {from} to {to}");
}

fn names(certificate: &Certificate) -> String {
    let Ok(Some((_, names))) = certificate.tbs_certificate().get_extension::<SubjectAltName>() else {
        return String::new();
    };
    names.0.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        GeneralName::IpAddress(address) => match address.as_bytes() {
            [a, b, c, d] => Some(format!("{a}.{b}.{c}.{d}")),
            bytes => <[u8; 16]>::try_from(bytes).ok().map(|v6| std::net::Ipv6Addr::from(v6).to_string()),
        },
        GeneralName::OtherName(_)
        | GeneralName::Rfc822Name(_)
        | GeneralName::DirectoryName(_)
        | GeneralName::EdiPartyName(_)
        | GeneralName::UniformResourceIdentifier(_)
        | GeneralName::RegisteredId(_) => None,
    }
}

/// A peer's text may hold anything, and terminals obey control characters.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// As [`printable`], for several lines.
pub(crate) fn printable_lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}
