//! Every limit of the protocol and of this implementation, with its reason.

/// Bytes of plaintext in a record (RFC 8446, section 5.1).
pub const PLAINTEXT: usize = 1 << 14;
/// Bytes of an encrypted record after its header (RFC 8446, section 5.2).
pub const CIPHERTEXT: usize = PLAINTEXT + 256;
/// The largest value of `record_size_limit`: plaintext and its content type (RFC 8449, section 4).
pub const RECORD_SIZE_LIMIT: usize = PLAINTEXT + 1;
/// The smallest value of `record_size_limit` (RFC 8449, section 4).
pub const MIN_RECORD_SIZE_LIMIT: usize = 64;

/// Bytes of a joined handshake message that a configuration accepts by default: a chain of three ECDSA certificates
/// and a record of 2 kB fit a buffer of 6 kB.
pub const DEFAULT_HANDSHAKE_MESSAGE: usize = 4064;

/// Records without content in a row, as in BoringSSL. Each costs an authentication and brings nothing.
pub const EMPTY_RECORDS: u8 = 32;
/// change_cipher_spec records in a handshake. One is usual; BoringSSL takes 32.
pub const CHANGE_CIPHER_SPECS: u8 = 32;
/// user_canceled alerts in a connection, and warnings of TLS 1.2 without application data between them, as in OpenSSL and
/// BoringSSL.
pub const WARNING_ALERTS: u8 = 4;
/// KeyUpdates without application data between them, as in BoringSSL. Each costs a key derivation.
pub const KEY_UPDATES: u8 = 32;
/// Requests for a client's certificates after the handshake without application data between them. Each costs a signature,
/// and one is usual.
#[cfg(feature = "post-handshake-auth")]
pub const LATE_REQUESTS: u8 = 8;

/// Bytes of the longest ticket that a client keeps. OpenSSL's and GnuTLS's have about 200 without client certificates; with
/// one, or with a chain of them, OpenSSL's and Go's are as much longer, which the feature `long-tickets` is for. With the names of
/// external keys beside it no more, either: a client offers what fits.
#[cfg(any(feature = "tls12", feature = "psk"))]
pub const TICKET: usize = if cfg!(feature = "long-tickets") { 4096 } else { 1024 };
/// Seconds that a session of TLS 1.2 is good for at most, and one of TLS 1.3 by default: a day (RFC 5246, appendix F.1.4).
#[cfg(any(feature = "tls12", feature = "psk"))]
pub const SESSION_LIFETIME: u32 = 24 * 60 * 60;
/// Seconds that a session of TLS 1.3 is good for at most, from the authentication on that it goes back to: seven days
/// (RFC 8446, section 4.6.1).
#[cfg(feature = "psk")]
pub const PSK_LIFETIME: u32 = 7 * 24 * 60 * 60;
/// Seconds by which the age of a ticket, as a client with early data tells it, may differ from ours (RFC 8446, section 8.3),
/// as in BoringSSL: the clock of a device is off by half of that after the seven days of a ticket.
#[cfg(feature = "early-data")]
pub const TICKET_AGE: u32 = 60;
/// Seconds for which a server must remember which tickets came with early data: the age is wrong on either side of it, and counted
/// in whole seconds at both ends.
#[cfg(feature = "early-data")]
pub const TICKET_MEMORY: u32 = 2 * TICKET_AGE + 2;
/// Pre-shared keys in a ClientHello: a session's, and an external key for each hash.
#[cfg(feature = "psk")]
pub const PSKS: usize = 3;
/// Bytes of the identity of an imported key (RFC 9258), with its context.
#[cfg(feature = "psk")]
pub const PSK_IDENTITY: usize = 256;
/// Bytes of a pre-shared key.
#[cfg(feature = "psk")]
pub const PSK: usize = 64;
/// Tickets that a server gives with a handshake, by default, as OpenSSL: a client may need two connections at once, and uses
/// each ticket once.
#[cfg(feature = "psk")]
pub const TICKETS: u8 = 2;
/// Requests for a renegotiation that are refused without application data between them. Each costs an alert.
#[cfg(feature = "tls12")]
pub const REFUSED_RENEGOTIATIONS: u8 = 32;
/// HelloRequests in the middle of one handshake, where they say nothing, without application data between them. One that
/// crosses our ClientHello is usual.
#[cfg(feature = "tls12")]
pub const IDLE_HELLO_REQUESTS: u8 = 32;
/// Renegotiations that a peer may begin in a connection, by default. Each costs a handshake.
#[cfg(feature = "tls12")]
pub const RENEGOTIATIONS: u32 = 64;

/// Records after which an AES-GCM key is updated: well before [`AES_GCM_RECORDS`].
pub const AES_GCM_UPDATE: u64 = 1 << 23;
/// Records that an AES-GCM key may protect: 2^24.5 (RFC 8446, section 5.5).
pub const AES_GCM_RECORDS: u64 = 23_726_566;
/// Records that any other key may protect, so that a sequence number never wraps (RFC 8446, section 5.3).
pub const RECORDS: u64 = 1 << 48;

/// Bytes of early data that are passed over, headers and protection included, where a client's offer of it is not taken
/// (RFC 8446, section 4.2.10), as in BoringSSL; beside what the own tickets allow.
pub const REJECTED_EARLY_DATA: usize = 16384;

/// Bytes below which [`max_send_fragment`](crate::config::Common::max_send_fragment) splits no handshake message, as the
/// shortest that OpenSSL has: messages in crumbs cost both ends much, and hide nothing.
pub const MIN_SEND_FRAGMENT: usize = 512;
/// Bytes of room below which a write in sealed completion waits rather than make a short record.
pub const WORTHWHILE_ROOM: usize = 1024;
/// Bytes below which a piece of a handshake message waits for more room rather than take a record of its own.
pub const WORTHWHILE_PIECE: usize = 32;
/// Bytes of a ClientHello that are encoded at once for its binders: most are shorter.
#[cfg(feature = "psk")]
pub(crate) const HELLO_PIECE: usize = 512;
/// Unknown extensions of a message that are remembered, to find repetitions. More are ignored one by one: they do no
/// harm, and remembering all would cost quadratic work.
pub const UNKNOWN_EXTENSIONS: usize = 32;

/// Bytes of a CertificateRequest that comes after the handshake: it is kept until it is answered, while data flows. One with the
/// names of a dozen authorities fits.
#[cfg(feature = "post-handshake-auth")]
pub const LATE_REQUEST: usize = 1024;
/// Entries of `oid_filters` among which repetitions are looked for. There are two whose meaning is defined.
#[cfg(feature = "client-auth")]
pub const OID_FILTERS: usize = 16;

/// Bytes of a record buffer that count; of a longer one the rest is not used. Positions fit into half a word of a desktop,
/// and no slice is longer where a word has 32 bits.
pub const BUFFER: usize = 0x7fff_ffff;

/// Bytes of a peer's SubjectPublicKeyInfo: RSA with 4096 bits takes 550.
pub const PUBLIC_KEY: usize = 550;
/// Bytes of a signature of ours: RSA with 4096 bits takes 512.
pub const SIGNATURE: usize = 512;
/// Bytes of a host name (RFC 1035, section 2.3.4).
pub const HOST_NAME: usize = 255;
/// Bytes of a HelloRetryRequest's cookie: a digest, a time and an address take a fraction of it.
pub const COOKIE: usize = 256;
