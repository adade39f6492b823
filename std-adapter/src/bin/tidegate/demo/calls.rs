//! What both libraries call by the same names, so that one script runs over either.

use tidegate_std::openssl::{BioPair, ErrorCode, Ssl};

use super::foreign;

pub(super) trait Calls {
    fn do_handshake(&mut self) -> i32;
    fn read(&mut self, out: &mut [u8]) -> i32;
    fn write(&mut self, data: &[u8]) -> i32;
    fn get_error(&self, result: i32) -> ErrorCode;
}

/// Forwards each call to the type's own of that name.
macro_rules! calls {
    ($type:ty) => {
        impl Calls for $type {
            fn do_handshake(&mut self) -> i32 {
                <$type>::do_handshake(self)
            }

            fn read(&mut self, out: &mut [u8]) -> i32 {
                <$type>::read(self, out)
            }

            fn write(&mut self, data: &[u8]) -> i32 {
                <$type>::write(self, data)
            }

            fn get_error(&self, result: i32) -> ErrorCode {
                <$type>::get_error(self, result)
            }
        }
    };
}

calls!(Ssl<&mut BioPair>);
calls!(foreign::Connection);

/// Drives both ends until neither has anything left to do; whether that is so.
pub(super) fn shake_hands(client: &mut impl Calls, server: &mut impl Calls) -> bool {
    loop {
        match [advance(client), advance(server)] {
            [Some(true), Some(true)] => return true,
            [Some(_), Some(_)] => {}
            _ => return false,
        }
    }
}

/// Whether its handshake is done; none if it failed.
fn advance(end: &mut impl Calls) -> Option<bool> {
    let result = end.do_handshake();
    let waits = matches!(end.get_error(result), ErrorCode::WantRead | ErrorCode::WantWrite);
    (result == 1 || waits).then_some(result == 1)
}

/// Reads until nothing is left; how many bytes.
pub(super) fn read_all(end: &mut impl Calls) -> usize {
    let mut all = 0;
    while let count @ 1.. = end.read(&mut [0; 4096]) {
        all += usize::try_from(count).unwrap_or_default();
    }
    all
}

/// The name of the manual page, without what all of them begin with.
pub(super) const fn name(error: ErrorCode) -> &'static str {
    match error {
        ErrorCode::None => "NONE",
        ErrorCode::Ssl => "SSL",
        ErrorCode::WantRead => "WANT_READ",
        ErrorCode::WantWrite => "WANT_WRITE",
        ErrorCode::Syscall => "SYSCALL",
        ErrorCode::WantRenegotiate => "WANT_RENEGOTIATE",
        ErrorCode::EarlyDataRejected => "EARLY_DATA_REJECTED",
        ErrorCode::ZeroReturn => "ZERO_RETURN",
    }
}
