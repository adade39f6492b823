//! A face in OpenSSL's shape: SSL_CTX, SSL and BIO pairs, with the results of the manual pages.
//!
//! It is for those who port such code: names, return values and error codes are those of SSL_CTX_set_mode(3),
//! SSL_write(3), SSL_read(3), SSL_shutdown(3) and SSL_get_error(3) of OpenSSL 3.0. Where that would kill a connection,
//! lose or repeat bytes, it does what the table in [`tidegate::modes`] says. What a write, a read and a shutdown mean is
//! the engine's; the face adds what belongs to C's interface: lengths as `int`, a connection without a role, results and
//! SSL_get_error(3).
//!
//! ```
//! use tidegate_std::openssl::{BioPair, ErrorCode, Ssl, SslContext};
//! use tidegate_std::{AcceptAnything, tidegate::modes::Modes};
//!
//! let context = SslContext::new();
//! context.set_verifier(AcceptAnything); // for this example: usually `Roots`
//! context.set_mode(Modes::ENABLE_PARTIAL_WRITE);
//! let (here, mut there) = BioPair::new(0, 0);
//! let mut ssl = Ssl::new(&context, here);
//! ssl.set_host_name("example.org");
//!
//! let result = ssl.connect();
//! assert_eq!((result, ssl.get_error(result)), (-1, ErrorCode::WantRead)); // the ClientHello has left
//! assert!(there.pending() > 100);
//! ```
//!
//! | OpenSSL | here |
//! |---|---|
//! | `SSL_CTX_new`, `SSL_CTX_set_mode`, `SSL_CTX_clear_mode`, `SSL_CTX_get_mode` | [`SslContext`] |
//! | `SSL_new`, `SSL_set_bio`, `SSL_set_fd` | [`Ssl::new`] over anything that reads and writes |
//! | `SSL_set_connect_state`, `SSL_set_accept_state` | [`Ssl::set_connect_state`], [`Ssl::set_accept_state`] |
//! | `SSL_connect`, `SSL_accept`, `SSL_do_handshake` | [`Ssl::connect`], [`Ssl::accept`], [`Ssl::do_handshake`] |
//! | `SSL_write`, `SSL_write_ex` | [`Ssl::write`], [`Ssl::write_ex`] |
//! | `SSL_read`, `SSL_read_ex`, `SSL_peek`, `SSL_pending` | [`Ssl::read`], [`Ssl::read_ex`], [`Ssl::peek`], [`Ssl::pending`] |
//! | `SSL_shutdown`, `SSL_get_shutdown` | [`Ssl::shutdown`], [`Ssl::get_shutdown`] |
//! | `SSL_get_error`, `SSL_want`, the error queue | [`Ssl::get_error`], [`Ssl::want`], [`Ssl::reason`] |
//! | `SSL_key_update` | [`Ssl::key_update`] |
//! | `SSL_renegotiate`, `SSL_renegotiate_pending` | [`Ssl::renegotiate`], [`Ssl::renegotiate_pending`] |
//! | `SSL_set_renegotiate_mode`, `SSL_get_tls_unique`, `SSL_CTX_set_reverify_on_resume` of BoringSSL | [`Ssl::set_renegotiate_mode`], [`Ssl::tls_unique`], [`Ssl::set_reverify_on_resume`] |
//! | `SSL_set_retain_only_sha256_of_client_certs`, `SSL_SESSION_get0_peer_sha256` of BoringSSL | [`Ssl::set_retain_only_sha256_of_client_certs`], [`Ssl::peer_sha256`] |
//! | `SSL_send_fatal_alert` of BoringSSL | [`Ssl::send_fatal_alert`] |
//! | `SSL_CTX_sess_number`, `SSL_CTX_set_current_time_cb` of BoringSSL | [`SslContext::sess_number`], [`SslContext::set_current_time_cb`] |
//! | `SSL_OP_NO_RENEGOTIATION`, `SSL_OP_ALLOW_CLIENT_RENEGOTIATION` | [`Options::NO_RENEGOTIATION`], [`Options::ALLOW_CLIENT_RENEGOTIATION`] |
//! | `SSL_CTX_set_min_proto_version`, `SSL_CTX_set_max_proto_version` | [`SslContext::set_min_proto_version`], [`SslContext::set_max_proto_version`] |
//! | `SSL_version`, `SSL_get_version` | [`Ssl::version`], [`Ssl::get_version`] |
//! | `SSL_set_mode`, `SSL_clear_mode`, `SSL_get_mode` | [`Ssl::set_mode`], [`Ssl::clear_mode`], [`Ssl::get_mode`] |
//! | `SSL_set_options`, `SSL_OP_IGNORE_UNEXPECTED_EOF` | [`Ssl::set_options`], [`Options::IGNORE_UNEXPECTED_EOF`] |
//! | `SSL_set_read_ahead`, `SSL_has_pending` | [`Ssl::set_read_ahead`], [`Ssl::has_pending`] |
//! | `SSL_set_max_send_fragment`, `SSL_set_split_send_fragment` | [`Ssl::set_max_send_fragment`], [`Ssl::set_split_send_fragment`] |
//! | `SSL_CTX_set_num_tickets`, `SSL_CTX_get_num_tickets`, `SSL_set_num_tickets` | [`SslContext::set_num_tickets`], [`SslContext::get_num_tickets`], [`Ssl::set_num_tickets`] |
//! | `SSL_get1_session`, `SSL_set_session`, `SSL_session_reused` | [`Ssl::get1_session`], [`Ssl::set_session`], [`Ssl::session_reused`] |
//! | `SSL_CTX_set_session_cache_mode`, `SSL_CTX_set_session_id_context`, `SSL_OP_NO_TICKET` | [`SslContext::set_session_cache_mode`], [`SslContext::set_session_id_context`], [`Options::NO_TICKET`] |
//! | `SSL_CTX_set_max_early_data`, `SSL_SESSION_get_max_early_data` | [`SslContext::set_max_early_data`], [`SslSession::get_max_early_data`] |
//! | `SSL_write_early_data`, `SSL_read_early_data`, `SSL_get_early_data_status` | [`Ssl::write_early_data`], [`Ssl::read_early_data`], [`Ssl::get_early_data_status`] |
//! | `SSL_CTX_set_early_data_enabled`, `SSL_in_early_data`, `SSL_reset_early_data_reject` of BoringSSL | [`SslContext::set_early_data_enabled`], [`Ssl::in_early_data`], [`Ssl::reset_early_data_reject`] |
//! | `SSL_get_early_data_reason`, `SSL_get_ticket_age_skew` of BoringSSL | [`Ssl::early_data_reason`], [`Ssl::ticket_age_skew`] |
//! | `SSL_CTX_set_verify`, `SSL_set_verify`, `SSL_CTX_load_verify_locations`, `SSL_CTX_set_client_CA_list` | [`SslContext::set_verify`], [`Ssl::set_verify`], [`SslContext::load_verify_locations`], [`SslContext::set_client_ca_list`] |
//! | `SSL_get_peer_certificate`, `SSL_get_peer_cert_chain`, `SSL_get_verify_result` | [`Ssl::peer_certificate`], [`Ssl::peer_certificates`], [`Ssl::get_verify_result`] |
//! | `SSL_CTX_set1_sigalgs` | [`SslContext::set1_sigalgs`] |
//! | `SSL_CTX_set_cert_cb`, `SSL_CTX_set_msg_callback` | [`SslContext::set_cert_cb`], [`SslContext::set_msg_callback`] |
//! | `freelist_max_len` (1.0.1) | [`SslContext::set_freelist_max_len`] |
//! | `SSL_get0_alpn_selected`, `SSL_get_servername` | [`Ssl::alpn_selected`], [`Ssl::servername`] |
//! | `SSL_export_keying_material` | [`Ssl::export_keying_material`] |
//! | `BIO_new_bio_pair` | [`BioPair::new`] |

mod bio_pair;
mod calls;
mod context;
mod early;
mod early_data;
mod early_reason;
mod fit;
mod handshake;
mod line;
mod maker;
mod sessions;
mod settings;
mod side;
mod ssl;
mod state;
mod tls;
mod transport;
mod verdict;
mod verify;
mod versions;
mod write;

pub use bio_pair::BioPair;
pub use context::SslContext;
pub use early_data::{EarlyDataStatus, ReadEarlyData};
pub use early_reason::EarlyDataReason;
pub use sessions::{SessionCacheMode, SslSession};
pub use settings::{Options, RenegotiateMode};
pub use ssl::Ssl;
pub use verdict::{ErrorCode, Reason, SslWant};
pub use verify::VerifyMode;
