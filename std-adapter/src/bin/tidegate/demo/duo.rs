//! A client and a server of the OpenSSL-shaped face over a BIO pair, whose calls are shown as they read in C.

use std::fmt::Display;

use tidegate::modes::Modes;
use tidegate::modes::write::WrongRetry;
use tidegate_std::openssl::{BioPair, ErrorCode, Reason, Ssl, SslContext};

use super::calls::name;
use crate::failure::{Code, Failure};
use crate::show::{BAD, DIM, GOOD, WARN};

/// Bytes that each direction holds: more than one record, less than two.
pub(super) const TRANSPORT: usize = 20_000;

/// Two ends that have finished their handshake.
pub(super) struct Duo {
    pub(super) client: Shown,
    pub(super) server: Shown,
}

impl Duo {
    /// With these modes on the client's side and no others.
    pub(super) fn connected(context: &SslContext, modes: Modes) -> Result<Self, Failure> {
        let (here, there) = BioPair::new(TRANSPORT, TRANSPORT);
        let (mut client, mut server) = (Ssl::new(context, here), Ssl::new(context, there));
        client.clear_mode(Modes::from_bits(u32::MAX));
        client.set_mode(modes);
        client.set_host_name("localhost");
        while [client.connect(), server.accept()] != [1, 1] {
            if let Some(reason) = client.reason().or_else(|| server.reason()) {
                return Err(failed(reason));
            }
        }
        Ok(Self {
            client: Shown { name: "client", ssl: client },
            server: Shown { name: "server", ssl: server },
        })
    }
}

pub(super) fn failed(why: impl Display) -> Failure {
    Failure { code: Code::Tls, message: format!("the demo's connection in memory: {why}"), hint: None }
}

/// One end.
pub(super) struct Shown {
    name: &'static str,
    pub(super) ssl: Ssl<BioPair>,
}

impl Shown {
    /// Makes a call and shows it: what it returned, what SSL_get_error(3) said then, and the reason of an error.
    pub(super) fn call(
        &mut self,
        function: &str,
        arguments: impl Display,
        call: impl FnOnce(&mut Ssl<BioPair>) -> i32,
    ) -> i32 {
        let result = call(&mut self.ssl);
        let error = self.ssl.get_error(result);
        let style = match error {
            ErrorCode::None | ErrorCode::ZeroReturn => GOOD,
            ErrorCode::WantRead | ErrorCode::WantWrite => WARN,
            ErrorCode::Ssl | ErrorCode::Syscall => BAD,
            ErrorCode::WantRenegotiate | ErrorCode::EarlyDataRejected => BAD,
        };
        // Its manual page: SSL_get_error is not to be asked about this one.
        let (error, style) = match function {
            "SSL_shutdown" if result == 0 => ("-", GOOD),
            _ => (name(error), style),
        };
        let text = format!("{function}({}{arguments})", self.name);
        let reason = self.ssl.reason().map(|reason| format!(", {}", short(reason))).unwrap_or_default();
        anstream::println!("  {text:<48}{result:>5}  {style}{error}{style:#}{DIM}{reason}{DIM:#}");
        result
    }

    /// `SSL_shutdown`.
    pub(super) fn shutdown(&mut self) -> i32 {
        self.call("SSL_shutdown", "", Ssl::shutdown)
    }

    /// `SSL_read` of at most so many bytes.
    pub(super) fn read(&mut self, length: usize) -> i32 {
        let mut buf = vec![0; length];
        self.call("SSL_read", format_args!(", buf, {length}"), |ssl| ssl.read(&mut buf))
    }

    /// All that can be read now, without a word.
    pub(super) fn read_all(&mut self) -> Result<Vec<u8>, Failure> {
        let (mut all, mut part) = (Vec::new(), [0; 4096]);
        while let count @ 1.. = self.ssl.read(&mut part) {
            all.extend_from_slice(&part[..usize::try_from(count).unwrap_or_default()]);
        }
        match self.ssl.reason() {
            None => Ok(all),
            Some(reason) => Err(failed(reason)),
        }
    }
}

/// Few words, where there are such.
fn short(reason: Reason) -> String {
    let Reason::WrongRetry(wrong) = reason else { return reason.to_string() };
    match wrong {
        WrongRetry::Moved => "moved",
        WrongRetry::Shorter => "shorter",
        WrongRetry::Different => "other data",
    }
    .to_owned()
}
