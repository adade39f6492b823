//! From flags to a context and its connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tidegate::config::{CertificateTypes, Common, Preferences, Protocols};
use tidegate::modes::Modes;
use tidegate::wire::enums::{CipherSuite, KeyUpdateRequest, NamedGroup, ProtocolVersion, SignatureScheme};
use tidegate_std::KeyLog;
use tidegate_std::openssl::{Options, RenegotiateMode, Ssl, SslContext, VerifyMode};

use super::Failure;
use super::certificates;
use super::flags::{Config, Credential, Kind};
use super::line::Line;
use super::noted::Noted;
use super::tickets::Callback;

/// What no client of ours offers.
const NEVER_OFFERED: &[u8] = b"\0";

/// The signatures that BoringSSL takes where nothing else is said: Ed25519 is not among them.
const VERIFIED: [SignatureScheme; 8] = [
    SignatureScheme::ECDSA_SECP256R1_SHA256,
    SignatureScheme::RSA_PSS_RSAE_SHA256,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::ECDSA_SECP384R1_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA512,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// Makes connections of one context.
pub(super) struct Maker {
    context: SslContext,
    pub(super) noted: Noted,
    /// Those that the context has.
    credentials: Option<Vec<Credential>>,
    /// Seconds that the context's clock is ahead of ours.
    ahead: Arc<AtomicU64>,
}

impl Maker {
    /// One whose connections report to `noted`.
    pub(super) fn new(noted: &Noted) -> Self {
        let (context, chooser, onlooker) = (SslContext::new(), noted.clone(), noted.clone());
        context.set_verifier(noted.clone());
        context.set_client_verifier(noted.clone());
        context.set_msg_callback(Arc::new(move |direction, kind, _| onlooker.see(direction, kind)));
        context.set_cert_cb(move |ask| chooser.choose(ask));
        context.set_key_log(KeyLog::new(noted.secrets()));
        let ahead = Arc::<AtomicU64>::default();
        let seconds = Arc::clone(&ahead);
        // It stands still between whoever tells a time and whoever looks at it.
        let start = SystemTime::now();
        context.set_current_time_cb(move || start + Duration::from_secs(seconds.load(Ordering::Relaxed)));
        Self { context, noted: noted.clone(), credentials: None, ahead }
    }

    /// Another connection begins. Sessions end where who is there changes, so the same credentials are not loaded twice.
    pub(super) fn begin(&mut self, config: &Config) -> Result<(), Failure> {
        let credentials = config.all_credentials();
        let (identities, offers) = certificates::load(&credentials)?;
        if let Some(callback) = Callback::wanted(config, &self.noted).filter(|_| self.credentials.is_none()) {
            self.context.set_tickets(callback);
        }
        if self.credentials.as_ref() != Some(&credentials) {
            self.context.set_identities(identities);
            self.credentials = Some(credentials);
        }
        self.noted.begin(config, offers);
        Ok(())
    }

    /// Time passes before a session goes on.
    pub(super) fn wait(&self, config: &Config) -> Result<(), Failure> {
        let delay = config.number("-resumption-delay")?.unwrap_or(0);
        self.ahead.fetch_add(delay, Ordering::Relaxed);
        Ok(())
    }

    /// A connection with these flags.
    pub(super) fn connection(&self, config: &Config, line: Line) -> Result<Ssl<Line>, Failure> {
        let client = common(config)?;
        let server = common(config)?;
        let told: Vec<_> = config.list("-verify-prefs")?.into_iter().map(SignatureScheme).collect();
        let schemes = if told.is_empty() { VERIFIED.to_vec() } else { told };
        if self.context.set1_sigalgs(&schemes) != 1 {
            return Err(Failure::Unimplemented(format!("signatures {schemes:04x?}")));
        }
        if let Some(list) = config.text("-use-client-ca-list") {
            self.context.set_client_ca_list(certificates::names(list)?);
        }
        self.context.configure_client(|own| client(&mut own.common));
        self.context.configure_server(|own| server(&mut own.common));
        let mut ssl = Ssl::new(&self.context, line);
        prepare(&mut ssl, config)?;
        Ok(ssl)
    }
}

fn prepare(ssl: &mut Ssl<Line>, config: &Config) -> Result<(), Failure> {
    bound(ssl, config)?;
    set_options(ssl, config);
    ssl.set_verify(match (config.has("-verify-peer"), config.has("-require-any-client-certificate")) {
        (true, _) => VerifyMode::Peer,
        (false, true) => VerifyMode::PeerFailIfNoPeerCert,
        (false, false) => VerifyMode::None,
    });
    if let Some(bytes) = config.number("-max-send-fragment")? {
        ssl.set_max_send_fragment(usize::try_from(bytes).unwrap_or(usize::MAX));
    }
    // An address is not sent as a name.
    ssl.set_host_name(config.text("-host-name").unwrap_or("127.0.0.1"));
    if config.has("-server") {
        ssl.set_accept_state()
    } else {
        ssl.set_connect_state()
    }
    Ok(())
}

/// The versions that may be used, between what they are bounded by and without those that are ruled out.
fn bound(ssl: &mut Ssl<Line>, config: &Config) -> Result<(), Failure> {
    let code = |number: Option<u64>| {
        ProtocolVersion(number.and_then(|number| u16::try_from(number).ok()).unwrap_or(0))
    };
    let mut min = code(config.number("-min-version")?);
    let mut max = code(config.number("-max-version")?);
    let above = |max: ProtocolVersion| max.0 == 0 || max > ProtocolVersion::TLS_1_2;
    if config.has("-no-tls13") && above(max) {
        max = ProtocolVersion::TLS_1_2;
    }
    if config.has("-no-tls12") && above(max) {
        min = min.max(ProtocolVersion::TLS_1_3);
    } else if config.has("-no-tls12") && max == ProtocolVersion::TLS_1_2 {
        max = ProtocolVersion(0x0302);
    }
    ssl.set_min_proto_version(min);
    ssl.set_max_proto_version(max);
    Ok(())
}

fn set_options(ssl: &mut Ssl<Line>, config: &Config) {
    if config.has("-no-ticket") {
        ssl.set_options(Options::NO_TICKET);
        // In TLS 1.3 OpenSSL's option has servers keep their sessions, and BoringSSL's none.
        ssl.set_num_tickets(0);
    }
    ssl.set_renegotiate_mode(match config {
        config if config.has("-renegotiate-once") => RenegotiateMode::Once,
        config if config.has("-renegotiate-freely") => RenegotiateMode::Freely,
        config if config.has("-renegotiate-ignore") => RenegotiateMode::Ignore,
        config if config.has("-renegotiate-explicit") => RenegotiateMode::Explicit,
        _ => RenegotiateMode::Never,
    });
    ssl.set_retain_only_sha256_of_client_certs(config.has("-retain-only-sha256-client-cert"));
    if config.has("-fallback-scsv") {
        ssl.set_mode(Modes::SEND_FALLBACK_SCSV);
    }
    ssl.set_reverify_on_resume(config.has("-reverify-on-resume"));
    if config.has("-enable-early-data") {
        ssl.set_early_data_enabled(true);
    }
    if config.has("-partial-write") {
        ssl.set_mode(Modes::ENABLE_PARTIAL_WRITE);
    }
}

/// What flags change of either end's configuration.
fn common(config: &Config) -> Result<impl Fn(&mut Common), Failure> {
    let groups = groups(config)?;
    let suites = suites(config)?;
    let protocols = protocols(config)?;
    let own = match config.list("-available-client-cert-types")? {
        told if told.is_empty() => of_credentials(config),
        told => types(&told)?,
    };
    let peer = types(&config.list("-accepted-peer-cert-types")?)?;
    Ok(move |common: &mut Common| {
        (common.own_certificates, common.peer_certificates) = (own, peer);
        common.groups = groups.clone();
        common.cipher_suites = suites.clone();
        common.protocols = protocols;
    })
}

/// What the credentials of the command line show.
fn of_credentials(config: &Config) -> CertificateTypes {
    let credentials = config.all_credentials();
    let has = |kind: Kind| credentials.iter().any(|credential| credential.kind == kind);
    match (has(Kind::X509), has(Kind::RawPublicKey)) {
        (_, false) => CertificateTypes::X509,
        (false, true) => CertificateTypes::RawPublicKey,
        (true, true) => CertificateTypes::Either,
    }
}

/// Types by their numbers, the preferred one first.
fn types(codes: &[u16]) -> Result<CertificateTypes, Failure> {
    match codes {
        [] | [0] => Ok(CertificateTypes::X509),
        [2] => Ok(CertificateTypes::RawPublicKey),
        [2, 0] => Ok(CertificateTypes::Either),
        other => Err(Failure::Unimplemented(format!("certificate types {other:?}"))),
    }
}

fn groups(config: &Config) -> Result<Preferences<NamedGroup>, Failure> {
    let told = config.list("-curves")?;
    let known = |code: &u16| NamedGroup(*code).name().is_some();
    if !told.is_empty() && !told.iter().any(known) {
        return Err(Failure::Unimplemented(format!("groups {told:?}")));
    }
    Ok(told.into_iter().filter(known).map(NamedGroup).collect())
}

/// The suites of a cipher list, by what they are in TLS 1.3.
fn suites(config: &Config) -> Result<Preferences<CipherSuite>, Failure> {
    let Some(list) = config.text("-cipher") else { return Ok(Preferences::new()) };
    let mut suites = Preferences::new();
    for name in list.split([':', '[', ']', '|']).filter(|name| !name.is_empty()) {
        let suite = match name {
            "DEFAULT" | "ALL" => return Ok(Preferences::new()),
            name if name.contains("CHACHA20") => CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
            name if name.contains("AES128-GCM") || name.contains("AES_128_GCM") => {
                CipherSuite::TLS_AES_128_GCM_SHA256
            }
            name if name.contains("AES256-GCM") || name.contains("AES_256_GCM") => {
                CipherSuite::TLS_AES_256_GCM_SHA384
            }
            _ => continue,
        };
        if !suites.contains(&suite) {
            let _ = suites.push(suite);
        }
    }
    if suites.is_empty() {
        return Err(Failure::Unimplemented(format!("ciphers {list}")));
    }
    Ok(suites)
}

fn protocols(config: &Config) -> Result<Protocols, Failure> {
    if !config.has("-server") {
        let list = config.text("-advertise-alpn").unwrap_or_default().as_bytes();
        return made(names(list));
    }
    if config.has("-decline-alpn") {
        return Ok(Protocols::none());
    }
    match config.text("-select-alpn") {
        _ if config.has("-reject-alpn") => made(vec![NEVER_OFFERED]),
        Some(name) if !name.is_empty() => made(vec![name.as_bytes()]),
        Some(_) | None => Ok(Protocols::none()),
    }
}

fn made(names: Vec<&[u8]>) -> Result<Protocols, Failure> {
    Protocols::new(names).ok_or_else(|| Failure::Unimplemented("protocols that are too long".to_owned()))
}

/// The names of a list, each behind its length.
fn names(mut list: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    while let [length, rest @ ..] = list {
        let (name, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        names.push(name);
        list = rest;
    }
    names
}

/// The KeyUpdate that tests send.
pub(super) const KEY_UPDATE: KeyUpdateRequest = KeyUpdateRequest::UPDATE_NOT_REQUESTED;
