//! What is read lies within what there is, as a model of a few lines says; what is written, whole or in pieces, reads back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate::wire::{DecodeError, Reader, Writer};

/// A number in as many bytes as there are.
fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// What a read of this kind finds: bytes of a length before it, and the value.
fn expected(code: u8, rest: &[u8]) -> Option<(usize, &[u8])> {
    let (prefix, fixed) = match code % 8 {
        0 => (0, usize::from(code / 8)),
        1 => (0, 5),
        2 => (0, 1),
        3 => (0, 2),
        4 => (0, 4),
        prefix => (usize::from(prefix) - 4, 0),
    };
    let length = if prefix == 0 { fixed } else { number(rest.get(..prefix)?) };
    Some((prefix, rest.get(prefix..prefix + length)?))
}

fn found(code: u8, reader: &mut Reader<'_>) -> Result<Vec<u8>, DecodeError> {
    match code % 8 {
        0 => reader.take(usize::from(code / 8)).map(Vec::from),
        1 => reader.array::<5>().map(Vec::from),
        2 => reader.u8().map(|value| vec![value]),
        3 => reader.u16().map(|value| value.to_be_bytes().to_vec()),
        4 => reader.u32().map(|value| value.to_be_bytes().to_vec()),
        5 => reader.vec_u8().map(Vec::from),
        6 => reader.vec_u16().map(Vec::from),
        _ => reader.vec_u24().map(Vec::from),
    }
}

fn read(script: &[u8], bytes: &[u8]) {
    let mut reader = Reader::new(bytes);
    for code in script {
        let rest = reader.rest();
        let found = found(*code, &mut reader);
        let Some((prefix, value)) = expected(*code, rest) else {
            assert_eq!(found, Err(DecodeError::Malformed));
            assert!(rest.ends_with(reader.rest()));
            break;
        };
        assert_eq!(found.as_deref(), Ok(value));
        assert_eq!(reader.rest(), &rest[prefix + value.len()..]);
    }
    assert_eq!(reader.finish().is_ok(), reader.rest().is_empty());
}

/// The next thing to write, what is within it, and what follows.
fn step(script: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (code, rest) = script.split_first()?;
    let (inner, rest) = rest.split_at(usize::from(code >> 3).min(rest.len()));
    Some((code & 7, inner, rest))
}

fn write(writer: &mut Writer<'_>, mut script: &[u8], bytes: &[u8]) {
    while let Some((kind, inner, rest)) = step(script) {
        let body: &dyn Fn(&mut Writer<'_>) = &|writer| write(writer, inner, bytes);
        match kind {
            0 => writer.u8(inner.len() as u8),
            1 => writer.u16(rest.len() as u16),
            2 => writer.put(inner),
            3 => writer.put(bytes),
            4 => writer.vec_u8(body),
            5 | 6 => writer.vec_u16(body),
            _ => writer.vec_u24(body),
        }
        script = rest;
    }
}

/// Reads all of what [`write`] writes.
fn read_back(mut reader: Reader<'_>, mut script: &[u8], bytes: &[u8]) {
    while let Some((kind, inner, rest)) = step(script) {
        let within = |content: Result<_, _>| read_back(Reader::new(content.unwrap()), inner, bytes);
        match kind {
            0 => assert_eq!(reader.u8(), Ok(inner.len() as u8)),
            1 => assert_eq!(reader.u16(), Ok(rest.len() as u16)),
            2 => assert_eq!(reader.take(inner.len()), Ok(inner)),
            3 => assert_eq!(reader.take(bytes.len()), Ok(bytes)),
            4 => within(reader.vec_u8()),
            5 | 6 => within(reader.vec_u16()),
            _ => within(reader.vec_u24()),
        }
        script = rest;
    }
    assert_eq!(reader.finish(), Ok(()));
}

/// The same in pieces of this size.
fn in_pieces(body: &dyn Fn(&mut Writer<'_>), whole: &[u8], size: usize) {
    let mut piece = vec![0; size];
    let mut skip = 0;
    while skip < whole.len() {
        let mut writer = Writer::new(&mut piece, skip);
        body(&mut writer);
        let (written, total) = (writer.written(), writer.total());
        assert_eq!((written, total), (size.min(whole.len() - skip), whole.len()));
        assert_eq!(&piece[..written], &whole[skip..skip + written]);
        skip += written;
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&length, rest)) = data.split_first() else { return };
    let (script, bytes) = rest.split_at(rest.len().min(usize::from(length)));
    read(script, bytes);

    let body: &dyn Fn(&mut Writer<'_>) = &|writer| write(writer, script, bytes);
    let Some(length) = Writer::measure(body) else { return };
    let mut whole = vec![0; length];
    body(&mut Writer::new(&mut whole, 0));
    read_back(Reader::new(&whole), script, bytes);
    in_pieces(body, &whole, length / 5 + 1);
    if length < 300 {
        in_pieces(body, &whole, 1);
    }
});
