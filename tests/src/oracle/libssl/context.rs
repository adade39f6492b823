//! `SSL_CTX`.

use std::ffi::{CStr, c_int, c_long};
use std::ptr::{self, NonNull};

use super::Library;
use super::symbols::SslCtx;
use super::transport::log_key;

const SSL_CTRL_MODE: c_int = 33;
const SSL_CTRL_SET_SESS_CACHE_MODE: c_int = 44;
const SSL_CTRL_CLEAR_MODE: c_int = 78;
const SSL_CTRL_SET_MIN_PROTO_VERSION: c_int = 123;
const SSL_CTRL_SET_MAX_PROTO_VERSION: c_int = 124;
/// `EVP_PKEY_EC`.
const KEY_TYPE_EC: c_int = 408;
/// AES-GCM alone: the other suites cut records in other places, and the key log's reader knows no other.
const SUITES_13: &CStr = c"TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256";
const SUITES_12: &CStr = c"ECDHE-ECDSA-AES256-GCM-SHA384";

/// The one version that a context speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// A certificate and its key, both in DER; the key is of an elliptic curve.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The certificate.
    pub certificate: &'a [u8],
    /// The key.
    pub key: &'a [u8],
}

/// What connections have in common, for clients and servers alike. A client asks for no particular certificate.
#[derive(Debug)]
pub struct Context {
    pub(super) library: Library,
    pub(super) context: NonNull<SslCtx>,
}

impl Context {
    /// For one version, with the identity that its servers show.
    ///
    /// # Panics
    /// If the library refuses any of it.
    #[must_use]
    pub fn new(library: Library, version: Version, identity: Identity<'_>) -> Self {
        library.begin();
        // SAFETY: both functions make what they return.
        let context = unsafe { (library.0.SSL_CTX_new)((library.0.TLS_method)()) };
        let context = Self { library, context: NonNull::new(context).expect("a context") };
        let number = match version {
            Version::Tls12 => 0x0303,
            Version::Tls13 => 0x0304,
        };
        context.control(SSL_CTRL_SET_MIN_PROTO_VERSION, number);
        context.control(SSL_CTRL_SET_MAX_PROTO_VERSION, number);
        // Without sessions every handshake is a whole one, a renegotiation's too.
        context.control(SSL_CTRL_SET_SESS_CACHE_MODE, 0);
        context.choose_suites();
        context.show(identity);
        // SAFETY: the callback lives as long as the process.
        unsafe { (library.0.SSL_CTX_set_keylog_callback)(context.context.as_ptr(), log_key) };
        context
    }

    fn choose_suites(&self) {
        let (symbols, context) = (self.library.0, self.context.as_ptr());
        // SAFETY: the context is alive; the lists are constants.
        let chosen = unsafe {
            (symbols.SSL_CTX_set_ciphersuites)(context, SUITES_13.as_ptr())
                + (symbols.SSL_CTX_set_cipher_list)(context, SUITES_12.as_ptr())
        };
        assert_eq!(chosen, 2, "the suites: {:?}", self.library.reason());
    }

    fn show(&self, identity: Identity<'_>) {
        let (symbols, context) = (self.library.0, self.context.as_ptr());
        let (certificate, key) = (identity.certificate, identity.key);
        let certificate_length = c_int::try_from(certificate.len()).expect("a short certificate");
        let key_length = c_long::try_from(key.len()).expect("a short key");
        // SAFETY: the context is alive; the bytes are copied during the calls.
        let taken = unsafe {
            (symbols.SSL_CTX_use_certificate_ASN1)(context, certificate_length, certificate.as_ptr())
                + (symbols.SSL_CTX_use_PrivateKey_ASN1)(KEY_TYPE_EC, context, key.as_ptr(), key_length)
        };
        assert_eq!(taken, 2, "the identity: {:?}", self.library.reason());
    }

    /// `SSL_CTX_set_mode`: the new mask.
    pub fn set_mode(&mut self, mask: u32) -> i64 {
        self.control(SSL_CTRL_MODE, mask.into())
    }

    /// `SSL_CTX_clear_mode`: the new mask.
    pub fn clear_mode(&mut self, mask: u32) -> i64 {
        self.control(SSL_CTRL_CLEAR_MODE, mask.into())
    }

    /// `SSL_CTX_get_mode`.
    #[must_use]
    pub fn mode(&self) -> i64 {
        self.control(SSL_CTRL_MODE, 0)
    }

    fn control(&self, what: c_int, value: c_long) -> i64 {
        // SAFETY: the context is alive; none of these takes a pointer.
        unsafe { (self.library.0.SSL_CTX_ctrl)(self.context.as_ptr(), what, value, ptr::null_mut()) }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: its one reference; connections have their own.
        unsafe { (self.library.0.SSL_CTX_free)(self.context.as_ptr()) };
    }
}
