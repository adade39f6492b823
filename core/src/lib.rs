//! A TLS engine without I/O (1.3, and 1.2 where it is wanted): client and server, `no_std`, no allocator, no `unsafe`, no panics.
//!
//! ```text
//!                  ciphertext                                   plaintext
//!   feed_incoming / incoming_space ---> [              ] ---> read_app_data / Event::AppData
//!                                       [  Connection  ]
//!   take_outgoing / outgoing       <--- [              ] <--- write_app_data / app_data_space
//! ```
//!
//! Bytes go in and out through four pipes, each in two forms: in place, where the connection lends its own buffer, and
//! copying, a few lines over that. Any chunking works, one byte at a time included. Nothing waits, nothing is called
//! back: [`Connection::next_event`] does what can be done now and says what comes next ([`Event`]): a *want* (bytes,
//! room, an answer), an *ask* (verify this peer, choose an identity, sign this), or a *tell* (connected, data, closed).
//!
//! A client over anything that reads and writes:
//!
//! ```
//! use std::io::{self, Read, Write};
//! use tidegate::crypto::Provider;
//! use tidegate::driver::{Verify, answer_client};
//! use tidegate::{ClientConnection, Event, Want};
//!
//! fn fetch<P: Provider>(
//!     tls: &mut ClientConnection<'_, P>,
//!     verifier: &impl Verify,
//!     wire: &mut (impl Read + Write),
//! ) -> io::Result<()> {
//!     loop {
//!         match tls.next_event().map(|event| answer_client(event, verifier)) {
//!             Ok(Some(Event::Want(Want::Incoming))) => match wire.read(tls.incoming_space())? {
//!                 0 => tls.incoming_ended(),
//!                 count => tls.incoming_filled(count),
//!             },
//!             Ok(Some(Event::Connected(_))) => {
//!                 tls.write_app_data(b"GET / HTTP/1.0\r\n\r\n").map_err(io::Error::other)?;
//!             }
//!             Ok(Some(Event::AppData(mut data))) => {
//!                 io::stdout().write_all(data.bytes())?;
//!                 data.consume(usize::MAX);
//!             }
//!             Ok(Some(Event::PeerClosed)) => return Ok(()),
//!             Ok(_) | Err(_) => {}
//!         }
//!         while let count @ 1.. = wire.write(tls.outgoing())? {
//!             tls.outgoing_sent(count);
//!         }
//!         if let Some(error) = tls.error() {
//!             return Err(io::Error::other(error)); // its alert has left
//!         }
//!     }
//! }
//! ```
//!
//! # Buffers
//!
//! A connection owns no record buffer; it is lent two, and a [`HandshakeSpace`] until the handshake is over. An idle
//! connection can give them back ([`Connection::detach_incoming`] and its siblings) and still answer. The incoming
//! buffer holds the longest handshake message accepted ([`config::Common::max_handshake_message`]) and one record; the
//! peer is told what is left for the record.
//!
//! | incoming buffer | longest handshake message | records |
//! |---|---|---|
//! | 4149 ([`buffers::min_incoming`]) | 4064, the default | 63 bytes: the shortest that works |
//! | 6144 | 4064 | 2 kB |
//! | 20470 ([`buffers::full_incoming`]) | 4064 | 16 kB: no limit is asked of the peer |
//! | 32790 | 16384 | 16 kB |
//!
//! With the feature `tls12` each is 8 bytes longer, for the nonce that records of TLS 1.2 carry.
//!
//! The outgoing buffer has at least [`buffers::MIN_OUTGOING`] bytes; longer messages leave in pieces.
//!
//! # Features
//!
//! `rustcrypto` (default) has every algorithm, `webpki` (default) verifies certificate chains. A firmware chooses what it
//! needs with `default-features = false`; what is not chosen is not linked. At least one of each line makes a
//! [`crypto::rustcrypto::RustCrypto`] provider that can talk to somebody:
//!
//! | | |
//! |---|---|
//! | cipher suites | `aes-128-gcm`, `aes-256-gcm`, `chacha20-poly1305` |
//! | groups | `x25519`, `secp256r1`, `secp384r1`, `mlkem` (not in `rustcrypto`) |
//! | signatures | `ecdsa-p256`, `ecdsa-p384`, `ed25519`, `rsa` (verification only) |
//!
//! `mlkem` puts X25519MLKEM768 before the other groups: who records the connection can't read it with a quantum computer
//! either. Its key shares take 1.2 kB in hellos and in the handshake space. A client sends a share of X25519 beside it
//! (`config::KeyShares`), and a server without it answers that.
//!
//! `tls12` adds TLS 1.2: `config::Common::versions` chooses what is used, TLS 1.3 alone by default. It is ECDHE with ECDSA
//! or RSA, AES-GCM or ChaCha20-Poly1305, under the extended master secret (RFC 7627) and secure renegotiation (RFC 5746),
//! without which no handshake is done. Sessions go on by ticket or by id (`config::Resumption`); another handshake on a
//! connection in use is allowed by name (`config::Renegotiation`) and passes unseen by reads and writes.
//!
//! `cookies` lets a server of TLS 1.3 keep nothing of a client until it has shown a cookie (`config::Cookies`, `cookie`).
//!
//! `client-auth` adds certificates of clients in TLS 1.3: a client shows those of its configuration to a server that asks
//! (`ClientConfig::with_identities`), a server asks where its configuration says so. In TLS 1.2 they come with `tls12`.
//! `post-handshake-auth` lets a server ask later, too, where a client offers that: what is asked then can be deferred while data
//! flows.
//!
//! `certificate-authorities` tells clients the names of the authorities that should have issued what they show, and a server those
//! that a client names. `tls12-sha512` hashes handshakes of TLS 1.2 by SHA-512, too, for clients that sign so. `long-tickets` keeps
//! tickets of up to 4 kB, as servers give them to clients with certificates.
//!
//! `raw-public-keys` adds keys without certificates (RFC 7250): [`driver::PinnedKeys`] trusts them, and needs no webpki. `crl`
//! has the verifier of certificates look into revocation lists that it is lent. `ocsp` asks for and hands out stapled
//! responses, which nobody here looks into: the ask shows them to the verifier.
//!
//! `psk` adds pre-shared keys of TLS 1.3: sessions that go on (`config::Resumption`, [`Ticket`], `Connection::resume`) and
//! external keys (`config::ExternalKeys`, `Connection::offer_psk`), with which a device may do without certificates.
//!
//! `early-data` adds data that a client sends with its first message, under the key of a session. Whoever sees it can send it
//! again: both ends choose it by name, each time.
//!
//! `embedded-io` and `embedded-io-async` add the module `embedded`: streams over the transports of firmware, which wait in their
//! calls or in their futures. `defmt` and `log` write a line for each message, transition, alert and error, with nothing
//! secret in it; with `defmt` errors and wants have a format.
//!
//! `precomputed-tables` makes keys and signatures faster and needs `std`.
//!
//! # The code
//!
//! A folder is a layer and uses only those below it. Where a message M is handled by a role R in a state S is
//! `R/S.rs`: a ServerHello in `client/wait_server_hello.rs`.
//!
//! | layer | what it is |
//! |---|---|
//! | `embedded` | streams over `embedded-io` transports |
//! | `connection` | the interface: pipes, events, buffers that come and go |
//! | `client`, `server` | the states of RFC 8446, appendix A, a file each |
//! | `client12`, `server12` | those of TLS 1.2, which the first ClientHello or ServerHello leads to |
//! | `negotiation` | what the handshakes of both versions offer, choose and exchange |
//! | `engine` | runs the states over lent bytes; reading, writing, closing, key updates, alerts |
//! | [`modes`] | OpenSSL's write, read, shutdown and release semantics as pure functions |
//! | `record` | the record layer: joining, opening, sealing where the bytes lie |
//! | `schedule`, `schedule12` | the key schedule, the secrets of TLS 1.2 |
//! | `session`, `ticket` | what is kept of a session of TLS 1.2, and how a server seals it |
//! | [`crypto`], [`sign`], [`x509`] | the provider and what comes with it |
//! | [`wire`] | the codec |
//!
//! # What it does not do
//!
//! Nothing older than TLS 1.2, no DTLS, no certificate compression. Without `psk` TLS 1.3's
//! tickets are handed to the application and nothing more. Without `client-auth` a request for a client's certificate is
//! answered with none in TLS 1.3.
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::std_instead_of_core,
    clippy::alloc_instead_of_core
)]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::disallowed_methods,
        clippy::std_instead_of_core,
        clippy::alloc_instead_of_core,
        reason = "tests may panic, and have an allocator"
    )
)]

