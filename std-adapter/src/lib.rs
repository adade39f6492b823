//! Tidegate over sockets.
//!
//! A [`Connector`] makes clients and an [`Acceptor`] servers, over anything that is [`Read`](std::io::Read) and
//! [`Write`](std::io::Write). What comes out is a [`Stream`], itself `Read` and `Write`, for blocking and non-blocking
//! transports alike.
//!
//! ```no_run
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use tidegate_std::{Connector, Roots};
//!
//! let roots = Roots::native()?;
//! let connector = Connector::new(roots);
//! let mut stream = connector.connect("example.org", TcpStream::connect("example.org:443")?)?;
//! stream.write_all(b"GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n")?;
//! let mut page = Vec::new();
//! stream.read_to_end(&mut page)?;
//! stream.close()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A server:
//!
//! ```no_run
//! use std::io::{self, Write};
//! use std::net::{TcpListener, TcpStream};
//! use tidegate_std::{Acceptor, OwnedIdentity};
//!
//! fn serve(acceptor: &Acceptor, transport: TcpStream) -> io::Result<()> {
//!     let mut stream = acceptor.accept(transport)?;
//!     stream.write_all(b"hello\n")?;
//!     stream.close()
//! }
//!
//! let identity = OwnedIdentity::from_pem_files("chain.pem", "key.pem")?;
//! let acceptor = Acceptor::new([identity]);
//! for transport in TcpListener::bind("[::]:8443")?.incoming() {
//!     // What one client does must not end the server, and neither must a lack of file descriptors.
//!     match transport {
//!         Ok(transport) => serve(&acceptor, transport).unwrap_or_else(|error| eprintln!("{error}")),
//!         Err(_) => std::thread::sleep(std::time::Duration::from_millis(50)),
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With the feature `tokio`, the module of that name has both over asynchronous transports.
//!
//! # Versions
//!
//! TLS 1.3 with every peer that knows it, TLS 1.2 with the others, unless [`Connector::configured`] and
//! [`Acceptor::configured`] choose [one alone](tidegate::config::Versions). Nobody begins another handshake on a connection
//! of TLS 1.2 who was not allowed to by name:
//!
//! ```
//! use tidegate::config::Permission;
//! use tidegate_std::{Connector, Roots, tidegate};
//!
//! let connector = Connector::new(Roots::new()).configured(|config| {
//!     config.common.renegotiation.by_us = Permission::Granted; // `Stream::renegotiate`
//!     config.common.renegotiation.by_peer = Permission::Granted; // a server's HelloRequest
//! });
//! # drop(connector);
//! ```

#![forbid(unsafe_code)]

mod ahead;
mod buffer;
mod certificates;
mod connect;
mod error;
mod filters;
mod identity;
mod known_keys;
pub mod openssl;
pub mod provider;
mod revocation;
mod roots;
mod sessions;
mod signer;
mod stream;
#[cfg(feature = "tokio")]
pub mod tokio;

pub use buffer::{Buffers, FreeList, RecordBuffer};
pub use connect::{Acceptor, Connector, PreSharedKey};
pub use error::{CredentialError, FileProblem, tls_error};
pub use identity::{IdentityChoice, IdentityList, OwnedIdentity};
pub use known_keys::KnownKeys;
pub use provider::{KeyLog, Observer, Onlookers, Software, Verified};
pub use revocation::RevocationLists;
pub use roots::{AcceptAnything, Roots};
pub use sessions::{SharedTicketKeys, Tickets};
pub use stream::{ClientStream, ClientVerifier, End, OwnedConnection, ServerStream, Stream, Verifier};
pub use tidegate;

/// The examples of the README, compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct ReadmeExamples;
