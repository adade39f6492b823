//! Commands and configurations as traces write them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::{FromStr, SplitWhitespace};

use super::trace::{Budget, Command, Config, Fill, ModeCall, Span, Start, TestedRole};

/// What follows a command's name.
struct Arguments<'a>(SplitWhitespace<'a>);

impl<'a> Arguments<'a> {
    fn word(&mut self) -> Result<&'a str, String> {
        self.0.next().ok_or_else(|| "an argument is missing".to_owned())
    }

    fn number<N: FromStr>(&mut self) -> Result<N, String> {
        number(self.word()?)
    }

    fn end(mut self) -> Result<(), String> {
        self.0.next().map_or(Ok(()), |word| Err(format!("{word:?} is one argument too many")))
    }

    /// The span of a write, or its length where that is negative.
    fn span(&mut self) -> Result<Result<Span, i32>, String> {
        let (buffer, offset) = (self.number()?, self.number()?);
        let length: i32 = self.number()?;
        let fill = match self.word()? {
            "seq" => Fill::Right,
            "alt" => Fill::Altered,
            other => return Err(format!("{other:?} is no fill")),
        };
        if buffer > 1 {
            return Err(format!("there is no buffer {buffer}"));
        }
        let span = |length| Span { buffer, offset, length, fill };
        Ok(usize::try_from(length).map(span).map_err(|_| length))
    }

    /// The size that a read asks for, or the number where that is negative.
    fn size(&mut self) -> Result<Result<usize, i32>, String> {
        let word = self.word()?;
        match word.strip_prefix('-') {
            None => number(word).map(Ok),
            Some(_) => number(word).map(Err),
        }
    }

    fn budget(&mut self) -> Result<Budget, String> {
        let records = match self.number::<i64>()? {
            -1 => None,
            records => Some(usize::try_from(records).map_err(|error| error.to_string())?),
        };
        let half = self.0.next().map_or(Ok(false), flag)?;
        Ok(Budget { records, half })
    }
}

fn number<N: FromStr>(word: &str) -> Result<N, String> {
    word.parse().map_err(|_| format!("{word:?} is not such a number"))
}

fn flag(word: &str) -> Result<bool, String> {
    match word {
        "0" => Ok(false),
        "1" => Ok(true),
        other => Err(format!("{other:?} is neither 0 nor 1")),
    }
}

impl FromStr for Command {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut arguments = Arguments(text.split_whitespace());
        let name = arguments.word()?;
        let command = match tested(name, &mut arguments)? {
            Some(command) => command,
            None => surroundings(name, &mut arguments)?.ok_or_else(|| format!("{name:?} is no command"))?,
        };
        arguments.end()?;
        Ok(command)
    }
}

/// What is done to the tested end.
fn tested(name: &str, arguments: &mut Arguments<'_>) -> Result<Option<Command>, String> {
    Ok(Some(match name {
        "write" => arguments.span()?.map_or_else(Command::WriteNegative, Command::Write),
        "write_ex" => Command::WriteEx(arguments.span()?.map_err(|length| format!("{length} is no size"))?),
        "read" => arguments.size()?.map_or_else(Command::ReadNegative, Command::Read),
        // As a size, a negative number is one of the largest.
        "read_ex" => Command::ReadEx(arguments.size()?.unwrap_or(usize::MAX)),
        "peek" => arguments.size()?.map_or_else(Command::PeekNegative, Command::Peek),
        "pending" => Command::Pending,
        "hs" => Command::Handshake,
        "shutdown" => Command::Shutdown,
        "ku" => Command::KeyUpdate(arguments.number()?),
        "nst" => Command::NewTicket,
        "reneg" => Command::Renegotiate,
        "setmode" => Command::Mode(ModeCall::Set(arguments.number()?)),
        "clrmode" => Command::Mode(ModeCall::Clear(arguments.number()?)),
        "getmode" => Command::Mode(ModeCall::Get),
        "ctxsetmode" => Command::ContextMode(ModeCall::Set(arguments.number()?)),
        "ctxclrmode" => Command::ContextMode(ModeCall::Clear(arguments.number()?)),
        "ctxgetmode" => Command::ContextMode(ModeCall::Get),
        "setfrag" => Command::SetFragment(arguments.number()?),
        "setstate" => Command::SetState,
        "stale" => Command::StaleError,
        _ => return Ok(None),
    }))
}

