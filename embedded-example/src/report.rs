//! What a program prints when it is done: a line for each figure, `name value`.

use core::fmt::{self, Write};

use crate::board::{Console, memory, stack};

/// Prints a figure.
pub fn figure(name: &str, value: impl fmt::Display) {
    // A console that fails has nobody to be told.
    let _ = writeln!(Console, "{name} {value}");
}

/// Prints the sizes of a connection without what it is lent, of its buffers and the space for its handshake, which it is
/// lent, and of what it is configured by.
pub fn sizes<Connection, Space, Config>(buffers: usize) {
    figure("connection-bytes", size_of::<Connection>());
    figure("buffer-bytes", buffers);
    figure("handshake-space-bytes", size_of::<Space>());
    figure("config-bytes", size_of::<Config>());
}

/// Prints what the program took of the device.
pub fn resources() {
    figure("flash-bytes", memory::flash());
    figure("static-bytes", memory::statics());
    figure("stack-bytes", stack::high_water());
    figure("ram-bytes", memory::statics().saturating_add(stack::high_water()));
}
