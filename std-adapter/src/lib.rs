//! Tidegate over sockets.