/// What is done to the transport and by the peer.
fn surroundings(name: &str, arguments: &mut Arguments<'_>) -> Result<Option<Command>, String> {
    Ok(Some(match name {
        "tx" => Command::SendBudget(arguments.budget()?),
        "rx" => Command::ReceiveBudget(arguments.budget()?),
        "eof" => Command::EndOfTransport,
        "txerr" => Command::SendError,
        "drain" => Command::Drain,
        "pwrite" => Command::PeerWrite(arguments.number()?),
        "pku" => Command::PeerKeyUpdate(arguments.number()?),
        "pnst" => Command::PeerTicket,
        "preneg" => Command::PeerRenegotiate,
        "phs" => Command::PeerHandshake,
        "pshut" => Command::PeerShutdown,
        "pfatal" => Command::PeerFatal,
        _ => return Ok(None),
    }))
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(span) => write!(f, "write {span}"),
            Self::WriteNegative(length) => write!(f, "write 0 0 {length} seq"),
            Self::WriteEx(span) => write!(f, "write_ex {span}"),
            Self::Read(length) => write!(f, "read {length}"),
            Self::ReadNegative(length) => write!(f, "read {length}"),
            Self::PeekNegative(length) => write!(f, "peek {length}"),
            Self::ReadEx(length) => write!(f, "read_ex {length}"),
            Self::Peek(length) => write!(f, "peek {length}"),
            Self::KeyUpdate(kind) => write!(f, "ku {kind}"),
            Self::Mode(call) => write!(f, "{call}"),
            Self::ContextMode(call) => write!(f, "ctx{call}"),
            Self::SetFragment(length) => write!(f, "setfrag {length}"),
            Self::SendBudget(budget) => write!(f, "tx {budget}"),
            Self::ReceiveBudget(budget) => write!(f, "rx {budget}"),
            Self::PeerWrite(length) => write!(f, "pwrite {length}"),
            Self::PeerKeyUpdate(kind) => write!(f, "pku {kind}"),
            Self::Pending => f.write_str("pending"),
            Self::Handshake => f.write_str("hs"),
            Self::Shutdown => f.write_str("shutdown"),
            Self::NewTicket => f.write_str("nst"),
            Self::Renegotiate => f.write_str("reneg"),
            Self::SetState => f.write_str("setstate"),
            Self::StaleError => f.write_str("stale"),
            Self::EndOfTransport => f.write_str("eof"),
            Self::SendError => f.write_str("txerr"),
            Self::Drain => f.write_str("drain"),
            Self::PeerTicket => f.write_str("pnst"),
            Self::PeerRenegotiate => f.write_str("preneg"),
            Self::PeerHandshake => f.write_str("phs"),
            Self::PeerShutdown => f.write_str("pshut"),
            Self::PeerFatal => f.write_str("pfatal"),
        }
    }
}

impl fmt::Display for ModeCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(mask) => write!(f, "setmode {mask}"),
            Self::Clear(mask) => write!(f, "clrmode {mask}"),
            Self::Get => f.write_str("getmode"),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fill = match self.fill {
            Fill::Right => "seq",
            Fill::Altered => "alt",
        };
        write!(f, "{} {} {} {fill}", self.buffer, self.offset, self.length)
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.records {
            Some(records) => write!(f, "{records} {}", u8::from(self.half)),
            None => write!(f, "-1 {}", u8::from(self.half)),
        }
    }
}

impl FromStr for Config {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let values = text.strip_prefix("cfg ").ok_or("a trace begins with its configuration")?;
        let pair =
            |word: &'_ str| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        let pairs: Option<Vec<_>> = values.split_whitespace().map(pair).collect();
        let mut values = Values(pairs.ok_or("a configuration is made of name=value")?.into_iter().collect());
        let config = Self {
            role: values.one_of("role", &[("client", TestedRole::Client), ("server", TestedRole::Server)])?,
            version: values.one_of("ver", &[("12", 12), ("13", 13)])?,
            modes: values.number("modes")?,
            fragment: values.number("frag")?,
            split: values.number("split")?,
            read_ahead: flag(&values.take("ra")?)?,
            start: values.one_of("start", &STARTS)?,
            tickets: values.number("tickets")?,
            renegotiation: flag(&values.take("reneg")?)?,
            ignore_unexpected_end: flag(&values.take("ieof")?)?,
        };
        values.0.into_keys().next().map_or(Ok(config), |name| Err(format!("{name:?} is no setting")))
    }
}

const STARTS: [(&str, Start); 3] =
    [("done", Start::Done), ("implicit", Start::Implicit), ("none", Start::NoRole)];

struct Values(BTreeMap<String, String>);

impl Values {
    fn take(&mut self, name: &str) -> Result<String, String> {
        self.0.remove(name).ok_or_else(|| format!("{name:?} is missing"))
    }

    fn number<N: FromStr>(&mut self, name: &str) -> Result<N, String> {
        number(&self.take(name)?)
    }

    fn one_of<V: Copy>(&mut self, name: &str, values: &[(&str, V)]) -> Result<V, String> {
        let word = self.take(name)?;
        let found = values.iter().find(|(text, _)| *text == word).map(|(_, value)| *value);
        found.ok_or_else(|| format!("{word:?} is no {name}"))
    }
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = match self.role {
            TestedRole::Client => "client",
            TestedRole::Server => "server",
        };
        let start = STARTS.iter().find(|(_, start)| *start == self.start).map_or("", |(name, _)| name);
        write!(f, "cfg role={role} ver={} modes={}", self.version, self.modes)?;
        write!(f, " frag={} split={} ra={}", self.fragment, self.split, u8::from(self.read_ahead))?;
        write!(f, " start={start} tickets={}", self.tickets)?;
        write!(f, " reneg={}", u8::from(self.renegotiation))?;
        write!(f, " ieof={}", u8::from(self.ignore_unexpected_end))
    }
}
