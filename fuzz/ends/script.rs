//! What an input says, byte by byte.

/// Takes one byte of a script; 0 at its end.
pub(crate) fn next(script: &mut &[u8]) -> u8 {
    let Some((&byte, rest)) = script.split_first() else { return 0 };
    *script = rest;
    byte
}

/// Takes as many bytes as the next one says.
pub(crate) fn some<'a>(script: &mut &'a [u8]) -> &'a [u8] {
    let length = usize::from(next(script)).min(script.len());
    let (bytes, rest) = script.split_at(length);
    *script = rest;
    bytes
}