#[cfg(test)]
extern crate std;

pub mod buffers;
mod client;
#[cfg(feature = "tls12")]
mod client12;
pub mod config;
mod connection;
#[cfg(feature = "cookies")]
pub mod cookie;
mod copy;
pub mod crypto;
pub mod driver;
#[cfg(feature = "embedded-io")]
pub mod embedded;
mod engine;
pub mod error;
pub mod limits;
pub mod modes;
mod negotiation;
mod pool;
mod record;
mod schedule;
#[cfg(feature = "tls12")]
mod schedule12;
pub mod secret;
mod server;
#[cfg(feature = "tls12")]
mod server12;
#[cfg(any(feature = "tls12", feature = "psk"))]
mod session;
#[cfg(any(feature = "ecdsa-p256", feature = "ecdsa-p384", feature = "ed25519"))]
pub mod sign;
pub mod storage;
#[cfg(any(feature = "tls12", feature = "psk", feature = "cookies"))]
pub mod ticket;
mod trace;
pub mod wire;
#[cfg(feature = "webpki")]
pub mod x509;

pub use client::Client;
#[cfg(feature = "_client-certificates")]
pub use connection::Whose;
pub use connection::{
    AppData, AttachError, ChooseIdentity, ClientConnection, Connection, CreateError, Event, ExportError,
    IdentityRefused, Lent, PublicKeyTooLong, ReadError, ServerConnection, Shutdown, ShutdownError, Sign,
    SignatureTooLong, Ticket, UpdateKeysError, VerifyPeer, Want, WriteError,
};
#[cfg(feature = "cookies")]
pub use connection::{CookieTooLong, OpenCookie, SealCookie};
#[cfg(feature = "early-data")]
pub use connection::{EarlyDataError, EarlyDataOffer};
#[cfg(feature = "psk")]
pub use connection::{ExternalPsk, FindPsk, NewTicketError, PskRefused};
#[cfg(feature = "tls12")]
pub use connection::{FindSession, RenegotiateError, Session, SignDigest};
#[cfg(any(feature = "tls12", feature = "psk"))]
pub use connection::{KeepSession, SessionRefused, TicketTooLong};
#[cfg(any(feature = "tls12", feature = "psk"))]
pub use engine::SessionKind;
#[cfg(feature = "psk")]
pub use engine::Teller;
#[cfg(feature = "early-data")]
pub use engine::{EarlyData, EarlyDataRefusal};
pub use engine::{HandshakeSpace, HelloRetry, Negotiated, Role, ServerNameUse, Taker};
pub use error::Error;
pub use pki_types::{ServerName, UnixTime};
pub use pool::{BufferPool, Pool, Side};
pub use record::incoming::Missing;
pub use server::Server;
#[cfg(any(feature = "tls12", feature = "psk"))]
pub use session::{MAX_CLIENT_SESSION, MAX_SERVER_SESSION};
