//! The command line: flags for the first connection, for those that resume and for those that try again without early data.

use std::collections::BTreeMap;

use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject as _;

use super::Failure;
use super::known::{Takes, takes};

/// The flags of every connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Flags {
    pub(super) initial: Config,
    pub(super) resume: Config,
    pub(super) retry: Config,
}

/// The flags of one connection: each with the values that it was given, and the credentials one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    values: BTreeMap<String, Vec<String>>,
    credentials: Vec<Credential>,
}

/// A credential: `-new-x509-credential` or `-new-rpk-credential` and the flags after it that are about credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Credential {
    values: BTreeMap<String, Vec<String>>,
    pub(super) kind: Kind,
    /// Its number among those of the command line; none for the default one.
    pub(super) number: Option<usize>,
}

/// What a credential shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    X509,
    RawPublicKey,
}

impl Flags {
    /// Reads the command line.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let (mut flags, mut rest) = (Self::default(), arguments.iter());
        while let Some(argument) = rest.next() {
            let (name, of) = apart(argument);
            let what = takes(name).ok_or_else(|| Failure::Unimplemented(argument.clone()))?;
            let value = match what {
                Takes::Nothing | Takes::Begins => String::new(),
                Takes::Value | Takes::CredentialValue => {
                    rest.next().cloned().ok_or_else(|| Failure::said(format!("{name} needs a value")))?
                }
                Takes::CredentialNothing => String::new(),
            };
            for config in flags.of(of) {
                config.put(name, what, &value);
            }
        }
        Ok(flags)
    }

    fn of(&mut self, which: Which) -> Vec<&mut Config> {
        match which {
            Which::All => vec![&mut self.initial, &mut self.resume, &mut self.retry],
            Which::Initial => vec![&mut self.initial],
            Which::Resume => vec![&mut self.resume],
            Which::Retry => vec![&mut self.retry],
            Which::Nobody => Vec::new(),
        }
    }
}

/// Which connections a flag is for.
#[derive(Clone, Copy)]
enum Which {
    All,
    Initial,
    Resume,
    Retry,
    /// Another program, which is not there.
    Nobody,
}

/// A flag without its prefixes, and which connections it is for.
fn apart(argument: &str) -> (&str, Which) {
    if argument.starts_with("-on-handshaker-") {
        return (&argument["-on-handshaker".len()..], Which::Nobody);
    }
    let name = argument.strip_prefix("-on-shim").filter(|rest| rest.starts_with('-')).unwrap_or(argument);
    for (prefix, which) in
        [("-on-initial", Which::Initial), ("-on-resume", Which::Resume), ("-on-retry", Which::Retry)]
    {
        if let Some(rest) = name.strip_prefix(prefix).filter(|rest| rest.starts_with('-')) {
            return (rest, which);
        }
    }
    (name, Which::All)
}

impl Config {
    fn put(&mut self, name: &str, what: Takes, value: &str) {
        let values = match (what, self.credentials.last_mut()) {
            (Takes::Begins, _) => {
                let number = Some(self.credentials.len());
                let kind = if name == "-new-rpk-credential" { Kind::RawPublicKey } else { Kind::X509 };
                self.credentials.push(Credential { number, kind, ..Credential::default() });
                return;
            }
            (Takes::CredentialValue | Takes::CredentialNothing, Some(credential)) => &mut credential.values,
            (Takes::CredentialValue | Takes::CredentialNothing | Takes::Nothing | Takes::Value, _) => {
                &mut self.values
            }
        };
        values.entry(name.to_owned()).or_default().push(value.to_owned());
    }

    /// Whether a flag is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The last value of a flag.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.last().map(String::as_str)
    }

    /// The last value of a flag, as a number.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Failure> {
        self.text(name).map(|text| number(name, text)).transpose()
    }

    /// As [`Config::number`], where there is none 0.
    pub(super) fn count(&self, name: &str) -> Result<usize, Failure> {
        Ok(usize::try_from(self.number(name)?.unwrap_or(0)).unwrap_or(usize::MAX))
    }

    /// The values of a flag, as numbers of two bytes.
    pub(super) fn list(&self, name: &str) -> Result<Vec<u16>, Failure> {
        list(&self.values, name)
    }

    /// The last value of a flag, which is base64.
    pub(super) fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let label = "PUBLIC KEY";
        let pem = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", self.text(name)?);
        SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).ok().map(|bytes| bytes.to_vec())
    }

    /// The credentials of the command line, then the default one if there is one.
    pub(super) fn all_credentials(&self) -> Vec<Credential> {
        let about =
            |name: &str| matches!(takes(name), Some(Takes::CredentialValue | Takes::CredentialNothing));
        let default: BTreeMap<_, _> = self
            .values
            .iter()
            .filter(|(name, _)| about(name))
            .map(|(name, values)| (name.clone(), values.clone()))
            .collect();
        let default = default
            .contains_key("-cert-file")
            .then(|| Credential { values: default, ..Credential::default() });
        self.credentials.iter().cloned().chain(default).collect()
    }
}

impl Credential {
    /// Whether a flag is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The last value of a flag.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.last().map(String::as_str)
    }

    /// The values of a flag, as numbers of two bytes.
    pub(super) fn list(&self, name: &str) -> Result<Vec<u16>, Failure> {
        list(&self.values, name)
    }
}

fn list(values: &BTreeMap<String, Vec<String>>, name: &str) -> Result<Vec<u16>, Failure> {
    let texts = values.get(name).map(Vec::as_slice).unwrap_or_default();
    texts.iter().map(|text| Ok(u16::try_from(number(name, text)?).unwrap_or(u16::MAX))).collect()
}

fn number(name: &str, text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| Failure::said(format!("{name}: {text:?} is no number")))
}

#[cfg(test)]
mod tests {
    use super::{Failure, Flags};

    fn parse(arguments: &[&str]) -> Result<Flags, Failure> {
        Flags::parse(&arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn prefixes_choose_the_connection() {
        let flags = parse(&["-port", "7", "-on-resume-expect-session-miss", "-on-initial-server"]).unwrap();
        assert_eq!(flags.resume.number("-port"), Ok(Some(7)));
        assert!(flags.resume.has("-expect-session-miss") && !flags.initial.has("-expect-session-miss"));
        assert!(flags.initial.has("-server") && !flags.resume.has("-server"));
    }

    #[test]
    fn credentials_take_the_flags_after_them() {
        let flags = parse(&["-cert-file", "a", "-new-x509-credential", "-cert-file", "b"]).unwrap();
        assert_eq!(flags.initial.text("-cert-file"), Some("a"));
        assert_eq!(flags.initial.credentials[0].text("-cert-file"), Some("b"));
    }

    #[test]
    fn what_is_not_known_is_not_implemented() {
        assert!(matches!(parse(&["-quic"]), Err(Failure::Unimplemented(_))));
        assert!(matches!(parse(&["-port"]), Err(Failure::Failed(_))));
    }
}
