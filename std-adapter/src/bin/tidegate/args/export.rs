//! What to export: `LABEL:LENGTH` or `LABEL:CONTEXT:LENGTH`.

use std::str::FromStr;

use tidegate_std::{End, Stream};

use crate::failure::{Code, Failure};

/// Bytes that are exported at once, at most.
const LONGEST: usize = 1024;

/// Keying material that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Export {
    label: String,
    context: Option<String>,
    length: usize,
}

impl FromStr for Export {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (names, length) = text.rsplit_once(':').ok_or("as LABEL:LENGTH, or LABEL:CONTEXT:LENGTH")?;
        let (label, context) = match names.split_once(':') {
            Some((label, context)) => (label, Some(context.to_owned())),
            None => (names, None),
        };
        let length = length.parse().ok().filter(|length| (1..=LONGEST).contains(length));
        let length = length.ok_or_else(|| format!("LENGTH is 1 to {LONGEST} bytes"))?;
        if label.is_empty() {
            return Err("LABEL is empty".to_owned());
        }
        Ok(Self { label: label.to_owned(), context, length })
    }
}

impl Export {
    /// The keying material in hex, behind what it is of.
    pub(crate) fn line<R: End, T>(&self, stream: &mut Stream<R, T>) -> Result<String, Failure> {
        let mut material = vec![0; self.length];
        let context = self.context.as_ref().map(String::as_bytes);
        stream.export_keying_material(self.label.as_bytes(), context, &mut material).map_err(|error| {
            let message = format!("--export {}: {error}", self.label);
            Failure { code: Code::Tls, message, hint: None }
        })?;
        let hex: String = material.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(match &self.context {
            Some(context) => format!("{} {context:?} {hex}", self.label),
            None => format!("{} {hex}", self.label),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Export;

    #[test]
    fn a_context_stands_between_two_colons() {
        let export = |context: Option<&str>| Export {
            label: "EXPORTER-a".to_owned(),
            context: context.map(str::to_owned),
            length: 32,
        };
        assert_eq!("EXPORTER-a:32".parse(), Ok(export(None)));
        assert_eq!("EXPORTER-a::32".parse(), Ok(export(Some(""))));
        assert_eq!("EXPORTER-a:b:c:32".parse(), Ok(export(Some("b:c"))));
        for wrong in ["EXPORTER-a", ":32", "a:", "a:0", "a:1025", "a:x"] {
            assert!(wrong.parse::<Export>().is_err(), "{wrong}");
        }
    }
}
