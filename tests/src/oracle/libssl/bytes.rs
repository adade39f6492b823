//! The calls of a connection that move bytes.

use std::ffi::c_int;

use super::Connection;

/// A length for the functions that take an `int`.
///
/// # Panics
/// If it does not fit.
fn int(length: usize) -> c_int {
    c_int::try_from(length).expect("fits an int")
}

impl Connection {
    /// `SSL_write`.
    pub fn write(&mut self, bytes: &[u8]) -> i32 {
        let (connection, library) = self.begin();
        // SAFETY: the connection is alive; it reads the bytes during the call, and keeps no more than their address.
        unsafe { (library.0.SSL_write)(connection, bytes.as_ptr().cast(), int(bytes.len())) }
    }

    /// `SSL_write` with a negative length.
    ///
    /// # Panics
    /// If the length is not negative.
    pub fn write_negative(&mut self, length: i32) -> i32 {
        assert!(length < 0, "{length}");
        let (connection, library) = self.begin();
        // SAFETY: the connection is alive; a negative length is refused before the bytes are looked at.
        unsafe { (library.0.SSL_write)(connection, [0_u8].as_ptr().cast(), length) }
    }

    /// `SSL_write_ex`.
    pub fn write_ex(&mut self, bytes: &[u8], written: &mut usize) -> i32 {
        let (connection, library) = self.begin();
        // SAFETY: as for `write`.
        unsafe { (library.0.SSL_write_ex)(connection, bytes.as_ptr().cast(), bytes.len(), written) }
    }

    /// `SSL_read`.
    pub fn read(&mut self, room: &mut [u8]) -> i32 {
        let (connection, library) = self.begin();
        // SAFETY: the connection is alive; it writes no more than the room's length during the call.
        unsafe { (library.0.SSL_read)(connection, room.as_mut_ptr().cast(), int(room.len())) }
    }

    /// `SSL_read` with a negative length.
    ///
    /// # Panics
    /// If the length is not negative.
    pub fn read_negative(&mut self, length: i32) -> i32 {
        assert!(length < 0, "{length}");
        let (connection, library) = self.begin();
        // SAFETY: the connection is alive; a negative length is refused before the room is looked at.
        unsafe { (library.0.SSL_read)(connection, [0_u8].as_mut_ptr().cast(), length) }
    }

    /// `SSL_peek` with a negative length.
    ///
    /// # Panics
    /// If the length is not negative.
    pub fn peek_negative(&mut self, length: i32) -> i32 {
        assert!(length < 0, "{length}");
        let (connection, library) = self.begin();
        // SAFETY: as for `read_negative`.
        unsafe { (library.0.SSL_peek)(connection, [0_u8].as_mut_ptr().cast(), length) }
    }

    /// `SSL_read_ex`.
    pub fn read_ex(&mut self, room: &mut [u8], count: &mut usize) -> i32 {
        let (connection, library) = self.begin();
        // SAFETY: as for `read`.
        unsafe { (library.0.SSL_read_ex)(connection, room.as_mut_ptr().cast(), room.len(), count) }
    }

    /// `SSL_peek`.
    pub fn peek(&mut self, room: &mut [u8]) -> i32 {
        let (connection, library) = self.begin();
        // SAFETY: as for `read`.
        unsafe { (library.0.SSL_peek)(connection, room.as_mut_ptr().cast(), int(room.len())) }
    }
}
